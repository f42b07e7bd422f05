//! The command.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use checkpoint_schema::JobTable;
use checkpoint_schema::registry::{Descriptor, Registry};
use checkpoint_schema::table::Parts;
use postgres::Client;

use super::{Pull, RowsArgs};
use crate::could_not_run::CouldNotRun;
use crate::database::{connect, words};
use crate::input::{Columns, Copied, Layout, Names};
use crate::judge::Values;
use crate::migrate::Table;
use crate::pipeline::{
    Ended, Feed, Jobs, Progress, Stream, Tally, Worker, feed, run as judge, stop_by_signal,
};
use crate::report::{Format, Teller, Verbosity, plural};
use crate::samples::{Told, unknown};

/// Judges the rows of a table, and tells what it finds.
///
/// # Errors
///
/// If the server cannot be asked, or does not answer to the end, or no row was found.
pub(crate) fn run(
    registry: &Registry,
    schemas: Option<&Path>,
    args: &RowsArgs,
    (format, verbosity): (Format, Verbosity),
) -> Result<ExitCode, CouldNotRun> {
    let jobs = Arc::new(Jobs::new(registry, schemas)?);
    let named = args.jobs.iter().map(|job| registry.find(job).ok_or_else(|| unknown(registry, job)));
    let named: Vec<&Descriptor> = named.collect::<Result<_, _>>()?;
    let only = match (args.table.no_job_column, named.as_slice()) {
        (false, _) => None,
        (true, [one]) => jobs.find(one.job()),
        (true, _) => {
            return Err(CouldNotRun(
                "without a column for the job all rows are of one job: name it with `--job`, once".to_owned(),
            ));
        }
    };
    let pull = match (args.pull, schemas) {
        (None, _) => None,
        (Some(wanted), Some(dir)) => Some(Arc::new(Pull::new(wanted, dir))),
        (Some(_), None) => {
            return Err(CouldNotRun(
                "this is no cargo workspace: name the folder for the samples with `--schemas DIR`".to_owned(),
            ));
        }
    };
    let mut client = connect(args.database_url.as_deref(), "checkpoint rows")?;
    let statement = statement(args, &named);
    let (stop, read, seen) = (stop_by_signal(), Arc::new(AtomicU64::new(0)), Arc::clone(&jobs));
    let total = args.condition.is_none().then(|| estimated(&mut client, args)).flatten();
    let stream = Arc::new(Stream { path: args.table.table.clone().into(), job: only, is_table: true });
    let worker = Worker {
        jobs: seen,
        names: Names::none(),
        job: only,
        values: if args.show_values { Values::Shown } else { Values::Masked },
        empty_is_absent: args.table.empty_is_absent,
        limit: args.how.limit(),
        pull: pull.clone(),
    };
    let (timeout, limit) = (args.timeout.clone(), args.how.limit());
    let mut told = Told::begin(Teller::new(format, verbosity), Progress::of_documents(total));
    let outcome = judge(
        worker,
        args.how.workers(),
        &stop,
        move |handed| {
            if let Err(error) = copy(&mut client, &statement, &timeout, (limit, &read), &stream, handed) {
                let _ = handed.failed(error);
            }
        },
        |part| told.take(part),
    );
    let mut notes = Vec::new();
    let pulled = pull.as_ref().map(|pull| pull.write(&jobs, &mut notes)).transpose()?;
    told.end(outcome, &notes, move |tally: &Tally| {
        let pulled = pulled.map(|count| format!(", pulled {}", plural(count, "sample"))).unwrap_or_default();
        format!(
            "checked {} of {} read{pulled}",
            plural(tally.documents, "document"),
            plural(tally.seen(), "row")
        )
    })
}

/// `COPY` of what is looked at: key, job, document.
fn statement(args: &RowsArgs, jobs: &[&Descriptor]) -> String {
    let Table { table, schema, id_column, job_column, no_job_column, document_column, .. } = &args.table;
    let mut target = JobTable::new(table).id_column(id_column).document_column(document_column);
    if let Some(schema) = schema {
        target = target.in_schema(schema);
    }
    target = if *no_job_column { target.without_job_column() } else { target.job_column(job_column) };
    let Parts { table, id, document, job, .. } = target.__parts("");
    let job = job.map_or_else(|| "NULL".to_owned(), |job| format!("t.{job}::text"));
    let sample = args.sample.map(|percent| format!(" TABLESAMPLE BERNOULLI ({percent})")).unwrap_or_default();
    let of_jobs: Vec<String> = match no_job_column {
        true => Vec::new(),
        false => jobs.iter().map(|descriptor| target.__parts(descriptor.job()).of_job).collect(),
    };
    let mut conditions = Vec::new();
    if !of_jobs.is_empty() {
        conditions.push(format!("({})", of_jobs.join(" OR ")));
    }
    // On lines of its own, so that a comment in it ends.
    conditions.extend(args.condition.as_ref().map(|condition| format!("(\n{condition}\n)")));
    let condition = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    };
    format!(
        "COPY (SELECT t.{id}::text,{job},t.{document}::text FROM {table} AS t{sample}{condition}) TO STDOUT"
    )
}

/// How many rows there may be, as the server knows it since it last looked.
fn estimated(client: &mut Client, args: &RowsArgs) -> Option<u64> {
    let mut target = JobTable::new(&args.table.table);
    if let Some(schema) = &args.table.schema {
        target = target.in_schema(schema);
    }
    let quoted = target.__parts("").table;
    let row = client
        .query_opt("SELECT reltuples::float8 FROM pg_class WHERE oid = to_regclass($1::text)", &[&quoted])
        .ok()??;
    let rows: f64 = row.try_get(0).ok()?;
    let rows = rows * args.sample.unwrap_or(100.0) / 100.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "is an estimate above 0")]
    let rows = (rows > 0.0).then_some(rows as u64);
    rows
}

/// Streams the table, in a transaction that reads only and sees one state of it, whoever writes.
fn copy(
    client: &mut Client,
    statement: &str,
    timeout: &str,
    (limit, read): (usize, &Arc<AtomicU64>),
    stream: &Arc<Stream>,
    handed: &Feed,
) -> Result<(), CouldNotRun> {
    let cannot = |error: &postgres::Error| CouldNotRun(format!("the table cannot be read: {}", words(error)));
    let mut transaction =
        client.build_transaction().read_only(true).start().map_err(|error| cannot(&error))?;
    transaction
        .execute("SELECT set_config('statement_timeout', $1, true)", &[&timeout])
        .map_err(|error| cannot(&error))?;
    let columns = Columns { key: Some(0), job: Some(1), document: 2, count: Some(3) };
    let ended = {
        let copied = transaction.copy_out(statement).map_err(|error| cannot(&error))?;
        let mut counting = Counting { copied, read };
        let cutter = (Box::new(Copied) as _, Layout::Copy { columns });
        feed(&mut counting, cutter, limit, &handed.stop, |block| handed.block(stream, block))
    };
    match ended {
        Ended::Whole | Ended::Stopped => Ok(()),
        Ended::Broken(why) => Err(CouldNotRun(format!("the table could not be read to its end: {why}"))),
        Ended::Failed(error) => {
            let why = match error.get_ref().and_then(|inner| inner.downcast_ref::<postgres::Error>()) {
                Some(error) => words(error),
                None => error.to_string(),
            };
            Err(CouldNotRun(format!(
                "the table could not be read to its end: {why}; the counts are those so far"
            )))
        }
    }
}

struct Counting<'a, R> {
    copied: R,
    read: &'a Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.copied.read(buffer)?;
        self.read.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        Ok(count)
    }
}
