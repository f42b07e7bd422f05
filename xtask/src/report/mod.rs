//! What a command found, and the ways to tell it.

pub(crate) mod text;

use crate::finding::{Finding, Severity};

/// The answer of a command.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    /// What was done, for the last line: "checked 12 samples of 4 checkpoints".
    pub(crate) summary: String,
}

impl Report {
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.rule.severity() == severity).count()
    }
}
