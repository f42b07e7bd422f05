//! What is stored, held against the breaks: in theory a break may hurt, in these documents it does or does not.

use std::ops::ControlFlow;
use std::path::{Component, Path};
use std::sync::Arc;

use checkpoint_schema::registry::Registry;

use super::change::in_documents;
use super::comparison::{Break, Direction};
use crate::could_not_run::CouldNotRun;
use crate::finding::Place;
use crate::input::{Names, find};
use crate::pipeline::{
    Aim, Files, Hits, Jobs, Outcome, Progress, Seen, Sign, Signs, Tally, Worker, run, stop_by_signal,
};
use crate::report::plural;
use crate::rows::Which;
use crate::rule::Rule;

/// A record of more bytes is no evidence.
const LARGEST: usize = 16 << 20;

/// Where stored documents are.
pub(crate) struct Sources<'a> {
    /// As `samples` takes them.
    pub(crate) files: &'a [String],
    /// A table: the database, and which rows.
    pub(crate) rows: Option<(&'a str, &'a Which)>,
    /// The job of documents that do not tell theirs.
    pub(crate) job: Option<&'a str>,
}

impl Sources<'_> {
    pub(crate) fn none() -> Self {
        Self { files: &[], rows: None, job: None }
    }

    pub(super) fn are_none(&self) -> bool {
        self.files.is_empty() && self.rows.is_none()
    }
}

/// What was seen in stored documents.
pub(crate) struct Evidence {
    seen: Seen,
    tally: Tally,
    /// What was passed over.
    pub(crate) notes: Vec<String>,
}

impl Evidence {
    /// Looks through all that is stored in `sources` for `signs`; `None` where no source is named.
    ///
    /// # Errors
    ///
    /// If a source cannot be read to its end, or something in it is no document: then nobody knows what it hits.
    pub(crate) fn of(
        registry: &Registry,
        sources: &Sources<'_>,
        signs: Signs,
    ) -> Result<Option<Self>, CouldNotRun> {
        if sources.are_none() {
            return Ok(None);
        }
        let jobs = Arc::new(Jobs::new(registry, None)?);
        let mut evidence = Self { seen: Seen::default(), tally: Tally::default(), notes: Vec::new() };
        let signs = Arc::new(signs);
        if !sources.files.is_empty() {
            evidence.of_files(&jobs, &signs, sources)?;
        }
        if let Some((url, which)) = sources.rows {
            evidence.of_rows(&jobs, &signs, url, which, sources.job)?;
        }
        evidence.conclude(sources)?;
        Ok(Some(evidence))
    }

    fn of_files(
        &mut self,
        jobs: &Arc<Jobs>,
        signs: &Arc<Signs>,
        sources: &Sources<'_>,
    ) -> Result<(), CouldNotRun> {
        let mut found = find(sources.files, None)?;
        let all = found.inputs.len();
        found.inputs.retain(|input| !is_stored_nowhere(&input.path));
        let others = all - found.inputs.len();
        if others > 0 {
            self.notes
                .push(format!("{} passed over: invalid samples, schemas and locks", plural(others, "file")));
        }
        self.notes.extend(found.notes);
        let names = Names::usual();
        let named = sources.job.and_then(|job| jobs.find(job));
        let files = Files::new(found.inputs, jobs, names.clone(), None, LARGEST, named);
        let progress = files.progress();
        self.look(worker(jobs, signs, names, None), progress, move |handed| files.feed(handed))
    }

    #[cfg(feature = "postgres")]
    fn of_rows(
        &mut self,
        jobs: &Arc<Jobs>,
        signs: &Arc<Signs>,
        url: &str,
        which: &Which,
        job: Option<&str>,
    ) -> Result<(), CouldNotRun> {
        use crate::pipeline::Stream;
        use crate::rows::Rows;

        let only = job.filter(|_| which.table.no_job_column).and_then(|job| jobs.find(job));
        if which.table.no_job_column && only.is_none() {
            return Err(CouldNotRun(
                "without a column for the job all rows are of one job: name it with `--job`, once".to_owned(),
            ));
        }
        let client = crate::database::connect(Some(url), "checkpoint diff")?;
        let rows = Rows::of(client, which, &[]);
        let stream = Arc::new(Stream { path: which.table.table.clone().into(), job: only, is_table: true });
        let mut worker = worker(jobs, signs, Names::none(), only);
        worker.empty_is_absent = which.table.empty_is_absent;
        let progress = Progress::of_documents(rows.estimated);
        self.look(worker, progress, move |handed| rows.copy(LARGEST, &stream, handed))
    }

    #[cfg(not(feature = "postgres"))]
    #[expect(
        clippy::unused_self,
        clippy::needless_pass_by_ref_mut,
        reason = "as where a server can be asked"
    )]
    fn of_rows(
        &mut self,
        _: &Arc<Jobs>,
        _: &Arc<Signs>,
        _: &str,
        _: &Which,
        _: Option<&str>,
    ) -> Result<(), CouldNotRun> {
        Err(crate::rows::not_built("diff --database-url"))
    }

    fn look(
        &mut self,
        worker: Worker,
        mut progress: Progress,
        read: impl FnOnce(&crate::pipeline::Feed) + Send + 'static,
    ) -> Result<(), CouldNotRun> {
        let mut unread = None;
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let outcome = run(worker, workers, &stop_by_signal(), read, |part| {
            if let Some(part) = part {
                self.tally.add(&part.tally);
                self.seen.add(part.seen);
                unread = part.findings.into_iter().next();
            }
            progress.tell(&self.tally, 0);
            if unread.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        progress.end();
        match (unread, outcome) {
            (Some(finding), _) => Err(CouldNotRun(format!(
                "{} cannot be weighed by: {}",
                named(&finding.place),
                finding.message
            ))),
            (None, Outcome::Failed(error)) => Err(error),
            (None, Outcome::Interrupted) => Err(CouldNotRun("it was interrupted".to_owned())),
            (None, Outcome::Whole) => Ok(()),
        }
    }

    /// Nothing that was looked at is no evidence.
    fn conclude(&self, sources: &Sources<'_>) -> Result<(), CouldNotRun> {
        let tally = &self.tally;
        if let (0, Some((_, which))) = (tally.seen(), sources.rows.filter(|_| sources.files.is_empty())) {
            let which = match &which.condition {
                Some(_) => " that `--where` asks for",
                None => "",
            };
            return Err(CouldNotRun(format!("the table has no row{which}: nothing weighs what breaks")));
        }
        if tally.documents + tally.absent == 0 {
            return Err(CouldNotRun(
                "no stored document is of a job that the registry has: a file tells its job by its name or its \
                 folder, `github/…`, a row by its column `job_name`; or name the one job of all with `--job`"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// `weighed by 12 stored documents, 1 absent, 2 of unknown jobs`
    pub(super) fn summary(&self) -> String {
        let tally = &self.tally;
        let others = self.seen.passed_over();
        let mut words = format!("weighed by {}", plural(tally.documents - others, "stored document"));
        for (count, what) in [
            (tally.absent, "absent"),
            (others, "of other versions"),
            (tally.seen() - tally.documents - tally.absent, "of unknown jobs"),
        ] {
            if count > 0 {
                words += &format!(", {count} {what}");
            }
        }
        words
    }

    /// How many documents of the job were looked at.
    pub(crate) fn looked_at(&self, job: &str) -> u64 {
        self.seen.looked_at(job)
    }

    /// The documents of the job that have the sign.
    pub(crate) fn hits(&self, job: &str, sign: &Sign) -> Hits {
        self.seen.hits(job, sign)
    }
}

/// What tells a document that a break hits. What new code writes is in no document yet: nothing tells what breaks
/// forward alone.
pub(super) fn sign(of: &Break<'_>) -> Option<Sign> {
    let place = in_documents(of.place());
    let witnesses = of.witnesses.iter().map(|(direction, _)| *direction);
    let mut directions = witnesses.chain(of.undecided.iter().map(|(direction, _)| *direction));
    if directions.any(|direction| direction == Direction::Backward) {
        let before = of.change.and_then(|change| change.from.as_deref()).map(in_documents);
        return Some(Sign::Refused([place].into_iter().chain(before).collect()));
    }
    let change = of.change?;
    match change.rule {
        Rule::ValueLost => change.from.as_deref().map(|from| Sign::Holds(in_documents(from))),
        Rule::NameReused => Some(Sign::Holds(place)),
        Rule::DefaultChanged => Some(Sign::Lacks(place)),
        _ => None,
    }
}

impl Hits {
    /// `hits 3 of 12 stored documents (row 1, row 2, row 7)`
    pub(super) fn words(&self, documents: u64) -> String {
        let first =
            if self.named.is_empty() { String::new() } else { format!(" ({})", self.named.join(", ")) };
        format!("hits {} of {documents} stored documents{first}", self.count)
    }
}

fn worker(jobs: &Arc<Jobs>, signs: &Arc<Signs>, names: Names, job: Option<usize>) -> Worker {
    Worker {
        jobs: Arc::clone(jobs),
        names,
        job,
        aim: Aim::Look(Arc::clone(signs)),
        empty_is_absent: false,
        limit: LARGEST,
    }
}

/// `dump/rows.ndjson:12`, or the row of a table.
fn named(place: &Place) -> String {
    match &place.excerpt {
        Some(excerpt) => format!("{}:{}", place.path.display(), excerpt.position.line),
        None => place.shown(),
    }
}

/// Samples that are there to be refused, schemas and locks are no stored documents.
fn is_stored_nowhere(path: &Path) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::components);
    path.to_string_lossy().ends_with(".schema.json")
        || folders
            .into_iter()
            .any(|it| matches!(it, Component::Normal(name) if name == "invalid" || name == "lock"))
}
