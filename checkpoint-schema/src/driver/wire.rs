//! Parameters and values in PostgreSQL's binary form (its manual, 53.2.3, and the `_send` functions of the
//! types): what drivers have in common below their own types.

use serde_json::Value;

use crate::sql::Param;
use crate::table::Key;

/// The numbers of the types that statements bind and return (`pg_type.oid`): they are the same in every server.
pub mod oid {
    /// `jsonb`.
    pub const JSONB: u32 = 3802;
    /// `text`.
    pub const TEXT: u32 = 25;
    /// `bigint`.
    pub const BIGINT: u32 = 20;
    /// `integer`.
    pub const INTEGER: u32 = 23;
    /// `uuid`.
    pub const UUID: u32 = 2950;
    pub(crate) const BOOLEAN: u32 = 16;
    pub(crate) const SMALLINT: u32 = 21;
    pub(crate) const JSON: u32 = 114;
    pub(crate) const NAME: u32 = 19;
    pub(crate) const BPCHAR: u32 = 1042;
    pub(crate) const VARCHAR: u32 = 1043;
}

/// What a statement returns: the values of each row, in the order of the columns; `None` is SQL NULL.
pub type Rows = Vec<Vec<Option<Cell>>>;

/// A value as the server sends it in the binary form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    oid: u32,
    bytes: Vec<u8>,
}

/// The version of `jsonb`'s binary form; the text follows it.
const JSONB_VERSION: u8 = 1;

impl Param {
    /// The number of its type.
    pub fn oid(&self) -> u32 {
        match self {
            Self::Jsonb(_) => oid::JSONB,
            Self::Text(_) => oid::TEXT,
            Self::BigInt(_) => oid::BIGINT,
            Self::Integer(_) => oid::INTEGER,
            Self::Uuid(_) => oid::UUID,
        }
    }
}

/// Appends the binary form of a parameter.
///
/// # Errors
///
/// In words: a `Param::Uuid` that is no UUID.
pub fn encode(param: &Param, out: &mut Vec<u8>) -> Result<(), String> {
    match param {
        Param::Jsonb(value) => {
            out.push(JSONB_VERSION);
            serde_json::to_writer(out, value).map_err(|error| error.to_string())?;
        }
        Param::Text(text) => out.extend_from_slice(text.as_bytes()),
        Param::BigInt(number) => out.extend_from_slice(&number.to_be_bytes()),
        Param::Integer(number) => out.extend_from_slice(&number.to_be_bytes()),
        Param::Uuid(id) => {
            let digits = id.replace('-', "");
            let are_hex = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let whole = are_hex.then(|| u128::from_str_radix(&digits, 16).ok()).flatten();
            let whole = whole.ok_or_else(|| format!("{id:?} is no UUID"))?;
            out.extend_from_slice(&whole.to_be_bytes());
        }
    }
    Ok(())
}

impl Cell {
    /// The bytes of a value of the type with this number.
    pub fn new(oid: u32, bytes: impl Into<Vec<u8>>) -> Self {
        Self { oid, bytes: bytes.into() }
    }

    fn is_text(&self) -> bool {
        matches!(self.oid, oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME)
    }

    fn unknown(&self, expected: &str) -> String {
        format!("the server gave a value of the type with the number {} for {expected}", self.oid)
    }

    pub(crate) fn text(self) -> Result<String, String> {
        match self.is_text() {
            true => String::from_utf8(self.bytes).map_err(|error| error.to_string()),
            false => Err(self.unknown("a text")),
        }
    }

    pub(crate) fn boolean(&self) -> Result<bool, String> {
        match (self.oid, self.bytes.as_slice()) {
            (oid::BOOLEAN, [byte]) => Ok(*byte != 0),
            _ => Err(self.unknown("a boolean")),
        }
    }

    /// Of a `bigint`, where it is no less than 0.
    pub(crate) fn count(&self) -> Result<u64, String> {
        match (self.oid, <[u8; 8]>::try_from(self.bytes.as_slice()).map(u64::from_be_bytes)) {
            (oid::BIGINT, Ok(count)) => Ok(count),
            _ => Err(self.unknown("a count")),
        }
    }

    /// A document.
    pub(crate) fn json(&self) -> Result<Value, String> {
        let text = match (self.oid, self.bytes.as_slice()) {
            (oid::JSONB, [JSONB_VERSION, text @ ..]) => text,
            (oid::JSON, text) => text,
            _ => return Err(self.unknown("a document")),
        };
        serde_json::from_slice(text).map_err(|error| format!("the server's JSON cannot be read: {error}"))
    }

    /// The key of a row.
    pub(crate) fn key(self) -> Result<Key, String> {
        let bytes = self.bytes.as_slice();
        let key = match self.oid {
            oid::SMALLINT => bytes.try_into().ok().map(|it| Key::from(i16::from_be_bytes(it))),
            oid::INTEGER => bytes.try_into().ok().map(|it| Key::from(i32::from_be_bytes(it))),
            oid::BIGINT => bytes.try_into().ok().map(|it| Key::from(i64::from_be_bytes(it))),
            oid::UUID => bytes.try_into().ok().map(|it| Key::from_uuid(u128::from_be_bytes(it))),
            // Filled up with blanks, which do not count where it is compared as `text`.
            oid::BPCHAR => return self.text().map(|text| Key::from(text.trim_end_matches(' '))),
            _ if self.is_text() => return self.text().map(Key::from),
            _ => None,
        };
        key.ok_or_else(|| format!("{}: keys are integers, texts or UUIDs", self.unknown("the key of a row")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Cell, encode, oid};
    use crate::Param;
    use crate::table::Key;

    fn encoded(param: &Param) -> Vec<u8> {
        let mut out = Vec::new();
        encode(param, &mut out).unwrap();
        out
    }

    #[test]
    fn what_is_encoded_is_read_back() {
        let cell = |param: &Param| Cell::new(param.oid(), encoded(param));
        assert_eq!(cell(&Param::Jsonb(json!({"a": [1, "ä"]}))).json().unwrap(), json!({"a": [1, "ä"]}));
        assert_eq!(cell(&Param::Text("ä".into())).text().unwrap(), "ä");
        assert_eq!(cell(&Param::BigInt(-2)).key().unwrap(), Key::from(-2));
        assert_eq!(cell(&Param::Integer(-2)).key().unwrap(), Key::from(-2));
        assert_eq!(cell(&Param::BigInt(7)).count().unwrap(), 7);
        let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        assert_eq!(cell(&Param::Uuid(id.into())).key().unwrap().to_string(), id);
    }

    #[test]
    fn what_is_none_is_told() {
        assert!(encode(&Param::Uuid("x".into()), &mut Vec::new()).is_err());
        let float = Cell::new(701, [0; 8]);
        assert_eq!(
            float.clone().key().unwrap_err(),
            "the server gave a value of the type with the number 701 for the key of a row: keys are integers, \
             texts or UUIDs"
        );
        assert!(float.json().is_err() && float.boolean().is_err() && float.count().is_err());
        assert!(Cell::new(oid::BIGINT, [1]).key().is_err());
        assert!(Cell::new(oid::JSONB, [2, b'1']).json().is_err());
        assert!(Cell::new(oid::JSONB, []).json().is_err());
        assert!(Cell::new(oid::TEXT, [0xff]).text().is_err());
    }
}
