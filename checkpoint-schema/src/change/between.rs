//! The least changes that make one value of another.

use serde_json::{Map, Value};

use super::done::Done;
use super::op::Op;
use super::{Change, Update};
use crate::Checkpoint;
use crate::field::shape::{Shape, ShapeOf};
use crate::field::step::{Place, To};

impl<R: Checkpoint> Update<R> {
    /// The changes from `old` to `new`: what is equal in both is not touched, so that another worker's changes
    /// of it survive.
    ///
    /// Structs and maps are compared by their fields and entries, at every depth. A list that `new` has only
    /// made longer is appended to; every other value that differs is set. Applied to `old` as serde writes it,
    /// the update gives `new` as serde writes it.
    ///
    /// A value that cannot be stored is reported by whoever uses the update.
    pub fn between(old: &R, new: &R) -> Self {
        let mut found = Vec::new();
        let done = old.to_document().and_then(|old| {
            let new = new.to_document()?;
            compare(R::SHAPE, &Place::ROOT, &old, &new, &mut found);
            Ok(())
        });
        match done {
            Ok(()) => found.into_iter().map(|(place, op)| Change::of(Done::of(&place, Ok(op)))).collect(),
            Err(error) => Self::from(Change::refused(error)),
        }
    }
}

type Found = Vec<(Place, Op)>;

fn compare(shape: &'static Shape, place: &Place, old: &Value, new: &Value, found: &mut Found) {
    if old == new {
        return;
    }
    match (shape.resolved(), old, new) {
        (Shape::Struct(shape), Value::Object(old), Value::Object(new)) => {
            let mut known = Vec::new();
            shape.each_member(&mut |member, _| {
                known.push(member.key);
                compare_key(To::Field(member), place, old, new, found);
            });
            // What a flattened map, or enum, has written.
            for key in every_key(old, new).filter(|key| !known.contains(&key.as_str())) {
                compare_key(To::Key(key.as_str().into(), || &Shape::Leaf), place, old, new, found);
            }
        }
        (Shape::Map(entry), Value::Object(old), Value::Object(new)) => {
            for key in every_key(old, new) {
                compare_key(To::Key(key.as_str().into(), entry.function()), place, old, new, found);
            }
        }
        (Shape::Tuple(elements), Value::Array(old), Value::Array(new))
            if old.len() == new.len() && old.len() == elements.len() =>
        {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                let element: ShapeOf = elements[index];
                compare(element.get(), &place.step(To::Index(index, element.function())), old, new, found);
            }
        }
        (Shape::Sequence(_), Value::Array(old), Value::Array(new)) if new.starts_with(old) => {
            found.push((place.clone(), Op::Push(new[old.len()..].to_vec())));
        }
        _ => found.push((place.clone(), Op::Set(new.clone()))),
    }
}

fn every_key<'a>(
    old: &'a Map<String, Value>,
    new: &'a Map<String, Value>,
) -> impl Iterator<Item = &'a String> {
    old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)))
}

fn compare_key(to: To, place: &Place, old: &Map<String, Value>, new: &Map<String, Value>, found: &mut Found) {
    let (Some(key), shape) = (to.key(), to.shape()) else { return };
    let (old, new) = (old.get(key), new.get(key));
    let place = place.step(to);
    match (old, new) {
        (Some(old), Some(new)) => compare(shape, &place, old, new, found),
        (None, Some(new)) => found.push((place, Op::Set(new.clone()))),
        // serde leaves out what it can read without.
        (Some(_), None) => found.push((place, Op::Unset)),
        (None, None) => {}
    }
}
