//! What a worker does with a block.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::block::{Block, Record, Stream, What};
#[cfg(feature = "postgres")]
use super::jobs::Accepted;
use super::jobs::{Jobs, Verdict};
use super::tally::Tally;
use crate::finding::{Excerpt, Finding, Position};
use crate::input::{Content, Layout, Located, Names, read};
use crate::judge::Values;
use crate::rule::{Rule, Severity};

/// So many findings are handed on at a time.
const FINDINGS: usize = 128;

/// Judges the documents of blocks.
pub(crate) struct Worker {
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) names: Names,
    /// The job of all documents, if it was named.
    pub(crate) job: Option<usize>,
    pub(crate) values: Values,
    /// `{}` is an absent document, too.
    pub(crate) empty_is_absent: bool,
    /// The most bytes of a record, to tell it.
    pub(crate) limit: usize,
    /// Who collects documents for samples.
    #[cfg(feature = "postgres")]
    pub(crate) pull: Option<Arc<crate::rows::Pull>>,
}

/// Some of what was found in a block, in the order of its records.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) findings: Vec<Finding>,
    pub(crate) tally: Tally,
}

impl Worker {
    /// Judges the records of a block, and hands on what is found; until nobody takes it any more.
    pub(super) fn block(&self, stream: &Stream, block: &Block, mut hand_on: impl FnMut(Part) -> bool) {
        let mut part = Part::default();
        for record in &block.records {
            self.record(stream, block, record, &mut part);
            if part.findings.len() >= FINDINGS && !hand_on(std::mem::take(&mut part)) {
                return;
            }
        }
        hand_on(part);
    }

    fn record(&self, stream: &Stream, block: &Block, record: &Record, part: &mut Part) {
        let bytes = match &record.what {
            What::Bytes(Range { start, end }) => &block.bytes[*start..*end],
            What::TooLong(bytes) => {
                let message =
                    format!("{bytes} bytes; records of more than {} bytes are not read", self.limit);
                let finding = Finding::of_file(Rule::DocumentTooLarge, &stream.path, message)
                    .help("raise `--max-document` to have it checked: memory grows with it");
                return part.refused(at(finding, record.start));
            }
            What::Fault(words) => {
                let finding = Finding::of_file(Rule::RecordBroken, &stream.path, *words)
                    .help("make the dump again, or name its form with `--input`");
                return part.findings.push(at(finding, record.start));
            }
        };
        if block.layout == Layout::Json && bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let Content { document, job, key } = match read(bytes, block.layout, &self.names) {
            Ok(content) => content,
            Err((words, _)) => {
                let finding = Finding::of_file(Rule::RecordBroken, &stream.path, words)
                    .help("make the dump again, or name its form with `--input`");
                return part.refused(at(finding, record.start));
            }
        };
        let named = job.as_deref();
        let job = match (self.job, named) {
            (Some(job), _) => Some(job),
            (None, Some(name)) => self.jobs.find(name),
            (None, None) => stream.job,
        };
        let Some(job) = job else {
            return part.tally.unknown(named.unwrap_or_default(), 1, &stream.path);
        };
        let Some(document) = document else {
            part.tally.absent += 1;
            return;
        };
        self.document(stream, job, &document, record.start, key, part);
    }

    fn document(
        &self,
        stream: &Stream,
        job: usize,
        document: &Located<'_>,
        start: Position,
        key: Option<String>,
        part: &mut Part,
    ) {
        let path = &stream.path;
        let mut findings = match std::str::from_utf8(&document.text) {
            Err(error) => vec![self.not_utf8(stream, &document.text, error.valid_up_to())],
            // serde's and a step's functions are anybody's: what they do to one document must not end the work.
            Ok(text) => match catch_unwind(AssertUnwindSafe(|| {
                self.jobs.get(job).judge(path, text, self.values, self.empty_is_absent)
            })) {
                Ok(Verdict::Absent) => {
                    part.tally.absent += 1;
                    return;
                }
                Ok(Verdict::Accepted(accepted)) => {
                    part.tally.documents += 1;
                    #[cfg(feature = "postgres")]
                    if let Some(pull) = &self.pull {
                        let Accepted { document, version } = accepted;
                        pull.offer(job, version, self.jobs.get(job).schema(version), document);
                    }
                    #[cfg(not(feature = "postgres"))]
                    drop(accepted);
                    return;
                }
                Ok(Verdict::Found(findings)) => findings,
                Err(_) => vec![
                    Finding::of_file(Rule::Unreadable, path, "the code that reads this document panicked")
                        .pointer("")
                        .help("a worker would end here: have the type or the step give an error instead"),
                ],
            },
        };
        for finding in &mut findings {
            finding.place.row.clone_from(&key);
            if stream.is_table {
                finding.place.excerpt = None;
                finding.place.contract = self.jobs.get(job).schema_file.clone();
                continue;
            }
            let offset = finding.place.excerpt.as_ref().map_or(0, |excerpt| excerpt.offset);
            let position = document.position(offset, start);
            match &mut finding.place.excerpt {
                Some(excerpt) => {
                    // The line that is shown begins within the stream's.
                    excerpt.cut |= excerpt.position.column != position.column;
                    excerpt.position = position;
                }
                None => finding.place.excerpt = Some(Excerpt::of(position)),
            }
        }
        part.tally.documents += 1;
        part.tally.refused += u64::from(findings.iter().any(|it| it.severity == Severity::Error));
        part.findings.append(&mut findings);
    }

    fn not_utf8(&self, stream: &Stream, bytes: &[u8], at: usize) -> Finding {
        let finding = Finding::of_file(Rule::NotJson, &stream.path, "this byte is not UTF-8");
        let finding = finding.help("JSON is UTF-8 (RFC 8259, 8.1): write the dump in it").pointer("");
        match self.values {
            // Up to the fault the replaced text is the document's own.
            Values::Shown => finding.at(&shown(bytes), at..at + 1),
            Values::Masked => finding,
        }
    }
}

fn shown(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// At a place of which no line is shown.
fn at(mut finding: Finding, position: Position) -> Finding {
    finding.place.excerpt = Some(Excerpt::of(position));
    finding
}

impl Part {
    /// No document could be found where one must be.
    fn refused(&mut self, finding: Finding) {
        self.tally.documents += 1;
        self.tally.refused += 1;
        self.findings.push(finding);
    }
}
