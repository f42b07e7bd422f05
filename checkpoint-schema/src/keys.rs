//! The keys and variants of a document against the shape of its type: those that serde does not know, and those
//! that it reads under another name.
//!
//! A schema knows no aliases and no `serde(other)`: it is asked about a document that has been
//! [resolved](resolve).

use serde_json::{Map, Value};

use crate::field::shape::{Enum, Shape, Struct, Tagging, Variant};
use crate::pointer::member;

/// What serde makes of a document's keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Keys that serde ignores; at most ten thousand, for what is told of one takes more room than a key.
    pub ignored: Vec<Ignored>,
    /// Keys that serde reads as the alias of another: the JSON Pointer with the own key of the field or the
    /// variant, and the one in the document.
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

/// So many keys that serde ignores are told.
const IGNORED: usize = 10_000;

/// Looks through `document`, without its version, and renames the aliases in it to the keys and variants that the
/// schema knows; what `serde(other)` takes becomes that variant.
pub fn resolve(shape: &'static Shape, document: &mut Value) -> Keys {
    let mut keys = Keys::default();
    walk(shape, document, &Pointers::default(), &mut keys);
    keys
}

/// Does serde know every key and variant of `document`, and each by its own name? `beside`, such as the key of the version, is
/// no key of the type.
///
/// Then [`resolve`] would find and rename nothing; where this is `false` it may. Nothing is allocated.
pub fn are_known(shape: &'static Shape, document: &Value, beside: Option<&str>) -> bool {
    match (shape, document) {
        (Shape::Same(inner), value) => are_known(inner.get(), value, beside),
        (Shape::Sequence(element), Value::Array(array)) => all_known(element.get(), array.iter()),
        (Shape::Tuple(elements), Value::Array(array)) => {
            elements.iter().zip(array).all(|(element, value)| are_known(element.get(), value, None))
        }
        (Shape::Map(entry), Value::Object(object)) => all_known(entry.get(), object.values()),
        (Shape::Struct(one), Value::Object(object)) => known_in_struct(one, object, &[beside]),
        (Shape::Enum(choice), value) => known_in_enum(choice, value, beside),
        _ => true,
    }
}

/// A list of leaves, such as names of what is done, may be long, and in none is there anything to know.
fn all_known<'a>(shape: &'static Shape, mut values: impl Iterator<Item = &'a Value>) -> bool {
    matches!(shape.resolved(), Shape::Leaf) || values.all(|value| are_known(shape, value, None))
}

fn known_in_struct(one: &'static Struct, object: &Map<String, Value>, beside: &[Option<&str>]) -> bool {
    known_in_flattened(one, object, 0)
        && object.iter().all(|(key, value)| match find(one, key, 0) {
            Found::Field(shape) => are_known(shape, value, None),
            Found::Alias => false,
            Found::Open => true,
            Found::Nowhere => one.deny_unknown_fields || beside.contains(&Some(key.as_str())),
        })
}

/// The enums that are flattened into a struct.
fn known_in_flattened(one: &'static Struct, object: &Map<String, Value>, depth: usize) -> bool {
    one.members.iter().filter(|member| member.flattened).all(|member| match member.shape.get().resolved() {
        Shape::Struct(inner) if depth < DEEPEST => known_in_flattened(inner, object, depth + 1),
        Shape::Enum(choice) => known_in_flattened_enum(choice, object),
        _ => true,
    })
}

/// An enum in an object that holds others besides.
fn known_in_flattened_enum(choice: &'static Enum, object: &Map<String, Value>) -> bool {
    match choice.tagging {
        Tagging::External => object.iter().all(|(name, content)| {
            named(choice, name).is_none_or(|variant| known_variant(variant, name, content))
        }),
        Tagging::Internal { tag } => in_object(choice, object, tag).is_none_or(|(variant, name)| {
            variant.name == name
                && match variant.content.resolved() {
                    Shape::Struct(content) => known_among(content, object),
                    _ => true,
                }
        }),
        Tagging::Adjacent { tag, content } => known_adjacent(choice, object, tag, content),
        _ => true,
    }
}

/// The fields of `one`, in an object that holds others besides.
fn known_among(one: &'static Struct, object: &Map<String, Value>) -> bool {
    known_in_flattened(one, object, 0)
        && object.iter().all(|(key, value)| match find(one, key, 0) {
            Found::Field(shape) => are_known(shape, value, None),
            Found::Alias => false,
            Found::Open | Found::Nowhere => true,
        })
}

fn known_in_enum(choice: &'static Enum, value: &Value, beside: Option<&str>) -> bool {
    match (choice.tagging, value) {
        (Tagging::External, Value::String(name)) => {
            taken(choice, name).is_none_or(|variant| variant.name == name)
        }
        (Tagging::External, Value::Object(object)) if object.len() == 1 => {
            object.iter().all(|(name, content)| {
                taken(choice, name).is_none_or(|variant| known_variant(variant, name, content))
            })
        }
        (Tagging::Internal { tag }, Value::Object(object)) => {
            in_object(choice, object, tag).is_none_or(|(variant, name)| {
                variant.name == name
                    && match variant.content.resolved() {
                        Shape::Struct(content) => known_in_struct(content, object, &[Some(tag), beside]),
                        _ => true,
                    }
            })
        }
        (Tagging::Adjacent { tag, content }, Value::Object(object)) => {
            known_adjacent(choice, object, tag, content)
        }
        _ => true,
    }
}

fn known_variant(variant: &'static Variant, name: &str, content: &Value) -> bool {
    variant.name == name && are_known(&variant.content, content, None)
}

fn known_adjacent(choice: &'static Enum, object: &Map<String, Value>, tag: &str, content: &str) -> bool {
    in_object(choice, object, tag).is_none_or(|(variant, name)| {
        variant.name == name
            && object.get(content).is_none_or(|content| are_known(&variant.content, content, None))
    })
}

/// The variant that an object holds, and the name by which its tag says so.
fn in_object<'a>(
    choice: &'static Enum,
    object: &'a Map<String, Value>,
    tag: &str,
) -> Option<(&'static Variant, &'a str)> {
    let name = object.get(tag)?.as_str()?;
    Some((taken(choice, name)?, name))
}

/// A type flattened into itself has no end.
const DEEPEST: usize = 32;

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
            Shape::Struct(inner) if depth < DEEPEST => match find(inner, key, depth + 1) {
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

/// What a struct reads of an object: its own fields and those of what is flattened into it.
#[derive(Default)]
struct Members {
    fields: Vec<Known>,
    enums: Vec<&'static Enum>,
    /// Something takes keys of its own besides.
    open: bool,
}

impl Members {
    fn of(one: &'static Struct) -> Self {
        let mut members = Self::default();
        members.gather(one, 0);
        members
    }

    fn gather(&mut self, one: &'static Struct, depth: usize) {
        for field in one.members {
            if !field.flattened {
                self.fields.push(Known { key: field.key, aliases: field.aliases, shape: field.shape.get() });
                continue;
            }
            match field.shape.get().resolved() {
                Shape::Struct(inner) if depth < DEEPEST => self.gather(inner, depth + 1),
                Shape::Enum(choice) => {
                    self.enums.push(choice);
                    self.open = true;
                }
                _ => self.open = true,
            }
        }
    }

    /// Renames what stands under aliases, here and below.
    fn resolve(&self, object: &mut Map<String, Value>, at: &Pointers, keys: &mut Keys) {
        for field in &self.fields {
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
        for choice in &self.enums {
            in_flattened(choice, object, at, keys);
        }
    }
}

fn in_struct(
    one: &'static Struct,
    object: &mut Map<String, Value>,
    at: &Pointers,
    tag: Option<&str>,
    keys: &mut Keys,
) {
    let members = Members::of(one);
    members.resolve(object, at, keys);
    // Where unknown keys are refused, the schema says so.
    if members.open || one.deny_unknown_fields {
        return;
    }
    let known = members.fields;
    for key in object.keys() {
        if tag != Some(key)
            && !known.iter().any(|field| field.key == key || field.aliases.contains(&key.as_str()))
        {
            if keys.ignored.len() == IGNORED {
                break;
            }
            let absent = known.iter().map(|field| field.key).filter(|name| !object.contains_key(*name));
            keys.ignored.push(Ignored {
                pointer: member(&at.written, key),
                key: key.clone(),
                absent: absent.collect(),
            });
        }
    }
}

fn in_enum(choice: &'static Enum, value: &mut Value, at: &Pointers, keys: &mut Keys) {
    match (choice.tagging, value) {
        (Tagging::External, Value::String(name)) => {
            if let Some(variant) = taken(choice, name) {
                variant.name.clone_into(name);
            }
        }
        (Tagging::External, Value::Object(object)) if object.len() == 1 => {
            let variant = object.keys().next().and_then(|name| Some((taken(choice, name)?, name.clone())));
            if let Some((variant, name)) = variant {
                in_variant(variant, &name, object, at, keys);
            }
        }
        (Tagging::Internal { tag }, Value::Object(object)) => {
            if let Some(Shape::Struct(content)) =
                rename(choice, object, tag).map(|variant| variant.content.resolved())
            {
                in_struct(content, object, at, Some(tag), keys);
            }
        }
        (Tagging::Adjacent { tag, content }, Value::Object(object)) => {
            in_adjacent(choice, object, (tag, content), at, keys);
        }
        _ => {}
    }
}

/// An enum that is flattened: the object holds keys of others besides.
fn in_flattened(choice: &'static Enum, object: &mut Map<String, Value>, at: &Pointers, keys: &mut Keys) {
    match choice.tagging {
        // Only a name that it knows makes a key that of the enum.
        Tagging::External => {
            let variant = object.keys().find_map(|name| Some((named(choice, name)?, name.clone())));
            if let Some((variant, name)) = variant {
                in_variant(variant, &name, object, at, keys);
            }
        }
        Tagging::Internal { tag } => {
            if let Some(Shape::Struct(content)) =
                rename(choice, object, tag).map(|variant| variant.content.resolved())
            {
                Members::of(content).resolve(object, at, keys);
            }
        }
        Tagging::Adjacent { tag, content } => in_adjacent(choice, object, (tag, content), at, keys),
        _ => {}
    }
}

/// A variant that stands under its name as the key.
fn in_variant(
    variant: &'static Variant,
    name: &str,
    object: &mut Map<String, Value>,
    at: &Pointers,
    keys: &mut Keys,
) {
    if variant.name != name {
        // A key that is there already is its own: serde tells what is wrong with two.
        if object.contains_key(variant.name) {
            return;
        }
        if let Some(content) = object.remove(name) {
            object.insert(variant.name.to_owned(), content);
            keys.aliased.push((member(&at.own, variant.name), member(&at.written, name)));
        }
    }
    if let Some(content) = object.get_mut(variant.name) {
        walk(&variant.content, content, &at.member(variant.name, name), keys);
    }
}

fn in_adjacent(
    choice: &'static Enum,
    object: &mut Map<String, Value>,
    (tag, content): (&str, &str),
    at: &Pointers,
    keys: &mut Keys,
) {
    if let Some(variant) = rename(choice, object, tag)
        && let Some(value) = object.get_mut(content)
    {
        walk(&variant.content, value, &at.member(content, content), keys);
    }
}

/// Gives a tag the variant's own name, and the variant.
fn rename(choice: &'static Enum, object: &mut Map<String, Value>, tag: &str) -> Option<&'static Variant> {
    let Some(Value::String(name)) = object.get_mut(tag) else { return None };
    let variant = taken(choice, name)?;
    variant.name.clone_into(name);
    Some(variant)
}

/// The variant that serde takes for a name: one that has it, or the one that takes what no other does.
fn taken(choice: &'static Enum, name: &str) -> Option<&'static Variant> {
    named(choice, name).or_else(|| choice.variants.iter().find(|variant| variant.other))
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

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Token {
        #[serde(alias = "tok")]
        token: String,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    enum State {
        #[serde(alias = "halted")]
        Stopped,
        #[serde(alias = "moving")]
        Running {
            #[serde(alias = "from")]
            since: u8,
        },
        #[serde(other)]
        Unknown,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    #[serde(tag = "mode")]
    enum Mode {
        #[serde(alias = "delta")]
        Incremental {
            #[serde(alias = "from")]
            since: u8,
        },
        #[serde(other)]
        Unknown,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    #[serde(tag = "k", content = "c")]
    enum Cursor {
        #[serde(alias = "at")]
        Page(Token),
        #[serde(other)]
        Unknown,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    enum Source {
        #[serde(alias = "cloud")]
        Remote(Box<Token>),
        Local,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Run {
        states: Vec<State>,
        modes: Vec<Mode>,
        cursors: Vec<Cursor>,
        #[serde(flatten)]
        mode: Option<Mode>,
        #[serde(flatten)]
        cursor: Option<Cursor>,
        #[serde(flatten)]
        source: Source,
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
    fn a_variant_known_by_an_alias_or_taken_by_other_gets_its_own_name_as_serde_gives_it() {
        let mut document = json!({
            "states": ["halted", {"moving": {"from": 1}}, "flying"],
            "modes": [{"mode": "delta", "from": 2}, {"mode": "guess"}],
            "cursors": [{"k": "at", "c": {"tok": "t"}}, {"k": "elsewhere"}],
            "mode": "delta", "from": 3,
            "k": "at", "c": {"tok": "u"},
            "cloud": {"tok": "v"},
        });
        assert!(!are_known(Run::SHAPE, &document, None));
        let read: Run = serde_json::from_value(document.clone()).unwrap();
        let keys = resolve(Run::SHAPE, &mut document);
        let named = json!({
            "states": ["Stopped", {"Running": {"since": 1}}, "Unknown"],
            "modes": [{"mode": "Incremental", "since": 2}, {"mode": "Unknown"}],
            "cursors": [{"k": "Page", "c": {"token": "t"}}, {"k": "Unknown"}],
            "mode": "Incremental", "since": 3,
            "k": "Page", "c": {"token": "u"},
            "Remote": {"token": "v"},
        });
        assert_eq!(document, named);
        assert!(are_known(Run::SHAPE, &document, None));
        assert_eq!(serde_json::to_value(&read).unwrap(), named);
        assert_eq!(keys.ignored, []);
        for (own, as_written) in [
            ("/states/1/Running/since", "/states/1/moving/from"),
            ("/since", "/from"),
            ("/c/token", "/c/tok"),
            ("/Remote/token", "/cloud/tok"),
        ] {
            assert_eq!(keys.written(own), as_written);
        }
    }

    #[test]
    fn each_of_them_alone_is_not_known() {
        let known = json!({"states": [], "modes": [], "cursors": [], "Local": null});
        assert!(are_known(Run::SHAPE, &known, None));
        for (key, value) in [
            ("states", json!(["halted"])),
            ("states", json!([{"moving": {"since": 1}}])),
            ("states", json!([{"Running": {"from": 1}}])),
            ("states", json!(["flying"])),
            ("modes", json!([{"mode": "delta", "since": 2}])),
            ("modes", json!([{"mode": "guess"}])),
            ("cursors", json!([{"k": "at", "c": {"token": "t"}}])),
            ("cursors", json!([{"k": "Page", "c": {"tok": "t"}}])),
            ("mode", json!("delta")),
            ("k", json!("elsewhere")),
            ("cloud", json!({"token": "t"})),
        ] {
            let mut document = known.clone();
            document[key] = value;
            assert!(!are_known(Run::SHAPE, &document, None), "{document}");
        }
        let mut document = known;
        document["mode"] = json!("Incremental");
        document["from"] = json!(3);
        assert!(!are_known(Run::SHAPE, &document, None));
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
