//! Documented unit enums: one `enum`, with the words of its variants in its description.

use serde_json::{Map, Value};

use crate::schema::finish::keywords::says_nothing;
use crate::schema::place::each_schema_mut;

/// Joins each `oneOf` of string constants to one `enum`.
pub(super) fn join(document: &mut Value) {
    each_schema_mut(document, &mut |schema| {
        let Some(variants) = variants(schema) else { return };
        if variants.iter().any(|variant| !variant.words.is_empty()) {
            let list: Vec<String> = variants.iter().map(Variant::list_item).collect();
            let mut description = match schema.get("description") {
                Some(Value::String(own)) => format!("{}\n\n", own.trim_end()),
                _ => String::new(),
            };
            description.push_str(&list.join("\n"));
            schema.insert("description".to_owned(), description.into());
        }
        let names = variants.into_iter().map(|variant| Value::String(variant.name));
        let names = names.collect();
        schema.remove("oneOf");
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), names);
    });
}

struct Variant {
    name: String,
    /// What is said of it; empty if nothing is.
    words: String,
}

impl Variant {
    /// As a line of a Markdown list, or more.
    fn list_item(&self) -> String {
        match self.words.as_str() {
            "" => format!("- `{}`", self.name),
            words => format!("- `{}`: {}", self.name, words.replace('\n', "\n  ")),
        }
    }
}

/// The variants, if `schema` is a choice of different strings and nothing else.
fn variants(schema: &Map<String, Value>) -> Option<Vec<Variant>> {
    if schema.get("type").is_some_and(|ty| ty != "string") || schema.contains_key("enum") {
        return None;
    }
    let mut variants: Vec<Variant> = Vec::new();
    for branch in schema.get("oneOf")?.as_array()? {
        let branch = branch.as_object()?;
        for name in names(branch)? {
            // A name that stands twice matches twice, which `oneOf` refuses.
            if variants.iter().any(|variant| variant.name == *name) {
                return None;
            }
            variants.push(Variant { name: name.to_owned(), words: words(branch) });
        }
    }
    (!variants.is_empty()).then_some(variants)
}

/// The strings that a branch accepts, if it says no more than that and some words about it.
fn names(branch: &Map<String, Value>) -> Option<Vec<&str>> {
    let is_plain = |key: &String| matches!(key.as_str(), "const" | "enum" | "type") || says_nothing(key);
    if branch.get("type")? != "string" || !branch.keys().all(is_plain) {
        return None;
    }
    match (branch.get("const"), branch.get("enum")) {
        (Some(name), None) => Some(vec![name.as_str()?]),
        (None, Some(names)) => names.as_array()?.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

fn words(branch: &Map<String, Value>) -> String {
    let mut words = Vec::new();
    if branch.get("deprecated") == Some(&Value::Bool(true)) {
        words.push("Deprecated.".to_owned());
    }
    if let Some(Value::String(title)) = branch.get("title") {
        let title = title.trim();
        words.push(if title.ends_with('.') { title.to_owned() } else { format!("{title}.") });
    }
    if let Some(Value::String(description)) = branch.get("description") {
        words.push(description.trim().to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::join;
    use serde_json::{Value, json};

    fn joined(mut schema: Value) -> Value {
        join(&mut schema);
        schema
    }

    #[test]
    fn a_documented_unit_enum_is_one_enum_with_its_words_in_the_description() {
        let schema = json!({
            "description": "How much.",
            "oneOf": [
                {"const": "full", "description": "Everything.", "type": "string"},
                {"const": "some", "description": "A part:\nthe new.", "type": "string"},
            ],
        });
        let expected = json!({
            "description": "How much.\n\n- `full`: Everything.\n- `some`: A part:\n  the new.",
            "enum": ["full", "some"],
            "type": "string",
        });
        assert_eq!(joined(schema), expected);
    }

    #[test]
    fn undocumented_variants_beside_documented_ones_are_listed_too() {
        let schema = json!({"oneOf": [
            {"enum": ["a", "b"], "type": "string"},
            {"const": "c", "deprecated": true, "title": "Third", "description": "Old.", "type": "string"},
        ]});
        let expected = json!({
            "description": "- `a`\n- `b`\n- `c`: Deprecated. Third. Old.",
            "enum": ["a", "b", "c"],
            "type": "string",
        });
        assert_eq!(joined(schema), expected);
    }

    #[test]
    fn an_enum_inside_another_schema_is_joined_and_one_that_is_data_is_not() {
        let choice = json!({"oneOf": [{"const": "a", "type": "string"}]});
        let schema = json!({
            "properties": {"default": {"anyOf": [choice, {"type": "null"}]}, "b": {"default": choice}},
        });
        let expected = json!({
            "properties": {
                "default": {"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "null"}]},
                "b": {"default": choice},
            },
        });
        assert_eq!(joined(schema), expected);
    }

    #[test]
    fn a_choice_of_more_than_strings_stays_as_it_is() {
        for branches in [
            json!([{"const": "a", "type": "string"}, {"type": "object"}]),
            json!([{"const": "a", "type": "string"}, {"const": "a", "type": "string"}]),
            json!([{"const": "a", "type": "string"}, {"enum": [1], "type": "integer"}]),
            json!([{"const": "a", "maxLength": 0, "type": "string"}]),
            json!([]),
        ] {
            let schema = json!({"oneOf": branches});
            assert_eq!(joined(schema.clone()), schema);
        }
        let narrowed = json!({"oneOf": [{"const": "a", "type": "string"}], "enum": ["b"]});
        assert_eq!(joined(narrowed.clone()), narrowed);
    }
}
