//! Streams cut into records, as their bytes come: each form knows where one ends, and nothing of what is in it.

mod copy;
mod csv;
mod lines;
mod values;

pub(crate) use copy::{Copy, columns_of};
pub(crate) use csv::Csv;
pub(crate) use lines::Lines;
pub(crate) use values::Values;

use super::record::Layout;

/// What a piece of a stream is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One record.
    Record,
    /// Nothing that is looked at: blanks, statements, rows of other tables.
    Gap,
    /// The records that follow are laid out like this.
    Layout(Layout),
    /// Something that must not stand here, and what it is. The records around it can be read.
    Fault(&'static str),
    /// Nothing more can be read of this stream, and why.
    End(String),
}

/// The bytes up to the next border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// How many of the bytes at hand belong to it.
    pub(crate) length: usize,
    pub(crate) kind: Kind,
}

impl Piece {
    fn new(length: usize, kind: Kind) -> Option<Self> {
        Some(Self { length, kind })
    }
}

/// Cuts a stream. Pieces follow on each other without a gap, and together are the stream.
pub(crate) trait Cut {
    /// The end of the piece at hand, `held` of which came before `bytes`. `None` if it goes on after all of
    /// them; the next call has what comes next.
    ///
    /// `held` is empty for a record that has become too long to be held.
    fn next(&mut self, held: &[u8], bytes: &[u8]) -> Option<Piece>;

    /// The stream ends here: what is `held`, and what is missing, piece by piece, until nothing is left to say.
    fn end(&mut self, held: &[u8]) -> Option<Piece>;
}
