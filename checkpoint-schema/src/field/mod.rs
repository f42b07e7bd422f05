//! Typed access to the fields of a stored document: which type has which handle, and what a handle can do.
//!
//! The *type* of a field picks its handle ([`Field`]), the *slot* tells what the type cannot: may the
//! document leave the field out, and is it written through a `with` function. Both are types, so an
//! operation that does not fit a field does not compile.

mod containers;
mod encoding;
pub(crate) mod error;
mod json_key;
pub mod kind;
mod leaves;
pub(crate) mod notation;
mod operand;
pub(crate) mod path;
pub(crate) mod refusal;
pub mod shape;
mod slot;
pub(crate) mod step;
pub(crate) mod storable;

pub use encoding::{Encoding, Plain, SameEncoding, Spread};
pub use error::{FieldError, Reason};
pub use operand::{Operand, Operands, Same};
pub use path::Path;
pub use slot::{
    Defaulted, Direct, Element, Encoded, Entered, Entry, Flattened, HasDefault, Mergeable, Nullable,
    Optional, Placed, Presence, ReadableWhenMissing, Required, Root, Settable, Slot, Whole, WithDefault,
};

/// A type that can be a field of a checkpoint.
///
/// `#[derive(Checkpoint)]` implements it for structs and enums; numbers, strings, `Option`, `Vec`, maps
/// and the like have it here. A type that is written as one indivisible value is a leaf:
/// [`leaf!`](crate::leaf) for a type of your own, `#[checkpoint(leaf)]` on a field of a foreign one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a checkpoint field",
    label = "no field handle is known for `{Self}`",
    note = "derive `Checkpoint` for `{Self}`, or mark the field `#[checkpoint(leaf)]` to treat its value as one piece"
)]
pub trait Field: Sized {
    /// The slot of a field of this type that has no serde default: [`Optional`] where serde takes a
    /// missing field for `None`, else [`Required`]. Never [`Root`], whose fields are taken for those of the document.
    type Bare: Slot;

    /// What an accessor of such a field returns: the [`Path`] itself, or a struct with the accessors of
    /// this type's own fields that derefs to it.
    type Handle<R, S>;

    /// What serde knows of the type's JSON; [`Shape::Leaf`](shape::Shape::Leaf) where nothing is known.
    const SHAPE: &'static shape::Shape = &shape::Shape::Leaf;

    /// The keys that it adds to the object into which it is flattened.
    #[doc(hidden)]
    const __KEYS: &'static shape::Keys = &shape::Keys::__new(Self::SHAPE, &[]);

    /// The JSON of the type's default, if that is the same each time.
    #[doc(hidden)]
    const __BLANK: Option<shape::Blank> = None;

    /// [`SHAPE`](Field::SHAPE), when it is asked for.
    #[doc(hidden)]
    fn __shape() -> &'static shape::Shape {
        Self::SHAPE
    }

    /// The handle for the field at `path`.
    fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S>;
}
