//! One document against one checkpoint: the schema's word and serde's, merged.

use std::path::Path;

use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::schema::Contract;
use jsonschema::Validator;
use serde_json::Value;

use super::fault::{Fault, of_schema};
use super::locate::{Target, offset};
use crate::cli::CouldNotRun;
use crate::finding::{Finding, Place, Position, Rule, Severity};

pub(super) struct Judge {
    descriptor: Descriptor,
    validator: Validator,
}

impl Judge {
    pub(super) fn new(descriptor: Descriptor) -> Result<Self, CouldNotRun> {
        let schema = descriptor.document(Contract::Read);
        let validator =
            jsonschema::options().should_validate_formats(true).build(&schema).map_err(|error| {
                CouldNotRun(format!("the schema of {descriptor:?} is itself invalid: {error}"))
            })?;
        Ok(Self { descriptor, validator })
    }

    /// Every finding of the document `text`.
    pub(super) fn judge(&self, path: &Path, text: &str) -> Vec<Finding> {
        let document: Value = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => return vec![not_json(path, text, &error)],
        };
        self.faults(&document)
            .into_iter()
            .map(|fault| Finding {
                place: Place {
                    path: path.to_owned(),
                    position: Some(Position::of(text, offset(text, &fault.pointer, fault.target))),
                    pointer: Some(fault.pointer),
                },
                rule: fault.rule,
                message: fault.message,
                help: fault.help,
                detail: None,
            })
            .collect()
    }

    fn faults(&self, document: &Value) -> Vec<Fault> {
        let refused = self.descriptor.read(document).err();
        let mut faults: Vec<Fault> = self
            .validator
            .iter_errors(document)
            .flat_map(|error| of_schema(&error, refused.is_none()))
            .collect();
        if let Some(refused) = refused {
            // serde stops at its first mistake. Where the schema has found one there, or inside, or around
            // it, it is the same one.
            let same = |fault: &&Fault| {
                fault.rule.severity() == Severity::Error
                    && (within(&fault.pointer, refused.pointer())
                        || within(refused.pointer(), &fault.pointer))
            };
            if !faults.iter().any(|fault| same(&fault)) {
                faults.push(Fault {
                    rule: Rule::Unreadable,
                    pointer: refused.pointer().to_owned(),
                    target: Target::Value,
                    message: format!(
                        "the schema accepts this, and `{}` cannot read it: {}",
                        self.descriptor.type_name(),
                        refused.reason()
                    ),
                    help: Some(
                        "a worker cannot resume from this document: mend it, or make the type read it"
                            .to_owned(),
                    ),
                });
            }
        }
        faults
    }
}

/// Is the place `inner` at or below `outer`?
fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn not_json(path: &Path, text: &str, error: &serde_json::Error) -> Finding {
    // serde_json counts the bytes of a line.
    let line_start = match error.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(0, |(at, _)| at + 1),
    };
    let position = Position::of(text, line_start + error.column().saturating_sub(1));
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    let help = if text.trim().is_empty() {
        "the file is empty: write a document to it, or remove it"
    } else if text.starts_with('\u{feff}') {
        "the file starts with a byte order mark, which JSON forbids (RFC 8259, 8.1): save it without"
    } else if words.contains("recursion limit") {
        "serde_json reads documents of at most 128 levels, and so do workers: a checkpoint is flat"
    } else {
        "PostgreSQL would not store this: mend the JSON"
    };
    Finding::of_file(Rule::NotJson, path, words).at(position).help(help)
}
