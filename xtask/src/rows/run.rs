//! The command.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use checkpoint_schema::registry::{Descriptor, Registry};

use super::{Pull, Rows, RowsArgs};
use crate::could_not_run::CouldNotRun;
use crate::database::connect;
use crate::input::Names;
use crate::judge::Values;
use crate::pipeline::{Aim, Jobs, Progress, Stream, Tally, Worker, run as judge, stop_by_signal};
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
    let only = match (args.which.table.no_job_column, named.as_slice()) {
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
    let client = connect(args.database_url.as_deref(), "checkpoint rows")?;
    let rows = Rows::of(client, &args.which, &named);
    let stop = stop_by_signal();
    let stream = Arc::new(Stream { path: args.which.table.table.clone().into(), job: only, is_table: true });
    let worker = Worker {
        jobs: Arc::clone(&jobs),
        names: Names::none(),
        job: only,
        empty_is_absent: args.which.table.empty_is_absent,
        limit: args.how.limit(),
        aim: Aim::Judge {
            values: if args.show_values { Values::Shown } else { Values::Masked },
            pull: pull.clone(),
        },
    };
    let limit = args.how.limit();
    let mut told = Told::begin(Teller::new(format, verbosity), Progress::of_documents(rows.estimated));
    let outcome = judge(
        worker,
        args.how.workers(),
        &stop,
        move |handed| rows.copy(limit, &stream, handed),
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
