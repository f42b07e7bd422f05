//! What a schema shows of a type that will cause trouble later: fields that nobody documented, timestamps
//! that are no timestamps, texts mixed with numbers, batches without a recovery flag, shapes that other
//! languages' generators do not understand.

mod mixed;
mod recovery;
mod time;

use std::path::Path;

use checkpoint_schema::pointer::member;
use checkpoint_schema::registry::{Descriptor, Registry};
use checkpoint_schema::schema::{Contract, each_schema, generates_badly};
use serde_json::Value;

use crate::export::file_name;
use crate::finding::Finding;
use crate::lock;
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
        let of_field = |Fault { rule, what, help }| {
            Finding::of_file(rule, &path, format!("the field `{key}` {what}")).pointer(pointer).help(help)
        };
        if property.get("description").is_none() {
            findings.push(of_field(Fault {
                rule: Rule::FieldUndocumented,
                what: "has no description",
                help: "write a doc comment (`///`) on the Rust field, then run `cargo xtask export`",
            }));
        }
        findings.extend(time::fault(key, property).map(of_field));
        findings.extend(mixed::fault(&schema, property).map(of_field));
    });
    // What is locked is decided: workers may run with it.
    if let Some((pointer, key)) = recovery::batch_without_flag(&schema)
        && !lock::exists(dir, descriptor)
    {
        let message = format!("the job counts its batches in `{key}`, and has no recovery flag");
        findings.push(Finding::of_file(Rule::NoRecoveryFlag, &path, message).pointer(pointer).help(
            "add `#[serde(default)] recovery_mode: bool`, or flatten `checkpoint_schema::patterns::Batches`; \
             `cargo xtask lock` takes the type as it is",
        ));
    }
    findings.extend(generates_badly(&schema).into_iter().map(|awkward| {
        Finding::of_file(Rule::GeneratesBadly, &path, awkward.reason)
            .pointer(&awkward.pointer)
            .help(format!("where other languages read it: {}", awkward.advice))
    }));
    findings
}

/// What is wrong with a field.
struct Fault {
    rule: Rule,
    /// After "the field …".
    what: &'static str,
    help: &'static str,
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

/// Is this its type, or this or null?
fn is_a(property: &Value, name: &str) -> bool {
    match &property["type"] {
        Value::String(own) => own == name,
        Value::Array(several) => {
            several.iter().any(|one| one == name) && several.iter().all(|one| one == name || one == "null")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::properties;
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
}
