//! A proof that all that is written can be read, object by object: what is left of an object, a list, a choice or
//! a reference is asked of the engine. Taking the question apart makes recursive types decidable, hundreds of
//! fields fast, and an open question one of a place.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use checkpoint_schema::pointer::member;
use serde_json::{Map, Value, json};

use super::engine;
use super::glance::{
    ARRAY, OBJECT, accepts_all, are_disjoint, are_of_other_kinds, are_plain, choice, count, is_set, names,
    only_type, properties,
};
use super::prepare::{resolve, with_definitions};

/// The place of what could not be proved: a JSON Pointer, in which `*` is any key or index.
pub(super) type Open = String;

/// Is all that `write` accepts accepted by `read`? If not, at which places it is not proved.
pub(super) fn prove(write: &Value, read: &Value) -> Result<(), Vec<Open>> {
    let mut proof =
        Proof { write, read, assumed: BTreeSet::new(), trail: Vec::new(), failed: BTreeMap::new() };
    let mut open = proof.within(write, read, "");
    open.sort();
    open.dedup();
    if open.is_empty() { Ok(()) } else { Err(open) }
}

type Pair = Rc<(String, String)>;

struct Proof<'a> {
    write: &'a Value,
    read: &'a Value,
    /// The pairs of texts that are being proved, or are: a pair that comes again inside itself holds if the rest
    /// does, since every document ends.
    assumed: BTreeSet<Pair>,
    /// The same, in order.
    trail: Vec<Pair>,
    /// The pairs that could not be proved, with the first places in them: what fails by assumptions fails without.
    failed: BTreeMap<Pair, Vec<Open>>,
}

/// So many places are kept of a pair that comes again.
const KEPT: usize = 16;

impl Proof<'_> {
    /// The places that are not proved; none is a proof.
    fn within(&mut self, write: &Value, read: &Value, place: &str) -> Vec<Open> {
        if *write == Value::Bool(false) || accepts_all(read) {
            return Vec::new();
        }
        let text = write.to_string();
        // References are of two documents.
        if write == read && !text.contains("\"$ref\"") {
            return Vec::new();
        }
        let pair = Rc::new((text, read.to_string()));
        if self.assumed.contains(&pair) {
            return Vec::new();
        }
        if let Some(open) = self.failed.get(&pair) {
            return open.iter().map(|below| format!("{place}{below}")).collect();
        }
        let before = self.trail.len();
        self.assumed.insert(Rc::clone(&pair));
        self.trail.push(Rc::clone(&pair));
        let (write, read) = (resolve(self.write, write), resolve(self.read, read));
        let proved = match (write, read) {
            _ if accepts_all(read) => Vec::new(),
            (Value::Object(write), Value::Object(read)) => self.parts(write, read, place),
            _ => self.ask(write, read, place),
        };
        if !proved.is_empty() {
            for pair in self.trail.drain(before..) {
                self.assumed.remove(&pair);
            }
            let below = proved.iter().filter_map(|open| open.strip_prefix(place));
            self.failed.insert(pair, below.take(KEPT).map(str::to_owned).collect());
        }
        proved
    }

    fn parts(&mut self, write: &Map<String, Value>, read: &Map<String, Value>, place: &str) -> Vec<Open> {
        // What is written is one of several.
        if let Some((branches, _)) = choice(self.write, write) {
            return branches.iter().flat_map(|branch| self.within(branch, &json!(read), place)).collect();
        }
        // What is read may be any of several.
        if let Some((alternatives, is_exclusive)) = choice(self.read, read) {
            let mut best: Option<(bool, Vec<Open>)> = None;
            for (number, alternative) in alternatives.iter().enumerate() {
                let alone = !is_exclusive
                    || alternatives.iter().enumerate().all(|(other, it)| {
                        other == number || are_disjoint((self.write, &json!(write)), (self.read, it))
                    });
                if !alone {
                    continue;
                }
                let open = self.within(&json!(write), alternative, place);
                if open.is_empty() {
                    return open;
                }
                // The most telling places are those in a value of the same kind, and then the deepest.
                let is_of_kind = !are_of_other_kinds((self.write, &json!(write)), (self.read, alternative));
                let told = |(is_of_kind, open): &(bool, Vec<Open>)| {
                    (*is_of_kind, open.iter().map(String::len).max())
                };
                let one = (is_of_kind, open);
                best = best.filter(|best| told(best) >= told(&one)).or(Some(one));
            }
            let open = self.ask(&json!(write), &json!(read), place);
            return if open.is_empty() { open } else { best.map_or(open, |(_, best)| best) };
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

    fn object(&mut self, write: &Map<String, Value>, read: &Map<String, Value>, place: &str) -> Vec<Open> {
        let none = Map::new();
        let always: BTreeSet<&str> = names(write).into_iter().collect();
        let missing = names(read).into_iter().filter(|name| !always.contains(name));
        let mut open: Vec<Open> = missing.map(|name| member(place, name)).collect();
        let (ours, theirs) = (properties(write).unwrap_or(&none), properties(read).unwrap_or(&none));
        let everything = Value::Bool(true);
        let rest_is_read = read.get("additionalProperties").unwrap_or(&everything);
        for (key, value) in ours {
            open.extend(self.within(value, theirs.get(key).unwrap_or(rest_is_read), &member(place, key)));
        }
        let rest_is_written = write.get("additionalProperties").unwrap_or(&everything);
        if *rest_is_written != Value::Bool(false) {
            let any = member(place, "*");
            open.extend(self.within(rest_is_written, rest_is_read, &any));
            // Any key may be among the rest.
            for (key, value) in theirs.iter().filter(|(key, _)| !ours.contains_key(*key)) {
                open.extend(self.within(rest_is_written, value, &member(place, key)));
            }
        }
        open
    }

    fn array(&mut self, write: &Map<String, Value>, read: &Map<String, Value>, place: &str) -> Vec<Open> {
        let least = count(write, "minItems").unwrap_or(0);
        let most = count(write, "maxItems");
        if least < count(read, "minItems").unwrap_or(0)
            || count(read, "maxItems").is_some_and(|limit| most.is_none_or(|most| most > limit))
            || (is_set(read) && !is_set(write) && most.is_none_or(|most| most > 1))
        {
            return vec![place.to_owned()];
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
        let mut open = Vec::new();
        for at in 0..counted {
            if most.is_some_and(|most| u64::try_from(at).is_ok_and(|at| at >= most)) {
                return open;
            }
            open.extend(self.within(&item(write, at), &item(read, at), &member(place, &at.to_string())));
        }
        if most.is_some_and(|most| u64::try_from(counted).is_ok_and(|counted| counted >= most)) {
            return open;
        }
        open.extend(self.within(&item(write, counted), &item(read, counted), &member(place, "*")));
        open
    }

    /// What the parts cannot tell.
    fn ask(&self, write: &Value, read: &Value, place: &str) -> Vec<Open> {
        if engine::covers(&with_definitions(self.read, read), &with_definitions(self.write, write)) {
            Vec::new()
        } else {
            vec![place.to_owned()]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::prove;
    use serde_json::{Value, json};

    #[track_caller]
    fn proved(write: Value, read: Value, expected: Result<(), &str>) {
        let expected = expected.map_err(|open| open.split(' ').map(str::to_owned).collect());
        assert_eq!(prove(&write, &read), expected, "{write} within {read}");
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
        proved(tree("number", "A"), tree("integer", "B"), Err("/next/v /v"));
    }
}
