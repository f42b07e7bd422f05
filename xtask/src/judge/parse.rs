//! A JSON text as serde_json reads it, and the keys that stand twice in one object: serde_json and `jsonb`
//! keep the last and say nothing.

use std::fmt;

use checkpoint_schema::pointer::member;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// So many keys that stand twice are told.
const DUPLICATES: usize = 10_000;

/// A document and what is lost in it.
pub(super) struct Parsed {
    pub(super) document: Value,
    /// JSON Pointers of the keys that stand more than once in their object, once each.
    pub(super) duplicates: Vec<String>,
}

/// Reads `text`, whole.
pub(super) fn parse(text: &str) -> Result<Parsed, serde_json::Error> {
    let mut track = Pointers::default();
    let document = read(text, &mut track)?;
    let mut duplicates = track.duplicates;
    duplicates.sort();
    duplicates.dedup();
    Ok(Parsed { document, duplicates })
}

/// Reads `text`, whole; `None` if it is no JSON or if a key stands twice. Where nothing is wrong this is all that
/// must be known, and it costs no more than serde_json's own reading.
pub(super) fn parse_quickly(text: &str) -> Option<Value> {
    let mut track = Whether(false);
    let document = read(text, &mut track).ok()?;
    (!track.0).then_some(document)
}

fn read(text: &str, track: &mut impl Track) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let document = Node { track }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(document)
}

/// What is kept of where one is in a document, and of the keys that stand twice.
trait Track {
    /// Where one is, to come back to.
    type Place;
    fn enter_element(&mut self, index: usize) -> Self::Place;
    fn enter_member(&mut self, key: &str) -> Self::Place;
    fn back(&mut self, to: Self::Place);
    /// The member that one is in has been there before.
    fn duplicate(&mut self);
}

/// The places of all of them.
#[derive(Default)]
struct Pointers {
    pointer: String,
    duplicates: Vec<String>,
}

impl Track for Pointers {
    type Place = usize;

    fn enter_element(&mut self, index: usize) -> usize {
        let length = self.pointer.len();
        self.pointer.push_str(&format!("/{index}"));
        length
    }

    fn enter_member(&mut self, key: &str) -> usize {
        let length = self.pointer.len();
        self.pointer.push_str(&member("", key));
        length
    }

    fn back(&mut self, to: usize) {
        self.pointer.truncate(to);
    }

    fn duplicate(&mut self) {
        if self.duplicates.len() < DUPLICATES && self.duplicates.last() != Some(&self.pointer) {
            self.duplicates.push(self.pointer.clone());
        }
    }
}

/// Whether there is one.
struct Whether(bool);

impl Track for Whether {
    type Place = ();

    fn enter_element(&mut self, _: usize) {}

    fn enter_member(&mut self, _: &str) {}

    fn back(&mut self, (): ()) {}

    fn duplicate(&mut self) {
        self.0 = true;
    }
}

/// Reads one value.
struct Node<'a, T> {
    track: &'a mut T,
}

impl<'de, T: Track> DeserializeSeed<'de> for Node<'_, T> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Track> Visitor<'de> for Node<'_, T> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            let here = self.track.enter_element(array.len());
            let element = elements.next_element_seed(Node { track: self.track })?;
            self.track.back(here);
            match element {
                Some(element) => array.push(element),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let here = self.track.enter_member(&key);
            let value = members.next_value_seed(Node { track: self.track })?;
            if object.insert(key, value).is_some() {
                self.track.duplicate();
            }
            self.track.back(here);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_quickly};
    use serde_json::Value;

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [
            "null",
            "true",
            "-0.0",
            "1e400",
            "18446744073709551616",
            "-9223372036854775808",
            "1.5",
            r#""\ud83d\ude00""#,
            r#"{"a":[1,{"b":null}],"a":2}"#,
            "[1,]",
            "{\"a\":1}x",
            "",
            "\"\\ud800\"",
            "nul",
        ] {
            assert_eq!(
                parse_quickly(text),
                serde_json::from_str(text).ok().filter(|_| !text.contains("],\"a\""))
            );
            match (parse(text), serde_json::from_str::<Value>(text)) {
                (Ok(ours), Ok(theirs)) => assert_eq!(ours.document, theirs, "{text}"),
                (Err(ours), Err(theirs)) => assert_eq!(ours.to_string(), theirs.to_string(), "{text}"),
                (ours, theirs) => {
                    panic!("{text}: {:?} is not {theirs:?}", ours.map(|parsed| parsed.document))
                }
            }
        }
    }

    #[test]
    fn duplicates_are_told_at_their_place_once() {
        let parsed = parse(r#"{"a":1,"b":[{"c/d":1,"c/d":2,"c/d":3}],"a":2}"#).unwrap();
        assert_eq!(parsed.duplicates, ["/a", "/b/0/c~1d"]);
    }
}
