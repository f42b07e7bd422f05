//! What an operation of a field has made, before an update takes it.

use std::fmt;

use serde_json::Value;

use super::edit::{Edit, Shown};
use super::op::{Calculation, Op};
use super::plain::{One, Sign};
use super::word;
use crate::field::kind::{Counted, Integers, Range};
use crate::field::shape::Member;
use crate::field::step::{Place, Step, To};
use crate::field::{FieldError, Reason, notation, storable};
use crate::sql::Param;

/// Small, since it is moved about.
#[derive(Clone)]
pub(super) enum Done {
    Plain(One),
    Else(Box<Else>),
}

#[derive(Clone)]
pub(super) enum Else {
    Edit(Edit),
    /// Whoever uses the change reports it.
    Refused(FieldError),
    Taken,
}

/// The JSON of an operand.
pub(super) type Encoded = Result<Value, serde_json::Error>;

impl Done {
    /// An operation by a value that stands inside `more` arrays and objects of the place. `what` is its word.
    ///
    /// Of a field of the root all is known while the worker compiles but the value; if the place is looked at before
    /// the value is made, and is not handed on itself: then it need not stand in memory.
    #[inline(always)]
    pub(super) fn by(
        place: &Place,
        more: usize,
        value: impl FnOnce() -> Encoded,
        what: usize,
        op: fn(Value) -> Op,
    ) -> Self {
        match place {
            Place::Plain(steps @ [Step { to: To::Field(member), .. }], None) => match value() {
                Ok(value) if !value.is_array() && !value.is_object() && word::is_plain(member, what) => {
                    Self::plain(Sign { member, word: what }, Param::Jsonb(value))
                }
                value => Self::by_any_at(steps, more, value, op),
            },
            Place::Plain([Step { to: To::Field(member), .. }], Some(key)) => match value() {
                Ok(value) if !value.is_array() && !value.is_object() => {
                    Self::by_scalar_in(member, key, value, what)
                        .unwrap_or_else(|value| Self::by_any(place, more, Ok(value), op))
                }
                value => Self::by_any(place, more, value, op),
            },
            place => Self::by_any(place, more, value(), op),
        }
    }

    /// The same of an entry of a map, if it is plain.
    #[inline(never)]
    fn by_scalar_in(member: &'static Member, key: &str, value: Value, what: usize) -> Result<Self, Value> {
        match word::is_plain_in(member) {
            true => {
                let sign = Sign { member, word: what | word::ENTRY };
                Ok(Self::Plain(One { sign, key: Some(key.into()), operand: Param::Jsonb(value) }))
            }
            false => Err(value),
        }
    }

    #[inline(never)]
    fn by_any_at(steps: &'static [Step], more: usize, value: Encoded, op: fn(Value) -> Op) -> Self {
        Self::by_any(&Place::Plain(steps, None), more, value, op)
    }

    #[inline(never)]
    fn by_any(place: &Place, more: usize, value: Encoded, op: fn(Value) -> Op) -> Self {
        let unwritable = |error| FieldError::unwritable(notation::pointer(&place.steps()), error);
        let value = value.and_then(|value| storable::below(place.depth() + more, value));
        Self::of(place, value.map(op).map_err(unwritable))
    }

    /// The same of an addition or multiplication.
    #[inline(always)]
    pub(super) fn calculate(place: &Place, how: Calculation, by: Counted, range: Range) -> Self {
        match place {
            Place::Plain(steps @ [Step { to: To::Field(member), .. }], None) => {
                match word::of_addition(member, how, by, range) {
                    Some(word) => Self::plain(Sign { member, word }, word::amount(by)),
                    None => Self::calculate_at(steps, how, by, range),
                }
            }
            Place::Plain([Step { to: To::Field(member), .. }], Some(key)) => {
                Self::calculate_in(member, key, how, by, range)
                    .unwrap_or_else(|| Self::calculate_any(place, how, by, range))
            }
            place => Self::calculate_any(place, how, by, range),
        }
    }

    /// The same of an entry of a map, if it is plain.
    #[inline(never)]
    fn calculate_in(
        member: &'static Member,
        key: &str,
        how: Calculation,
        by: Counted,
        range: Range,
    ) -> Option<Self> {
        let word = word::of_addition_in(member, how, by, range)?;
        Some(Self::Plain(One {
            operand: word::amount(by),
            sign: Sign { member, word },
            key: Some(key.into()),
        }))
    }

    #[inline(never)]
    fn calculate_at(steps: &'static [Step], how: Calculation, by: Counted, range: Range) -> Self {
        Self::calculate_any(&Place::Plain(steps, None), how, by, range)
    }

    #[inline(never)]
    fn calculate_any(place: &Place, how: Calculation, by: Counted, range: Range) -> Self {
        let refusal = match (how, range, by.integer(), by) {
            (Calculation::Add, Range::Integer(Integers { name, .. }), Some(by), _) if !range.spans(by) => {
                Some(format!("{by} is more than two values of `{name}` can be apart"))
            }
            (_, _, _, Counted::Float(by)) if !by.is_finite() => {
                Some(format!("{by} cannot be stored: JSON has no such number"))
            }
            _ => None,
        };
        let op = match refusal {
            None => Ok(Op::Calculate(how, by, range)),
            Some(why) => Err(FieldError::new(notation::pointer(&place.steps()), Reason::Operand(why))),
        };
        Self::of(place, op)
    }

    #[inline(always)]
    fn plain(sign: Sign, operand: Param) -> Self {
        Self::Plain(One { sign, key: None, operand })
    }

    /// Any operation. That a key on the way is none is told first.
    #[inline(never)]
    pub(super) fn of(place: &Place, op: Result<Op, FieldError>) -> Self {
        let op = match place.checked().and(op) {
            Ok(op) => op,
            Err(error) => return Self::Else(Box::new(Else::Refused(error))),
        };
        if let Place::Plain([Step { to: To::Field(member), .. }], key) = place {
            let word = match key {
                None => word::of_field(member, &op),
                Some(_) => word::of_entry(member, &op),
            };
            if let Some(word) = word {
                let (sign, key) = (Sign { member, word }, key.clone());
                return Self::Plain(One { sign, key, operand: word::operand(op) });
            }
        }
        Self::Else(Box::new(Else::Edit(Edit { steps: place.to_steps(), op })))
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(one) => one.clone().edit().iter().try_for_each(|edit| Shown(edit).fmt(f)),
            Self::Else(other) => match &**other {
                Else::Edit(edit) => Shown(edit).fmt(f),
                Else::Refused(error) => write!(f, "{error}"),
                Else::Taken => Ok(()),
            },
        }
    }
}
