//! Two layouts of one version, in both directions, with the changes between them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::change::{self, Change, in_documents};
use super::layout::Layout;
use super::nearest::Places;
use super::verdict::{Undecided, Verdict, Witness, decide};
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

    /// What a break of it means, for somebody who does not know its name.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Direction::Backward => "the new code cannot read what the old code stored",
            Direction::Forward => "old workers that still run cannot read what the new code writes",
        }
    }
}

impl Comparison {
    /// Compares the two, which are of one version.
    pub(crate) fn of(old: &Layout, new: &Layout) -> Self {
        // Then nothing need be asked.
        if old.means(new) {
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
        let mut told = Told::of(&self.changes);
        for direction in Direction::BOTH {
            match self.verdict(direction) {
                Verdict::Safe => {}
                Verdict::Breaks { witnesses, open } => {
                    for of_place in witnesses.chunk_by(|a, b| a.place == b.place) {
                        for number in told.at(&of_place[0].place, direction) {
                            let told = &mut told.breaks[number];
                            let own = of_place.iter().find(|witness| told.is_shown_by(witness));
                            told.witnesses.push((direction, own.unwrap_or(&of_place[0])));
                        }
                    }
                    told.share(direction, witnesses, open);
                }
                Verdict::Undecided(undecided) => {
                    for undecided in undecided {
                        for number in told.at(&undecided.place, direction) {
                            told.breaks[number].undecided.push((direction, undecided));
                        }
                    }
                }
            }
        }
        told.breaks
    }
}

/// What each change breaks, as it is put together.
struct Told<'a> {
    breaks: Vec<Break<'a>>,
    /// The changes by the places in documents that they concern.
    changes: Places<usize>,
    /// What belongs to no change, by its place.
    others: BTreeMap<String, usize>,
}

impl<'a> Told<'a> {
    fn of(changes: &'a [Change]) -> Self {
        let mut places = Places::default();
        for (number, change) in changes.iter().enumerate() {
            places.insert(&change.pointer(), number);
            if let Some(from) = &change.from {
                places.insert(&in_documents(from), number);
            }
        }
        let breaks = changes.iter().map(Break::by_itself).collect();
        Self { breaks, changes: places, others: BTreeMap::new() }
    }

    /// What is not proved may stand behind a witness that is of another change, such as of a choice that is refused
    /// as a whole: then that one shows it, too. What none shows is undecided.
    fn share(&mut self, direction: Direction, witnesses: &'a [Witness], open: &'a [Undecided]) {
        let mut shown = Places::default();
        witnesses.iter().enumerate().for_each(|(number, witness)| shown.insert(&witness.place, number));
        for undecided in open {
            let near = shown.nearest(&undecided.place).first().map(|number| &witnesses[*number]);
            for number in self.at(&undecided.place, direction) {
                let told = &mut self.breaks[number];
                if told.witnesses.iter().any(|(of, _)| *of == direction) {
                    continue;
                }
                match near {
                    Some(witness) => told.witnesses.push((direction, witness)),
                    None => told.undecided.push((direction, undecided)),
                }
            }
        }
    }

    /// The breaks that what was found at a place belongs to: those of the nearest changes, of the kinds that break
    /// in this direction before the others.
    fn at(&mut self, place: &str, direction: Direction) -> Vec<usize> {
        let near = self.changes.nearest(place);
        let breaks = &self.breaks;
        let may_break =
            |number: &usize| breaks[*number].change.is_some_and(|change| change.rule.may_break(direction));
        let (breaking, others): (Vec<usize>, Vec<usize>) = near.into_iter().partition(may_break);
        match (breaking.is_empty(), others.is_empty()) {
            (false, _) => breaking,
            (true, false) => others,
            (true, true) => {
                let breaks = &mut self.breaks;
                let number = *self.others.entry(place.to_owned()).or_insert_with(|| {
                    breaks.push(Break { change: None, witnesses: Vec::new(), undecided: Vec::new() });
                    breaks.len() - 1
                });
                vec![number]
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
        let names = [Some(change.name()), change.old_name()];
        let document = &*witness.document.value;
        // In a large document it is quickest to look where it must be.
        let refused = document.pointer(&witness.place).unwrap_or(&Value::Null);
        names.into_iter().flatten().any(|name| holds(refused, &name) || holds(document, &name))
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

/// Is there a text or a key of this name?
fn holds(document: &Value, name: &str) -> bool {
    match document {
        Value::String(text) => text == name,
        Value::Array(elements) => elements.iter().any(|it| holds(it, name)),
        Value::Object(object) => object.contains_key(name) || object.values().any(|it| holds(it, name)),
        _ => false,
    }
}
