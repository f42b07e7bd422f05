//! Shapes that no transform makes good for generators: they are told, so that a person can choose another.

use serde_json::{Map, Value};

use super::place::each_schema;

/// A place in a schema from which generators of other languages make less than stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awkward {
    /// The schema in its document, as a JSON Pointer.
    pub pointer: String,
    /// What is lost, and in which languages.
    pub reason: &'static str,
    /// What to write in Rust instead.
    pub advice: &'static str,
}

/// The shapes of a [finished](super::finish()) schema that generate badly, in the order of their pointers.
///
/// Each was seen in what json-schema-to-typescript or datamodel-code-generator make of it.
pub fn generates_badly(schema: &Value) -> Vec<Awkward> {
    let mut found = Vec::new();
    each_schema(schema, &mut |pointer, schema| {
        if let Some((reason, advice)) = fault(schema) {
            found.push(Awkward { pointer: pointer.to_owned(), reason, advice });
        }
    });
    // Where one schema stands in another, the order of keys is not that of the pointers.
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    found
}

fn fault(schema: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    if schema.contains_key("prefixItems") {
        return Some((
            "a tuple: TypeScript knows its length, and not the types of its elements",
            "a struct with named fields",
        ));
    }
    let all_of = schema.get("allOf").and_then(Value::as_array);
    let has_choice = |schema: &Value| schema.get("oneOf").or_else(|| schema.get("anyOf")).is_some();
    if all_of.is_some_and(|all| all.iter().any(has_choice)) {
        return Some((
            "several flattened enums: Python keeps the fields of only one of them",
            "flatten one enum at most, and give the others a key of their own",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::generates_badly;
    use serde_json::{Value, json};

    fn pointers(schema: &Value) -> Vec<String> {
        generates_badly(schema).into_iter().map(|awkward| awkward.pointer).collect()
    }

    #[test]
    fn tuples_and_several_flattened_enums_are_told_with_their_place() {
        let schema = json!({
            "properties": {
                "a/b": {"items": {"prefixItems": [{"prefixItems": [true]}, true]}},
                "c": {"allOf": [{"oneOf": [true]}], "oneOf": [true]},
                // A reference that could not be taken in: TypeScript and Python read both parts.
                "d": {"allOf": [{"$ref": "#"}], "properties": {"tag": {"const": "A"}}},
            },
        });
        assert_eq!(
            pointers(&schema),
            ["/properties/a~1b/items", "/properties/a~1b/items/prefixItems/0", "/properties/c",]
        );
    }

    #[test]
    fn data_and_property_names_are_no_shapes() {
        let data = json!({"prefixItems": [true]});
        let schema = json!({
            "default": data, "examples": [data], "properties": {"prefixItems": {"const": data}},
        });
        assert_eq!(pointers(&schema), [""; 0]);
    }
}
