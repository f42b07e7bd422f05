//! What a path is made of.

use std::sync::Arc;

use serde_json::Value;
use smallvec::SmallVec;

use super::error::{FieldError, Reason};
use super::shape::{Member, Shape};
use super::{notation, storable};

/// Gives the shape of the value that a step leads to, when it is asked for: types may contain themselves.
pub(crate) type ShapeFn = fn() -> &'static Shape;

/// From a value to one inside it.
#[derive(Clone, Debug)]
pub struct Step {
    pub(crate) to: To,
    /// The value is the inside of an `Option`: a stored `null` counts as missing.
    pub(crate) nullable: bool,
    /// The step goes into a flattened `Option` of this shape, which serde reads as `None` where a required
    /// key of it is missing.
    pub(crate) whole: Option<ShapeFn>,
}

impl Step {
    /// Into a field.
    pub(crate) const fn field(member: &'static Member) -> Self {
        Self { to: To::Field(member), nullable: false, whole: None }
    }
}

/// Where a [`Step`] goes.
#[derive(Clone, Debug)]
pub(crate) enum To {
    /// Into an object, by the name that serde writes for a field.
    Field(&'static Member),
    /// Into an object, by the key of a map entry.
    Key(Box<str>, ShapeFn),
    /// Into an array, by position from 0.
    Index(usize, ShapeFn),
    /// A map key that is no JSON key, with the reason. Every use of the path reports it.
    Fault(Box<str>),
}

impl To {
    /// The key in the object, if the step goes into one.
    pub(crate) fn key(&self) -> Option<&str> {
        match self {
            Self::Field(member) => Some(member.key),
            Self::Key(key, _) => Some(key),
            Self::Index(..) | Self::Fault(_) => None,
        }
    }

    /// Every key under which serde reads the value, the one that it writes first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.key().into_iter().chain(self.aliases().iter().copied())
    }

    /// The JSON type that the step leads into.
    pub(crate) fn container(&self) -> &'static str {
        if matches!(self, Self::Index(..)) { "array" } else { "object" }
    }

    /// The value inside `value` that the step leads to; nothing in another type. A field stands under its key,
    /// or under the first of its aliases that is there.
    pub(crate) fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match (value, self) {
            (Value::Object(object), to) => to.keys().find_map(|key| object.get(key)),
            (Value::Array(array), Self::Index(index, _)) => array.get(*index),
            _ => None,
        }
    }

    /// The other keys under which serde reads the value.
    pub(crate) fn aliases(&self) -> &'static [&'static str] {
        match self {
            Self::Field(member) => member.aliases,
            _ => &[],
        }
    }

    /// The shape of the value that the step leads to.
    pub(crate) fn shape(&self) -> &'static Shape {
        match self {
            Self::Field(member) => member.shape.get(),
            Self::Key(_, shape) | Self::Index(_, shape) => shape(),
            Self::Fault(_) => &Shape::Leaf,
        }
        .resolved()
    }
}

/// The way from the root of a document to a value in it.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// The root, or a field of the root: known while the worker compiles.
    Static(&'static [Step]),
    /// Shared by the changes made of it.
    Made(Arc<Made>),
}

/// Few paths are longer.
type Steps = SmallVec<[Step; 2]>;

#[derive(Debug)]
pub(crate) struct Made {
    steps: Steps,
    /// The outermost type whose flattened fields were entered since the last step: its keys stand in the
    /// same object.
    flattened_in: Option<ShapeFn>,
    /// The type inside the flattened `Option` that was entered since the last step.
    whole: Option<ShapeFn>,
}

impl Place {
    pub(crate) const ROOT: Self = Self::Static(&[]);

    #[inline]
    pub(crate) fn steps(&self) -> &[Step] {
        match self {
            Self::Static(steps) => steps,
            Self::Made(made) => &made.steps,
        }
    }

    /// The types that were entered since the last step.
    fn entered(&self) -> (Option<ShapeFn>, Option<ShapeFn>) {
        match self {
            Self::Static(_) => (None, None),
            Self::Made(made) => (made.flattened_in, made.whole),
        }
    }

    fn made(steps: Steps, flattened_in: Option<ShapeFn>, whole: Option<ShapeFn>) -> Self {
        Self::Made(Arc::new(Made { steps, flattened_in, whole }))
    }

    /// Into a field with a key of its own. Of a field of the root nothing is left to do when the worker runs, if
    /// the compiler sees through all of this.
    #[inline(always)]
    pub(crate) fn field(&self, field: &'static [Step; 1]) -> Self {
        match self {
            Self::Static([]) => Self::Static(field),
            Self::Static(steps) => below_field(steps, field),
            Self::Made(made) => below_made(made, field),
        }
    }

    pub(crate) fn step(&self, to: To) -> Self {
        let (flattened_in, whole) = self.entered();
        step(self.steps(), flattened_in, whole, to)
    }

    /// Can every step be taken, and `value` stand inside as many arrays and objects, and `more`?
    #[inline(always)]
    pub(crate) fn takes(&self, more: usize, value: &Value) -> bool {
        match self {
            // At most one step, to a field.
            Self::Static(_) if !value.is_array() && !value.is_object() => true,
            Self::Static(steps) => storable::fits_below(steps.len() + more, value),
            Self::Made(made) => is_made(&made.steps) && storable::fits_below(made.steps.len() + more, value),
        }
    }

    /// Can every step be taken?
    #[inline(always)]
    pub(crate) fn is_made(&self) -> bool {
        match self {
            Self::Static(_) => true,
            Self::Made(made) => is_made(&made.steps),
        }
    }

    /// The same, with the error.
    pub(crate) fn checked(&self) -> Result<(), FieldError> {
        for (at, step) in self.steps().iter().enumerate() {
            if let To::Fault(why) = &step.to {
                let parent = notation::pointer(&self.steps()[..at]);
                return Err(FieldError::new(parent, Reason::Key(why.to_string())));
            }
        }
        Ok(())
    }

    /// The key of a map entry on the way. It is taken out if nobody else has the place.
    pub(crate) fn take_key(&mut self, step: usize) -> Option<String> {
        let Self::Made(made) = self else { return None };
        match Arc::get_mut(made) {
            Some(made) => match &mut made.steps.get_mut(step)?.to {
                To::Key(key, _) => Some(std::mem::take(key).into_string()),
                _ => None,
            },
            None => match &made.steps.get(step)?.to {
                To::Key(key, _) => Some(key.to_string()),
                _ => None,
            },
        }
    }

    /// Into a field of `owner` that is spread over it.
    pub(crate) fn flattened(&self, owner: ShapeFn) -> Self {
        let (flattened_in, whole) = self.entered();
        Self::made(self.steps().iter().cloned().collect(), flattened_in.or(Some(owner)), whole)
    }

    /// Into an `Option` of `shape`: the same place.
    pub(crate) fn some(&self, shape: ShapeFn) -> Self {
        let (flattened_in, whole) = self.entered();
        let mut steps: Steps = self.steps().iter().cloned().collect();
        if flattened_in.is_some() {
            return Self::made(steps, flattened_in, Some(shape));
        }
        if let Some(last) = steps.last_mut() {
            last.nullable = true;
        }
        Self::made(steps, None, whole)
    }
}

#[inline(never)]
fn below_field(above: &'static [Step], field: &'static [Step; 1]) -> Place {
    step(above, None, None, field[0].to.clone())
}

#[inline(never)]
fn below_made(above: &Made, field: &'static [Step; 1]) -> Place {
    step(&above.steps, above.flattened_in, above.whole, field[0].to.clone())
}

/// Below `above`, after which the types were entered.
fn step(above: &[Step], flattened_in: Option<ShapeFn>, whole: Option<ShapeFn>, to: To) -> Place {
    let to = match (to, flattened_in) {
        (To::Key(key, _), Some(shape)) if has_key(shape(), &key) => {
            To::Fault(format!("the key {key:?} is a field of the struct around the flattened map").into())
        }
        (to, _) => to,
    };
    let step = Step { to, nullable: false, whole };
    let steps = match above {
        [above] => Steps::from_buf([above.clone(), step]),
        above => above.iter().cloned().chain([step]).collect(),
    };
    Place::made(steps, None, None)
}

#[inline(never)]
fn is_made(steps: &[Step]) -> bool {
    !steps.iter().any(|step| matches!(step.to, To::Fault(_)))
}

/// Does the struct have `key` for a field of its own, or of a flattened one?
fn has_key(shape: &'static Shape, key: &str) -> bool {
    let Shape::Struct(shape) = shape.resolved() else { return false };
    let mut found = false;
    shape.each_member(&mut |member, _| found |= member.key == key || member.aliases.contains(&key));
    found
}
