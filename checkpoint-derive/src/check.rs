//! What serde accepts and a checkpoint cannot be: each refusal says why and what to write instead.

mod names;
mod types;

use proc_macro2::TokenStream;
use serde_derive_internals::ast::{Data, Field as SerdeField, Style};
use serde_derive_internals::attr::{Default as SerdeDefault, TagType};
use syn::spanned::Spanned;
use syn::{Attribute, Type};

use crate::ast::{self, Container, Field, Slot};
use crate::attr::{Errors, FieldAttrs};
use crate::expand::schema::{MetaItem, meta_items};

/// Marks the fields that are refused for their type as leaves: what stands in for the generated code must
/// not ask for their handle.
pub(crate) fn check(cont: &mut Container, errors: &Errors) {
    conversions(cont, errors);
    names::check(cont, errors);
    root(cont, errors);
    for field in &cont.fields {
        leaf(field, errors);
        secret(cont, field, errors);
    }
    for group in groups(cont) {
        flattened_maps(cont, &group, errors);
        for (at, field) in group.fields.iter().enumerate() {
            let is_leaf = group.variant.is_none() && cont.fields[at].attrs.leaf.is_some();
            schema_of_with(cont, field, errors);
            flattened(field, errors);
            readable(cont, &group, field, is_leaf, errors);
            stored(cont, field, is_leaf, errors);
        }
    }
    struct_tag(cont, errors);
    variants(cont, errors);

    for field in cont.fields.iter_mut().filter(|field| field.place.is_some() && !field.is_leaf()) {
        let ty = field.serde.ty;
        if !storable_integers(ty, errors) || borrows(ty) {
            field.attrs.leaf = Some(ty.span());
            if let Some(place) = field.place.as_mut().filter(|place| place.slot == Slot::Bare) {
                place.slot = Slot::Required;
            }
        }
    }
}

/// The fields that are written together: those of the struct, or of one variant.
struct Group<'a> {
    style: Style,
    fields: Vec<&'a SerdeField<'a>>,
    /// The attributes of the variant.
    variant: Option<&'a [Attribute]>,
}

impl Group<'_> {
    fn is_named(&self) -> bool {
        matches!(self.style, Style::Struct)
    }
}

fn groups<'a>(cont: &'a Container<'a>) -> Vec<Group<'a>> {
    match &cont.serde.data {
        Data::Struct(style, _) => {
            let fields = cont.fields.iter().map(|field| &field.serde).collect();
            vec![Group { style: *style, fields, variant: None }]
        }
        Data::Enum(variants) => variants
            .iter()
            .filter(|variant| variant.attrs.serialize_with().is_none())
            .map(|variant| Group {
                style: variant.style,
                fields: variant.fields.iter().collect(),
                variant: Some(&variant.original.attrs),
            })
            .collect(),
    }
}

fn items_of<'a>(attrs: &'a [Attribute], owner: &'a str) -> impl Iterator<Item = MetaItem> + 'a {
    attrs.iter().filter(move |attr| attr.path().is_ident(owner)).flat_map(meta_items)
}

/// One item of `#[serde(…)]` as the user wrote it, and the string it is set to.
fn serde_item(attrs: &[Attribute], name: &str) -> Option<(TokenStream, Option<String>)> {
    let item = items_of(attrs, "serde").find(|item| item.name == name)?;
    let string = item.string();
    Some((item.tokens.into_iter().collect(), string))
}

/// `into`, `from`, `try_from`, `remote`: the document is not this type's.
fn conversions(cont: &Container, errors: &Errors) {
    let attrs = &cont.serde.attrs;
    let conversions =
        [("into", attrs.type_into()), ("from", attrs.type_from()), ("try_from", attrs.type_try_from())];
    let given: Vec<_> = conversions.iter().filter_map(|(name, other)| Some((name, (*other)?))).collect();
    if let Some((_, other)) = given.first() {
        let names: Vec<_> = given.iter().map(|(name, _)| format!("`{name} = …`")).collect();
        let stored = types::written(other);
        errors.at(
            other,
            format_args!(
                "with {}, what is stored is a `{stored}`: make the field a `{stored}`, or to store the value as one piece, write `checkpoint_schema::leaf!({});` in place of the derive and implement schemars' `JsonSchema`",
                names.join(" and "),
                cont.serde.ident
            ),
        );
    }
    if let Some(remote) = attrs.remote() {
        errors.at(
            remote,
            "`remote = …` implements no trait for this type: derive `Checkpoint` on a struct of your own, or mark the field that uses it `#[checkpoint(leaf)]`",
        );
    }
}

/// What only the whole checkpoint must be: an object of its own.
fn root(cont: &Container, errors: &Errors) {
    let Some(job) = &cont.attrs.job else { return };
    let name_fields = "name the fields, or make it the field of a struct that has the job";
    let tag_enum =
        "tag the enum (`#[serde(tag = \"…\")]`), or make it the field of a struct that has the job";
    let refused = match &cont.serde.data {
        _ if cont.serde.attrs.transparent() => Some((
            "whatever its one field is",
            "leave `transparent` out, or give the job to the type of the field",
        )),
        Data::Struct(Style::Struct, _) => None,
        Data::Struct(Style::Newtype, _) => Some(("whatever its one field is", name_fields)),
        Data::Struct(Style::Unit, _) => Some(("`null`", name_fields)),
        Data::Struct(Style::Tuple, _) => Some(("an array", name_fields)),
        Data::Enum(_) => match cont.serde.attrs.tag() {
            TagType::Internal { .. } | TagType::Adjacent { .. } => None,
            TagType::External => Some(("a string or an object, by its variant", tag_enum)),
            TagType::None => Some(("whatever its variant is", tag_enum)),
        },
    };
    if let Some((shape, advice)) = refused {
        errors.at(
            job,
            format_args!("a checkpoint is a JSON object, and this type is stored as {shape}: {advice}"),
        );
    }
    if let Some(lifetime) = cont.input.generics.lifetimes().next() {
        errors.at(lifetime, BORROWS);
    }
    reserved(cont, errors);
}

fn reserved(cont: &Container, errors: &Errors) {
    let reserved = cont.attrs.reserved_key();
    let message =
        format!("the key `{reserved}` is reserved for the version of the document: choose another name");
    for item in ["tag", "content"] {
        if let Some((tokens, Some(key))) = serde_item(&cont.input.attrs, item)
            && key == reserved
        {
            errors.at(tokens, &message);
        }
    }
    if matches!(cont.serde.attrs.tag(), TagType::Adjacent { .. }) {
        return;
    }
    for group in groups(cont).iter().filter(|group| group.is_named()) {
        for field in &group.fields {
            let attrs = &field.attrs;
            if attrs.flatten() || (attrs.skip_serializing() && attrs.skip_deserializing()) {
                continue;
            }
            let mut keys = attrs.aliases().iter().chain([attrs.name().serialize_name()]);
            if let Some(key) = keys.find(|key| key.value == reserved) {
                errors.at_span(key.span, &message);
            }
        }
    }
}

fn leaf(field: &Field, errors: &Errors) {
    let Some(leaf) = field.attrs.leaf else { return };
    if field.place.is_none() {
        errors.at_span(
            leaf,
            "`leaf` means nothing on a field that serde skips, which has no accessor: leave `leaf` out",
        );
    } else if field.is_encoded() {
        errors.at_span(leaf, "a field with a `with` function is a leaf already: leave `leaf` out");
    } else if field.serde.attrs.flatten() {
        errors.at_span(
            leaf,
            "a flattened field has no value of its own to be a leaf: leave out `leaf`, or `flatten`",
        );
    }
}

/// What is secret has a key of its own in the schema, which says so.
fn secret(cont: &Container, field: &Field, errors: &Errors) {
    let Some(secret) = field.attrs.secret else { return };
    if cont.attrs.manual_schema {
        errors.at_span(
            secret,
            "with `schema = \"manual\"` the schema says what is secret: write `writeOnly` there, and leave `secret` out",
        );
    } else if field.serde.attrs.flatten() {
        errors.at_span(
            secret,
            "a flattened field has no key of its own to be secret: write `secret` on the fields of its type",
        );
    } else if matches!(field.serde.member, syn::Member::Unnamed(_)) || cont.serde.attrs.transparent() {
        errors.at_span(
            secret,
            "what is secret has a key of its own: write `secret` where a struct has a field of this type",
        );
    }
}

/// schemars takes `serde(with = …)` for a type, and for most people it is a module.
fn schema_of_with(cont: &Container, field: &SerdeField, errors: &Errors) {
    let skipped = field.attrs.skip_serializing() || field.attrs.skip_deserializing();
    if ast::is_encoded(field) && !skipped {
        says_type(cont, &field.original.attrs, errors);
    }
}

fn says_type(cont: &Container, attrs: &[Attribute], errors: &Errors) {
    if cont.attrs.manual_schema {
        return;
    }
    let is_told = items_of(attrs, "schemars")
        .any(|item| matches!(item.name.as_str(), "with" | "schema_with"))
        || items_of(attrs, "serde")
            .any(|item| item.name == "with" && item.string().is_some_and(|path| names_a_type(&path)));
    let function = ["with", "serialize_with", "deserialize_with"]
        .iter()
        .find_map(|name| Some((name, serde_item(attrs, name)?)));
    if let (false, Some((name, (tokens, _)))) = (is_told, function) {
        errors.at(
            tokens,
            format_args!("`{name}` does not tell the schema what it stores: name the stored type beside it, as in `#[schemars(with = \"String\")]`"),
        );
    }
}

/// By Rust's naming convention: `As::<DisplayFromStr>` is a type, `humantime_serde` a module.
fn names_a_type(path: &str) -> bool {
    let last =
        path.split('<').next().unwrap_or(path).trim_end_matches(':').rsplit("::").next().unwrap_or(path);
    last.trim().starts_with(char::is_uppercase)
}

/// serde finds out when it runs that it cannot flatten a number; the type's name tells now.
fn flattened(field: &SerdeField, errors: &Errors) {
    let attrs = &field.attrs;
    if !attrs.flatten() || attrs.skip_serializing() || attrs.skip_deserializing() {
        return;
    }
    if ast::is_encoded(field) {
        errors.at(
            &field.member,
            "a flattened field has no value of its own for `with` to encode: leave out `with`, or `flatten`",
        );
        return;
    }
    let ty = types::inside_option(field.ty).unwrap_or(field.ty);
    if types::is_no_object(ty) {
        errors.at(
            field.ty,
            format_args!(
                "serde can flatten structs, enums and maps, and `{}` is none of them: leave `flatten` out",
                types::written(ty)
            ),
        );
    }
}

/// A flattened map takes every key that is left when serde comes to it, and takes none away.
fn flattened_maps(cont: &Container, group: &Group, errors: &Errors) {
    let flattened: Vec<_> = group
        .fields
        .iter()
        .filter(|field| {
            field.attrs.flatten() && !field.attrs.skip_serializing() && !field.attrs.skip_deserializing()
        })
        .map(|field| (field, types::is_map(types::inside_option(field.ty).unwrap_or(field.ty))))
        .collect();
    let Some(first) = flattened.iter().position(|(_, is_map)| *is_map) else { return };
    if cont.serde.attrs.deny_unknown_fields() {
        errors.at(
            &flattened[first].0.member,
            "this map is written with keys that `deny_unknown_fields` refuses when the document is read back: leave out `deny_unknown_fields`, or `flatten`",
        );
    }
    let Some((_, later_is_map)) = flattened.get(first + 1) else { return };
    let place = &flattened[first].0.member;
    if *later_is_map {
        errors.at(
            &flattened[first + 1].0.member,
            "two flattened maps read the same keys, and each of them writes all again: keep one",
        );
    } else {
        errors.at(
            place,
            "this flattened map also takes the keys of the flattened fields behind it, and writes them again: make it the last field",
        );
    }
}

/// A document that serde writes must be one that serde reads.
fn readable(cont: &Container, group: &Group, field: &SerdeField, is_leaf: bool, errors: &Errors) {
    let attrs = &field.attrs;
    if attrs.skip_serializing() && attrs.skip_deserializing() {
        return;
    }
    if matches!(group.style, Style::Tuple) {
        if attrs.skip_serializing() != attrs.skip_deserializing() {
            errors.at(
                field.ty,
                "a tuple field skipped on one side only moves its neighbours between writing and reading: use `#[serde(skip)]`",
            );
        } else if let Some((tokens, _)) = serde_item(&field.original.attrs, "skip_serializing_if") {
            errors.at(
                tokens,
                "a tuple field that is left out moves its neighbours: leave out `skip_serializing_if`, or name the fields",
            );
        }
        return;
    }
    if group.is_named() && attrs.skip_deserializing() && cont.serde.attrs.deny_unknown_fields() {
        errors.at(
            &field.member,
            "this field is written, and `deny_unknown_fields` refuses it when the document is read back: use `#[serde(skip)]`, or leave out `deny_unknown_fields`",
        );
    }
    if !group.is_named() || attrs.flatten() || attrs.skip_deserializing() {
        return;
    }
    let is_required = match slot_when_read(cont, field) {
        Slot::Required => true,
        Slot::Bare if types::inside_option(field.ty).is_some() || is_parameter(cont, field.ty) => false,
        // Without an accessor the type need not be a `Field`, which the expansion could ask.
        Slot::Bare => {
            is_leaf || attrs.skip_serializing() || group.variant.is_some() || types::is_required(field.ty)
        }
        _ => false,
    };
    if !is_required {
        return;
    }
    let advice = "add `#[serde(default)]`";
    if attrs.skip_serializing() {
        errors.at(
            &field.member,
            format_args!("serde never writes this field, and requires it when it reads: {advice}"),
        );
    } else if attrs.skip_serializing_if().is_some() {
        errors.at(
            &field.member,
            format_args!(
                "serde may leave this field out when it writes, and requires it when it reads: {advice}"
            ),
        );
    }
}

fn is_parameter(cont: &Container, ty: &Type) -> bool {
    let Type::Path(path) = types::pointee(ty) else { return false };
    cont.input.generics.type_params().any(|param| path.path.is_ident(&param.ident))
}

/// Must the expansion ask the type whether a document without the field reads back?
pub(crate) fn asks_type(cont: &Container, field: &Field) -> bool {
    matches!(field.serde.member, syn::Member::Named(_))
        && !field.serde.attrs.flatten()
        && field.place.is_some()
        && field.serde.attrs.skip_serializing_if().is_some()
        && slot_when_read(cont, &field.serde) == Slot::Bare
        && !field.is_leaf()
}

/// The slot with which serde reads a named field, skipped when written or not; whether a leaf is an `Option`
/// is left open.
fn slot_when_read(cont: &Container, field: &SerdeField) -> Slot {
    let container_default = !matches!(cont.serde.attrs.default(), SerdeDefault::None);
    ast::slot_of(field, &FieldAttrs::default(), container_default)
}

const BORROWS: &str = "a checkpoint outlives the row that it is read from, so it cannot borrow: use owned types, such as `String`";

fn borrows(ty: &Type) -> bool {
    let mut found = false;
    types::each(ty, &mut |each| found |= matches!(each, Type::Reference(_)));
    found
}

/// What serde compiles and serde_json, or the life of a checkpoint, refuses.
fn stored(cont: &Container, field: &SerdeField, is_leaf: bool, errors: &Errors) {
    let attrs = &field.attrs;
    if (attrs.skip_serializing() && attrs.skip_deserializing()) || ast::is_encoded(field) {
        return;
    }
    // A leaf is the user's word for it, say for a type that is only written. And one message for all: the
    // lifetime of a root is reported where it is declared.
    let told = cont.attrs.job.is_some() && cont.input.generics.lifetimes().next().is_some();
    if borrows(field.ty) && !told && !is_leaf {
        errors.at(field.ty, BORROWS);
    }
    types::each(field.ty, &mut |ty| {
        if let Some(key) = types::refused_key(ty) {
            errors.at(
                key,
                format_args!(
                    "the keys of a JSON object are strings, and serde_json makes none of `{}`: use `String`, or a list of entries in place of the map",
                    types::written(key)
                ),
            );
        }
    });
}

fn storable_integers(ty: &Type, errors: &Errors) -> bool {
    let mut storable = true;
    types::each(ty, &mut |each| {
        if types::is_128_bits(each) {
            storable = false;
            errors.at(
                each,
                format_args!(
                    "serde_json holds integers of up to 64 bits, and no `{0}`: use `{1}64`, or store it as text through `#[serde(with = …)]`",
                    types::written(each),
                    &types::written(each)[..1]
                ),
            );
        }
    });
    storable
}

/// `tag` on a struct: serde writes the name of the struct, and takes the tag for an unknown field when it
/// reads.
fn struct_tag(cont: &Container, errors: &Errors) {
    if let (Data::Struct(..), TagType::Internal { tag }) = (&cont.serde.data, cont.serde.attrs.tag())
        && cont.serde.attrs.deny_unknown_fields()
        && let Some((tokens, _)) = serde_item(&cont.input.attrs, "tag")
    {
        errors.at(
            tokens,
            format_args!("the key `{tag}` is written, and `deny_unknown_fields` refuses it when the document is read back: leave out one of the two"),
        );
    }
}

/// Variants that serde compiles and cannot write, or writes and cannot read.
fn variants(cont: &Container, errors: &Errors) {
    let Data::Enum(variants) = &cont.serde.data else { return };
    for variant in variants {
        let attrs = &variant.attrs;
        let untagged = attrs.untagged() || matches!(cont.serde.attrs.tag(), TagType::None);
        if attrs.skip_deserializing() && !attrs.skip_serializing() && !untagged {
            errors.at(
                &variant.ident,
                "this variant is written, and serde does not read it back: use `#[serde(skip)]`, or leave out `skip_deserializing`",
            );
        }
        if attrs.serialize_with().is_some() || attrs.deserialize_with().is_some() {
            if !attrs.skip_serializing() {
                says_type(cont, &variant.original.attrs, errors);
            }
            continue;
        }
        let (TagType::Internal { tag }, Style::Newtype, [field], false) =
            (cont.serde.attrs.tag(), variant.style, variant.fields.as_slice(), untagged)
        else {
            continue;
        };
        if field.attrs.skip_serializing() || ast::is_encoded(field) {
            continue;
        }
        if types::is_no_object(field.ty) || types::inside_option(field.ty).is_some() {
            errors.at(
                field.ty,
                format_args!(
                    "an internally tagged variant is an object with the key `{tag}`, and `{}` is none: name the field (`{} {{ … }}`), or add `content = \"…\"` beside `tag`",
                    types::written(field.ty),
                    variant.ident
                ),
            );
        }
    }
}
