//! Keywords and formats that draft 2020-12 defines stay; others make strict validators refuse the schema.

use serde_json::{Map, Value};

use crate::schema::place::{Place, each_schema_mut};

/// Removes the keywords and the formats that the standard does not define.
pub(super) fn keep_standard(document: &mut Value) {
    each_schema_mut(document, &mut |schema| {
        let unknown: Vec<String> = schema.keys().filter(|key| !is_keyword(key)).cloned().collect();
        for key in &unknown {
            schema.remove(key);
        }
        if schema.get("format").is_some_and(|format| !format.as_str().is_some_and(is_format)) {
            schema.remove("format");
        }
    });
}

/// The keywords of draft 2020-12's vocabularies, and `definitions`, which older schemas by hand may use.
fn is_keyword(key: &str) -> bool {
    if Place::Schema.under(key) != Place::Data {
        return true;
    }
    // Core and content.
    matches!(
        key,
        "$anchor"
            | "$comment"
            | "$dynamicAnchor"
            | "$dynamicRef"
            | "$id"
            | "$ref"
            | "$schema"
            | "$vocabulary"
            | "contentEncoding"
            | "contentMediaType"
    ) || matches!(
        key,
        "const"
            | "dependentRequired"
            | "enum"
            | "exclusiveMaximum"
            | "exclusiveMinimum"
            | "maxContains"
            | "maxItems"
            | "maxLength"
            | "maxProperties"
            | "maximum"
            | "minContains"
            | "minItems"
            | "minLength"
            | "minProperties"
            | "minimum"
            | "multipleOf"
            | "pattern"
            | "type"
            | "uniqueItems"
    ) || is_annotation(key)
        || key == "format"
}

/// Keywords that say something of a value, and refuse none.
fn is_annotation(key: &str) -> bool {
    matches!(key, "default" | "deprecated" | "description" | "examples" | "readOnly" | "title" | "writeOnly")
}

/// Is this a keyword that neither refuses a document nor leads to a schema that does?
pub(super) fn says_nothing(key: &str) -> bool {
    is_annotation(key) || matches!(key, "$comment" | "$defs" | "$id" | "$schema") || !is_keyword(key)
}

/// The formats of draft 2020-12 (Validation, 7.3).
fn is_format(format: &str) -> bool {
    matches!(
        format,
        "date"
            | "date-time"
            | "duration"
            | "email"
            | "hostname"
            | "idn-email"
            | "idn-hostname"
            | "ipv4"
            | "ipv6"
            | "iri"
            | "iri-reference"
            | "json-pointer"
            | "regex"
            | "relative-json-pointer"
            | "time"
            | "uri"
            | "uri-reference"
            | "uri-template"
            | "uuid"
    )
}

/// Adds what a schema requires and does not describe to its properties, as `true`: generators write no field
/// for a name in `required` alone, and strict validators take it for a misspelling.
pub(super) fn list_required(document: &mut Value) {
    // There, a listed property is one that was looked at, and others are not.
    let mut has_unevaluated = false;
    each_schema_mut(document, &mut |schema| has_unevaluated |= schema.contains_key("unevaluatedProperties"));
    if has_unevaluated {
        return;
    }
    each_schema_mut(document, &mut |schema| {
        let is_open = schema.get("additionalProperties").is_none_or(|rest| *rest == Value::Bool(true));
        if schema.get("type").is_none_or(|ty| ty != "object") || !is_open {
            return;
        }
        let Some(Value::Array(required)) = schema.get("required").cloned() else { return };
        let properties = schema.entry("properties").or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(properties) = properties else { return };
        for name in required.iter().filter_map(Value::as_str) {
            properties.entry(name).or_insert(Value::Bool(true));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{keep_standard, list_required};
    use serde_json::json;

    #[test]
    fn no_keyword_is_left_that_the_standard_does_not_define() {
        let mut schema = json!({
            "x-own": 1,
            "unit": "s",
            "discriminator": {"propertyName": "t"},
            "properties": {"x-own": {"x-own": 1, "type": "string", "items": {"x-own": 1}}},
            "$defs": {"x-own": {"oneOf": [{"x-own": 1}], "allOf": [{"nullable": true}]}},
            "title": "T",
            "deprecated": true,
        });
        keep_standard(&mut schema);
        let expected = json!({
            "properties": {"x-own": {"type": "string", "items": {}}},
            "$defs": {"x-own": {"oneOf": [{}], "allOf": [{}]}},
            "title": "T",
            "deprecated": true,
        });
        assert_eq!(schema, expected);
    }

    #[test]
    fn data_is_never_taken_for_keywords() {
        let data = json!({"x-own": 1, "format": "double"});
        let schema = json!({
            "default": data, "const": data, "enum": [data], "examples": [data],
            "required": ["x-own"], "dependentRequired": {"x-own": ["format"]},
            "properties": {"default": {"default": [data]}},
        });
        let mut kept = schema.clone();
        keep_standard(&mut kept);
        assert_eq!(kept, schema);
    }

    #[test]
    fn formats_of_the_standard_are_kept_and_others_removed() {
        for format in ["date-time", "uuid", "ipv6", "uri", "regex"] {
            let mut schema = json!({"type": "string", "format": format});
            keep_standard(&mut schema);
            assert_eq!(schema["format"], format);
        }
        for format in [json!("double"), json!("float"), json!("ip"), json!("partial-time"), json!(5)] {
            let mut schema = json!({"type": "string", "format": format});
            keep_standard(&mut schema);
            assert_eq!(schema, json!({"type": "string"}));
        }
    }

    #[test]
    fn what_is_required_is_among_the_properties() {
        let mut schema =
            json!({"type": "object", "required": ["a", "b"], "properties": {"b": {"type": "null"}}});
        list_required(&mut schema);
        assert_eq!(schema["properties"], json!({"a": true, "b": {"type": "null"}}));
    }

    #[test]
    fn a_property_is_not_listed_where_that_would_let_it_through() {
        for schema in [
            json!({"type": "object", "required": ["a"], "additionalProperties": false}),
            json!({"type": "object", "required": ["a"], "additionalProperties": {"type": "null"}}),
            json!({
                "unevaluatedProperties": false,
                "allOf": [{"type": "object", "required": ["a"]}],
            }),
        ] {
            let mut listed = schema.clone();
            list_required(&mut listed);
            assert_eq!(listed, schema);
        }
    }
}
