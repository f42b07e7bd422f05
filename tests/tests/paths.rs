//! Every generated path is a place that serde writes and reads: over all types of the corpus, in whose
//! samples a value set through a path is seen by serde.

use std::collections::BTreeSet;

use checkpoint_schema::field::Presence;
use checkpoint_tests::corpus::{self, Entry, Place, Shape};
use serde_json::Value;

/// The first two samples of an entry, in which every field is there.
fn populated(entry: &Entry) -> impl Iterator<Item = (usize, &corpus::Sample)> {
    entry.samples.iter().take(2).enumerate()
}

/// Calls `check` for every place of every type, in both of its populated samples.
fn for_every_place(mut check: impl FnMut(&Entry, &Place, &Value, &Result<Value, String>)) {
    for entry in corpus::all() {
        for (_, sample) in populated(&entry) {
            for (place, field) in entry.places.iter().zip(&sample.fields) {
                check(&entry, place, &sample.document, field);
            }
        }
    }
}

fn named(entry: &Entry, place: &Place) -> String {
    format!("{} .{} at `{}`", entry.name, place.notation, place.pointer)
}

/// Is it the one value of a type without content?
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(array) => array.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// `document` without what is at `pointer`; `None` where an array holds it, or nothing.
fn without(document: &Value, pointer: &str) -> Option<Value> {
    let (parent, key) = pointer.rsplit_once('/')?;
    let mut document = document.clone();
    let key = key.replace("~1", "/").replace("~0", "~");
    document.pointer_mut(parent)?.as_object_mut()?.remove(&key)?;
    Some(document)
}

#[test]
fn every_path_resolves_to_the_value_of_its_field() {
    for_every_place(|entry, place, document, field| {
        let name = named(entry, place);
        let stored = document.pointer(&place.pointer);
        let stored = stored.unwrap_or_else(|| panic!("{name}: not in {document}"));
        assert_eq!(field.as_ref(), Ok(stored), "{name}: the Rust field, encoded");
        // A JSON `null` for the whole document is an absent document.
        let absent = place.pointer.is_empty() && stored.is_null();
        let read = (!absent).then(|| stored.clone());
        assert_eq!((place.get)(document), Ok(read), "{name}: read and encoded");
    });
}

#[test]
fn a_value_set_through_a_path_is_read_back_by_serde() {
    for entry in corpus::all() {
        for (at, sample) in populated(&entry) {
            // The value to set is the one that the other sample has in the same field.
            let Some(other) = entry.samples.get(1 - at) else { continue };
            for (place, value) in entry.places.iter().zip(&other.fields) {
                let name = named(&entry, place);
                let value = value.clone().unwrap();
                let mut document = sample.document.clone();
                let before = std::mem::replace(document.pointer_mut(&place.pointer).unwrap(), value.clone());
                assert!(value != before || is_empty(&value), "{name}: both samples have {value}");
                assert_eq!((entry.read)(&document).as_ref(), Ok(&document), "{name}: after {value} was set");
            }
        }
    }
}

#[test]
fn a_field_can_be_removed_where_its_presence_says_so() {
    for_every_place(|entry, place, document, _| {
        let name = named(entry, place);
        let Some(lacking) = without(document, &place.pointer) else {
            assert!(
                matches!(place.presence, Presence::Root | Presence::Element),
                "{name}: {:?}, and not in an object",
                place.presence
            );
            return;
        };
        let readable = match place.presence {
            Presence::Defaulted | Presence::Optional | Presence::Entry => true,
            Presence::Required => false,
            presence => panic!("{name}: {presence:?}, and in an object"),
        };
        match (entry.read)(&lacking) {
            Err(refusal) => assert!(!readable, "{name}: serde says {refusal}"),
            Ok(read) => {
                // serde may write the field again, with its default. The others must not have suffered.
                let rest = without(&read, &place.pointer).unwrap_or(read);
                assert_eq!(rest == lacking, readable, "{name}: serde reads {rest} from {lacking}");
            }
        }
    });
}

#[test]
fn no_accessor_is_forgotten() {
    for entry in corpus::all() {
        let pointers: BTreeSet<&str> = entry.places.iter().map(|place| place.pointer.as_str()).collect();
        let mut nameless: BTreeSet<&str> = entry.nameless.iter().copied().collect();
        for (_, sample) in populated(&entry) {
            for place in &entry.places {
                let name = named(&entry, place);
                let continued = |with: &str| {
                    let start = format!("{}{with}", place.notation);
                    entry.places.iter().any(|other| {
                        other.notation.len() > place.notation.len() && other.notation.starts_with(&start)
                    })
                };
                let value = sample.document.pointer(&place.pointer).unwrap();
                let below: Vec<String> = match value {
                    Value::Object(object) => {
                        object.keys().map(|key| key.replace('~', "~0").replace('/', "~1")).collect()
                    }
                    Value::Array(array) => (0..array.len()).map(|at| at.to_string()).collect(),
                    _ => Vec::new(),
                };
                match place.shape {
                    Shape::Leaf => {}
                    Shape::Option => assert!(value.is_null() || continued("?"), "{name}: no path into it"),
                    Shape::Map => assert!(below.is_empty() || continued("{"), "{name}: no key of it"),
                    Shape::Array => {
                        let tried = below.is_empty() || continued("[") || continued("._");
                        assert!(tried, "{name}: no position of it");
                    }
                    Shape::Fields => {
                        let step = if place.notation.is_empty() { "" } else { "." };
                        assert!(continued(step), "{name}: no field of it");
                        // A newtype of a map or list hands on to its field, which has the keys.
                        let through = entry.places.iter().any(|other| {
                            other.pointer == place.pointer
                                && other.notation.len() > place.notation.len()
                                && other.notation.starts_with(&place.notation)
                                && matches!(other.shape, Shape::Map | Shape::Array | Shape::Leaf)
                        });
                        for key in below {
                            let pointer = format!("{}/{key}", place.pointer);
                            let excused = nameless.remove(pointer.as_str())
                                || entry.nameless.contains(&pointer.as_str());
                            let covered = pointers.contains(pointer.as_str());
                            assert!(
                                covered != excused || through,
                                "{name}: `{pointer}` has no path, or is excused and has one"
                            );
                        }
                    }
                }
            }
        }
        assert!(nameless.is_empty(), "{}: {nameless:?} is not in the samples", entry.name);
    }
}
