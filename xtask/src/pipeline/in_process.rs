//! The same work without its threads, for the benchmark.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use checkpoint_schema::registry::Registry;

use super::block::Stream;
use super::feed::feed;
use super::jobs::Jobs;
use super::tally::Tally;
use super::work::{Aim, Worker};
use crate::input::{Form, Names};
use crate::judge::Values;

/// Judges the documents in `lines`, one a line, all of one job. Returns how many there are, how many of them have
/// an error, and how many findings that is.
///
/// `None` if the registry has no such job, or if a schema of it is none.
pub fn judge_lines(registry: &Registry, job: &str, lines: &[u8]) -> Option<(u64, u64, u64)> {
    let jobs = Jobs::new(registry, None).ok()?;
    let job = jobs.find(job)?;
    let names = Names::usual();
    let cutter = Form::Ndjson.cutter(&names, &[]);
    let stream = Stream { path: "lines".into(), job: Some(job), is_table: false };
    let worker = Worker {
        jobs: Arc::new(jobs),
        names,
        job: Some(job),
        aim: Aim::Judge {
            values: Values::Shown,
            #[cfg(feature = "postgres")]
            pull: None,
        },
        empty_is_absent: false,
        limit: usize::MAX,
    };
    let (mut tally, mut findings) = (Tally::default(), 0);
    let mut lines = lines;
    feed(&mut lines, cutter, usize::MAX, &AtomicBool::new(false), |block| {
        worker.block(&stream, &block, |part| {
            tally.add(&part.tally);
            findings += part.findings.len();
            true
        });
        ControlFlow::Continue(())
    });
    Some((tally.documents, tally.refused, u64::try_from(findings).unwrap_or(u64::MAX)))
}
