//! What serde accepts and a checkpoint cannot be: each refusal says why and what to write instead.

use std::collections::BTreeMap;

use serde_derive_internals::ast::{Data, Style};
use serde_derive_internals::attr::{Default as SerdeDefault, TagType};
use serde_derive_internals::name::MultiName;
use syn::Type;

use crate::ast::{Container, Field, Place, Slot, last_segment};
use crate::attr::Errors;
use crate::expand::schema::meta_items;

/// The key under which a document keeps its version.
const RESERVED: &str = "checkpoint_version";

pub(crate) fn check(cont: &Container, errors: &Errors) {
    conversions(cont, errors);
    names(cont, errors);
    root(cont, errors);
    for field in &cont.fields {
        leaf(field, errors);
        schema_of_with(cont, field, errors);
        flattened(field, errors);
        readable(cont, field, errors);
    }
    variants(cont, errors);
}

/// `into`, `from`, `try_from`, `remote`, `getter`: the document is not this type's.
fn conversions(cont: &Container, errors: &Errors) {
    let attrs = &cont.serde.attrs;
    let conversions =
        [("into", attrs.type_into()), ("from", attrs.type_from()), ("try_from", attrs.type_try_from())];
    for (name, other) in conversions {
        if let Some(other) = other {
            errors.at(
                other,
                format_args!(
                    "`serde({name} = …)` stores another type's document: derive `Checkpoint` on that type and use it as the field, or write `checkpoint_schema::leaf!({})` and implement `JsonSchema` by hand to treat the value as one piece",
                    cont.serde.ident
                ),
            );
        }
    }
    if let Some(remote) = attrs.remote() {
        errors.at(
            remote,
            "`serde(remote = …)` implements no trait for this type: derive `Checkpoint` on a struct of your own, or mark the field that uses it `#[checkpoint(leaf)]`",
        );
    }
    for field in cont.serde.data.all_fields().chain(cont.fields.iter().map(|field| &field.serde)) {
        if let Some(getter) = field.attrs.getter() {
            errors.at(getter, "`serde(getter = …)` belongs to `serde(remote = …)`, which a checkpoint cannot use: leave it out");
        }
    }
}

/// One key for writing and reading, and one field for a key.
fn names(cont: &Container, errors: &Errors) {
    let mut keys: BTreeMap<&str, ()> = BTreeMap::new();
    for field in &cont.fields {
        let Some(Place { step: crate::ast::Step::Name(key), .. }) = &field.place else { continue };
        one_name(field.serde.attrs.name(), &field.serde.member, "field", errors);
        if key.contains('\0') {
            errors.at(
                &field.serde.member,
                "the key holds U+0000, which PostgreSQL cannot store: choose another `rename`",
            );
        }
        if keys.insert(key, ()).is_some() {
            errors.at(
                &field.serde.member,
                format_args!(
                    "two fields are stored under the key `{key}`: give one of them another `rename`"
                ),
            );
        }
    }
    for field in &cont.fields {
        let Some(Place { step: crate::ast::Step::Name(own), .. }) = &field.place else { continue };
        for alias in field.serde.attrs.aliases() {
            if alias.value != *own && keys.contains_key(alias.value.as_str()) {
                errors.at(
                    &field.serde.member,
                    format_args!("the alias `{alias}` is the key of another field, which serde reads first: leave the alias out", alias = alias.value),
                );
            }
        }
    }
    if let Data::Enum(variants) = &cont.serde.data {
        for variant in variants {
            if !variant.attrs.skip_serializing() && !variant.attrs.skip_deserializing() {
                one_name(variant.attrs.name(), &variant.ident, "variant", errors);
            }
            for field in &variant.fields {
                if !field.attrs.skip_serializing() && !field.attrs.skip_deserializing() {
                    one_name(field.attrs.name(), &field.member, "field", errors);
                }
            }
        }
    }
}

fn one_name(name: &MultiName, place: impl quote::ToTokens, what: &str, errors: &Errors) {
    let (written, read) = (&name.serialize_name().value, &name.deserialize_name().value);
    if written != read {
        errors.at(
            place,
            format_args!(
                "this {what} is written as `{written}` and read as `{read}`, so a stored document cannot be read back: use one `rename` for both, and `alias = \"{read}\"` to go on reading the other"
            ),
        );
    }
}

/// What only the whole checkpoint must be: an object of its own.
fn root(cont: &Container, errors: &Errors) {
    let Some(job) = &cont.attrs.job else { return };
    let shape = match &cont.serde.data {
        Data::Struct(Style::Struct, _) => None,
        _ if cont.wraps => Some("whatever its one field is"),
        Data::Struct(Style::Unit, _) => Some("`null`"),
        Data::Struct(..) => Some("an array"),
        Data::Enum(_) => match cont.serde.attrs.tag() {
            TagType::Internal { .. } | TagType::Adjacent { .. } => None,
            TagType::External => Some("a string or an object, by its variant"),
            TagType::None => Some("whatever its variant is"),
        },
    };
    if let Some(shape) = shape {
        let advice = match &cont.serde.data {
            Data::Enum(_) => "tag the enum (`#[serde(tag = \"…\")]`), or make it the field of a struct",
            Data::Struct(..) => "name the fields, or make it the field of a struct that has the job",
        };
        errors.at(
            job,
            format_args!("a checkpoint is a JSON object, and this type is stored as {shape}: {advice}"),
        );
    }
    if let Some(lifetime) = cont.input.generics.lifetimes().next() {
        errors.at(
            lifetime,
            "a checkpoint outlives the row it is read from, so it cannot borrow: use owned types, such as `String`",
        );
    }
    for field in &cont.fields {
        let name = field.serde.attrs.name();
        let mut keys = field.serde.attrs.aliases().iter().chain([name.serialize_name()]);
        if keys.any(|key| key.value == RESERVED) {
            errors.at(
                &field.serde.member,
                format_args!(
                    "the key `{RESERVED}` is reserved for the version of the document: choose another name"
                ),
            );
        }
    }
}

fn leaf(field: &Field, errors: &Errors) {
    let Some(leaf) = field.attrs.leaf else { return };
    if field.place.is_none() {
        errors.at_span(leaf, "`leaf` means nothing on a skipped field: leave it out");
    } else if field.is_encoded() {
        errors.at_span(leaf, "a field with `with` is a leaf already: leave `leaf` out");
    } else if field.serde.attrs.flatten() {
        errors.at_span(
            leaf,
            "a flattened field has no value of its own to be a leaf: leave out `leaf`, or `flatten`",
        );
    }
}

/// schemars takes `serde(with = …)` for a type, and for most people it is a module.
fn schema_of_with(cont: &Container, field: &Field, errors: &Errors) {
    if cont.attrs.manual_schema || !field.is_encoded() || field.place.is_none() {
        return;
    }
    let mut items = Vec::new();
    for attr in &field.serde.original.attrs {
        if attr.path().is_ident("schemars") || attr.path().is_ident("serde") {
            let of_serde = attr.path().is_ident("serde");
            items.extend(meta_items(attr).into_iter().map(|item| (of_serde, item)));
        }
    }
    let says_type = items.iter().any(|(of_serde, item)| {
        matches!(item.name.as_str(), "with" | "schema_with")
            && (!of_serde || item.string().is_some_and(|path| names_a_type(&path)))
    });
    if !says_type {
        errors.at(
            field.serde.ty,
            "the schema cannot be told from a `with` function: name the type that it stores, as in `#[schemars(with = \"String\")]`",
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
fn flattened(field: &Field, errors: &Errors) {
    if !field.serde.attrs.flatten() || field.place.is_none() {
        return;
    }
    if field.is_encoded() {
        errors.at(
            &field.serde.member,
            "a flattened field has no value of its own for `with` to encode: leave out `with`, or `flatten`",
        );
    }
    if let Some(name) = not_an_object(field.serde.ty) {
        errors.at(
            field.serde.ty,
            format_args!("serde can flatten structs and maps, and `{name}` is neither: leave `flatten` out"),
        );
    }
}

/// A document that serde writes must be one that serde reads.
fn readable(cont: &Container, field: &Field, errors: &Errors) {
    let attrs = &field.serde.attrs;
    if attrs.skip_serializing() && attrs.skip_deserializing() {
        return;
    }
    let named = matches!(field.serde.member, syn::Member::Named(_));
    if !named && attrs.skip_serializing() != attrs.skip_deserializing() {
        errors.at(
            field.serde.ty,
            "a tuple field skipped on one side only moves its neighbours between writing and reading: use `#[serde(skip)]`",
        );
    }
    if attrs.skip_deserializing() && cont.serde.attrs.deny_unknown_fields() {
        errors.at(
            &field.serde.member,
            "this field is written, and `deny_unknown_fields` refuses it when the document is read back: use `#[serde(skip)]`, or leave out `deny_unknown_fields`",
        );
    }
    // Where the type is asked (`Slot::Bare`), the expansion asks it.
    if may_be_left_out(field) && slot_when_read(cont, field) == Slot::Required {
        errors.at(&field.serde.member, UNREADABLE);
    }
}

const UNREADABLE: &str =
    "serde may leave this field out when it writes, and requires it when it reads: add `#[serde(default)]`";

/// May a written document lack the field?
pub(crate) fn may_be_left_out(field: &Field) -> bool {
    let attrs = &field.serde.attrs;
    matches!(field.serde.member, syn::Member::Named(_))
        && !attrs.flatten()
        && !attrs.skip_deserializing()
        && (attrs.skip_serializing() || attrs.skip_serializing_if().is_some())
}

/// The slot with which serde reads a named field, skipped when written or not.
pub(crate) fn slot_when_read(cont: &Container, field: &Field) -> Slot {
    let container_default = !matches!(cont.serde.attrs.default(), SerdeDefault::None);
    crate::ast::slot_of(&field.serde, &field.attrs, container_default)
}

/// Variants that serde compiles and cannot write.
fn variants(cont: &Container, errors: &Errors) {
    let (Data::Enum(variants), TagType::Internal { tag }) = (&cont.serde.data, cont.serde.attrs.tag()) else {
        return;
    };
    for variant in variants {
        let (Style::Newtype, [field]) = (variant.style, variant.fields.as_slice()) else { continue };
        if variant.attrs.untagged() || variant.attrs.serialize_with().is_some() {
            continue;
        }
        if let Some(name) = not_an_object(field.ty) {
            errors.at(
                field.ty,
                format_args!(
                    "an internally tagged variant is an object with the key `{tag}`, and `{name}` is none: name the field (`{}{{ … }}`), or add `content = \"…\"` beside `tag`",
                    variant.ident
                ),
            );
        }
    }
}

/// The name of a well-known type that is no JSON object.
fn not_an_object(ty: &Type) -> Option<String> {
    const NAMES: &[&str] = &[
        "Vec", "VecDeque", "BTreeSet", "HashSet", "String", "bool", "char", "f32", "f64", "i8", "i16", "i32",
        "i64", "isize", "u8", "u16", "u32", "u64", "usize",
    ];
    let name = last_segment(ty)?.to_string();
    NAMES.contains(&name.as_str()).then_some(name)
}
