//! References with more beside them: what they name is taken in, so that nothing is lost where a generator
//! reads only the one or the other.

use serde_json::{Map, Value};

use crate::schema::finish::keywords::says_nothing;
use crate::schema::place::{Place, pointer_of};

/// Takes in what every `$ref` names that has more than annotations beside it.
pub(super) fn take_in(document: &mut Value) {
    // What is named is read as it was at the start.
    let root = document.clone();
    Walk { root: &root, inside: Vec::new() }.value(document, Place::Schema);
}

struct Walk<'a> {
    root: &'a Value,
    /// The references whose content is being walked.
    inside: Vec<String>,
}

impl Walk<'_> {
    fn value(&mut self, value: &mut Value, place: Place) {
        match (value, place) {
            (_, Place::Names | Place::Data) => {}
            (Value::Array(array), _) => array.iter_mut().for_each(|value| self.value(value, place)),
            (Value::Object(object), Place::Schema) => self.schema(object),
            (Value::Object(object), _) => {
                object.values_mut().for_each(|value| self.value(value, place.under("")))
            }
            _ => {}
        }
    }

    fn schema(&mut self, schema: &mut Map<String, Value>) {
        let depth = self.inside.len();
        while let Some(reference) = reference(schema) {
            let target = pointer_of(&reference).and_then(|pointer| self.root.pointer(&pointer));
            let merged = match target.and_then(Value::as_object) {
                // A type that reaches itself on the way.
                _ if self.inside.contains(&reference) => None,
                Some(target) => merge(schema, target),
                None => None,
            };
            match merged {
                Some(merged) => *schema = merged,
                None => stand_beside(schema, &reference),
            }
            self.inside.push(reference);
        }
        schema.iter_mut().for_each(|(key, value)| self.value(value, Place::Schema.under(key)));
        self.inside.truncate(depth);
    }
}

/// The reference of a schema that says more than what it names.
fn reference(schema: &Map<String, Value>) -> Option<String> {
    let says_more = schema.keys().any(|key| key != "$ref" && !says_nothing(key));
    schema.get("$ref")?.as_str().filter(|_| says_more).map(str::to_owned)
}

/// Puts the reference into `allOf`, where every tool looks.
fn stand_beside(schema: &mut Map<String, Value>, reference: &str) {
    schema.remove("$ref");
    let all_of = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(all_of) = all_of {
        all_of.push(serde_json::json!({ "$ref": reference }));
    }
}

/// One schema that accepts what both `schema`, without its reference, and `target` accept; `None` where
/// keywords of the two cannot stand in one.
fn merge(schema: &Map<String, Value>, target: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut merged = schema.clone();
    merged.remove("$ref");
    if closes_alone(schema, target) || closes_alone(target, schema) || is_closed_over(target) {
        return None;
    }
    let has = |schema: &Map<String, Value>, group: &[&str]| group.iter().any(|key| schema.contains_key(*key));
    if READ_TOGETHER.iter().any(|group| has(schema, group) && has(target, group)) {
        return None;
    }
    for (key, theirs) in target {
        if says_nothing(key) {
            // A variant is described by what it holds where it has no words of its own.
            if key == "description" {
                merged.entry(key).or_insert_with(|| theirs.clone());
            }
            continue;
        }
        let Some(ours) = merged.get_mut(key) else {
            merged.insert(key.clone(), theirs.clone());
            continue;
        };
        match (key.as_str(), ours, theirs) {
            (_, ours, theirs) if ours == theirs => {}
            ("properties" | "patternProperties", Value::Object(ours), Value::Object(theirs)) => {
                for (name, theirs) in theirs {
                    if ours.insert(name.clone(), theirs.clone()).is_some_and(|ours| ours != *theirs) {
                        return None;
                    }
                }
            }
            ("required", Value::Array(ours), Value::Array(theirs)) => {
                let new = theirs.iter().filter(|name| !ours.contains(name)).cloned().collect::<Vec<_>>();
                ours.extend(new);
            }
            ("allOf", Value::Array(ours), Value::Array(theirs)) => ours.extend(theirs.iter().cloned()),
            _ => return None,
        }
    }
    Some(merged)
}

/// Keywords that mean something else where another of them stands beside them.
const READ_TOGETHER: [&[&str]; 3] = [
    &["else", "if", "then"],
    &["contains", "maxContains", "minContains"],
    &["items", "prefixItems", "unevaluatedItems"],
];

/// Does `schema` refuse or describe properties because they do not stand in it, while they stand in `other`?
fn closes_alone(schema: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let describes = ["properties", "patternProperties"].iter().any(|keyword| other.contains_key(*keyword));
    describes && !is_open(schema, "additionalProperties")
}

/// Does what a reference names look at every property that it does not know? The schema with the reference
/// does not hide its own from it.
fn is_closed_over(target: &Map<String, Value>) -> bool {
    !is_open(target, "unevaluatedProperties")
}

fn is_open(schema: &Map<String, Value>, keyword: &str) -> bool {
    schema.get(keyword).is_none_or(|rest| *rest == Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use super::take_in;
    use serde_json::{Value, json};

    fn taken(mut schema: Value) -> Value {
        take_in(&mut schema);
        schema
    }

    /// A schema whose root is the internally tagged newtype variant of `Page`.
    fn variant_of(page: Value) -> Value {
        json!({
            "$defs": {"Page": page},
            "$ref": "#/$defs/Page",
            "properties": {"tag": {"const": "A"}},
            "required": ["tag"],
            "type": "object",
        })
    }

    #[test]
    fn the_fields_of_an_internally_tagged_newtype_stand_beside_its_tag() {
        let page = json!({
            "title": "Page", "description": "A page.", "properties": {"n": {"type": "integer"}},
            "required": ["n"], "type": "object"
        });
        let expected = json!({
            "$defs": {"Page": page},
            "description": "A page.",
            "properties": {"tag": {"const": "A"}, "n": {"type": "integer"}},
            "required": ["tag", "n"],
            "type": "object",
        });
        assert_eq!(taken(variant_of(page)), expected);
    }

    #[test]
    fn a_reference_that_only_annotations_stand_beside_stays() {
        let schema = json!({
            "$defs": {"A": {"type": "object"}},
            "properties": {"a": {"$ref": "#/$defs/A", "description": "D", "default": {}, "x-own": 1}},
        });
        assert_eq!(taken(schema.clone()), schema);
    }

    #[test]
    fn a_name_that_a_uri_must_encode_is_found() {
        let schema = json!({
            "$defs": {"A page/ü": {"properties": {"n": true}}},
            "$ref": "#/$defs/A%20page~1%C3%BC",
            "properties": {"tag": {"const": "A"}},
        });
        assert_eq!(taken(schema)["properties"], json!({"tag": {"const": "A"}, "n": true}));
    }

    #[test]
    fn what_denies_other_properties_is_not_merged_with_them() {
        for denies in ["additionalProperties", "unevaluatedProperties"] {
            let page = json!({"properties": {"n": {"type": "integer"}}, "type": "object", denies: false});
            let expected = json!({
                "$defs": {"Page": page},
                "allOf": [{"$ref": "#/$defs/Page"}],
                "properties": {"tag": {"const": "A"}},
                "required": ["tag"],
                "type": "object",
            });
            assert_eq!(taken(variant_of(page)), expected);
        }
    }

    #[test]
    fn a_property_that_both_describe_is_described_by_both() {
        let schema = variant_of(json!({"properties": {"tag": {"type": "string"}}, "type": "object"}));
        let taken = taken(schema);
        assert_eq!(taken["allOf"], json!([{"$ref": "#/$defs/Page"}]));
        assert_eq!(taken["properties"], json!({"tag": {"const": "A"}}));
    }

    #[test]
    fn a_reference_to_a_reference_is_taken_in_to_the_end() {
        let schema = json!({
            "$defs": {
                "A": {"$ref": "#/$defs/B", "properties": {"a": true}},
                "B": {"$ref": "#/$defs/C", "properties": {"b": true}},
                "C": {"properties": {"c": true}},
            },
            "$ref": "#/$defs/A",
            "properties": {"own": true},
        });
        assert_eq!(taken(schema)["properties"], json!({"own": true, "a": true, "b": true, "c": true}));
    }

    #[test]
    fn a_type_that_reaches_itself_is_taken_in_once() {
        // An enum inside `Node` that is inlined, and whose newtype variant holds a `Node`.
        let node = json!({"properties": {"next": {"oneOf": [
            {"$ref": "#/$defs/Node", "properties": {"tag": {"const": "A"}}, "required": ["tag"]},
        ]}}});
        let node = &taken(json!({"$defs": {"Node": node}}))["$defs"]["Node"];
        let variant = &node["properties"]["next"]["oneOf"][0];
        assert_eq!(variant["properties"]["tag"], json!({"const": "A"}));
        let inner = &variant["properties"]["next"]["oneOf"][0];
        assert_eq!(inner["allOf"], json!([{"$ref": "#/$defs/Node"}]));
        assert_eq!(inner["properties"], json!({"tag": {"const": "A"}}));
    }

    #[test]
    fn a_reference_in_a_circle_ends() {
        let schema = json!({
            "$defs": {
                "A": {"$ref": "#/$defs/B", "properties": {"a": true}},
                "B": {"$ref": "#/$defs/A", "properties": {"b": true}},
            },
            "$ref": "#/$defs/A",
            "properties": {"own": true},
        });
        let taken = taken(schema);
        assert_eq!(taken["properties"], json!({"own": true, "a": true, "b": true}));
        assert_eq!(taken["allOf"], json!([{"$ref": "#/$defs/A"}]));
    }

    #[test]
    fn the_root_taken_in_leaves_its_own_keywords_behind() {
        let schema = json!({
            "$schema": "s", "$id": "i", "title": "T", "$defs": {},
            "properties": {"parent": {"$ref": "#", "properties": {"tag": {"const": "A"}}}},
        });
        let parent = &taken(schema)["properties"]["parent"];
        let keys: Vec<_> = parent.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["properties"]);
        assert_eq!(parent["properties"]["parent"]["allOf"], json!([{"$ref": "#"}]));
    }
}
