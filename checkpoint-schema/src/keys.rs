//! The keys of a document against the shape of its type: those that serde does not know, and those that it
//! reads under another name.
//!
//! A schema knows no aliases: it is asked about a document whose keys have been [resolved](resolve).

use serde_json::{Map, Value};

use crate::field::shape::{Enum, Shape, Struct, Tagging, Variant};
use crate::pointer::member;

/// What serde makes of a document's keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Keys that serde ignores.
    pub ignored: Vec<Ignored>,
    /// Keys that serde reads as the alias of another: the JSON Pointer with the field's own key, and the one
    /// in the document.
    pub aliased: Vec<(String, String)>,
}

/// A key that serde passes over.
#[derive(Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Where it stands, as a JSON Pointer.
    pub pointer: String,
    /// The key itself.
    pub key: String,
    /// The keys that the object could have and does not: one of them may have been meant.
    pub absent: Vec<&'static str>,
}

impl Keys {
    /// The JSON Pointer in the document as it was, for one in the document whose keys are resolved.
    pub fn written(&self, pointer: &str) -> String {
        let aliased = self.aliased.iter().rev().find_map(|(own, written)| {
            let rest = pointer.strip_prefix(own.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{written}{rest}"))
        });
        aliased.unwrap_or_else(|| pointer.to_owned())
    }
}

/// Looks through `document`, without its version, and renames the aliases in it to the keys that the schema
/// knows.
pub fn resolve(shape: &'static Shape, document: &mut Value) -> Keys {
    let mut keys = Keys::default();
    walk(shape, document, &Pointers::default(), &mut keys);
    keys
}

/// Does serde know every key of `document`, and each by its own name? `beside`, such as the key of the version, is
/// no key of the type.
///
/// Then [`resolve`] would find and rename nothing; where this is `false` it may. Nothing is allocated.
pub fn are_known(shape: &'static Shape, document: &Value, beside: Option<&str>) -> bool {
    match (shape, document) {
        (Shape::Same(inner), value) => are_known(inner.get(), value, beside),
        (Shape::Sequence(element), Value::Array(array)) => {
            array.iter().all(|value| are_known(element.get(), value, None))
        }
        (Shape::Tuple(elements), Value::Array(array)) => {
            elements.iter().zip(array).all(|(element, value)| are_known(element.get(), value, None))
        }
        (Shape::Map(entry), Value::Object(object)) => {
            object.values().all(|value| are_known(entry.get(), value, None))
        }
        (Shape::Struct(one), Value::Object(object)) => known_in_struct(one, object, &[beside]),
        (Shape::Enum(choice), value) => known_in_enum(choice, value, beside),
        _ => true,
    }
}

fn known_in_struct(one: &'static Struct, object: &Map<String, Value>, beside: &[Option<&str>]) -> bool {
    object.iter().all(|(key, value)| match find(one, key, 0) {
        Found::Field(shape) => are_known(shape, value, None),
        Found::Alias => false,
        Found::Open => true,
        Found::Nowhere => one.deny_unknown_fields || beside.contains(&Some(key.as_str())),
    })
}

fn known_in_enum(choice: &'static Enum, value: &Value, beside: Option<&str>) -> bool {
    match (choice.tagging, value) {
        (Tagging::External, Value::Object(object)) if object.len() == 1 => {
            object.iter().all(|(name, content)| {
                named(choice, name).is_none_or(|variant| are_known(&variant.content, content, None))
            })
        }
        (Tagging::Internal { tag }, Value::Object(object)) => {
            let variant = object.get(tag).and_then(Value::as_str).and_then(|name| named(choice, name));
            match variant {
                Some(Variant { content: Shape::Struct(content), .. }) => {
                    known_in_struct(content, object, &[Some(tag), beside])
                }
                _ => true,
            }
        }
        (Tagging::Adjacent { tag, content }, Value::Object(object)) => {
            let variant = object.get(tag).and_then(Value::as_str).and_then(|name| named(choice, name));
            variant
                .zip(object.get(content))
                .is_none_or(|(variant, value)| are_known(&variant.content, value, None))
        }
        _ => true,
    }
}

/// What a struct says of a key.
enum Found {
    Field(&'static Shape),
    /// It is read for another.
    Alias,
    /// Something that is flattened into it takes keys of its own.
    Open,
    Nowhere,
}

fn find(one: &'static Struct, key: &str, depth: usize) -> Found {
    let mut found = Found::Nowhere;
    for member in one.members {
        if !member.flattened {
            if member.key == key {
                return Found::Field(member.shape.get());
            }
            if member.aliases.contains(&key) {
                found = Found::Alias;
            }
            continue;
        }
        match member.shape.get().resolved() {
            // A type flattened into itself has no end.
            Shape::Struct(inner) if depth < 32 => match find(inner, key, depth + 1) {
                Found::Nowhere => {}
                Found::Field(shape) => return Found::Field(shape),
                other => found = other,
            },
            _ if matches!(found, Found::Nowhere) => found = Found::Open,
            _ => {}
        }
    }
    found
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
                absent: absent.collect(),
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
    let named = |name: &str| named(choice, name);
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

fn named(choice: &'static Enum, name: &str) -> Option<&'static Variant> {
    let by_name = |variant: &&Variant| variant.name == name || variant.aliases.contains(&name);
    choice.variants.iter().filter(|variant| !variant.untagged).find(by_name)
}

#[cfg(test)]
mod tests {
    use super::{Ignored, Keys, are_known, resolve};
    use crate::{Checkpoint, Field};
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Outer {
        #[serde(alias = "numero")]
        number: u8,
        inner: Option<Inner>,
        #[serde(flatten)]
        common: Common,
        by_name: BTreeMap<String, Inner>,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Common {
        last_sync: u8,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Inner {
        #[serde(default, alias = "tok")]
        token: String,
        #[serde(default)]
        kind: Vec<Kind>,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    #[serde(tag = "t")]
    enum Kind {
        Full { since: u8 },
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Open {
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }

    fn ignored(document: Value) -> Vec<(String, Vec<&'static str>)> {
        let mut document = document;
        let known = are_known(Outer::SHAPE, &document, None);
        let keys = resolve(Outer::SHAPE, &mut document);
        assert_eq!(known, keys == Keys::default());
        keys.ignored.into_iter().map(|Ignored { pointer, absent, .. }| (pointer, absent)).collect()
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
                ("/inner/kind/0/sinse".to_owned(), vec![]),
                ("/by_name/x~1y/colour".to_owned(), vec!["token", "kind"]),
                ("/lastSync".to_owned(), vec!["number", "last_sync"]),
                ("/nubmer".to_owned(), vec!["number", "last_sync"]),
            ]
        );
    }

    #[test]
    fn aliases_are_known_and_resolved_with_both_pointers() {
        let mut document = json!({"numero": 1, "inner": {"tok": "t"}});
        assert!(!are_known(Outer::SHAPE, &document, None));
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
        for (own, written) in [
            ("/inner/token/0", "/inner/tok/0"),
            ("/number", "/numero"),
            ("/numbers", "/numbers"),
            ("/inner", "/inner"),
            ("", ""),
        ] {
            assert_eq!(keys.written(own), written);
        }
    }

    #[test]
    fn a_struct_that_takes_any_key_ignores_none() {
        let mut document = json!({"anything": 1});
        assert!(are_known(Open::SHAPE, &document, None));
        assert_eq!(resolve(Open::SHAPE, &mut document), Keys::default());
    }

    #[test]
    fn what_stands_beside_the_keys_of_a_type_is_known_at_its_root_alone() {
        let inner = json!({"token": "", "version": 2});
        assert!(are_known(Inner::SHAPE, &inner, Some("version")));
        assert!(!are_known(Inner::SHAPE, &inner, None));
        let outer = json!({"number": 1, "inner": inner});
        assert!(!are_known(Outer::SHAPE, &outer, Some("version")));
    }
}
