//! Fields that take a text and a number alike.

use serde_json::Value;

use super::Fault;
use crate::rule::Rule;

/// So many references one after another are a circle.
const DEEP: usize = 16;

pub(super) fn fault(document: &Value, property: &Value) -> Option<Fault> {
    let takes = Takes::of(document, property, DEEP);
    let what = match takes {
        Takes { anything: true, .. } => "takes any JSON",
        Takes { text: true, number: true, .. } => "takes a text as well as a number",
        _ => return None,
    };
    let help =
        "give it one Rust type: a `u64` or a `String`, say, or a struct; where both are meant, two fields";
    Some(Fault { rule: Rule::UntypedField, what, help })
}

#[derive(Default)]
struct Takes {
    text: bool,
    number: bool,
    anything: bool,
}

impl Takes {
    fn of(document: &Value, schema: &Value, deep: usize) -> Self {
        let Value::Object(keywords) = schema else {
            return Self { anything: *schema == Value::Bool(true), ..Self::default() };
        };
        let mut takes = Self::default();
        let mut says_nothing = true;
        for (keyword, value) in keywords {
            says_nothing &= matches!(
                keyword.as_str(),
                "title" | "description" | "default" | "deprecated" | "examples" | "readOnly" | "writeOnly"
            ) || keyword.starts_with("x-");
            match (keyword.as_str(), value) {
                ("type", Value::String(name)) => takes.add_type(name),
                ("type", Value::Array(names)) => {
                    names.iter().filter_map(Value::as_str).for_each(|name| takes.add_type(name));
                }
                ("const", value) => takes.add_value(value),
                ("enum", Value::Array(values)) => values.iter().for_each(|value| takes.add_value(value)),
                ("anyOf" | "oneOf", Value::Array(branches)) if deep > 0 => {
                    for branch in branches {
                        takes.add(Self::of(document, branch, deep - 1));
                    }
                }
                ("$ref", Value::String(reference)) if deep > 0 => {
                    let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                    if let Some(target) = target {
                        takes.add(Self::of(document, target, deep - 1));
                    }
                }
                _ => {}
            }
        }
        takes.anything |= says_nothing;
        takes
    }

    fn add(&mut self, other: Self) {
        self.text |= other.text;
        self.number |= other.number;
        self.anything |= other.anything;
    }

    fn add_type(&mut self, name: &str) {
        self.text |= name == "string";
        self.number |= matches!(name, "integer" | "number");
    }

    fn add_value(&mut self, value: &Value) {
        self.text |= value.is_string();
        self.number |= value.is_number();
    }
}

#[cfg(test)]
mod tests {
    use super::fault;
    use serde_json::{Value, json};

    fn what(property: Value) -> Option<&'static str> {
        let document = json!({"$defs": {
            "Id": {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}]},
            "Mode": {"oneOf": [{"const": "full"}, {"enum": ["a", "b"]}]},
            "List": {"type": "object", "properties": {"next": {"$ref": "#/$defs/List"}}},
            "Circle": {"anyOf": [{"$ref": "#/$defs/Circle"}]},
        }});
        fault(&document, &property).map(|fault| fault.what)
    }

    #[test]
    fn a_text_and_a_number_in_one_field_are_found_through_choices_and_references() {
        let both = Some("takes a text as well as a number");
        assert_eq!(what(json!({"type": ["string", "integer"]})), both);
        assert_eq!(
            what(json!({"anyOf": [{"$ref": "#/$defs/Id"}, {"type": "null"}], "description": ""})),
            both
        );
        assert_eq!(what(json!({"enum": ["all", 0]})), both);
    }

    #[test]
    fn any_json_is_found() {
        assert_eq!(what(json!(true)), Some("takes any JSON"));
        assert_eq!(what(json!({"description": "", "default": null})), Some("takes any JSON"));
    }

    #[test]
    fn one_type_is_none_with_null_and_among_objects_too() {
        for property in [
            json!({"type": ["string", "null"]}),
            json!({"type": ["integer", "number"]}),
            json!({"anyOf": [{"$ref": "#/$defs/Mode"}, {"type": "null"}]}),
            json!({"$ref": "#/$defs/List"}),
            json!({"$ref": "#/$defs/Circle"}),
            json!({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}),
            json!(false),
        ] {
            assert_eq!(what(property.clone()), None, "{property}");
        }
    }
}
