//! The places of a contract as a table: what may stand there, and what is known of it. Two tables are compared
//! line by line; whether a difference matters is the verdict's to say.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_schema::pointer::escape;
use serde_json::{Map, Value};

use super::glance::names;
use super::layout::Layout;
use super::places::{of_variant, variant};
use super::prepare::{Form, resolve};
use crate::lock::facts::{Is, Tag, step};

/// What is known of a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Field {
    /// JSON types, `null` apart.
    pub(crate) types: BTreeSet<String>,
    pub(crate) is_nullable: bool,
    /// The reader refuses an object without the key.
    pub(crate) is_required: bool,
    /// The writer never leaves the key out.
    pub(crate) is_always_written: bool,
    pub(crate) is_written: bool,
    pub(crate) is_read: bool,
    /// What fills in a missing key, as a value, or as the name of what makes it.
    pub(crate) default: Option<Value>,
    /// Bounds and other keywords that narrow the type: of integers the bounds of their Rust type, too.
    pub(crate) limits: BTreeMap<String, Value>,
    /// The names of an enum's variants, or the constants.
    pub(crate) names: BTreeSet<String>,
    pub(crate) aliases: BTreeSet<String>,
    pub(crate) tag: Option<Tag>,
    pub(crate) encoded_by: Option<String>,
    pub(crate) skipped_if: Option<String>,
    /// Keys that are not described are refused.
    pub(crate) is_closed: bool,
    pub(crate) takes_other_names: bool,
}

/// What `Default::default` makes of a field of this type, where that is known.
fn blank(field: &Field) -> Option<Value> {
    if field.is_nullable {
        return Some(Value::Null);
    }
    let mut types = field.types.iter();
    match (types.next().map(String::as_str), types.next()) {
        (Some("integer"), None) => Some(0.into()),
        (Some("number"), None) => Some(0.0.into()),
        (Some("boolean"), None) => Some(false.into()),
        (Some("string"), None) if field.names.is_empty() => Some("".into()),
        (Some("array"), None) => Some(Value::Array(Vec::new())),
        _ => None,
    }
}

/// Every place of a layout, the root under the empty place.
pub(crate) fn of(layout: &Layout) -> BTreeMap<String, Field> {
    let (read, write) = (layout.read_as(Form::Table), layout.write_as(Form::Table));
    let mut fields = BTreeMap::new();
    Walk { root: read, layout, side: Side::Read, fields: &mut fields, inside: Vec::new() }.schema(read, "");
    Walk { root: write, layout, side: Side::Write, fields: &mut fields, inside: Vec::new() }
        .schema(write, "");
    for fact in &layout.facts {
        let Some(field) = fields.get_mut(&fact.at) else { continue };
        match &fact.is {
            Is::Aliases(aliases) => field.aliases.extend(aliases.iter().cloned()),
            Is::Tagged(tag) => field.tag = Some(tag.clone()),
            Is::EncodedBy(functions) => field.encoded_by = Some(functions.clone()),
            Is::SkippedIf(function) => field.skipped_if = Some(function.clone()),
            Is::Default(name) => {
                let known = (name == "Default::default").then(|| blank(field)).flatten();
                field.default.get_or_insert_with(|| known.unwrap_or(Value::String(format!("{name}()"))));
            }
            _ => {}
        }
    }
    for fact in layout.facts.iter().filter(|fact| fact.is == Is::Other) {
        let parent = fact.at.rsplit_once('/').map_or("", |(parent, _)| parent);
        if let Some(field) = fields.get_mut(parent) {
            field.takes_other_names = true;
        }
    }
    fields
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Read,
    Write,
}

struct Walk<'a> {
    root: &'a Value,
    layout: &'a Layout,
    side: Side,
    fields: &'a mut BTreeMap<String, Field>,
    /// The references that are being followed: a type in itself is told once.
    inside: Vec<String>,
}

impl Walk<'_> {
    fn field(&mut self, place: &str) -> &mut Field {
        self.fields.entry(place.to_owned()).or_default()
    }

    fn schema(&mut self, schema: &Value, place: &str) {
        let depth = self.inside.len();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            if self.inside.iter().any(|known| known == reference) {
                self.field(place).types.insert("object".to_owned());
                return;
            }
            self.inside.push(reference.to_owned());
        }
        if let Some(object) = resolve(self.root, schema).as_object() {
            self.object(object, place);
        } else {
            self.field(place);
        }
        self.inside.truncate(depth);
    }

    fn object(&mut self, schema: &Map<String, Value>, place: &str) {
        let side = self.side;
        let tag = self.layout.facts.iter().find_map(|fact| match &fact.is {
            Is::Tagged(tag) if fact.at == place => Some(tag.clone()),
            _ => None,
        });
        let field = self.field(place);
        match schema.get("type") {
            Some(Value::String(one)) if one == "null" => field.is_nullable = true,
            Some(Value::String(one)) => drop(field.types.insert(one.clone())),
            Some(Value::Array(types)) => {
                for one in types.iter().filter_map(Value::as_str) {
                    if one == "null" {
                        field.is_nullable = true;
                    } else {
                        field.types.insert(one.to_owned());
                    }
                }
            }
            _ => {}
        }
        for keyword in LIMITS {
            if let Some(limit) = schema.get(*keyword) {
                field.limits.insert((*keyword).to_owned(), limit.clone());
            }
        }
        if side == Side::Read {
            field.is_closed |= schema.get("additionalProperties") == Some(&Value::Bool(false))
                || schema.get("unevaluatedProperties") == Some(&Value::Bool(false));
        }
        let constants = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        for constant in constants.chain(schema.get("const")) {
            match constant {
                Value::Null => field.is_nullable = true,
                Value::String(name) => drop(field.names.insert(name.clone())),
                other => drop(field.names.insert(other.to_string())),
            }
        }
        for group in ["allOf", "anyOf", "oneOf"] {
            for (number, branch) in
                schema.get(group).and_then(Value::as_array).into_iter().flatten().enumerate()
            {
                self.branch(branch, place, tag.as_ref(), number);
            }
        }
        let required: BTreeSet<&str> = names(schema).into_iter().collect();
        for (key, value) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if *value == Value::Bool(false) {
                continue;
            }
            let at = format!("{place}/{}", step(key));
            let is_required = required.contains(key.as_str());
            let default = value.get("default").cloned();
            let field = self.field(&at);
            match side {
                Side::Read => {
                    field.is_read = true;
                    field.is_required = is_required;
                    field.default = default;
                }
                Side::Write => {
                    field.is_written = true;
                    field.is_always_written = is_required;
                }
            }
            self.schema(value, &at);
        }
        for (number, item) in
            schema.get("prefixItems").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            self.schema(item, &format!("{place}/{number}"));
        }
        for rest in ["items", "additionalProperties"].iter().filter_map(|keyword| schema.get(*keyword)) {
            if rest.is_object() {
                self.schema(rest, &format!("{place}/*"));
            }
        }
        for (pattern, value) in
            schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            self.field(place).limits.insert("keys".to_owned(), Value::String(pattern.clone()));
            self.schema(value, &format!("{place}/*"));
        }
    }

    /// A branch of a choice: a variant, where it is known how these are told, or more of the same place.
    fn branch(&mut self, branch: &Value, place: &str, tag: Option<&Tag>, number: usize) {
        let object = resolve(self.root, branch).as_object();
        match (tag, object) {
            (Some(Tag::External), Some(object)) => {
                let properties = object.get("properties").and_then(Value::as_object);
                let Some((name, content)) =
                    properties.filter(|it| it.len() == 1).and_then(|it| it.iter().next())
                else {
                    return self.schema(branch, place);
                };
                self.field(place).names.insert(name.clone());
                self.field(place).types.insert("object".to_owned());
                self.schema(content, &of_variant(place, name));
            }
            (Some(tag @ (Tag::Internal { tag: key } | Tag::Adjacent { tag: key, .. })), Some(object)) => {
                let Some(name) = variant(tag, object) else { return self.schema(branch, place) };
                self.field(place).names.insert(name.to_owned());
                self.field(place).types.insert("object".to_owned());
                let mut content = object.clone();
                if let Some(Value::Object(properties)) = content.get_mut("properties") {
                    properties.remove(key);
                }
                self.object(&content, &format!("{place}/<{}>", escape(name)));
            }
            (Some(Tag::Untagged), Some(_)) => self.schema(branch, &format!("{place}/<{number}>")),
            _ => self.schema(branch, place),
        }
    }
}

const LIMITS: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];
