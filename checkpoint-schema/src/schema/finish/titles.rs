//! A title for each variant of a tagged enum, by which generators name its type.

use serde_json::{Map, Value};

use crate::schema::place::each_schema;

/// Titles every branch whose tag tells its name, unless it has a title.
pub(super) fn give(document: &mut Value) {
    each_schema(document, &mut |schema| {
        // With an untagged variant among them, schemars writes the tagged ones in an `anyOf` too.
        for choice in ["oneOf", "anyOf"] {
            let Some(Value::Array(branches)) = schema.get_mut(choice) else { continue };
            for branch in branches {
                let Some(branch) = branch.as_object_mut() else { continue };
                if let (Some(name), false) = (name(branch), branch.contains_key("title")) {
                    branch.insert("title".to_owned(), name.into());
                }
            }
        }
    });
}

/// The name of the variant that a branch is.
pub(super) fn name(branch: &Map<String, Value>) -> Option<String> {
    // A unit variant of an externally tagged enum.
    if let Some(Value::String(name)) = branch.get("const") {
        return Some(name.clone());
    }
    if let Some([Value::String(name)]) = branch.get("enum").and_then(Value::as_array).map(Vec::as_slice) {
        return Some(name.clone());
    }
    let properties = branch.get("properties")?.as_object()?;
    let required = branch.get("required")?.as_array()?;
    // The tag comes first in what schemars requires; a field may be a constant too.
    for key in required.iter().filter_map(Value::as_str) {
        if let Some(Value::String(name)) = properties.get(key).and_then(|tag| tag.get("const")) {
            return Some(name.clone());
        }
    }
    let mut keys = properties.keys();
    let (key, None) = (keys.next()?, keys.next()) else { return None };
    let is_external = required.as_slice() == [Value::String(key.clone())]
        && branch.get("additionalProperties") == Some(&Value::Bool(false));
    is_external.then(|| key.clone())
}

#[cfg(test)]
mod tests {
    use super::give;
    use serde_json::{Value, json};

    fn titles(choice: &str, branches: Value) -> Vec<Value> {
        let mut schema = json!({ choice: branches });
        give(&mut schema);
        schema[choice].as_array().unwrap().iter().map(|branch| branch["title"].clone()).collect()
    }

    #[test]
    fn each_variant_of_a_tagged_enum_has_a_title() {
        let external = json!([
            {"type": "string", "const": "Unit"},
            {"type": "string", "enum": ["Alone"]},
            {
                "type": "object", "properties": {"Newtype": {"type": "integer"}}, "required": ["Newtype"],
                "additionalProperties": false
            },
        ]);
        assert_eq!(titles("oneOf", external.clone()), ["Unit", "Alone", "Newtype"]);
        assert_eq!(titles("anyOf", external), ["Unit", "Alone", "Newtype"]);
        let tag = json!({"type": "string", "const": "A"});
        let internal = json!([
            {"type": "object", "properties": {"tag": tag, "b": {"const": "B"}}, "required": ["tag", "b"]},
        ]);
        assert_eq!(titles("oneOf", internal), ["A"]);
        let adjacent = json!([
            {"type": "object", "properties": {"t": tag, "c": {"type": "integer"}}, "required": ["t", "c"]},
        ]);
        assert_eq!(titles("oneOf", adjacent), ["A"]);
    }

    #[test]
    fn a_title_of_the_variant_itself_stays() {
        assert_eq!(titles("oneOf", json!([{"const": "a", "title": "Own"}])), ["Own"]);
    }

    #[test]
    fn what_no_tag_names_has_no_title() {
        let branches = json!([
            {"type": "integer"},
            {"type": "null"},
            {"type": "string", "enum": ["several", "names"]},
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"$ref": "#/$defs/Named"},
            true,
        ]);
        assert!(titles("anyOf", branches).iter().all(Value::is_null));
    }
}
