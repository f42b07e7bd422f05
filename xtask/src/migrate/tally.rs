//! What was done with the rows of one job, counted: however many rows there are, this stays small.

use std::collections::{BTreeMap, HashMap};

use checkpoint_schema::registry::Descriptor;
use serde_json::Value;

use super::decide::Upgrade;
use super::difference::{Difference, differences};
use super::fault::{Fault, Kind};

/// So many rows of a kind are told.
const EXAMPLES: usize = 5;

/// So many kinds of differences are told apart.
const KINDS: usize = 100;

/// So many characters of a value are shown.
const SHOWN: usize = 60;

/// The counts of one job.
pub(super) struct Tally {
    pub(super) job: &'static str,
    pub(super) version: u32,
    /// Rows that were read: not those that were of the newest version already.
    pub(super) read: u64,
    /// By the version that was stored.
    pub(super) upgraded: BTreeMap<u32, u64>,
    pub(super) absent: u64,
    /// Others upgraded or deleted them meanwhile, or gave them to another job.
    pub(super) settled: u64,
    pub(super) left: BTreeMap<Kind, Left>,
    pub(super) changes: Changes,
}

/// Rows of one kind that were left.
#[derive(Default)]
pub(super) struct Left {
    pub(super) rows: u64,
    /// The first ones: key and reason.
    pub(super) examples: Vec<(String, Fault)>,
}

impl Tally {
    pub(super) fn new(descriptor: &Descriptor) -> Self {
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

    pub(super) fn upgraded(&mut self, from: u32) {
        *self.upgraded.entry(from).or_default() += 1;
    }

    pub(super) fn left(&mut self, key: &str, fault: Fault) {
        let left = self.left.entry(fault.kind).or_default();
        left.rows += 1;
        if left.examples.len() < EXAMPLES {
            left.examples.push((key.to_owned(), fault));
        }
    }

    pub(super) fn all_upgraded(&self) -> u64 {
        self.upgraded.values().sum()
    }

    pub(super) fn all_left(&self) -> u64 {
        self.left.values().map(|left| left.rows).sum()
    }
}

/// The kinds of differences: the version from which, and all that differs.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) kinds: HashMap<(u32, Vec<Difference>), Example>,
    /// Rows of further kinds.
    pub(super) others: u64,
}

/// Rows that differ in the same way, and the first of them.
pub(super) struct Example {
    pub(super) rows: u64,
    pub(super) key: String,
    /// The values at each difference, before and after; none unless asked for.
    pub(super) values: Vec<String>,
}

impl Changes {
    pub(super) fn add(&mut self, descriptor: &Descriptor, key: &str, upgrade: &Upgrade, quoting: bool) {
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
    pub(super) fn sorted(&self) -> Vec<(&(u32, Vec<Difference>), &Example)> {
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
