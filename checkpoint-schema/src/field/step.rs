//! What a path is made of.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::error::{FieldError, Reason};
use super::notation;
use super::shape::{Member, Shape};

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
        Self::to(To::Field(member))
    }

    pub(crate) const fn to(to: To) -> Self {
        Self { to, nullable: false, whole: None }
    }

    /// The shape of the entries, if the step leads into a map.
    fn entries(&self) -> Option<ShapeFn> {
        match self.to.shape() {
            Shape::Map(entry) => Some(entry.function()),
            _ => None,
        }
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
    /// The root, or a field of the root: known while the worker compiles. With a key, an entry of the map there.
    Plain(&'static [Step], Option<Box<str>>),
    /// Shared, so that a place is small, and little is to be done where it is dropped.
    Made(Arc<Made>),
}

/// The steps of a place, in order.
pub(crate) type Steps = Cow<'static, [Step]>;

#[derive(Debug)]
pub(crate) struct Made {
    steps: Vec<Step>,
    /// The outermost type whose flattened fields were entered since the last step: its keys stand in the
    /// same object.
    flattened_in: Option<ShapeFn>,
    /// The type inside the flattened `Option` that was entered since the last step.
    whole: Option<ShapeFn>,
}

impl Place {
    pub(crate) const ROOT: Self = Self::Plain(&[], None);

    pub(crate) fn steps(&self) -> Cow<'_, [Step]> {
        match self {
            Self::Plain(steps, None) => Cow::Borrowed(steps),
            Self::Plain(steps, Some(key)) => {
                let entry = steps.last().and_then(Step::entries).unwrap_or(|| &Shape::Leaf);
                Cow::Owned(steps.iter().cloned().chain([Step::to(To::Key(key.clone(), entry))]).collect())
            }
            Self::Made(made) => Cow::Borrowed(&made.steps),
        }
    }

    /// How many they are.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Plain(steps, key) => steps.len() + usize::from(key.is_some()),
            Self::Made(made) => made.steps.len(),
        }
    }

    /// The same, to be kept.
    pub(crate) fn to_steps(&self) -> Steps {
        match self {
            Self::Plain(steps, None) => Cow::Borrowed(steps),
            place => Cow::Owned(place.steps().into_owned()),
        }
    }

    /// The types that were entered since the last step.
    fn entered(&self) -> (Option<ShapeFn>, Option<ShapeFn>) {
        match self {
            Self::Plain(..) => (None, None),
            Self::Made(made) => (made.flattened_in, made.whole),
        }
    }

    fn made(steps: Vec<Step>, flattened_in: Option<ShapeFn>, whole: Option<ShapeFn>) -> Self {
        Self::Made(Arc::new(Made { steps, flattened_in, whole }))
    }

    /// Into a field with a key of its own.
    pub(crate) fn field(&self, field: &'static [Step; 1]) -> Self {
        match (self, field) {
            (Self::Plain([], None), field) => Self::Plain(field, None),
            (place, [step]) => place.step(step.to.clone()),
        }
    }

    pub(crate) fn step(&self, to: To) -> Self {
        let to = match (self, to) {
            (Self::Plain(field @ [step], None), To::Key(key, _)) if step.entries().is_some() => {
                return Self::Plain(field, Some(key));
            }
            (_, to) => to,
        };
        let (flattened_in, whole) = self.entered();
        let to = match (to, flattened_in) {
            (To::Key(key, _), Some(shape)) if has_key(shape(), &key) => {
                To::Fault(format!("the key {key:?} is a field of the struct around the flattened map").into())
            }
            (to, _) => to,
        };
        let mut steps = self.steps().into_owned();
        steps.push(Step { to, nullable: false, whole });
        Self::made(steps, None, None)
    }

    /// Can every step be taken?
    pub(crate) fn checked(&self) -> Result<(), FieldError> {
        let Self::Made(made) = self else { return Ok(()) };
        for (at, step) in made.steps.iter().enumerate() {
            if let To::Fault(why) = &step.to {
                let parent = notation::pointer(&made.steps[..at]);
                return Err(FieldError::new(parent, Reason::Key(why.to_string())));
            }
        }
        Ok(())
    }

    /// Into a field of `owner` that is spread over it.
    pub(crate) fn flattened(&self, owner: ShapeFn) -> Self {
        let (flattened_in, whole) = self.entered();
        Self::made(self.steps().into_owned(), flattened_in.or(Some(owner)), whole)
    }

    /// Into an `Option` of `shape`: the same place.
    pub(crate) fn some(&self, shape: ShapeFn) -> Self {
        let (flattened_in, whole) = self.entered();
        let mut steps = self.steps().into_owned();
        if flattened_in.is_some() {
            return Self::made(steps, flattened_in, Some(shape));
        }
        if let Some(last) = steps.last_mut() {
            last.nullable = true;
        }
        Self::made(steps, None, whole)
    }
}

/// Does the struct have `key` for a field of its own, or of a flattened one?
fn has_key(shape: &'static Shape, key: &str) -> bool {
    let Shape::Struct(shape) = shape.resolved() else { return false };
    let mut found = false;
    shape.each_member(&mut |member, _| found |= member.key == key || member.aliases.contains(&key));
    found
}
