//! One record: what in it is the document, the job and the key, with escapes undone, and where each byte of the
//! document stands in the stream.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{Columns, Names};
use crate::finding::Position;

/// How the records of a block are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A document, or an object that has it under a key.
    Json,
    /// Fields between tabs, with backslashes.
    Copy { columns: Columns },
    /// Fields between separators, in quotes where they need it.
    Csv { columns: Columns, separator: u8 },
}

/// What was found in a record.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    /// The text of the document; `None` if it is SQL NULL.
    pub(crate) document: Option<Located<'a>>,
    pub(crate) job: Option<Cow<'a, str>>,
    pub(crate) key: Option<String>,
}

/// A text, and where it comes from.
#[derive(Debug)]
pub(crate) struct Located<'a> {
    pub(crate) text: Cow<'a, [u8]>,
    /// The record.
    record: &'a [u8],
    /// Where the text stands in it, as it is written there.
    raw: Range<usize>,
    written: Written,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Plain,
    Copy,
    Quoted,
}

/// The record's document, job and key.
///
/// # Errors
///
/// Why it is no such record, and at which of its bytes.
pub(crate) fn read<'a>(
    record: &'a [u8],
    layout: Layout,
    names: &Names,
) -> Result<Content<'a>, (String, usize)> {
    match layout {
        Layout::Json => Ok(json(record, names)),
        Layout::Copy { columns } => copy(record, columns),
        Layout::Csv { columns, separator } => csv(record, columns, separator),
    }
}

impl Located<'_> {
    /// Where the byte at `offset` of the text stands, if the record begins at `start`.
    pub(crate) fn position(&self, offset: usize, start: Position) -> Position {
        let raw = &self.record[self.raw.clone()];
        let at = match self.written {
            Written::Plain => offset,
            Written::Copy => {
                let (mut at, mut decoded) = (0, 0);
                while decoded < offset && at < raw.len() {
                    at += unescape(&raw[at..]).1;
                    decoded += 1;
                }
                at
            }
            Written::Quoted => {
                let (mut at, mut decoded) = (0, 0);
                while decoded < offset && at < raw.len() {
                    at += if raw[at..].starts_with(b"\"\"") { 2 } else { 1 };
                    decoded += 1;
                }
                at
            }
        };
        let within = Position::in_bytes(self.record, self.raw.start + at);
        within.after(start)
    }
}

/// A JSON record is a document, unless it is an object that has one under the key of that name.
fn json<'a>(record: &'a [u8], names: &Names) -> Content<'a> {
    let (start, end) = (
        record.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(record.len()),
        record.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1),
    );
    let trimmed = record.get(start..end).unwrap_or_default();
    let whole = || Content {
        document: Some(Located {
            text: Cow::Borrowed(trimmed),
            record,
            raw: start..start + trimmed.len(),
            written: Written::Plain,
        }),
        job: None,
        key: None,
    };
    if !names.may_be_in(trimmed) {
        return whole();
    }
    let Ok(text) = std::str::from_utf8(trimmed) else { return whole() };
    let mut row = Row { names, document: None, job: None, key: None };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // What is no JSON is a document that is none: the judge says so.
    if Fields(&mut row).deserialize(&mut deserializer).is_err() || deserializer.end().is_err() {
        return whole();
    }
    let Some(document) = row.document else { return whole() };
    let document = document.get();
    // Both are slices of one text.
    let at = start + (document.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let located = Located {
        text: Cow::Borrowed(document.as_bytes()),
        record,
        raw: at..at + document.len(),
        written: Written::Plain,
    };
    Content { document: Some(located), job: row.job, key: row.key }
}

/// What is looked for in an object.
struct Row<'a, 'n> {
    names: &'n Names,
    document: Option<&'a RawValue>,
    job: Option<Cow<'a, str>>,
    key: Option<String>,
}

struct Fields<'r, 'a, 'n>(&'r mut Row<'a, 'n>);

impl<'de> DeserializeSeed<'de> for Fields<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Row { names, document, job, key } = self.0;
        // As everywhere, the last of equal keys counts.
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == names.document {
                *document = Some(members.next_value()?);
            } else if name == names.job {
                let text: &'de RawValue = members.next_value()?;
                *job = serde_json::from_str::<Option<Cow<'de, str>>>(text.get()).ok().flatten();
            } else if name == names.key {
                let text: &'de RawValue = members.next_value()?;
                *key = Some(serde_json::from_str(text.get()).unwrap_or_else(|_| text.get().to_owned()));
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The line without its break.
fn line(record: &[u8]) -> &[u8] {
    let line = record.strip_suffix(b"\n").unwrap_or(record);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn copy(record: &[u8], columns: Columns) -> Result<Content<'_>, (String, usize)> {
    let line = line(record);
    let mut content = Content { document: None, job: None, key: None };
    let (mut start, mut count) = (0, 0);
    loop {
        let end = memchr::memchr(b'\t', &line[start..]).map_or(line.len(), |at| start + at);
        let raw = &line[start..end];
        if raw != b"\\N" {
            if count == columns.document {
                content.document =
                    Some(Located { text: copy_text(raw), record, raw: start..end, written: Written::Copy });
            } else if Some(count) == columns.job {
                content.job = Some(lossy(copy_text(raw)));
            } else if Some(count) == columns.key {
                content.key = Some(lossy(copy_text(raw)).into_owned());
            }
        }
        count += 1;
        if end == line.len() {
            break;
        }
        start = end + 1;
    }
    wide(content, count, columns)
}

/// The content, if the row has as many columns as it must.
fn wide(content: Content<'_>, count: usize, columns: Columns) -> Result<Content<'_>, (String, usize)> {
    match columns.count {
        Some(expected) if expected != count => {
            let many = if count == 1 { "1 column".to_owned() } else { format!("{count} columns") };
            Err((format!("the row has {many}, and must have {expected}"), 0))
        }
        _ => Ok(content),
    }
}

fn lossy(text: Cow<'_, [u8]>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// A field of `COPY` text with its escapes undone.
fn copy_text(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', raw) else { return Cow::Borrowed(raw) };
    let mut text = Vec::with_capacity(raw.len());
    text.extend_from_slice(&raw[..first]);
    let mut at = first;
    while at < raw.len() {
        let (byte, taken) = unescape(&raw[at..]);
        text.push(byte);
        at += taken;
        let next = memchr::memchr(b'\\', &raw[at..]).map_or(raw.len(), |next| at + next);
        text.extend_from_slice(&raw[at..next]);
        at = next;
    }
    Cow::Owned(text)
}

/// The first byte of `raw`, which is not empty, and how many bytes stand for it (PostgreSQL, "COPY", text format).
fn unescape(raw: &[u8]) -> (u8, usize) {
    let digits = |from: usize, most: usize, radix: u32| {
        let digits = raw.get(from..).unwrap_or_default().iter().take(most);
        let mut value = 0_u32;
        let mut count = 0;
        for digit in digits.map_while(|byte| char::from(*byte).to_digit(radix)) {
            value = value * radix + digit;
            count += 1;
        }
        // Of more bits than a byte has PostgreSQL keeps the lower ones.
        (u8::try_from(value & 0xFF).unwrap_or(0), count)
    };
    match (raw[0], raw.get(1)) {
        (b'\\', Some(b'b')) => (0x08, 2),
        (b'\\', Some(b'f')) => (0x0C, 2),
        (b'\\', Some(b'n')) => (b'\n', 2),
        (b'\\', Some(b'r')) => (b'\r', 2),
        (b'\\', Some(b't')) => (b'\t', 2),
        (b'\\', Some(b'v')) => (0x0B, 2),
        (b'\\', Some(b'0'..=b'7')) => {
            let (byte, count) = digits(1, 3, 8);
            (byte, 1 + count)
        }
        (b'\\', Some(b'x')) => match digits(2, 2, 16) {
            (_, 0) => (b'x', 2),
            (byte, count) => (byte, 2 + count),
        },
        (b'\\', Some(other)) => (*other, 2),
        (byte, _) => (byte, 1),
    }
}

/// A field of CSV as it is written, without the quotes around it.
pub(super) struct Field<'a> {
    raw: &'a [u8],
    at: usize,
    quoted: bool,
}

impl<'a> Field<'a> {
    /// With its quotes undone.
    pub(super) fn text(&self) -> Cow<'a, [u8]> {
        if !self.quoted || memchr::memchr(b'"', self.raw).is_none() {
            return Cow::Borrowed(self.raw);
        }
        let mut text = Vec::with_capacity(self.raw.len());
        let mut bytes = self.raw.iter();
        while let Some(byte) = bytes.next() {
            text.push(*byte);
            if *byte == b'"' {
                bytes.next();
            }
        }
        Cow::Owned(text)
    }
}

/// The fields of a row of CSV. A field without quotes that is empty is NULL, one with them is an empty text: that
/// is why this is not left to a library, which tells neither, nor where a field stands.
pub(super) fn csv_fields(row: &[u8], separator: u8) -> impl Iterator<Item = Field<'_>> {
    let line = line(row);
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let rest = &line[start..];
        let (field, next) = if rest.first() == Some(&b'"') {
            let mut end = start + 1;
            loop {
                match memchr::memchr(b'"', line.get(end..).unwrap_or_default()) {
                    None => {
                        end = line.len();
                        break;
                    }
                    Some(quote) if line.get(end + quote + 1) == Some(&b'"') => end += quote + 2,
                    Some(quote) => {
                        end += quote;
                        break;
                    }
                }
            }
            let after = (end + 1).min(line.len());
            let next = memchr::memchr(separator, &line[after..]).map(|next| after + next);
            (Field { raw: &line[(start + 1).min(end)..end], at: start + 1, quoted: true }, next)
        } else {
            let next = memchr::memchr(separator, rest).map(|next| start + next);
            (Field { raw: &line[start..next.unwrap_or(line.len())], at: start, quoted: false }, next)
        };
        at = next.map(|next| next + 1);
        Some(field)
    })
}

fn csv(record: &[u8], columns: Columns, separator: u8) -> Result<Content<'_>, (String, usize)> {
    let mut content = Content { document: None, job: None, key: None };
    let mut count = 0;
    for field in csv_fields(record, separator) {
        if field.quoted || !field.raw.is_empty() {
            let raw = field.at..field.at + field.raw.len();
            let written = if field.quoted { Written::Quoted } else { Written::Plain };
            if count == columns.document {
                content.document = Some(Located { text: field.text(), record, raw, written });
            } else if Some(count) == columns.job {
                content.job = Some(lossy(field.text()));
            } else if Some(count) == columns.key {
                content.key = Some(lossy(field.text()).into_owned());
            }
        }
        count += 1;
    }
    wide(content, count, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new("data".to_owned(), "job".to_owned(), "id".to_owned())
    }

    const COLUMNS: Columns = Columns { document: 1, job: Some(2), key: Some(0), count: Some(3) };

    /// Document, job and key.
    fn told(record: &[u8], layout: Layout) -> (Option<String>, Option<String>, Option<String>) {
        let content = read(record, layout, &names()).unwrap();
        let text = content.document.map(|it| String::from_utf8(it.text.into_owned()).unwrap());
        (text, content.job.map(Cow::into_owned), content.key)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_row_of_copy_has_its_escapes_undone_and_null_is_none() {
        let layout = Layout::Copy { columns: COLUMNS };
        assert_eq!(
            told(b"7\t{\"a\": \"x\\\\ny\\tz\\\\\\\\\\101\\x41\\q\"}\tgit\\thub\r\n", layout),
            (some("{\"a\": \"x\\ny\tz\\\\AAq\"}"), some("git\thub"), some("7"))
        );
        assert_eq!(told(b"\\N\t\\N\t\\N\n", layout), (None, None, None));
        assert_eq!(told(b"1\t\t", layout), (some(""), some(""), some("1")));
        assert!(read(b"1\t{}\n", layout, &names()).is_err());
    }

    #[test]
    fn a_row_of_csv_has_its_quotes_undone_and_only_nothing_at_all_is_null() {
        let layout = Layout::Csv { columns: COLUMNS, separator: b',' };
        assert_eq!(
            told(b"7,\"{\"\"a\"\": \"\"x,\ny\"\"}\",github\r\n", layout),
            (some("{\"a\": \"x,\ny\"}"), some("github"), some("7"))
        );
        assert_eq!(told(b",,\n", layout), (None, None, None));
        assert_eq!(told(b"\"\",\"\",\"\"", layout), (some(""), some(""), some("")));
        assert!(read(b"1,2\n", layout, &names()).is_err());
        // An open quote ends with the record.
        assert_eq!(told(b"1,x,\"", layout), (some("x"), some(""), some("1")));
    }

    #[test]
    fn an_object_that_has_the_document_is_a_row_and_another_is_the_document() {
        assert_eq!(
            told(
                br#" {"id": 7, "data": {"a": [1]}, "job": "git\u0068ub", "x": [{"data": 1}]} "#,
                Layout::Json
            ),
            (some(r#"{"a": [1]}"#), some("github"), some("7"))
        );
        for document in [r#"{"a": "data"}"#, r#"{"x": {"data": 1}}"#, "[1]", "null", r#"{"data": 1"#, ""] {
            assert_eq!(told(document.as_bytes(), Layout::Json), (some(document), None, None), "{document}");
        }
    }

    #[test]
    fn each_byte_of_a_document_is_found_where_it_is_written() {
        let start = Position { line: 5, column: 3 };
        let at = |record: &[u8], layout, offset| {
            let content = read(record, layout, &names()).unwrap();
            let Position { line, column } = content.document.unwrap().position(offset, start);
            (line, column)
        };
        assert_eq!(at(b"7\t\\x41\\\\B\tj\n", Layout::Copy { columns: COLUMNS }, 2), (5, 3 + 8));
        let csv = Layout::Csv { columns: COLUMNS, separator: b',' };
        assert_eq!(at("é,\"\"\"a\nb\"\"c\",j\n".as_bytes(), csv, 1), (5, 3 + 5));
        assert_eq!(at("é,\"\"\"a\nb\"\"c\",j\n".as_bytes(), csv, 5), (6, 4));
        assert_eq!(at(br#"{"data": {}}"#, Layout::Json, 0), (5, 3 + 9));
    }
}
