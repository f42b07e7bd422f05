//! Named changes: the tables of two layouts, line by line. A name helps people; whether it breaks anything, the
//! verdict says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fields::Field;
use super::layout::Layout;
use super::likeness::{LIKE, Name, likeness};
use super::prepare::OF_FORMAT;
use crate::rule::Rule;

/// A difference between two layouts.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) rule: Rule,
    /// Where: of what was removed the old place, else the new one. As facts have it: `*` is any key or index,
    /// `<name>` goes into a variant.
    pub(crate) place: String,
    /// What was there, in few words.
    pub(crate) old: String,
    /// What is there.
    pub(crate) new: String,
    /// Of a renamed field or variant, the place that it had.
    pub(crate) from: Option<String>,
}

impl Change {
    /// The place without steps into variants, which no document has.
    pub(crate) fn pointer(&self) -> String {
        in_documents(&self.place)
    }

    /// Where it is in the old layout, if it is there.
    pub(crate) fn old_place(&self) -> Option<&str> {
        match self.rule {
            Rule::FieldAdded | Rule::RequiredFieldAdded | Rule::VariantAdded | Rule::NameReused => None,
            _ => Some(self.from.as_deref().unwrap_or(&self.place)),
        }
    }

    /// Where it is in the new layout, if it is there.
    pub(crate) fn new_place(&self) -> Option<&str> {
        match self.rule {
            Rule::FieldRemoved | Rule::RequiredFieldRemoved | Rule::VariantRemoved => None,
            _ => Some(&self.place),
        }
    }

    /// The last step of the place.
    pub(crate) fn name(&self) -> String {
        last(&self.place)
    }

    /// Of what was renamed, the last step of its place before.
    pub(crate) fn old_name(&self) -> Option<String> {
        self.from.as_deref().map(last)
    }
}

/// A place without its steps into variants.
pub(crate) fn in_documents(place: &str) -> String {
    place
        .split('/')
        .filter(|step| !(step.starts_with('<') && step.ends_with('>')))
        .collect::<Vec<_>>()
        .join("/")
}

fn last(place: &str) -> String {
    let step = place.rsplit('/').next().unwrap_or_default();
    let step = step.trim_start_matches("~2");
    checkpoint_schema::pointer::unescape(step.trim_start_matches('<').trim_end_matches('>'))
}

fn parent(place: &str) -> &str {
    place.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Every difference between `old` and `new`, sorted by place.
pub(crate) fn between(old: &Layout, new: &Layout) -> Vec<Change> {
    let mut compare = Compare { old: old.fields(), new: new.fields(), changes: Vec::new() };
    compare.run();
    compare.changes.sort_by(|a, b| (&a.place, a.rule.id()).cmp(&(&b.place, b.rule.id())));
    compare.changes
}

/// The keys of `new` that `old` lacks and an `earlier` layout had: their stored values are read again.
pub(crate) fn reused(earlier: &[Layout], old: &Layout, new: &Layout) -> Vec<Change> {
    let (old, new) = (old.fields(), new.fields());
    let mut found: BTreeMap<String, Change> = BTreeMap::new();
    for earlier in earlier {
        for (place, field) in earlier.fields() {
            if let (Some(now), None) =
                (new.get(place).filter(|now| now.is_read && field.is_written), old.get(place))
            {
                let change = Change {
                    rule: Rule::NameReused,
                    old: format!("{} in {}", kind(field), earlier.name),
                    new: kind(now),
                    from: None,
                    place: place.clone(),
                };
                found.insert(place.clone(), change);
            }
        }
    }
    found.into_values().collect()
}

struct Compare<'a> {
    old: &'a BTreeMap<String, Field>,
    new: &'a BTreeMap<String, Field>,
    changes: Vec<Change>,
}

impl Compare<'_> {
    fn run(&mut self) {
        let lost: Vec<&String> = self.old.keys().filter(|place| !self.new.contains_key(*place)).collect();
        let come: Vec<&String> = self.new.keys().filter(|place| !self.old.contains_key(*place)).collect();
        // What stands below is told by what stands above.
        let top = |places: &[&String]| -> Vec<String> {
            let all: BTreeSet<&str> = places.iter().map(|place| place.as_str()).collect();
            let is_below =
                |place: &str| place.rmatch_indices('/').any(|(end, _)| all.contains(&place[..end]));
            places.iter().filter(|place| !is_below(place)).map(|place| (*place).clone()).collect()
        };
        let (mut lost, mut come) = (top(&lost), top(&come));
        let renamed = self.renamed(&lost, &come);
        for (from, to) in &renamed {
            self.rename(from, to);
        }
        let (from, to): (BTreeSet<String>, BTreeSet<String>) = renamed.into_iter().unzip();
        lost.retain(|place| !from.contains(place));
        come.retain(|place| !to.contains(place));
        for place in lost.iter().filter(|place| is_key(self.old, place)) {
            let field = &self.old[place];
            let rule = if field.is_required { Rule::RequiredFieldRemoved } else { Rule::FieldRemoved };
            self.tell(rule, place, kind(field), "no such field".to_owned(), None);
        }
        for place in come.iter().filter(|place| is_key(self.new, place)) {
            let field = &self.new[place];
            let rule = if field.is_required { Rule::RequiredFieldAdded } else { Rule::FieldAdded };
            self.tell(rule, place, "no such field".to_owned(), kind(field), None);
        }
        let common: Vec<String> =
            self.old.keys().filter(|place| self.new.contains_key(*place)).cloned().collect();
        for place in common {
            let (old, new) = (&self.old[&place], &self.new[&place]);
            self.one(&place, old, new);
        }
    }

    fn tell(&mut self, rule: Rule, place: &str, old: String, new: String, from: Option<String>) {
        self.changes.push(Change { rule, place: place.to_owned(), old, new, from });
    }

    /// What was lost, and what seems to be the same under another name.
    fn renamed(&self, lost: &[String], come: &[String]) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut beside: BTreeMap<&str, Vec<(Name<'_>, &Field)>> = BTreeMap::new();
        for to in come {
            beside.entry(parent(to)).or_default().push((Name::of(to, last(to)), &self.new[to]));
        }
        let mut siblings: BTreeMap<&str, usize> = BTreeMap::new();
        lost.iter().for_each(|from| *siblings.entry(parent(from)).or_default() += 1);
        for from in
            lost.iter().filter(|place| is_key(self.old, place)).map(|place| Name::of(place, last(place)))
        {
            let Some(beside) = beside.get_mut(parent(from.place)) else { continue };
            let alone = siblings.get(parent(from.place)) == Some(&1) && beside.len() == 1;
            let old = &self.old[from.place];
            let by_alias = || beside.iter().position(|(_, new)| new.aliases.contains(&from.name));
            let by_type = || {
                let mut best = (None, if alone { 0.0 } else { LIKE });
                for (number, (to, new)) in beside.iter().enumerate() {
                    let is_alike = old.types == new.types && old.names == new.names;
                    let likeness = is_alike.then(|| from.likeness(to, best.1)).flatten();
                    if let Some(likeness) = likeness.filter(|_| is_key(self.new, to.place)) {
                        best = (Some(number), likeness);
                    }
                }
                best.0
            };
            if let Some(number) = by_alias().or_else(by_type) {
                pairs.push((from.place.to_owned(), beside.remove(number).0.place.to_owned()));
            }
        }
        pairs
    }

    fn rename(&mut self, from: &str, to: &str) {
        let (old, new) = (&self.old[from], &self.new[to]);
        let is_aliased = new.aliases.contains(&last(from));
        let rule = if is_aliased || new.is_required { Rule::FieldRenamed } else { Rule::ValueLost };
        let told = |place: &str, field: &Field| format!("`{}`, {}", last(place), kind(field));
        self.tell(rule, to, told(from, old), told(to, new), Some(from.to_owned()));
        // What stands below the old place stands below the new one.
        let below = |fields: &BTreeMap<String, Field>, place: &str| -> BTreeMap<String, Field> {
            let prefix = format!("{place}/");
            let below = fields
                .range(prefix.clone()..)
                .map_while(|(at, field)| Some((at.strip_prefix(&prefix)?, field)));
            below.map(|(rest, field)| (rest.to_owned(), field.clone())).collect()
        };
        let (inner_old, inner_new) = (below(self.old, from), below(self.new, to));
        for (rest, old) in &inner_old {
            if let Some(new) = inner_new.get(rest) {
                self.one(&format!("{to}/{rest}"), old, new);
            }
        }
    }

    /// What differs at one place.
    fn one(&mut self, place: &str, old: &Field, new: &Field) {
        if old == new {
            return;
        }
        let new_fields = self.new;
        let told = |field: &Field| (kind(field), place.to_owned());
        let mut tell = |rule: Rule, old: String, new: String| self.tell(rule, place, old, new, None);
        let (was, is) = (told(old).0, told(new).0);
        if old.encoded_by != new.encoded_by {
            let by = |field: &Field| match &field.encoded_by {
                Some(functions) => format!("encoded by `{functions}`"),
                None => "as serde writes its type".to_owned(),
            };
            tell(Rule::EncodingChanged, by(old), by(new));
        }
        if old.tag != new.tag && (old.tag.is_some() && new.tag.is_some()) {
            let tag = |field: &Field| {
                format!(
                    "{:?}",
                    field
                        .tag
                        .clone()
                        .map(|tag| serde_json::to_string(&tag).unwrap_or_default())
                        .unwrap_or_default()
                )
            };
            tell(Rule::TaggingChanged, tag(old), tag(new));
        } else if old.types != new.types {
            tell(Rule::TypeChanged, was.clone(), is.clone());
        } else {
            self.names(place, old, new);
        }
        let mut tell = |rule: Rule, old: String, new: String| self.tell(rule, place, old, new, None);
        if (!old.is_required && new.is_required) || (old.is_nullable && !new.is_nullable) {
            tell(Rule::FieldBecameRequired, was.clone(), is.clone());
        } else if (old.is_required && !new.is_required) || (!old.is_nullable && new.is_nullable) {
            tell(Rule::FieldBecameOptional, was.clone(), is.clone());
        }
        for (rule, keywords) in LIMITS {
            let limits = |field: &Field| -> BTreeMap<String, Value> {
                let of = field.limits.iter().filter(|(keyword, _)| keywords.contains(&keyword.as_str()));
                of.map(|(keyword, limit)| (keyword.clone(), limit.clone())).collect()
            };
            if limits(old) != limits(new) && old.types == new.types {
                tell(*rule, listed(&limits(old)), listed(&limits(new)));
            }
        }
        if old.is_closed != new.is_closed && old.types == new.types && old.types.contains("object") {
            let keys = |field: &Field| {
                if field.is_closed { "refuses unknown keys" } else { "ignores unknown keys" }.to_owned()
            };
            tell(Rule::UnknownKeysRefused, keys(old), keys(new));
        }
        if old.is_always_written
            && !new.is_always_written
            && is_key(new_fields, place)
            && old.is_required == new.is_required
            || (old.is_written && !new.is_written)
        {
            let written = |field: &Field| match (field.is_written, field.is_always_written) {
                (false, _) => "never written".to_owned(),
                (_, true) => "always written".to_owned(),
                _ => "left out where `skip_serializing_if` says so".to_owned(),
            };
            tell(Rule::FieldNotWritten, written(old), written(new));
        }
        if let (Some(was), Some(is)) = (&old.default, &new.default)
            && was != is
        {
            tell(Rule::DefaultChanged, format!("{was}"), format!("{is}"));
        }
    }

    /// The variants of an enum.
    fn names(&mut self, place: &str, old: &Field, new: &Field) {
        if old.names.is_empty() || new.names.is_empty() {
            if old.names != new.names {
                self.tell(Rule::TypeChanged, place, kind(old), kind(new), None);
            }
            return;
        }
        let mut lost: Vec<&String> = old.names.difference(&new.names).collect();
        let mut come: Vec<&String> = new.names.difference(&old.names).collect();
        let at = |name: &str| format!("{place}/<{}>", checkpoint_schema::pointer::escape(name));
        let aliases =
            |name: &str| self.new.get(&at(name)).map(|field| field.aliases.clone()).unwrap_or_default();
        let mut renamed = Vec::new();
        lost.retain(|from| {
            let to = come.iter().copied().find(|to| aliases(to).contains(*from)).or_else(|| {
                come.iter().copied().find(|to| {
                    likeness(from, to) >= 0.6 || (come.len() == 1 && old.names.len() == new.names.len())
                })
            });
            match to {
                Some(to) => {
                    come.retain(|it| *it != to);
                    renamed.push(((*from).clone(), to.clone()));
                    false
                }
                None => true,
            }
        });
        let (lost, come): (Vec<String>, Vec<String>) =
            (lost.into_iter().cloned().collect(), come.into_iter().cloned().collect());
        for (from, to) in renamed {
            self.tell(
                Rule::VariantRenamed,
                &at(&to),
                format!("`{from}`"),
                format!("`{to}`"),
                Some(at(&from)),
            );
        }
        for name in lost {
            self.tell(
                Rule::VariantRemoved,
                &at(&name),
                format!("`{name}`"),
                "no such variant".to_owned(),
                None,
            );
        }
        for name in come {
            self.tell(
                Rule::VariantAdded,
                &at(&name),
                "no such variant".to_owned(),
                format!("`{name}`"),
                None,
            );
        }
    }
}

/// Keywords, and the change that they are when they differ.
const LIMITS: &[(Rule, &[&str])] = &[
    (Rule::RangeChanged, &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (Rule::TextChanged, &["format", "pattern", "minLength", "maxLength"]),
    (Rule::LengthChanged, &["minItems", "maxItems"]),
    (Rule::UniquenessChanged, &["uniqueItems"]),
    (Rule::MapKeysChanged, &["keys"]),
];

/// Does the place end in a key of an object: no index, no `*`, no variant?
fn is_key(fields: &BTreeMap<String, Field>, place: &str) -> bool {
    let step = place.rsplit('/').next().unwrap_or_default();
    let is_number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let in_list = |it: &Field| it.types.contains("array") && !it.types.contains("object");
    let is_index = is_number && fields.get(parent(place)).is_some_and(in_list);
    !place.is_empty() && step != "*" && !step.starts_with('<') && !is_index
}

/// `an optional string`
fn kind(field: &Field) -> String {
    let types: Vec<&str> = field.types.iter().map(String::as_str).collect();
    let types = match types.as_slice() {
        [] => "any value".to_owned(),
        types => types.join(" or "),
    };
    let presence = match (field.is_required, field.is_nullable) {
        _ if !field.is_read && field.is_written => ", never read",
        (true, false) | (false, false) if field.is_required => ", required",
        (true, _) => " or null, required",
        (false, true) => " or null, may be missing",
        (false, false) if field.default.is_some() => ", may be missing",
        (false, false) => "",
    };
    format!("{types}{presence}")
}

fn listed(limits: &BTreeMap<String, Value>) -> String {
    if limits.is_empty() {
        return "no bound".to_owned();
    }
    let one = |(keyword, limit): (&String, &Value)| match limit
        .as_str()
        .and_then(|it| it.strip_prefix(OF_FORMAT))
    {
        Some(format) => format!("format {}", format.trim_end_matches(':')),
        None => match limit {
            Value::String(text) => format!("{keyword} `{text}`"),
            other => format!("{keyword} {other}"),
        },
    };
    limits.iter().map(one).collect::<Vec<_>>().join(", ")
}
