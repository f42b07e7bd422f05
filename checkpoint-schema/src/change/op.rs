//! The operations, and what each does to one value in memory. `render.rs` has the same meaning as SQL.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use crate::field::Reason;
use crate::field::error::type_name;
use crate::field::kind::{Counted, Integers, Range};
use crate::field::step::{Step, Steps, To};
use crate::json;

/// What is done to the value at a place. Operands are encoded.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Set(Value),
    SetDefault(Value),
    Unset,
    /// `value + by`, `value * by`.
    Calculate(Calculation, Counted, Range),
    /// The greater or the lesser of the value and the operand.
    Bound(Bound, Number, Range),
    /// The later of the value and the operand, two date-times.
    #[cfg(feature = "chrono")]
    Advance(String),
    /// Appends each element of the array.
    Push(Vec<Value>),
    /// Appends the element unless one is equal to it.
    PushUnique(Value),
    /// Appends the element and keeps the last so many.
    PushCapped(Value, usize),
    InsertAt(usize, Value),
    /// Takes every element away that is equal.
    Remove(Value),
    /// Takes the last element away.
    Pop,
    /// Writes the keys over those of the object, and takes away the others that the type knows.
    Merge(Box<Merge>),
    /// A JSON Merge Patch (RFC 7396).
    Patch(Value),
    CopyFrom(Steps),
    RenameFrom(Steps),
    RenameFromAliases,
}

#[derive(Clone, Debug)]
pub(crate) struct Merge {
    pub(crate) keys: Map<String, Value>,
    /// The keys that the type has besides.
    pub(crate) others: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Calculation {
    Add,
    Multiply,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    AtLeast,
    AtMost,
}

/// What becomes of a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Put(Value),
    Remove,
    /// Nothing was there, and nothing is made.
    Leave,
}

/// From what a missing value starts.
#[derive(Clone, Debug)]
pub(crate) enum Start {
    /// From the default that serde fills in.
    Default(Value),
    /// From nothing: a number from 0, a list and a map from an empty one.
    Empty,
    /// It does not: serde requires the value.
    Required,
}

impl Start {
    /// From what a missing value at the end of `step` starts.
    pub(crate) fn at(step: &Step) -> Result<Self, serde_json::Error> {
        match &step.to {
            To::Field(member) => match member.filled_in()? {
                Some(value) if !value.is_null() => Ok(Self::Default(value)),
                _ if member.required => Ok(Self::Required),
                _ => Ok(Self::Empty),
            },
            // A list never grows by a missing element: only a `null` in it counts as missing.
            To::Key(..) | To::Index(..) | To::Fault(_) => Ok(Self::Empty),
        }
    }

    /// Nothing, or an empty list.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Default(Value::Array(list)) => list.is_empty(),
            Self::Default(_) => false,
            Self::Empty | Self::Required => true,
        }
    }

    /// The same at the end of a place.
    pub(crate) fn of(steps: &[Step]) -> Result<Self, serde_json::Error> {
        steps.last().map_or(Ok(Self::Empty), Self::at)
    }
}

impl Op {
    /// Does a missing value that starts so become what the operand alone tells: itself, or a list of it?
    pub(crate) fn makes_of_nothing(&self, start: &Start) -> bool {
        match (self, start) {
            (Self::Calculate(Calculation::Add, ..), Start::Default(Value::Number(number))) => {
                self.fits_zero() && number.as_u64() == Some(0)
            }
            (Self::Calculate(Calculation::Add, ..), Start::Empty) => self.fits_zero(),
            (Self::Push(_) | Self::PushUnique(_) | Self::PushCapped(..) | Self::Bound(..), start) => {
                start.is_nothing()
            }
            #[cfg(feature = "chrono")]
            (Self::Advance(_), start) => start.is_nothing(),
            _ => false,
        }
    }

    /// Is it an addition of integers whose sum with 0 fits?
    fn fits_zero(&self) -> bool {
        matches!(self, Self::Calculate(Calculation::Add, by, range) if range.has(*by))
    }

    /// What a missing value becomes.
    pub(crate) fn missing(&self, start: &Start) -> Result<Outcome, Reason> {
        let zero = |range: &Range| match range {
            Range::Integer(_) => Value::from(0),
            Range::Single | Range::Double => Value::from(0.0),
        };
        match self {
            Self::Unset | Self::CopyFrom(_) | Self::RenameFrom(_) | Self::RenameFromAliases => {
                return Ok(Outcome::Leave);
            }
            Self::Set(value) | Self::SetDefault(value) => return Ok(Outcome::Put(value.clone())),
            _ => {}
        }
        match (self, start) {
            (Self::Merge(merge), Start::Empty | Start::Required) => {
                Ok(Outcome::Put(Value::Object(merge.keys.clone())))
            }
            (Self::Patch(patch), Start::Empty | Start::Required) => Ok(Outcome::Put(patched(None, patch))),
            // The greater, lesser or later of nothing and the operand.
            (Self::Bound(_, operand, _), Start::Empty | Start::Required) => {
                Ok(Outcome::Put(Value::Number(operand.clone())))
            }
            #[cfg(feature = "chrono")]
            (Self::Advance(operand), Start::Empty | Start::Required) => {
                Ok(Outcome::Put(Value::String(operand.clone())))
            }
            (_, Start::Required) => Err(Reason::Missing(Vec::new())),
            (_, Start::Default(value)) => match self.present(value)? {
                // To take away from a default what it does not hold changes nothing.
                Outcome::Put(same) if same == *value && matches!(self, Self::Remove(_) | Self::Pop) => {
                    Ok(Outcome::Leave)
                }
                outcome => Ok(outcome),
            },
            (Self::Calculate(Calculation::Add, _, range), _) => self.present(&zero(range)),
            (Self::Calculate(Calculation::Multiply, ..) | Self::Remove(_) | Self::Pop, _) => {
                Ok(Outcome::Leave)
            }
            _ => self.present(&Value::Array(Vec::new())),
        }
    }

    /// What a value becomes that is there; `null` too, where it does not count as missing.
    pub(crate) fn present(&self, value: &Value) -> Result<Outcome, Reason> {
        let put = match self {
            Self::Set(operand) => operand.clone(),
            Self::SetDefault(_) => value.clone(),
            Self::Unset => return Ok(Outcome::Remove),
            Self::Calculate(how, amount, range) => calculate(*how, value, *amount, range)?,
            Self::Bound(bound, operand, range) => {
                number(value, range)?;
                let keeps = match bound {
                    Bound::AtLeast => Ordering::is_ge,
                    Bound::AtMost => Ordering::is_le,
                };
                match value {
                    Value::Number(stored) if keeps(json::compare_numbers(stored, operand)) => value.clone(),
                    _ => Value::Number(operand.clone()),
                }
            }
            #[cfg(feature = "chrono")]
            Self::Advance(operand) => {
                let stored = value.as_str().and_then(super::moment::parse);
                let stored = stored.ok_or_else(|| wrong("date-time", value))?;
                match super::moment::parse(operand) {
                    Some(operand) if stored >= operand => value.clone(),
                    _ => Value::String(operand.clone()),
                }
            }
            Self::Push(items) => {
                let mut list = array(value)?.clone();
                list.extend_from_slice(items);
                Value::Array(list)
            }
            Self::PushUnique(item) => {
                let mut list = array(value)?.clone();
                if !list.iter().any(|other| json::equal(other, item)) {
                    list.push(item.clone());
                }
                Value::Array(list)
            }
            Self::PushCapped(item, cap) => {
                let mut list = array(value)?.clone();
                list.push(item.clone());
                list.drain(..list.len().saturating_sub(*cap));
                Value::Array(list)
            }
            Self::InsertAt(index, item) => {
                let mut list = array(value)?.clone();
                if *index > list.len() {
                    return Err(Reason::NoElement);
                }
                list.insert(*index, item.clone());
                Value::Array(list)
            }
            Self::Remove(item) => {
                let list = array(value)?;
                Value::Array(list.iter().filter(|other| !json::equal(other, item)).cloned().collect())
            }
            Self::Pop => {
                let mut list = array(value)?.clone();
                list.pop();
                Value::Array(list)
            }
            Self::Merge(merge) => {
                let Merge { keys, others } = &**merge;
                let mut object = value.as_object().ok_or_else(|| wrong("object", value))?.clone();
                object.retain(|key, _| !others.contains(&key.as_str()));
                object.extend(keys.clone());
                Value::Object(object)
            }
            Self::Patch(patch) => patched(Some(value), patch),
            // Where the value comes from, the plan knows.
            Self::CopyFrom(_) | Self::RenameFrom(_) | Self::RenameFromAliases => value.clone(),
        };
        Ok(Outcome::Put(put))
    }
}

fn wrong(expected: &'static str, value: &Value) -> Reason {
    Reason::WrongType { expected, found: type_name(value) }
}

fn array(value: &Value) -> Result<&Vec<Value>, Reason> {
    value.as_array().ok_or_else(|| wrong("array", value))
}

/// RFC 7396, section 2.
fn patched(target: Option<&Value>, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut object = target.and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, patch) in patch {
        if patch.is_null() {
            object.remove(key);
        } else {
            let new = patched(object.get(key), patch);
            object.insert(key.clone(), new);
        }
    }
    Value::Object(object)
}

/// Does the range have the stored number?
fn number(value: &Value, range: &Range) -> Result<(), Reason> {
    match range {
        Range::Integer(of) => integer(value, of).map(drop),
        Range::Single | Range::Double => float(value).map(drop),
    }
}

/// The stored integer, if the type has it.
fn integer(value: &Value, of: &Integers) -> Result<i128, Reason> {
    let number = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    number.filter(|number| (of.min..=of.max).contains(number)).ok_or_else(|| wrong("integer", value))
}

fn float(value: &Value) -> Result<f64, Reason> {
    value.as_f64().ok_or_else(|| wrong("number", value))
}

/// Floats are calculated in 64 bits, and rounded to 32 where the field has those.
fn calculate(how: Calculation, value: &Value, by: Counted, range: &Range) -> Result<Value, Reason> {
    let (result, name) = match (range, by) {
        (Range::Integer(of), by) => {
            let number = integer(value, of)?;
            let result = by.integer().and_then(|by| match how {
                Calculation::Add => number.checked_add(by),
                Calculation::Multiply => number.checked_mul(by),
            });
            let result = result.filter(|result| (of.min..=of.max).contains(result));
            (result.and_then(Number::from_i128), of.name)
        }
        (range, Counted::Float(by)) => {
            let number = float(value)?;
            let result = match how {
                Calculation::Add => number + by,
                Calculation::Multiply => number * by,
            };
            match range {
                #[expect(clippy::cast_possible_truncation, reason = "rounding is what is wanted")]
                Range::Single => (Number::from_f64(f64::from(result as f32)), "f32"),
                _ => (Number::from_f64(result), "f64"),
            }
        }
        // The amount of a float is one.
        (_, Counted::Negative(_) | Counted::Natural(_)) => return Err(wrong("number", value)),
    };
    result.map(Value::Number).ok_or(Reason::OutOfRange(name))
}
