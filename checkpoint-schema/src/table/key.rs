//! What tells one row from the others.

use std::fmt;

use crate::sql::Param;

/// The key of a row: an integer, a text or a UUID, as the table's key column has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(KeyValue);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum KeyValue {
    BigInt(i64),
    Text(String),
    Uuid(String),
}

impl Key {
    /// Tells the types of key apart; none is 0.
    pub(super) fn kind(&self) -> usize {
        match &self.0 {
            KeyValue::BigInt(_) => 1,
            KeyValue::Text(_) => 2,
            KeyValue::Uuid(_) => 3,
        }
    }

    /// The key that a server has given.
    pub(crate) fn from_uuid(id: u128) -> Self {
        let digits = format!("{id:032x}");
        let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        Self(KeyValue::Uuid(parts.join("-")))
    }

    pub(super) fn param(&self) -> Param {
        match &self.0 {
            KeyValue::BigInt(id) => Param::BigInt(*id),
            KeyValue::Text(id) => Param::Text(id.clone()),
            KeyValue::Uuid(id) => Param::Uuid(id.clone()),
        }
    }
}

/// The number, the text or the UUID in its usual spelling.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            KeyValue::BigInt(id) => id.fmt(f),
            KeyValue::Text(id) | KeyValue::Uuid(id) => id.fmt(f),
        }
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Key {
            fn from(id: $integer) -> Self {
                Self(KeyValue::BigInt(id.into()))
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u8 u16 u32);

impl From<&str> for Key {
    fn from(id: &str) -> Self {
        Self(KeyValue::Text(id.to_owned()))
    }
}

impl From<String> for Key {
    fn from(id: String) -> Self {
        Self(KeyValue::Text(id))
    }
}

#[cfg(feature = "uuid")]
impl From<uuid::Uuid> for Key {
    fn from(id: uuid::Uuid) -> Self {
        Self(KeyValue::Uuid(id.to_string()))
    }
}
