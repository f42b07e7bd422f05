//! `samples`: any stored documents, from files, folders and streams, each against its job.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use checkpoint_schema::registry::Registry;
use clap::Args;

use crate::could_not_run::CouldNotRun;
use crate::finding::Finding;
use crate::input::{Form, Names, find};
use crate::judge::Values;
use crate::pipeline::{Aim, Files, Jobs, Outcome, Progress, Tally, Worker, run, stop_by_signal};
use crate::report::{Ending, Format, Teller, Verbosity, plural};
use crate::rule::{Rule, Severity};

/// Arguments of `samples`.
#[derive(Args)]
pub(crate) struct SamplesArgs {
    /// Files, folders, patterns such as `dumps/*.ndjson.gz`, or `-` for the standard input.
    #[arg(value_name = "SOURCE", required_unless_present = "files_from")]
    sources: Vec<String>,
    /// A file with one source a line; `-` is the standard input.
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
    /// The form of the documents [default: by the name of the file, or by how it begins].
    #[arg(long, value_enum)]
    input: Option<Form>,
    /// The job of all documents, in any spelling [default: what `--job-field` has, or the path].
    #[arg(long, value_name = "JOB")]
    job: Option<String>,
    /// The key or column of a row that has the job: a name, or a number from 1.
    #[arg(long, value_name = "NAME", default_value = "job_name")]
    job_field: String,
    /// The key or column of a row that has the document: a name, or a number from 1.
    #[arg(long, value_name = "NAME", default_value = "checkpoint_data")]
    column: String,
    /// The key or column by which a row is told in findings.
    #[arg(long, value_name = "NAME", default_value = "id")]
    id_column: String,
    /// `{}` is an absent document, too, as for a `JobTable` that says so.
    #[arg(long)]
    empty_is_absent: bool,
    #[command(flatten)]
    how: How,
}

/// How documents are judged.
#[derive(Args)]
pub(crate) struct How {
    /// A record of more MiB is not read. Memory grows with the largest that is.
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) max_document: u32,
    /// So many documents are judged at the same time [default: as many as the machine has processors].
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZero<usize>>,
}

impl How {
    /// The most bytes of a record.
    pub(crate) fn limit(&self) -> usize {
        usize::try_from(self.max_document).unwrap_or(usize::MAX).saturating_mul(1 << 20)
    }

    pub(crate) fn workers(&self) -> usize {
        self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get)
    }
}

/// Judges all that is named, and tells what it finds.
///
/// # Errors
///
/// If something that is named is not there, or nothing was found to judge, or the work was ended early.
pub(crate) fn check_stored(
    registry: &Registry,
    schemas: Option<&Path>,
    args: SamplesArgs,
    (format, verbosity): (Format, Verbosity),
) -> Result<ExitCode, CouldNotRun> {
    let jobs = Jobs::new(registry, schemas)?;
    let job =
        args.job.as_deref().map(|name| jobs.find(name).ok_or_else(|| unknown(registry, name))).transpose()?;
    let found = find(&args.sources, args.files_from.as_deref())?;
    let (count, stop) = (found.inputs.len(), stop_by_signal());
    let names = Names::new(args.column, args.job_field, args.id_column);
    let limit = args.how.limit();
    let files = Files::new(found.inputs, &jobs, names.clone(), args.input, limit, None);
    let worker = Worker {
        jobs: Arc::new(jobs),
        names,
        job,
        aim: Aim::Judge {
            values: Values::Shown,
            #[cfg(feature = "postgres")]
            pull: None,
        },
        empty_is_absent: args.empty_is_absent,
        limit,
    };
    let mut told = Told::begin(Teller::new(format, verbosity), files.progress());
    let outcome =
        run(worker, args.how.workers(), &stop, move |handed| files.feed(handed), |part| told.take(part));
    let what = move |tally: &Tally| {
        format!("checked {} in {}", plural(tally.documents, "document"), plural(count, "file"))
    };
    told.end(outcome, &found.notes, what)
}

pub(crate) fn unknown(registry: &Registry, job: &str) -> CouldNotRun {
    match registry.get(job) {
        Err(unknown) => CouldNotRun(unknown.to_string()),
        Ok(_) => CouldNotRun(format!("there is no job `{job}`")),
    }
}

/// What is told while documents are judged.
pub(crate) struct Told {
    teller: Teller,
    progress: Progress,
    tally: Tally,
}

impl Told {
    pub(crate) fn begin(teller: Teller, progress: Progress) -> Self {
        Self { teller, progress, tally: Tally::default() }
    }

    /// Takes what was found; breaks off when nobody listens any more and it is known how the command ends.
    pub(crate) fn take(&mut self, part: Option<crate::pipeline::Part>) -> ControlFlow<()> {
        if let Some(part) = part {
            self.tally.add(&part.tally);
            let teller = &mut self.teller;
            if !part.findings.is_empty() {
                self.progress.aside(|| {
                    part.findings.iter().for_each(|finding| teller.tell(finding));
                    teller.flush();
                });
            }
        }
        self.progress.tell(&self.tally, self.teller.counts().all());
        let is_known = self.teller.counts().of_severity(Severity::Error) > 0;
        if self.teller.is_closed() && is_known { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Tells how it ended.
    pub(crate) fn end(
        mut self,
        outcome: Outcome,
        notes: &[String],
        what: impl Fn(&Tally) -> String,
    ) -> Result<ExitCode, CouldNotRun> {
        let took = self.progress.end();
        let closed = self.teller.is_closed();
        let tally = &self.tally;
        for (job, (count, path)) in &tally.unknown {
            self.teller.tell(&of_unknown(job, *count, path));
        }
        let mut summary = what(tally);
        for (count, words) in [
            (tally.absent, "absent"),
            (tally.seen() - tally.documents - tally.absent, "of unknown jobs"),
            (tally.refused, "refused"),
        ] {
            if count > 0 {
                summary += &format!(", {count} {words}");
            }
        }
        let mut notes = notes.to_vec();
        notes.push(format!("it took {:.1} s", took.as_secs_f64()));
        if tally.unknown_others > 0 {
            notes.push(format!("{} of further unknown jobs", plural(tally.unknown_others, "document")));
        }
        let nothing = tally.documents + tally.absent == 0;
        if !matches!(outcome, Outcome::Whole) {
            summary = format!("ended early: {summary}");
        }
        let counts = self.teller.end(Ending { summary: &summary, notes: &notes, conclusions: &[] });
        let has_error = counts.of_severity(Severity::Error) > 0;
        match outcome {
            Outcome::Failed(error) => Err(error),
            Outcome::Interrupted if closed => Ok(counts.exit()),
            Outcome::Interrupted => Err(CouldNotRun("it was interrupted; the counts are those so far".to_owned())),
            Outcome::Whole if nothing && !has_error => Err(CouldNotRun(match counts.all() {
                0 => "nothing to check: there is no document".to_owned(),
                _ => "nothing to check: no document is of a job that the registry has; name it with `--job`, or \
                      where it stands with `--job-field`"
                    .to_owned(),
            })),
            Outcome::Whole => Ok(counts.exit()),
        }
    }
}

fn of_unknown(job: &str, count: u64, path: &Path) -> Finding {
    let documents = plural(count, "document");
    match job {
        "" => Finding::of_file(Rule::JobUnknown, path, format!("{documents} of which nothing tells the job"))
            .help("name it with `--job`, or where it stands with `--job-field`; a path tells it, too: `github-v1/…`"),
        job => Finding::of_file(
            Rule::JobUnknown,
            path,
            format!("{documents} of the job {job:?}, which no registered type has"),
        )
        .help("list its type in the registry, if it is one of this workspace"),
    }
}
