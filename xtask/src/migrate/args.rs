//! What `migrate` is asked.

use checkpoint_schema::JobTable;
use clap::Args;

/// Arguments of `migrate`.
#[derive(Args)]
pub struct MigrateArgs {
    /// The database, as a URL or as `key=value` pairs [default: the environment variable `DATABASE_URL`].
    #[arg(long, value_name = "URL")]
    pub(super) database_url: Option<String>,
    /// A job whose rows to upgrade, in any spelling; may be given several times [default: every job above
    /// version 1].
    #[arg(long = "job", value_name = "JOB")]
    pub(super) jobs: Vec<String>,
    #[command(flatten)]
    pub(super) table: Table,
    /// So many rows are read, and written, at a time; fewer where they are large.
    #[arg(long, value_name = "ROWS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) batch: u32,
    /// Write nothing: show each kind of difference that the upgrade would make, and what could not be upgraded.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Show what stands in rows: values, and words of serde and of steps that may quote them.
    #[arg(long)]
    pub(super) show_values: bool,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(super) format: Form,
}

/// The names of the table.
#[derive(Args)]
pub(crate) struct Table {
    /// The table.
    #[arg(long, value_name = "NAME", default_value = "etl_jobs")]
    pub(crate) table: String,
    /// The schema of the table [default: where the server's `search_path` finds it].
    #[arg(long, value_name = "NAME")]
    pub(crate) schema: Option<String>,
    /// The column of the key: unique, and never NULL.
    #[arg(long, value_name = "NAME", default_value = "id")]
    pub(crate) id_column: String,
    /// The column of the job's name.
    #[arg(long, value_name = "NAME", default_value = "job_name", conflicts_with = "no_job_column")]
    pub(crate) job_column: String,
    /// There is no such column: all rows are of the one job that `--job` names.
    #[arg(long)]
    pub(crate) no_job_column: bool,
    /// The column of the document, of type `jsonb`.
    #[arg(long, value_name = "NAME", default_value = "checkpoint_data")]
    pub(crate) document_column: String,
    /// `{}` is an absent document, too, as for a `JobTable` that says so.
    #[arg(long)]
    pub(crate) empty_is_absent: bool,
}

impl Table {
    /// What else a name with a dot may mean, to be told where there is no such table.
    #[cfg(feature = "postgres")]
    pub(crate) fn hint(&self) -> String {
        match (self.table.split_once('.'), &self.schema) {
            (Some((schema, table)), None) => {
                format!("; a table in a schema is named by two options: `--schema {schema} --table {table}`")
            }
            _ => String::new(),
        }
    }

    /// The table as workers name it.
    pub(crate) fn jobs(&self) -> JobTable {
        let jobs =
            JobTable::new(&self.table).id_column(&self.id_column).document_column(&self.document_column);
        let jobs = match &self.schema {
            Some(schema) => jobs.in_schema(schema),
            None => jobs,
        };
        let jobs =
            if self.no_job_column { jobs.without_job_column() } else { jobs.job_column(&self.job_column) };
        if self.empty_is_absent { jobs.empty_is_absent() } else { jobs }
    }
}

/// The forms of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// For people: the rows that were left, by kind, with the first of each.
    Text,
    /// For programs: one JSON object a line, every row that was left, each as it is found.
    Json,
}
