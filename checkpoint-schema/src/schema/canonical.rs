//! One spelling for one schema, so that a changed byte is a changed schema.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::place::Place;

/// `schema` in canonical bytes: keys sorted by code point, `required` sorted (it is a set), two blanks of
/// indentation, one newline at the end.
///
/// The same whether serde_json's `preserve_order` is on or off, and whatever the order of a struct's
/// fields. Values that are data (`default`, `const`, `enum`, `examples`) keep the order of their arrays.
pub fn to_canonical_string(schema: &Value) -> String {
    let node = Node { value: schema, place: Place::Schema };
    // Writing a `Value`, whose keys are strings, into a `String` has no way to fail.
    let mut text = serde_json::to_string_pretty(&node).unwrap_or_else(|_| schema.to_string());
    text.push('\n');
    text
}

struct Node<'a> {
    value: &'a Value,
    place: Place,
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Object(object) => {
                let sorted: BTreeMap<&str, &Value> = object.iter().map(|(k, v)| (k.as_str(), v)).collect();
                serializer.collect_map(
                    sorted
                        .into_iter()
                        .map(|(key, value)| (key, Node { value, place: self.place.under(key) })),
                )
            }
            Value::Array(array) => {
                let mut items: Vec<&Value> = array.iter().collect();
                if let Place::Names = self.place {
                    items.sort_by_key(|name| name.as_str());
                }
                serializer.collect_seq(items.into_iter().map(|value| Node { value, place: self.place }))
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_canonical_string;
    use serde_json::{Value, json};

    /// Canonical text without white space, which the first test shows.
    fn compact(schema: &Value) -> String {
        to_canonical_string(schema).split_whitespace().collect()
    }

    #[test]
    fn two_blanks_and_one_newline_at_the_end() {
        let text = to_canonical_string(&json!({"type": "object", "$id": "urn:x"}));
        assert_eq!(text, "{\n  \"$id\": \"urn:x\",\n  \"type\": \"object\"\n}\n");
    }

    #[test]
    fn keys_and_required_are_sorted_and_other_arrays_keep_their_order() {
        let schema = json!({"type": ["string", "null"], "required": ["b", "a"], "enum": ["z", "a"]});
        assert_eq!(compact(&schema), r#"{"enum":["z","a"],"required":["a","b"],"type":["string","null"]}"#);
    }

    #[test]
    fn a_key_named_required_is_sorted_only_where_it_is_the_keyword() {
        let names = json!(["b", "a"]);
        let property = json!({"properties": {"required": {"required": names}}});
        assert_eq!(compact(&property), r#"{"properties":{"required":{"required":["a","b"]}}}"#);
        let data = json!({"default": {"required": names}, "properties": {"default": {"required": names}}});
        assert_eq!(
            compact(&data),
            r#"{"default":{"required":["b","a"]},"properties":{"default":{"required":["a","b"]}}}"#
        );
    }
}
