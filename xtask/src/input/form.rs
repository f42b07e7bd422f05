//! The form of a stream: said, or found out by its name and its beginning.

use std::path::Path;

use super::columns::Names;
use super::cut::{Copy, Csv, Cut, Lines, Values};
use super::find::ending;
use super::record::Layout;

/// The forms in which documents are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// JSON values one after another, over any number of lines, or arrays of them.
    Json,
    /// One JSON value a line.
    Ndjson,
    /// `COPY` text: a plain dump of `pg_dump`, or what `\copy` writes.
    Copy,
    /// CSV, with or without a header.
    Csv,
}

/// How forms begin that are not read, and what they are.
const OTHERS: [(&[u8], &str); 6] = [
    (
        b"PGDMP",
        "this is a dump in PostgreSQL's own format: `pg_restore --data-only --file=- FILE` makes text of it, which \
         can be read from the standard input",
    ),
    (
        b"toc.dat\0",
        "this is a dump as a tar archive: `pg_restore --data-only --file=- FILE` makes text of it, which can be read \
         from the standard input",
    ),
    (b"PGCOPY\n\xFF\r\n\0", "this was copied in the binary format: copy it as text or as CSV"),
    (b"\xFD7zXZ\0", "it is compressed with xz: unpack it with `xz -dc`, into the standard input"),
    (b"BZh", "it is compressed with bzip2: unpack it with `bzip2 -dc`, into the standard input"),
    (b"PK\x03\x04", "it is a zip archive: unpack it first"),
];

/// The form of a stream of this name that begins like this.
///
/// # Errors
///
/// Why it cannot be read.
pub(crate) fn detect(path: &Path, head: &[u8]) -> Result<Form, String> {
    if let Some((_, why)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err((*why).to_owned());
    }
    match ending(path).as_deref() {
        Some("ndjson" | "jsonl") => return Ok(Form::Ndjson),
        Some("csv") => return Ok(Form::Csv),
        Some("copy" | "tsv" | "sql") => return Ok(Form::Copy),
        Some("json") if !is_lines(head) => return Ok(Form::Json),
        _ => {}
    }
    Ok(by_beginning(head))
}

fn by_beginning(head: &[u8]) -> Form {
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(b'[') => Form::Json,
        Some(b'{') if is_lines(head) => Form::Ndjson,
        Some(b'{') => Form::Json,
        _ if is_dump(head) => Form::Copy,
        _ => match head.split(|byte| *byte == b'\n').next() {
            Some(line) if line.contains(&b'\t') => Form::Copy,
            Some(line) if line.contains(&b',') => Form::Csv,
            _ => Form::Ndjson,
        },
    }
}

/// Is any of the first lines, but for the last one, which may be cut, a whole object?
fn is_lines(head: &[u8]) -> bool {
    let Some(last) = memchr::memrchr(b'\n', head) else { return false };
    let mut lines = head[..last].split(|byte| *byte == b'\n');
    // An array has its elements on lines, too.
    head.first() == Some(&b'{')
        && lines.any(|line| {
            let line = line.trim_ascii_end();
            line.first() == Some(&b'{') && line.last() == Some(&b'}')
        })
}

fn is_dump(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n').any(|line| {
        line.starts_with(b"-- PostgreSQL database dump") || super::cut::columns_of(line).is_some()
    })
}

impl Form {
    /// What cuts a stream of this form, and how its records are laid out as long as nothing else is said.
    pub(crate) fn cutter(self, names: &Names, head: &[u8]) -> (Box<dyn Cut>, Layout) {
        let cutter: Box<dyn Cut> = match self {
            Form::Json => Box::new(Values::new()),
            Form::Ndjson => Box::new(Lines),
            Form::Copy => Box::new(Copy::new(names, is_dump(head))),
            Form::Csv => Box::new(Csv::new(names)),
        };
        (cutter, Layout::Json)
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, detect};
    use std::path::Path;

    #[test]
    fn a_form_is_found_by_name_or_by_the_beginning() {
        for (path, head, form) in [
            ("a.ndjson.gz", "", Form::Ndjson),
            ("a.JSONL", "[1]\n", Form::Ndjson),
            ("a.json", "{\n \"a\": 1\n}\n", Form::Json),
            ("a.json", "{\"a\": 1}\n{\"a\": 2}\n", Form::Ndjson),
            ("a.json", "[\n{\"a\": 1},\n{\"a\": 2}\n]", Form::Json),
            ("a.csv.zst", "id,data\n", Form::Csv),
            ("a.sql", "", Form::Copy),
            ("stdin", "{\"a\": {}}", Form::Json),
            ("stdin", "{\"a\": {}}\n{\"a", Form::Ndjson),
            ("stdin", "{\"a\": tru\n{\"a\": 1}\n{", Form::Ndjson),
            ("stdin", "  [", Form::Json),
            ("stdin", "--\n-- PostgreSQL database dump\n--\n", Form::Copy),
            ("stdin", "COPY public.t (id, data) FROM stdin;\n1\t{}\n", Form::Copy),
            ("stdin", "1\tgithub\t{}\n", Form::Copy),
            ("stdin", "id,job_name\n", Form::Csv),
            ("stdin", "null\n5\n", Form::Ndjson),
        ] {
            assert_eq!(detect(Path::new(path), head.as_bytes()), Ok(form), "{path}: {head}");
        }
        for (head, words) in [
            (&b"PGDMP\x01\x0e"[..], "pg_restore"),
            (b"PGCOPY\n\xFF\r\n\0\0\0", "as text or as CSV"),
            (b"\xFD7zXZ\0\0\x04", "`xz -dc`"),
        ] {
            assert!(detect(Path::new("x.csv"), head).unwrap_err().contains(words));
        }
    }
}
