//! Two schemas of one value as one.

use serde_json::{Map, Value};

/// `base` and `branch` in one schema; `None` where keywords of the two cannot stand in one.
pub(in crate::drift) fn merge(
    base: &Map<String, Value>,
    branch: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let mut merged = base.clone();
    for (key, theirs) in branch {
        let Some(ours) = merged.get_mut(key) else {
            merged.insert(key.clone(), theirs.clone());
            continue;
        };
        match (key.as_str(), ours, theirs) {
            (_, ours, theirs) if ours == theirs => {}
            ("properties", Value::Object(ours), Value::Object(theirs)) => {
                for (name, theirs) in theirs {
                    match ours.get(name) {
                        None => {
                            ours.insert(name.clone(), theirs.clone());
                        }
                        Some(ours) if ours == theirs || *theirs == Value::Bool(true) => {}
                        Some(Value::Bool(true)) => {
                            ours.insert(name.clone(), theirs.clone());
                        }
                        Some(_) => return None,
                    }
                }
            }
            ("required", Value::Array(ours), Value::Array(theirs)) => {
                let new: Vec<_> = theirs.iter().filter(|name| !ours.contains(name)).cloned().collect();
                ours.extend(new);
            }
            ("type", ours, theirs) => {
                let types = |value: &Value| match value {
                    Value::Array(types) => types.clone(),
                    one => vec![one.clone()],
                };
                let both: Vec<Value> =
                    types(ours).into_iter().filter(|one| types(theirs).contains(one)).collect();
                *ours = match <[Value; 1]>::try_from(both) {
                    Ok([one]) => one,
                    Err(both) if both.is_empty() => return None,
                    Err(both) => Value::Array(both),
                };
            }
            ("additionalProperties", ours @ Value::Bool(true), theirs) => *ours = theirs.clone(),
            ("additionalProperties", _, Value::Bool(true)) => {}
            ("allOf", Value::Array(ours), Value::Array(theirs)) => ours.extend(theirs.iter().cloned()),
            _ => return None,
        }
    }
    Some(merged)
}
