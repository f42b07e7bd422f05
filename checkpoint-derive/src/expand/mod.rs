//! From the model to code.

mod fields;
pub(crate) mod schema;
mod shape;
mod spans;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned;

use crate::ast::Container;
use crate::attr::{Errors, Upgrade};
use crate::{check, fallback};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::default();
    let mut serde_errors = false;
    let mut cont = Container::from_ast(input, &errors, &mut serde_errors);
    if let Some(cont) = &mut cont {
        check::check(cont, &errors);
    }
    match (cont, errors.finish()) {
        (Some(cont), None) => expand(&cont),
        (cont, error) => {
            let error = error.map(syn::Error::into_compile_error);
            let fallback = fallback::expand(input, cont.as_ref(), serde_errors);
            quote!(#error #fallback)
        }
    }
}

fn expand(cont: &Container) -> TokenStream {
    let schema = (!cont.attrs.manual_schema).then(|| schema::impl_json_schema(cont));
    let root = impl_checkpoint(cont);
    let readable = fields::assert_readable(cont);
    let unreserved = fields::assert_not_reserved(cont);
    assemble(cont, quote!(#schema #root #readable #unreserved))
}

/// The handle struct beside the type, and everything else where its names can meet no other.
pub(crate) fn assemble(cont: &Container, impls: TokenStream) -> TokenStream {
    let private = private(cont);
    let handle = fields::handle_struct(cont, &private);
    let accessors = fields::impl_handle(cont);
    let field = fields::impl_field(cont);
    let generated = quote! {
        #handle

        #[doc(hidden)]
        #[allow(
            clippy::all, clippy::pedantic, clippy::restriction, clippy::nursery,
            dead_code, deprecated, non_camel_case_types, non_snake_case, private_bounds,
            unused_imports, unused_qualifications
        )]
        const _: () = {
            use #private as __checkpoint;
            use __checkpoint::serde;

            #accessors
            #field
            #impls
        };
    };
    match &cont.attrs.crate_path {
        Some(path) => quote_spanned!(path.span()=> #path::__checkpoint_schema! { #generated }),
        None => generated,
    }
}

/// The path of checkpoint-schema's module for generated code.
fn private(cont: &Container) -> TokenStream {
    match &cont.attrs.crate_path {
        Some(path) => quote!(#path::__private),
        None => quote!(::checkpoint_schema::__private),
    }
}

fn impl_checkpoint(cont: &Container) -> Option<TokenStream> {
    let job = cont.attrs.job.as_ref()?;
    let version = match &cont.attrs.version {
        Some(version) => quote!(#version),
        None => quote!(1),
    };
    let key = cont.attrs.version_key.as_ref().map(|key| quote!(const VERSION_KEY: &'static str = #key;));
    let upgrades = upgrades(cont);
    Some(root_impl(cont.input, &quote!(#job), &version, &quote!(#key #upgrades)))
}

/// The upgrade chain. Where a function does not fit, the compiler shows its name.
fn upgrades(cont: &Container) -> Option<TokenStream> {
    if cont.attrs.upgrades.is_empty() {
        return None;
    }
    let steps = cont.attrs.upgrades.iter().map(|Upgrade { from, with }| {
        quote_spanned! {with.span()=>
            __checkpoint::Upgrade::__new(#from, |document| __checkpoint::upgrade_step(#with, document))
        }
    });
    Some(quote!(const UPGRADES: &'static [__checkpoint::Upgrade] = &[#(#steps),*];))
}

pub(crate) fn root_impl(
    input: &DeriveInput,
    job: &TokenStream,
    version: &TokenStream,
    more: &TokenStream,
) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let predicates = where_clause.map(|clause| &clause.predicates);
    // A generic type is a checkpoint where its parameters let it be one.
    let generic = (!input.generics.params.is_empty())
        .then(|| quote!(Self: __checkpoint::Field + __checkpoint::Document,));
    let predicates = predicates.map(|predicates| {
        let comma = (!predicates.empty_or_trailing()).then(|| quote!(,));
        quote!(#predicates #comma)
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics __checkpoint::Checkpoint for #ident #ty_generics
        where
            #predicates
            #generic
        {
            const JOB: &'static str = #job;
            const VERSION: u32 = #version;
            #more
        }
    }
}
