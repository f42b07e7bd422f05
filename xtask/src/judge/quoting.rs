//! What of a document may stand in findings: all of it, all but its secrets, or nothing but keys.

use std::ops::Range;

use checkpoint_schema::pointer::member;
use serde_json::Value;

use super::locate::extent;

/// May the values of documents be told?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    Shown,
    Masked,
}

/// What may be told of one document.
pub(super) struct Quoting {
    pub(super) values: Values,
    /// JSON Pointers of what is secret.
    pub(super) secrets: Vec<String>,
}

impl Quoting {
    /// May the value at `pointer` be told? Not if it is in a secret, nor if one is in it.
    pub(super) fn allows(&self, pointer: &str) -> bool {
        let hidden = |secret: &String| within(secret, pointer) || within(pointer, secret);
        self.values == Values::Shown && !self.secrets.iter().any(hidden)
    }

    /// The bytes of `text`, the document, that are secret.
    pub(super) fn hidden(&self, text: &str) -> Vec<Range<usize>> {
        self.secrets.iter().map(|secret| extent(text, secret)).collect()
    }
}

/// Is the place `inner` at or below `outer`?
pub(super) fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// serde's words without the value that they may quote: what was found in one word, what was expected in full.
/// Only forms that serde itself has are known; of any other nothing is told.
pub(crate) fn masked(why: &str) -> String {
    let expected = || why.rfind(", expected ").map_or("", |at| &why[at..]);
    for form in ["invalid type: ", "invalid value: "] {
        if let Some(found) = why.strip_prefix(form) {
            let words = found.find(['`', '"', ',']).unwrap_or(0);
            return format!("{form}{}{}", found[..words].trim_end(), expected());
        }
    }
    if why.starts_with("unknown variant ") {
        return format!("unknown variant{}", expected());
    }
    // They name fields, which stand in the code, and of unknown ones the pointer has the name anyway.
    let names = ["missing field `", "duplicate field `", "unknown field `", "invalid length "];
    if names.iter().any(|form| why.starts_with(form)) {
        return why.to_owned();
    }
    "the reason may quote a value; `--show-values` tells it".to_owned()
}

/// The same, where no option has the value told.
pub(super) fn of_secret(why: &str) -> String {
    match masked(why) {
        told if told.contains("--show-values") => "the reason may quote a secret".to_owned(),
        told => told,
    }
}

/// Marks what the schema calls `writeOnly`.
const SECRET: &str = "writeOnly";

/// Has the schema any secret?
pub(crate) fn has_secrets(schema: &Value) -> bool {
    let mut found = false;
    checkpoint_schema::schema::each_schema(schema, &mut |_, schema| {
        found |= schema.get(SECRET) == Some(&Value::Bool(true))
    });
    found
}

/// The JSON Pointers of what `schema` calls secret in `document`, whose keys are those that the schema knows; and
/// of what stands under keys that it does not know, for one of them may be the misspelt key of a secret.
pub(super) fn secrets(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Walk { root: schema, found: &mut found }.value(&[schema], document, "", 0);
    found
}

/// So many references one after another, without a step into the document, are a circle.
const DEEP: usize = 32;

struct Walk<'a> {
    root: &'a Value,
    found: &'a mut Vec<String>,
}

impl<'a> Walk<'a> {
    /// One value, which all of `schemas` may describe.
    fn value(&mut self, schemas: &[&'a Value], value: &Value, pointer: &str, steps: usize) {
        let mut all = Vec::new();
        schemas.iter().for_each(|schema| self.gather(schema, &mut all, 0));
        if all.iter().any(|schema| is_secret(schema)) {
            self.found.push(pointer.to_owned());
            return;
        }
        match value {
            // serde_json reads no deeper documents.
            Value::Object(object) if steps < 130 => {
                for (key, value) in object {
                    let place = member(pointer, key);
                    let inner: Vec<&Value> = all.iter().flat_map(|schema| of_key(schema, key)).collect();
                    match inner.is_empty() {
                        true => self.found.push(place),
                        false => self.value(&inner, value, &place, steps + 1),
                    }
                }
            }
            Value::Array(array) if steps < 130 => {
                for (index, value) in array.iter().enumerate() {
                    let inner: Vec<&Value> = all.iter().flat_map(|schema| of_index(schema, index)).collect();
                    self.value(&inner, value, &format!("{pointer}/{index}"), steps + 1);
                }
            }
            _ => {}
        }
    }

    /// The schema and all that it is made of at the same value.
    fn gather(&self, schema: &'a Value, all: &mut Vec<&'a Value>, depth: usize) {
        if depth > DEEP {
            return;
        }
        all.push(schema);
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        if let Some(target) = target.and_then(|pointer| self.root.pointer(pointer)) {
            self.gather(target, all, depth + 1);
        }
        for choice in ["allOf", "anyOf", "oneOf"] {
            for branch in schema.get(choice).and_then(Value::as_array).into_iter().flatten() {
                self.gather(branch, all, depth + 1);
            }
        }
    }
}

fn is_secret(schema: &Value) -> bool {
    schema.get(SECRET) == Some(&Value::Bool(true))
}

fn of_key<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    let named = schema.get("properties").and_then(|properties| properties.get(key));
    named.or_else(|| {
        ["additionalProperties", "unevaluatedProperties"]
            .iter()
            .find_map(|of| schema.get(of))
            .filter(|it| **it != Value::Bool(false))
    })
}

fn of_index(schema: &Value, index: usize) -> Option<&Value> {
    let named = schema.get("prefixItems").and_then(|items| items.get(index));
    named.or_else(|| schema.get("items"))
}

#[cfg(test)]
mod tests {
    use super::{masked, secrets};
    use serde_json::json;

    #[test]
    fn secrets_are_found_through_references_choices_lists_and_maps_and_so_are_unknown_keys() {
        let schema = json!({
            "properties": {
                "token": {"type": "string", "writeOnly": true},
                "list": {"items": {"$ref": "#/$defs/Inner"}},
                "map": {"additionalProperties": {"anyOf": [{"$ref": "#/$defs/Inner"}, {"type": "null"}]}},
                "plain": {"type": "string"},
                "loop": {"$ref": "#"},
            },
            "$defs": {"Inner": {"properties": {"key": {"writeOnly": true}, "name": {}}}},
        });
        let document = json!({
            "token": ["any"], "plain": "p", "tokne": "misspelt", "list": [{"name": "n"}, {"key": 1}],
            "map": {"a/b": {"key": "k"}}, "loop": {"loop": {"token": "t"}},
        });
        let mut found = secrets(&schema, &document);
        found.sort();
        assert_eq!(found, ["/list/1/key", "/loop/loop/token", "/map/a~1b/key", "/token", "/tokne"]);
        // A circle of references ends.
        assert_eq!(secrets(&json!({"$ref": "#"}), &json!(5)), [""; 0]);
    }

    #[test]
    fn what_was_found_is_one_word_and_what_was_expected_stays() {
        for (why, shown) in [
            (
                r#"invalid type: string "se,cret, expected x", expected u64"#,
                "invalid type: string, expected u64",
            ),
            ("invalid type: integer `5`, expected a string", "invalid type: integer, expected a string"),
            (
                "invalid type: floating point `1.5`, expected u32",
                "invalid type: floating point, expected u32",
            ),
            ("invalid type: null, expected u32", "invalid type: null, expected u32"),
            ("invalid type: sequence, expected a map", "invalid type: sequence, expected a map"),
            ("invalid value: integer `-1`, expected u64", "invalid value: integer, expected u64"),
            (
                "unknown variant `secret`, expected one of `a`, `b`",
                "unknown variant, expected one of `a`, `b`",
            ),
            ("missing field `cursor`", "missing field `cursor`"),
        ] {
            assert_eq!(masked(why), shown);
        }
    }

    #[test]
    fn of_words_that_are_not_known_none_is_shown() {
        for why in ["secret is no timestamp", "", "invalid", "data did not match any variant"] {
            assert_eq!(masked(why), "the reason may quote a value; `--show-values` tells it");
        }
    }
}
