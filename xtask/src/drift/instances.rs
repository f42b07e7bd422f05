//! Small documents that a schema accepts, each differing from the smallest at one place: where two schemas differ,
//! every edge of either is tried.

use std::collections::BTreeSet;

use checkpoint_schema::pointer::member;
use serde_json::{Map, Number, Value, json};

use super::glance::{is_of_type, names};
use super::prepare::{integer, merge, resolve};

/// A document, and where it differs from the first.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) value: Value,
    pub(super) varied: String,
}

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Varied {
    /// Nothing: the smallest document.
    Nothing,
    /// Which keys an object has, and how many elements a list; what stands in them is the smallest.
    Keys,
    /// What is not the same in both schemas.
    Differences,
    /// Every place: what a schema does not tell may differ where the schemas are the same.
    All,
}

/// Values of the schema `write` at the place, the smallest first, at every edge of it and of `read`. Some may be
/// refused by `write` where keywords meet that are not weighed together: hold them against it.
pub(super) fn of(write: &Value, read: &Value, place: &str, varied: Varied) -> Vec<Instance> {
    let mut edges = Edges::default();
    edges.collect(write);
    edges.collect(read);
    if varied == Varied::Keys {
        // Those of this object alone, not of the objects in it.
        let described = resolve(read, read).get("properties").and_then(Value::as_object);
        edges.keys = described.into_iter().flat_map(Map::keys).cloned().collect();
    }
    Make { write, read, edges }.schema(write, Some(read), place, 0, varied)
}

/// The smallest document of the schema; none where each holds another of its kind, without an end.
pub(super) fn least(schema: &Value) -> Option<Value> {
    let make = Make { write: schema, read: schema, edges: Edges::default() };
    make.schema(schema, Some(schema), "", 0, Varied::Nothing).into_iter().next().map(|first| first.value)
}

/// So deep do types in themselves go.
const DEPTH: usize = 7;
/// So many documents are made of one schema.
const MOST: usize = 4_000;
/// So many values are in them, all in all: of large objects there are fewer.
const VALUES: usize = 100_000;
/// Lists and texts are made no longer.
const LONGEST: u64 = 300;

/// Numbers, lengths and texts at which either schema changes its mind.
#[derive(Default)]
struct Edges {
    integers: BTreeSet<i128>,
    lengths: BTreeSet<u64>,
    texts: BTreeSet<String>,
    keys: BTreeSet<String>,
}

impl Edges {
    fn collect(&mut self, schema: &Value) {
        match schema {
            Value::Array(array) => array.iter().for_each(|value| self.collect(value)),
            Value::Object(object) => {
                for (key, value) in object {
                    match key.as_str() {
                        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                            self.integers.extend(
                                integer(value)
                                    .into_iter()
                                    .flat_map(|n| [n.saturating_sub(1), n, n.saturating_add(1)]),
                            );
                        }
                        "minLength" | "maxLength" | "minItems" | "maxItems" => {
                            let length = value.as_u64().unwrap_or(0);
                            let around = [length.saturating_sub(1), length, length + 1];
                            self.lengths.extend(around.into_iter().filter(|length| *length <= LONGEST));
                        }
                        "const" => self.texts.extend(value.as_str().map(str::to_owned)),
                        "enum" => {
                            let values = value.as_array().into_iter().flatten();
                            self.texts.extend(values.filter_map(Value::as_str).map(str::to_owned));
                        }
                        "properties" => {
                            self.keys.extend(value.as_object().into_iter().flat_map(Map::keys).cloned());
                        }
                        _ => {}
                    }
                    self.collect(value);
                }
            }
            _ => {}
        }
    }
}

/// Texts of many kinds: what a type makes of a text no schema may tell.
const TEXTS: &[&str] = &[
    "",
    "a",
    "7",
    "-7",
    "1.5",
    "00",
    "abc",
    "deadbeef",
    "needle in text",
    "ü",
    "A B",
    "2025-01-15",
    "2025-01-15T12:00:00",
    "2025-01-15T12:00:00Z",
    "12:00:00",
    "192.0.2.1",
    "::1",
    "00000000-0000-0000-0000-000000000001",
];
/// Keys of maps, at the edges of the integers that keys are read as.
const KEYS: &[&str] = &[
    "k",
    "0",
    "12",
    "-1",
    "",
    "true",
    "256",
    "65536",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
    "-9223372036854775808",
];

impl Varied {
    /// What is varied in the values of an object, or of a list.
    fn inside(self) -> Self {
        match self {
            Varied::Nothing | Varied::Keys => Varied::Nothing,
            Varied::Differences | Varied::All => self,
        }
    }
}

struct Make<'a> {
    write: &'a Value,
    read: &'a Value,
    edges: Edges,
}

fn plain(values: impl IntoIterator<Item = Value>, place: &str) -> Vec<Instance> {
    values.into_iter().map(|value| Instance { value, varied: place.to_owned() }).collect()
}

impl Make<'_> {
    fn schema(
        &self,
        write: &Value,
        read: Option<&Value>,
        place: &str,
        depth: usize,
        varied: Varied,
    ) -> Vec<Instance> {
        if depth > DEPTH {
            return Vec::new();
        }
        let write = resolve(self.write, write);
        let read = read.map(|read| resolve(self.read, read));
        let object = match write {
            Value::Bool(false) => return Vec::new(),
            Value::Object(object) => object,
            _ => {
                return plain(
                    [json!(null), json!("a"), json!(1), json!(0.5), json!(true), json!([]), json!({})],
                    place,
                );
            }
        };
        let mut made = self.object(object, read, place, depth, varied);
        // What is the same on both sides, and names nothing, is shown once.
        let is_shown_once = match varied {
            Varied::Nothing => true,
            Varied::Differences => read == Some(write) && !write.to_string().contains("\"$ref\""),
            Varied::Keys | Varied::All => false,
        };
        made.truncate(if is_shown_once { 1 } else { MOST });
        made
    }

    fn object(
        &self,
        schema: &Map<String, Value>,
        read: Option<&Value>,
        place: &str,
        depth: usize,
        varied: Varied,
    ) -> Vec<Instance> {
        if let Some(value) = schema.get("const") {
            return plain([value.clone()], place);
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return plain(values.clone(), place);
        }
        for group in ["anyOf", "oneOf", "allOf"] {
            let Some(Value::Array(parts)) = schema.get(group) else { continue };
            let mut rest = schema.clone();
            rest.remove(group);
            let merged = parts.iter().filter_map(|part| {
                let part = resolve(self.write, part);
                match part.as_object() {
                    Some(part) => merge(&rest, part).map(Value::Object),
                    None => Some(part.clone()).filter(|_| rest.is_empty()),
                }
            });
            if group == "allOf" {
                let mut all = Some(rest.clone());
                for part in parts {
                    all = all
                        .zip(resolve(self.write, part).as_object())
                        .and_then(|(all, part)| merge(&all, part));
                }
                return all.map_or_else(Vec::new, |all| {
                    self.schema(&Value::Object(all), read, place, depth + 1, varied)
                });
            }
            // A recursive branch comes last: the first document is the smallest.
            let mut made: Vec<Vec<Instance>> = merged
                .map(|branch| {
                    let read = read.map(|read| self.counterpart(&branch, read));
                    self.schema(&branch, read, place, depth + 1, varied)
                })
                .filter(|made| !made.is_empty())
                .collect();
            made.sort_by_key(|made| made[0].value.to_string().len());
            return made.into_iter().flatten().collect();
        }
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            _ if schema.contains_key("properties") => vec!["object"],
            _ => vec!["null", "string", "integer", "number", "boolean", "array", "object"],
        };
        let mut made = Vec::new();
        for one in types {
            made.extend(match one {
                "object" => self.keys(schema, read, place, depth, varied),
                "array" => self.items(schema, read, place, depth, varied),
                "string" => plain(self.texts(schema, varied), place),
                "integer" => plain(self.integers(schema), place),
                "number" => plain(self.numbers(schema), place),
                "boolean" => plain([json!(false), json!(true)], place),
                _ => plain([json!(null)], place),
            });
        }
        made
    }

    /// The branch of what is read that speaks of the same values, or the whole.
    fn counterpart<'s>(&'s self, branch: &Value, read: &'s Value) -> &'s Value {
        let options = ["anyOf", "oneOf"].into_iter().find_map(|group| read.get(group)?.as_array());
        let kind = |schema: &Value, root| {
            let schema = resolve(root, schema);
            (schema.get("type").cloned(), schema.get("required").cloned(), schema.get("const").cloned())
        };
        options
            .and_then(|options| {
                options.iter().find(|option| kind(option, self.read) == kind(branch, self.write))
            })
            .map_or(read, |option| resolve(self.read, option))
    }

    fn keys(
        &self,
        schema: &Map<String, Value>,
        read: Option<&Value>,
        place: &str,
        depth: usize,
        varied: Varied,
    ) -> Vec<Instance> {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let required: BTreeSet<&str> = names(schema).into_iter().collect();
        let inside = varied.inside();
        let read_of = |key: &str| {
            let described = read.and_then(|read| read.get("properties")?.get(key));
            described.or_else(|| read.and_then(|read| read.get("additionalProperties")))
        };
        let values: Vec<(&String, Vec<Instance>)> = properties
            .iter()
            .filter(|(key, _)| varied != Varied::Nothing || required.contains(key.as_str()))
            .map(|(key, value)| {
                let place = member(place, key);
                (key, self.schema(value, read_of(key), &place, depth + 1, inside))
            })
            .collect();
        let mut least = Map::new();
        for (key, values) in &values {
            if required.contains(key.as_str()) {
                match values.first() {
                    Some(first) => least.insert((*key).clone(), first.value.clone()),
                    // It holds itself, without an end.
                    None => return Vec::new(),
                };
            }
        }
        let mut made = plain([Value::Object(least.clone())], place);
        let with = |key: &str, instance: &Instance| {
            let mut object = least.clone();
            object.insert(key.to_owned(), instance.value.clone());
            Instance { value: Value::Object(object), varied: instance.varied.clone() }
        };
        if varied == Varied::Nothing {
            return made;
        }
        // Each key in turn, so that none goes without where there are many.
        let most = MOST.min(VALUES / (least.len() + 1));
        for round in 0.. {
            let before = made.len();
            for (key, values) in values.iter().filter(|_| varied != Varied::Keys) {
                // The first of what is required stands in every document.
                let number = round + usize::from(required.contains(key.as_str()));
                made.extend(values.get(number).filter(|_| made.len() < most).map(|value| with(key, value)));
            }
            if made.len() == before {
                break;
            }
        }
        let optional: Vec<_> = values.iter().filter(|(key, _)| !required.contains(key.as_str())).collect();
        if optional.len() > 1 {
            let mut all = least.clone();
            all.extend(
                optional.iter().filter_map(|(key, it)| Some(((*key).clone(), it.first()?.value.clone()))),
            );
            made.extend(plain([Value::Object(all)], place));
        }
        let rest = schema.get("additionalProperties").filter(|rest| **rest != Value::Bool(false));
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let rest = rest.or_else(|| patterns.and_then(|patterns| patterns.values().next()));
        if let Some(rest) = rest {
            let read = read.and_then(|read| read.get("additionalProperties"));
            let values = self.schema(rest, read, &member(place, "*"), depth + 1, inside);
            let mut keys: Vec<&str> = KEYS.to_vec();
            keys.extend(self.edges.keys.iter().map(String::as_str));
            keys.retain(|key| !properties.contains_key(*key));
            for (number, key) in keys.into_iter().enumerate() {
                // All values under the first key; under the others, one.
                let most = if number < 2 { usize::MAX } else { 1 };
                made.extend(values.iter().take(most).map(|value| with(key, value)));
            }
        }
        made
    }

    fn items(
        &self,
        schema: &Map<String, Value>,
        read: Option<&Value>,
        place: &str,
        depth: usize,
        varied: Varied,
    ) -> Vec<Instance> {
        let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        let least = count("minItems").unwrap_or(0);
        let most = count("maxItems").unwrap_or(LONGEST);
        let inside = varied.inside();
        let everything = Value::Bool(true);
        let item = |at: usize, schema: Option<&Value>| -> Option<Value> {
            let schema = schema?;
            let first = schema.get("prefixItems").and_then(|items| items.get(at));
            Some(first.or_else(|| schema.get("items")).unwrap_or(&everything).clone())
        };
        let whole = Value::Object(schema.clone());
        let of_item = |at: usize| {
            let place = match schema.get("prefixItems").and_then(|items| items.get(at)) {
                Some(_) => member(place, &at.to_string()),
                None => member(place, "*"),
            };
            let written = item(at, Some(&whole)).unwrap_or(Value::Bool(true));
            self.schema(&written, item(at, read).as_ref(), &place, depth + 1, inside)
        };
        let fixed = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
        let mut first = Vec::new();
        let least_items = usize::try_from(least.min(LONGEST)).unwrap_or(0);
        let mut each: Vec<Vec<Instance>> = (0..fixed.max(1)).map(of_item).collect();
        for at in 0..least_items {
            match each.get(at.min(each.len() - 1)).and_then(|values| values.first()) {
                Some(value) => first.push(value.value.clone()),
                None => return Vec::new(),
            }
        }
        let mut made = plain([Value::Array(first.clone())], place);
        if varied == Varied::Nothing {
            return made;
        }
        // One element more than must be there, and each value of each element.
        for (at, values) in each.iter_mut().enumerate() {
            for value in values.drain(..) {
                let mut items = first.clone();
                if at > items.len() {
                    continue;
                }
                items.truncate(at);
                items.push(value.value);
                items.extend(first.iter().skip(at + 1).cloned());
                made.push(Instance { value: Value::Array(items), varied: value.varied });
            }
        }
        let rest = of_item(fixed);
        if let Some(value) = rest.first().map(|first| first.value.clone()) {
            let lengths = self.edges.lengths.iter().copied().chain([2]);
            for length in lengths.filter(|length| (least..=most).contains(length)) {
                let mut items = first.clone();
                items.resize(usize::try_from(length).unwrap_or(0), value.clone());
                made.extend(plain([Value::Array(items)], place));
            }
        }
        made
    }

    fn texts(&self, schema: &Map<String, Value>, varied: Varied) -> Vec<Value> {
        let listed: &[&str] = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => &["2025-01-15T12:00:00Z", "2025-01-15T12:00:00.123456+02:00"],
            Some("date") => &["2025-01-15"],
            Some("time") => &["12:00:00Z", "12:00:00"],
            Some("uuid") => &["00000000-0000-0000-0000-000000000001"],
            Some("email") => &["someone@example.com"],
            Some("uri") => &["https://example.com/a"],
            Some("ipv4") => &["192.0.2.1"],
            Some("ipv6") => &["::1"],
            Some("duration") => &["PT1H"],
            _ => TEXTS,
        };
        let is_bounded = || ["minLength", "maxLength", "pattern"].iter().any(|it| schema.contains_key(*it));
        if let (Varied::Nothing, [first, ..], false) = (varied, listed, is_bounded()) {
            return vec![json!(first)];
        }
        let mut texts: Vec<String> = listed.iter().map(|text| (*text).to_owned()).collect();
        if !schema.contains_key("format") {
            if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
                texts.splice(0..0, super::texts::matching(pattern));
            }
            let lengths = self.edges.lengths.iter().filter_map(|length| usize::try_from(*length).ok());
            texts.extend(lengths.map(|length| "a".repeat(length)));
            texts.extend(self.edges.texts.iter().cloned());
        }
        let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        let (least, most) = (count("minLength").unwrap_or(0), count("maxLength").unwrap_or(u64::MAX));
        texts.retain(|text| {
            u64::try_from(text.chars().count()).is_ok_and(|length| (least..=most).contains(&length))
        });
        if let Some(pattern) = schema.get("pattern").filter(|_| !texts.is_empty()) {
            let accepts = jsonschema::validator_for(&json!({"pattern": pattern}));
            texts.retain(|text| accepts.as_ref().is_ok_and(|accepts| accepts.is_valid(&json!(text))));
        }
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        texts.into_iter().map(Value::String).collect()
    }

    fn integers(&self, schema: &Map<String, Value>) -> Vec<Value> {
        let bound = |keyword: &str| schema.get(keyword).and_then(integer);
        let least = bound("minimum").or(bound("exclusiveMinimum").map(|n| n + 1)).unwrap_or(i64::MIN.into());
        let most = bound("maximum").or(bound("exclusiveMaximum").map(|n| n - 1)).unwrap_or(u64::MAX.into());
        let least = least.max(i64::MIN.into());
        let most = most.min(u64::MAX.into());
        let mut all: Vec<i128> = vec![0, 1, -1, least, most];
        all.extend(&self.edges.integers);
        all.retain(|n| (least..=most).contains(n));
        let by = bound("multipleOf").filter(|by| *by > 0);
        all.extend(by);
        all.retain(|n| by.is_none_or(|by| n % by == 0));
        let mut seen = BTreeSet::new();
        all.retain(|n| seen.insert(*n));
        all.into_iter().filter_map(Number::from_i128).map(Value::Number).collect()
    }

    /// As a float is written: `1.0`, not `1`.
    fn numbers(&self, schema: &Map<String, Value>) -> Vec<Value> {
        let near = self.edges.integers.iter().filter_map(|n| {
            let n = i64::try_from(*n).ok()?;
            Number::from_i128(n.into())?.as_f64()
        });
        let mut all: Vec<f64> = vec![0.5, 1.0, -0.5, 0.0, 1e300, -1e300, 1.5];
        all.extend(near.flat_map(|n| [n, n + 0.5]));
        let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let (least, most) = (bound("minimum").unwrap_or(f64::MIN), bound("maximum").unwrap_or(f64::MAX));
        all.retain(|n| (least..=most).contains(n));
        all.into_iter()
            .filter_map(Number::from_f64)
            .map(Value::Number)
            .filter(|n| is_of_type(n, "number"))
            .collect()
    }
}
