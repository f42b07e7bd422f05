//! `JsonSchema`, by a hidden mirror of the type that derives schemars' own.
//!
//! schemars stays the one authority on what an attribute means for the schema, and a worker needs no
//! dependency on it. The mirror has the type's fields and the attributes that count for the schema; the
//! type's impl delegates every method to the mirror's.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use serde_derive_internals::ast::{Data, Style};
use serde_derive_internals::attr::Default as SerdeDefault;
use syn::ext::IdentExt;
use syn::{Attribute, DeriveInput, Meta, Visibility, parse_quote};

use crate::ast::Container;

pub(super) fn impl_json_schema(cont: &Container) -> TokenStream {
    let mirror = mirror(cont);
    let default = impl_default(cont);
    let ident = &cont.serde.ident;
    let (impl_generics, ty_generics, where_clause) = cont.input.generics.split_for_impl();
    let of_mirror = quote!(<__Mirror #ty_generics as __checkpoint::schemars::JsonSchema>);

    // The bounds that schemars found for the mirror are the type's.
    let mut predicates: Vec<TokenStream> =
        where_clause.iter().flat_map(|clause| &clause.predicates).map(ToTokens::to_token_stream).collect();
    if !cont.input.generics.params.is_empty() {
        predicates.push(quote!(__Mirror #ty_generics: __checkpoint::schemars::JsonSchema));
    }
    quote! {
        #mirror
        #default

        #[automatically_derived]
        impl #impl_generics __checkpoint::schemars::JsonSchema for #ident #ty_generics
        where
            #(#predicates,)*
        {
            fn inline_schema() -> bool {
                #of_mirror::inline_schema()
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #of_mirror::schema_name()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                #of_mirror::schema_id()
            }

            fn json_schema(generator: &mut __checkpoint::schemars::SchemaGenerator) -> __checkpoint::schemars::Schema {
                #of_mirror::json_schema(generator)
            }

            // Doc-hidden in schemars, and needed: without them `transparent` over `Option` is required.
            fn _schemars_private_non_optional_json_schema(
                generator: &mut __checkpoint::schemars::SchemaGenerator,
            ) -> __checkpoint::schemars::Schema {
                #of_mirror::_schemars_private_non_optional_json_schema(generator)
            }

            fn _schemars_private_is_option() -> bool {
                #of_mirror::_schemars_private_is_option()
            }
        }
    }
}

/// The type under another name, with the attributes that schemars reads.
fn mirror(cont: &Container) -> DeriveInput {
    let mut mirror = cont.input.clone();
    mirror.ident = parse_quote!(__Mirror);
    mirror.vis = Visibility::Inherited;

    let (_, ty_generics, _) = cont.input.generics.split_for_impl();
    let ident = &cont.serde.ident;
    // `Page::<T>` stands for `Self` in types and in expressions, and `Page::<T>::new` is a path to schemars.
    let turbofish = ty_generics.as_turbofish();
    let this = quote!(#ident #turbofish);
    let keep = |attrs: &mut Vec<Attribute>| {
        attrs.retain(for_schema);
        attrs.iter_mut().for_each(|attr| name_self(attr, &this));
    };

    let renamed = mirror
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("schemars"))
        .any(|attr| meta_items(attr).iter().any(|item| item.name == "rename"));
    keep(&mut mirror.attrs);
    mirror.attrs.iter_mut().for_each(|attr| remove_item(attr, "crate"));
    match &mut mirror.data {
        syn::Data::Struct(data) => {
            for (field, own) in data.fields.iter_mut().zip(&cont.fields) {
                keep(&mut field.attrs);
                if own.attrs.secret.is_some() {
                    field.attrs.push(parse_quote!(#[schemars(extend("writeOnly" = true))]));
                }
            }
        }
        syn::Data::Enum(data) => {
            for variant in &mut data.variants {
                keep(&mut variant.attrs);
                variant.discriminant = None;
                variant.fields.iter_mut().for_each(|field| keep(&mut field.attrs));
            }
        }
        // serde refuses unions.
        syn::Data::Union(_) => {}
    }

    // schemars names a schema by the name that serde reads. Another name than the type's own stands in serde's
    // `rename`, and stays there: in schemars' braces have a meaning.
    let name = cont.serde.ident.unraw().to_string();
    let own = cont.serde.attrs.name().deserialize_name().value == name;
    let rename = (own && !renamed).then(|| quote!(rename = #name,));
    let schemars = match &cont.attrs.crate_path {
        Some(path) => format!("{}::__private::schemars", path.to_token_stream()),
        None => "::checkpoint_schema::__private::schemars".to_owned(),
    };
    // Before the attributes that it introduces.
    mirror.attrs.insert(0, parse_quote!(#[derive(__checkpoint::schemars::JsonSchema)]));
    mirror.attrs.push(parse_quote!(#[schemars(#rename crate = #schemars)]));
    mirror.attrs.push(parse_quote!(#[allow(dead_code, unused)]));
    mirror
}

/// A bare `#[serde(default)]` on the struct: schemars asks the mirror for the default, and the mirror's is
/// the type's, field by field.
fn impl_default(cont: &Container) -> Option<TokenStream> {
    let SerdeDefault::Default = cont.serde.attrs.default() else { return None };
    let Data::Struct(Style::Struct | Style::Tuple | Style::Newtype, _) = &cont.serde.data else {
        return None;
    };
    let ident = &cont.serde.ident;
    let (impl_generics, ty_generics, where_clause) = cont.input.generics.split_for_impl();
    let predicates = where_clause.iter().flat_map(|clause| &clause.predicates);
    let members: Vec<_> = cont.fields.iter().map(|field| &field.serde.member).collect();
    let generic = (!cont.input.generics.params.is_empty())
        .then(|| quote!(#ident #ty_generics: ::core::default::Default,));
    Some(quote! {
        impl #impl_generics ::core::default::Default for __Mirror #ty_generics
        where
            #(#predicates,)*
            #generic
        {
            fn default() -> Self {
                let original = <#ident #ty_generics as ::core::default::Default>::default();
                Self { #(#members: original.#members,)* }
            }
        }
    })
}

fn for_schema(attr: &Attribute) -> bool {
    ["serde", "schemars", "validate", "garde", "doc", "deprecated"]
        .iter()
        .any(|name| attr.path().is_ident(name))
}

/// One item of `#[serde(…)]` or `#[schemars(…)]`.
pub(crate) struct MetaItem {
    /// `rename` of `rename = "x"`; `!rename` of schemars' negation.
    pub(crate) name: String,
    pub(crate) tokens: Vec<TokenTree>,
}

impl MetaItem {
    /// The string `x` of `name = "x"`.
    pub(crate) fn string(&self) -> Option<String> {
        let [_, TokenTree::Punct(equals), value] = self.tokens.as_slice() else { return None };
        let value: syn::LitStr = syn::parse2(value.to_token_stream()).ok()?;
        (equals.as_char() == '=').then(|| value.value())
    }
}

/// The comma-separated items of an attribute, whatever they hold: schemars has forms that are no Rust meta.
pub(crate) fn meta_items(attr: &Attribute) -> Vec<MetaItem> {
    let Meta::List(list) = &attr.meta else { return Vec::new() };
    let mut items = vec![Vec::new()];
    for token in list.tokens.clone() {
        match (&token, items.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => items.push(Vec::new()),
            (_, Some(item)) => item.push(token),
            (_, None) => {}
        }
    }
    items
        .into_iter()
        .filter(|tokens| !tokens.is_empty())
        .map(|tokens| {
            let name = tokens
                .iter()
                .take_while(|token| matches!(token, TokenTree::Ident(_)) || token.to_string() == "!")
                .map(ToString::to_string)
                .collect();
            MetaItem { name, tokens }
        })
        .collect()
}

fn remove_item(attr: &mut Attribute, name: &str) {
    if !attr.path().is_ident("schemars") && !attr.path().is_ident("serde") {
        return;
    }
    let items = meta_items(attr);
    if items.iter().all(|item| item.name != name) {
        return;
    }
    let kept =
        items.into_iter().filter(|item| item.name != name).map(|item| TokenStream::from_iter(item.tokens));
    let kept = quote!(#(#kept),*);
    if let Meta::List(list) = &mut attr.meta {
        list.tokens = kept;
    }
}

/// `Self` in an attribute is the type, not its mirror: in expressions, and in the strings that hold paths
/// or types.
fn name_self(attr: &mut Attribute, this: &TokenStream) {
    let documentation = attr.path().is_ident("doc") || attr.path().is_ident("deprecated");
    if let (Meta::List(list), false) = (&mut attr.meta, documentation) {
        list.tokens = replace_self(std::mem::take(&mut list.tokens), this);
    }
}

fn replace_self(tokens: TokenStream, this: &TokenStream) -> TokenStream {
    const HOLD_RUST: &[&str] = &[
        "bound",
        "default",
        "deserialize_with",
        "schema_with",
        "serialize_with",
        "skip_serializing_if",
        "with",
    ];
    let mut out = TokenStream::new();
    let mut key = String::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => out.extend(this.clone()),
            TokenTree::Ident(ident) => {
                key = ident.to_string();
                out.extend([TokenTree::Ident(ident)]);
            }
            TokenTree::Group(group) => out.extend([TokenTree::Group(replace_in_group(&group, this))]),
            TokenTree::Literal(literal) if HOLD_RUST.contains(&key.as_str()) => {
                out.extend([TokenTree::Literal(replace_in_literal(literal, this))]);
            }
            token => {
                if let TokenTree::Punct(punct) = &token
                    && punct.as_char() == ','
                {
                    key.clear();
                }
                out.extend([token]);
            }
        }
    }
    out
}

fn replace_in_group(group: &Group, this: &TokenStream) -> Group {
    let mut replaced = Group::new(group.delimiter(), replace_self(group.stream(), this));
    replaced.set_span(group.span());
    replaced
}

fn replace_in_literal(literal: Literal, this: &TokenStream) -> Literal {
    let Ok(text) = syn::parse2::<syn::LitStr>(literal.to_token_stream()) else { return literal };
    let Ok(rust) = text.parse::<TokenStream>() else { return literal };
    if !mentions_self(rust.clone()) {
        return literal;
    }
    let mut replaced = Literal::string(&replace_self(rust, this).to_string());
    replaced.set_span(literal.span());
    replaced
}

fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "Self",
        TokenTree::Group(group) => mentions_self(group.stream()),
        _ => false,
    })
}
