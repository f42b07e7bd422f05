//! What can go wrong between a typed field and a JSON document.

use std::fmt;

/// A fault of one field of one document. Its text names the place as a JSON Pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pointer: String,
    reason: Reason,
}

/// Why a [`FieldError`] arose.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// On the way to the field the document holds another type: `found` where `expected` is needed.
    WrongType {
        /// The JSON type that the path needs there.
        expected: &'static str,
        /// The JSON type that the document has there.
        found: &'static str,
    },
    /// serde refuses the stored value; the text is serde's own.
    Unreadable(String),
    /// serde refuses to write the value, or PostgreSQL would not store what it says; the text tells which.
    Unwritable(String),
    /// The value given to `key` cannot be a JSON key, or PostgreSQL cannot store it.
    Key(String),
    /// The object is missing, and so are these keys, without which it could not be read: the same update must
    /// set them, or start from a whole document.
    Missing(Vec<String>),
    /// The list is not as long as that.
    NoElement,
    /// The result is no value of the field's type, which is named.
    OutOfRange(&'static str),
    /// Where a value should be moved to, there is one already.
    Occupied,
    /// The document is of another version of its layout than the program writes.
    Version {
        /// The version that the document states; 1 if it states none.
        found: u32,
        /// The version of the program's type.
        expected: u32,
    },
    /// The operand cannot be meant: no document gives it a sense. Says why.
    Operand(String),
}

impl FieldError {
    pub(crate) fn new(pointer: String, reason: Reason) -> Self {
        Self { pointer, reason }
    }

    /// serde refuses to write what stands there.
    pub(crate) fn unwritable(pointer: String, why: impl fmt::Display) -> Self {
        Self::new(pointer, Reason::Unwritable(why.to_string()))
    }

    /// The place in the document, as a JSON Pointer; empty for the document itself.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong there.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str("the document: ")?,
            pointer => write!(f, "{pointer}: ")?,
        }
        match &self.reason {
            Reason::WrongType { expected, found } => write!(f, "expected {expected}, found {found}"),
            Reason::Unreadable(why) | Reason::Unwritable(why) | Reason::Key(why) | Reason::Operand(why) => {
                f.write_str(why)
            }
            Reason::Missing(keys) if keys.is_empty() => f.write_str("missing"),
            Reason::Missing(keys) => write!(
                f,
                "missing, and cannot be made without {}: set all of them in the same update, or give the \
                 whole document with `or_insert`",
                keys.join(", ")
            ),
            Reason::NoElement => f.write_str("the list has no such element"),
            Reason::OutOfRange(name) => write!(f, "the result is out of range for {name}"),
            Reason::Occupied => f.write_str("there is a value already"),
            Reason::Version { found, expected } if found < expected => write!(
                f,
                "the document is of version {found}, and this program writes version {expected}: it has to be \
                 upgraded first"
            ),
            Reason::Version { found, expected } => write!(
                f,
                "the document is of version {found}, and this program writes version {expected}: a newer one \
                 has upgraded it"
            ),
        }
    }
}

impl std::error::Error for FieldError {}

/// The name that JSON Schema and `jsonb_typeof` give to the type of `value`.
pub(crate) fn type_name(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    }
}
