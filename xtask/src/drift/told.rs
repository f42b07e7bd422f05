//! A comparison in plain data, for tests of other crates.

use checkpoint_schema::registry::Descriptor;
use serde_json::Value;

use super::comparison::{Comparison, Direction};
use super::layout::Layout;
use super::verdict::{Harm, Verdict};

/// What came of a comparison of two types.
#[derive(Debug)]
pub struct Told {
    /// New code reads what old code wrote.
    pub backward: Answer,
    /// Old code reads what new code writes.
    pub forward: Answer,
    /// The changes: rule id, place, and the directions that it breaks.
    pub changes: Vec<(String, String, Vec<&'static str>)>,
}

/// A verdict.
#[derive(Debug)]
pub enum Answer {
    /// All is read.
    Safe,
    /// The contract alone refuses these documents.
    OutOfContract(Vec<Value>),
    /// serde refuses some of these documents.
    Unreadable(Vec<Value>),
    /// Where and why nothing is known.
    Undecided(String),
}

/// Compares two types. Without `code` each is known by its contracts and facts alone, as from a lock.
pub fn told(old: &Descriptor, new: &Descriptor, code: [bool; 2]) -> Told {
    let layout = |descriptor: &Descriptor, name: &str, code: bool| {
        let layout = Layout::of_type(descriptor);
        Layout { name: name.to_owned(), code: layout.code.filter(|_| code), ..layout }
    };
    let (old, new) = (layout(old, "old", code[0]), layout(new, "new", code[1]));
    let comparison = Comparison::of(&old, &new);
    let changes = comparison
        .breaks()
        .iter()
        .map(|one| {
            let rule = one.change.map_or("contract-changed", |change| change.rule.id());
            let mut directions: Vec<&'static str> =
                one.witnesses.iter().map(|(direction, _)| direction.name()).collect();
            directions.dedup();
            (rule.to_owned(), one.place().to_owned(), directions)
        })
        .collect();
    let answer = |direction| match comparison.verdict(direction) {
        Verdict::Safe => Answer::Safe,
        Verdict::Undecided(undecided) => {
            let places: Vec<String> =
                undecided.iter().map(|it| format!("{}: {}", it.place, it.why)).collect();
            Answer::Undecided(places.join("; "))
        }
        Verdict::Breaks { witnesses, .. } => {
            let documents = witnesses.iter().map(|witness| Value::clone(&witness.document.value)).collect();
            match witnesses.iter().any(|witness| witness.harm == Harm::Unreadable) {
                true => Answer::Unreadable(documents),
                false => Answer::OutOfContract(documents),
            }
        }
    };
    Told { backward: answer(Direction::Backward), forward: answer(Direction::Forward), changes }
}
