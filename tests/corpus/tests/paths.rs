//! Every generated path is a place that serde writes and reads: over all types of the corpus, in whose
//! samples a value set through a path is seen by serde.

use std::collections::BTreeMap;

use checkpoint_corpus::{self as corpus, Entry, Place, Shape};
use checkpoint_schema::field::{Presence, Reason, Required, Root};
use checkpoint_schema::{Checkpoint, Field, FieldError, Path};
use serde::Serialize;
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

/// Every value in `document` that holds no other, by its JSON Pointer.
fn scalars(document: &Value) -> BTreeMap<String, &Value> {
    fn collect<'a>(pointer: String, value: &'a Value, found: &mut BTreeMap<String, &'a Value>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    collect(format!("{pointer}/{}", escaped(key)), value, found);
                }
            }
            Value::Array(array) => {
                for (at, value) in array.iter().enumerate() {
                    collect(format!("{pointer}/{at}"), value, found);
                }
            }
            scalar => {
                found.insert(pointer, scalar);
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(String::new(), document, &mut found);
    found
}

/// A key as RFC 6901 spells it.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
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
            let Some(other) = entry.samples.get(1 - at) else {
                assert_eq!(entry.places.len(), 1, "{} has paths and no second sample", entry.name);
                continue;
            };
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
                let (before, after) = (scalars(&lacking), scalars(&read));
                let kept = before.iter().all(|(pointer, value)| after.get(pointer) == Some(value));
                assert_eq!(kept, readable, "{name}: serde reads {read} from {lacking}");
            }
        }
    });
}

/// Pointers of a sample that no place of the entry leads to, though its handles claim to know what is there.
fn forgotten(entry: &Entry, document: &Value) -> Vec<String> {
    let mut forgotten = Vec::new();
    for place in &entry.places {
        let is_below = |other: &Place, step: &str| {
            other.notation.len() > place.notation.len()
                && other.notation.strip_prefix(&place.notation).is_some_and(|rest| rest.starts_with(step))
        };
        let continued = |step: &str| entry.places.iter().any(|other| is_below(other, step));
        let covered = |key: &str| {
            let pointer = format!("{}/{key}", place.pointer);
            entry.places.iter().any(|other| other.pointer == pointer)
                != entry.nameless.contains(&pointer.as_str())
        };
        // That it is there is the promise of another test.
        let Some(value) = document.pointer(&place.pointer) else { continue };
        let keys: Vec<String> = match value {
            Value::Object(object) => object.keys().map(|key| escaped(key)).collect(),
            Value::Array(array) => (0..array.len()).map(|at| at.to_string()).collect(),
            _ => Vec::new(),
        };
        let complete = match place.shape {
            Shape::Leaf => true,
            Shape::Option => value.is_null() || continued("?"),
            Shape::Map => keys.is_empty() || continued("{"),
            Shape::Array => keys.is_empty() || continued("[") || continued("._"),
            Shape::Fields => {
                // Below a newtype of a map, a list or a leaf it is the field that has the keys, or none.
                let handed_on = entry.places.iter().any(|other| {
                    is_below(other, "")
                        && other.pointer == place.pointer
                        && matches!(other.shape, Shape::Map | Shape::Array | Shape::Leaf)
                });
                let step = if place.notation.is_empty() { "" } else { "." };
                continued(step) && (handed_on || keys.iter().all(|key| covered(key)))
            }
        };
        if !complete {
            forgotten.push(format!("{} below {value}", named(entry, place)));
        }
    }
    forgotten
}

#[test]
fn no_accessor_is_forgotten() {
    let mut all = Vec::new();
    for entry in corpus::all() {
        for (_, sample) in populated(&entry) {
            all.extend(forgotten(&entry, &sample.document));
            for pointer in &entry.nameless {
                let there = sample.document.pointer(pointer).is_some();
                assert!(there, "{}: `{pointer}` is excused, and not in the sample", entry.name);
            }
        }
    }
    assert!(all.is_empty(), "no path leads to what serde writes:\n{}", all.join("\n"));
}

/// The three notations of the entry of `key` in a map.
fn notations<K: Serialize + Ord>(key: &K) -> Result<[String; 3], FieldError> {
    let path = Path::<Held<K>, Held<K>, Root>::root().__retype::<BTreeMap<K, u32>, Required>().key(key);
    Ok([path.pointer()?, path.text_array()?, path.jsonpath()?])
}

struct Held<K>(std::marker::PhantomData<K>);

impl<K> Field for Held<K> {
    type Bare = Required;
    type Handle<R, S> = Path<R, Self, S>;

    fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S> {
        path
    }
}

#[test]
fn hostile_keys_are_quoted_in_every_notation() {
    let cases = [
        ("plain", "/plain", r#"{"plain"}"#, r#"$."plain""#),
        ("", "/", r#"{""}"#, r#"$."""#),
        (" ", "/ ", r#"{" "}"#, r#"$." ""#),
        ("a b", "/a b", r#"{"a b"}"#, r#"$."a b""#),
        ("a,b", "/a,b", r#"{"a,b"}"#, r#"$."a,b""#),
        ("{a}", "/{a}", r#"{"{a}"}"#, r#"$."{a}""#),
        ("it's", "/it's", r#"{"it's"}"#, r#"$."it's""#),
        (r#"a"b"#, r#"/a"b"#, r#"{"a\"b"}"#, r#"$."a\"b""#),
        (r"a\b", r"/a\b", r#"{"a\\b"}"#, r#"$."a\\b""#),
        (r#"\""#, r#"/\""#, r#"{"\\\""}"#, r#"$."\\\"""#),
        ("a/b", "/a~1b", r#"{"a/b"}"#, r#"$."a/b""#),
        ("a~b", "/a~0b", r#"{"a~b"}"#, r#"$."a~b""#),
        ("~1", "/~01", r#"{"~1"}"#, r#"$."~1""#),
        ("0", "/0", r#"{"0"}"#, r#"$."0""#),
        ("-1", "/-1", r#"{"-1"}"#, r#"$."-1""#),
        ("NULL", "/NULL", r#"{"NULL"}"#, r#"$."NULL""#),
        ("a.b", "/a.b", r#"{"a.b"}"#, r#"$."a.b""#),
        ("$", "/$", r#"{"$"}"#, r#"$."$""#),
        ("*", "/*", r#"{"*"}"#, r#"$."*""#),
        ("größe 漢 🦀", "/größe 漢 🦀", r#"{"größe 漢 🦀"}"#, r#"$."größe 漢 🦀""#),
        ("a\nb", "/a\nb", "{\"a\nb\"}", r#"$."a\u000Ab""#),
        ("\t", "/\t", "{\"\t\"}", r#"$."\u0009""#),
        ("\u{7f}\u{85}", "/\u{7f}\u{85}", "{\"\u{7f}\u{85}\"}", r#"$."\u007F\u0085""#),
    ];
    for (key, pointer, text_array, jsonpath) in cases {
        let expected = [pointer, text_array, jsonpath].map(str::to_owned);
        assert_eq!(notations(&key.to_owned()), Ok(expected), "{key:?}");
    }
}

#[test]
fn keys_that_are_no_strings_are_spelled_as_serde_spells_them() {
    let expected = |key: &str| Ok([format!("/{key}"), format!("{{\"{key}\"}}"), format!("$.\"{key}\"")]);
    assert_eq!(notations(&-5i64), expected("-5"));
    assert_eq!(notations(&u64::MAX), expected("18446744073709551615"));
    assert_eq!(notations(&true), expected("true"));
    assert_eq!(notations(&'x'), expected("x"));
    assert_eq!(notations(&uuid::Uuid::nil()), expected("00000000-0000-0000-0000-000000000000"));
}

#[test]
fn a_key_that_is_no_json_key_is_an_error_of_its_own() {
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Pair {
        a: u32,
    }

    fn refused<K: Serialize + Ord>(key: &K, why: &str) {
        let error = notations(key).unwrap_err();
        let Reason::Key(reason) = error.reason() else { panic!("{error}") };
        assert_eq!(reason, why);
        // The place is the map, which is the root here.
        assert_eq!(error.pointer(), "");
    }

    let nul = "the key holds U+0000, which PostgreSQL cannot store";
    refused(&"a\0b".to_owned(), nul);
    refused(&'\0', nul);
    refused(&Pair { a: 1 }, "key must be a string");
    refused(&vec![1], "key must be a string");
    refused(&(1, 2), "key must be a string");
    refused(&Some(Pair { a: 1 }), "key must be a string");
    refused(&(), "key must be a string");
}

#[test]
fn a_flattened_field_is_a_place_without_a_value() {
    #[derive(Serialize, serde::Deserialize, Checkpoint)]
    #[checkpoint(job = "flattened")]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        rest: BTreeMap<String, u32>,
    }

    #[derive(Serialize, serde::Deserialize, Checkpoint)]
    struct Inner {
        a: u32,
    }

    let fields = Outer::fields();
    assert_eq!(fields.inner().presence(), Presence::Flattened);
    assert_eq!(fields.inner().pointer().unwrap(), "");
    assert_eq!(fields.inner().a().presence(), Presence::Required);
    assert_eq!(fields.rest().presence(), Presence::Flattened);
    assert_eq!(fields.rest().key("x").pointer().unwrap(), "/x");
    assert_eq!(fields.rest().key("x").presence(), Presence::Entry);
}

/// A number in a list, written by a function of the field's own.
mod in_list {
    pub(super) fn serialize<S: serde::Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq([number])
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        <[f64; 1] as serde::Deserialize>::deserialize(deserializer).map(|[number]| number)
    }
}

#[derive(Serialize, serde::Deserialize, Checkpoint)]
#[checkpoint(job = "measured")]
struct Measured {
    since: chrono::DateTime<chrono::Utc>,
    rate: f64,
    rates: BTreeMap<String, Option<f32>>,
    #[serde(with = "in_list")]
    #[schemars(with = "[f64; 1]")]
    listed: f64,
    /// Written by the type's own `Serialize`.
    #[serde(deserialize_with = "<f64 as serde::Deserialize>::deserialize")]
    #[schemars(with = "f64")]
    read: f64,
    #[serde(serialize_with = "f64::serialize")]
    #[schemars(with = "f64")]
    written: f64,
    note: String,
}

#[test]
fn what_would_be_stored_as_something_else_is_not_encoded() {
    #[track_caller]
    fn refused(encoded: Result<Value, FieldError>, pointer: &str, why: &str) {
        let error = encoded.unwrap_err();
        assert_eq!((error.pointer(), error.reason()), (pointer, &Reason::Unwritable(why.to_owned())));
    }

    let fields = Measured::fields();
    let nan = "NaN cannot be stored: JSON has no such number";
    refused(fields.rate().encode(&f64::NAN), "/rate", nan);
    refused(fields.rates().key("a").encode(&Some(f32::NAN)), "/rates/a", nan);
    refused(fields.rates().encode(&[("a".to_owned(), Some(f32::NAN))].into()), "/rates", nan);
    refused(fields.listed().encode(&f64::NAN), "/listed", nan);
    refused(fields.read().encode(&f64::NAN), "/read", nan);
    refused(fields.written().encode(&f64::NAN), "/written", nan);
    let infinite = "-infinity cannot be stored: JSON has no such number";
    refused(fields.listed().encode(&f64::NEG_INFINITY), "/listed", infinite);
    let nul = "the text holds U+0000, which PostgreSQL cannot store";
    refused(fields.note().encode(&"a\0b".to_owned()), "/note", nul);
    let nul = "the key holds U+0000, which PostgreSQL cannot store";
    refused(fields.rates().encode(&[("a\0".to_owned(), None)].into()), "/rates", nul);

    assert_eq!(fields.listed().encode(&1.5).unwrap(), serde_json::json!([1.5]));
    assert_eq!(fields.read().encode(&1.5).unwrap(), serde_json::json!(1.5));
    assert_eq!(fields.written().encode(&1.5).unwrap(), serde_json::json!(1.5));
    let since = chrono::DateTime::from_timestamp(1_736_942_400, 0).unwrap();
    assert_eq!(fields.since().encode(&since).unwrap(), serde_json::to_value(since).unwrap());

    let mut whole = Measured {
        since,
        rate: 1.0,
        rates: BTreeMap::new(),
        listed: 1.0,
        read: 1.0,
        written: 1.0,
        note: String::new(),
    };
    assert_eq!(fields.encode(&whole).unwrap(), serde_json::to_value(&whole).unwrap());
    whole.listed = f64::NAN;
    refused(fields.encode(&whole), "", nan);
}

#[test]
fn a_value_is_encoded_only_where_its_document_can_be_read_back() {
    #[derive(Serialize, serde::Deserialize, Checkpoint)]
    #[checkpoint(job = "trees")]
    struct Trees {
        trees: BTreeMap<String, Vec<Value>>,
    }

    // Below the root, the map and the list.
    let tree = |levels| (0..levels).fold(Value::Null, |inside, _| Value::Array(vec![inside]));
    let fields = Trees::fields();
    let path = fields.trees().key("oak").at(0);
    let whole = |levels| Trees { trees: [("oak".to_owned(), vec![tree(levels)])].into() };

    assert_eq!(path.encode(&tree(124)), Ok(tree(124)));
    let document = fields.encode(&whole(124)).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&document.to_string()).unwrap(), document);

    let error = path.encode(&tree(125)).unwrap_err();
    let why = "nested deeper than 127 levels, which serde_json does not read back";
    assert_eq!((error.pointer(), error.reason()), ("/trees/oak/0", &Reason::Unwritable(why.to_owned())));
    assert!(fields.encode(&whole(125)).is_err());
    let text = serde_json::to_string(&whole(125)).unwrap();
    assert!(serde_json::from_str::<Value>(&text).is_err());
}
