//! A stream read and cut into blocks at the borders of its records.

use std::io::{ErrorKind, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::block::{Block, Record, What};
use crate::finding::Position;
use crate::input::Layout;
use crate::input::cut::{Cut, Kind};

/// So much is read at a time.
const CHUNK: usize = 64 << 10;

/// How the reading of a stream ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// At its end.
    Whole,
    /// Earlier, because nobody wants more.
    Stopped,
    /// Earlier, because it cannot be read further.
    Broken(String),
    /// Earlier, because reading it failed.
    Failed(std::io::Error),
}

/// Reads `reader` to its end, and hands its blocks on. Records of more than `limit` bytes are not kept.
pub(crate) fn feed(
    reader: &mut dyn Read,
    (mut cutter, layout): (Box<dyn Cut>, Layout),
    limit: usize,
    stop: &AtomicBool,
    mut hand_on: impl FnMut(Block) -> ControlFlow<()>,
) -> Ended {
    let mut feeder = Feeder {
        block: Block::new(layout),
        held_from: 0,
        dropped: 0,
        limit,
        begins: Position::START,
        at: Position::START,
        hand_on: &mut hand_on,
    };
    let mut chunk = vec![0; CHUNK];
    let ended = loop {
        if stop.load(Ordering::Relaxed) {
            break Ended::Stopped;
        }
        let mut bytes = match reader.read(&mut chunk) {
            Ok(0) => break feeder.end(cutter.as_mut()),
            Ok(count) => &chunk[..count],
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => break Ended::Failed(error),
        };
        let cut = loop {
            let Some(piece) = cutter.next(feeder.held(), bytes) else {
                feeder.hold(bytes);
                break ControlFlow::Continue(());
            };
            let (taken, rest) = bytes.split_at(piece.length);
            bytes = rest;
            if let ControlFlow::Break(ended) = feeder.take(taken, piece.kind) {
                break ControlFlow::Break(ended);
            }
        };
        if let ControlFlow::Break(ended) = cut {
            break ended;
        }
    };
    // What could be cut is judged, however the stream ends.
    match (feeder.flush(), ended) {
        (ControlFlow::Break(ended), Ended::Whole) => ended,
        (_, ended) => ended,
    }
}

struct Feeder<'a, F> {
    block: Block,
    /// From here on the bytes of the block are of the piece that has not ended yet.
    held_from: usize,
    /// So many bytes of that piece were not kept.
    dropped: usize,
    limit: usize,
    /// Where that piece begins.
    begins: Position,
    at: Position,
    hand_on: &'a mut F,
}

impl<F: FnMut(Block) -> ControlFlow<()>> Feeder<'_, F> {
    fn held(&self) -> &[u8] {
        &self.block.bytes[self.held_from..]
    }

    /// The piece goes on.
    fn hold(&mut self, bytes: &[u8]) {
        self.at = self.at.over(bytes);
        let held = self.held().len();
        if self.dropped > 0 || held + bytes.len() > self.limit {
            self.dropped += held + bytes.len();
            self.block.bytes.truncate(self.held_from);
        } else {
            self.block.bytes.extend_from_slice(bytes);
        }
    }

    /// The piece ends with `bytes`.
    fn take(&mut self, bytes: &[u8], kind: Kind) -> ControlFlow<Ended> {
        match kind {
            Kind::Record => {
                self.hold(bytes);
                let what = match self.dropped {
                    0 => What::Bytes(self.held_from..self.block.bytes.len()),
                    dropped => What::TooLong(u64::try_from(dropped).unwrap_or(u64::MAX)),
                };
                self.block.records.push(Record { start: self.begins, what });
                self.next_piece();
            }
            Kind::Gap => self.skip(bytes),
            Kind::Fault(words) => {
                // It is about the last byte; where there is none, about all that was held, or what comes next.
                let start = bytes.split_last().map_or(self.begins, |(_, before)| self.at.over(before));
                self.skip(bytes);
                self.block.records.push(Record { start, what: What::Fault(words) });
            }
            Kind::Layout(layout) => {
                if !bytes.is_empty() {
                    self.skip(bytes);
                }
                self.flush()?;
                self.block.layout = layout;
            }
            Kind::End(words) => {
                self.skip(bytes);
                return ControlFlow::Break(Ended::Broken(words));
            }
        }
        if self.block.is_full() { self.flush() } else { ControlFlow::Continue(()) }
    }

    /// The piece is not looked at.
    fn skip(&mut self, bytes: &[u8]) {
        self.at = self.at.over(bytes);
        self.block.bytes.truncate(self.held_from);
        self.next_piece();
    }

    fn next_piece(&mut self) {
        self.held_from = self.block.bytes.len();
        self.dropped = 0;
        self.begins = self.at;
    }

    /// Hands the block on, but for what is held.
    fn flush(&mut self) -> ControlFlow<Ended> {
        // What is held is of the next block, and of its layout.
        if self.block.records.is_empty() {
            return ControlFlow::Continue(());
        }
        let mut next = Block::new(self.block.layout);
        next.bytes.extend_from_slice(self.held());
        self.block.bytes.truncate(self.held_from);
        self.held_from = 0;
        match (self.hand_on)(std::mem::replace(&mut self.block, next)) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => ControlFlow::Break(Ended::Stopped),
        }
    }

    fn end(&mut self, cutter: &mut dyn Cut) -> Ended {
        if self.dropped > 0 {
            let what = What::TooLong(u64::try_from(self.dropped).unwrap_or(u64::MAX));
            self.block.records.push(Record { start: self.begins, what });
            self.next_piece();
        }
        while let Some(piece) = cutter.end(self.held()) {
            if piece.length > 0 && matches!(piece.kind, Kind::Layout(_)) {
                self.skip(&[]);
            }
            if let ControlFlow::Break(ended) = self.take(&[], piece.kind) {
                return ended;
            }
        }
        Ended::Whole
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::ops::ControlFlow;
    use std::sync::atomic::AtomicBool;

    use super::{Ended, feed};
    use crate::input::{Form, Names};
    use crate::pipeline::block::What;

    /// Gives so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn names() -> Names {
        Names::new("data".to_owned(), "job".to_owned(), "id".to_owned())
    }

    /// Every record with its line and column, the same however the bytes come.
    fn cut(form: Form, text: &str, limit: usize) -> Vec<(usize, usize, String)> {
        let at = |step: usize| {
            let mut found = Vec::new();
            let head = text.as_bytes();
            let ended = feed(
                &mut Slow(text.as_bytes(), step),
                form.cutter(&names(), head),
                limit,
                &AtomicBool::new(false),
                |block| {
                    for record in &block.records {
                        let what = match &record.what {
                            What::Bytes(range) => {
                                String::from_utf8(block.bytes[range.clone()].to_vec()).unwrap()
                            }
                            What::TooLong(bytes) => format!("{bytes} bytes"),
                            What::Fault(words) => format!("! {words}"),
                        };
                        found.push((record.start.line, record.start.column, what.trim_end().to_owned()));
                    }
                    ControlFlow::Continue(())
                },
            );
            (found, matches!(ended, Ended::Whole))
        };
        let whole = at(usize::MAX);
        for step in 1..=text.len().min(40) {
            assert_eq!(at(step), whole, "{step} bytes at a time");
        }
        whole.0
    }

    fn texts(form: Form, text: &str) -> Vec<String> {
        cut(form, text, usize::MAX).into_iter().map(|(_, _, what)| what).collect()
    }

    #[test]
    fn lines_are_records() {
        assert_eq!(
            cut(Form::Ndjson, "{\"a\": 1}\n\n[2]\nlast", usize::MAX),
            [
                (1, 1, "{\"a\": 1}".to_owned()),
                (2, 1, String::new()),
                (3, 1, "[2]".to_owned()),
                (4, 1, "last".to_owned())
            ]
        );
    }

    #[test]
    fn values_are_records_over_any_number_of_lines_and_in_arrays() {
        assert_eq!(
            cut(Form::Json, " {\"a\": \"}\\\"]\"}\n5 [\"é\", {\n\"b\": [[]]},null]\n[]true", usize::MAX),
            [
                (1, 2, "{\"a\": \"}\\\"]\"}".to_owned()),
                (2, 1, "5".to_owned()),
                (2, 4, "\"é\"".to_owned()),
                (2, 9, "{\n\"b\": [[]]}".to_owned()),
                (3, 12, "null".to_owned()),
                (4, 3, "true".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_wrong_between_values_is_told_and_the_values_are_read() {
        assert_eq!(
            texts(Form::Json, "[1,,2 3,]"),
            [
                "1",
                "! a comma stands where a document should",
                "2",
                "! a comma is missing before this document",
                "3",
                "! a comma stands before the end of the array"
            ]
        );
        assert_eq!(texts(Form::Json, "[{}"), ["{}", "! the array of documents has no end"]);
        // A text without an end takes its line along, and no more.
        assert_eq!(texts(Form::Json, "[{\"a\": \"x},\n {\"b\": 1}]").len(), 2);
        assert_eq!(texts(Form::Json, "{\"a\": {"), ["{\"a\": {"]);
        assert_eq!(texts(Form::Json, "]}"), ["]", "}"]);
    }

    #[test]
    fn rows_of_a_dump_are_records_and_its_statements_and_other_tables_are_none() {
        let dump = "-- PostgreSQL database dump\nCOPY public.other (id) FROM stdin;\n1\n\\.\n\nCOPY public.jobs (id, \
                    job, data) FROM stdin;\n1\tgithub\t{}\n2\tjira\t\\N\n\\.\n\nSELECT 1;\n";
        assert_eq!(
            cut(Form::Copy, dump, usize::MAX),
            [(7, 1, "1\tgithub\t{}".to_owned()), (8, 1, "2\tjira\t\\N".to_owned())]
        );
        let cut_short = &dump[..dump.find("2\tjira").unwrap()];
        assert_eq!(texts(Form::Copy, cut_short).last().unwrap(), "! the dump ends among the rows of a table");
        assert_eq!(texts(Form::Copy, "id\tdata\n1\t{}\n2\t[]"), ["1\t{}", "2\t[]"]);
        assert_eq!(texts(Form::Copy, "{}\n[]"), ["{}", "[]"]);
        assert_eq!(texts(Form::Copy, "1\t{}\n"), [""; 0]);
    }

    #[test]
    fn rows_of_csv_are_records_over_any_number_of_lines() {
        assert_eq!(
            cut(Form::Csv, "id,data\n1,\"{\n\"\"a\"\": 1}\"\n2,{}", usize::MAX),
            [(2, 1, "1,\"{\n\"\"a\"\": 1}\"".to_owned()), (4, 1, "2,{}".to_owned())]
        );
        assert_eq!(texts(Form::Csv, "\"{\n}\"\n{}\n"), ["\"{\n}\"", "{}"]);
        assert_eq!(texts(Form::Csv, "data\n\"{}").last().unwrap(), "! the quote that begins here has no end");
    }

    #[test]
    fn a_record_beyond_the_limit_is_counted_and_not_kept() {
        let long = "x".repeat(100);
        assert_eq!(
            cut(Form::Ndjson, &format!("1\n{long}\n2\n{long}"), 50),
            [
                (1, 1, "1".to_owned()),
                (2, 1, "101 bytes".to_owned()),
                (3, 1, "2".to_owned()),
                (4, 1, "100 bytes".to_owned())
            ]
        );
        assert_eq!(
            cut(Form::Json, &format!("[\"{long}\", {{\"a\": [\"{long}\"]}}, 7]"), 50)
                .into_iter()
                .map(|(_, _, what)| what)
                .collect::<Vec<_>>(),
            ["102 bytes", "111 bytes", "7"]
        );
        // Of a row that is not kept nothing is taken for the end of the rows, nor for another statement.
        let dump = format!(
            "COPY jobs (data, id) FROM stdin;\n{long}\\\\.\n{{}}\t1\n\\.\n{long}COPY t (data) FROM stdin;\n2\n"
        );
        assert_eq!(cut(Form::Copy, &dump, 50), [(2, 1, "104 bytes".to_owned()), (3, 1, "{}\t1".to_owned())]);
    }
}
