//! What of a contract is meaning: neither words for people nor the names of types.
//!
//! Two contracts with the same meaning need no new revision (DRIFT: type names, titles and descriptions are
//! not meaning).

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_schema::schema::Place;
use serde_json::{Map, Value};

/// Keywords that only people and tools read.
const WORDS: &[&str] = &["$comment", "deprecated", "description", "examples", "title", "writeOnly"];

/// `contract` without its words, its definitions numbered in the order in which they are reached.
pub(crate) fn of(contract: &Value) -> Value {
    let mut reduce = Reduce { contract, reached: Vec::new() };
    let mut reduced = reduce.schema(contract, true);
    let mut definitions = Map::new();
    let mut next = 0;
    // Definitions reach further ones.
    while let Some(reference) = reduce.reached.get(next).cloned() {
        if let Some(definition) = reduce.definition(&reference) {
            let definition = reduce.schema(definition, false);
            definitions.insert(next.to_string(), definition);
        }
        next += 1;
    }
    if let (false, Some(object)) = (definitions.is_empty(), reduced.as_object_mut()) {
        object.insert("$defs".to_owned(), Value::Object(definitions));
    }
    reduced
}

struct Reduce<'a> {
    contract: &'a Value,
    /// The references so far; the number of a definition is its index.
    reached: Vec<String>,
}

impl<'a> Reduce<'a> {
    fn definition(&self, reference: &str) -> Option<&'a Value> {
        reference
            .strip_prefix('#')
            .filter(|pointer| pointer.starts_with("/$defs/"))
            .and_then(|pointer| self.contract.pointer(pointer))
    }

    fn schema(&mut self, schema: &Value, is_root: bool) -> Value {
        match schema {
            Value::Object(object) => {
                let mut reduced = Map::new();
                for (key, value) in sorted(object) {
                    let value = match key {
                        word if WORDS.contains(&word) => continue,
                        "$defs" if is_root => continue,
                        "$ref" => self.reference(value),
                        key => match Place::Schema.under(key) {
                            Place::Names => names(value),
                            Place::Schemas => self.schemas(value),
                            Place::Schema => self.schema(value, false),
                            Place::Data => value.clone(),
                        },
                    };
                    reduced.insert(key.to_owned(), value);
                }
                Value::Object(reduced)
            }
            Value::Array(array) => array.iter().map(|schema| self.schema(schema, false)).collect(),
            other => other.clone(),
        }
    }

    fn schemas(&mut self, schemas: &Value) -> Value {
        let Value::Object(schemas) = schemas else { return schemas.clone() };
        let reduced =
            sorted(schemas).into_iter().map(|(key, value)| (key.to_owned(), self.schema(value, false)));
        Value::Object(reduced.collect())
    }

    fn reference(&mut self, value: &Value) -> Value {
        let Some(reference) = value.as_str().filter(|reference| self.definition(reference).is_some()) else {
            return value.clone();
        };
        let number = self.reached.iter().position(|known| known == reference).unwrap_or_else(|| {
            self.reached.push(reference.to_owned());
            self.reached.len() - 1
        });
        Value::String(format!("#/$defs/{number}"))
    }
}

/// serde_json's `preserve_order` must not show in the numbers.
fn sorted(object: &Map<String, Value>) -> BTreeMap<&str, &Value> {
    object.iter().map(|(key, value)| (key.as_str(), value)).collect()
}

fn names(required: &Value) -> Value {
    match required.as_array() {
        Some(names) => {
            let names: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
            names.into_iter().collect()
        }
        None => required.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::{Value, json};

    fn contract(name: &str, title: &str) -> Value {
        json!({
            "title": title,
            "description": title,
            "properties": {
                "title": {"type": "string", "default": {"title": "kept"}},
                "b": {"$ref": format!("#/$defs/{name}")},
                "a": {"$ref": "#/$defs/Middle"},
            },
            "required": ["b", "a"],
            "$defs": {
                name: {"type": "object", "description": title, "properties": {"self": {"$ref": format!("#/$defs/{name}")}}},
                "Middle": {"type": "array", "items": {"$ref": format!("#/$defs/{name}")}},
            },
        })
    }

    #[test]
    fn names_of_types_and_words_for_people_are_no_meaning() {
        assert_ne!(contract("A", "x"), contract("Z", "y"));
        assert_eq!(of(&contract("A", "x")), of(&contract("Z", "y")));
    }

    #[test]
    fn everything_else_is() {
        let meaning = of(&contract("A", "x"));
        assert_eq!(meaning["properties"]["title"]["default"]["title"], "kept");
        assert_eq!(meaning["required"], json!(["a", "b"]));
        assert_eq!(meaning["$defs"]["0"], json!({"type": "array", "items": {"$ref": "#/$defs/1"}}));
        let mut other = contract("A", "x");
        other["$defs"]["A"]["type"] = json!(["object", "null"]);
        assert_ne!(of(&other), meaning);
        let mut other = contract("A", "x");
        other["properties"]["b"] = json!({"$ref": "#/$defs/Middle"});
        assert_ne!(of(&other), meaning);
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_kept() {
        let odd = json!({"$ref": "#/$defs/Gone", "items": {"$ref": "#"}});
        assert_eq!(of(&odd), odd);
    }
}
