//! A contract, edited place by place: the facts of a lock stand at places, and a definition that two places
//! share may have to become two.

use std::collections::BTreeMap;

use checkpoint_schema::pointer::escape;
use serde_json::{Map, Value, json};

use crate::lock::facts::{Fact, Is, Tag, step};

/// What is done to a schema at a place.
pub(super) type Edit<'a> = &'a mut dyn FnMut(&str, &mut Map<String, Value>);

/// `contract`, with `edit` applied to each schema at or above a place of which a fact that `concerns` tells.
pub(super) fn edit(contract: &Value, facts: &[Fact], concerns: fn(&Is) -> bool, edit: Edit<'_>) -> Value {
    let Some(root) = contract.as_object().filter(|_| facts.iter().any(|fact| concerns(&fact.is))) else {
        return contract.clone();
    };
    let mut walk = Walk { contract, facts, concerns, edit, made: BTreeMap::new(), bodies: Vec::new() };
    let mut edited = walk.reference("#", "", root);
    let mut named = root.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
    for (number, body) in walk.bodies.into_iter().enumerate() {
        named.insert(name(number), body);
    }
    edited.insert("$defs".to_owned(), Value::Object(named));
    Value::Object(edited)
}

/// No type has a name like this.
fn name(number: usize) -> String {
    format!("at-{number}")
}

struct Walk<'a> {
    contract: &'a Value,
    facts: &'a [Fact],
    concerns: fn(&Is) -> bool,
    edit: Edit<'a>,
    /// The definitions that were made: of what is named, at a place.
    made: BTreeMap<(String, String), usize>,
    bodies: Vec<Value>,
}

impl Walk<'_> {
    fn at<'s>(&'s self, place: &'s str) -> impl Iterator<Item = &'s Is> + 's {
        self.facts.iter().filter(move |fact| fact.at == place).map(|fact| &fact.is)
    }

    /// Is a fact at the place, or below it, that matters? One that leads back to an outer place may.
    fn matters(&self, place: &str) -> bool {
        let below =
            |at: &str| at.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.facts
            .iter()
            .any(|fact| below(&fact.at) && ((self.concerns)(&fact.is) || matches!(fact.is, Is::Recursion(_))))
    }

    fn tag(&self, place: &str) -> Option<Tag> {
        self.at(place).find_map(|is| match is {
            Is::Tagged(tag) => Some(tag.clone()),
            _ => None,
        })
    }

    /// The schema that a reference at the place becomes.
    fn reference(&mut self, reference: &str, place: &str, target: &Map<String, Value>) -> Map<String, Value> {
        let first = self.at(place).find_map(|is| match is {
            Is::Recursion(first) => Some(first.clone()),
            _ => None,
        });
        let place = first.unwrap_or_else(|| place.to_owned());
        let key = (place, reference.to_owned());
        let number = match self.made.get(&key) {
            Some(number) => *number,
            None => {
                let number = self.bodies.len();
                let place = key.0.clone();
                self.made.insert(key, number);
                self.bodies.push(Value::Bool(true));
                let mut target = target.clone();
                target.remove("$defs");
                target.remove("$id");
                target.remove("$schema");
                let body = self.object(target, &place);
                self.bodies[number] = Value::Object(body);
                number
            }
        };
        Map::from_iter([("$ref".to_owned(), json!(format!("#/$defs/{}", name(number))))])
    }

    fn schema(&mut self, schema: Value, place: &str) -> Value {
        match schema {
            Value::Object(object) if self.matters(place) => Value::Object(self.object(object, place)),
            other => other,
        }
    }

    fn object(&mut self, mut schema: Map<String, Value>, place: &str) -> Map<String, Value> {
        let contract = self.contract;
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| contract.pointer(pointer));
            if let Some(target) = target.and_then(Value::as_object) {
                let reference = reference.to_owned();
                return self.reference(&reference, place, target);
            }
        }
        let tag = self.tag(place);
        let variant = tag.as_ref().and_then(|tag| variant(tag, &schema)).map(str::to_owned);
        let keys: Vec<String> = schema.keys().cloned().collect();
        for key in keys {
            let Some(value) = schema.get_mut(&key).map(Value::take) else { continue };
            let value = match (key.as_str(), value) {
                ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                    let branches = branches.into_iter().enumerate().map(|(number, branch)| {
                        let place = self.place_of_branch(place, tag.as_ref(), number, &branch);
                        self.schema(branch, &place)
                    });
                    Value::Array(branches.collect())
                }
                ("if" | "then" | "else", value) => self.schema(value, place),
                ("properties", Value::Object(properties)) => {
                    let properties = properties.into_iter().map(|(key, value)| {
                        let place = match (&tag, &variant) {
                            (Some(Tag::External), _) if self.matters(&of_variant(place, &key)) => {
                                of_variant(place, &key)
                            }
                            (Some(Tag::Adjacent { content, .. }), Some(variant)) if *content == key => {
                                of_variant(place, variant)
                            }
                            _ => format!("{place}/{}", step(&key)),
                        };
                        let value = self.schema(value, &place);
                        (key, value)
                    });
                    Value::Object(properties.collect())
                }
                ("prefixItems", Value::Array(items)) => {
                    let items = items
                        .into_iter()
                        .enumerate()
                        .map(|(number, item)| self.schema(item, &format!("{place}/{number}")));
                    Value::Array(items.collect())
                }
                ("items" | "additionalProperties", value) => self.schema(value, &format!("{place}/*")),
                ("patternProperties", Value::Object(patterns)) => {
                    let place = format!("{place}/*");
                    Value::Object(
                        patterns.into_iter().map(|(key, value)| (key, self.schema(value, &place))).collect(),
                    )
                }
                (_, value) => value,
            };
            schema.insert(key, value);
        }
        // The inner before the outer: what an edit adds is not edited again.
        (self.edit)(place, &mut schema);
        schema
    }

    /// The fields of an internally tagged variant, and all of an untagged one, have a step of their own.
    fn place_of_branch(&self, place: &str, tag: Option<&Tag>, number: usize, branch: &Value) -> String {
        match tag {
            Some(Tag::Untagged) => format!("{place}/<{number}>"),
            Some(tag @ Tag::Internal { .. }) => {
                match branch.as_object().and_then(|branch| variant(tag, branch)) {
                    Some(name) => of_variant(place, name),
                    None => place.to_owned(),
                }
            }
            _ => place.to_owned(),
        }
    }
}

/// The place of a variant.
pub(super) fn of_variant(place: &str, name: &str) -> String {
    format!("{place}/<{}>", escape(name))
}

/// The variant that a schema with a constant for its tag is of.
pub(super) fn variant<'s>(tag: &Tag, schema: &'s Map<String, Value>) -> Option<&'s str> {
    let (Tag::Internal { tag } | Tag::Adjacent { tag, .. }) = tag else { return None };
    schema.get("properties")?.get(tag)?.get("const")?.as_str()
}
