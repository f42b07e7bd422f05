//! What the tool has to say about a file: one type for every command.

use std::ops::Range;
use std::path::PathBuf;

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
}

/// Where a finding is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) excerpt: Option<Excerpt>,
    /// A JSON Pointer into the document; the document itself is the empty pointer.
    pub(crate) pointer: Option<String>,
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
        let place = Place { path: path.into(), excerpt: None, pointer: None };
        Self { rule, severity: rule.severity(), place, message: message.into(), help: None, detail: None }
    }

    /// At these bytes of the file's text.
    pub(crate) fn at(mut self, text: &str, span: Range<usize>) -> Self {
        self.place.excerpt = Some(Excerpt::new(text, span));
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
}

impl Position {
    /// The place of the byte at `offset`, or of the end of `text`.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
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
    pub(crate) text: String,
    /// What is meant, as bytes of `text`.
    pub(crate) span: Range<usize>,
    /// Does `text` begin within the line?
    pub(crate) cut: bool,
}

impl Excerpt {
    /// Characters of the line that are kept on either side of the beginning of the span.
    const AROUND: usize = 60;

    /// The bytes `span` of `text`; only what stands on its first line.
    fn new(text: &str, span: Range<usize>) -> Self {
        let start = floor(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at);
        let from = text[line_start..start].char_indices().rev().nth(Self::AROUND - 1);
        let from = from.map_or(line_start, |(at, _)| line_start + at);
        let to = text[start..line_end].char_indices().nth(Self::AROUND);
        let to = to.map_or(line_end, |(at, _)| start + at);

        let mut shown = String::new();
        if from > line_start {
            shown.push('…');
        }
        let before = shown.len();
        shown.push_str(&text[from..to]);
        let meant = before + (start - from)..before + (floor(text, span.end).clamp(start, to) - from);
        if to < line_end {
            shown.push('…');
        }
        Self { position: Position::of(text, start), text: shown, span: meant, cut: from > line_start }
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
        let excerpt = Excerpt::new(&text, at..at + 1);
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
                let excerpt = Excerpt::new(text, start..end);
                assert!(excerpt.text.get(excerpt.span).is_some());
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
}
