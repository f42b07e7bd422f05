//! `COPY` text: the data of plain dumps of `pg_dump`, whose statements name the columns, and what `\copy` writes,
//! with or without a header.

use super::csv::unknown;
use super::{Cut, Kind, Piece};
use crate::input::columns::Names;
use crate::input::record::Layout;

/// Where one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the beginning of what is no dump.
    First,
    /// Among the statements of a dump.
    Statements,
    /// Among the rows of a table, `true` if they are looked at.
    Rows(bool),
    /// After the end of the rows, where no dump is.
    Over,
}

pub(crate) struct Copy {
    names: Names,
    state: State,
    is_dump: bool,
    /// Some of the line at hand has come, be it held or not.
    within: bool,
}

impl Copy {
    /// The statements of a dump, or rows alone.
    pub(crate) fn new(names: &Names, is_dump: bool) -> Self {
        let state = if is_dump { State::Statements } else { State::First };
        Self { names: names.clone(), state, is_dump, within: false }
    }

    fn line(&mut self, line: &[u8]) -> Taken {
        match self.state {
            State::First => {
                let text = String::from_utf8_lossy(trimmed(line));
                let columns: Vec<String> = text.split('\t').map(str::to_owned).collect();
                self.state = State::Rows(true);
                let named = columns.contains(&self.names.document);
                if let Some(columns) = self.names.among(&columns).filter(|_| named) {
                    return Taken::Line(Kind::Layout(Layout::Copy { columns }));
                }
                match self.names.by_number(columns.len()) {
                    Some(columns) => Taken::Nothing(Kind::Layout(Layout::Copy { columns })),
                    None => Taken::Line(Kind::End(unknown(&self.names, &columns))),
                }
            }
            State::Statements => match columns_of(line) {
                None => Taken::Line(Kind::Gap),
                Some(columns) => {
                    let found = self.names.among(&columns);
                    self.state = State::Rows(found.is_some());
                    Taken::Line(found.map_or(Kind::Gap, |columns| Kind::Layout(Layout::Copy { columns })))
                }
            },
            State::Rows(wanted) => {
                if trimmed(line) == b"\\." {
                    self.state = if self.is_dump { State::Statements } else { State::Over };
                    return Taken::Line(Kind::Gap);
                }
                Taken::Line(if wanted { Kind::Record } else { Kind::Gap })
            }
            State::Over => Taken::Line(Kind::Gap),
        }
    }
}

/// What becomes of a line.
enum Taken {
    Line(Kind),
    /// It is looked at again.
    Nothing(Kind),
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The columns of `COPY public.etl_jobs (id, job_name) FROM stdin;`, as `pg_dump` writes it: in one line.
pub(crate) fn columns_of(line: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(line).ok()?;
    let (columns, _) = text.strip_prefix("COPY ")?.trim_end().rsplit_once(") FROM stdin;")?;
    // The names of schema and table may have a parenthesis in quotes.
    let mut quoted = false;
    let begins = columns.char_indices().find(|(_, character)| {
        quoted ^= *character == '"';
        *character == '(' && !quoted
    });
    let (mut found, mut name, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = columns[begins?.0 + 1..].chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                name.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(std::mem::take(&mut name)),
            ' ' if !quoted => {}
            other => name.push(other),
        }
    }
    found.push(name);
    Some(found)
}

impl Cut for Copy {
    fn next(&mut self, held: &[u8], bytes: &[u8]) -> Option<Piece> {
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            self.within |= !bytes.is_empty();
            return None;
        };
        let length = end + 1;
        let within = std::mem::take(&mut self.within);
        let taken = match (within, self.state) {
            (false, _) => self.line(&bytes[..length]),
            // What ends the rows is short, and of a row nothing need be known: nor is anything of one that has
            // become too long.
            (true, State::Rows(_)) if held.is_empty() || held.len() + length > 4 => self.line(b"row"),
            (true, State::Statements) if held.is_empty() => self.line(b""),
            (true, _) => self.line(&[held, &bytes[..length]].concat()),
        };
        match taken {
            Taken::Line(kind) => Piece::new(length, kind),
            Taken::Nothing(kind) => {
                self.within = within;
                Piece::new(0, kind)
            }
        }
    }

    fn end(&mut self, held: &[u8]) -> Option<Piece> {
        if held.is_empty() {
            let cut_short = self.is_dump && matches!(self.state, State::Rows(_));
            self.state = State::Over;
            return cut_short.then_some(Piece {
                length: 0,
                kind: Kind::Fault("the dump ends among the rows of a table"),
            });
        }
        match self.line(held) {
            Taken::Line(kind) => Piece::new(held.len(), kind),
            Taken::Nothing(kind) => Piece::new(0, kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::columns_of;

    #[test]
    fn columns_are_read_from_the_statement_whatever_their_names() {
        let found = |line: &str| columns_of(line.as_bytes());
        assert_eq!(
            found("COPY public.etl_jobs (id, job_name, \"check,\"\"point (x)\") FROM stdin;\n").unwrap(),
            ["id", "job_name", "check,\"point (x)"]
        );
        assert_eq!(found("COPY \"a (b\".t (id) FROM stdin;\r\n").unwrap(), ["id"]);
        assert_eq!(found("COPY t TO stdout;"), None);
        assert_eq!(found("SELECT 1;"), None);
    }
}
