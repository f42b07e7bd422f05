//! Statements that read rows.

use std::marker::PhantomData;

use super::write::{narrowed, rendered};
use super::{JobTable, Key};
use crate::filter::Order;
use crate::sql::{Param, Sql, identifier};
use crate::{Checkpoint, FieldError, Filter, Statement};

impl JobTable {
    /// The rows of the job of `C`, as the columns `id` and `document`.
    ///
    /// Which checkpoint is meant, the filter tells, or the type: `jobs.select::<GithubCheckpoint>()`.
    pub fn select<C: Checkpoint>(&self) -> Select<'_, C> {
        self.selected()
    }

    fn selected<C, S>(&self) -> Select<'_, C, S> {
        Select {
            table: self,
            id: None,
            filter: None,
            order: Vec::new(),
            limit: None,
            lock: false,
            shown: PhantomData,
        }
    }

    /// The rows of the job of `C` for people: the columns `id`, `job` and `checkpoint`, the document as
    /// `jsonb_pretty` writes it.
    pub fn view<C: Checkpoint>(&self) -> Select<'_, C, Pretty> {
        self.selected()
    }

    /// What the row with the key `id` holds, if it is of the job of `C`.
    pub fn load<C: Checkpoint>(&self, id: impl Into<Key>) -> Load<'_, C> {
        Load { table: self, id: id.into(), lock: false, checkpoint: PhantomData }
    }
}

/// What a [`Select`] shows of a row.
pub trait Shown {
    #[doc(hidden)]
    const PRETTY: bool;
}

/// The document as it is stored.
#[derive(Clone, Copy, Debug)]
pub enum Compact {}

/// The document as people read it.
#[derive(Clone, Copy, Debug)]
pub enum Pretty {}

impl Shown for Compact {
    const PRETTY: bool = false;
}

impl Shown for Pretty {
    const PRETTY: bool = true;
}

/// A query for rows of one job.
#[must_use = "`statement` makes the statement"]
#[derive(Clone, Debug)]
pub struct Select<'t, C, S = Compact> {
    pub(crate) table: &'t JobTable,
    id: Option<Key>,
    filter: Option<Filter<C>>,
    order: Vec<Order<C>>,
    limit: Option<i64>,
    lock: bool,
    shown: PhantomData<fn() -> (C, S)>,
}

impl<C: Checkpoint, S: Shown> Select<'_, C, S> {
    /// Only the row with this key.
    pub fn id(mut self, id: impl Into<Key>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Only rows that meet the filter, and the filters given before.
    pub fn filter(mut self, filter: Filter<C>) -> Self {
        self.filter = Some(narrowed(self.filter, filter));
        self
    }

    /// Sorted by this, after what was given before.
    pub fn order(mut self, order: Order<C>) -> Self {
        self.order.push(order);
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u32) -> Self {
        self.limit = Some(rows.into());
        self
    }

    /// `FOR UPDATE`: nobody else changes the rows until the transaction ends.
    pub fn for_update(mut self) -> Self {
        self.lock = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    ///
    /// An operand that cannot be stored, a map key that is none.
    pub fn statement(&self) -> Result<Statement, FieldError> {
        let table = self.table;
        let mut sql = Sql::default();
        let (document, id) = (table.document(), identifier(&table.id));
        let columns = match (S::PRETTY, &table.job) {
            (false, _) => format!("t.{id} AS id,{document} AS document"),
            (true, Some(job)) => {
                format!("t.{id} AS id,t.{} AS job,jsonb_pretty({document}) AS checkpoint", identifier(job))
            }
            (true, None) => format!("t.{id} AS id,jsonb_pretty({document}) AS checkpoint"),
        };
        let mut conditions = vec![table.is_of_job(C::JOB)];
        if let Some(key) = &self.id {
            let key = sql.bind(key.param());
            conditions.push(format!("t.{id}={key}"));
        }
        if let Some(filter) = &self.filter {
            conditions.push(format!("({})", rendered(filter, &document, &mut sql)?));
        }
        let mut text =
            format!("SELECT {columns} FROM {} AS t WHERE {}", table.quoted(), conditions.join(" AND "));
        let order: Result<Vec<_>, _> = self.order.iter().map(|order| order.render(&document)).collect();
        let order = order?;
        if !order.is_empty() {
            text += &format!(" ORDER BY {}", order.join(","));
        }
        if let Some(limit) = self.limit {
            text += &format!(" LIMIT {}", sql.bind(Param::BigInt(limit)));
        }
        if self.lock {
            text += " FOR UPDATE";
        }
        sql.push(&text);
        Ok(sql.into())
    }
}

/// What one row holds.
///
/// Its statement gives the row with the key, if there is one, as the columns `document` and `of_job`: is it of the
/// job?
#[must_use = "`statement` makes the statement"]
#[derive(Clone, Debug)]
pub struct Load<'t, C> {
    pub(crate) table: &'t JobTable,
    pub(crate) id: Key,
    lock: bool,
    checkpoint: PhantomData<fn() -> C>,
}

impl<C: Checkpoint> Load<'_, C> {
    /// `FOR UPDATE`: nobody else changes the row until the transaction ends.
    pub fn for_update(mut self) -> Self {
        self.lock = true;
        self
    }

    /// The statement.
    pub fn statement(&self) -> Statement {
        let table = self.table;
        let mut sql = Sql::default();
        let id = sql.bind(self.id.param());
        let text = format!(
            "SELECT {} AS document,{} AS of_job FROM {} AS t WHERE t.{}={id}{}",
            table.document(),
            table.is_of_job(C::JOB),
            table.quoted(),
            identifier(&table.id),
            if self.lock { " FOR UPDATE" } else { "" },
        );
        sql.push(&text);
        sql.into()
    }
}
