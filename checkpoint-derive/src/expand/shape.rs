//! `Field::SHAPE`: what serde knows of the type, as a constant for tools.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use serde_derive_internals::ast::{Data, Field as SerdeField, Style, Variant};
use serde_derive_internals::attr::{Default as SerdeDefault, TagType};
use serde_derive_internals::name::MultiName;
use syn::ext::IdentExt;

use super::spans::{as_field, last_span};
use crate::ast::{self, Container, Field, Slot};

/// The expression of the type's shape.
pub(super) fn shape(cont: &Container) -> TokenStream {
    let name = cont.serde.ident.unraw().to_string();
    let deny = cont.serde.attrs.deny_unknown_fields();
    // What a type parameter stands for is not known to a constant of every instance.
    let known = cont.input.generics.params.is_empty();
    match &cont.serde.data {
        Data::Struct(style, _) => {
            let fields: Vec<&SerdeField> = cont.fields.iter().map(|field| &field.serde).collect();
            let leaf = |at: usize| !known || cont.fields[at].is_leaf();
            let inherits =
                |field: &Field| field.place.as_ref().is_some_and(|place| place.slot == Slot::Inherited);
            if let Some(at) = cont.fields.iter().position(inherits) {
                let shape = shape_of(fields[at], leaf(at));
                return quote!(__checkpoint::Shape::Same(#shape));
            }
            if matches!(style, Style::Newtype) {
                return quote!(__checkpoint::Shape::Leaf);
            }
            let tag = match cont.serde.attrs.tag() {
                TagType::Internal { tag } => Some(tag.as_str()),
                _ => None,
            };
            let default = match cont.serde.attrs.default() {
                SerdeDefault::None => None,
                _ => Some("container"),
            };
            let facts = |at: usize| Facts {
                required: required(&cont.fields[at], known),
                initial: known.then(|| initial(cont, at)).flatten(),
            };
            let shape = |at: usize| shape_of(fields[at], leaf(at));
            content(*style, &name, &fields, &shape, &facts, deny, Object { tag, default })
        }
        Data::Enum(variants) => {
            let tagging = match cont.serde.attrs.tag() {
                TagType::External => quote!(External),
                TagType::Internal { tag } => quote!(Internal { tag: #tag }),
                TagType::Adjacent { tag, content } => quote!(Adjacent { tag: #tag, content: #content }),
                TagType::None => quote!(Untagged),
            };
            let variants = variants
                .iter()
                .filter(|variant| !(variant.attrs.skip_serializing() && variant.attrs.skip_deserializing()))
                .map(|one| variant(one, known, deny));
            quote! {
                __checkpoint::Shape::Enum(__checkpoint::shape::Enum {
                    name: #name,
                    tagging: __checkpoint::shape::Tagging::#tagging,
                    variants: &[#(#variants),*],
                })
            }
        }
    }
}

/// `Field::__KEYS`, where the type's own shape does not hold all of its keys.
pub(super) fn keys(cont: &Container) -> Option<TokenStream> {
    let keys = |field: &Field| {
        let as_field = as_field(field.serde.ty);
        quote!(#as_field::__KEYS)
    };
    let all = match cont.placed().find(|(_, place)| place.slot == Slot::Inherited) {
        Some((field, _)) if !is_known(cont, field) => return None,
        Some((field, _)) => keys(field),
        None => {
            let flattened: Vec<_> = flattened(cont).map(keys).collect();
            if flattened.is_empty() {
                return None;
            }
            quote!(&__checkpoint::shape::Keys::__new(Self::SHAPE, &[#(#flattened),*]))
        }
    };
    Some(quote!(const __KEYS: &'static __checkpoint::shape::Keys = #all;))
}

/// The fields that are flattened into the struct and whose types a constant can ask.
pub(super) fn flattened<'c, 'a>(cont: &'c Container<'a>) -> impl Iterator<Item = &'c Field<'a>> {
    let flattened = cont.placed().filter(|(_, place)| place.slot == Slot::Flattened);
    flattened.map(|(field, _)| field).filter(|field| is_known(cont, field))
}

/// Can a constant ask the type of the field for its keys? Not a parameter, and a type inside itself for ever.
fn is_known(cont: &Container, field: &Field) -> bool {
    cont.input.generics.params.is_empty()
        && !field.is_leaf()
        && !mentions(field.serde.ty.to_token_stream(), &cont.serde.ident)
}

fn mentions(tokens: TokenStream, name: &proc_macro2::Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

fn variant(variant: &Variant, known: bool, deny: bool) -> TokenStream {
    let Names { key, aliases } = names(variant.attrs.name(), variant.attrs.aliases());
    let written = !variant.attrs.skip_serializing();
    let read = !variant.attrs.skip_deserializing();
    let (other, untagged) = (variant.attrs.other(), variant.attrs.untagged());
    let encoded = variant.attrs.serialize_with().is_some() || variant.attrs.deserialize_with().is_some();
    let fields: Vec<&SerdeField> = variant.fields.iter().collect();
    let content = match variant.style {
        _ if encoded || !known => quote!(__checkpoint::Shape::Leaf),
        style => {
            let name = variant.ident.unraw().to_string();
            // An enum is one value: nothing asks what a document must have inside one.
            let facts = |_: usize| Facts { required: quote!(false), initial: None };
            let asked = |at: usize| asked_shape(fields[at]);
            content(style, &name, &fields, &asked, &facts, deny, Object::default())
        }
    };
    quote! {
        __checkpoint::shape::Variant {
            name: #key,
            aliases: #aliases,
            written: #written,
            read: #read,
            other: #other,
            untagged: #untagged,
            content: #content,
        }
    }
}

/// What a container says of the object it is.
#[derive(Default)]
struct Object<'a> {
    /// `#[serde(tag = "…")]` on a struct.
    tag: Option<&'a str>,
    /// How the fields that have no default of their own are filled in.
    default: Option<&'a str>,
}

/// What a field's own attributes do not tell of it.
struct Facts {
    required: TokenStream,
    initial: Option<TokenStream>,
}

fn content(
    style: Style,
    name: &str,
    fields: &[&SerdeField],
    shape: &dyn Fn(usize) -> TokenStream,
    facts: &dyn Fn(usize) -> Facts,
    deny: bool,
    object: Object<'_>,
) -> TokenStream {
    let skipped = |field: &SerdeField| field.attrs.skip_serializing() && field.attrs.skip_deserializing();
    let kept = fields.iter().enumerate().filter(|(_, field)| !skipped(field));
    match style {
        Style::Unit => quote!(__checkpoint::Shape::Leaf),
        Style::Newtype => {
            let shapes = kept.map(|(at, _)| shape(at));
            quote!(__checkpoint::Shape::Same(#(#shapes)*))
        }
        Style::Tuple => {
            let shapes = kept.map(|(at, _)| shape(at));
            quote!(__checkpoint::Shape::Tuple(&[#(#shapes),*]))
        }
        Style::Struct => {
            // The tag of a struct is written for others, and serde passes over it when it reads.
            let tag = object.tag.map(|tag| {
                quote! {
                    __checkpoint::shape::Member {
                        key: #tag,
                        aliases: &[],
                        written: true,
                        read: false,
                        flattened: false,
                        default: ::core::option::Option::None,
                        skipped_if: ::core::option::Option::None,
                        encoded_by: ::core::option::Option::None,
                        required: false,
                        initial: ::core::option::Option::None,
                        shape: __checkpoint::ShapeOf::__leaf(),
                    }
                }
            });
            let members = tag.into_iter().chain(kept.map(|(at, field)| {
                let one_way = field.attrs.skip_serializing() || field.attrs.skip_deserializing();
                let shape = if one_way { shape_of(field, true) } else { shape(at) };
                member(field, &shape, facts(at), object.default)
            }));
            quote! {
                __checkpoint::Shape::Struct(__checkpoint::shape::Struct {
                    name: #name,
                    members: &[#(#members),*],
                    deny_unknown_fields: #deny,
                })
            }
        }
    }
}

/// The module of `with`, or the two functions.
fn encoded_by(field: &SerdeField) -> Option<String> {
    let write = field.attrs.serialize_with().map(spelled);
    let read = crate::ast::deserialize_with(field).map(spelled);
    let module =
        |path: &Option<String>, function: &str| Some(path.as_ref()?.strip_suffix(function)?.to_owned());
    match (module(&write, "::serialize"), module(&read, "::deserialize")) {
        (Some(write), Some(read)) if write == read => Some(read),
        _ => match (write, read) {
            (None, None) => None,
            (write, read) => Some([write, read].into_iter().flatten().collect::<Vec<_>>().join(", ")),
        },
    }
}

fn member(
    field: &SerdeField,
    shape: &TokenStream,
    facts: Facts,
    container_default: Option<&str>,
) -> TokenStream {
    let Facts { required, initial } = facts;
    let initial = match initial {
        Some(initial) => quote!(::core::option::Option::Some(#initial)),
        None => quote!(::core::option::Option::None),
    };
    let Names { key, aliases } = names(field.attrs.name(), field.attrs.aliases());
    let written = !field.attrs.skip_serializing();
    let read = !field.attrs.skip_deserializing();
    let flattened = field.attrs.flatten();
    let default = match field.attrs.default() {
        SerdeDefault::None => container_default.map(str::to_owned),
        SerdeDefault::Default => Some("Default::default".to_owned()),
        SerdeDefault::Path(path) => Some(spelled(path)),
    };
    let default = option(default);
    let skipped_if = option(field.attrs.skip_serializing_if().map(spelled));
    let encoded_by = option(encoded_by(field));
    quote! {
        __checkpoint::shape::Member {
            key: #key,
            aliases: #aliases,
            written: #written,
            read: #read,
            flattened: #flattened,
            default: #default,
            skipped_if: #skipped_if,
            encoded_by: #encoded_by,
            required: #required,
            initial: #initial,
            shape: #shape,
        }
    }
}

/// Does serde refuse an object without the field? As a constant expression: of some types only they know.
fn required(field: &Field, known: bool) -> TokenStream {
    match field.place.as_ref().map(|place| place.slot) {
        // What is not written has a default or is an `Option`: the checks saw to that.
        None | Some(Slot::Defaulted | Slot::Optional | Slot::Inherited) => quote!(false),
        Some(Slot::Required | Slot::Element) => quote!(true),
        Some(Slot::Bare | Slot::Flattened) if known && !field.is_leaf() => {
            let as_field = as_field(field.serde.ty);
            quote_spanned!(last_span(field.serde.ty)=>
                !__checkpoint::is_readable_when_missing::<#as_field::Bare>())
        }
        // A type parameter may stand for an `Option`: that a field seems required only withholds the making
        // of an object without it.
        Some(Slot::Bare | Slot::Flattened) => {
            let option = ast::last_segment(field.serde.ty).is_some_and(|name| name == "Option");
            let required = !option;
            quote!(#required)
        }
    }
}

/// A function that makes the JSON of the field's default, if serde has one.
fn initial(cont: &Container, at: usize) -> Option<TokenStream> {
    let field = &cont.fields[at];
    if !matches!(field.place.as_ref()?.slot, Slot::Defaulted) {
        return None;
    }
    let ty = field.serde.ty;
    let (ident, member) = (&cont.serde.ident, &field.serde.member);
    let (_, ty_generics, _) = cont.input.generics.split_for_impl();
    let end = last_span(ty);
    let value = match (field.serde.attrs.default(), cont.serde.attrs.default()) {
        (SerdeDefault::Default, _) if !field.is_encoded() => {
            return Some(quote_spanned!(end=> __checkpoint::shape::__default::<#ty>));
        }
        (SerdeDefault::Default, _) => quote_spanned!(end=> <#ty as ::core::default::Default>::default()),
        (SerdeDefault::Path(path), _) => quote!(#path()),
        (SerdeDefault::None, SerdeDefault::Path(path)) => {
            quote!({ let whole: #ident #ty_generics = #path(); whole }.#member)
        }
        (SerdeDefault::None, _) => {
            quote!(<#ident #ty_generics as ::core::default::Default>::default().#member)
        }
    };
    let encode = if field.is_encoded() {
        let encoding = super::fields::encoding_ident(at);
        quote!(<#encoding #ty_generics as __checkpoint::Encoding<#ty>>::encode)
    } else {
        quote!(__checkpoint::to_value)
    };
    Some(quote!(|| #encode(&#value)))
}

/// The member of the field, for its accessor.
pub(super) fn member_of(cont: &Container, at: usize) -> TokenStream {
    let field = &cont.fields[at];
    if cont.input.generics.params.is_empty() {
        let ident = &cont.serde.ident;
        let both =
            |field: &Field| field.serde.attrs.skip_serializing() && field.serde.attrs.skip_deserializing();
        let tag = usize::from(matches!(cont.serde.attrs.tag(), TagType::Internal { .. }));
        let position = tag + cont.fields[..at].iter().filter(|field| !both(field)).count();
        return quote!(__checkpoint::shape::__member::<#ident>(#position));
    }
    // Where the accessor is, the parameters are such that all is known.
    let facts = Facts { required: required(field, true), initial: initial(cont, at) };
    let default = match cont.serde.attrs.default() {
        SerdeDefault::None => None,
        _ => Some("container"),
    };
    let one_way = field.serde.attrs.skip_serializing() || field.serde.attrs.skip_deserializing();
    let shape = shape_of(&field.serde, field.is_leaf() || one_way);
    let member = member(&field.serde, &shape, facts, default);
    quote!(const { &#member })
}

/// A path as people write it: `Vec::is_empty`.
fn spelled(path: &syn::ExprPath) -> String {
    quote!(#path).to_string().replace(' ', "")
}

fn option(text: Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// The shape of a variant's field, whose type need be no `Field`: the enum is one value to the accessors.
fn asked_shape(field: &SerdeField) -> TokenStream {
    if encoded_by(field).is_some() {
        return shape_of(field, true);
    }
    let ty = field.ty;
    // Of the two methods of this name the compiler takes the first one whose type is a `Field`.
    let shape = quote! {
        || {
            #[allow(unused_imports, reason = "one of the two is used")]
            use __checkpoint::shape::{OfAny as _, OfField as _};
            (&&__checkpoint::shape::Asked::<#ty>::NEW).__shape()
        }
    };
    quote!(__checkpoint::ShapeOf::__new(#shape, ::core::any::type_name::<#ty>))
}

fn shape_of(field: &SerdeField, leaf: bool) -> TokenStream {
    if leaf {
        return quote!(__checkpoint::ShapeOf::__leaf());
    }
    // As the accessor names it, so that a type that is no `Field` is told once.
    let as_field = as_field(field.ty);
    let ty = field.ty;
    // No closure: each is a function of its own for the compiler to check.
    quote!(__checkpoint::ShapeOf::__new(#as_field::__shape, ::core::any::type_name::<#ty>))
}

struct Names<'a> {
    key: &'a str,
    aliases: TokenStream,
}

fn names<'a>(
    name: &'a MultiName,
    aliases: &std::collections::BTreeSet<serde_derive_internals::name::Name>,
) -> Names<'a> {
    let key = name.serialize_name().value.as_str();
    // serde lists the read name among the aliases.
    let aliases = aliases.iter().map(|alias| alias.value.as_str()).filter(|alias| *alias != key);
    Names { key, aliases: quote!(&[#(#aliases),*]) }
}
