//! Objects that hold no key but those that are described: serde writes no other.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::resolve;

/// `contract` with every object closed that does not itself say what other keys it may have.
pub(super) fn close(contract: &Value) -> Value {
    let close = Close { contract };
    let mut closed = match close.schema(contract, &BTreeSet::new(), 0) {
        Value::Object(closed) => closed,
        other => return other,
    };
    if let Some(named) = contract.get("$defs").and_then(Value::as_object) {
        let named: Map<_, _> =
            named.iter().map(|(name, it)| (name.clone(), close.schema(it, &BTreeSet::new(), 0))).collect();
        closed.insert("$defs".to_owned(), Value::Object(named));
    }
    Value::Object(closed)
}

/// So many references are followed inside one object.
const DEPTH: usize = 16;

struct Close<'a> {
    contract: &'a Value,
}

impl Close<'_> {
    /// `beside` are the keys that others describe in the same object.
    fn schema(&self, schema: &Value, beside: &BTreeSet<String>, depth: usize) -> Value {
        let Some(object) = schema.as_object() else { return schema.clone() };
        if object.contains_key("$ref") {
            let target = resolve(self.contract, schema);
            // What is named is closed where it stands, unless it shares its object with others.
            return match target.as_object() {
                Some(target) if !beside.is_empty() && !target.contains_key("$ref") && depth < DEPTH => {
                    let mut target = target.clone();
                    target.remove("$defs");
                    self.schema(&Value::Object(target), beside, depth + 1)
                }
                _ => schema.clone(),
            };
        }
        let mut object = self.inside(object);
        let says = object.contains_key("additionalProperties");
        let unevaluated = object.remove("unevaluatedProperties");
        let own: BTreeSet<String> = object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect();
        let all: BTreeSet<String> = own.union(beside).cloned().collect();
        let choices: Vec<&str> =
            ["anyOf", "oneOf"].into_iter().filter(|choice| object.contains_key(*choice)).collect();
        match (choices.as_slice(), object.contains_key("allOf")) {
            _ if says || unevaluated.as_ref().is_some_and(Value::is_object) => {}
            ([], false) => {
                if is_object(&object) {
                    shut(&mut object, beside);
                }
            }
            ([choice], false) => {
                if let Some(Value::Array(branches)) = object.get_mut(*choice) {
                    for branch in branches {
                        *branch = self.schema(branch, &all, depth);
                    }
                }
            }
            // Of several parts each knows only its own: the keys of all are allowed in all.
            _ => {
                let mut all = beside.clone();
                self.keys(&Value::Object(object.clone()), &mut all, 0);
                if !all.is_empty() {
                    shut(&mut object, &all);
                }
            }
        }
        Value::Object(object)
    }

    /// The values inside, each an object of its own.
    fn inside(&self, object: &Map<String, Value>) -> Map<String, Value> {
        let none = BTreeSet::new();
        let each = |value: &Value| self.schema(value, &none, 0);
        let closed = object.iter().map(|(key, value)| {
            let value = match (key.as_str(), value) {
                ("properties" | "patternProperties", Value::Object(schemas)) => {
                    Value::Object(schemas.iter().map(|(key, value)| (key.clone(), each(value))).collect())
                }
                ("prefixItems", Value::Array(schemas)) => schemas.iter().map(each).collect(),
                ("items" | "additionalProperties", value) => each(value),
                (_, value) => value.clone(),
            };
            (key.clone(), value)
        });
        closed.collect()
    }

    /// Every key that a schema describes of its object.
    fn keys(&self, schema: &Value, keys: &mut BTreeSet<String>, depth: usize) {
        let Some(object) = resolve(self.contract, schema).as_object().filter(|_| depth < DEPTH) else {
            return;
        };
        keys.extend(
            object.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned(),
        );
        for group in ["allOf", "anyOf", "oneOf"] {
            for part in object.get(group).and_then(Value::as_array).into_iter().flatten() {
                self.keys(part, keys, depth + 1);
            }
        }
    }
}

fn is_object(schema: &Map<String, Value>) -> bool {
    schema.contains_key("properties")
        || match schema.get("type") {
            Some(Value::String(one)) => one == "object",
            Some(Value::Array(types)) => types.iter().any(|one| one == "object"),
            _ => false,
        }
}

fn shut(object: &mut Map<String, Value>, also: &BTreeSet<String>) {
    if let Value::Object(properties) = object.entry("properties").or_insert_with(|| json!({})) {
        for key in also {
            properties.entry(key.clone()).or_insert(Value::Bool(true));
        }
    }
    object.insert("additionalProperties".to_owned(), Value::Bool(false));
}
