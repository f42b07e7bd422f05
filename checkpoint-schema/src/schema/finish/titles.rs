//! A title for each variant of a tagged enum, by which generators name its type.

use serde_json::{Map, Value};

use crate::schema::place::each_schema_mut;

/// Titles every branch whose tag tells its name, unless it has a title.
pub(super) fn give(document: &mut Value) {
    each_schema_mut(document, &mut |schema| {
        // With an untagged variant among them, schemars writes the tagged ones in an `anyOf` too.
        for choice in ["oneOf", "anyOf"] {
            let Some(Value::Array(branches)) = schema.get_mut(choice) else { continue };
            for branch in branches {
                let Some(branch) = branch.as_object_mut() else { continue };
                if branch.contains_key("title") {
                    continue;
                }
                if let Some(name) = name(branch).map(Value::from) {
                    branch.insert("title".to_owned(), name);
                }
            }
        }
    });
}

/// The name of the variant that a branch is.
fn name(branch: &Map<String, Value>) -> Option<&str> {
    match tag(branch)? {
        Tag::Words(words) => match words.as_slice() {
            [word] => Some(word),
            _ => None,
        },
        Tag::Key(name) | Tag::Property { name, .. } => Some(name),
    }
}

/// How a branch is told from the others.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag<'a> {
    /// By being one of these strings: unit variants of an externally tagged enum.
    Words(Vec<&'a str>),
    /// By its only key: the other variants of such an enum.
    Key(&'a str),
    /// By a constant in a property: internally and adjacently tagged enums.
    Property { key: &'a str, name: &'a str },
}

/// The tag of a branch, as schemars writes those of tagged enums.
pub(super) fn tag(branch: &Map<String, Value>) -> Option<Tag<'_>> {
    if let Some(Value::String(word)) = branch.get("const") {
        return Some(Tag::Words(vec![word]));
    }
    if let Some(Value::Array(words)) = branch.get("enum") {
        return words.iter().map(Value::as_str).collect::<Option<_>>().map(Tag::Words);
    }
    let properties = branch.get("properties")?.as_object()?;
    let required = branch.get("required")?.as_array()?;
    // The tag comes first in what schemars requires; a field may be a constant too.
    for key in required.iter().filter_map(Value::as_str) {
        if let Some(Value::String(name)) = properties.get(key).and_then(|tag| tag.get("const")) {
            return Some(Tag::Property { key, name });
        }
    }
    let mut keys = properties.keys();
    let (key, None) = (keys.next()?, keys.next()) else { return None };
    let is_only_key = required.as_slice() == [Value::String(key.clone())]
        && branch.get("additionalProperties") == Some(&Value::Bool(false));
    is_only_key.then_some(Tag::Key(key))
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
