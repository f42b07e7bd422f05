//! The key of the version in the contracts, from version 2 on.

use serde_json::{Map, Value, json};

use super::place::each_schema_mut;
use crate::Checkpoint;
use crate::field::shape::Shape;
use crate::pointer::escape;

/// What people read of the key.
const DESCRIPTION: &str = "The version of the document's layout. A document without it is of version 1.";

/// The contract of `C` as schemars makes it, with the key of the version, which both contracts require: a
/// document without it is of version 1.
pub(super) fn state<C: Checkpoint>(schema: &mut Value) {
    if C::VERSION < 2 {
        return;
    }
    by_name(schema);
    let is_enum = matches!(C::SHAPE.resolved(), Shape::Enum(_));
    let Some(root) = schema.as_object_mut() else { return };
    // A variant may refuse the keys that it does not know.
    let branches = ["oneOf", "anyOf"].into_iter().find(|choice| is_enum && root.contains_key(*choice));
    match branches.and_then(|choice| root.get_mut(choice)) {
        Some(Value::Array(branches)) => {
            for branch in branches.iter_mut().filter_map(Value::as_object_mut) {
                require(branch, C::VERSION_KEY, C::VERSION);
            }
        }
        _ => require(root, C::VERSION_KEY, C::VERSION),
    }
}

fn require(schema: &mut Map<String, Value>, key: &str, version: u32) {
    let property = json!({"type": "integer", "const": version, "description": DESCRIPTION});
    if let Value::Object(properties) = schema.entry("properties").or_insert_with(|| json!({})) {
        properties.insert(key.to_owned(), property);
    }
    if let Value::Array(names) = schema.entry("required").or_insert_with(|| json!([]))
        && !names.iter().any(|name| name == key)
    {
        names.push(key.into());
    }
}

/// A type that contains itself is named, for only the whole document states its version: `#` becomes the name
/// of a copy.
fn by_name(schema: &mut Value) {
    let mut recursive = false;
    each_schema_mut(schema, &mut |schema| recursive |= schema.get("$ref").is_some_and(|it| it == "#"));
    let Some(root) = schema.as_object().filter(|_| recursive) else { return };
    let own = |key: &String| !matches!(key.as_str(), "$defs" | "$id" | "$schema");
    let copy: Map<_, _> =
        root.iter().filter(|(key, _)| own(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
    let mut name = root.get("title").and_then(Value::as_str).unwrap_or("Document").to_owned();
    while root.get("$defs").is_some_and(|named| named.get(&name).is_some()) {
        name.push('_');
    }
    let reference = format!("#/$defs/{}", escape(&name));
    if let Some(Value::Object(named)) =
        schema.as_object_mut().map(|root| root.entry("$defs").or_insert_with(|| json!({})))
    {
        named.insert(name, Value::Object(copy));
    }
    each_schema_mut(schema, &mut |schema| {
        if let Some(to) = schema.get_mut("$ref").filter(|to| *to == "#") {
            *to = Value::String(reference.clone());
        }
    });
}
