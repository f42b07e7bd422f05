//! What a schema shows of a type that will cause trouble later: fields that nobody documented, timestamps
//! that are plain strings, shapes that other languages' generators do not understand.

use std::path::Path;

use checkpoint_schema::pointer::member;
use checkpoint_schema::registry::{Descriptor, Registry};
use checkpoint_schema::schema::{Contract, each_schema, generates_badly};
use serde_json::Value;

use crate::export::file_name;
use crate::finding::Finding;
use crate::rule::Rule;

/// The findings of every registered checkpoint; they stand at its exported schema.
pub(crate) fn check(registry: &Registry, dir: &Path) -> Vec<Finding> {
    registry.iter().flat_map(|descriptor| of_schema(descriptor, dir)).collect()
}

fn of_schema(descriptor: &Descriptor, dir: &Path) -> Vec<Finding> {
    let schema = descriptor.document(Contract::Read);
    let path = dir.join(file_name(descriptor.job(), descriptor.version()));
    let mut findings = Vec::new();
    properties(&schema, &mut |pointer, key, property| {
        if property.get("description").is_none() {
            findings.push(
                Finding::of_file(
                    Rule::FieldUndocumented,
                    &path,
                    format!("the field `{key}` has no description"),
                )
                .pointer(pointer)
                .help("write a doc comment (`///`) on the Rust field, then run `cargo xtask export`"),
            );
        }
        if property["type"] == "string" && property.get("format").is_none() && names_a_time(key) {
            let message = format!("the field `{key}` looks like a timestamp, and takes any string");
            findings.push(
                Finding::of_file(Rule::TimestampAsText, &path, message)
                    .pointer(pointer)
                    .help("make its type `checkpoint_schema::Timestamp` (feature `chrono`)"),
            );
        }
    });
    findings.extend(generates_badly(&schema).into_iter().map(|awkward| {
        Finding::of_file(Rule::GeneratesBadly, &path, awkward.reason)
            .pointer(&awkward.pointer)
            .help(format!("where other languages read it: {}", awkward.advice))
    }));
    findings
}

/// Every property of every object schema in the document, with its pointer and key.
fn properties(schema: &Value, found: &mut impl FnMut(&str, &str, &Value)) {
    each_schema(schema, &mut |pointer, schema| {
        let Some(members) = schema.get("properties").and_then(Value::as_object) else { return };
        let pointer = member(pointer, "properties");
        for (key, property) in members {
            // A tag is the enum's, and the enum's variants have the words.
            if property.get("const").is_none() {
                found(&member(&pointer, key), key, property);
            }
        }
    });
}

fn names_a_time(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["timestamp", "date", "datetime", "time"].iter().any(|word| {
        key == *word
            || key.ends_with(&format!("_{word}"))
            || key.ends_with("timestamp")
            || key.ends_with("datetime")
    }) || key.ends_with("_at") && !matches!(key.as_str(), "start_at" | "look_at")
}

#[cfg(test)]
mod tests {
    use super::{names_a_time, properties};
    use serde_json::json;

    #[test]
    fn properties_are_found_in_types_named_like_keywords_and_not_in_data() {
        let schema = json!({
            "$defs": {"default": {"properties": {"a/b": true}}},
            "default": {"properties": {"data": true}},
            "properties": {"enum": {"properties": {"tag": {"const": "A"}, "inner": true}}},
        });
        let mut found = Vec::new();
        properties(&schema, &mut |pointer, _, _| found.push(pointer.to_owned()));
        assert_eq!(
            found,
            ["/properties/enum", "/$defs/default/properties/a~1b", "/properties/enum/properties/inner"]
        );
    }

    #[test]
    fn names_of_times_are_told_from_others() {
        for name in ["last_sync_date", "updatedAtTimestamp", "created_at", "timestamp", "last_sync_time"] {
            assert!(names_a_time(name), "{name}");
        }
        for name in ["start_at", "format", "update", "runtime", "last_jql", "state", "data"] {
            assert!(!names_a_time(name), "{name}");
        }
    }
}
