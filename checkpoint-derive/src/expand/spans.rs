//! Where the compiler shows what it has to say of generated code: at the user's own tokens, once.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

/// `<T as Field>` from the first token of the type to the last: what the compiler has to say of a type that
/// is no `Field`, it says of the same place each time, and so only once.
pub(super) fn as_field(ty: &Type) -> TokenStream {
    let open = quote_spanned!(ty.span()=> <);
    quote_spanned!(last_span(ty)=> #open #ty as __checkpoint::Field>)
}

pub(super) fn last_span(ty: &Type) -> Span {
    ty.to_token_stream().into_iter().last().map_or_else(Span::call_site, |token| token.span())
}

/// The place of `span`, and no `self` from there: the type may come from a `macro_rules!`, in which `self`
/// is another.
pub(super) fn shown_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}
