//! One document a line: NDJSON, JSON Lines.

use super::{Cut, Kind, Piece};

pub(crate) struct Lines;

impl Cut for Lines {
    fn next(&mut self, _: &[u8], bytes: &[u8]) -> Option<Piece> {
        Piece::new(memchr::memchr(b'\n', bytes)? + 1, Kind::Record)
    }

    fn end(&mut self, held: &[u8]) -> Option<Piece> {
        (!held.is_empty()).then_some(Piece { length: held.len(), kind: Kind::Record })
    }
}
