//! Two layouts of one version, in both directions, with the changes between them.

use serde_json::Value;

use super::change::{self, Change, in_documents};
use super::layout::Layout;
use super::verdict::{Undecided, Verdict, Witness, decide};
use crate::lock::meaning;
use crate::rule::Rule;

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
                Verdict::Breaks { witnesses, open } => {
                    for of_place in witnesses.chunk_by(|a, b| a.place == b.place) {
                        for number in self.at(&mut breaks, &of_place[0].place, direction) {
                            let told = &mut breaks[number];
                            let own = of_place.iter().find(|witness| told.is_shown_by(witness));
                            told.witnesses.push((direction, own.unwrap_or(&of_place[0])));
                        }
                    }
                    self.share(&mut breaks, direction, witnesses, open);
                }
                Verdict::Undecided(undecided) => {
                    for undecided in undecided {
                        for number in self.at(&mut breaks, &undecided.place, direction) {
                            breaks[number].undecided.push((direction, undecided));
                        }
                    }
                }
            }
        }
        breaks
    }

    /// What is not proved may stand behind a witness that is of another change, such as of a choice that is refused
    /// as a whole: then that one shows it, too. What none shows is undecided.
    fn share<'a>(
        &'a self,
        breaks: &mut Vec<Break<'a>>,
        direction: Direction,
        witnesses: &'a [Witness],
        open: &'a [Undecided],
    ) {
        for undecided in open {
            let near = witnesses.iter().filter_map(|it| Some((distance(&undecided.place, &it.place)?, it)));
            let near = near.min_by_key(|(distance, _)| *distance);
            for number in self.at(breaks, &undecided.place, direction) {
                let told = &mut breaks[number];
                if told.witnesses.iter().any(|(of, _)| *of == direction) {
                    continue;
                }
                match near {
                    Some((_, witness)) => told.witnesses.push((direction, witness)),
                    None => told.undecided.push((direction, undecided)),
                }
            }
        }
    }

    /// The breaks that what was found at a place belongs to: those of the nearest changes, of the kinds that break
    /// in this direction before the others.
    fn at<'a>(&'a self, breaks: &mut Vec<Break<'a>>, place: &str, direction: Direction) -> Vec<usize> {
        let near = self.changes.iter().enumerate().filter_map(|(number, change)| {
            let places = [Some(change.pointer()), change.from.as_deref().map(in_documents)];
            let distance = places.iter().flatten().filter_map(|at| distance(at, place)).min()?;
            Some(((distance, !change.rule.may_break(direction)), number))
        });
        let near: Vec<_> = near.collect();
        match near.iter().map(|(distance, _)| *distance).min() {
            Some(least) => near
                .into_iter()
                .filter(|(distance, _)| *distance == least)
                .map(|(_, number)| number)
                .collect(),
            None => {
                let is_same = |it: &Break<'_>| it.change.is_none() && it.place() == place;
                let known = breaks.iter().position(is_same).unwrap_or_else(|| {
                    breaks.push(Break { change: None, witnesses: Vec::new(), undecided: Vec::new() });
                    breaks.len() - 1
                });
                vec![known]
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

    /// Of a variant: does its name stand in the document?
    fn is_shown_by(&self, witness: &Witness) -> bool {
        let Some(change) = self.change else { return true };
        if !matches!(change.rule, Rule::VariantAdded | Rule::VariantRemoved | Rule::VariantRenamed) {
            return true;
        }
        let document = witness.document.to_string();
        let names = [Some(change.name()), change.old_name()];
        names.into_iter().flatten().any(|name| document.contains(&Value::from(name).to_string()))
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
