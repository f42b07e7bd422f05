//! What can be told of a schema at a glance, without asking the engine.

use serde_json::{Map, Value};

use super::prepare::{merge, resolve};

/// Keywords of an object that is its keys and nothing more.
pub(super) const OBJECT: &[&str] =
    &["type", "properties", "required", "additionalProperties", "$schema", "$id", "$defs"];
/// Keywords of a list that is its elements, their number, and nothing more.
pub(super) const ARRAY: &[&str] =
    &["type", "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "$schema", "$id", "$defs"];

/// Has the schema no other keyword?
pub(super) fn are_plain(schema: &Map<String, Value>, known: &[&str]) -> bool {
    schema.keys().all(|key| known.contains(&key.as_str()))
}

/// Does it accept every value, whatever it is?
pub(super) fn accepts_all(schema: &Value) -> bool {
    match schema {
        Value::Bool(all) => *all,
        Value::Object(object) => object.keys().all(|key| matches!(key.as_str(), "$schema" | "$id" | "$defs")),
        _ => false,
    }
}

/// The one type of its values.
pub(super) fn only_type(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("type").and_then(Value::as_str)
}

pub(super) fn properties(schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

/// The keys that an object must have.
pub(super) fn names(schema: &Map<String, Value>) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn values(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

/// The schemas of which a value must meet one, and whether it must not meet another.
pub(super) fn choice(root: &Value, schema: &Map<String, Value>) -> Option<(Vec<Value>, bool)> {
    if schema.contains_key("allOf") {
        return None;
    }
    let mut rest = schema.clone();
    for words in ["$schema", "$id", "$defs"] {
        rest.remove(words);
    }
    for (keyword, is_exclusive) in [("anyOf", false), ("oneOf", true)] {
        if let Some(Value::Array(branches)) = rest.remove(keyword) {
            // A second choice beside it.
            if rest.contains_key("oneOf") {
                return None;
            }
            if rest.is_empty() {
                return Some((branches, is_exclusive));
            }
            let merged = branches.iter().map(|branch| {
                let branch = resolve(root, branch).as_object()?;
                let mut branch = branch.clone();
                branch.remove("$defs");
                Some(Value::Object(merge(&rest, &branch)?))
            });
            return merged.collect::<Option<Vec<_>>>().map(|branches| (branches, is_exclusive));
        }
    }
    match rest.get("type") {
        Some(Value::Array(types)) => {
            let of_type = |one: &Value| {
                let mut branch = rest.clone();
                branch.insert("type".to_owned(), one.clone());
                if let Some(Value::Array(values)) = branch.get_mut("enum") {
                    values.retain(|value| is_of_type(value, one.as_str().unwrap_or_default()));
                }
                Value::Object(branch)
            };
            Some((types.iter().map(of_type).collect(), false))
        }
        _ => None,
    }
}

/// Is the value of the JSON type of this name?
pub(super) fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|float| float.fract() == 0.0)
        }
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// A number that a keyword says.
pub(super) fn count(schema: &Map<String, Value>, keyword: &str) -> Option<u64> {
    schema.get(keyword).and_then(Value::as_u64)
}

/// Are the elements of a list all different?
pub(super) fn is_set(schema: &Map<String, Value>) -> bool {
    schema.get("uniqueItems").is_some_and(|it| *it == Value::Bool(true))
}

/// Can no value meet both, each of which stands in a document? Told by types, by a key that is required here and
/// closed out there, and by constants of a common key.
pub(super) fn are_disjoint(write: (&Value, &Value), read: (&Value, &Value)) -> bool {
    let (Value::Object(ours), Value::Object(theirs)) = (resolve(write.0, write.1), resolve(read.0, read.1))
    else {
        return false;
    };
    if let (Some(ours), Some(theirs)) = (values(ours), values(theirs)) {
        return ours.iter().all(|value| !theirs.contains(value));
    }
    if let (Some(ours), Some(theirs)) = (only_type(ours), only_type(theirs)) {
        let numbers = |one: &str| matches!(one, "integer" | "number");
        if ours != theirs && !(numbers(ours) && numbers(theirs)) {
            return true;
        }
    }
    let none = Map::new();
    let (described, known) = (properties(ours).unwrap_or(&none), properties(theirs).unwrap_or(&none));
    let is_closed = ours.get("additionalProperties") == Some(&Value::Bool(false));
    names(theirs).into_iter().any(|key| match (described.get(key), known.get(key)) {
        (None, _) => is_closed,
        (Some(one), Some(other)) if names(ours).contains(&key) => {
            matches!((one, other), (Value::Object(_), Value::Object(_)))
                && are_disjoint((write.0, one), (read.0, other))
        }
        _ => false,
    })
}

/// Are the values of the two told apart by their type, or by the constant of a key that both describe?
pub(super) fn are_of_other_kinds(write: (&Value, &Value), read: (&Value, &Value)) -> bool {
    let (Value::Object(ours), Value::Object(theirs)) = (resolve(write.0, write.1), resolve(read.0, read.1))
    else {
        return false;
    };
    let none = Map::new();
    let (described, known) = (properties(ours).unwrap_or(&none), properties(theirs).unwrap_or(&none));
    only_type(ours) != only_type(theirs)
        || described.iter().any(|(key, one)| {
            let one = one.as_object().and_then(values);
            let other = known.get(key).and_then(|other| values(other.as_object()?));
            one.zip(other).is_some_and(|(one, other)| one.iter().all(|value| !other.contains(value)))
        })
}
