//! A table as one stream of documents: what the server copies out, in a transaction that reads only.

use std::sync::Arc;

use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::table::Parts;
use postgres::Client;

use super::Which;
use crate::could_not_run::CouldNotRun;
use crate::database::words;
use crate::input::{Columns, Copied, Layout};
use crate::pipeline::{Ended, Feed, Stream, feed};

/// The rows of a table that are looked at.
pub(crate) struct Rows {
    client: Client,
    statement: String,
    timeout: String,
    /// What the name of a table that cannot be read may mean.
    hint: String,
    /// How many there may be, as the server knows it since it last looked.
    pub(crate) estimated: Option<u64>,
}

impl Rows {
    /// Those that `which` names, of all jobs or of `jobs`.
    pub(crate) fn of(mut client: Client, which: &Which, jobs: &[&Descriptor]) -> Self {
        let estimated = which.condition.is_none().then(|| estimated(&mut client, which)).flatten();
        let (statement, timeout) = (statement(which, jobs), which.timeout.clone());
        Self { client, statement, timeout, hint: which.table.hint(), estimated }
    }

    /// Streams them as one state of the table, whoever writes. Rows of more than `limit` bytes are not kept.
    pub(crate) fn copy(mut self, limit: usize, stream: &Arc<Stream>, handed: &Feed) {
        if let Err(error) = self.try_to_copy(limit, stream, handed) {
            let _ = handed.failed(error);
        }
    }

    fn try_to_copy(&mut self, limit: usize, stream: &Arc<Stream>, handed: &Feed) -> Result<(), CouldNotRun> {
        let hint = self.hint.clone();
        let cannot = |error: &postgres::Error| {
            CouldNotRun(format!("the table cannot be read: {}{hint}", words(error)))
        };
        let mut transaction =
            self.client.build_transaction().read_only(true).start().map_err(|error| cannot(&error))?;
        transaction
            .execute("SELECT set_config('statement_timeout', $1, true)", &[&self.timeout])
            .map_err(|error| cannot(&error))?;
        let columns = Columns { key: Some(0), job: Some(1), document: 2, count: Some(3) };
        let ended = {
            let mut copied = transaction.copy_out(self.statement.as_str()).map_err(|error| cannot(&error))?;
            let cutter = (Box::new(Copied) as _, Layout::Copy { columns });
            feed(&mut copied, cutter, limit, &handed.stop, |block| handed.block(stream, block))
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
}

/// `COPY` of what is looked at: key, job, document.
fn statement(which: &Which, jobs: &[&Descriptor]) -> String {
    let target = which.table.jobs();
    let Parts { table, id, document, job, .. } = target.__parts("");
    let job = job.map_or_else(|| "NULL".to_owned(), |job| format!("t.{job}::text"));
    let sample =
        which.sample.map(|percent| format!(" TABLESAMPLE BERNOULLI ({percent})")).unwrap_or_default();
    let of_jobs: Vec<String> = match which.table.no_job_column {
        true => Vec::new(),
        false => jobs.iter().map(|descriptor| target.__parts(descriptor.job()).of_job).collect(),
    };
    let mut conditions = Vec::new();
    if !of_jobs.is_empty() {
        conditions.push(format!("({})", of_jobs.join(" OR ")));
    }
    // On lines of its own, so that a comment in it ends.
    conditions.extend(which.condition.as_ref().map(|condition| format!("(\n{condition}\n)")));
    let condition = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    };
    format!(
        "COPY (SELECT t.{id}::text,{job},t.{document}::text FROM {table} AS t{sample}{condition}) TO STDOUT"
    )
}

fn estimated(client: &mut Client, which: &Which) -> Option<u64> {
    let quoted = which.table.jobs().__parts("").table;
    let row = client
        .query_opt("SELECT reltuples::float8 FROM pg_class WHERE oid = to_regclass($1::text)", &[&quoted])
        .ok()??;
    let rows: f64 = row.try_get(0).ok()?;
    let rows = rows * which.sample.unwrap_or(100.0) / 100.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "is an estimate above 0")]
    let rows = (rows > 0.0).then_some(rows as u64);
    rows
}
