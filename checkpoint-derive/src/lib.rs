//! The derive macro of `checkpoint-schema`, which re-exports it and documents it.
//!
//! A pipeline: `ast` reads the type, with serde's own understanding of serde's attributes and `attr`
//! for ours; `check` refuses what cannot work; `expand` writes the code, `fallback` what stands in
//! for it after an error, so that one mistake is one message.

mod ast;
mod attr;
mod check;
mod expand;
mod fallback;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct or enum part of a checkpoint, or with `job` the whole checkpoint of a job.
///
/// Stands beside serde's two derives. It implements `schemars::JsonSchema` (no dependency on schemars is
/// needed), [`Field`](trait.Field.html), and with `job` the trait
/// [`Checkpoint`](trait.Checkpoint.html), whose `fields()` starts the accessors: one method for each field
/// that serde both writes and reads, with the field's name, visibility and documentation; `_0`, `_1`, … for
/// the fields of tuple structs. The struct `<Type>Fields`, beside the type, holds them.
///
/// # Attributes
///
/// serde's attributes are honoured as serde means them, and so are `#[schemars(…)]`'s, which the derive
/// passes on. `#[validate(…)]` and `#[garde(…)]` count for the schema where their own derives stand.
///
/// On the type:
///
/// - `#[checkpoint(job = "github", version = 1)]`: the job in normal form (lower case, words joined by
///   `_`), and the version of its layout, 1 unless given.
/// - `#[checkpoint(upgrade(from = 1, with = v1_to_v2))]`: the step from the documents of an older version to
///   those of the next. `with` is the path of a `fn(A) -> Result<B, E>`: an `A` is what serde reads from the
///   older document, the next one is what serde writes of the `B`, and the `E` says (`Display`) why there is
///   none. `serde_json::Value` is as good an `A` or `B` as a struct that was the checkpoint once. Version N
///   has one step from each version before it. Where nothing old is stored any more, a step may refuse.
/// - `#[checkpoint(version_key = "…")]`: the reserved key under which the document states its version from
///   version 2 on, in place of `checkpoint_version`. It stays the same for as long as documents are stored.
///   A field of that key does not compile, nor one of a flattened type; of a generic type, and of the fields
///   of an enum's newtype variants, only writing tells.
/// - `#[checkpoint(schema = "manual")]`: do not implement `JsonSchema`; the type derives or writes it.
/// - `#[checkpoint(crate = "path::to::checkpoint_schema")]`: where the crate is, if it is re-exported.
///
/// On a field:
///
/// - `#[checkpoint(leaf)]`: its value is one piece. For foreign types that are no
///   [`Field`](trait.Field.html) but implement serde's traits and `JsonSchema`.
/// - `#[checkpoint(secret)]`: the tool tells its value nowhere, and the schema says `writeOnly`. It has a name,
///   and is not flattened. What is stored is not changed by it, nor what workers read, write or print.
///
/// # Limits
///
/// Key names are serde's *serialize* names. What makes written and read documents differ in more than
/// fields left out is refused with advice: names split between serialize and deserialize, `into`, `from`,
/// `try_from`, `remote`, `getter`.
#[proc_macro_derive(Checkpoint, attributes(checkpoint, schemars))]
pub fn derive_checkpoint(input: TokenStream) -> TokenStream {
    let mut input = parse_macro_input!(input as DeriveInput);
    serde_derive_internals::replace_receiver(&mut input);
    expand::derive(&input).into()
}
