//! CSV as PostgreSQL writes it (RFC 4180 with line breaks inside quotes): the first row names the columns, or they
//! are named by number.

use super::{Cut, Kind, Piece};
use crate::input::columns::{Columns, Names};
use crate::input::record::{Layout, csv_fields};

/// The separators that are tried.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

pub(crate) struct Csv {
    names: Names,
    header_seen: bool,
    quoted: bool,
}

impl Csv {
    pub(crate) fn new(names: &Names) -> Self {
        Self { names: names.clone(), header_seen: false, quoted: false }
    }

    /// What the first row says.
    fn header(&self, row: &[u8]) -> Header {
        let fields = |separator| -> Vec<String> {
            let fields = csv_fields(row, separator);
            fields.map(|field| String::from_utf8_lossy(&field.text()).into_owned()).collect()
        };
        let named = SEPARATORS.iter().find_map(|separator| {
            let columns = fields(*separator);
            // A number names no column of a header.
            let is_named = columns.contains(&self.names.document);
            let found = self.names.among(&columns).filter(|_| is_named)?;
            Some(Header::Names(found, *separator))
        });
        named.unwrap_or_else(|| match self.names.by_number(fields(b',').len()) {
            Some(columns) => Header::Row(columns),
            None => Header::Unknown(fields(b',')),
        })
    }
}

enum Header {
    Names(Columns, u8),
    Row(Columns),
    Unknown(Vec<String>),
}

/// What is said where nobody knows which column holds the documents.
pub(super) fn unknown(names: &Names, columns: &[String]) -> String {
    let few: Vec<&str> = columns.iter().take(8).map(String::as_str).collect();
    let are_names = columns.iter().all(|name| name.len() < 64 && !name.contains('{'));
    let found = match are_names {
        true => format!("the columns are {}", few.join(", ")),
        false => format!("its rows have {} columns, and nothing names them", columns.len()),
    };
    format!(
        "there is no column `{}`: {found}; name that of the document with `--column`, by its name or its number",
        names.document
    )
}

impl Cut for Csv {
    fn next(&mut self, held: &[u8], bytes: &[u8]) -> Option<Piece> {
        let mut at = 0;
        let end = loop {
            at += memchr::memchr2(b'"', b'\n', bytes.get(at..)?)? + 1;
            match bytes[at - 1] {
                b'"' => self.quoted = !self.quoted,
                _ if self.quoted => {}
                _ => break at,
            }
        };
        if self.header_seen {
            return Piece::new(end, Kind::Record);
        }
        self.header_seen = true;
        let row = [held, &bytes[..end]].concat();
        match self.header(&row) {
            Header::Names(columns, separator) => {
                Piece::new(end, Kind::Layout(Layout::Csv { columns, separator }))
            }
            Header::Row(columns) => {
                // It is a row already: nothing of it is taken yet, and only what is held has been looked at.
                self.quoted = held.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
                Piece::new(0, Kind::Layout(Layout::Csv { columns, separator: b',' }))
            }
            Header::Unknown(columns) => Piece::new(end, Kind::End(unknown(&self.names, &columns))),
        }
    }

    fn end(&mut self, held: &[u8]) -> Option<Piece> {
        let all = held.len();
        if std::mem::take(&mut self.quoted) {
            return Piece::new(all, Kind::Fault("the quote that begins here has no end"));
        }
        if held.is_empty() {
            return None;
        }
        if std::mem::replace(&mut self.header_seen, true) {
            return Piece::new(all, Kind::Record);
        }
        // The only row, without a line break.
        match self.header(held) {
            Header::Names(..) => Piece::new(all, Kind::Gap),
            Header::Row(columns) => Piece::new(0, Kind::Layout(Layout::Csv { columns, separator: b',' })),
            Header::Unknown(columns) => Piece::new(all, Kind::End(unknown(&self.names, &columns))),
        }
    }
}
