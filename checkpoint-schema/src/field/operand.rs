//! What can be given where a value of a field's type is wanted.

use serde_json::Value;

use super::encoding::Encoding;

/// A value for a field of type `T`: a `T`, a reference to one, or a `&str` where `T` is a `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of this field, which holds `{T}`",
    label = "expected `{T}` or `&{T}`"
)]
pub trait Operand<T>: Sized {
    /// The JSON that is stored for the value.
    ///
    /// # Errors
    ///
    /// As [`Encoding::encode`].
    fn encode<E: Encoding<T>>(self) -> Result<Value, serde_json::Error>;
}

impl<T> Operand<T> for T {
    fn encode<E: Encoding<T>>(self) -> Result<Value, serde_json::Error> {
        E::encode(&self)
    }
}

impl<T> Operand<T> for &T {
    fn encode<E: Encoding<T>>(self) -> Result<Value, serde_json::Error> {
        E::encode(self)
    }
}

#[diagnostic::do_not_recommend]
impl Operand<String> for &str {
    fn encode<E: Encoding<String>>(self) -> Result<Value, serde_json::Error> {
        E::encode_text(self)
    }
}

#[diagnostic::do_not_recommend]
impl Operand<Box<str>> for &str {
    fn encode<E: Encoding<Box<str>>>(self) -> Result<Value, serde_json::Error> {
        E::encode_text(self)
    }
}
