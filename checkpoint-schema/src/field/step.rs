//! What a path is made of.

use serde_json::Value;
use smallvec::SmallVec;

use super::shape::{Member, Shape};

/// Gives the shape of the value that a step leads to, when it is asked for: types may contain themselves.
pub(crate) type ShapeFn = fn() -> &'static Shape;

/// From a value to one inside it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) to: To,
    /// The value is the inside of an `Option`: a stored `null` counts as missing.
    pub(crate) nullable: bool,
    /// The step goes into a flattened `Option` of this shape, which serde reads as `None` where a required
    /// key of it is missing.
    pub(crate) whole: Option<ShapeFn>,
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// Few paths are longer, and a path that is not makes no allocation.
    pub(crate) steps: SmallVec<[Step; 3]>,
    /// The outermost type whose flattened fields were entered since the last step: its keys stand in the
    /// same object.
    flattened_in: Option<ShapeFn>,
    /// The type inside the flattened `Option` that was entered since the last step.
    whole: Option<ShapeFn>,
}

impl Place {
    pub(crate) fn step(&self, to: To) -> Self {
        let mut steps = SmallVec::with_capacity(self.steps.len() + 1);
        steps.extend(self.steps.iter().cloned());
        let to = match (to, self.flattened_in) {
            (To::Key(key, _), Some(shape)) if has_key(shape(), &key) => {
                To::Fault(format!("the key {key:?} is a field of the struct around the flattened map").into())
            }
            (to, _) => to,
        };
        steps.push(Step { to, nullable: false, whole: self.whole });
        Self { steps, flattened_in: None, whole: None }
    }

    /// Into a field of `owner` that is spread over it.
    pub(crate) fn flattened(&self, owner: ShapeFn) -> Self {
        let mut place = self.clone();
        place.flattened_in.get_or_insert(owner);
        place
    }

    /// Into an `Option` of `shape`: the same place.
    pub(crate) fn some(&self, shape: ShapeFn) -> Self {
        let mut place = self.clone();
        if place.flattened_in.is_some() {
            place.whole = Some(shape);
        } else if let Some(last) = place.steps.last_mut() {
            last.nullable = true;
        }
        place
    }
}

/// Does the struct have `key` for a field of its own, or of a flattened one?
fn has_key(shape: &'static Shape, key: &str) -> bool {
    let Shape::Struct(shape) = shape.resolved() else { return false };
    let mut found = false;
    shape.each_member(&mut |member, _| found |= member.key == key || member.aliases.contains(&key));
    found
}
