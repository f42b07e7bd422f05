//! How a field's value becomes JSON and comes back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::storable;

/// Turns values of `T` into the JSON that serde stores for the field, and back.
///
/// [`Plain`] is the type's own serde; the derive writes one for each field with `#[serde(with = …)]`,
/// `serialize_with` or `deserialize_with`.
#[diagnostic::on_unimplemented(
    message = "this field has no value of its own to read or write",
    label = "a flattened field is spread over its parent",
    note = "go on to one of its fields, or leave `#[serde(flatten)]` out"
)]
pub trait Encoding<T> {
    /// The JSON of `value`.
    ///
    /// # Errors
    ///
    /// What the type's `Serialize` or serde_json refuses: a map key that is no string, an integer beyond 64
    /// bits. And what would be stored as something else, not be stored, or not be read back: NaN and the
    /// infinities, U+0000 in a text or a key, more than 127 arrays and objects inside each other.
    fn encode(value: &T) -> Result<Value, serde_json::Error>;

    /// The JSON of a text: the same as of a `String`, made without one.
    #[doc(hidden)]
    fn encode_text(text: &str) -> Result<Value, serde_json::Error>
    where
        T: for<'a> From<&'a str>,
    {
        Self::encode(&T::from(text))
    }

    /// The value that serde reads from `json`.
    ///
    /// # Errors
    ///
    /// What the type's `Deserialize` refuses, with the path inside `json`.
    fn decode(json: &Value) -> Result<T, serde_path_to_error::Error<serde_json::Error>>;
}

/// The type's own `Serialize` and `Deserialize`.
#[derive(Clone, Copy, Debug)]
pub struct Plain(());

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Encoding<T> for Plain {
    fn encode(value: &T) -> Result<Value, serde_json::Error> {
        storable::to_value(value)
    }

    #[inline]
    fn encode_text(text: &str) -> Result<Value, serde_json::Error>
    where
        T: for<'a> From<&'a str>,
    {
        // Both types that are made of a text, `String` and `Box<str>`, are written as it.
        storable::text(text)
    }

    fn decode(json: &Value) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
        serde_path_to_error::deserialize(json)
    }
}

/// The encoding of a flattened field: none, since its JSON is part of its parent's.
#[derive(Clone, Copy, Debug)]
pub struct Spread(());

/// An encoding whose JSON means the same as that of the encoding `E`: that one.
#[diagnostic::on_unimplemented(
    message = "a stored value cannot be taken from a field that is encoded in another way",
    label = "one of the two fields has a `with` of its own",
    note = "read the value with `get`, and give it to `set`"
)]
pub trait SameEncoding<E> {}

#[diagnostic::do_not_recommend]
impl<E> SameEncoding<E> for E {}
