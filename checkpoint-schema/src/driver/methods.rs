//! What runs each statement, and what is made of its answer.

use serde_json::Value;

use super::{About, Cell, Executor, Failure, Next, Operation, Request, Rows};
use crate::table::{
    Compact, JobTable, Key, Load, OneRow, Outcome, Pretty, Select, UpdateMany, UpdateOne, Upsert,
};
use crate::{Checkpoint, ReadError, Stored};

/// How often a row is read again that somebody changes between its being read and its being written.
pub(super) const TRIES: u32 = 16;

impl<C: Checkpoint> Load<'_, C> {
    /// What the row holds.
    ///
    /// # Errors
    ///
    /// [`Outcome::NoSuchRow`] and [`Outcome::WrongJob`]; a document that cannot be read, with the reason; the
    /// driver's.
    pub fn fetch<E: Executor>(self, on: E) -> E::Answer<Stored<C>> {
        let read = self.table.reader::<C>();
        let about = About::new::<C>(Operation::Load, Some(self.id.clone()), Vec::new);
        on.run(Request::new(about, Ok(self.statement()), move |about, rows| {
            Next::Done(loaded(rows).and_then(|document| told(about, read(document.as_ref()))))
        }))
    }

    /// What the row holds, after it has been upgraded: a document of an older version is taken through the upgrade
    /// chain and written back, if the row still holds it. Typed changes are made to documents of the type's own
    /// version only, so this comes before them.
    ///
    /// ```
    /// # #[cfg(feature = "postgres")]
    /// # fn example<GithubCheckpoint: checkpoint_schema::Checkpoint>(
    /// #     jobs: &checkpoint_schema::JobTable,
    /// #     client: &mut postgres::Client,
    /// # ) -> Result<(), checkpoint_schema::driver::postgres::Error> {
    /// let stored = jobs.load::<GithubCheckpoint>(42).upgrade(client)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As of [`fetch`](Load::fetch); a document that cannot be upgraded; and [`Outcome::GuardFailed`] where the row
    /// has changed sixteen times between its being read and its being written, or holds a number that this program
    /// does not hold to the last digit.
    pub fn upgrade<E: Executor>(self, on: E) -> E::Answer<Stored<C>> {
        let about = About::new::<C>(Operation::Upgrade, Some(self.id.clone()), Vec::new);
        let statement = self.statement();
        let (table, id) = (self.table.clone(), self.id);
        on.run(Request::new(about, Ok(statement), move |about, rows| upgraded(about, table, id, rows, TRIES)))
    }
}

/// What comes after the row has been read.
fn upgraded<C: Checkpoint>(
    about: &mut About,
    table: JobTable,
    id: Key,
    rows: Rows,
    tries: u32,
) -> Next<Stored<C>> {
    let column = match loaded(rows) {
        Ok(column) => column,
        Err(failure) => return Next::Done(Err(failure)),
    };
    let (document, from) = match table.read::<C>(column.as_ref()) {
        Ok(Stored::Upgraded { document, from }) => (document, from),
        stored => return Next::Done(told(about, stored)),
    };
    let written = match document.to_document() {
        Ok(written) => written,
        Err(error) => return Next::Done(Err(Failure::Refused(error))),
    };
    let statement = table.replace::<C>(id.clone(), column.as_ref(), written.clone(), None).statement();
    Next::Then(
        Ok(statement),
        Box::new(move |about, rows| match done(rows) {
            Ok(_) => Next::Done(as_written::<C>(about, &written, from)),
            Err(Failure::Unchanged(Outcome::GuardFailed)) if tries > 1 => {
                let again = table.load::<C>(id.clone()).statement();
                Next::Then(
                    Ok(again),
                    Box::new(move |about, rows| upgraded(about, table, id, rows, tries - 1)),
                )
            }
            Err(failure) => Next::Done(Err(failure)),
        }),
    )
}

/// An upgraded document as it has been written: a step of the chain might give another one the next time.
pub(super) fn as_written<C: Checkpoint>(
    about: &mut About,
    written: &Value,
    from: u32,
) -> Result<Stored<C>, Failure> {
    let read = Stored::<C>::read(Some(written)).map_err(Failure::Unreadable)?;
    about.upgraded(from, C::VERSION);
    Ok(match read {
        Stored::Current(document) => Stored::Upgraded { document, from },
        other => other,
    })
}

impl<C: Checkpoint> Select<'_, C, Compact> {
    /// The rows: the key of each, and what it holds.
    ///
    /// # Errors
    ///
    /// A row that cannot be read, with its key; the driver's.
    pub fn fetch<E: Executor>(self, on: E) -> E::Answer<Vec<(Key, Stored<C>)>> {
        let read = self.table.reader::<C>();
        let about = About::new::<C>(Operation::Select, None, Vec::new);
        on.run(Request::new(about, self.statement(), move |about, rows| {
            Next::Done(stored(about, rows, read))
        }))
    }
}

impl<C: Checkpoint> Select<'_, C, Pretty> {
    /// The rows: the key of each, and the document as people read it, or `None` where it is SQL NULL.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn fetch<E: Executor>(self, on: E) -> E::Answer<Vec<(Key, Option<String>)>> {
        let about = About::new::<C>(Operation::Select, None, Vec::new);
        on.run(Request::new(about, self.statement(), |_, rows| {
            let of_row = |mut row: Vec<Option<Cell>>| {
                let text = row.pop().flatten().map(Cell::text).transpose()?;
                let key = row.into_iter().next().flatten().ok_or("a row has no key")?.key()?;
                Ok((key, text))
            };
            Next::Done(rows.into_iter().map(of_row).collect::<Result<_, String>>().map_err(Failure::Answer))
        }))
    }
}

impl<C: Checkpoint> UpdateOne<'_, C> {
    /// Makes the changes.
    ///
    /// # Errors
    ///
    /// Where nothing was changed, why: the [`Outcome`], what was refused, the driver's.
    pub fn execute<E: Executor>(self, on: E) -> E::Answer<()> {
        let about = self.about();
        on.run(Request::new(about, self.statement(), |_, rows| Next::Done(done(rows).map(drop))))
    }

    /// Makes the changes, and gives what is stored afterwards.
    ///
    /// # Errors
    ///
    /// As of [`execute`](UpdateOne::execute). And what is stored afterwards may be
    /// [`Unreadable`](super::ErrorKind::Unreadable), where it was so before: then the changes have been made, and a
    /// transaction can still be rolled back.
    pub fn fetch<E: Executor>(self, on: E) -> E::Answer<Stored<C>> {
        let about = self.about();
        let read = self.table.reader::<C>();
        on.run(Request::new(about, self.returning().statement(), move |about, rows| {
            Next::Done(changed(about, rows, read).map(|(_, stored)| stored))
        }))
    }

    fn about(&self) -> About {
        About::new::<C>(Operation::Update, self.key().cloned(), || self.update.paths())
    }
}

impl<C: Checkpoint> UpdateMany<'_, C> {
    /// Makes the changes, and gives how many rows were changed.
    ///
    /// # Errors
    ///
    /// What was refused of one of them: then none is changed; the driver's.
    pub fn execute<E: Executor>(self, on: E) -> E::Answer<u64> {
        let about = self.about();
        on.run(Request::new(about, self.counted(), |_, rows| {
            let count = match only(rows) {
                Ok(row) => match row.into_iter().next().flatten() {
                    Some(count) => count.count(),
                    None => Err("the server gave no count".to_owned()),
                },
                Err(why) => Err(why),
            };
            Next::Done(count.map_err(Failure::Answer))
        }))
    }

    /// Makes the changes, and gives the key of each row that was changed and what is stored there.
    ///
    /// # Errors
    ///
    /// As of [`execute`](UpdateMany::execute).
    pub fn fetch<E: Executor>(self, on: E) -> E::Answer<Vec<(Key, Stored<C>)>> {
        let about = self.about();
        let read = self.table.reader::<C>();
        on.run(Request::new(about, self.returning().statement(), move |about, rows| {
            Next::Done(stored(about, rows, read))
        }))
    }

    fn about(&self) -> About {
        About::new::<C>(Operation::Update, None, || self.update.paths())
    }
}

impl<C: Checkpoint> Upsert<'_, C> {
    /// Makes the changes, and tells whether the row was there ([`Outcome::Updated`]) or has been inserted
    /// ([`Outcome::Inserted`]).
    ///
    /// # Errors
    ///
    /// [`Outcome::WrongJob`]; what was refused; the driver's.
    pub fn execute<E: Executor>(self, on: E) -> E::Answer<Outcome> {
        let about = self.about();
        on.run(Request::new(about, self.statement(), |_, rows| {
            Next::Done(done(rows).map(|(outcome, _)| outcome))
        }))
    }

    /// Makes the changes, and gives what is stored afterwards.
    ///
    /// # Errors
    ///
    /// As of [`execute`](Upsert::execute).
    pub fn fetch<E: Executor>(self, on: E) -> E::Answer<Stored<C>> {
        let about = self.about();
        let read = self.table.reader::<C>();
        on.run(Request::new(about, self.returning().statement(), move |about, rows| {
            Next::Done(changed(about, rows, read).map(|(_, stored)| stored))
        }))
    }

    fn about(&self) -> About {
        About::new::<C>(Operation::Update, Some(self.id.clone()), || self.update.paths())
    }
}

impl OneRow {
    /// Runs the statement.
    ///
    /// # Errors
    ///
    /// Where nothing was changed, the [`Outcome`]; the driver's.
    pub fn execute<E: Executor>(self, on: E) -> E::Answer<()> {
        let (statement, about) = self.into_parts();
        on.run(Request::new(about, Ok(statement), |_, rows| Next::Done(done(rows).map(drop))))
    }
}

/// The one row of an answer.
pub(super) fn only(rows: Rows) -> Result<Vec<Option<Cell>>, String> {
    let [row] =
        <[_; 1]>::try_from(rows).map_err(|rows| format!("the server gave {} rows, not one", rows.len()))?;
    Ok(row)
}

/// What came of a statement about one row, if that was done; and the other columns.
pub(super) fn done(rows: Rows) -> Result<(Outcome, Vec<Option<Cell>>), Failure> {
    let answer = only(rows).and_then(|row| {
        let mut cells = row.into_iter();
        let outcome = cells.next().flatten().ok_or("the server gave no outcome")?.text()?;
        let outcome = outcome.parse::<Outcome>().map_err(|error| error.to_string())?;
        Ok((outcome, cells.collect()))
    });
    match answer.map_err(Failure::Answer)? {
        (outcome @ (Outcome::Updated | Outcome::Inserted), rest) => Ok((outcome, rest)),
        (outcome, _) => Err(Failure::Unchanged(outcome)),
    }
}

/// The same of a statement that returns the document, and the document.
fn changed<C: Checkpoint>(
    about: &mut About,
    rows: Rows,
    read: impl Fn(Option<&Value>) -> Result<Stored<C>, ReadError>,
) -> Result<(Outcome, Stored<C>), Failure> {
    let (outcome, rest) = done(rows)?;
    let document = document(rest.into_iter().next().flatten()).map_err(Failure::Answer)?;
    Ok((outcome, told(about, read(document.as_ref()))?))
}

/// The document of a row that is of the job.
pub(super) fn loaded(rows: Rows) -> Result<Option<Value>, Failure> {
    if rows.is_empty() {
        return Err(Failure::Unchanged(Outcome::NoSuchRow));
    }
    let answer = only(rows).and_then(|row| {
        let mut cells = row.into_iter();
        let document = document(cells.next().flatten())?;
        let of_job = cells.next().flatten().ok_or("the server does not tell the job")?.boolean()?;
        Ok((document, of_job))
    });
    match answer.map_err(Failure::Answer)? {
        (document, true) => Ok(document),
        (_, false) => Err(Failure::Unchanged(Outcome::WrongJob)),
    }
}

/// Rows of a key and a document.
fn stored<C: Checkpoint>(
    about: &mut About,
    rows: Rows,
    read: impl Fn(Option<&Value>) -> Result<Stored<C>, ReadError>,
) -> Result<Vec<(Key, Stored<C>)>, Failure> {
    let of_row = |row: Vec<Option<Cell>>| {
        let mut cells = row.into_iter();
        let key = match cells.next().flatten() {
            Some(key) => key.key().map_err(Failure::Answer)?,
            None => return Err(Failure::Answer("a row has no key".to_owned())),
        };
        let document = document(cells.next().flatten()).map_err(Failure::Answer)?;
        match told(about, read(document.as_ref())) {
            Ok(stored) => Ok((key, stored)),
            Err(failure) => Err(Failure::InRow(key, Box::new(failure))),
        }
    };
    rows.into_iter().map(of_row).collect()
}

pub(super) fn document(cell: Option<Cell>) -> Result<Option<Value>, String> {
    cell.as_ref().map(Cell::json).transpose()
}

/// What was read, and whether it was upgraded for that.
pub(super) fn told<C: Checkpoint>(
    about: &mut About,
    read: Result<Stored<C>, ReadError>,
) -> Result<Stored<C>, Failure> {
    let stored = read.map_err(Failure::Unreadable)?;
    if let Some(from) = stored.upgraded_from() {
        about.upgraded(from, C::VERSION);
    }
    Ok(stored)
}
