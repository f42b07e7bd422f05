//! Two layouts of one version, in both directions, with the changes between them.

use serde_json::Value;

use super::change::{self, Change, in_documents};
use super::layout::Layout;
use super::verdict::{Undecided, Verdict, Witness, decide};
use crate::lock::meaning;

/// What came of a comparison.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    /// New code reads what old code wrote.
    pub(crate) backward: Verdict,
    /// Old code reads what new code writes.
    pub(crate) forward: Verdict,
    pub(crate) changes: Vec<Change>,
}

/// Who reads what whom wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Backward,
    Forward,
}

impl Direction {
    pub(crate) const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Direction::Backward => "backward",
            Direction::Forward => "forward",
        }
    }
}

impl Comparison {
    /// Compares the two, which are of one version.
    pub(crate) fn of(old: &Layout, new: &Layout) -> Self {
        if are_equal(old, new) {
            return Self { backward: Verdict::Safe, forward: Verdict::Safe, changes: Vec::new() };
        }
        Self { backward: decide(old, new), forward: decide(new, old), changes: change::between(old, new) }
    }

    pub(crate) fn verdict(&self, direction: Direction) -> &Verdict {
        match direction {
            Direction::Backward => &self.backward,
            Direction::Forward => &self.forward,
        }
    }

    /// What each change breaks: the witnesses at its place. Those of no change come without one.
    pub(crate) fn breaks(&self) -> Vec<Break<'_>> {
        let mut breaks: Vec<Break<'_>> = self.changes.iter().map(Break::by_itself).collect();
        for direction in Direction::BOTH {
            match self.verdict(direction) {
                Verdict::Safe => {}
                Verdict::Breaks(witnesses) => {
                    for witness in witnesses {
                        self.at(&mut breaks, &witness.place, direction).witnesses.push((direction, witness));
                    }
                }
                Verdict::Undecided(undecided) => {
                    self.at(&mut breaks, &undecided.place, direction).undecided.push((direction, undecided));
                }
            }
        }
        breaks
    }

    /// The break that what was found at a place belongs to: that of the nearest change, of the kinds that break in
    /// this direction before the others.
    fn at<'a, 'b>(
        &'a self,
        breaks: &'b mut Vec<Break<'a>>,
        place: &str,
        direction: Direction,
    ) -> &'b mut Break<'a> {
        let near = self
            .changes
            .iter()
            .enumerate()
            .filter_map(|(number, change)| {
                let places = [Some(change.pointer()), change.from.as_deref().map(in_documents)];
                let distance = places.iter().flatten().filter_map(|at| distance(at, place)).min()?;
                Some((distance, !change.rule.may_break(direction), number))
            })
            .min();
        match near {
            Some((_, _, number)) => &mut breaks[number],
            None => {
                let is_same = |it: &Break<'_>| it.change.is_none() && it.place() == place;
                if let Some(number) = breaks.iter().position(is_same) {
                    return &mut breaks[number];
                }
                breaks.push(Break { change: None, witnesses: Vec::new(), undecided: Vec::new() });
                let last = breaks.len() - 1;
                &mut breaks[last]
            }
        }
    }
}

/// A change with what it breaks.
#[derive(Clone, Debug)]
pub(crate) struct Break<'a> {
    pub(crate) change: Option<&'a Change>,
    pub(crate) witnesses: Vec<(Direction, &'a Witness)>,
    pub(crate) undecided: Vec<(Direction, &'a Undecided)>,
}

impl<'a> Break<'a> {
    /// A change that breaks neither direction.
    pub(crate) fn by_itself(change: &'a Change) -> Self {
        Self { change: Some(change), witnesses: Vec::new(), undecided: Vec::new() }
    }

    /// Where it is.
    pub(crate) fn place(&self) -> &str {
        match (self.change, self.witnesses.first(), self.undecided.first()) {
            (Some(change), ..) => &change.place,
            (None, Some((_, witness)), _) => &witness.place,
            (None, None, Some((_, undecided))) => &undecided.place,
            _ => "",
        }
    }
}

/// How far apart two places of a document are, if one is at the other, or in it: `*` stands for any step.
fn distance(change: &str, found: &str) -> Option<usize> {
    let (change, found): (Vec<&str>, Vec<&str>) = (change.split('/').collect(), found.split('/').collect());
    let is_same = change.iter().zip(&found).all(|(a, b)| a == b || *a == "*" || *b == "*");
    is_same.then(|| change.len().abs_diff(found.len()))
}

/// Do both write and read the same, words and names of types apart? Then nothing need be asked.
fn are_equal(old: &Layout, new: &Layout) -> bool {
    let same = |a: &Value, b: &Value| meaning::of(a) == meaning::of(b);
    old.facts == new.facts && same(&old.read, &new.read) && same(&old.write, &new.write)
}
