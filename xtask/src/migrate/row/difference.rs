//! What an upgrade changes in a document, place by place: for people who look before they write.

use std::collections::BTreeMap;
use std::fmt;

use checkpoint_schema::field::shape::{Member, Shape, Struct};
use checkpoint_schema::pointer::member;
use serde_json::Value;

/// How one place differs. No value of the row is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum What {
    Removed,
    Added,
    /// From one type of JSON Schema to another.
    Type(&'static str, &'static str),
    /// Another value of the same type.
    Value,
}

/// A place, whose positions in arrays and keys of maps are `*`, and how it differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Difference {
    pub(crate) pointer: String,
    pub(crate) what: What,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.pointer.is_empty() { "the document" } else { &self.pointer })?;
        match self.what {
            What::Removed => f.write_str(" removed"),
            What::Added => f.write_str(" added"),
            What::Type(old, new) => write!(f, ": {old} → {new}"),
            What::Value => f.write_str(" changed"),
        }
    }
}

/// Every way in which the documents differ, each with one place where they do, as a JSON Pointer. The version is
/// left out: it always differs.
///
/// `shape`, that of the new document, tells maps from structs. What it does not know is one piece: its keys may
/// be anything, and there would be no end of kinds.
pub(crate) fn differences(
    old: &Value,
    new: &Value,
    shape: &'static Shape,
    version_key: &str,
) -> BTreeMap<Difference, String> {
    let mut walk = Walk { version_key, found: BTreeMap::new() };
    walk.values(old, new, Some(shape), &Place::default());
    walk.found
}

/// A place, and the name under which it is told.
#[derive(Default)]
struct Place {
    real: String,
    told: String,
}

impl Place {
    fn step(&self, real: &str, told: &str) -> Self {
        Self { real: member(&self.real, real), told: member(&self.told, told) }
    }
}

struct Walk<'a> {
    version_key: &'a str,
    found: BTreeMap<Difference, String>,
}

impl Walk<'_> {
    fn values(&mut self, old: &Value, new: &Value, shape: Option<&'static Shape>, place: &Place) {
        if old == new {
            return;
        }
        match (old, new, shape.map(Shape::resolved)) {
            (Value::Object(_), Value::Object(_), Some(shape @ (Shape::Struct(_) | Shape::Map(_)))) => {
                self.objects(old, new, shape, place);
            }
            (Value::Array(old), Value::Array(new), shape) => self.arrays(old, new, shape, place),
            (old, new, _) if type_name(old) == type_name(new) => self.note(place, What::Value),
            (old, new, _) => self.note(place, What::Type(type_name(old), type_name(new))),
        }
    }

    fn objects(&mut self, old: &Value, new: &Value, shape: &'static Shape, place: &Place) {
        let (Value::Object(old), Value::Object(new)) = (old, new) else { return };
        let (is_root, version_key) = (place.real.is_empty(), self.version_key);
        let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
        for key in keys.filter(|key| !(is_root && *key == version_key)) {
            let (told, shape) = match within(shape, key) {
                Known::Member(shape) => (key.as_str(), Some(shape)),
                Known::Entry(shape) => ("*", shape),
                Known::Not => (key.as_str(), None),
            };
            let place = place.step(key, told);
            match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => self.values(old, new, shape, &place),
                (Some(_), None) => self.note(&place, What::Removed),
                _ => self.note(&place, What::Added),
            }
        }
    }

    fn arrays(&mut self, old: &[Value], new: &[Value], shape: Option<&'static Shape>, place: &Place) {
        for (index, (old, new)) in old.iter().zip(new).enumerate() {
            let index_text = index.to_string();
            let (told, shape) = match shape {
                Some(Shape::Sequence(element)) => ("*", Some(element.get())),
                Some(Shape::Tuple(parts)) => (index_text.as_str(), parts.get(index).map(|part| part.get())),
                _ => ("*", None),
            };
            self.values(old, new, shape, &place.step(&index_text, told));
        }
        let place = place.step(&old.len().min(new.len()).to_string(), "*");
        match old.len().cmp(&new.len()) {
            std::cmp::Ordering::Less => self.note(&place, What::Added),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => self.note(&place, What::Removed),
        }
    }

    fn note(&mut self, place: &Place, what: What) {
        let difference = Difference { pointer: place.told.clone(), what };
        self.found.entry(difference).or_insert_with(|| place.real.clone());
    }
}

/// What a shape says of a key of its object.
enum Known {
    Member(&'static Shape),
    /// A key of a map.
    Entry(Option<&'static Shape>),
    Not,
}

fn within(shape: &'static Shape, key: &str) -> Known {
    match shape {
        Shape::Map(entry) => Known::Entry(Some(entry.get())),
        Shape::Struct(shape) => of_struct(shape, key, 0),
        _ => Known::Not,
    }
}

fn of_struct(shape: &'static Struct, key: &str, depth: usize) -> Known {
    let is_named =
        |member: &&Member| !member.flattened && (member.key == key || member.aliases.contains(&key));
    if let Some(member) = shape.members.iter().find(is_named) {
        return Known::Member(member.shape.get());
    }
    let mut known = Known::Not;
    for member in shape.members.iter().filter(|member| member.flattened) {
        known = match member.shape.get().resolved() {
            // A struct that flattens itself has no end.
            Shape::Struct(inner) if depth < 16 => of_struct(inner, key, depth + 1),
            Shape::Map(entry) => Known::Entry(Some(entry.get())),
            _ => Known::Not,
        };
        if matches!(known, Known::Member(_)) {
            return known;
        }
    }
    known
}

/// The name that JSON Schema has for the type of a value.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
