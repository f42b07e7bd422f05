//! The keys of the document: one for writing and reading, and one field or variant for a key.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::ToTokens;
use serde_derive_internals::ast::Data;
use serde_derive_internals::attr::TagType;
use serde_derive_internals::name::{MultiName, Name};
use syn::Attribute;

use super::{Group, groups, serde_item};
use crate::ast::Container;
use crate::attr::Errors;

/// A field or variant with a name in the document.
struct Named<'a> {
    what: &'static str,
    name: &'a MultiName,
    aliases: &'a BTreeSet<Name>,
    attrs: &'a [Attribute],
    place: &'a dyn ToTokens,
    written: bool,
    read: bool,
}

pub(super) fn check(cont: &Container, errors: &Errors) {
    let container = cont.input.attrs.as_slice();
    let tag = match cont.serde.attrs.tag() {
        TagType::Internal { tag } => Some(tag),
        _ => None,
    };
    for item in ["tag", "content"] {
        if let Some((tokens, Some(key))) = serde_item(container, item)
            && key.contains('\0')
        {
            errors.at(
                tokens,
                format_args!("this key holds U+0000, which PostgreSQL cannot store: choose another `{item}`"),
            );
        }
    }
    let is_struct = matches!(cont.serde.data, Data::Struct(..));
    let mut rules = Vec::new();
    for group in groups(cont) {
        if !group.is_named() || cont.serde.attrs.transparent() {
            continue;
        }
        let fields = fields(&group);
        if let (true, Some(tag)) = (is_struct, tag)
            && let Some(field) = fields.iter().find(|field| field.name.serialize_name().value == *tag)
        {
            errors.at_span(
                field.name.serialize_name().span,
                format_args!("the key `{tag}` is the tag of the struct: choose another `rename` here, or another `tag` there"),
            );
        }
        let rule = match group.variant {
            None => Rule { attrs: container, item: "rename_all" },
            Some(variant) if serde_item(variant, "rename_all").is_some() => {
                Rule { attrs: variant, item: "rename_all" }
            }
            Some(_) => Rule { attrs: container, item: "rename_all_fields" },
        };
        distinct(&fields, errors);
        one_name_each(&fields, &rule, &mut rules, errors);
    }
    if let Data::Enum(variants) = &cont.serde.data
        && !matches!(cont.serde.attrs.tag(), TagType::None)
    {
        let variants: Vec<Named> = variants
            .iter()
            .filter(|variant| !variant.attrs.untagged())
            .map(|variant| Named {
                what: "variant",
                name: variant.attrs.name(),
                aliases: variant.attrs.aliases(),
                attrs: &variant.original.attrs,
                place: &variant.ident,
                written: !variant.attrs.skip_serializing(),
                read: !variant.attrs.skip_deserializing(),
            })
            .collect();
        distinct(&variants, errors);
        one_name_each(&variants, &Rule { attrs: container, item: "rename_all" }, &mut rules, errors);
    }
}

/// The fields that have a key of their own.
fn fields<'a>(group: &Group<'a>) -> Vec<Named<'a>> {
    group
        .fields
        .iter()
        .filter(|field| !field.attrs.flatten())
        .map(|field| Named {
            what: "field",
            name: field.attrs.name(),
            aliases: field.attrs.aliases(),
            attrs: &field.original.attrs,
            place: &field.member,
            written: !field.attrs.skip_serializing(),
            read: !field.attrs.skip_deserializing(),
        })
        .collect()
}

fn distinct(all: &[Named], errors: &Errors) {
    let mut written: BTreeSet<&str> = BTreeSet::new();
    let mut read: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, each) in all.iter().enumerate() {
        let name = each.name.serialize_name();
        let what = each.what;
        if each.written && name.value.contains('\0') {
            errors.at_span(
                name.span,
                "this key holds U+0000, which PostgreSQL cannot store: choose another `rename`",
            );
        }
        // Skipped on one side, two may share a key: one writes it, the other reads it.
        if each.written && each.read && !written.insert(&name.value) {
            errors.at_span(
                name.span,
                format_args!(
                    "two {what}s are stored under the key `{}`: give one of them another `rename`",
                    name.value
                ),
            );
        }
        if each.read {
            read.entry(&each.name.deserialize_name().value).or_insert(at);
        }
    }
    for (at, each) in all.iter().enumerate().filter(|(_, each)| each.read) {
        let what = each.what;
        // serde counts the name itself among the aliases.
        for alias in each.aliases.iter().filter(|alias| *alias != each.name.deserialize_name()) {
            let owner = *read.entry(&alias.value).or_insert(at);
            if owner == at {
                continue;
            }
            let of_owner = &all[owner];
            let theirs = if of_owner.name.deserialize_name().value == alias.value { "key" } else { "alias" };
            errors.at_span(
                alias.span,
                format_args!(
                    "the alias `{}` is the {theirs} of another {what}, `{}`, and serde reads only one of the two: leave the alias out",
                    alias.value,
                    of_owner.place.to_token_stream(),
                ),
            );
        }
    }
}

/// The attribute that names all of a group: `rename_all = "camelCase"`.
struct Rule<'a> {
    attrs: &'a [Attribute],
    item: &'static str,
}

/// Blames each split on the attribute that makes it, and on a rule only once.
fn one_name_each(all: &[Named], rule: &Rule, told: &mut Vec<String>, errors: &Errors) {
    for each in all.iter().filter(|each| each.written && each.read) {
        let what = each.what;
        let (written, read) = (&each.name.serialize_name().value, &each.name.deserialize_name().value);
        if written == read {
            continue;
        }
        if let Some((rename, _)) = serde_item(each.attrs, "rename") {
            errors.at(
                rename,
                format_args!(
                    "this {what} is written as `{written}` and read as `{read}`, so no stored document reads back: write `rename = \"{written}\"`, and `alias = \"{read}\"` beside it to go on reading the other"
                ),
            );
            continue;
        }
        let (tokens, key): (TokenStream, _) = match serde_item(rule.attrs, rule.item) {
            Some((tokens, _)) => (tokens.clone(), format!("{}{tokens}", what)),
            None => (each.place.to_token_stream(), each.place.to_token_stream().to_string()),
        };
        if !told.contains(&key) {
            told.push(key);
            errors.at(
                tokens,
                format_args!(
                    "{what}s are written as `{written}` and read as `{read}`, so no stored document reads back: use one rule for both"
                ),
            );
        }
    }
}
