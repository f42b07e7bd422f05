//! A few stored documents as new samples: one of each shape, with other values in them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use checkpoint_schema::schema::each_schema;
use serde_json::{Map, Value};

use crate::could_not_run::{CouldNotRun, cannot};
use crate::pipeline::Jobs;
use crate::report::plural;

/// Elements of an array that are kept, and entries of a map.
const ELEMENTS: usize = 3;

/// Collects documents while they are judged.
pub(crate) struct Pull {
    wanted: usize,
    dir: PathBuf,
    /// By job and version.
    found: Mutex<BTreeMap<(usize, u32), Kept>>,
}

#[derive(Default)]
struct Kept {
    shapes: HashSet<u64>,
    documents: Vec<Value>,
}

impl Pull {
    /// So many of each job and version, for the schema folder `dir`.
    pub(super) fn new(wanted: usize, dir: &Path) -> Self {
        Self { wanted, dir: dir.to_owned(), found: Mutex::default() }
    }

    /// A document in which nothing was found.
    pub(crate) fn offer(&self, job: usize, version: u32, schema: &Schema, document: Value) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = found.entry((job, version)).or_default();
        if kept.documents.len() >= self.wanted {
            return;
        }
        let mut hasher = DefaultHasher::new();
        schema.shape(&document).hash(&mut hasher);
        if kept.shapes.insert(hasher.finish()) {
            kept.documents.push(document);
        }
    }

    /// Writes what was collected, masked; returns how many samples are new. What could not be masked so that it
    /// still is a valid document is noted, and not written.
    pub(super) fn write(&self, jobs: &Jobs, notes: &mut Vec<String>) -> Result<usize, CouldNotRun> {
        let mut written = 0;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for ((job, version), kept) in std::mem::take(&mut *found) {
            let job = jobs.get(job);
            let folder = self.dir.join("samples").join(format!("{}-v{version}", job.name)).join("valid");
            let mut left = 0;
            for document in kept.documents {
                let Some(masked) = job.masked(&document, version) else {
                    left += 1;
                    continue;
                };
                let text = serde_json::to_string_pretty(&masked).unwrap_or_default() + "\n";
                let mut hasher = DefaultHasher::new();
                text.hash(&mut hasher);
                let path = folder.join(format!("pulled_{:08x}.json", hasher.finish() >> 32));
                if path.exists() {
                    continue;
                }
                fs::create_dir_all(&folder).map_err(|error| cannot("create", &folder, &error))?;
                fs::write(&path, text).map_err(|error| cannot("write", &path, &error))?;
                notes.push(format!("{} is new", path.display()));
                written += 1;
            }
            if left > 0 {
                notes.push(format!(
                    "{} of {} version {version} left out: no schema tells which of its keys are data, or with other values it \
                     would be no valid document",
                    plural(left, "document"),
                    job.name,
                ));
            }
        }
        Ok(written)
    }
}

/// What stands in a schema, and so in the code: names of properties, and constants. Everything else in a document
/// is data.
pub(crate) struct Schema {
    names: BTreeSet<String>,
    constants: BTreeSet<String>,
}

impl Schema {
    pub(crate) fn of(schema: &Value) -> Self {
        let (mut names, mut constants) = (BTreeSet::new(), BTreeSet::new());
        each_schema(schema, &mut |_, schema| {
            let properties = schema.get("properties").and_then(Value::as_object);
            names.extend(properties.into_iter().flat_map(|it| it.keys().cloned()));
            let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            let texts = listed.chain(schema.get("const")).filter_map(Value::as_str);
            constants.extend(texts.map(str::to_owned));
        });
        Self { names, constants }
    }

    /// The types in a document, by key; keys that are data are one.
    fn shape(&self, value: &Value) -> String {
        match value {
            Value::Null => "0".to_owned(),
            Value::Bool(_) => "b".to_owned(),
            Value::Number(number) if number.is_f64() => "f".to_owned(),
            Value::Number(_) => "n".to_owned(),
            Value::String(text) if self.constants.contains(text) => format!("{text:?}"),
            Value::String(_) => "s".to_owned(),
            Value::Array(array) => {
                let shapes: BTreeSet<String> = array.iter().map(|element| self.shape(element)).collect();
                format!("[{}]", Vec::from_iter(shapes).join("|"))
            }
            Value::Object(object) => {
                let member = |(key, value): (&String, &Value)| {
                    let key = if self.names.contains(key) { key.as_str() } else { "*" };
                    format!("{key:?}:{}", self.shape(value))
                };
                let members: BTreeSet<String> = object.iter().map(member).collect();
                format!("{{{}}}", Vec::from_iter(members).join(","))
            }
        }
    }

    /// The document with other values: `number` for each number, and texts of the same kind. `version_key` keeps
    /// what it has.
    pub(crate) fn masked(&self, value: &Value, version_key: &str, number: u32) -> Value {
        let Value::Object(object) = value else { return self.value(value, number) };
        // Where no schema names the key of the version, it is no data all the same.
        let mut rest = object.clone();
        let version = rest.remove(version_key);
        let mut masked = self.object(&rest, number);
        masked.extend(version.map(|version| (version_key.to_owned(), version)));
        Value::Object(masked)
    }

    fn value(&self, value: &Value, number: u32) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::Bool(_) => Value::Bool(false),
            Value::Number(found) if found.is_f64() => f64::from(number).into(),
            Value::Number(_) => number.into(),
            Value::String(text) => self.text(text).into(),
            Value::Array(array) => {
                let (mut shapes, mut elements) = (BTreeSet::new(), Vec::new());
                for element in array {
                    if elements.len() < ELEMENTS && shapes.insert(self.shape(element)) {
                        elements.push(self.value(element, number));
                    }
                }
                Value::Array(elements)
            }
            Value::Object(object) => Value::Object(self.object(object, number)),
        }
    }

    fn object(&self, object: &Map<String, Value>, number: u32) -> Map<String, Value> {
        let mut masked = Map::new();
        let mut others = 0;
        for (key, value) in object {
            if self.names.contains(key) {
                masked.insert(key.clone(), self.value(value, number));
            } else if others < ELEMENTS {
                others += 1;
                masked.insert(other_key(key, others), self.value(value, number));
            }
        }
        masked
    }

    fn text(&self, text: &str) -> String {
        if self.constants.contains(text) {
            return text.to_owned();
        }
        let digits = text.chars().map(|character| if character.is_ascii_digit() { '0' } else { character });
        match digits.collect::<String>() {
            date if date == "0000-00-00" => "2025-01-01".to_owned(),
            time if time.starts_with("0000-00-00T00:00:00") || time.starts_with("0000-00-00 00:00:00") => {
                let offset = time.ends_with('Z') || time[19..].contains(['+', '-']);
                if offset { "2025-01-01T00:00:00Z" } else { "2025-01-01T00:00:00" }.to_owned()
            }
            whole if !whole.is_empty() && whole.chars().all(|it| it == '0') => "1".to_owned(),
            _ if is_uuid(text) => "00000000-0000-4000-8000-000000000000".to_owned(),
            _ if text.is_empty() => String::new(),
            _ => "masked".to_owned(),
        }
    }
}

/// A key of the same kind.
fn other_key(key: &str, at: usize) -> String {
    if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()) {
        return at.to_string();
    }
    if is_uuid(key) {
        return format!("00000000-0000-4000-8000-{at:012}");
    }
    format!("key {at}")
}

fn is_uuid(text: &str) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if dash(at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

#[cfg(test)]
mod tests {
    use super::Schema;
    use serde_json::json;

    #[test]
    fn only_what_stands_in_the_schema_stays() {
        let schema = Schema::of(&json!({
            "properties": {
                "mode": {"enum": ["full"]}, "at": {}, "id": {}, "n": {}, "f": {}, "list": {}, "map": {}, "on": {},
            },
        }));
        let document = json!({
            "v": 2, "mode": "full", "at": "2031-05-06T07:08:09.123+02:00", "id": "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
            "n": 4711, "f": 1.5, "on": true, "list": ["secret", "other", 5, null],
            "map": {"a secret": {"n": 1}, "another": {"n": 2}},
        });
        let expected = json!({
            "v": 2, "mode": "full", "at": "2025-01-01T00:00:00Z", "id": "00000000-0000-4000-8000-000000000000",
            "n": 1, "f": 1.0, "on": false, "list": ["masked", 1, null],
            "map": {"key 1": {"n": 1}, "key 2": {"n": 1}},
        });
        assert_eq!(schema.masked(&document, "v", 1), expected);
    }

    #[test]
    fn documents_that_differ_in_data_alone_have_one_shape() {
        let schema = Schema::of(&json!({"properties": {"list": {}, "n": {}}}));
        let shape = |document| schema.shape(&document);
        assert_eq!(shape(json!({"list": ["a"], "x": 1})), shape(json!({"list": ["b", "c"], "y": 2, "z": 3})));
        assert_ne!(shape(json!({"list": []})), shape(json!({"list": ["a"]})));
        assert_ne!(shape(json!({"n": 1})), shape(json!({"n": "1"})));
    }
}
