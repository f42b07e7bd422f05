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
    fn param(&self, place: &Place, part: Part) -> Param {
        match (part, self) {
            (Part::Missing, _) => match Start::of(place).map(|start| self.missing(&start)) {
                Ok(Ok(Outcome::Put(value))) => Param::Jsonb(value),
                // Such a text has no such parameter.
                _ => Param::Jsonb(Value::Null),
            },
            (Part::By, Self::Calculate(_, by, range)) => match (by.integer(), by) {
                (Some(by), _) if matches!(range, Range::Integer(_)) => integer(by),
                (_, Counted::Float(by)) => Param::Text(format!("{by:?}")),
                (by, _) => Param::Text(by.unwrap_or_default().to_string()),
            },
            (Part::Position, Self::PushCapped(_, cap)) => position(cap.saturating_sub(1)),
            (Part::Position, Self::InsertAt(index, _)) => position(*index),
            #[cfg(feature = "chrono")]
            (Part::Moment, Self::Advance(operand)) => Param::Text(super::moment::spelled(operand)),
            (_, op) => Param::Jsonb(op.clone().into_operand()),
        }
    }

    fn into_operand(self) -> Value {
        match self {
            Self::Set(value)
            | Self::SetDefault(value)
            | Self::PushUnique(value)
            | Self::PushCapped(value, _)
            | Self::InsertAt(_, value)
            | Self::Remove(value)
            | Self::Patch(value) => value,
            Self::Bound(_, number, _) => Value::Number(number),
            #[cfg(feature = "chrono")]
            Self::Advance(text) => Value::String(text),
            Self::Push(items) => Value::Array(items),
            Self::Merge(merge) => Value::Object(merge.keys),
            Self::Unset
            | Self::Calculate(..)
            | Self::Pop
            | Self::CopyFrom(_)
            | Self::RenameFrom(_)
            | Self::RenameFromAliases => Value::Null,
        }
    }
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
    /// Takes the parameter out of the changes. The operand is the last one of its change.
    pub(crate) fn take(self, changes: &mut [(Place, Op)], missing: &mut [Value]) -> Param {
        let param = match self {
            Self::Part(change, Part::Missing) => {
                missing.get_mut(change).map(|value| Param::Jsonb(std::mem::take(value)))
            }
            Self::Step(change, step) => {
                changes.get(change).and_then(|(place, _)| step_param(place.steps().get(step)?))
            }
            Self::Part(change, part) => changes.get_mut(change).map(|(place, op)| match part {
                Part::Operand => Param::Jsonb(std::mem::replace(op, Op::Pop).into_operand()),
                part => op.param(place, part),
            }),
        };
        param.unwrap_or(Param::Jsonb(Value::Null))
    }
}

/// The changes of one update whose text is kept.
pub(crate) const MOST_TRACED: usize = 32;

/// Binds parameters and notes where each comes from.
pub(crate) struct Binder<'b> {
    sql: &'b mut Sql,
    changes: &'b [(Place, Op)],
    pub(crate) origins: Vec<Origin>,
    /// Every parameter has an origin.
    pub(crate) is_known: bool,
}

impl<'b> Binder<'b> {
    pub(crate) fn new(sql: &'b mut Sql, changes: &'b [(Place, Op)]) -> Self {
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
            if let Some(of) = place.steps().iter().position(|other| std::ptr::eq(other, step)) {
                found = Some(Origin::Step(at, of));
            }
        }
        self.bind(param, found)
    }

    /// The changes among which origins are looked for: a text of very many is not used again.
    fn traced(&self) -> &'b [(Place, Op)] {
        if self.changes.len() > MOST_TRACED { &[] } else { self.changes }
    }

    pub(crate) fn part(&mut self, op: &Op, part: Part) -> String {
        if part != Part::Missing && self.changes.len() > MOST_TRACED {
            // Only what a missing value becomes depends on the place.
            return self.other(op.param(&Place::ROOT, part));
        }
        let found = self.changes.iter().position(|(_, other)| std::ptr::eq(other, op));
        match found {
            Some(change) => {
                let param = op.param(&self.changes[change].0, part);
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
