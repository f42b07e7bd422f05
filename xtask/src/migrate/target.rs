//! The table, as the server's catalogue has it, and the statements about the rows of one job.

use checkpoint_schema::JobTable;
use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::table::Parts;
use postgres::Client;

use super::args::Table;
use crate::could_not_run::CouldNotRun;
use crate::database::words;

/// A table whose rows can be read by key.
pub(super) struct Target {
    jobs: JobTable,
    /// The type of the key, as SQL.
    id_type: String,
}

impl Target {
    /// Looks the table up.
    ///
    /// # Errors
    ///
    /// What is missing, or not as it must be.
    pub(super) fn find(client: &mut Client, names: &Table) -> Result<Self, CouldNotRun> {
        let mut jobs =
            JobTable::new(&names.table).id_column(&names.id_column).document_column(&names.document_column);
        if let Some(schema) = &names.schema {
            jobs = jobs.in_schema(schema);
        }
        jobs =
            if names.no_job_column { jobs.without_job_column() } else { jobs.job_column(&names.job_column) };
        let columns = Columns::read(client, &jobs, names)?;
        let id_type = columns.check(names)?;
        Ok(Self { jobs, id_type })
    }

    /// The statements about the rows of one job.
    pub(super) fn statements(&self, descriptor: &Descriptor) -> Statements {
        Statements::new(&self.jobs.__parts(descriptor.job()), &self.id_type)
    }
}

/// What the catalogue says of the columns that were named.
struct Columns {
    table: String,
    found: Vec<Column>,
}

struct Column {
    name: String,
    type_name: String,
    is_jsonb: bool,
    never_null: bool,
    unique: bool,
}

/// A domain over `jsonb` is `jsonb`. The type without its length: a cast to `varchar(5)` cuts, and `character`
/// alone is `character(1)`, which the -1 avoids.
const COLUMNS: &str = "SELECT a.attname::text, format_type(a.atttypid, -1), \
    'jsonb'::regtype IN (y.oid, y.typbasetype), a.attnotnull, \
    EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid \
    AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) \
    FROM pg_attribute AS a JOIN pg_type AS y ON y.oid = a.atttypid \
    WHERE a.attrelid = to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped";

impl Columns {
    fn read(client: &mut Client, jobs: &JobTable, names: &Table) -> Result<Self, CouldNotRun> {
        let cannot = |error| CouldNotRun(format!("the table cannot be looked up: {}", words(&error)));
        let quoted = jobs.__parts("").table;
        let rows = client.query(COLUMNS, &[&quoted]).map_err(cannot)?;
        if rows.is_empty() {
            return Err(CouldNotRun(format!(
                "there is no table {quoted} in the database: name it with `--table` and `--schema`"
            )));
        }
        let column = |row: &postgres::Row| -> Result<Column, postgres::Error> {
            Ok(Column {
                name: row.try_get(0)?,
                type_name: row.try_get(1)?,
                is_jsonb: row.try_get(2)?,
                never_null: row.try_get(3)?,
                unique: row.try_get(4)?,
            })
        };
        let found = rows.iter().map(column).collect::<Result<_, _>>().map_err(cannot)?;
        Ok(Self { table: names.table.clone(), found })
    }

    fn named(&self, name: &str, option: &str) -> Result<&Column, CouldNotRun> {
        self.found.iter().find(|column| column.name == name).ok_or_else(|| {
            CouldNotRun(format!("the table {} has no column `{name}`: name it with `{option}`", self.table))
        })
    }

    /// The type of the key, if all is as it must be.
    fn check(&self, names: &Table) -> Result<String, CouldNotRun> {
        let id = self.named(&names.id_column, "--id-column")?;
        let refused = |why: &str| {
            CouldNotRun(format!(
                "the column `{}` of {} cannot be the key of its rows: {why}; name one that is unique by itself \
                 with `--id-column`",
                id.name, self.table
            ))
        };
        if !id.unique {
            return Err(refused("it has no unique index of its own"));
        }
        if !id.never_null {
            return Err(refused("it may be NULL"));
        }
        if !names.no_job_column && self.named(&names.job_column, "--job-column").is_err() {
            return Err(CouldNotRun(format!(
                "the table {} has no column `{}`: name the column of the job with `--job-column`, or say \
                 `--no-job-column`",
                self.table, names.job_column
            )));
        }
        let document = self.named(&names.document_column, "--document-column")?;
        if !document.is_jsonb {
            return Err(CouldNotRun(format!(
                "the column `{}` of {} is of type {}, and a document is stored as jsonb: name its column with \
                 `--document-column`",
                document.name, self.table, document.type_name
            )));
        }
        Ok(id.type_name.clone())
    }
}

/// The statements about the rows of one job. Keys go as text, whatever their type.
pub(super) struct Statements {
    /// The first page.
    pub(super) first: String,
    /// The page after a key.
    pub(super) next: String,
    /// Writes documents where the old ones still stand.
    pub(super) swap: String,
    /// Reads one row, and holds it.
    pub(super) hold: String,
    /// Writes the row that is held.
    pub(super) set: String,
}

impl Statements {
    fn new(Parts { table, id, document, of_job, .. }: &Parts, id_type: &str) -> Self {
        // What a page holds is limited by rows ($1) and by bytes ($2), but for its first row. Rows of the newest
        // version ($3, $4) are passed over. `LIMIT` keeps the text from being made again for each use.
        let page = |after: &str| {
            format!(
                "SELECT q.id::text,q.document FROM (SELECT p.id,p.document,COALESCE(sum(octet_length(p.document)) \
                 OVER (ORDER BY p.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),0) AS before FROM \
                 (SELECT t.{id} AS id,t.{document}::text AS document FROM {table} AS t WHERE {after}{of_job} \
                 AND t.{document}->$3::text IS DISTINCT FROM to_jsonb($4::bigint) ORDER BY t.{id} \
                 LIMIT $1::bigint) AS p) AS q WHERE q.before<$2::bigint ORDER BY q.id"
            )
        };
        // The lock first. A row that somebody else holds is skipped: who never waits while holding rows is in no
        // deadlock. The text of the newest version of the row is what counts, and it is compared when the row is
        // locked; so whatever was written since it was read, in this column or not, is not written over. Not
        // `jsonb`'s own `=`, for which 1 and 1.0 are the same, and not `xmin`, which changes with every column.
        // `CASE`, for the planner would join by an equality, and make the text of every row of the table.
        let swap = format!(
            "WITH v AS (SELECT u.id::{id_type} AS id,u.old,u.new FROM unnest($1::text[],$2::text[],$3::text[]) \
             AS u(id,old,new)), target AS MATERIALIZED (SELECT t.{id} AS id,v.new FROM {table} AS t JOIN v \
             ON t.{id}=v.id WHERE {of_job} AND CASE WHEN t.{id}=v.id THEN t.{document}::text COLLATE \"C\"=v.old END ORDER BY t.{id} \
             FOR NO KEY UPDATE OF t SKIP LOCKED) \
             UPDATE {table} AS t SET {document}=target.new::jsonb FROM target WHERE t.{id}=target.id \
             RETURNING t.{id}::text"
        );
        Self {
            first: page(""),
            next: page(&format!("t.{id}>$5::text::{id_type} AND ")),
            swap,
            hold: format!(
                "SELECT t.{document}::text FROM {table} AS t WHERE t.{id}=$1::text::{id_type} AND {of_job} \
                 FOR NO KEY UPDATE"
            ),
            set: format!(
                "UPDATE {table} AS t SET {document}=$2::text::jsonb WHERE t.{id}=$1::text::{id_type}"
            ),
        }
    }
}
