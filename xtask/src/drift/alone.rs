//! The code, asked for the reason of one refusal by a document that holds little else. serde stops at its first
//! mistake: a value that it cannot read it refuses before it misses what is not there, and of missing keys it names
//! one after the other. In a large type that is the difference between a look at each field and a look at all fields
//! for each. What it says of anything else counts for nothing here: then the whole document is asked.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_schema::pointer::unescape;
use serde_json::{Map, Value};

use super::code::Code;
use super::parts::Part;

/// The refusals of a value of one part.
pub(super) struct Alone<'a> {
    code: &'a Code,
    part: &'a Part,
    value: &'a Value,
    /// serde's reasons where a key is missing.
    missing: BTreeMap<&'a str, String>,
}

impl<'a> Alone<'a> {
    pub(super) fn of(code: &'a Code, part: &'a Part, value: &'a Value) -> Self {
        Self { code, part, value, missing: BTreeMap::new() }
    }

    /// Asks what the keys that the value lacks are needed for: all are left out, and what serde misses is put back.
    pub(super) fn without_keys(&mut self, keys: impl Iterator<Item = &'a str>) {
        let mut keys: BTreeSet<&str> = keys.collect();
        let Some(Value::Object(least)) = self.part.least_read() else { return };
        let is_document = self.part.pointer().is_empty();
        // Then it is none of the other values that serde refuses.
        if keys.is_empty() || (is_document && self.code.reason(&Value::Object(least.clone())).is_some()) {
            return;
        }
        let mut object: Map<String, Value> = least.clone();
        object.retain(|key, _| !keys.contains(key.as_str()));
        while !keys.is_empty() {
            let document = self.part.alone(Value::Object(object.clone()));
            let reason = match is_document {
                true => self.code.reason(&document),
                false => {
                    let refused = self.code.read(&document).err();
                    refused.filter(|it| it.pointer == self.part.pointer()).map(|it| it.reason)
                }
            };
            let Some(reason) = reason else { return };
            let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
            let Some(missing) = missing.and_then(|missing| keys.take(missing)) else { return };
            let Some(value) = least.get(missing) else { return };
            object.insert(missing.to_owned(), value.clone());
            self.missing.insert(missing, reason);
        }
    }

    /// Why serde refuses what stands at the pointer of a document, or that the key is not there; none where this
    /// cannot tell.
    pub(super) fn reason(&self, pointer: &str, lacks: Option<&str>) -> Option<String> {
        if let Some(key) = lacks {
            return self.missing.get(key).cloned();
        }
        let inner = pointer.strip_prefix(self.part.pointer())?;
        let refused = self.code.read(&self.part.alone(only(self.value, inner)?)).err()?;
        let is_unknown = || {
            let key = unescape(inner.strip_prefix('/').filter(|key| !key.contains('/'))?);
            refused.reason.strip_prefix("unknown field `")?.strip_prefix(key.as_str())?.strip_prefix('`')
        };
        let is_within = refused
            .pointer
            .strip_prefix(pointer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        // Where all of a document is refused, that may be for what it lacks.
        let is_meant = (is_within && !pointer.is_empty())
            || (refused.pointer == self.part.pointer() && is_unknown().is_some());
        is_meant.then_some(refused.reason)
    }
}

/// What leads to the pointer, and nothing beside it; none beside the first element of a list.
fn only(value: &Value, pointer: &str) -> Option<Value> {
    let Some(rest) = pointer.strip_prefix('/') else { return Some(value.clone()) };
    let (step, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match value {
        Value::Object(object) => {
            let (key, inner) = object.get_key_value(&unescape(step))?;
            Some(Value::Object(Map::from_iter([(key.clone(), only(inner, rest)?)])))
        }
        Value::Array(list) if step == "0" => Some(Value::Array(vec![only(list.first()?, rest)?])),
        _ => None,
    }
}
