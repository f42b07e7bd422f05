//! Statements by which one worker has a row for itself.

use std::marker::PhantomData;
use std::time::Duration;

use super::write::{claimed_until, narrowed, rendered};
use super::{JobTable, Key, OneRow, Outcome};
use crate::driver::{About, Operation};
use crate::filter::Order;
use crate::sql::{Param, Sql, identifier};
use crate::{Checkpoint, FieldError, Filter, Statement};

/// What holds a row: its mark in the table, and how long it holds without a sign of life.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) mark: String,
    pub(crate) lease: Duration,
}

impl Hold {
    /// As it is bound.
    pub(super) fn params(&self) -> [Param; 2] {
        [Param::Text(self.mark.clone()), microseconds(self.lease)]
    }
}

/// PostgreSQL's unit of time. What it cannot hold it refuses.
fn microseconds(lease: Duration) -> Param {
    Param::BigInt(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))
}

/// A row of the job that nobody has, to be had for a worker.
#[must_use = "`execute` claims a row"]
#[derive(Clone, Debug)]
pub struct Claiming<'t, C> {
    pub(crate) table: &'t JobTable,
    pub(crate) lease: Duration,
    pub(crate) id: Option<Key>,
    by: Option<String>,
    filter: Option<Filter<C>>,
    order: Vec<Order<C>>,
    checkpoint: PhantomData<fn() -> C>,
}

impl JobTable {
    /// Claims a row of the job of `C` for one worker: nobody else claims it until the claim is
    /// [released](crate::driver::Claim::release), or until `lease` has passed without a change by it, as when the
    /// worker was killed. Time is the server's.
    ///
    /// The claim stands in two columns of the table ([`claim_columns`](JobTable::claim_columns), made by
    /// [`claim_ddl`](JobTable::claim_ddl)). To claim never waits: a row that a transaction has locked is passed over.
    /// So a worker whose host is lost in the midst of a transaction holds its row until the server finds that out:
    /// set `idle_in_transaction_session_timeout` and `tcp_keepalives_idle` for its connections.
    ///
    /// Without [`id`](Claiming::id) it is the row that has not been claimed for longest. To find it, all rows of the
    /// job are read; in a table of many thousands, an index on `claimed_until NULLS FIRST` spares that, and makes
    /// each change dearer.
    ///
    /// A [reset](JobTable::reset) leaves a claim as it is.
    pub fn claim<C: Checkpoint>(&self, lease: Duration) -> Claiming<'_, C> {
        Claiming {
            table: self,
            lease,
            id: None,
            by: None,
            filter: None,
            order: Vec::new(),
            checkpoint: PhantomData,
        }
    }

    /// The statement that adds the columns of claims to the table, unless they are there. It is for a migration, not
    /// for every start: it waits until nobody uses the table, and others wait for it.
    pub fn claim_ddl(&self) -> Statement {
        let mut sql = Sql::default();
        sql.push(&format!(
            "ALTER TABLE {} ADD COLUMN IF NOT EXISTS {} text,ADD COLUMN IF NOT EXISTS {} timestamptz",
            self.quoted(),
            identifier(&self.claimed_by),
            identifier(&self.claimed_until),
        ));
        sql.into()
    }

    /// May anybody claim the row `t`?
    fn is_free(&self) -> String {
        format!(
            "(t.{} IS NULL OR COALESCE(t.{}<=clock_timestamp(),TRUE))",
            identifier(&self.claimed_by),
            identifier(&self.claimed_until),
        )
    }

    /// Only the claim with the mark: a statement that sets the columns of claims to what `set` says.
    fn held(&self, id: &Key, hold: &Hold, set: &str, params: &[Param], about: fn(Key) -> About) -> OneRow {
        let mut sql = Sql::default();
        let key = sql.bind(id.param());
        let mark = sql.bind(Param::Text(hold.mark.clone()));
        sql.params.extend_from_slice(params);
        let (table, id_column) = (self.quoted(), identifier(&self.id));
        let text = format!(
            "WITH done AS (UPDATE {table} AS t SET {set} WHERE t.{id_column}={key} AND t.{}={mark} \
             RETURNING TRUE) SELECT CASE WHEN (SELECT TRUE FROM done) THEN '{}' \
             WHEN NOT EXISTS (SELECT FROM {table} AS t WHERE t.{id_column}={key}) THEN '{}' ELSE '{}' END AS outcome",
            identifier(&self.claimed_by),
            Outcome::Updated,
            Outcome::NoSuchRow,
            Outcome::ClaimLost,
        );
        sql.push(&text);
        OneRow::new(sql.into(), id.clone(), about)
    }

    pub(crate) fn renew<C: Checkpoint>(&self, id: &Key, hold: &Hold) -> OneRow {
        let set = claimed_until(self, 3);
        let about = |id| About::new::<C>(Operation::Renew, Some(id), Vec::new);
        self.held(id, hold, &set, &[microseconds(hold.lease)], about)
    }

    pub(crate) fn release<C: Checkpoint>(&self, id: &Key, hold: &Hold) -> OneRow {
        // When it was had last: who claims any row takes the one of longest ago.
        let set = format!(
            "{}=NULL,{}=clock_timestamp()",
            identifier(&self.claimed_by),
            identifier(&self.claimed_until)
        );
        let about = |id| About::new::<C>(Operation::Release, Some(id), Vec::new);
        self.held(id, hold, &set, &[], about)
    }
}

impl<C: Checkpoint> Claiming<'_, C> {
    /// The row with this key, and no other.
    pub fn id(mut self, id: impl Into<Key>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Who claims it, for people who read the column; else it is the number of the process.
    pub fn by(mut self, worker: impl Into<String>) -> Self {
        self.by = Some(worker.into());
        self
    }

    /// Only a row that meets the filter, and the filters given before.
    pub fn filter(mut self, filter: Filter<C>) -> Self {
        self.filter = Some(narrowed(self.filter, filter));
        self
    }

    /// The first by this order, after what was given before.
    pub fn order(mut self, order: Order<C>) -> Self {
        self.order.push(order);
        self
    }

    /// Its rows have the columns `outcome`, `id`, `document` and `mark`. With a key there is exactly one; else
    /// none, if nothing is free.
    pub(crate) fn statement(&self) -> Result<Statement, FieldError> {
        let table = self.table;
        let mut sql = Sql::default();
        let by = match &self.by {
            Some(by) => by.clone(),
            None => format!("process {}", std::process::id()),
        };
        // The mark is another one each time: a worker of the same name has not claimed what another did.
        let mark = format!("{}||' '||gen_random_uuid()", sql.bind(Param::Text(by)));
        sql.params.push(microseconds(self.lease));
        let until = claimed_until(table, sql.params.len());
        let of_job = table.is_of_job(C::JOB);
        let mut conditions = vec![table.is_free()];
        let document = table.document();
        if let Some(filter) = &self.filter {
            conditions.push(format!("({}) IS TRUE", rendered(filter, &document, &mut sql)?));
        }
        let may = conditions.join(" AND ");
        let (quoted, id) = (table.quoted(), identifier(&table.id));
        let claimed_by = identifier(&table.claimed_by);
        let taken = format!(
            "UPDATE {quoted} AS t SET {claimed_by}={mark},{until} FROM target WHERE t.{id}=target.id"
        );
        let returned = format!("t.{id} AS id,{document} AS document,t.{claimed_by} AS mark");
        // `(SELECT …)` fails where there are two rows of one key.
        let got = "(SELECT id FROM done) AS id,(SELECT document FROM done) AS document,\
                   (SELECT mark FROM done) AS mark";
        let text = match &self.id {
            None => {
                let order: Result<Vec<_>, _> =
                    self.order.iter().map(|order| order.render(&document)).collect();
                let mut order = order?;
                order.push(format!("t.{} NULLS FIRST", identifier(&table.claimed_until)));
                format!(
                    "WITH target AS MATERIALIZED (SELECT t.{id} AS id FROM {quoted} AS t WHERE {of_job} AND {may} \
                     ORDER BY {} LIMIT 1 FOR UPDATE SKIP LOCKED), done AS ({taken} RETURNING {returned}) \
                     SELECT '{}' AS outcome,{got} WHERE EXISTS (SELECT FROM done)",
                    order.join(","),
                    Outcome::Updated,
                )
            }
            Some(key) => {
                let key = sql.bind(key.param());
                let of_key = format!("FROM {quoted} AS t WHERE t.{id}={key}");
                // Of what is not locked, the newest version; what somebody has locked is not waited for.
                format!(
                    "WITH target AS MATERIALIZED (SELECT t.{id} AS id {of_key} AND {of_job} AND {may} \
                     FOR UPDATE SKIP LOCKED), done AS ({taken} RETURNING {returned}) \
                     SELECT CASE WHEN EXISTS (SELECT FROM done) THEN '{}' WHEN NOT EXISTS (SELECT {of_key}) THEN '{}' \
                     WHEN NOT EXISTS (SELECT {of_key} AND {of_job}) THEN '{}' \
                     WHEN EXISTS (SELECT {of_key} AND {}) AND NOT EXISTS (SELECT {of_key} AND {may}) THEN '{}' \
                     ELSE '{}' END AS outcome,{got}",
                    Outcome::Updated,
                    Outcome::NoSuchRow,
                    Outcome::WrongJob,
                    table.is_free(),
                    Outcome::GuardFailed,
                    Outcome::Held,
                )
            }
        };
        sql.push(&text);
        Ok(sql.into())
    }
}
