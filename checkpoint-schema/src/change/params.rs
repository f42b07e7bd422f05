//! The parameters that an operation binds, by name: so that they are the same when its text is rendered and
//! when a text that is known already is used again.

use serde_json::Value;

use super::edit::Edit;
use super::op::{Op, Outcome, Start};
use crate::field::kind::{Counted, Integers, Range};
use crate::field::shape::Blank;
use crate::field::step::{Place, Step, To};
use crate::sql::{Param, Sql};

/// Which parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part {
    Operand,
    /// What a missing value becomes.
    Missing,
    /// The least number that the result of an addition fits for, and the greatest.
    Least,
    Most,
    /// What is added, or multiplied with.
    By,
    /// A position in a list.
    Position,
    /// The operand as a time, for a comparison.
    #[cfg(feature = "chrono")]
    Moment,
}

/// Where a parameter comes from: the change, by its number, and what of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// The key or position of a step of its place. It may be taken there if it is not named again.
    Step {
        change: usize,
        step: usize,
        again: bool,
    },
    Part(usize, Part),
}

impl Op {
    /// The parameter. `place` is the operation's.
    #[inline]
    fn param(&self, place: &Place, part: Part) -> Param {
        match (part, self) {
            (Part::Missing, _) => Param::Jsonb(self.of_missing(place)),
            // The amount of a float is one.
            (Part::By, Self::Calculate(_, by, _)) => integer_of(*by),
            (Part::Least, Self::Calculate(_, by, Range::Integer(of))) => integer(least(of, *by)),
            (Part::Most, Self::Calculate(_, by, Range::Integer(of))) => integer(most(of, *by)),
            (Part::Position, Self::PushCapped(_, cap)) => position(cap.saturating_sub(1)),
            (Part::Position, Self::InsertAt(index, _)) => position(*index),
            #[cfg(feature = "chrono")]
            (Part::Moment, Self::Advance(operand)) => Param::Text(super::moment::spelled(operand)),
            (_, op) => Param::Jsonb(op.clone().take_operand()),
        }
    }

    /// Is it an addition to 0 where the value is missing, and the sum fits?
    fn starts_from_zero(&self, place: &Place) -> bool {
        let starts = match place.steps().last().map(|step| &step.to) {
            Some(To::Field(member)) => member.blank == Some(Blank::Integer),
            Some(To::Key(..) | To::Index(..)) => true,
            Some(To::Fault(_)) | None => false,
        };
        starts && self.fits_zero()
    }

    #[inline]
    fn of_missing(&self, place: &Place) -> Value {
        match self {
            Self::Calculate(_, Counted::Natural(by), _) if self.starts_from_zero(place) => (*by).into(),
            Self::Calculate(_, Counted::Negative(by), _) if self.starts_from_zero(place) => (*by).into(),
            _ => self.found_missing(place),
        }
    }

    fn found_missing(&self, place: &Place) -> Value {
        match Start::of(place).map(|start| self.missing(&start)) {
            Ok(Ok(Outcome::Put(value))) => value,
            // Such a text has no such parameter.
            _ => Value::Null,
        }
    }

    /// The operand where it is one value.
    #[inline]
    fn operand(&mut self) -> Option<&mut Value> {
        match self {
            Self::Set(value)
            | Self::SetDefault(value)
            | Self::PushUnique(value)
            | Self::PushCapped(value, _)
            | Self::InsertAt(_, value)
            | Self::Remove(value)
            | Self::Patch(value) => Some(value),
            _ => None,
        }
    }

    /// Nothing is left of the operand.
    fn take_operand(&mut self) -> Value {
        if let Some(value) = self.operand() {
            return std::mem::take(value);
        }
        match self {
            Self::Bound(_, number, _) => Value::Number(number.clone()),
            #[cfg(feature = "chrono")]
            Self::Advance(text) => Value::String(std::mem::take(text)),
            Self::Push(items) => Value::Array(std::mem::take(items)),
            Self::Merge(merge) => Value::Object(std::mem::take(&mut merge.keys)),
            _ => Value::Null,
        }
    }
}

/// The least number of the type to which `by` can be added.
#[inline(always)]
pub(crate) fn least(of: &Integers, by: Counted) -> i128 {
    match by {
        Counted::Negative(by) => of.min.saturating_sub(by.into()),
        Counted::Natural(_) | Counted::Float(_) => of.min,
    }
}

/// The greatest number of the type to which `by` can be added.
fn most(of: &Integers, by: Counted) -> i128 {
    match by {
        Counted::Natural(by) => of.max.saturating_sub(by.into()),
        Counted::Negative(_) | Counted::Float(_) => of.max,
    }
}

/// An integer, as text where it is beyond `bigint`.
pub(crate) fn integer(number: i128) -> Param {
    i64::try_from(number).map_or_else(|_| Param::Text(number.to_string()), Param::BigInt)
}

/// The same of what is added to an integer.
#[inline]
fn integer_of(by: Counted) -> Param {
    match by {
        Counted::Negative(by) => Param::BigInt(by),
        Counted::Natural(by) => i64::try_from(by).map_or_else(|_| Param::Text(by.to_string()), Param::BigInt),
        Counted::Float(by) => Param::Text(format!("{by:?}")),
    }
}

/// A position as PostgreSQL has them. Greater ones no list has.
pub(crate) fn position(index: usize) -> Param {
    Param::Integer(i32::try_from(index).unwrap_or(i32::MAX))
}

/// The parameter of a step; none where its key is the text's own.
fn step_param(to: &To) -> Option<Param> {
    match to {
        To::Key(key, _) => Some(Param::Text(key.to_string())),
        To::Index(index, _) => Some(position(*index)),
        To::Field(_) | To::Fault(_) => None,
    }
}

impl Origin {
    /// Takes the parameter out of the changes. The operand is the last one of its change. `missing` are numbers of
    /// changes, and what a missing value becomes there, if that is not to be found out again.
    // Not inlined, so that it is made where it stays.
    #[inline(never)]
    pub(crate) fn take(self, changes: &mut [Edit], missing: &mut [(usize, Value)]) -> Param {
        let (Self::Part(change, _) | Self::Step { change, .. }) = self;
        let Some(Edit { place, op, .. }) = changes.get_mut(change) else { return Param::Jsonb(Value::Null) };
        match self {
            Self::Part(_, Part::Operand) => match op.operand() {
                Some(value) => Param::Jsonb(std::mem::take(value)),
                None => Param::Jsonb(op.take_operand()),
            },
            Self::Part(_, Part::Missing) => match (missing.iter_mut().find(|(at, _)| *at == change), op) {
                (Some((_, value)), _) => Param::Jsonb(std::mem::take(value)),
                (None, op) => Param::Jsonb(op.of_missing(place)),
            },
            Self::Part(_, part) => op.param(place, part),
            Self::Step { step, again, .. } => {
                if !again && let Some(key) = place.take_key(step) {
                    return Param::Text(key);
                }
                let to = place.steps().get(step).map(|step| &step.to);
                to.and_then(step_param).unwrap_or(Param::Jsonb(Value::Null))
            }
        }
    }
}

/// The changes of one update whose text is kept.
pub(crate) const MOST_TRACED: usize = 32;

/// Binds parameters and notes where each comes from.
pub(crate) struct Binder<'b> {
    pub(super) sql: &'b mut Sql,
    changes: &'b [Edit],
    pub(crate) origins: Vec<Origin>,
    /// Every parameter has an origin.
    pub(crate) is_known: bool,
}

impl<'b> Binder<'b> {
    pub(crate) fn new(sql: &'b mut Sql, changes: &'b [Edit]) -> Self {
        Self { sql, changes, origins: Vec::new(), is_known: true }
    }

    /// A parameter of this text only.
    pub(crate) fn other(&mut self, param: Param) -> String {
        self.is_known = false;
        self.sql.bind(param)
    }

    /// The key, or position, of a step.
    pub(crate) fn step(&mut self, step: &Step) -> String {
        let param = step_param(&step.to).unwrap_or(Param::Jsonb(Value::Null));
        let mut found = None;
        for (at, change) in self.traced().iter().enumerate() {
            if let Some(of) = change.place.steps().iter().position(|other| std::ptr::eq(other, step)) {
                found = Some(Origin::Step { change: at, step: of, again: false });
            }
        }
        if let Some(Origin::Step { change: at, step: of, .. }) = found {
            for origin in &mut self.origins {
                if let Origin::Step { change, step, again } = origin {
                    *again |= *change == at && *step == of;
                }
            }
        }
        self.bind(param, found)
    }

    /// The changes among which origins are looked for: a text of very many is not used again.
    fn traced(&self) -> &'b [Edit] {
        if self.changes.len() > MOST_TRACED { &[] } else { self.changes }
    }

    pub(crate) fn part(&mut self, op: &Op, part: Part) -> String {
        if part != Part::Missing && self.changes.len() > MOST_TRACED {
            // Only what a missing value becomes depends on the place.
            return self.other(op.param(&Place::ROOT, part));
        }
        let found = self.changes.iter().position(|change| std::ptr::eq(&change.op, op));
        match found {
            Some(change) => {
                let param = op.param(&self.changes[change].place, part);
                self.bind(param, Some(Origin::Part(change, part)))
            }
            None => self.other(Param::Jsonb(Value::Null)),
        }
    }

    fn bind(&mut self, param: Param, origin: Option<Origin>) -> String {
        match origin {
            // When it is taken, the change has nothing more.
            Some(Origin::Part(change, _)) if self.is_taken(change) => self.is_known = false,
            Some(origin) => self.origins.push(origin),
            None => self.is_known = false,
        }
        self.sql.bind(param)
    }

    /// Has the operand of the change a parameter already?
    fn is_taken(&self, change: usize) -> bool {
        self.origins.iter().any(|origin| matches!(origin, Origin::Part(at, Part::Operand) if *at == change))
    }
}
