//! The table that holds the documents, and the statements about it.
//!
//! ```
//! use checkpoint_schema::{Checkpoint, JobTable};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, Checkpoint)]
//! #[checkpoint(job = "github", version = 1)]
//! struct GithubCheckpoint {
//!     last_pr_cursor: String,
//!     #[serde(default)]
//!     batch_number: u32,
//! }
//!
//! let f = GithubCheckpoint::fields();
//! let jobs = JobTable::default();
//! let statement = jobs
//!     .update([f.last_pr_cursor().set("Y3Vyc29y"), f.batch_number().increment(1)])
//!     .id(42)
//!     .when(f.batch_number().eq(7))
//!     .statement()?;
//! // Hand `statement.text()` and `statement.params()` to your driver, and read what came of it:
//! # let answer = "guard_failed";
//! let outcome: checkpoint_schema::table::Outcome = answer.parse()?;
//! # assert_eq!(outcome, checkpoint_schema::table::Outcome::GuardFailed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With a feature of [`driver`](crate::driver), each statement runs itself: `.execute(&pool)`, `.fetch(&pool)`.
//!
//! # Concurrency
//!
//! A statement locks its row, and the changes are computed from the row as it is then: at `READ COMMITTED`,
//! PostgreSQL's default, no concurrent change is lost. At stricter levels the server refuses with SQLSTATE
//! 40001, and the transaction is to be run again.

mod claim;
mod key;
mod one;
mod outcome;
mod parts;
mod read;
mod write;

pub use claim::Claiming;
pub(crate) use claim::Hold;
pub use key::Key;
pub use one::OneRow;
pub use outcome::{Outcome, UnknownOutcome};
#[doc(hidden)]
pub use parts::{__literal, Parts};
pub use read::{Compact, Load, Pretty, Select};
pub use write::{UpdateMany, UpdateOne, UpdateRows, Upsert};

use serde_json::Value;

use crate::filter::{Column, Index};
use crate::sql::{Sql, identifier, literal};
use crate::{Checkpoint, FieldError, ReadError, Statement, Stored};

/// The names of a table with one checkpoint a row, and the statements about it.
///
/// The default is the seed's table: `etl_jobs (id, job_name, checkpoint_data, retry_count, error_message)`.
/// Names are quoted, so that they mean what they say, case and all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobTable {
    schema: Option<String>,
    table: String,
    id: String,
    job: Option<String>,
    document: String,
    retry_count: Option<String>,
    error_message: Option<String>,
    claimed_by: String,
    claimed_until: String,
    /// `{}` stands for a document that is absent.
    empty_is_absent: bool,
    /// All of the above that statements name, in one text: what a statement's text depends on beside its changes.
    names: String,
}

impl Default for JobTable {
    fn default() -> Self {
        Self {
            schema: None,
            table: "etl_jobs".to_owned(),
            id: "id".to_owned(),
            job: Some("job_name".to_owned()),
            document: "checkpoint_data".to_owned(),
            retry_count: Some("retry_count".to_owned()),
            error_message: Some("error_message".to_owned()),
            claimed_by: "claimed_by".to_owned(),
            claimed_until: "claimed_until".to_owned(),
            empty_is_absent: false,
            names: String::new(),
        }
        .named()
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident => $field:ident $(: $some:ident)?;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, name: impl Into<String>) -> Self {
            self.$field = names!(@ name $($some)?);
            self.named()
        }
    )*};
    (@ $name:ident) => { $name.into() };
    (@ $name:ident $some:ident) => { Some($name.into()) };
}

impl JobTable {
    /// The table `name`, its columns as in the default.
    pub fn new(name: impl Into<String>) -> Self {
        Self { table: name.into(), ..Self::default() }.named()
    }

    fn named(mut self) -> Self {
        let Self { schema, table, id, job, document, claimed_by, claimed_until, empty_is_absent, .. } = &self;
        self.names = format!(
            "{schema:?} {table:?} {id:?} {job:?} {document:?} {claimed_by:?} {claimed_until:?} {empty_is_absent}"
        );
        self
    }

    names! {
        /// The schema of the table; else the server's `search_path` finds it.
        in_schema => schema: Some;
        /// The column of the key.
        id_column => id;
        /// The column of the job's name, in any spelling: case does not count, and a space, `-` and `_` are the
        /// same. Every typed statement is about rows of its job only. The column may be of any type that has a
        /// text form, an enum too.
        job_column => job: Some;
        /// The column of the document, of type `jsonb`.
        document_column => document;
        /// The column that a reset sets to 0.
        retry_count_column => retry_count: Some;
        /// The column that a reset sets to NULL.
        error_message_column => error_message: Some;
    }

    /// The columns of [claims](JobTable::claim), of types `text` and `timestamptz`: who has the row, and until
    /// when. The default is `claimed_by` and `claimed_until`. Nothing but claims, and changes made by them, reads
    /// or writes them.
    #[must_use]
    pub fn claim_columns(mut self, by: impl Into<String>, until: impl Into<String>) -> Self {
        (self.claimed_by, self.claimed_until) = (by.into(), until.into());
        self.named()
    }

    /// A table without a column for the job: all rows are of the job that a statement is about.
    #[must_use]
    pub fn without_job_column(mut self) -> Self {
        self.job = None;
        self.named()
    }

    /// A table without the two columns that a reset clears beside the document.
    #[must_use]
    pub fn without_retry_columns(mut self) -> Self {
        (self.retry_count, self.error_message) = (None, None);
        self
    }

    /// A table in which `{}` stands for a document that is absent, beside SQL NULL and JSON `null`: for
    /// [`read`](JobTable::read), and for every change.
    #[must_use]
    pub fn empty_is_absent(mut self) -> Self {
        self.empty_is_absent = true;
        self.named()
    }

    /// What a row of the table holds; `None` is SQL NULL. As [`Stored::read`], but for
    /// [`empty_is_absent`](JobTable::empty_is_absent).
    ///
    /// # Errors
    ///
    /// As [`Stored::read`].
    pub fn read<C: Checkpoint>(&self, document: Option<&Value>) -> Result<Stored<C>, ReadError> {
        self.reader()(document)
    }

    /// [`read`](JobTable::read), for later.
    pub(crate) fn reader<C: Checkpoint>(
        &self,
    ) -> impl Fn(Option<&Value>) -> Result<Stored<C>, ReadError> + Copy + Send + use<C> {
        let empty_is_absent = self.empty_is_absent;
        move |document| {
            let is_empty = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
            Stored::read(document.filter(|document| !(empty_is_absent && is_empty(document))))
        }
    }

    fn quoted(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", identifier(schema), identifier(&self.table)),
            None => identifier(&self.table),
        }
    }

    /// Is the row, known as `t`, of the job? In the same normal form as `Registry::find`.
    fn is_of_job(&self, job: &str) -> String {
        match &self.job {
            Some(column) => format!(
                "COALESCE(translate(lower(t.{}::text COLLATE \"C\"),' -','__')={},FALSE)",
                identifier(column),
                literal(job)
            ),
            None => "TRUE".to_owned(),
        }
    }

    fn document(&self) -> String {
        format!("t.{}", identifier(&self.document))
    }

    /// The document as changes see it.
    fn changed(&self) -> String {
        match self.empty_is_absent {
            true => format!("NULLIF({},'{{}}')", self.document()),
            false => self.document(),
        }
    }

    /// The statement that makes an index, unless there is one of its name: `f.batch_number().index()`,
    /// `f.batch_number().desc().index()`, `f.document_index()`. Its expression is the filter's own, since
    /// PostgreSQL uses an index on an expression only for the same one.
    ///
    /// # Errors
    ///
    /// A map key that is none.
    pub fn index_ddl<C: Checkpoint>(&self, index: &Index<C>) -> Result<Statement, FieldError> {
        let column = Column { table: &self.quoted(), table_name: &self.table, name: &self.document };
        let mut sql = Sql::default();
        sql.push(&index.ddl(column)?);
        Ok(sql.into())
    }
}
