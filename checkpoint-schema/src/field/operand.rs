//! What can be given where a value of a field's type is wanted.

use serde_json::Value;

use super::encoding::Encoding;

/// A value for a field of type `T`: a `T`, a reference to one, or a `&str` where `T` is a `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of this field, which holds `{T}`",
    label = "expected `{T}` or `&{T}`",
    note = "an `Option` is given as `Some(…)` or `None`, and its inside is reached with `.some()`"
)]
pub trait Operand<T>: Sized {
    /// The JSON that is stored for the value.
    ///
    /// # Errors
    ///
    /// As [`Encoding::encode`].
    fn encode<E: Encoding<T>>(self) -> Result<Value, serde_json::Error>;
}

#[diagnostic::do_not_recommend]
impl<T> Operand<T> for T {
    fn encode<E: Encoding<T>>(self) -> Result<Value, serde_json::Error> {
        E::encode(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Operand<T> for &T {
    fn encode<E: Encoding<T>>(self) -> Result<Value, serde_json::Error> {
        E::encode(self)
    }
}

#[diagnostic::do_not_recommend]
impl Operand<String> for &str {
    #[inline]
    fn encode<E: Encoding<String>>(self) -> Result<Value, serde_json::Error> {
        E::encode_text(self)
    }
}

#[diagnostic::do_not_recommend]
impl Operand<Box<str>> for &str {
    #[inline]
    fn encode<E: Encoding<Box<str>>>(self) -> Result<Value, serde_json::Error> {
        E::encode_text(self)
    }
}

/// Values for the elements of a list that holds `T`: each an [`Operand`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no values for a list that holds `{T}`",
    label = "expected an array, a `Vec` or an iterator of `{T}` or `&{T}`"
)]
pub trait Operands<T>: IntoIterator<Item: Operand<T>> {}

#[diagnostic::do_not_recommend]
impl<T, I: IntoIterator<Item: Operand<T>>> Operands<T> for I {}

/// What a field holds whose stored value can stand in a field that holds `T`: the same type.
#[diagnostic::on_unimplemented(
    message = "the stored value of a field that holds `{Self}` does not fit one that holds `{T}`",
    label = "expected a field that holds `{T}`",
    note = "the inside of an `Option` is reached with `.some()`"
)]
pub trait Same<T> {}

#[diagnostic::do_not_recommend]
impl<T> Same<T> for T {}
