//! What was counted: however many documents there are, this stays small.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// So many jobs that nobody knows are told apart.
const UNKNOWN: usize = 100;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Documents that were judged, or found not to be any.
    pub(crate) documents: u64,
    /// Those of them that have an error.
    pub(crate) refused: u64,
    /// SQL NULL and JSON `null`.
    pub(crate) absent: u64,
    /// Jobs that the registry does not know: how many documents, and where the first was. The empty name is that
    /// of documents of which nobody tells a job.
    pub(crate) unknown: BTreeMap<String, (u64, PathBuf)>,
    /// Documents of further such jobs.
    pub(crate) unknown_others: u64,
}

impl Tally {
    /// A document, or several, of a job that is not known.
    pub(crate) fn unknown(&mut self, job: &str, documents: u64, path: &std::path::Path) {
        if let Some((count, _)) = self.unknown.get_mut(job) {
            *count += documents;
        } else if self.unknown.len() < UNKNOWN {
            let short = job.chars().take(80).collect();
            self.unknown.insert(short, (documents, path.to_owned()));
        } else {
            self.unknown_others += documents;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.documents += other.documents;
        self.refused += other.refused;
        self.absent += other.absent;
        self.unknown_others += other.unknown_others;
        for (job, (count, path)) in &other.unknown {
            self.unknown(job, *count, path);
        }
    }

    /// All that was looked at.
    pub(crate) fn seen(&self) -> u64 {
        let unknown: u64 = self.unknown.values().map(|(count, _)| count).sum();
        self.documents + self.absent + unknown + self.unknown_others
    }
}
