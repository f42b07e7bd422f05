//! A block: records that follow on each other in one stream.

use std::ops::Range;
use std::path::PathBuf;

use crate::finding::Position;
use crate::input::Layout;

/// So many bytes are in a block, or one record that is larger.
pub(super) const BYTES: usize = 128 << 10;

/// So many records are in a block, however small they are.
pub(super) const RECORDS: usize = 1024;

/// Where the documents of a block come from.
#[derive(Debug)]
pub(crate) struct Stream {
    /// As it is told in findings.
    pub(crate) path: PathBuf,
    /// The job that its name tells.
    pub(crate) job: Option<usize>,
    /// Is it a table? Of a row no line and no column is told.
    pub(crate) is_table: bool,
}

/// Records that a worker judges.
#[derive(Debug)]
pub(crate) struct Block {
    pub(super) layout: Layout,
    pub(super) bytes: Vec<u8>,
    pub(super) records: Vec<Record>,
}

/// One record of a block.
#[derive(Debug)]
pub(crate) struct Record {
    /// Where it begins in the stream.
    pub(super) start: Position,
    pub(super) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    /// These bytes of the block.
    Bytes(Range<usize>),
    /// It had so many bytes, and was not kept.
    TooLong(u64),
    /// No record could be cut, and why.
    Fault(&'static str),
}

impl Block {
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, bytes: Vec::with_capacity(BYTES + BYTES / 4), records: Vec::new() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= BYTES || self.records.len() >= RECORDS
    }
}
