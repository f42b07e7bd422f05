//! The table, as the server's catalogue has it.

use checkpoint_schema::JobTable;
use checkpoint_schema::registry::Descriptor;
use postgres::Client;

use super::super::args::Table;
use super::statements::Statements;
use crate::could_not_run::CouldNotRun;
use crate::database::words;

/// A table whose rows can be read by key.
pub(crate) struct Target {
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
    pub(crate) fn find(client: &mut Client, names: &Table) -> Result<Self, CouldNotRun> {
        let jobs = names.jobs();
        let columns = Columns::read(client, &jobs, names)?;
        let id_type = columns.check(names)?;
        Ok(Self { jobs, id_type })
    }

    /// The statements about the rows of one job.
    pub(crate) fn statements(&self, descriptor: &Descriptor) -> Statements {
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
                "there is no table {quoted} in the database: name it with `--table` and `--schema`{}",
                names.hint()
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
