//! The names of a table as SQL, for the tool's statements about rows whose type it does not know.

use super::JobTable;
use crate::sql::{identifier, literal};

/// The parts of a statement about the rows, known as `t`, of one job.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Parts {
    /// The table, quoted.
    pub table: String,
    /// The column of the key, quoted.
    pub id: String,
    /// The column of the document, quoted.
    pub document: String,
    /// The column of the job, quoted; `None` if the table has none.
    pub job: Option<String>,
    /// Is the row of the job?
    pub of_job: String,
}

/// A string constant.
#[doc(hidden)]
pub fn __literal(text: &str) -> String {
    literal(text)
}

impl JobTable {
    #[doc(hidden)]
    pub fn __parts(&self, job: &str) -> Parts {
        Parts {
            table: self.quoted(),
            id: identifier(&self.id),
            document: identifier(&self.document),
            job: self.job.as_deref().map(identifier),
            of_job: self.is_of_job(job),
        }
    }
}
