//! Documents near a schema: some that it accepts, and more that it refuses by one thing or two.

use serde_json::{Map, Number, Value, json};

use crate::random::Random;

/// A seed and a count from the environment: `CHECKPOINT_SEED` repeats a run, `CHECKPOINT_CASES` makes it
/// longer or shorter.
pub struct Run {
    /// Where the random numbers start.
    pub seed: u64,
    /// How many documents of each type.
    pub cases: usize,
}

impl Run {
    /// What the environment says, or a fixed seed and `cases`.
    ///
    /// # Panics
    ///
    /// A variable that is no number.
    pub fn from_environment(cases: usize) -> Self {
        let number = |name: &str| {
            let text = std::env::var(name).ok()?;
            Some(text.parse::<u64>().unwrap_or_else(|error| panic!("{name}={text}: {error}")))
        };
        let cases = number("CHECKPOINT_CASES").map_or(cases, |n| usize::try_from(n).expect("a count"));
        Self { seed: number("CHECKPOINT_SEED").unwrap_or(3), cases }
    }
}

/// Makes documents from a schema and samples. The same seed gives the same documents.
pub struct Documents<'a> {
    schema: &'a Value,
    samples: &'a [Value],
    random: Random,
    /// Every schema in the document.
    schemas: Vec<&'a Value>,
    /// Every property name, tag and choice.
    words: Vec<String>,
}

/// Numbers at which a Rust type ends, and their neighbours.
fn edges() -> Vec<Number> {
    let mut edges: Vec<Number> =
        vec![0.into(), 1.into(), (-1).into(), 2.into(), 5.into(), 10.into(), 11.into()];
    let ends = [
        i8::MIN.into(),
        i8::MAX.into(),
        u8::MAX.into(),
        i16::MIN.into(),
        i16::MAX.into(),
        u16::MAX.into(),
        i32::MIN.into(),
        i32::MAX.into(),
        u32::MAX.into(),
        i64::MIN.into(),
        i64::MAX.into(),
        i128::from(u64::MAX),
        1 << 53,
    ];
    for end in ends {
        edges.extend([end - 1, end, end + 1].into_iter().filter_map(Number::from_i128));
    }
    // What is beyond 64 bits is a float to serde_json; `1.0` is an integer to a schema and none to serde.
    edges.extend([18446744073709551616.0, -9223372036854777856.0, 1e30, 1.0, -0.0, 0.5].map(float));
    edges
}

fn float(number: f64) -> Number {
    Number::from_f64(number).expect("finite")
}

const TEXTS: [&str; 26] = [
    "",
    "a",
    "A",
    "abc",
    "needle in text",
    "0",
    "7",
    "-5",
    "12",
    "true",
    "null",
    "ü~/\"\\",
    "2025-01-15",
    "2025-01-15T12:00:00Z",
    "2025-01-15T12:00:00.123456+02:00",
    "2025-01-15T12:00:00",
    "2025-13-15T12:00:00Z",
    "12:00:00",
    "12:00:00Z",
    "00000000-0000-0000-0000-000000000001",
    "not-a-uuid",
    "someone@example.com",
    "https://example.com/a?b=c",
    "192.0.2.1",
    "::1",
    "PT1H",
];

impl<'a> Documents<'a> {
    /// From `schema`, raw or finished, and documents that are near it.
    pub fn new(seed: u64, schema: &'a Value, samples: &'a [Value]) -> Self {
        let (mut schemas, mut words) = (Vec::new(), Vec::new());
        collect(schema, &mut schemas, &mut words);
        words.sort();
        words.dedup();
        Self { schema, samples, random: Random::new(seed), schemas, words }
    }

    /// The next document.
    pub fn next_document(&mut self) -> Value {
        let mut document = if !self.samples.is_empty() && self.random.one_in(3) {
            self.random.choose(self.samples).clone()
        } else {
            self.instance(self.schema, 0)
        };
        // A third is left as it is.
        for _ in 0..[0, 1, 2][self.random.below(3)] {
            self.mutate(&mut document);
        }
        document
    }

    /// A value that `schema` accepts, or nearly so.
    fn instance(&mut self, schema: &Value, depth: usize) -> Value {
        let Some(object) = schema.as_object() else {
            return if depth > 3 { Value::Null } else { self.any(depth) };
        };
        if let Some(value) = object.get("const") {
            return value.clone();
        }
        if let Some(Value::Array(values)) = object.get("enum") {
            return self.random.choose(values).clone();
        }
        let mut value = self.typed(object, depth);
        let mut parts: Vec<&Value> = Vec::new();
        if let Some(pointer) = object.get("$ref").and_then(Value::as_str) {
            let root: &'a Value = self.schema;
            parts.extend(root.pointer(pointer.trim_start_matches('#')));
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(Value::Array(branches)) = object.get(choice) {
                // A recursive type ends in its smaller branches.
                let small = |branch: &&Value| !branch.to_string().contains("$ref");
                let branch = branches.iter().find(small).filter(|_| depth > 4);
                parts.push(branch.unwrap_or_else(|| self.random.choose(branches)));
            }
        }
        if let Some(Value::Array(all)) = object.get("allOf") {
            parts.extend(all);
        }
        for part in parts {
            let more = self.instance(part, depth + 1);
            value = match (value, more) {
                (Some(Value::Object(mut value)), Value::Object(more)) => {
                    value.extend(more);
                    Some(Value::Object(value))
                }
                (_, more) => Some(more),
            };
        }
        value.unwrap_or_else(|| self.any(depth))
    }

    /// A value by the keywords of one schema alone; `None` if they say nothing of the type.
    fn typed(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let ty = match schema.get("type") {
            Some(Value::String(ty)) => ty.as_str(),
            Some(Value::Array(types)) => self.random.choose(types).as_str()?,
            _ if schema.contains_key("properties") => "object",
            _ => return None,
        };
        Some(match ty {
            "null" => Value::Null,
            "boolean" => self.random.one_in(2).into(),
            "integer" => self.integer(schema),
            "number" => [json!(0), json!(1.5), json!(-2.25), json!(1e30)][self.random.below(4)].clone(),
            "string" => self.text(schema),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            _ => return None,
        })
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Value {
        let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let fits = |number: &Number| {
            let number = number.as_f64().unwrap_or_default();
            bound("minimum").is_none_or(|least| number >= least)
                && bound("maximum").is_none_or(|most| number <= most)
        };
        let mut edges = edges();
        // Mostly small ones, which fit in every type.
        if !self.random.one_in(8) {
            edges.truncate(7);
        }
        if !self.random.one_in(16) {
            edges.retain(fits);
        }
        if edges.is_empty() { schema["minimum"].clone() } else { self.random.choose(&edges).clone().into() }
    }

    fn text(&mut self, schema: &Map<String, Value>) -> Value {
        let text = match schema.get("format").and_then(Value::as_str) {
            _ if self.random.one_in(16) => self.random.choose(&TEXTS),
            Some("date-time") => self.random.choose(&TEXTS[13..15]),
            Some("partial-date-time") => "2025-01-15T12:00:00",
            Some("date") => "2025-01-15",
            Some("partial-time") => "12:00:00",
            Some("uuid") => "00000000-0000-0000-0000-000000000001",
            Some("email") => "someone@example.com",
            Some("uri") => "https://example.com/a?b=c",
            Some("ip" | "ipv4") => "192.0.2.1",
            _ => match schema.get("maxLength").and_then(Value::as_u64) {
                Some(1) => self.random.choose(&["a", "7", "ü"]),
                _ => self.random.choose(&TEXTS),
            },
        };
        (*text).into()
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let mut array = Vec::new();
        if let Some(Value::Array(prefix)) = schema.get("prefixItems") {
            array.extend(prefix.iter().map(|item| self.instance(item, depth + 1)));
        }
        if let Some(items) = schema.get("items") {
            let bound = |keyword| schema.get(keyword).and_then(Value::as_u64);
            let least = bound("minItems").unwrap_or(0).min(8);
            let most = if depth > 4 { least } else { bound("maxItems").unwrap_or(3).min(8).max(least) };
            let length = least + self.random.bits() % (most - least + 1);
            while (array.len() as u64) < length {
                array.push(self.instance(items, depth + 1));
            }
        }
        Value::Array(array)
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let mut object = Map::new();
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (key, property) in properties {
                let is_required = required.iter().any(|name| name == key);
                if is_required && !self.random.one_in(64)
                    || !is_required && depth <= 4 && self.random.one_in(2)
                {
                    object.insert(key.clone(), self.instance(property, depth + 1));
                }
            }
        }
        for (keyword, keys) in
            [("patternProperties", ["7", "12"]), ("additionalProperties", ["true", "other"])]
        {
            let Some(rest) = schema.get(keyword).filter(|_| depth <= 4 && self.random.one_in(2)) else {
                continue;
            };
            let rest = if keyword == "patternProperties" {
                rest.as_object().and_then(|of| of.values().next())
            } else {
                Some(rest)
            };
            if let Some(rest) = rest.filter(|rest| **rest != Value::Bool(false)) {
                let value = self.instance(rest, depth + 1);
                object.insert((*self.random.choose(&keys)).to_owned(), value);
            }
        }
        Value::Object(object)
    }

    /// Any value.
    fn any(&mut self, depth: usize) -> Value {
        match self.random.below(if depth > 3 { 5 } else { 8 }) {
            0 => Value::Null,
            1 => self.random.one_in(2).into(),
            2 => self.random.choose(&edges()).clone().into(),
            3 => (*self.random.choose(&TEXTS)).into(),
            4 => self.word().into(),
            5 => Value::Array((0..self.random.below(3)).map(|_| self.any(depth + 1)).collect()),
            6 => {
                Value::Object((0..self.random.below(3)).map(|_| (self.word(), self.any(depth + 1))).collect())
            }
            _ => {
                let schema = *self.random.choose(&self.schemas);
                self.instance(schema, depth + 1)
            }
        }
    }

    fn word(&mut self) -> String {
        if self.words.is_empty() || self.random.one_in(8) {
            return "unknown".to_owned();
        }
        self.random.choose(&self.words).clone()
    }

    /// Changes one thing somewhere in `document`.
    fn mutate(&mut self, document: &mut Value) {
        let places = count(document);
        let place = self.random.below(places);
        let value = nth(document, &mut { place }).expect("counted");
        let changed = match value {
            // A change that fits the type; else another value.
            Value::Object(object) if !self.random.one_in(4) => {
                let keys: Vec<String> = object.keys().cloned().collect();
                match self.random.below(4) {
                    0 if !keys.is_empty() => {
                        object.remove(self.random.choose(&keys));
                    }
                    1 if !keys.is_empty() => {
                        if let Some(value) = object.remove(self.random.choose(&keys)) {
                            object.insert(self.word(), value);
                        }
                    }
                    _ => {
                        let (word, value) = (self.word(), self.any(2));
                        object.insert(word, value);
                    }
                }
                return;
            }
            Value::Array(array) if !self.random.one_in(4) => {
                match self.random.below(3) {
                    0 => {
                        array.pop();
                    }
                    1 if !array.is_empty() => {
                        let again = self.random.choose(array).clone();
                        array.push(again);
                    }
                    _ => {
                        let at = self.random.below(array.len() + 1);
                        array.insert(at, self.any(2));
                    }
                }
                return;
            }
            Value::String(text) if !self.random.one_in(4) => match self.random.below(3) {
                0 => Value::String(self.word()),
                1 => Value::String(format!("{text}{}", ["a", "1", " "][self.random.below(3)])),
                _ => (*self.random.choose(&TEXTS)).into(),
            },
            Value::Number(_) if !self.random.one_in(4) => self.random.choose(&edges()).clone().into(),
            _ => self.any(1),
        };
        *value = changed;
    }
}

fn collect<'a>(value: &'a Value, schemas: &mut Vec<&'a Value>, words: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            schemas.push(value);
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => words.extend(properties.keys().cloned()),
                    ("const", Value::String(word)) => words.push(word.clone()),
                    ("enum", Value::Array(of)) => {
                        words.extend(of.iter().filter_map(Value::as_str).map(str::to_owned))
                    }
                    _ => {}
                }
                if !matches!(key.as_str(), "default" | "examples" | "const" | "enum" | "required") {
                    collect(value, schemas, words);
                }
            }
        }
        Value::Array(array) => array.iter().for_each(|value| collect(value, schemas, words)),
        _ => {}
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(array) => array.iter().map(count).sum(),
        Value::Object(object) => object.values().map(count).sum(),
        _ => 0,
    }
}

/// The value that is the `left`-th from here, counted from 0.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(array) => array.iter_mut().find_map(|value| nth(value, left)),
        Value::Object(object) => object.values_mut().find_map(|value| nth(value, left)),
        _ => None,
    }
}
