//! The parameters that an operation binds, by name: so that they are the same when its text is rendered and
//! when a text that is known already is used again.

use serde_json::Value;

use super::op::{Op, Outcome, Start};
use crate::field::kind::{Counted, Range};
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
    /// The key or position of a step of its place.
    Step(usize, usize),
    Part(usize, Part),
}

impl Op {
    /// The parameter. `place` is the operation's.
    pub(crate) fn param(&self, place: &Place, part: Part) -> Param {
        match (part, self) {
            (Part::Missing, _) => match Start::of(place).map(|start| self.missing(&start)) {
                Ok(Ok(Outcome::Put(value))) => Param::Jsonb(value),
                // Such a text has no such parameter.
                _ => Param::Jsonb(Value::Null),
            },
            (Part::Least, Self::Calculate(_, Counted::Integer(by), Range::Integer { min, .. })) => {
                integer(least(*min, *by))
            }
            (Part::Most, Self::Calculate(_, Counted::Integer(by), Range::Integer { max, .. })) => {
                integer(most(*max, *by))
            }
            (Part::By, Self::Calculate(_, Counted::Integer(by), Range::Integer { .. })) => integer(*by),
            (Part::By, Self::Calculate(_, Counted::Integer(by), _)) => Param::Text(by.to_string()),
            (Part::By, Self::Calculate(_, Counted::Float(by), _)) => Param::Text(format!("{by:?}")),
            (Part::Position, Self::PushCapped(_, cap)) => position(cap.saturating_sub(1)),
            (Part::Position, Self::InsertAt(index, _)) => position(*index),
            #[cfg(feature = "chrono")]
            (Part::Moment, Self::Advance(operand)) => Param::Text(super::moment::spelled(operand)),
            (_, op) => Param::Jsonb(op.operand()),
        }
    }

    fn operand(&self) -> Value {
        match self {
            Self::Set(value)
            | Self::SetDefault(value)
            | Self::PushUnique(value)
            | Self::PushCapped(value, _)
            | Self::InsertAt(_, value)
            | Self::Remove(value)
            | Self::Patch(value) => value.clone(),
            Self::Bound(_, number, _) => Value::Number(number.clone()),
            #[cfg(feature = "chrono")]
            Self::Advance(text) => Value::String(text.clone()),
            Self::Push(items) => Value::Array(items.clone()),
            Self::Merge { keys, .. } => Value::Object(keys.clone()),
            Self::Unset
            | Self::Calculate(..)
            | Self::Pop
            | Self::CopyFrom(_)
            | Self::RenameFrom(_)
            | Self::RenameFromAliases => Value::Null,
        }
    }
}

/// The least number of a type that begins with `min` to which `by` can be added.
pub(crate) fn least(min: i128, by: i128) -> i128 {
    min.max(min.saturating_sub(by))
}

/// The greatest number of a type that ends with `max` to which `by` can be added.
pub(crate) fn most(max: i128, by: i128) -> i128 {
    max.min(max.saturating_sub(by))
}

/// An integer, as text where it is beyond `bigint`.
pub(crate) fn integer(number: i128) -> Param {
    i64::try_from(number).map_or_else(|_| Param::Text(number.to_string()), Param::BigInt)
}

/// A position as PostgreSQL has them. Greater ones no list has.
pub(crate) fn position(index: usize) -> Param {
    Param::Integer(i32::try_from(index).unwrap_or(i32::MAX))
}

/// The parameter of a step; none where its key is the text's own.
fn step_param(step: &Step) -> Option<Param> {
    match &step.to {
        To::Key(key, _) => Some(Param::Text(key.to_string())),
        To::Index(index, _) => Some(position(*index)),
        To::Field(_) | To::Fault(_) => None,
    }
}

impl Origin {
    pub(crate) fn param(self, changes: &[(&Place, &Op)]) -> Param {
        let param = match self {
            Self::Step(change, step) => {
                changes.get(change).and_then(|(place, _)| step_param(place.steps.get(step)?))
            }
            Self::Part(change, part) => changes.get(change).map(|(place, op)| op.param(place, part)),
        };
        param.unwrap_or(Param::Jsonb(Value::Null))
    }
}

/// The changes of one update whose text is kept.
pub(crate) const MOST_TRACED: usize = 32;

/// Binds parameters and notes where each comes from.
pub(crate) struct Binder<'b> {
    sql: &'b mut Sql,
    changes: &'b [(&'b Place, &'b Op)],
    pub(crate) origins: Vec<Origin>,
    /// Every parameter has an origin.
    pub(crate) is_known: bool,
}

impl<'b> Binder<'b> {
    pub(crate) fn new(sql: &'b mut Sql, changes: &'b [(&'b Place, &'b Op)]) -> Self {
        Self { sql, changes, origins: Vec::new(), is_known: true }
    }

    /// A parameter of this text only.
    pub(crate) fn other(&mut self, param: Param) -> String {
        self.is_known = false;
        self.sql.bind(param)
    }

    /// The key, or position, of a step.
    pub(crate) fn step(&mut self, step: &Step) -> String {
        let param = step_param(step).unwrap_or(Param::Jsonb(Value::Null));
        let mut found = None;
        for (at, (place, _)) in self.traced().iter().enumerate() {
            if let Some(of) = place.steps.iter().position(|other| std::ptr::eq(other, step)) {
                found = Some(Origin::Step(at, of));
            }
        }
        self.bind(param, found)
    }

    /// The changes among which origins are looked for: a text of very many is not used again.
    fn traced(&self) -> &'b [(&'b Place, &'b Op)] {
        if self.changes.len() > MOST_TRACED { &[] } else { self.changes }
    }

    pub(crate) fn part(&mut self, op: &Op, part: Part) -> String {
        if part != Part::Missing && self.changes.len() > MOST_TRACED {
            // Only what a missing value becomes depends on the place.
            return self.other(op.param(&Place::default(), part));
        }
        let found = self.changes.iter().position(|(_, other)| std::ptr::eq(*other, op));
        match found {
            Some(change) => {
                let param = op.param(self.changes[change].0, part);
                self.bind(param, Some(Origin::Part(change, part)))
            }
            None => self.other(Param::Jsonb(Value::Null)),
        }
    }

    fn bind(&mut self, param: Param, origin: Option<Origin>) -> String {
        match origin {
            Some(origin) => self.origins.push(origin),
            None => self.is_known = false,
        }
        self.sql.bind(param)
    }
}
