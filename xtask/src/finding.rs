//! What the tool has to say about a file: one type for every command.

use std::path::PathBuf;

/// One thing that is wrong at one place.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) rule: Rule,
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
    pub(crate) position: Option<Position>,
    /// A JSON Pointer into the document; the document itself is the empty pointer.
    pub(crate) pointer: Option<String>,
}

/// A place in a text, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    /// Told, and no reason to fail.
    Warning,
}

macro_rules! rules {
    ($($rule:ident $id:literal $severity:ident)*) => {
        /// A kind of finding. Its id is stable: people and scripts refer to it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Rule { $($rule),* }

        impl Rule {
            #[cfg(test)]
            pub(crate) const ALL: &[Rule] = &[$(Rule::$rule),*];

            pub(crate) fn id(self) -> &'static str {
                match self { $(Rule::$rule => $id),* }
            }

            pub(crate) fn severity(self) -> Severity {
                match self { $(Rule::$rule => Severity::$severity),* }
            }
        }
    };
}

rules! {
    // Exported files.
    ExportMissing "export-missing" Error
    ExportChanged "export-changed" Error
    ExportOrphan "export-orphan" Error
    ExportForeign "export-foreign" Error
    // Files that should be samples.
    FileUnreadable "file-unreadable" Error
    FileTooLarge "file-too-large" Error
    NotJson "not-json" Error
    SampleMisplaced "sample-misplaced" Error
    SampleUnknownJob "sample-unknown-job" Error
    SampleUnexpected "sample-unexpected" Error
    SampleNone "sample-none" Warning
    // Documents against the contract and the type.
    WrongType "wrong-type" Error
    MissingKey "missing-key" Error
    UnknownKey "unknown-key" Error
    NotAllowed "not-allowed" Error
    OutOfRange "out-of-range" Error
    BadFormat "bad-format" Error
    NotUnique "not-unique" Error
    NoMatch "no-match" Error
    Unreadable "unreadable" Error
    TimestampWithoutOffset "timestamp-without-offset" Warning
}

impl Finding {
    /// A finding about a whole file.
    pub(crate) fn of_file(rule: Rule, path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        let place = Place { path: path.into(), position: None, pointer: None };
        Self { rule, place, message: message.into(), help: None, detail: None }
    }

    pub(crate) fn at(mut self, position: Position) -> Self {
        self.place.position = Some(position);
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

#[cfg(test)]
mod tests {
    use super::{Position, Rule};
    use std::collections::BTreeSet;

    #[test]
    fn rule_ids_are_distinct() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
    }

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let text = "{\n  \"naïve\": 1}";
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::of(text, text.find('1').unwrap()), Position { line: 2, column: 12 });
        assert_eq!(Position::of(text, 10_000).line, 2);
    }
}
