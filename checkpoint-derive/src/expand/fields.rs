//! The handle of the type: its struct, its accessors, and the `Field` impl that leads to it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use serde_derive_internals::ast::{Data, Style as DataStyle};
use serde_derive_internals::attr::Default as SerdeDefault;
use syn::spanned::Spanned;
use syn::{Generics, Member, WherePredicate, parse_quote};

use super::spans::{as_field, last_span, shown_at};
use crate::ast::{self, Container, Field, Place, Slot, Step};
use crate::check;

/// `GithubCheckpointFields`, if the type has accessors.
fn handle_ident(cont: &Container) -> Option<Ident> {
    cont.placed().next()?;
    Some(format_ident!("{}Fields", cont.serde.ident))
}

/// The type's generics without their defaults, and the handle's own two behind them.
fn handle_generics(cont: &Container) -> Generics {
    let mut generics = cont.input.generics.clone();
    for param in generics.type_params_mut() {
        param.default = None;
    }
    for param in &mut generics.params {
        if let syn::GenericParam::Const(param) = param {
            param.default = None;
        }
    }
    generics.params.push(parse_quote!(__R));
    generics.params.push(parse_quote!(__S));
    generics
}

pub(super) fn handle_struct(cont: &Container, private: &TokenStream) -> Option<TokenStream> {
    let handle = handle_ident(cont)?;
    let ident = &cont.serde.ident;
    let vis = &cont.input.vis;
    let (_, ty_generics, where_clause) = cont.input.generics.split_for_impl();
    let generics = handle_generics(cont);
    let doc = format!(
        "Field handles of [`{ident}`]; they deref to the [`Path`](checkpoint_schema::Path) of the whole value."
    );
    Some(quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated, missing_debug_implementations)]
        #vis struct #handle #generics #where_clause {
            path: #private::Path<__R, #ident #ty_generics, __S>,
        }
    })
}

pub(super) fn impl_handle(cont: &Container) -> Option<TokenStream> {
    let handle = handle_ident(cont)?;
    let ident = &cont.serde.ident;
    let (_, ty_generics, where_clause) = cont.input.generics.split_for_impl();
    let generics = handle_generics(cont);
    let (impl_generics, handle_generics, _) = generics.split_for_impl();
    let mut with_slot = generics.clone();
    for param in with_slot.type_params_mut().filter(|param| param.ident == "__S") {
        param.bounds.push(parse_quote!(__checkpoint::Slot));
    }
    let (accessor_generics, ..) = with_slot.split_for_impl();
    let placed =
        || cont.fields.iter().enumerate().filter_map(|(at, field)| Some((at, field, field.place.as_ref()?)));
    let accessors = placed().map(|(at, field, place)| accessor(cont, at, field, place));
    let encodings =
        placed().filter(|(_, field, _)| field.is_encoded()).map(|(at, field, _)| encoding(cont, at, field));
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics ::core::ops::Deref for #handle #handle_generics #where_clause {
            type Target = __checkpoint::Path<__R, #ident #ty_generics, __S>;

            fn deref(&self) -> &Self::Target {
                &self.path
            }
        }

        #[automatically_derived]
        impl #accessor_generics #handle #handle_generics #where_clause {
            #(#accessors)*
        }

        #(#encodings)*
    })
}

fn accessor(cont: &Container, at: usize, field: &Field, place: &Place) -> TokenStream {
    let vis = &field.serde.original.vis;
    let ty = field.serde.ty;
    let name = match &field.serde.member {
        Member::Named(name) => name.clone(),
        Member::Unnamed(index) => format_ident!("_{}", index.index, span = ty.span()),
    };
    let attrs = field
        .serde
        .original
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("doc") || attr.path().is_ident("deprecated"));
    let as_field = as_field(ty);
    let end = last_span(ty);
    let slot = match place.slot {
        Slot::Inherited => quote!(__S),
        Slot::Flattened => quote!(__checkpoint::Flattened),
        Slot::Element => quote!(__checkpoint::Element),
        Slot::Required => quote!(__checkpoint::Required),
        Slot::Defaulted => quote!(__checkpoint::Defaulted),
        Slot::Optional => quote!(__checkpoint::Optional),
        Slot::Bare => quote_spanned!(end=> #as_field::Bare),
    };
    let slot = if field.is_encoded() {
        let encoding = encoding_ident(at);
        let (_, ty_generics, _) = cont.input.generics.split_for_impl();
        quote!(__checkpoint::Encoded<#slot, #encoding #ty_generics>)
    } else {
        slot
    };
    let path = quote_spanned!(shown_at(ty.span())=> self.path);
    let step = match &place.step {
        Step::Name => {
            let member = super::shape::member_of(cont, at);
            quote_spanned!(end=> #path.__field::<#ty, #slot>(const { &[__checkpoint::shape::__step(#member)] }))
        }
        Step::Position(position) => {
            let shape = if field.is_leaf() {
                quote!(|| &__checkpoint::Shape::Leaf)
            } else {
                quote_spanned!(end=> || #as_field::SHAPE)
            };
            quote_spanned!(end=> #path.__element::<#ty, #slot>(#position, #shape))
        }
        Step::Same if place.slot == Slot::Flattened => {
            let ident = &cont.serde.ident;
            let (_, ty_generics, _) = cont.input.generics.split_for_impl();
            quote_spanned!(end=> #path.__flattened::<#ty, #slot, #ident #ty_generics>())
        }
        Step::Same => quote_spanned!(end=> #path.__same::<#ty, #slot>()),
    };
    let (handle, body) = if field.is_leaf() {
        (quote!(__checkpoint::Path<__R, #ty, #slot>), step)
    } else {
        (quote_spanned!(end=> #as_field::Handle<__R, #slot>), quote_spanned!(end=> #as_field::handle(#step)))
    };
    let bound = accessor_bound(cont, at);
    let receiver = quote_spanned!(shown_at(name.span())=> &self);
    quote_spanned! {name.span()=>
        #(#attrs)*
        #[inline]
        #vis fn #name(#receiver) -> #handle #bound {
            #body
        }
    }
}

/// A generic field has its accessor where the parameters make it a `Field`, and where its default can be made
/// and written.
fn accessor_bound(cont: &Container, at: usize) -> Option<TokenStream> {
    if cont.input.generics.params.is_empty() {
        return None;
    }
    let field = &cont.fields[at];
    let ty = field.serde.ty;
    let mut predicates = Vec::new();
    if !field.is_leaf() {
        predicates.push(quote!(#ty: __checkpoint::Field));
    }
    if field.place.as_ref().is_some_and(|place| place.slot == Slot::Defaulted) {
        let ident = &cont.serde.ident;
        let (_, ty_generics, _) = cont.input.generics.split_for_impl();
        match (field.serde.attrs.default(), cont.serde.attrs.default()) {
            (SerdeDefault::Default, _) => predicates.push(quote!(#ty: ::core::default::Default)),
            (SerdeDefault::None, SerdeDefault::Default) => {
                predicates.push(quote!(#ident #ty_generics: ::core::default::Default));
            }
            _ => {}
        }
        if field.is_encoded() {
            let encoding = encoding_ident(at);
            predicates.push(quote!(#encoding #ty_generics: __checkpoint::Encoding<#ty>));
        } else {
            predicates.push(quote!(#ty: __checkpoint::serde::Serialize));
        }
        let read = [field.serde.attrs.de_bound(), cont.serde.attrs.de_bound()];
        let read = read.into_iter().flatten().flatten().cloned().map(for_any_de);
        predicates.extend(read.map(ToTokens::into_token_stream));
    }
    (!predicates.is_empty()).then(|| quote!(where #(#predicates),*))
}

pub(super) fn encoding_ident(at: usize) -> Ident {
    format_ident!("__Encoding{at}")
}

/// The encoding of a field with `with`, `serialize_with` or `deserialize_with`: serde calls the same
/// functions in the same way.
fn encoding(cont: &Container, at: usize, field: &Field) -> TokenStream {
    let encoding = encoding_ident(at);
    let ident = &cont.serde.ident;
    let ty = field.serde.ty;
    let mut generics = cont.input.generics.clone();
    let (_, ty_generics, where_clause) = cont.input.generics.split_for_impl();

    let attrs = &field.serde.attrs;
    let written = [attrs.ser_bound(), cont.serde.attrs.ser_bound()];
    let read = [attrs.de_bound(), cont.serde.attrs.de_bound()];
    let predicates = &mut generics.make_where_clause().predicates;
    predicates.extend(written.into_iter().flatten().flatten().cloned());
    predicates.extend(read.into_iter().flatten().flatten().cloned().map(for_any_de));

    let generic = !cont.input.generics.params.is_empty();
    let encode = match attrs.serialize_with() {
        Some(function) => quote!(__checkpoint::to_value_with(|serializer| #function(value, serializer))),
        None => {
            if generic {
                predicates.push(parse_quote!(#ty: __checkpoint::serde::Serialize));
            }
            quote!(__checkpoint::to_value(value))
        }
    };
    let decode = match ast::deserialize_with(&field.serde) {
        Some(function) => quote!(__checkpoint::decode_with(json, |deserializer| #function(deserializer))),
        None => {
            if generic {
                predicates.push(parse_quote!(#ty: __checkpoint::serde::de::DeserializeOwned));
            }
            quote!(__checkpoint::serde_path_to_error::deserialize(json))
        }
    };
    let declared = handle_generics_without_own(cont);
    let (impl_generics, _, impl_where) = generics.split_for_impl();
    quote! {
        pub struct #encoding #declared (::core::marker::PhantomData<fn() -> #ident #ty_generics>) #where_clause;

        impl #impl_generics __checkpoint::Encoding<#ty> for #encoding #ty_generics #impl_where {
            fn encode(
                value: &#ty,
            ) -> ::core::result::Result<__checkpoint::serde_json::Value, __checkpoint::serde_json::Error> {
                #encode
            }

            fn decode(
                json: &__checkpoint::serde_json::Value,
            ) -> ::core::result::Result<
                #ty,
                __checkpoint::serde_path_to_error::Error<__checkpoint::serde_json::Error>,
            > {
                #decode
            }
        }
    }
}

/// A bound on reading may name the lifetime `'de` of serde's own impl: here it holds for all of them.
fn for_any_de(mut predicate: WherePredicate) -> WherePredicate {
    if let WherePredicate::Type(bound) = &mut predicate {
        let lifetimes = bound.lifetimes.get_or_insert_with(|| parse_quote!(for<>));
        lifetimes.lifetimes.push(parse_quote!('de));
    }
    predicate
}

fn handle_generics_without_own(cont: &Container) -> TokenStream {
    let mut generics = handle_generics(cont);
    generics.params.pop();
    generics.params.pop();
    generics.params.pop_punct();
    if generics.params.is_empty() { TokenStream::new() } else { generics.to_token_stream() }
}

pub(super) fn impl_field(cont: &Container) -> TokenStream {
    let ident = &cont.serde.ident;
    let (impl_generics, ty_generics, where_clause) = cont.input.generics.split_for_impl();
    let mut predicates: Vec<TokenStream> =
        where_clause.iter().flat_map(|clause| &clause.predicates).map(ToTokens::to_token_stream).collect();

    // serde hands a missing `transparent` struct on to its field: the field's type knows.
    let inherited =
        cont.placed().next().filter(|(field, _)| cont.serde.attrs.transparent() && !field.is_leaf());
    let bare = match inherited {
        Some((field, _)) => {
            let ty = field.serde.ty;
            if !cont.input.generics.params.is_empty() {
                predicates.push(quote!(#ty: __checkpoint::Field));
            }
            quote!(<#ty as __checkpoint::Field>::Bare)
        }
        None => quote!(__checkpoint::Required),
    };
    let (handle, body) = match handle_ident(cont) {
        Some(handle) => {
            let generics = handle_generics(cont);
            let (_, handle_generics, _) = generics.split_for_impl();
            (quote!(#handle #handle_generics), quote!(#handle { path }))
        }
        None => (quote!(__checkpoint::Path<__R, Self, __S>), quote!(path)),
    };
    let shape = super::shape::shape(cont);
    let keys = super::shape::keys(cont);
    let is_object =
        matches!(&cont.serde.data, Data::Struct(DataStyle::Struct, _)) && !cont.serde.attrs.transparent();
    let merge = is_object.then(|| {
        quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl #impl_generics __checkpoint::kind::Merge for #ident #ty_generics #where_clause {
                type Itself = Self;
            }
        }
    });
    quote! {
        #merge

        #[automatically_derived]
        impl #impl_generics __checkpoint::Field for #ident #ty_generics
        where
            #(#predicates,)*
        {
            type Bare = #bare;
            type Handle<__R, __S> = #handle;
            const SHAPE: &'static __checkpoint::Shape = &#shape;
            #keys

            #[inline]
            fn handle<__R, __S>(path: __checkpoint::Path<__R, Self, __S>) -> Self::Handle<__R, __S> {
                #body
            }
        }
    }
}

/// For each field that is flattened into a checkpoint: none of its keys may be the one of the version.
pub(super) fn assert_not_reserved(cont: &Container) -> TokenStream {
    if cont.attrs.job.is_none() {
        return TokenStream::new();
    }
    let key = cont.attrs.reserved_key();
    let message = format!(
        "the key `{key}` is reserved for the version of the document, and a field of this flattened type has it: choose another name there"
    );
    super::shape::flattened(cont)
        .map(|field| {
            let (as_field, end) = (as_field(field.serde.ty), last_span(field.serde.ty));
            quote_spanned! {end=>
                const _: () = ::core::assert!(!#as_field::__KEYS.__hold(#key), #message);
            }
        })
        .collect()
}

/// For each field that serde may leave out when it writes: the type must not be required when it reads.
pub(super) fn assert_readable(cont: &Container) -> TokenStream {
    // Inside a constant no type parameter can be named.
    if !cont.input.generics.params.is_empty() {
        return TokenStream::new();
    }
    cont.fields
        .iter()
        .filter(|field| check::asks_type(cont, field))
        .map(|field| {
            let (as_field, end) = (as_field(field.serde.ty), last_span(field.serde.ty));
            quote_spanned! {end=>
                const _: () = ::core::assert!(
                    __checkpoint::is_readable_when_missing::<#as_field::Bare>(),
                    "serde may leave this field out when it writes, and requires it when it reads: add `#[serde(default)]`"
                );
            }
        })
        .collect()
}
