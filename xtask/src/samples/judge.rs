//! One document against one checkpoint: the schema's word and serde's, merged.

use std::path::Path;

use checkpoint_schema::keys::{self, Ignored};
use checkpoint_schema::pointer::member;
use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::schema::Contract;
use jsonschema::Validator;
use serde_json::Value;

use super::fault::{Fault, of_schema};
use super::locate::{Target, span};
use super::nearest::nearest;
use super::parse::parse;
use crate::could_not_run::CouldNotRun;
use crate::finding::Finding;
use crate::rule::{Rule, Severity};

pub(crate) struct Judge {
    pub(crate) descriptor: Descriptor,
    validator: Validator,
}

impl Judge {
    pub(crate) fn new(descriptor: Descriptor) -> Result<Self, CouldNotRun> {
        let schema = descriptor.document(Contract::Read);
        let validator =
            jsonschema::options().should_validate_formats(true).build(&schema).map_err(|error| {
                CouldNotRun(format!("the schema of {descriptor:?} is itself invalid: {error}"))
            })?;
        Ok(Self { descriptor, validator })
    }

    /// Every finding of the document `text`.
    pub(super) fn judge(&self, path: &Path, text: &str) -> Vec<Finding> {
        let parsed = match parse(text) {
            Ok(parsed) => parsed,
            Err(error) => return vec![not_json(path, text, &error)],
        };
        let mut faults: Vec<Fault> = parsed.duplicates.into_iter().map(duplicate).collect();
        faults.extend(self.faults(parsed.document));
        let mut findings: Vec<_> = faults.into_iter().map(|fault| placed(fault, path, text)).collect();
        findings.sort_by_key(|finding| finding.place.excerpt.as_ref().map(|excerpt| excerpt.position));
        findings
    }

    pub(crate) fn faults(&self, mut document: Value) -> Vec<Fault> {
        let refused = self.descriptor.read(&document).err();
        // The schema knows no aliases: it sees the document as serde would write it. The type knows no version.
        let key = self.descriptor.version_key();
        let version = document.as_object_mut().and_then(|object| object.remove(key));
        let keys = keys::resolve(self.descriptor.shape(), &mut document);
        if let (2.., Some(object), Some(version)) =
            (self.descriptor.version(), document.as_object_mut(), version)
        {
            object.insert(key.to_owned(), version);
        }
        let mut faults: Vec<Fault> = self
            .validator
            .iter_errors(&document)
            .flat_map(|error| of_schema(&error, refused.is_none()))
            .collect();
        for fault in &mut faults {
            fault.pointer = keys.written(&fault.pointer);
            if fault.pointer == member("", key) {
                fault.help = Some(self.mend_of_version());
            }
        }
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
                    written_as: None,
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
        faults.extend(keys.ignored.into_iter().map(ignored));
        misspelled(&mut faults);
        faults
    }
}

impl Judge {
    fn mend_of_version(&self) -> String {
        let (job, version) = (self.descriptor.job(), self.descriptor.version());
        format!(
            "a document without the key is of version 1: write `{:?}: {version}` if it has this layout, or move it to the `{job}-v<N>` of its own",
            self.descriptor.version_key()
        )
    }
}

/// A key that is not known, and a key that is missing and much like it, are one mistake.
fn misspelled(faults: &mut Vec<Fault>) {
    let unknown = |fault: &Fault| matches!(fault.rule, Rule::IgnoredKey | Rule::UnknownKey);
    let parent = |pointer: &str| pointer.rsplit_once('/').map(|(parent, _)| parent.to_owned());
    let key = |fault: &Fault| fault.pointer.rsplit('/').next().unwrap_or_default().to_owned();
    let mut at = 0;
    while at < faults.len() {
        if faults[at].rule != Rule::MissingKey {
            at += 1;
            continue;
        }
        let missing = key(&faults[at]);
        let spelled = faults.iter().position(|other| {
            unknown(other)
                && parent(&other.pointer) == parent(&faults[at].pointer)
                && nearest(&key(other), std::iter::once(missing.as_str())).is_some()
        });
        match spelled {
            None => at += 1,
            Some(spelled) => {
                // The place is that of the key that is there, the rule that of the key that is not.
                let wrong = key(&faults[spelled]);
                let pointer = faults[spelled].pointer.clone();
                faults[at].message = format!("the key {missing:?} is missing, and {wrong:?} is not known");
                faults[at].help = Some(format!("rename {wrong:?} to {missing:?}"));
                faults[at].written_as = Some(pointer);
                faults.remove(spelled);
                at += usize::from(spelled > at);
            }
        }
    }
}

fn placed(fault: Fault, path: &Path, text: &str) -> Finding {
    let (at, target) = match &fault.written_as {
        Some(written) => (written, Target::Key),
        None => (&fault.pointer, fault.target),
    };
    let mut finding = Finding::of_file(fault.rule, path, fault.message).at(text, span(text, at, target));
    finding.help = Some(fault.help.unwrap_or_else(|| mend(fault.rule).to_owned()));
    finding.pointer(fault.pointer)
}

/// What to do where nothing more exact is known.
fn mend(rule: Rule) -> &'static str {
    match rule {
        Rule::OutOfRange => "mend the value, or widen the bounds of the field",
        Rule::BadFormat => "write the value in this form, or change what the field asks for",
        Rule::NotUnique => "remove one of them; if repetition is meant, make the field a `Vec`",
        Rule::NotAllowed => "write one of these; or add a variant, or `#[serde(alias = \"…\")]` to one",
        Rule::NoMatch => {
            "compare the value with the variants of the enum; a tag (`#[serde(tag = \"…\")]`) would tell more"
        }
        _ => "a worker cannot resume from this document: mend the value, or make the type read it",
    }
}

fn duplicate(pointer: String) -> Fault {
    Fault {
        rule: Rule::DuplicateKey,
        pointer,
        target: Target::Key,
        message: "this key stands twice in its object, and only the last value is kept".to_owned(),
        help: Some("remove the one that is not meant".to_owned()),
        written_as: None,
    }
}

fn ignored(key: Ignored) -> Fault {
    let meant = nearest(&key.key, key.absent.into_iter());
    Fault {
        rule: Rule::IgnoredKey,
        pointer: key.pointer,
        target: Target::Key,
        message: format!("the type has no key {:?}, and serde ignores it", key.key),
        help: Some(match meant {
            Some(meant) => format!("did you mean {meant:?}?"),
            None => "remove the key, or add a field for it".to_owned(),
        }),
        written_as: None,
    }
}

/// Is the place `inner` at or below `outer`?
fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn not_json(path: &Path, text: &str, error: &serde_json::Error) -> Finding {
    // serde_json counts the bytes of a line.
    let line_start = match error.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(0, |(at, _)| at + 1),
    };
    let at = line_start + error.column().saturating_sub(1);
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
    Finding::of_file(Rule::NotJson, path, words).at(text, at..at + 1).help(help)
}
