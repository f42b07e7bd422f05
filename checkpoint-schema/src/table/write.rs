//! Statements that change rows.

use serde_json::Value;

use super::{Hold, JobTable, Key, OneRow, Outcome};
use crate::change::Guard;
use crate::driver::{About, Operation};
use crate::sql::{Param, Sql, identifier, literal};
use crate::{Checkpoint, FieldError, Filter, Statement, Update};

impl JobTable {
    /// Changes of the documents of `C`: say next which rows, by [`id`](UpdateRows::id),
    /// [`of_job`](UpdateRows::of_job) or [`filter`](UpdateRows::filter).
    pub fn update<C: Checkpoint>(&self, update: impl Into<Update<C>>) -> UpdateRows<'_, C> {
        UpdateRows { table: self, update: update.into() }
    }

    /// Changes of the row with the key `id`, which is inserted where there is none: with the document that the
    /// changes make of an absent one.
    pub fn upsert<C: Checkpoint>(&self, id: impl Into<Key>, update: impl Into<Update<C>>) -> Upsert<'_, C> {
        Upsert { table: self, id: id.into(), update: update.into(), returning: false }
    }

    /// Stores a whole document in the row with the key `id`, if that still holds what was read: compare and set.
    /// So a worker writes back what [`Stored::read`](crate::Stored::read) has upgraded, which no other change
    /// could do: they are made to documents of the type's own version.
    ///
    /// `read` is what the column held; `None`, SQL NULL, and JSON `null` are the same. The statement returns one
    /// row with the [`Outcome`]; where the row holds something else by now, that is `GuardFailed`, and the row is
    /// to be read again. Numbers are compared as `jsonb` holds them: where `read` has lost digits of one, the
    /// outcome is `GuardFailed` however often it is read.
    ///
    /// ```
    /// use checkpoint_schema::{Checkpoint, JobTable, Stored};
    /// # use serde::{Deserialize, Serialize};
    /// # use serde_json::{Value, json};
    /// # #[derive(Serialize, Deserialize, Checkpoint)]
    /// # #[checkpoint(job = "github", version = 2, upgrade(from = 1, with = upgraded))]
    /// # struct GithubCheckpoint { cursors: Vec<String> }
    /// # fn upgraded(_: Value) -> Result<GithubCheckpoint, std::convert::Infallible> {
    /// #     Ok(GithubCheckpoint { cursors: vec![] })
    /// # }
    /// # let row = json!({"cursor": "Y3Vyc29y"});
    /// let jobs = JobTable::default();
    /// if let Stored::Upgraded { document, .. } = jobs.read::<GithubCheckpoint>(Some(&row))? {
    ///     let statement = jobs.compare_and_set(42, Some(&row), &document)?.statement();
    /// #   assert_eq!(statement.params().len(), 3);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A document that cannot be stored; and `read`, if it is of a newer version than `C`, or states what is no
    /// version: what this program does not understand it does not replace.
    pub fn compare_and_set<C: Checkpoint>(
        &self,
        id: impl Into<Key>,
        read: Option<&Value>,
        document: &C,
    ) -> Result<OneRow, FieldError> {
        if let Some(read) = read {
            Guard::of::<C>().check_up_to(read)?;
        }
        Ok(self.replace::<C>(id.into(), read, document.to_document()?, None))
    }

    /// The same of a document as it is stored, in place of one that is no newer; by whoever has claimed the row.
    pub(crate) fn replace<C: Checkpoint>(
        &self,
        id: Key,
        read: Option<&Value>,
        document: Value,
        hold: Option<&Hold>,
    ) -> OneRow {
        let mut sql = Sql::default();
        sql.bind(id.param());
        let read = sql.bind(Param::Jsonb(read.cloned().unwrap_or_default()));
        let guard = format!("COALESCE({},'null')={read}", self.document());
        let document = sql.bind(Param::Jsonb(document));
        let held = hold.map(|hold| bind_hold(hold, &mut sql.params));
        let row = Row::Id(id.clone());
        sql.push(&UpdateOne::<C>::text(self, &row, &guard, &document, held, false));
        OneRow::new(sql.into(), id, |id| About::new::<C>(Operation::Upgrade, Some(id), Vec::new))
    }

    /// Clears one row: the document becomes SQL NULL, the retry count 0, the error message NULL. The job starts
    /// anew. The statement returns one row with the [`Outcome`], `Updated` or `NoSuchRow`.
    pub fn reset(&self, id: impl Into<Key>) -> OneRow {
        let key = id.into();
        let mut sql = Sql::default();
        let mut set = vec![format!("{}=NULL", identifier(&self.document))];
        set.extend(self.retry_count.iter().map(|column| format!("{}=0", identifier(column))));
        set.extend(self.error_message.iter().map(|column| format!("{}=NULL", identifier(column))));
        let id_column = identifier(&self.id);
        let id = sql.bind(key.param());
        let text = format!(
            "WITH done AS (UPDATE {} AS t SET {} WHERE t.{id_column}={id} RETURNING t.{id_column}) \
             SELECT CASE WHEN (SELECT TRUE FROM done) THEN '{}' ELSE '{}' END AS outcome",
            self.quoted(),
            set.join(","),
            Outcome::Updated,
            Outcome::NoSuchRow,
        );
        sql.push(&text);
        OneRow::new(sql.into(), key, |id| About::row(Operation::Reset, id))
    }
}

/// An update that does not know its rows yet.
#[must_use = "it is no statement yet"]
#[derive(Clone, Debug)]
pub struct UpdateRows<'t, C> {
    table: &'t JobTable,
    update: Update<C>,
}

impl<'t, C: Checkpoint> UpdateRows<'t, C> {
    /// The row with this key.
    pub fn id(self, id: impl Into<Key>) -> UpdateOne<'t, C> {
        UpdateOne {
            table: self.table,
            row: Row::Id(id.into()),
            update: self.update,
            guard: None,
            hold: None,
            returning: false,
        }
    }

    /// The row of the job itself, in a table with one row a job.
    pub fn of_job(self) -> UpdateOne<'t, C> {
        UpdateOne {
            table: self.table,
            row: Row::OfJob,
            update: self.update,
            guard: None,
            hold: None,
            returning: false,
        }
    }

    /// Every row of the job that meets the filter. If one of them cannot be changed, none is.
    pub fn filter(self, filter: Filter<C>) -> UpdateMany<'t, C> {
        UpdateMany { table: self.table, filter, update: self.update, returning: false }
    }
}

/// The document of the row that an update has locked.
const LOCKED: &str = "target.document";

#[derive(Clone, Debug)]
pub(crate) enum Row {
    Id(Key),
    OfJob,
}

/// The numbers of the parameters of a claim: its mark, and its lease.
#[derive(Clone, Copy)]
struct Held {
    mark: usize,
    lease: usize,
}

fn bind_hold(hold: &Hold, params: &mut Vec<Param>) -> Held {
    let mark = params.len() + 1;
    params.extend(hold.params());
    Held { mark, lease: mark + 1 }
}

/// The end of a claim is put off; the lease is the parameter with this number.
pub(super) fn claimed_until(table: &JobTable, lease: usize) -> String {
    let column = identifier(&table.claimed_until);
    format!("{column}=clock_timestamp()+${lease}::bigint*interval '1 microsecond'")
}

/// An update of one row.
///
/// Its statement returns exactly one row: the column `outcome` is an [`Outcome`] as text, and with
/// [`returning`](UpdateOne::returning) the column `document` is what is stored afterwards, or NULL. It never
/// changes a second row: with several rows of one key, or of the job, it fails with SQLSTATE 21000.
#[must_use = "`statement` makes the statement"]
#[derive(Clone, Debug)]
pub struct UpdateOne<'t, C> {
    pub(crate) table: &'t JobTable,
    row: Row,
    pub(crate) update: Update<C>,
    guard: Option<Filter<C>>,
    hold: Option<&'t Hold>,
    returning: bool,
}

impl<'t, C: Checkpoint> UpdateOne<'t, C> {
    /// Only by the claim, whose end is put off with the change.
    pub(crate) fn held_by(mut self, hold: &'t Hold) -> Self {
        self.hold = Some(hold);
        self
    }

    pub(crate) fn key(&self) -> Option<&Key> {
        match &self.row {
            Row::Id(id) => Some(id),
            Row::OfJob => None,
        }
    }

    /// Only if the stored document meets the filter: compare and set. Else the outcome is
    /// [`Outcome::GuardFailed`].
    pub fn when(mut self, guard: Filter<C>) -> Self {
        self.guard = Some(narrowed(self.guard, guard));
        self
    }

    /// Return the document as it is stored afterwards.
    pub fn returning(mut self) -> Self {
        self.returning = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    ///
    /// An operand that cannot be stored, a map key that is none.
    pub fn statement(self) -> Result<Statement, FieldError> {
        let Self { table, row, mut update, guard, hold, returning } = self;
        let (leading, key) = match &row {
            Row::Id(id) => (Some(id.param()), id.kind()),
            Row::OfJob => (None, 0),
        };
        let Some(guard) = guard else {
            let kind = 1 + (key << 2 | usize::from(hold.is_some()) << 1 | usize::from(returning));
            let statement = update.statement(&table.names, kind, leading, |changed| {
                let expression = changed.render(LOCKED);
                let mark = changed.params() + 1;
                let held = hold.map(|_| Held { mark, lease: mark + 1 });
                Self::text(table, &row, "TRUE", &expression, held, returning)
            })?;
            // After those of the changes, of which a text that is known tells nothing but their number.
            return Ok(match hold {
                None => statement,
                Some(hold) => statement.with_params(hold.params()),
            });
        };
        let mut sql = Sql { text: String::new(), params: leading.into_iter().collect() };
        let guard = format!("({}) IS TRUE", rendered(&guard, &table.document(), &mut sql)?);
        let changed = update.render(LOCKED, &mut sql)?;
        let held = hold.map(|hold| bind_hold(hold, &mut sql.params));
        sql.push(&Self::text(table, &row, &guard, &changed, held, returning));
        Ok(sql.into())
    }

    /// The whole text. The key is the first parameter.
    fn text(
        table: &JobTable,
        row: &Row,
        guard: &str,
        changed: &str,
        held: Option<Held>,
        returning: bool,
    ) -> String {
        let of_job = table.is_of_job(C::JOB);
        let (row, of_job) = match row {
            Row::Id(id) => (format!("t.{}=$1::{}", identifier(&table.id), id.param().type_name()), of_job),
            Row::OfJob => (of_job, "TRUE".to_owned()),
        };
        let (quoted, document, id) = (table.quoted(), identifier(&table.document), identifier(&table.id));
        let before = table.changed();
        let (returned, answer) = match returning {
            true => (format!("t.{document} AS document"), ",(SELECT document FROM done) AS document"),
            false => ("TRUE".to_owned(), ""),
        };
        let (mine, is_mine, lost, until) = match held {
            None => Default::default(),
            Some(Held { mark, lease }) => (
                format!(",COALESCE(t.{}=${mark}::text,FALSE) AS mine", identifier(&table.claimed_by)),
                " AND target.mine",
                format!(" WHEN NOT EXISTS (SELECT FROM target WHERE mine) THEN '{}'", Outcome::ClaimLost),
                format!(",{}", claimed_until(table, lease)),
            ),
        };
        // The lock first: what is asked of the row is asked of its newest version, and holds while it is changed.
        // The changes are made to that version, too: `t` in `done` is the one of the statement's snapshot until
        // the server finds out that there is a newer one, and an error of the changes would come before that.
        // `(SELECT TRUE …)` fails where there are two rows.
        format!(
            "WITH target AS MATERIALIZED (SELECT t.{id} AS id,{before} AS document,{of_job} AS of_job,\
             {guard} AS may{mine} FROM {quoted} AS t WHERE {row} FOR UPDATE), \
             done AS (UPDATE {quoted} AS t SET {document}={changed}{until} FROM target \
             WHERE t.{id}=target.id AND target.of_job AND target.may{is_mine} RETURNING {returned}) \
             SELECT CASE WHEN (SELECT TRUE FROM done) THEN '{}' WHEN NOT EXISTS (SELECT FROM target) THEN '{}' \
             WHEN NOT EXISTS (SELECT FROM target WHERE of_job) THEN '{}'{lost} ELSE '{}' END AS outcome{answer}",
            Outcome::Updated,
            Outcome::NoSuchRow,
            Outcome::WrongJob,
            Outcome::GuardFailed,
        )
    }
}

/// An update of every row that meets a filter.
///
/// Its statement changes any number of rows, which drivers count; with [`returning`](UpdateMany::returning) it
/// returns `id` and `document` of each.
#[must_use = "`statement` makes the statement"]
#[derive(Clone, Debug)]
pub struct UpdateMany<'t, C> {
    pub(crate) table: &'t JobTable,
    filter: Filter<C>,
    pub(crate) update: Update<C>,
    returning: bool,
}

impl<C: Checkpoint> UpdateMany<'_, C> {
    /// Return the key and the new document of each row.
    pub fn returning(mut self) -> Self {
        self.returning = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    ///
    /// An operand that cannot be stored, a map key that is none.
    pub fn statement(self) -> Result<Statement, FieldError> {
        let table = self.table;
        let mut sql = Sql::default();
        let filter = rendered(&self.filter, &table.document(), &mut sql)?;
        let changed = self.update.render(&table.changed(), &mut sql)?;
        let document = identifier(&table.document);
        let returning = match self.returning {
            true => format!(" RETURNING t.{} AS id,t.{document} AS document", identifier(&table.id)),
            false => String::new(),
        };
        let text = format!(
            "UPDATE {} AS t SET {document}={changed} WHERE {} AND ({filter}){returning}",
            table.quoted(),
            table.is_of_job(C::JOB),
        );
        sql.push(&text);
        Ok(sql.into())
    }
}

impl<C: Checkpoint> UpdateMany<'_, C> {
    /// The statement that returns how many rows it has changed.
    pub(crate) fn counted(self) -> Result<Statement, FieldError> {
        let Statement { text, params } = Self { returning: true, ..self }.statement()?;
        let text = format!("WITH done AS ({text}) SELECT count(*) AS changed FROM done");
        Ok(Statement::new(text.into(), params))
    }
}

/// An update of one row that may have to be inserted.
///
/// Its statement returns exactly one row, as that of [`UpdateOne`]: the outcome is `inserted`, `updated` or
/// `wrong_job`.
#[must_use = "`statement` makes the statement"]
#[derive(Clone, Debug)]
pub struct Upsert<'t, C> {
    pub(crate) table: &'t JobTable,
    pub(crate) id: Key,
    pub(crate) update: Update<C>,
    returning: bool,
}

impl<C: Checkpoint> Upsert<'_, C> {
    /// Return the document as it is stored afterwards.
    pub fn returning(mut self) -> Self {
        self.returning = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    ///
    /// An operand that cannot be stored, a map key that is none; and what the changes refuse of an absent
    /// document: such a row could not be inserted.
    pub fn statement(self) -> Result<Statement, FieldError> {
        let table = self.table;
        let inserted = self.update.apply(&Value::Null)?;
        let mut sql = Sql::default();
        let id = sql.bind(self.id.param());
        let (quoted, document, id_column) =
            (table.quoted(), identifier(&table.document), identifier(&table.id));
        let inserted = match inserted {
            Value::Null => "NULL".to_owned(),
            document => sql.bind(Param::Jsonb(document)),
        };
        let mut columns = vec![id_column.clone(), document.clone()];
        let mut values = vec![id, inserted];
        if let Some(job) = &table.job {
            columns.push(identifier(job));
            values.push(literal(C::JOB));
        }
        let changed = self.update.render(&table.changed(), &mut sql)?;
        let answer = match self.returning {
            true => ",(SELECT document FROM done) AS document",
            false => "",
        };
        // A row that this command inserted has no `xmax` (PostgreSQL's manual, 5.5).
        let text = format!(
            "WITH done AS (INSERT INTO {quoted} AS t ({}) VALUES ({}) ON CONFLICT ({id_column}) DO UPDATE \
             SET {document}={changed} WHERE {} RETURNING t.{document} AS document,t.xmax=0 AS inserted) \
             SELECT COALESCE((SELECT CASE WHEN inserted THEN '{}' ELSE '{}' END FROM done),'{}') AS outcome{answer}",
            columns.join(","),
            values.join(","),
            table.is_of_job(C::JOB),
            Outcome::Inserted,
            Outcome::Updated,
            Outcome::WrongJob,
        );
        sql.push(&text);
        Ok(sql.into())
    }
}

/// A condition that is given after another one.
pub(super) fn narrowed<C>(before: Option<Filter<C>>, filter: Filter<C>) -> Filter<C> {
    match before {
        Some(other) => other & filter,
        None => filter,
    }
}

/// The condition alone; its parameters stay. The text of the statement must not have been begun.
pub(super) fn rendered<C>(filter: &Filter<C>, column: &str, sql: &mut Sql) -> Result<String, FieldError> {
    filter.render(column, sql)?;
    Ok(std::mem::take(&mut sql.text))
}
