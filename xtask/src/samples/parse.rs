//! A JSON text as serde_json reads it, and the keys that stand twice in one object: serde_json and `jsonb`
//! keep the last and say nothing.

use std::fmt;

use checkpoint_schema::pointer::member;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A document and what is lost in it.
pub(super) struct Parsed {
    pub(super) document: Value,
    /// JSON Pointers of the keys that stand more than once in their object, once each.
    pub(super) duplicates: Vec<String>,
}

/// Reads `text`, whole.
pub(super) fn parse(text: &str) -> Result<Parsed, serde_json::Error> {
    let mut duplicates = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let document =
        Node { pointer: &mut String::new(), duplicates: &mut duplicates }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    duplicates.sort();
    duplicates.dedup();
    Ok(Parsed { document, duplicates })
}

/// Reads one value at `pointer`.
struct Node<'a> {
    pointer: &'a mut String,
    duplicates: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
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
        let length = self.pointer.len();
        loop {
            self.pointer.push_str(&format!("/{}", array.len()));
            let element = Node { pointer: self.pointer, duplicates: self.duplicates };
            let element = elements.next_element_seed(element)?;
            self.pointer.truncate(length);
            match element {
                Some(element) => array.push(element),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let length = self.pointer.len();
        while let Some(key) = members.next_key::<String>()? {
            self.pointer.push_str(&member("", &key));
            let value =
                members.next_value_seed(Node { pointer: self.pointer, duplicates: self.duplicates })?;
            if object.insert(key, value).is_some() {
                self.duplicates.push(self.pointer.clone());
            }
            self.pointer.truncate(length);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
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
