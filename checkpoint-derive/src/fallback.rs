//! What stands in for the generated code after an error: impls that satisfy the rest of the program, so
//! that the compiler reports the mistake and not everything that misses the type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::ast::Container;
use crate::expand;

pub(crate) fn expand(input: &DeriveInput, cont: Option<&Container>, serde_errors: bool) -> TokenStream {
    // What serde refuses has no accessors, and serde's own derives report the same fault.
    let Some(cont) = cont.filter(|_| !serde_errors) else { return TokenStream::new() };
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
    let root = (cont.attrs.job.is_some() && !borrows)
        .then(|| expand::root_impl(input, &quote!("erroneous"), &quote!(1)));
    expand::assemble(cont, quote!(#schema #root))
}
