//! What the tool has to say about a file: one type for every command.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::rule::{Rule, Severity};

/// One thing that is wrong at one place.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) rule: Rule,
    /// The rule's own, unless the policy of the schemas says otherwise.
    pub(crate) severity: Severity,
    pub(crate) place: Place,
    /// What is wrong, without the place.
    pub(crate) message: String,
    /// The edit or command that mends it.
    pub(crate) help: Option<String>,
    /// More to show below the message: a diff.
    pub(crate) detail: Option<String>,
    /// What else would mend it, at length: shown after the help.
    pub(crate) otherwise: Option<String>,
    /// Of a change between two layouts, what programs ask of it.
    pub(crate) drift: Option<Box<Drift>>,
}

/// A change between two layouts of a job, for programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Drift {
    pub(crate) job: String,
    /// The version of the layout that is new.
    pub(crate) version: u32,
    /// By which the policy accepts it.
    pub(crate) fingerprint: String,
    /// Does the policy accept it?
    pub(crate) accepted: bool,
    /// Where it is in the old layout, and in the new: null where it is not.
    pub(crate) old_place: Option<String>,
    pub(crate) new_place: Option<String>,
    /// Of each direction that is not safe.
    pub(crate) verdicts: Vec<Verdict>,
}

/// What is found of one direction.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Verdict {
    /// `backward` or `forward`.
    pub(crate) direction: &'static str,
    /// `unreadable`, `out-of-contract` or `undecided`.
    pub(crate) verdict: &'static str,
    /// The document that is refused; null where nothing is decided.
    #[serde(serialize_with = "shared")]
    pub(crate) witness: Option<Arc<Value>>,
    /// The reader's words.
    pub(crate) reason: String,
    /// Did the reader's code say so, or its contract alone?
    pub(crate) executed: bool,
}

/// The document itself, wherever else it is held.
fn shared<S: Serializer>(document: &Option<Arc<Value>>, to: S) -> Result<S::Ok, S::Error> {
    document.as_deref().serialize(to)
}

/// Where a finding is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) excerpt: Option<Excerpt>,
    /// A JSON Pointer into the document; the document itself is the empty pointer.
    pub(crate) pointer: Option<String>,
    /// The key of the row that holds the document, where it is known.
    pub(crate) row: Option<String>,
    /// The schema that the document must meet, where `path` is no file but a table.
    pub(crate) contract: Option<PathBuf>,
}

/// A place in a text, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Finding {
    /// A finding about a whole file.
    pub(crate) fn of_file(rule: Rule, path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        let place = Place { path: path.into(), excerpt: None, pointer: None, row: None, contract: None };
        Self {
            rule,
            severity: rule.severity(),
            place,
            message: message.into(),
            help: None,
            detail: None,
            otherwise: None,
            drift: None,
        }
    }

    /// At these bytes of the file's text.
    pub(crate) fn at(self, text: &str, span: Range<usize>) -> Self {
        self.at_without(text, span, &[])
    }

    /// The same, where these bytes of the text must not be shown.
    pub(crate) fn at_without(mut self, text: &str, span: Range<usize>, hidden: &[Range<usize>]) -> Self {
        self.place.excerpt = Some(Excerpt::new(text, span, hidden));
        self
    }

    pub(crate) fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.place.pointer = Some(pointer.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The detail, and what else would mend it.
    pub(crate) fn in_full(&self) -> Option<String> {
        let parts: Vec<&str> =
            [&self.detail, &self.otherwise].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join("\n"))
    }
}

impl Place {
    /// The path, and the row in it.
    pub(crate) fn shown(&self) -> String {
        let path = self.path.display();
        match &self.row {
            Some(row) => format!("{path} (row {row})"),
            None => path.to_string(),
        }
    }

    /// A file of the workspace at which the finding can be shown: what is wrong with a row is wrong by its schema.
    pub(crate) fn file(&self) -> &Path {
        self.contract.as_deref().unwrap_or(&self.path)
    }
}

impl Position {
    /// The beginning of a text.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place in a text in which the one that this place is in begins at `start`.
    pub(crate) fn after(self, start: Self) -> Self {
        match self.line {
            1 => Self { line: start.line, column: start.column + self.column - 1 },
            line => Self { line: start.line + line - 1, column: self.column },
        }
    }

    /// The place in `bytes.len()` bytes from here.
    pub(crate) fn over(self, bytes: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        let rest = memchr::memrchr(b'\n', bytes).map_or(bytes, |last| &bytes[last + 1..]);
        let column = 1 + rest.iter().filter(|&&b| b & 0xC0 != 0x80).count();
        Self { line: 1 + lines, column }.after(self)
    }

    /// The place of the byte at `offset`, or of the end of `text`.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        Self::in_bytes(text.as_bytes(), offset)
    }

    /// The same in bytes that may be no text.
    pub(crate) fn in_bytes(text: &[u8], offset: usize) -> Self {
        let before = &text[..offset.min(text.len())];
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        Self {
            line: 1 + before.iter().filter(|&&b| b == b'\n').count(),
            // Continuation bytes of UTF-8 are no characters.
            column: 1 + before[line_start..].iter().filter(|&&b| b & 0xC0 != 0x80).count(),
        }
    }
}

/// A position with the part of its line around it: however long the line is, this is short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) position: Position,
    /// The same place, as bytes from the beginning of the text.
    pub(crate) offset: usize,
    pub(crate) text: String,
    /// What is meant, as bytes of `text`.
    pub(crate) span: Range<usize>,
    /// Does `text` begin within the line, or is some of it left out?
    pub(crate) cut: bool,
}

impl Excerpt {
    /// Characters of the line that are kept on either side of the beginning of the span.
    const AROUND: usize = 60;

    /// A place of which nothing is shown.
    pub(crate) fn of(position: Position) -> Self {
        Self { position, offset: 0, text: String::new(), span: 0..0, cut: true }
    }

    /// What stands for what must not be shown.
    const HIDDEN: &str = "•••";

    /// The bytes `span` of `text`, without `hidden`; only what stands on its first line.
    fn new(text: &str, span: Range<usize>, hidden: &[Range<usize>]) -> Self {
        let start = floor(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at);
        let from = text[line_start..start].char_indices().rev().nth(Self::AROUND - 1);
        let from = from.map_or(line_start, |(at, _)| line_start + at);
        let to = text[start..line_end].char_indices().nth(Self::AROUND);
        let to = to.map_or(line_end, |(at, _)| start + at);
        let end = floor(text, span.end).clamp(start, to);

        let mut shown = String::new();
        if from > line_start {
            shown.push('…');
        }
        let (mut meant, mut at) = (0..0, from);
        let is_hidden = |at: usize| hidden.iter().find(|range| range.contains(&at));
        // Piece by piece, for the beginning and the end of what is meant move with what is left out.
        let mut pieces: Vec<usize> = hidden.iter().flat_map(|range| [range.start, range.end]).collect();
        pieces.extend([start, end, to]);
        pieces.retain(|piece| (from..=to).contains(piece) && text.is_char_boundary(*piece));
        pieces.sort_unstable();
        let mut told_hidden = false;
        for piece in pieces {
            match is_hidden(at) {
                _ if at == piece => {}
                None => {
                    shown.push_str(&text[at..piece]);
                    told_hidden = false;
                }
                Some(_) if told_hidden => {}
                Some(_) => {
                    shown.push_str(Self::HIDDEN);
                    told_hidden = true;
                }
            }
            at = piece;
            if piece == start {
                meant.start = shown.len();
            }
            if piece == end {
                meant.end = shown.len();
            }
        }
        if to < line_end {
            shown.push('…');
        }
        meant.end = meant.end.max(meant.start);
        let position = Position::of(text, start);
        Self {
            position,
            offset: start,
            text: shown,
            span: meant,
            cut: from > line_start || !hidden.is_empty(),
        }
    }
}

/// The beginning of the character at `offset`, or the end of `text`.
fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, Position};

    #[test]
    fn an_excerpt_is_short_and_marks_what_is_meant() {
        let line =
            format!("{{\"a\": \"{}\", \"b\": 5, \"c\": \"{}\"}}", "é".repeat(9_000), "x".repeat(9_000));
        let text = format!("\n{line}\n");
        let at = text.find("5,").unwrap();
        let excerpt = Excerpt::new(&text, at..at + 1, &[]);
        assert_eq!(excerpt.position, Position { line: 2, column: 9_000 + 16 });
        assert_eq!(&excerpt.text[excerpt.span.clone()], "5");
        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with('…'));
        assert_eq!(excerpt.text.chars().count(), 122);
    }

    #[test]
    fn no_span_makes_an_excerpt_panic() {
        let text = "é\r\nñ\n";
        for start in 0..12 {
            for end in start..12 {
                let everything = 0..usize::MAX;
                for hidden in [&[][..], std::slice::from_ref(&everything), &[1..3, 4..5]] {
                    let excerpt = Excerpt::new(text, start..end, hidden);
                    assert!(excerpt.text.get(excerpt.span).is_some());
                }
            }
        }
    }

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let text = "{\n  \"naïve\": 1}";
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::of(text, text.find('1').unwrap()), Position { line: 2, column: 12 });
        assert_eq!(Position::of(text, 10_000).line, 2);
    }

    #[test]
    fn what_must_not_be_shown_is_left_out_and_the_rest_is_marked_where_it_moved() {
        let text = r#"{"token": "secret", "n": "5", "more": ["secret"]}"#;
        let at = |part: &str| text.find(part).map(|at| at..at + part.len()).unwrap();
        let hidden = [at("\"secret\""), at("[\"secret\"]")];
        let excerpt = Excerpt::new(text, at("\"5\""), &hidden);
        assert_eq!(excerpt.text, r#"{"token": •••, "n": "5", "more": •••}"#);
        assert_eq!(&excerpt.text[excerpt.span], "\"5\"");
        assert_eq!(excerpt.position.column, 26);
        let excerpt = Excerpt::new(text, at("\"secret\""), &hidden);
        assert_eq!(&excerpt.text[excerpt.span], "•••");
    }
}
