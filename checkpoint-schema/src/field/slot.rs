//! What a field's type cannot tell about the field: whether the document may leave it out, and how its
//! value is written. A *slot* is that knowledge as a type, carried by every [`Path`](super::Path).

use std::marker::PhantomData;

use super::encoding::Plain;
use crate::Checkpoint;

/// How a value stands in the document, as far as reading it back is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// The whole document.
    Root,
    /// serde refuses a document without it.
    Required,
    /// Where it is missing, serde takes the default of the field (`#[serde(default)]`) or of its container.
    Defaulted,
    /// Where it is missing, serde reads `None`: an `Option` without a default of its own.
    Optional,
    /// An entry of a map: there or not there, as the map's owner likes.
    Entry,
    /// An element of an array or of a tuple: taking it away moves its neighbours.
    Element,
    /// Spread over the parent by `#[serde(flatten)]`: it has fields, and no place of its own.
    Flattened,
}

/// A slot: the presence of a field and its encoding.
///
/// The markers of this module implement it; there is no need to implement it elsewhere.
pub trait Slot {
    /// Turns values into JSON and back: [`Plain`], or the functions of a `#[serde(with = …)]`.
    type Encoding;
    /// May the document leave it out?
    const PRESENCE: Presence;
    /// Does a stored JSON `null` count as missing? Only inside an `Option`.
    const NULL_IS_MISSING: bool = false;
    /// Does serde's default stand where the value is missing? Only after `or_default()`, for filters.
    const DEFAULT_STANDS_IN: bool = false;
}

/// A slot without which the document still reads: the field can be removed.
#[diagnostic::on_unimplemented(
    message = "a document without this field cannot be read back",
    label = "serde requires this field, or element, when it reads",
    note = "give the field `#[serde(default)]`, or make it an `Option`",
    note = "elements of a list are taken away with `remove` and `pop`"
)]
pub trait ReadableWhenMissing: Slot {}

macro_rules! presences {
    ($($(#[$doc:meta])* $name:ident: $encoding:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name(());

        impl Slot for $name {
            type Encoding = $encoding;
            const PRESENCE: Presence = Presence::$name;
        }

        #[diagnostic::do_not_recommend]
        impl Entered for $name {}
        #[diagnostic::do_not_recommend]
        impl Direct for $name {}
    )*};
}

presences! {
    /// The slot of [`Presence::Root`].
    Root: Plain;
    /// The slot of [`Presence::Required`].
    Required: Plain;
    /// The slot of [`Presence::Defaulted`].
    Defaulted: Plain;
    /// The slot of [`Presence::Optional`].
    Optional: Plain;
    /// The slot of [`Presence::Entry`].
    Entry: Plain;
    /// The slot of [`Presence::Element`].
    Element: Plain;
    /// The slot of [`Presence::Flattened`]. Its encoding encodes nothing.
    Flattened: super::encoding::Spread;
}

/// A slot whose value is stored as its type writes it, so that what is inside has a place of its own.
///
/// Not so for a field with `#[serde(with = …)]`: only its functions know what they store.
#[diagnostic::on_unimplemented(
    message = "a field with `with` is read and written as a whole",
    label = "serde stores what the field's functions write, not what its Rust type holds",
    note = "`set`, `set_default`, `unset` and `copy_from` change it"
)]
pub trait Entered: Slot {}

/// A slot that a change can be made in: every one but the whole document and what is spread over its parent.
#[diagnostic::on_unimplemented(
    message = "a change needs a field with a place of its own",
    label = "this is the whole document, or a flattened field, or a field seen with its default",
    note = "the whole document is changed with `replace` and `merge`; of a flattened field change its own fields",
    note = "leave `or_default()` out to change a field"
)]
pub trait Settable: Slot {
    /// The slot itself, for the bounds that mean nothing where there is no place: they stay silent then.
    type Itself: Slot;
}

/// One by one, and never as advice: the trait's own words say what can be done.
macro_rules! implemented {
    ($trait:ident: $([$($generics:tt)*] $slot:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $trait for $slot {}
    )*};
}

macro_rules! with_itself {
    ($trait:ident: $([$($generics:tt)*] $slot:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $trait for $slot {
            type Itself = Self;
        }
    )*};
}

with_itself! { Settable:
    [] Required;
    [] Defaulted;
    [] Optional;
    [] Entry;
    [] Element;
    [S: Settable] Nullable<S>;
    [S: Settable, E] Encoded<S, E>;
}

/// The slot of the whole document `R`, seen as a `T`, if that is the same.
#[diagnostic::on_unimplemented(
    message = "only the whole document is replaced",
    label = "this is a part of it",
    note = "a field is changed with `set`, a flattened one field by field"
)]
pub trait Whole<R, T> {
    /// The document.
    type Document: Checkpoint;
}

#[diagnostic::do_not_recommend]
impl<R: Checkpoint> Whole<R, R> for Root {
    type Document = R;
}

/// A slot whose object a shallow change can be made in: the whole document too.
#[diagnostic::on_unimplemented(
    message = "a merge needs an object of its own",
    label = "this is a flattened field, whose keys stand in the object around it, or a field seen with its default",
    note = "merge the struct around a flattened field, or change its own fields",
    note = "leave `or_default()` out to change a field"
)]
pub trait Mergeable: Slot {
    /// The slot itself, as [`Settable::Itself`].
    type Itself: Slot;
}

with_itself! { Mergeable:
    [] Root;
    [] Required;
    [] Defaulted;
    [] Optional;
    [] Entry;
    [] Element;
    [S: Mergeable] Nullable<S>;
    [S: Mergeable, E] Encoded<S, E>;
}

implemented! { ReadableWhenMissing:
    [] Defaulted;
    [] Optional;
    [] Entry;
    [S: ReadableWhenMissing] Nullable<S>;
    [S: ReadableWhenMissing, E] Encoded<S, E>;
}

/// The inside of an `Option`: the slot `S`, where a stored `null` counts as missing too.
pub struct Nullable<S>(PhantomData<fn() -> S>);

impl<S: Slot> Slot for Nullable<S> {
    type Encoding = S::Encoding;
    const PRESENCE: Presence = S::PRESENCE;
    const NULL_IS_MISSING: bool = true;
}

implemented! { Entered:
    [S: Entered] Nullable<S>;
}

/// The slot `S` of a field with `#[serde(with = …)]`, whose values go through the encoding `E`.
pub struct Encoded<S, E>(PhantomData<fn() -> (S, E)>);

impl<S: Slot, E> Slot for Encoded<S, E> {
    type Encoding = E;
    const PRESENCE: Presence = S::PRESENCE;
    const NULL_IS_MISSING: bool = S::NULL_IS_MISSING;
}

/// A slot whose value has a place of its own, where it is or is not.
#[diagnostic::on_unimplemented(
    message = "this field is neither there nor missing",
    label = "a flattened field is spread over its parent, and behind `or_default()` nothing is missing",
    note = "ask one of the flattened fields, or ask without `or_default()`"
)]
pub trait Placed: Slot {}

implemented! { Placed:
    [] Root;
    [] Required;
    [] Defaulted;
    [] Optional;
    [] Entry;
    [] Element;
    [S: Placed] Nullable<S>;
    [S: Placed, E] Encoded<S, E>;
}

/// A slot whose stored value can be looked into by filters: what is stored is what the type writes.
#[diagnostic::on_unimplemented(
    message = "a field with `with` has no order and no elements",
    label = "serde stores what the field's functions write, not what its Rust type holds",
    note = "such a field can be compared with `eq`, `ne` and `in_`"
)]
pub trait Direct: Slot {}

implemented! { Direct:
    [S: Direct] Nullable<S>;
    [S: Direct] WithDefault<S>;
}

/// A slot for which serde has a default: `#[serde(default)]` on the field or on its container.
#[diagnostic::on_unimplemented(
    message = "this field has no serde default",
    label = "nothing stands in where it is missing",
    note = "give the field `#[serde(default)]`; an `Option` without one is asked by `.some().is_missing()`"
)]
pub trait HasDefault: Slot {}

implemented! { HasDefault:
    [] Defaulted;
    [S: HasDefault] Nullable<S>;
    [S: HasDefault, E] Encoded<S, E>;
}

/// The slot `S` as serde reads it: where the value is missing, its default stands. For filters alone: it
/// cannot be entered, nor changed.
pub struct WithDefault<S>(PhantomData<fn() -> S>);

impl<S: Slot> Slot for WithDefault<S> {
    type Encoding = S::Encoding;
    const PRESENCE: Presence = S::PRESENCE;
    const NULL_IS_MISSING: bool = S::NULL_IS_MISSING;
    const DEFAULT_STANDS_IN: bool = true;
}
