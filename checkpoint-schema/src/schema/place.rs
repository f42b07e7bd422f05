//! What a JSON value means where it stands in a schema document.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::pointer::member;

/// The meaning of a value, by the keywords that lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A schema, or an array of schemas.
    Schema,
    /// An object of names to schemas.
    Schemas,
    /// A set of property names.
    Names,
    /// Anything else: values, and keywords that hold no schema.
    Data,
}

impl Place {
    /// The place of the value under `key`, by the keywords of draft 2020-12. The elements of an array stand
    /// where the array stands.
    pub fn under(self, key: &str) -> Place {
        match self {
            Place::Schemas => Place::Schema,
            Place::Names | Place::Data => Place::Data,
            Place::Schema => match key {
                "$defs" | "definitions" | "dependentSchemas" | "patternProperties" | "properties" => {
                    Place::Schemas
                }
                "required" => Place::Names,
                "additionalProperties"
                | "allOf"
                | "anyOf"
                | "contains"
                | "contentSchema"
                | "else"
                | "if"
                | "items"
                | "not"
                | "oneOf"
                | "prefixItems"
                | "propertyNames"
                | "then"
                | "unevaluatedItems"
                | "unevaluatedProperties" => Place::Schema,
                _ => Place::Data,
            },
        }
    }
}

/// The JSON Pointer that a `$ref` into its own document names (RFC 6901, 6), without percent-encoding.
pub(super) fn pointer_of(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let decoded = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                rest = tail;
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                u8::try_from(digit(high)? * 16 + digit(low)?).ok()?
            }
            (b'%', _) => return None,
            _ => *first,
        };
        bytes.push(decoded);
    }
    String::from_utf8(bytes).ok()
}

/// Calls `visit` on every schema of `document` that is an object, with its JSON Pointer, the outer before the
/// inner and keys in their order by code point; never on data or property names that look like a schema.
pub fn each_schema(document: &Value, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    each(document, Place::Schema, "", visit);
}

fn each(value: &Value, place: Place, pointer: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    match (value, place) {
        (_, Place::Names | Place::Data) => {}
        (Value::Array(array), _) => {
            for (at, value) in array.iter().enumerate() {
                each(value, place, &format!("{pointer}/{at}"), visit);
            }
        }
        (Value::Object(object), _) => {
            if place == Place::Schema {
                visit(pointer, object);
            }
            // serde_json's `preserve_order` must not show.
            let sorted: BTreeMap<&String, &Value> = object.iter().collect();
            for (key, value) in sorted {
                each(value, place.under(key), &member(pointer, key), visit);
            }
        }
        _ => {}
    }
}

/// The same on schemas to be changed.
pub(super) fn each_schema_mut(document: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    each_mut(document, Place::Schema, visit);
}

fn each_mut(value: &mut Value, place: Place, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match (value, place) {
        (_, Place::Names | Place::Data) => {}
        (Value::Array(array), _) => array.iter_mut().for_each(|value| each_mut(value, place, visit)),
        (Value::Object(object), _) => {
            if place == Place::Schema {
                visit(object);
            }
            object.iter_mut().for_each(|(key, value)| each_mut(value, place.under(key), visit));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::pointer_of;

    #[test]
    fn references_are_decoded_as_fragments_of_a_uri() {
        assert_eq!(pointer_of("#").as_deref(), Some(""));
        assert_eq!(pointer_of("#/$defs/A%20b%25~1%C3%BC").as_deref(), Some("/$defs/A b%~1ü"));
        for foreign in ["other.json#/a", "#/%", "#/%2", "#/%zz", "#/%ff"] {
            assert_eq!(pointer_of(foreign), None, "{foreign}");
        }
    }
}
