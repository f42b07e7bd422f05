//! What a worker does with a block.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::block::{Block, Record, Stream, What};
#[cfg(feature = "postgres")]
use super::jobs::Accepted;
use super::jobs::{Jobs, Verdict};
use super::signs::{Seen, Signs};
use super::tally::Tally;
use crate::caught::caught;
use crate::finding::{Excerpt, Finding, Position};
use crate::input::{Content, Layout, Located, Names, read};
use crate::judge::Values;
use crate::rule::{Rule, Severity};

/// So many findings are handed on at a time.
const FINDINGS: usize = 128;

/// Does with the documents of blocks what they are read for.
pub(crate) struct Worker {
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) names: Names,
    /// The job of all documents, if it was named.
    pub(crate) job: Option<usize>,
    pub(crate) aim: Aim,
    /// `{}` is an absent document, too.
    pub(crate) empty_is_absent: bool,
    /// The most bytes of a record, to tell it.
    pub(crate) limit: usize,
}

/// What documents are read for.
pub(crate) enum Aim {
    /// To tell all that is wrong with them.
    Judge {
        values: Values,
        /// Who collects documents for samples.
        #[cfg(feature = "postgres")]
        pull: Option<Arc<crate::rows::Pull>>,
    },
    /// To count those that have a sign; what is no document is told all the same.
    Look(Arc<Signs>),
}

/// Some of what was found in a block, in the order of its records.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) findings: Vec<Finding>,
    pub(crate) tally: Tally,
    pub(crate) seen: Seen,
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
        match &self.aim {
            Aim::Look(signs) => self.look(signs, stream, job, &document, record.start, key, part),
            Aim::Judge { values, .. } => {
                self.document(*values, stream, job, &document, record.start, key, part);
            }
        }
    }

    /// Which signs does the document have?
    #[expect(clippy::too_many_arguments, reason = "all that is known of it")]
    fn look(
        &self,
        signs: &Signs,
        stream: &Stream,
        job: usize,
        document: &Located<'_>,
        start: Position,
        key: Option<String>,
        part: &mut Part,
    ) {
        let told = |message: String, offset| {
            let mut finding = Finding::of_file(Rule::NotJson, &stream.path, message);
            finding.place.row.clone_from(&key);
            if stream.is_table { finding } else { at(finding, document.position(offset, start)) }
        };
        let parsed = match serde_json::from_slice::<Value>(&document.text) {
            Ok(parsed) => parsed,
            Err(error) => return part.refused(told(format!("this is no JSON: {error}"), 0)),
        };
        let is_empty = || parsed.as_object().is_some_and(serde_json::Map::is_empty);
        if parsed.is_null() || (self.empty_is_absent && is_empty()) {
            part.tally.absent += 1;
            return;
        }
        part.tally.documents += 1;
        let job = self.jobs.get(job);
        // A type's own functions are anybody's: where they panic, a worker ends, and so the whole is refused.
        let refused = caught(|| job.refused_at(&parsed)).unwrap_or_else(|_| Some(vec![String::new()]));
        match refused {
            None => part.seen.pass_over(job.name),
            Some(refused) => part.seen.look(signs, job.name, &parsed, &refused, || match &key {
                Some(key) if stream.is_table => format!("row {key}"),
                _ => format!("{}:{}", stream.path.display(), document.position(0, start).line),
            }),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all that is known of it")]
    fn document(
        &self,
        values: Values,
        stream: &Stream,
        job: usize,
        document: &Located<'_>,
        start: Position,
        key: Option<String>,
        part: &mut Part,
    ) {
        let path = &stream.path;
        let mut findings = match std::str::from_utf8(&document.text) {
            Err(error) => vec![not_utf8(values, stream, &document.text, error.valid_up_to())],
            // serde's and a step's functions are anybody's: what they do to one document must not end the work.
            Ok(text) => match caught(|| self.jobs.get(job).judge(path, text, values, self.empty_is_absent)) {
                Ok(Verdict::Absent) => {
                    part.tally.absent += 1;
                    return;
                }
                Ok(Verdict::Accepted(accepted)) => {
                    part.tally.documents += 1;
                    #[cfg(feature = "postgres")]
                    if let Aim::Judge { pull: Some(pull), .. } = &self.aim {
                        let Accepted { document, version } = accepted;
                        pull.offer(job, version, self.jobs.get(job).schema(version), document);
                    }
                    #[cfg(not(feature = "postgres"))]
                    drop(accepted);
                    return;
                }
                Ok(Verdict::Found(findings)) => findings,
                Err(place) => vec![
                    Finding::of_file(
                        Rule::Unreadable,
                        path,
                        format!("the code that reads this document panicked, at {place}"),
                    )
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
}

fn not_utf8(values: Values, stream: &Stream, bytes: &[u8], at: usize) -> Finding {
    let finding = Finding::of_file(Rule::NotJson, &stream.path, "this byte is not UTF-8");
    let finding = finding.help("JSON is UTF-8 (RFC 8259, 8.1): write the dump in it").pointer("");
    match values {
        // Up to the fault the replaced text is the document's own.
        Values::Shown => finding.at(&shown(bytes), at..at + 1),
        Values::Masked => finding,
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
