//! Files and streams as what the work reads, one after another.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::block::Stream;
use super::feed::{Ended, feed};
use super::jobs::Jobs;
use super::progress::Progress;
use super::run::Feed;
use crate::finding::Finding;
use crate::input::{Form, Input, Names, detect, open};
use crate::rule::Rule;

/// The inputs of a command.
pub(crate) struct Files {
    inputs: Vec<(Input, Arc<Stream>)>,
    /// What a row has its document under.
    names: Names,
    /// The form of all of them, if it was named.
    form: Option<Form>,
    /// Records of more bytes are not kept.
    limit: usize,
    /// Bytes that have been read, as they are stored.
    read: Arc<AtomicU64>,
}

impl Files {
    /// Documents of which neither a row nor the path tells the job are of the job `otherwise`.
    pub(crate) fn new(
        inputs: Vec<Input>,
        jobs: &Jobs,
        names: Names,
        form: Option<Form>,
        limit: usize,
        otherwise: Option<usize>,
    ) -> Self {
        let with_stream = |input: Input| {
            let job = jobs.of_path(&input.path).or(otherwise);
            let stream = Stream { job, path: input.path.clone(), is_table: false };
            (input, Arc::new(stream))
        };
        let inputs = inputs.into_iter().map(with_stream).collect();
        Self { inputs, names, form, limit, read: Arc::default() }
    }

    /// Of the reading of all of them.
    pub(crate) fn progress(&self) -> Progress {
        let total = self.inputs.iter().map(|(input, _)| input.size).sum::<Option<u64>>();
        Progress::of_bytes(&self.read, total)
    }

    /// Hands on what stands in them, until nobody wants more.
    pub(crate) fn feed(&self, handed: &Feed) {
        for (input, stream) in &self.inputs {
            if self.one(input, stream, handed).is_break() {
                break;
            }
        }
    }

    fn one(&self, input: &Input, stream: &Arc<Stream>, handed: &Feed) -> ControlFlow<()> {
        let broken = |why: &str, help: &str| {
            handed.finding(Finding::of_file(Rule::FileUnreadable, &input.path, why).help(help))
        };
        let mut opened = match open(input, &self.read) {
            Ok(opened) => opened,
            Err(error) => return broken(&error.to_string(), "name another file, or make this one readable"),
        };
        let form = match self.form.map_or_else(|| detect(&input.path, &opened.head), Ok) {
            Ok(form) => form,
            Err(why) => return broken(&why, "make text of it first"),
        };
        let cutter = form.cutter(&self.names, &opened.head);
        match feed(&mut *opened.reader, cutter, self.limit, &handed.stop, |block| handed.block(stream, block))
        {
            Ended::Whole => ControlFlow::Continue(()),
            Ended::Stopped => ControlFlow::Break(()),
            Ended::Broken(why) => broken(&why, "nothing more of this file was read"),
            Ended::Failed(error) => broken(
                &format!("it cannot be read to its end: {error}"),
                "what stands before was checked; make the file again, or fetch it again",
            ),
        }
    }
}
