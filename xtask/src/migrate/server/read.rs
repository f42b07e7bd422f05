//! Rows in the order of their keys, a batch at a time.

use checkpoint_schema::registry::Descriptor;
use postgres::types::ToSql;
use postgres::{Client, Error};

use super::connection::{Access, LOCK_PATIENCE, Meaning, begin, lost, meaning, pause};
use super::statements::Statements;
use crate::could_not_run::CouldNotRun;

/// So many bytes of documents are in one batch, or one document that is larger.
const BYTES: i64 = 4 << 20;

/// The rows of the first batch: nobody knows yet how large they are.
const FIRST: i64 = 64;

/// How often a batch is tried that meets a lock on the table.
const TRIES: u32 = 5;

/// A row, both as text.
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) document: Option<String>,
}

/// Where one is in the table.
pub(crate) struct Reader<'a> {
    statements: &'a Statements,
    version_key: &'static str,
    version: i64,
    limit: i64,
    at_most: i64,
    after: Option<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(statements: &'a Statements, descriptor: &Descriptor, batch: u32) -> Self {
        let at_most = i64::from(batch);
        Self {
            statements,
            version_key: descriptor.version_key(),
            version: descriptor.version().into(),
            limit: at_most.min(FIRST),
            at_most,
            after: None,
        }
    }

    /// The next rows that are not of the newest version; none at the end.
    pub(crate) fn next(&mut self, client: &mut Client) -> Result<Vec<Row>, CouldNotRun> {
        let mut tries = 0;
        let rows = loop {
            match self.page(client) {
                Ok(rows) => break rows,
                Err(error)
                    if tries < TRIES && matches!(meaning(&error), Meaning::Again | Meaning::Locked) =>
                {
                    pause(tries);
                    tries += 1;
                }
                Err(error) => return Err(lost(&error)),
            }
        };
        // Rows that the server reads and does not give, because they are too large together, are wasted: the next
        // batch asks for no more than may fit.
        let given = i64::try_from(rows.len()).unwrap_or(self.at_most);
        self.limit = given.max(1).saturating_mul(2).min(self.at_most);
        if let Some(last) = rows.last() {
            self.after = Some(last.key.clone());
        }
        Ok(rows)
    }

    fn page(&self, client: &mut Client) -> Result<Vec<Row>, Error> {
        let mut transaction = begin(client, Access::Read, LOCK_PATIENCE)?;
        let mut params: Vec<&(dyn ToSql + Sync)> =
            vec![&self.limit, &BYTES, &self.version_key, &self.version];
        let text = match &self.after {
            None => &self.statements.first,
            Some(after) => {
                params.push(after);
                &self.statements.next
            }
        };
        let rows = transaction.query(text, &params)?;
        transaction.commit()?;
        rows.iter().map(|row| Ok(Row { key: row.try_get(0)?, document: row.try_get(1)? })).collect()
    }
}
