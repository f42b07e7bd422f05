//! A proof that all that is written can be read, object by object: what is left of an object, a list, a choice or
//! a reference is asked of the engine. Taking the question apart makes recursive types decidable, hundreds of
//! fields fast, and an open question one of a place.

use std::collections::BTreeSet;

use checkpoint_schema::pointer::member;
use serde_json::{Map, Value, json};

use super::engine;
use super::prepare::{merge, resolve};

/// The place of what could not be proved: a JSON Pointer, in which `*` is any key or index.
pub(super) type Open = String;

/// Is all that `write` accepts accepted by `read`?
pub(super) fn prove(write: &Value, read: &Value) -> Result<(), Open> {
    let mut proof = Proof { write, read, assumed: BTreeSet::new() };
    proof.within(write, read, "")
}

struct Proof<'a> {
    write: &'a Value,
    read: &'a Value,
    /// The pairs of texts that are being proved, or are: a pair that comes again inside itself holds if the rest
    /// does, since every document ends.
    assumed: BTreeSet<(String, String)>,
}

impl Proof<'_> {
    fn within(&mut self, write: &Value, read: &Value, place: &str) -> Result<(), Open> {
        if *write == Value::Bool(false) || accepts_all(read) {
            return Ok(());
        }
        let text = write.to_string();
        // References are of two documents.
        if write == read && !text.contains("\"$ref\"") {
            return Ok(());
        }
        let pair = (text, read.to_string());
        if self.assumed.contains(&pair) {
            return Ok(());
        }
        let before = self.assumed.clone();
        self.assumed.insert(pair);
        let (write, read) = (resolve(self.write, write), resolve(self.read, read));
        let proved = match (write, read) {
            _ if accepts_all(read) => Ok(()),
            (Value::Object(write), Value::Object(read)) => self.parts(write, read, place),
            _ => self.ask(write, read, place),
        };
        if proved.is_err() {
            self.assumed = before;
        }
        proved
    }

    fn parts(
        &mut self,
        write: &Map<String, Value>,
        read: &Map<String, Value>,
        place: &str,
    ) -> Result<(), Open> {
        // What is written is one of several.
        if let Some((branches, _)) = choice(self.write, write) {
            return branches.iter().try_for_each(|branch| self.within(branch, &json!(read), place));
        }
        // What is read may be any of several.
        if let Some((alternatives, is_exclusive)) = choice(self.read, read) {
            let mut first = None;
            for (number, alternative) in alternatives.iter().enumerate() {
                let alone = !is_exclusive
                    || alternatives
                        .iter()
                        .enumerate()
                        .all(|(other, it)| other == number || self.are_disjoint(&json!(write), it));
                if !alone {
                    continue;
                }
                match self.within(&json!(write), alternative, place) {
                    Ok(()) => return Ok(()),
                    // The most telling place is the deepest.
                    Err(open) => {
                        first = first.filter(|known: &String| known.len() >= open.len()).or(Some(open))
                    }
                }
            }
            return self.ask(&json!(write), &json!(read), first.as_deref().unwrap_or(place));
        }
        match (only_type(write), only_type(read)) {
            (Some("object"), Some("object") | None)
                if are_plain(write, OBJECT) && are_plain(read, OBJECT) =>
            {
                self.object(write, read, place)
            }
            (Some("array"), Some("array") | None) if are_plain(write, ARRAY) && are_plain(read, ARRAY) => {
                self.array(write, read, place)
            }
            _ => self.ask(&json!(write), &json!(read), place),
        }
    }

    fn object(
        &mut self,
        write: &Map<String, Value>,
        read: &Map<String, Value>,
        place: &str,
    ) -> Result<(), Open> {
        let none = Map::new();
        let always = names(write);
        if let Some(missing) = names(read).into_iter().find(|name| !always.contains(name)) {
            return Err(member(place, missing));
        }
        let (ours, theirs) = (properties(write).unwrap_or(&none), properties(read).unwrap_or(&none));
        let everything = Value::Bool(true);
        let rest_is_read = read.get("additionalProperties").unwrap_or(&everything);
        for (key, value) in ours {
            self.within(value, theirs.get(key).unwrap_or(rest_is_read), &member(place, key))?;
        }
        let rest_is_written = write.get("additionalProperties").unwrap_or(&everything);
        if *rest_is_written != Value::Bool(false) {
            let any = member(place, "*");
            self.within(rest_is_written, rest_is_read, &any)?;
            // Any key may be among the rest.
            for (key, value) in theirs.iter().filter(|(key, _)| !ours.contains_key(*key)) {
                self.within(rest_is_written, value, &member(place, key))?;
            }
        }
        Ok(())
    }

    fn array(
        &mut self,
        write: &Map<String, Value>,
        read: &Map<String, Value>,
        place: &str,
    ) -> Result<(), Open> {
        let count = |schema: &Map<String, Value>, keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        let least = count(write, "minItems").unwrap_or(0);
        let most = count(write, "maxItems");
        let is_set =
            |schema: &Map<String, Value>| schema.get("uniqueItems").is_some_and(|it| *it == json!(true));
        if least < count(read, "minItems").unwrap_or(0)
            || count(read, "maxItems").is_some_and(|limit| most.is_none_or(|most| most > limit))
            || (is_set(read) && !is_set(write) && most.is_none_or(|most| most > 1))
        {
            return Err(place.to_owned());
        }
        let everything = Value::Bool(true);
        let item = |schema: &Map<String, Value>, at: usize| -> Value {
            let first = schema.get("prefixItems").and_then(|items| items.get(at));
            first.or_else(|| schema.get("items")).unwrap_or(&everything).clone()
        };
        let counted = |schema: &Map<String, Value>| {
            schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len)
        };
        let counted = counted(write).max(counted(read));
        for at in 0..counted {
            if most.is_some_and(|most| u64::try_from(at).is_ok_and(|at| at >= most)) {
                return Ok(());
            }
            self.within(&item(write, at), &item(read, at), &member(place, &at.to_string()))?;
        }
        if most.is_some_and(|most| u64::try_from(counted).is_ok_and(|counted| counted >= most)) {
            return Ok(());
        }
        self.within(&item(write, counted), &item(read, counted), &member(place, "*"))
    }

    /// What the parts cannot tell.
    fn ask(&self, write: &Value, read: &Value, place: &str) -> Result<(), Open> {
        let with_names = |root: &Value, schema: &Value| {
            let mut schema = schema.clone();
            if !schema.to_string().contains("\"$ref\"") {
                return schema;
            }
            if let (Some(object), Some(named)) = (schema.as_object_mut(), root.get("$defs")) {
                object.insert("$defs".to_owned(), named.clone());
            }
            schema
        };
        if engine::covers(&with_names(self.read, read), &with_names(self.write, write)) {
            Ok(())
        } else {
            Err(place.to_owned())
        }
    }

    /// Can no value meet both? Told by types, by a key that is required here and closed out there, and by
    /// constants of a common key.
    fn are_disjoint(&self, write: &Value, read: &Value) -> bool {
        let (Value::Object(write), Value::Object(read)) =
            (resolve(self.write, write), resolve(self.read, read))
        else {
            return false;
        };
        if let (Some(ours), Some(theirs)) = (values(write), values(read)) {
            return ours.iter().all(|value| !theirs.contains(value));
        }
        if let (Some(ours), Some(theirs)) = (only_type(write), only_type(read)) {
            let numbers = |one: &str| matches!(one, "integer" | "number");
            if ours != theirs && !(numbers(ours) && numbers(theirs)) {
                return true;
            }
        }
        let none = Map::new();
        let (ours, theirs) = (properties(write).unwrap_or(&none), properties(read).unwrap_or(&none));
        let is_closed = write.get("additionalProperties") == Some(&Value::Bool(false));
        names(read).into_iter().any(|key| match (ours.get(key), theirs.get(key)) {
            (None, _) => is_closed,
            (Some(ours), Some(theirs)) if names(write).contains(&key) => {
                matches!((ours, theirs), (Value::Object(_), Value::Object(_)))
                    && self.are_disjoint(ours, theirs)
            }
            _ => false,
        })
    }
}

/// Keywords that `object` reads.
const OBJECT: &[&str] =
    &["type", "properties", "required", "additionalProperties", "$schema", "$id", "$defs"];
/// Keywords that `array` reads.
const ARRAY: &[&str] =
    &["type", "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "$schema", "$id", "$defs"];

fn are_plain(schema: &Map<String, Value>, known: &[&str]) -> bool {
    schema.keys().all(|key| known.contains(&key.as_str()))
}

fn accepts_all(schema: &Value) -> bool {
    match schema {
        Value::Bool(all) => *all,
        Value::Object(object) => object.keys().all(|key| matches!(key.as_str(), "$schema" | "$id" | "$defs")),
        _ => false,
    }
}

fn only_type(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("type").and_then(Value::as_str)
}

fn properties(schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

fn names(schema: &Map<String, Value>) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn values(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

/// The schemas of which a value must meet one, and whether it must not meet another.
fn choice(root: &Value, schema: &Map<String, Value>) -> Option<(Vec<Value>, bool)> {
    if schema.contains_key("allOf") {
        return None;
    }
    let mut rest = schema.clone();
    for words in ["$schema", "$id", "$defs"] {
        rest.remove(words);
    }
    for (keyword, is_exclusive) in [("anyOf", false), ("oneOf", true)] {
        if let Some(Value::Array(branches)) = rest.remove(keyword) {
            // A second choice beside it.
            if rest.contains_key("oneOf") {
                return None;
            }
            if rest.is_empty() {
                return Some((branches, is_exclusive));
            }
            let merged = branches.iter().map(|branch| {
                let branch = resolve(root, branch).as_object()?;
                let mut branch = branch.clone();
                branch.remove("$defs");
                Some(Value::Object(merge(&rest, &branch)?))
            });
            return merged.collect::<Option<Vec<_>>>().map(|branches| (branches, is_exclusive));
        }
    }
    match rest.get("type") {
        Some(Value::Array(types)) => {
            let of_type = |one: &Value| {
                let mut branch = rest.clone();
                branch.insert("type".to_owned(), one.clone());
                if let Some(Value::Array(values)) = branch.get_mut("enum") {
                    values.retain(|value| is_of_type(value, one.as_str().unwrap_or_default()));
                }
                Value::Object(branch)
            };
            Some((types.iter().map(of_type).collect(), false))
        }
        _ => None,
    }
}

pub(super) fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|float| float.fract() == 0.0)
        }
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::prove;
    use serde_json::{Value, json};

    #[track_caller]
    fn proved(write: Value, read: Value, expected: Result<(), &str>) {
        assert_eq!(prove(&write, &read), expected.map_err(str::to_owned), "{write} within {read}");
    }

    #[test]
    fn a_value_that_two_of_one_alternative_accept_is_refused_by_them() {
        let write = json!({"type": "integer", "minimum": 0, "maximum": 9});
        let both = |keyword: &str| json!({keyword: [{"type": "integer", "minimum": 0}, {"type": "integer", "maximum": 5}]});
        proved(write.clone(), both("anyOf"), Ok(()));
        proved(write, both("oneOf"), Err(""));
        let write = json!({"type": "object", "properties": {"k": {"const": "a"}}, "required": ["k"]});
        let one =
            |name: &str| json!({"type": "object", "properties": {"k": {"const": name}}, "required": ["k"]});
        proved(write.clone(), json!({"oneOf": [one("a"), one("b")]}), Ok(()));
        proved(write, json!({"oneOf": [one("a"), {"type": "object"}]}), Err(""));
    }

    #[test]
    fn objects_are_held_against_each_other_key_by_key() {
        let object = |properties: Value, required: Value, rest: Value| json!({"type": "object", "properties": properties, "required": required, "additionalProperties": rest});
        let (number, text) = (json!({"type": "integer"}), json!({"type": "string"}));
        let write = object(json!({"a": number}), json!(["a"]), json!(false));
        proved(write.clone(), object(json!({"a": number}), json!(["a"]), json!(false)), Ok(()));
        proved(write.clone(), object(json!({"a": text}), json!([]), json!(true)), Err("/a"));
        proved(write.clone(), object(json!({}), json!([]), json!(false)), Err("/a"));
        proved(write.clone(), object(json!({"b": text}), json!(["b"]), json!(true)), Err("/b"));
        proved(write, object(json!({"b": text}), json!([]), json!(true)), Ok(()));
        // Any key may be among the rest, one that is read as something else, too.
        let map = object(json!({}), json!([]), number.clone());
        proved(map.clone(), object(json!({"a": number}), json!([]), number.clone()), Ok(()));
        proved(map.clone(), object(json!({"a": text}), json!([]), number), Err("/a"));
        proved(map, object(json!({}), json!([]), text), Err("/*"));
    }

    #[test]
    fn lists_are_held_against_each_other_by_length_and_by_element() {
        let list = |more: Value| {
            let mut list = json!({"type": "array", "items": {"type": "integer"}});
            list.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            list
        };
        proved(list(json!({"minItems": 2})), list(json!({"minItems": 1})), Ok(()));
        proved(list(json!({"minItems": 1})), list(json!({"minItems": 2})), Err(""));
        proved(list(json!({"maxItems": 2})), list(json!({"maxItems": 3})), Ok(()));
        proved(list(json!({})), list(json!({"maxItems": 3})), Err(""));
        proved(list(json!({})), list(json!({"uniqueItems": true})), Err(""));
        proved(list(json!({"maxItems": 1})), list(json!({"uniqueItems": true})), Ok(()));
        let pair = json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": false, "minItems": 2, "maxItems": 2});
        proved(pair.clone(), pair.clone(), Ok(()));
        proved(pair, list(json!({})), Err("/1"));
    }

    #[test]
    fn what_failed_in_one_alternative_is_not_assumed_in_the_next() {
        let object = |properties: Value| json!({"type": "object", "properties": properties});
        let closed = |properties: Value| json!({"type": "object", "properties": properties, "additionalProperties": false});
        let write = closed(json!({"a": closed(json!({"v": {"type": "number"}}))}));
        let inner = object(json!({"v": {"type": "integer"}}));
        let read = json!({"anyOf": [object(json!({"a": inner})), object(json!({"a": inner, "b": {}}))]});
        proved(write, read, Err("/a/v"));
    }

    #[test]
    fn what_recurs_holds_if_the_rest_does() {
        let tree = |value: &str, root: &str| {
            let node = json!({
                "type": "object", "additionalProperties": false, "required": ["v"],
                "properties": {"v": {"type": value}, "next": {"anyOf": [{"$ref": format!("#/$defs/{root}")}, {"type": "null"}]}},
            });
            json!({"$ref": format!("#/$defs/{root}"), "$defs": {root: node}})
        };
        proved(tree("integer", "A"), tree("integer", "B"), Ok(()));
        proved(tree("integer", "A"), tree("number", "B"), Ok(()));
        proved(tree("number", "A"), tree("integer", "B"), Err("/next/v"));
    }
}
