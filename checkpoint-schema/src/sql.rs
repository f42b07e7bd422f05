//! SQL text under construction: the only place that quotes for SQL, and numbers parameters.

use std::fmt;

use serde_json::Value;

/// A value that a statement binds, beside the `$n` that stands for it. Every `$n` in the text has a cast, so
/// that PostgreSQL knows its type without being told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Param {
    /// `jsonb`.
    Jsonb(Value),
    /// `text`.
    Text(String),
    /// `bigint`.
    BigInt(i64),
    /// `integer`.
    Integer(i32),
    /// `uuid`, in its usual spelling.
    Uuid(String),
}

impl Param {
    /// The name of the PostgreSQL type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Jsonb(_) => "jsonb",
            Self::Text(_) => "text",
            Self::BigInt(_) => "bigint",
            Self::Integer(_) => "integer",
            Self::Uuid(_) => "uuid",
        }
    }
}

/// The text form, in which PostgreSQL takes a parameter of any type.
impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jsonb(value) => value.fmt(f),
            Self::Text(text) | Self::Uuid(text) => f.write_str(text),
            Self::BigInt(number) => number.fmt(f),
            Self::Integer(number) => number.fmt(f),
        }
    }
}

/// Text and parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) params: Vec<Param>,
}

impl Sql {
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Binds `param` and returns its place, cast: `$3::jsonb`.
    pub(crate) fn bind(&mut self, param: Param) -> String {
        let name = param.type_name();
        self.params.push(param);
        format!("${}::{name}", self.params.len())
    }
}

/// A string constant. One with a backslash is `E'…'`, which means the same whatever
/// `standard_conforming_strings` says (PostgreSQL's manual, 4.1.2.2).
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// A `jsonb` constant.
pub(crate) fn jsonb_literal(value: &Value) -> String {
    format!("{}::jsonb", literal(&value.to_string()))
}

/// A quoted identifier (PostgreSQL's manual, 4.1.1).
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
