//! What stands in for the generated code after an error: impls that satisfy the rest of the program, so
//! that the compiler reports the mistake and not everything that misses the type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, ImplGenerics, TypeGenerics, WhereClause};

use crate::ast::Container;
use crate::expand;

pub(crate) fn expand(input: &DeriveInput, cont: Option<&Container>, serde_errors: bool) -> TokenStream {
    let Some(cont) = cont else { return TokenStream::new() };
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let name = ident.to_string();
    let schema = (!cont.attrs.manual_schema).then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __checkpoint::schemars::JsonSchema for #ident #ty_generics #where_clause {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    ::std::borrow::Cow::Borrowed(#name)
                }

                fn json_schema(_: &mut __checkpoint::schemars::SchemaGenerator) -> __checkpoint::schemars::Schema {
                    ::core::default::Default::default()
                }
            }
        }
    });
    let borrows = input.generics.lifetimes().next().is_some();
    let meant = cont.attrs.job_meant && !borrows;
    let root = if meant && serde_errors {
        fields(input, &impl_generics, &ty_generics, where_clause)
    } else if meant {
        // Named for the type: one name for all would make a registry report duplicates.
        expand::root_impl(input, &quote!(#name), &quote!(1), &TokenStream::new())
    } else {
        TokenStream::new()
    };
    expand::assemble(cont, quote!(#schema #root))
}

/// `fields()` of the type's own. What serde's derives refuse too has none of serde's traits, and so cannot
/// be a `Checkpoint`.
fn fields(
    input: &DeriveInput,
    impl_generics: &ImplGenerics,
    ty_generics: &TypeGenerics,
    where_clause: Option<&WhereClause>,
) -> TokenStream {
    let ident = &input.ident;
    let vis = &input.vis;
    quote! {
        impl #impl_generics #ident #ty_generics #where_clause {
            #[allow(dead_code)]
            #vis fn fields() -> <Self as __checkpoint::Field>::Handle<Self, __checkpoint::Root> {
                <Self as __checkpoint::Field>::handle(__checkpoint::Path::root())
            }
        }
    }
}
