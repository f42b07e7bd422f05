//! Errors as SQL raises them: the texts in which a [`FieldError`] comes back from the server.

use super::error::{FieldError, Reason};

/// What tells our messages from PostgreSQL's own.
const MARK: &str = "checkpoint: ";
pub(crate) const EXPECTED: &str = "checkpoint: expected ";
pub(crate) const FOUND: &str = ", found ";
pub(crate) const AT: &str = " at ";
/// In place of the pointer of the whole document, which is empty.
pub(crate) const DOCUMENT: &str = "(document)";

const NO_ELEMENT: &str = "no such element";
const OCCUPIED: &str = "there is a value already";
const OUT_OF_RANGE: &str = "out of range for ";
const MISSING: &str = "missing ";
pub(crate) const VERSION: &str = "checkpoint: version ";
pub(crate) const NOT: &str = ", not ";

/// PostgreSQL puts the text in quotes; other languages than English spell them otherwise.
const QUOTES: [&str; 8] = ["\"", "\u{a0}»", " »", "»", "“", "”", "«", "’"];

/// The types that a message names.
const TYPES: [&str; 9] =
    ["null", "boolean", "number", "string", "array", "object", "integer", "date-time", "version"];
const NUMBERS: [&str; 12] =
    ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize", "f32", "f64"];

/// The text before the place. A wrong type's is made by the server.
pub(crate) fn message(reason: &Reason) -> String {
    let reason = match reason {
        Reason::Missing(keys) => format!("{MISSING}{}", serde_json::json!(keys)),
        Reason::NoElement => NO_ELEMENT.to_owned(),
        Reason::Occupied => OCCUPIED.to_owned(),
        Reason::OutOfRange(name) => format!("{OUT_OF_RANGE}{name}"),
        Reason::Version { found, expected } => return format!("{VERSION}{found}{NOT}{expected}"),
        Reason::WrongType { expected, found } => return format!("{EXPECTED}{expected}{FOUND}{found}"),
        Reason::Unreadable(why) | Reason::Unwritable(why) | Reason::Key(why) | Reason::Operand(why) => {
            why.clone()
        }
    };
    format!("{MARK}{reason}")
}

impl FieldError {
    /// The error that an update or filter of this crate raised in PostgreSQL, from the server's message; `None`
    /// for every other message. Its SQLSTATE is 22023 (`invalid_parameter_value`).
    ///
    /// ```
    /// use checkpoint_schema::FieldError;
    ///
    /// let message = r#"unrecognized encoding: "checkpoint: expected array, found string at /projects""#;
    /// let error = FieldError::from_postgres(message).unwrap();
    /// assert_eq!(error.to_string(), "/projects: expected array, found string");
    /// assert_eq!(FieldError::from_postgres("division by zero"), None);
    /// ```
    pub fn from_postgres(message: &str) -> Option<Self> {
        let text = &message[message.find(MARK)? + MARK.len()..];
        let (reason, rest) = reason(text)?;
        let quoted = rest.strip_prefix(AT)?;
        let pointer = QUOTES.iter().find_map(|quote| quoted.strip_suffix(quote)).unwrap_or(quoted);
        let pointer = if pointer == DOCUMENT { "" } else { pointer };
        Some(Self::new(pointer.to_owned(), reason))
    }
}

fn reason(text: &str) -> Option<(Reason, &str)> {
    let known = |names: &[&'static str], text: &str| {
        let name = names.iter().filter(|name| text.starts_with(**name)).max_by_key(|name| name.len())?;
        Some((*name, name.len()))
    };
    if let Some(rest) = text.strip_prefix("expected ") {
        let (expected, end) = known(&TYPES, rest)?;
        let rest = rest[end..].strip_prefix(FOUND)?;
        let (found, end) = known(&TYPES, rest)?;
        return Some((Reason::WrongType { expected, found }, &rest[end..]));
    }
    if let Some(rest) = text.strip_prefix(MISSING) {
        let mut keys = serde_json::Deserializer::from_str(rest).into_iter::<Vec<String>>();
        let missing = keys.next()?.ok()?;
        return Some((Reason::Missing(missing), &rest[keys.byte_offset()..]));
    }
    if let Some(rest) = text.strip_prefix(OUT_OF_RANGE) {
        let (name, end) = known(&NUMBERS, rest)?;
        return Some((Reason::OutOfRange(name), &rest[end..]));
    }
    if let Some(rest) = text.strip_prefix(&VERSION[MARK.len()..]) {
        let (found, rest) = version(rest)?;
        let (expected, rest) = version(rest.strip_prefix(NOT)?)?;
        return Some((Reason::Version { found, expected }, rest));
    }
    let plain = [(NO_ELEMENT, Reason::NoElement), (OCCUPIED, Reason::Occupied)];
    plain.into_iter().find_map(|(prefix, reason)| Some((reason, text.strip_prefix(prefix)?)))
}

fn version(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|other: char| !other.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}
