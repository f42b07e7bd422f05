//! What code reads: its read contract, with what serde reads besides: aliases, and `other` for every name that
//! no variant has.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::Form;
use crate::drift::layout::Layout;
use crate::drift::places::{self, variant};
use crate::lock::facts::{Fact, Is, Tag, step};

/// serde reads every document that this accepts, of those whose keys and names are among `words`: an alias that
/// is no such word is read as nothing, and refused here.
pub(in crate::drift) fn read(layout: &Layout, form: Form, words: &BTreeSet<String>) -> Rc<Value> {
    let contract = layout.read_as(form);
    let facts = &layout.facts;
    let concerns = |is: &Is| matches!(is, Is::Aliases(_) | Is::Other);
    if !facts.iter().any(|fact| concerns(&fact.is)) {
        return Rc::clone(contract);
    }
    Rc::new(places::edit(contract, facts, concerns, &mut |place, schema| {
        let tag = facts.iter().find_map(|fact| match &fact.is {
            Is::Tagged(tag) if fact.at == place => Some(tag),
            _ => None,
        });
        if let Some(tag) = tag {
            variants(schema, tag, &Variants::of(facts, place));
        }
        fields(schema, place, facts, words);
    }))
}

/// The variants of an enum that are read under more than their names.
struct Variants {
    /// Names with their aliases.
    aliases: Vec<(String, Vec<String>)>,
    other: bool,
}

impl Variants {
    fn of(facts: &[Fact], place: &str) -> Self {
        let mut all = Self { aliases: Vec::new(), other: false };
        for fact in facts {
            let name =
                fact.at.strip_prefix(place).and_then(|rest| rest.strip_prefix("/<")?.strip_suffix('>'));
            match (name.filter(|name| !name.contains('/')), &fact.is) {
                (Some(name), Is::Aliases(aliases)) => {
                    all.aliases.push((checkpoint_schema::pointer::unescape(name), aliases.clone()));
                }
                (Some(_), Is::Other) => all.other = true,
                _ => {}
            }
        }
        all
    }

    fn of_name(&self, name: &Value) -> &[String] {
        let found = self.aliases.iter().find(|(known, _)| name == known);
        found.map_or(&[], |(_, aliases)| aliases)
    }
}

fn variants(schema: &mut Map<String, Value>, tag: &Tag, all: &Variants) {
    if let Tag::External = tag {
        // Unit variants: names among names.
        if let Some(Value::Array(names)) = schema.get_mut("enum") {
            let more: Vec<Value> =
                names.iter().flat_map(|name| all.of_name(name)).map(|alias| json!(alias)).collect();
            names.extend(more);
            if all.other {
                schema.remove("enum");
            }
        } else if let Some(aliases) =
            schema.get("const").map(|name| all.of_name(name)).filter(|it| !it.is_empty())
        {
            let names: Vec<Value> =
                schema.remove("const").into_iter().chain(aliases.iter().map(|alias| json!(alias))).collect();
            schema.insert("enum".to_owned(), Value::Array(names));
        }
    }
    for choice in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(choice) else { continue };
        let mut names = BTreeSet::new();
        let mut more = Vec::new();
        for branch in branches.iter_mut().filter_map(Value::as_object_mut) {
            names_of(branch, tag, &mut names);
            match tag {
                Tag::External => more.extend(renamed(branch, all)),
                Tag::Internal { tag: key } | Tag::Adjacent { tag: key, .. } => {
                    let Some(name) = variant(tag, branch).map(|name| json!(name)) else { continue };
                    let aliases = all.of_name(&name);
                    if let Some(Value::Object(marked)) = branch
                        .get_mut("properties")
                        .and_then(|it| it.get_mut(key))
                        .filter(|_| !aliases.is_empty())
                    {
                        marked.remove("const");
                        let names: Vec<Value> =
                            std::iter::once(name).chain(aliases.iter().map(|alias| json!(alias))).collect();
                        marked.insert("enum".to_owned(), Value::Array(names));
                    }
                }
                Tag::Untagged => {}
            }
        }
        // A choice of something else: `null`, or a variant's own.
        if names.is_empty() {
            continue;
        }
        if let (Tag::External, true) = (tag, all.other) {
            // Words are unit variants, known or not, unless a variant with content has that name.
            branches.retain(|branch| {
                branch.get("properties").is_some() || branch.get("type").is_none_or(|it| it != "string")
            });
        }
        let more_names: Vec<String> =
            names.iter().flat_map(|name| all.of_name(&json!(name))).cloned().collect();
        names.extend(more_names);
        let unknown = json!({"type": "string", "not": {"enum": names}});
        if all.other {
            more.push(match tag {
                Tag::Internal { tag } => {
                    json!({"type": "object", "properties": {tag: unknown}, "required": [tag]})
                }
                Tag::Adjacent { tag, content } => {
                    json!({"type": "object", "properties": {tag: unknown, content: {"type": "null"}}, "required": [tag]})
                }
                Tag::External | Tag::Untagged => unknown,
            });
        }
        branches.extend(more);
    }
}

/// The names of the variants that a branch stands for.
fn names_of(branch: &Map<String, Value>, tag: &Tag, names: &mut BTreeSet<String>) {
    match tag {
        Tag::External => {
            let listed = branch.get("enum").and_then(Value::as_array).into_iter().flatten();
            names.extend(
                branch.get("const").into_iter().chain(listed).filter_map(Value::as_str).map(str::to_owned),
            );
            names.extend(
                branch.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned(),
            );
        }
        _ => names.extend(variant(tag, branch).map(str::to_owned)),
    }
}

/// An externally tagged variant with content, under each of its other names.
fn renamed(branch: &Map<String, Value>, all: &Variants) -> Vec<Value> {
    let properties = branch.get("properties").and_then(Value::as_object);
    let Some((name, content)) = properties.filter(|it| it.len() == 1).and_then(|it| it.iter().next()) else {
        return Vec::new();
    };
    let aliases = all.of_name(&json!(name)).iter();
    let under = |alias: &String| {
        let mut branch = branch.clone();
        branch.insert("properties".to_owned(), json!({alias: content}));
        branch.insert("required".to_owned(), json!([alias]));
        Value::Object(branch)
    };
    aliases.map(under).collect()
}

/// The fields of an object under their other names. A document that has two names of one field is refused.
fn fields(schema: &mut Map<String, Value>, place: &str, facts: &[Fact], words: &BTreeSet<String>) {
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    let aliased: Vec<(String, Value, Vec<String>)> = properties
        .iter()
        .filter_map(|(key, value)| {
            let at = format!("{place}/{}", step(key));
            let aliases = facts.iter().find_map(|fact| match &fact.is {
                Is::Aliases(aliases) if fact.at == at => Some(aliases.clone()),
                _ => None,
            })?;
            Some((key.clone(), value.clone(), aliases))
        })
        .collect();
    for (key, value, aliases) in aliased {
        let (used, unused): (Vec<String>, Vec<String>) =
            aliases.into_iter().partition(|alias| words.contains(alias));
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            for alias in unused {
                properties.entry(alias).or_insert(Value::Bool(false));
            }
            for alias in &used {
                properties.insert(alias.clone(), value.clone());
            }
        }
        if used.is_empty() {
            continue;
        }
        let mut is_required = false;
        if let Some(Value::Array(required)) = schema.get_mut("required") {
            is_required = required.iter().any(|name| *name == json!(key));
            required.retain(|name| *name != json!(key));
        }
        // The key itself where it is a word of the other side, too.
        let mut names = used;
        if words.contains(&key) {
            names.push(key.clone());
        } else if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties.insert(key.clone(), Value::Bool(false));
        }
        if let [only] = names.as_slice() {
            if let (true, Value::Array(required)) =
                (is_required, schema.entry("required").or_insert_with(|| json!([])))
            {
                required.push(json!(only));
            }
            continue;
        }
        let one_of_them: Vec<Value> = names
            .iter()
            .map(|name| {
                let others: Map<String, Value> = names
                    .iter()
                    .filter(|other| *other != name)
                    .map(|other| (other.clone(), Value::Bool(false)))
                    .collect();
                let required: Vec<&String> = Some(name).filter(|_| is_required).into_iter().collect();
                json!({"properties": others, "required": required})
            })
            .collect();
        if let Value::Array(parts) = schema.entry("allOf").or_insert_with(|| json!([])) {
            parts.push(json!({"anyOf": one_of_them}));
        }
    }
}
