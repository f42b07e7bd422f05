//! Samples of older versions, through the upgrade chain of their job's newest type: what it gives must be what
//! that type reads.

use std::path::Path;

use checkpoint_schema::Stored;
use serde_json::Value;

use super::judge::{Judge, not_json};
use super::locate::{Target, span};
use super::parse::parse;
use crate::finding::Finding;
use crate::rule::{Rule, Severity};

/// Every finding of the chain on the document `text`, which is said to be of the version `stored`.
pub(super) fn judge(newest: &Judge, stored: u32, path: &Path, text: &str) -> Vec<Finding> {
    let document = match parse(text) {
        Ok(parsed) => parsed.document,
        Err(error) => return vec![not_json(path, text, &error)],
    };
    let failed = |pointer: &str, message: String, help: String| {
        let at = span(text, pointer, Target::Value);
        Finding::of_file(Rule::UpgradeFails, path, message).at(text, at).pointer(pointer).help(help)
    };
    let (descriptor, version) = (newest.descriptor, newest.descriptor.version());
    let mend = format!(
        "mend the steps of `{}`, which lead from version {stored} to {version}; or mend the sample, if no such document is stored",
        descriptor.type_name()
    );
    match descriptor.upgrade(Some(&document)) {
        Ok(Stored::Upgraded { document, from }) if from == stored => {
            let faults = newest.faults(document.clone());
            let faults = faults.into_iter().filter(|fault| fault.rule.severity() == Severity::Error);
            faults
                .map(|fault| {
                    let place = if fault.pointer.is_empty() { "the document" } else { &fault.pointer };
                    let message = format!("upgraded, it is no version {version}: {place}: {}", fault.message);
                    failed("", message, mend.clone()).detail(pretty(&document))
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
        Err(error) => vec![failed(&error.pointer(), error.to_string(), mend)],
    }
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}
