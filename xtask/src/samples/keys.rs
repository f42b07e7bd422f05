//! The keys of a document against the shape of its type: those that serde does not know, and those that it
//! reads under another name.

use checkpoint_schema::field::shape::{Enum, Shape, Struct, Tagging, Variant};
use checkpoint_schema::pointer::member;
use serde_json::{Map, Value};

/// What serde makes of a document's keys.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Keys {
    /// Keys that serde ignores.
    pub(super) ignored: Vec<Ignored>,
    /// Keys that serde reads as the alias of another: the pointer with the field's own key, and the one in
    /// the document.
    pub(super) aliased: Vec<(String, String)>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Ignored {
    pub(super) pointer: String,
    pub(super) key: String,
    /// The key that was probably meant: one like it that the document lacks.
    pub(super) meant: Option<&'static str>,
}

/// Looks through `document`, and renames the aliases in it to the keys that the schema knows.
pub(super) fn resolve(shape: &'static Shape, document: &mut Value) -> Keys {
    let mut keys = Keys::default();
    walk(shape, document, &Pointers::default(), &mut keys);
    keys
}

/// A place, as the schema spells it and as the document does.
#[derive(Clone, Default)]
struct Pointers {
    own: String,
    written: String,
}

impl Pointers {
    fn member(&self, own: &str, written: &str) -> Self {
        Self { own: member(&self.own, own), written: member(&self.written, written) }
    }
}

fn walk(shape: &'static Shape, value: &mut Value, at: &Pointers, keys: &mut Keys) {
    match (shape, value) {
        (Shape::Same(inner), value) => walk(inner.get(), value, at, keys),
        (Shape::Sequence(element), Value::Array(array)) => {
            for (index, value) in array.iter_mut().enumerate() {
                let index = index.to_string();
                walk(element.get(), value, &at.member(&index, &index), keys);
            }
        }
        (Shape::Tuple(elements), Value::Array(array)) => {
            for (index, (element, value)) in elements.iter().zip(array).enumerate() {
                let index = index.to_string();
                walk(element.get(), value, &at.member(&index, &index), keys);
            }
        }
        (Shape::Map(entry), Value::Object(object)) => {
            for (key, value) in object {
                walk(entry.get(), value, &at.member(key, key), keys);
            }
        }
        (Shape::Struct(one), Value::Object(object)) => in_struct(one, object, at, None, keys),
        (Shape::Enum(choice), value) => in_enum(choice, value, at, keys),
        _ => {}
    }
}

/// A field of an object, its own or flattened into it.
struct Known {
    key: &'static str,
    aliases: &'static [&'static str],
    shape: &'static Shape,
}

fn in_struct(
    one: &'static Struct,
    object: &mut Map<String, Value>,
    at: &Pointers,
    tag: Option<&str>,
    keys: &mut Keys,
) {
    let mut known = Vec::new();
    let closed = gather(one, &mut known, 0);
    for field in &known {
        let mut written = field.key;
        if let Some(alias) = field.aliases.iter().find(|alias| object.contains_key(**alias))
            && !object.contains_key(field.key)
            && let Some(value) = object.remove(*alias)
        {
            object.insert(field.key.to_owned(), value);
            keys.aliased.push((member(&at.own, field.key), member(&at.written, alias)));
            written = alias;
        }
        if let Some(value) = object.get_mut(field.key) {
            walk(field.shape, value, &at.member(field.key, written), keys);
        }
    }
    // Where unknown keys are refused, the schema says so.
    if !closed || one.deny_unknown_fields {
        return;
    }
    for key in object.keys() {
        if tag != Some(key)
            && !known.iter().any(|field| field.key == key || field.aliases.contains(&key.as_str()))
        {
            let absent = known.iter().map(|field| field.key).filter(|name| !object.contains_key(*name));
            keys.ignored.push(Ignored {
                pointer: member(&at.written, key),
                key: key.clone(),
                meant: nearest(key, absent),
            });
        }
    }
}

/// The fields of a struct and of what is flattened into it; `false` if it takes keys of its own besides.
fn gather(one: &'static Struct, known: &mut Vec<Known>, depth: usize) -> bool {
    let mut closed = true;
    for field in one.members {
        if !field.flattened {
            known.push(Known { key: field.key, aliases: field.aliases, shape: field.shape.get() });
            continue;
        }
        let mut inner = field.shape.get();
        while let Shape::Same(same) = inner {
            inner = same.get();
        }
        closed &= match inner {
            // A type flattened into itself has no end.
            Shape::Struct(inner) if depth < 32 => gather(inner, known, depth + 1),
            _ => false,
        };
    }
    closed
}

fn in_enum(choice: &'static Enum, value: &mut Value, at: &Pointers, keys: &mut Keys) {
    let named = |name: &str| -> Option<&'static Variant> {
        let by_name = |variant: &&Variant| variant.name == name || variant.aliases.contains(&name);
        choice.variants.iter().filter(|variant| !variant.untagged).find(by_name)
    };
    match (choice.tagging, value) {
        (Tagging::External, Value::Object(object)) if object.len() == 1 => {
            for (name, content) in object {
                if let Some(variant) = named(name) {
                    walk(&variant.content, content, &at.member(name, name), keys);
                }
            }
        }
        (Tagging::Internal { tag }, Value::Object(object)) => {
            let variant = object.get(tag).and_then(Value::as_str).and_then(named);
            if let Some(Variant { content: Shape::Struct(content), .. }) = variant {
                in_struct(content, object, at, Some(tag), keys);
            }
        }
        (Tagging::Adjacent { tag, content }, Value::Object(object)) => {
            let variant = object.get(tag).and_then(Value::as_str).and_then(named);
            if let (Some(variant), Some(value)) = (variant, object.get_mut(content)) {
                walk(&variant.content, value, &at.member(content, content), keys);
            }
        }
        _ => {}
    }
}

/// The candidate most like `key`, if one is like it at all: a transposition, a letter, another case.
pub(super) fn nearest<'a>(key: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let key = plain(key);
    candidates
        .map(|name| (strsim::damerau_levenshtein(&key, &plain(name)), name))
        .filter(|(distance, name)| *distance <= 1.max(name.chars().count().min(key.chars().count()) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{Ignored, nearest, resolve};
    use checkpoint_schema::{Checkpoint, Field};
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[derive(Serialize, Deserialize, Checkpoint)]
    struct Outer {
        #[serde(alias = "numero")]
        number: u8,
        inner: Option<Inner>,
        #[serde(flatten)]
        common: Common,
        by_name: BTreeMap<String, Inner>,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    struct Common {
        last_sync: u8,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    struct Inner {
        #[serde(default, alias = "tok")]
        token: String,
        #[serde(default)]
        kind: Vec<Kind>,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[serde(tag = "t")]
    enum Kind {
        Full { since: u8 },
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    struct Open {
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }

    fn ignored(document: Value) -> Vec<(String, Option<&'static str>)> {
        let mut document = document;
        let keys = resolve(Outer::SHAPE, &mut document);
        keys.ignored.into_iter().map(|Ignored { pointer, meant, .. }| (pointer, meant)).collect()
    }

    #[test]
    fn ignored_keys_are_found_wherever_the_shape_is_known() {
        assert_eq!(ignored(json!({"number": 1, "last_sync": 2, "inner": null, "by_name": {"any": {}}})), []);
        assert_eq!(
            ignored(json!({
                "nubmer": 1,
                "lastSync": 2,
                "inner": {"token": "", "kind": [{"t": "Full", "since": 1, "sinse": 2}]},
                "by_name": {"x/y": {"colour": 1}},
            })),
            [
                ("/inner/kind/0/sinse".to_owned(), None),
                ("/by_name/x~1y/colour".to_owned(), None),
                ("/lastSync".to_owned(), Some("last_sync")),
                ("/nubmer".to_owned(), Some("number")),
            ]
        );
    }

    #[test]
    fn aliases_are_known_and_resolved_with_both_pointers() {
        let mut document = json!({"numero": 1, "inner": {"tok": "t"}});
        let keys = resolve(Outer::SHAPE, &mut document);
        assert_eq!(keys.ignored, []);
        assert_eq!(
            keys.aliased,
            [
                ("/number".to_owned(), "/numero".to_owned()),
                ("/inner/token".to_owned(), "/inner/tok".to_owned())
            ]
        );
        assert_eq!(document, json!({"number": 1, "inner": {"token": "t"}}));
    }

    #[test]
    fn a_struct_that_takes_any_key_ignores_none() {
        let mut document = json!({"anything": 1});
        assert_eq!(resolve(Open::SHAPE, &mut document), super::Keys::default());
    }

    #[test]
    fn only_what_is_like_a_key_is_suggested() {
        let known = || ["batch_number", "start_at", "id"].into_iter();
        assert_eq!(nearest("batchNumber", known()), Some("batch_number"));
        assert_eq!(nearest("batch_nubmer", known()), Some("batch_number"));
        assert_eq!(nearest("starts_at", known()), Some("start_at"));
        assert_eq!(nearest("colour", known()), None);
        assert_eq!(nearest("", known()), None);
    }
}
