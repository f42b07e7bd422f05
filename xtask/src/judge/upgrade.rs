//! Documents of older versions, through the upgrade chain of their job's newest type: what it gives must be what
//! that type reads.

use std::path::Path;

use checkpoint_schema::stored::Reason;
use checkpoint_schema::{ReadError, Stored};
use serde_json::Value;

use super::locate::{Target, span};
use super::parse::parse;
use super::quoting::{Quoting, of_secret as masked};
use super::{ALL, Judge, Values, not_json};
use crate::finding::Finding;
use crate::rule::{Rule, Severity};

/// Does the chain bring `document` from the version `stored` to one in which nothing is to be found? What is not
/// sure is refused.
pub(crate) fn accepts(newest: &Judge, stored: u32, document: &Value) -> bool {
    newest.descriptor.is_some_and(|descriptor| match descriptor.upgrade(Some(document)) {
        Ok(Stored::Upgraded { document, from }) => from == stored && newest.accepts(&document),
        _ => false,
    })
}

/// Every finding of the chain on the document `text`, which is said to be of the version `stored`.
pub(crate) fn judge(newest: &Judge, stored: u32, path: &Path, text: &str, values: Values) -> Vec<Finding> {
    let document = match parse(text) {
        Ok(parsed) => parsed.document,
        Err(error) => {
            return vec![not_json(path, text, &error, values == Values::Shown && !newest.has_secrets)];
        }
    };
    let Some(descriptor) = newest.descriptor else { return Vec::new() };
    let version = newest.version;
    // Nobody knows what the chain makes of which value: where there are secrets, none is told.
    let shown = values == Values::Shown && !newest.has_secrets;
    let quoting = Quoting { values: if shown { values } else { Values::Masked }, secrets: Vec::new() };
    let failed = |pointer: &str, message: String, help: String| {
        let mut finding = Finding::of_file(Rule::UpgradeFails, path, message);
        if values == Values::Shown {
            let hidden: &[_] = if shown { &[] } else { &ALL };
            finding = finding.at_without(text, span(text, pointer, Target::Value), hidden);
        }
        finding.pointer(pointer).help(help)
    };
    let mend = format!(
        "mend the steps of `{}`, which lead from version {stored} to {version}; or mend the document, if no such one is stored",
        descriptor.type_name()
    );
    match descriptor.upgrade(Some(&document)) {
        Ok(Stored::Upgraded { document, from }) if from == stored => {
            let faults = newest.faults(document.clone(), &quoting);
            let faults = faults.into_iter().filter(|fault| fault.rule.severity() == Severity::Error);
            faults
                .map(|fault| {
                    let place = if fault.pointer.is_empty() { "the document" } else { &fault.pointer };
                    let message = format!("upgraded, it is no version {version}: {place}: {}", fault.message);
                    let finding = failed("", message, mend.clone());
                    if shown { finding.detail(pretty(&document)) } else { finding }
                })
                .collect()
        }
        Ok(other) => {
            let states = match other {
                Stored::Absent => "is `null`, which is no document".to_owned(),
                Stored::Upgraded { from, .. } => format!("is of version {from}"),
                Stored::Current(_) => format!("is of version {version}"),
            };
            let message = format!("this sample {states}, and stands among those of version {stored}");
            vec![failed("", message, "move it to the folder of its version".to_owned())]
        }
        Err(error) => {
            let message = if shown { error.to_string() } else { without_values(&error) };
            // No step has seen what is no object, or does not tell its version.
            let help = match error.reason() {
                Reason::NoObject { .. } | Reason::NoVersion { .. } => {
                    "correct the document; no step can upgrade it as it is".to_owned()
                }
                _ => mend,
            };
            vec![failed(&error.pointer(), message, help)]
        }
    }
}

/// What the chain says, without words that may quote a value.
fn without_values(error: &ReadError) -> String {
    let hidden = "its words may quote a value";
    match error.reason() {
        Reason::Unreadable { version, why, .. } => format!("as version {version}: {}", masked(why)),
        Reason::StepFailed { from, .. } => format!("the step from version {from} gave an error; {hidden}"),
        Reason::StepResult { from, pointer, why } => {
            let place = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
            format!(
                "what the step from version {from} gives is no version {}: {place}{}",
                from + 1,
                masked(why)
            )
        }
        Reason::NoVersion { .. } => "expected a whole number from 1 as the version".to_owned(),
        Reason::NotJson(_) => format!("the text is no JSON; {hidden}"),
        // They name versions and types.
        Reason::Newer { .. } | Reason::NoObject { .. } | Reason::NoStep { .. } => error.to_string(),
        _ => format!("it cannot be upgraded; {hidden}"),
    }
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}
