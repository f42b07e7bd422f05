//! What was done with the rows of one job, counted: however many rows there are, this stays small.

use std::collections::{BTreeMap, HashMap};

use checkpoint_schema::registry::Descriptor;
use serde_json::Value;

use super::super::row::{Difference, Fault, Kind, Upgrade, differences};

/// So many rows of a kind are told.
const EXAMPLES: usize = 5;

/// So many kinds of differences are told apart.
const KINDS: usize = 100;

/// So many characters of a value are shown.
const SHOWN: usize = 60;

/// The counts of one job.
pub(crate) struct Tally {
    pub(crate) job: &'static str,
    pub(crate) version: u32,
    /// Rows that were read: not those that were of the newest version already.
    pub(crate) read: u64,
    /// By the version that was stored.
    pub(crate) upgraded: BTreeMap<u32, u64>,
    pub(crate) absent: u64,
    /// Others upgraded or deleted them meanwhile, or gave them to another job.
    pub(crate) settled: u64,
    pub(crate) left: BTreeMap<Kind, Left>,
    pub(crate) changes: Changes,
}

/// Rows of one kind that were left.
#[derive(Default)]
pub(crate) struct Left {
    pub(crate) rows: u64,
    /// The first ones: key and reason.
    pub(crate) examples: Vec<(String, Fault)>,
}

impl Tally {
    pub(crate) fn new(descriptor: &Descriptor) -> Self {
        Self {
            job: descriptor.job(),
            version: descriptor.version(),
            read: 0,
            upgraded: BTreeMap::new(),
            absent: 0,
            settled: 0,
            left: BTreeMap::new(),
            changes: Changes::default(),
        }
    }

    pub(crate) fn upgraded(&mut self, from: u32) {
        *self.upgraded.entry(from).or_default() += 1;
    }

    pub(crate) fn left(&mut self, key: &str, fault: Fault) {
        let left = self.left.entry(fault.kind).or_default();
        left.rows += 1;
        if left.examples.len() < EXAMPLES {
            left.examples.push((key.to_owned(), fault));
        }
    }

    pub(crate) fn all_upgraded(&self) -> u64 {
        self.upgraded.values().sum()
    }

    pub(crate) fn all_left(&self) -> u64 {
        self.left.values().map(|left| left.rows).sum()
    }
}

/// The kinds of differences: the version from which, and all that differs.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) kinds: HashMap<(u32, Vec<Difference>), Example>,
    /// Rows of further kinds.
    pub(crate) others: u64,
}

/// Rows that differ in the same way, and the first of them.
pub(crate) struct Example {
    pub(crate) rows: u64,
    pub(crate) key: String,
    /// The values at each difference, before and after; none unless asked for.
    pub(crate) values: Vec<String>,
}

impl Changes {
    pub(crate) fn add(&mut self, descriptor: &Descriptor, key: &str, upgrade: &Upgrade, quoting: bool) {
        let Upgrade { from, old, new } = upgrade;
        let found = differences(old, new, descriptor.shape(), descriptor.version_key());
        let full = self.kinds.len() >= KINDS;
        let kind = (*from, found.keys().cloned().collect::<Vec<_>>());
        if let Some(example) = self.kinds.get_mut(&kind) {
            example.rows += 1;
        } else if full {
            self.others += 1;
        } else {
            let values = |place: &String| format!("{} → {}", shown(old, place), shown(new, place));
            let values = if quoting { found.values().map(values).collect() } else { Vec::new() };
            self.kinds.insert(kind, Example { rows: 1, key: key.to_owned(), values });
        }
    }

    /// Those that most rows are of first.
    pub(crate) fn sorted(&self) -> Vec<(&(u32, Vec<Difference>), &Example)> {
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_by(|a, b| b.1.rows.cmp(&a.1.rows).then_with(|| a.0.cmp(b.0)));
        kinds
    }
}

fn shown(document: &Value, place: &str) -> String {
    let Some(value) = document.pointer(place) else { return "nothing".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
