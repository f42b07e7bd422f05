//! A row that one worker has for itself.

use std::time::Duration;

use serde_json::Value;

use super::methods::{TRIES, as_written, document, done, loaded};
use super::{About, Cell, Executor, Failure, Next, Operation, Request, Rows};
use crate::table::{Claiming, Hold, JobTable, Key, OneRow, Outcome, UpdateOne};
use crate::{Checkpoint, Stored, Update};

/// A row that this worker has for itself, until it [releases](Claim::release) the row, or has not changed it for
/// the lease.
///
/// What is changed by the claim is changed only as long as nobody else has claimed the row: a worker that was
/// stopped for longer than its lease finds out with its next change, which is refused whole
/// ([`Outcome::ClaimLost`]). Each change puts the end off by the lease.
///
/// ```
/// # #[cfg(feature = "postgres")]
/// # mod example {
/// use std::time::Duration;
///
/// use checkpoint_schema::driver::postgres::Error;
/// use checkpoint_schema::{Checkpoint, JobTable};
/// use postgres::Client;
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Checkpoint)]
/// # #[checkpoint(job = "github", version = 1)]
/// # struct GithubCheckpoint {
/// #     #[serde(default)]
/// #     total_prs_processed: u64,
/// # }
///
/// fn work(jobs: &JobTable, client: &mut Client) -> Result<(), Error> {
///     let f = GithubCheckpoint::fields();
///     let lease = Duration::from_secs(60);
///     // Those that are not done. Without a filter, what was released would be claimed again, for ever.
///     let due = || f.total_prs_processed().lt(1000u64) | f.total_prs_processed().is_missing();
///     while let Some(claim) = jobs.claim(lease).by("worker 7").filter(due()).execute(&mut *client)? {
///         let from = claim.stored().document().map_or(0, |stored| stored.total_prs_processed);
///         // … a page of items from there on, stored in the same transaction:
///         let mut tx = client.transaction()?;
///         claim.update([f.total_prs_processed().increment(100)]).execute(&mut tx)?;
///         tx.commit()?;
///         claim.release().execute(&mut *client)?;
/// #       let _ = from;
///     }
///     Ok(())
/// }
/// # }
/// ```
#[must_use = "the row stays claimed until the lease has passed"]
#[derive(Clone, Debug)]
pub struct Claim<C> {
    table: JobTable,
    id: Key,
    hold: Hold,
    stored: Stored<C>,
}

impl<C: Checkpoint> Claim<C> {
    /// The key of the row.
    pub fn id(&self) -> &Key {
        &self.id
    }

    /// What the row held when it was claimed. What was upgraded has been written back.
    pub fn stored(&self) -> &Stored<C> {
        &self.stored
    }

    /// Changes of the row, refused if the claim is lost.
    pub fn update(&self, update: impl Into<Update<C>>) -> UpdateOne<'_, C> {
        self.table.update(update).id(self.id.clone()).held_by(&self.hold)
    }

    /// Puts the end of the claim off without a change: it holds for the lease from then on.
    pub fn renew(&self) -> OneRow {
        self.table.renew::<C>(&self.id, &self.hold)
    }

    /// The same before what takes long: it holds for this time and the lease from then on, and for the lease alone
    /// from the next change on.
    pub fn renew_for(&self, time: Duration) -> OneRow {
        let lease = self.hold.lease.saturating_add(time);
        self.table.renew::<C>(&self.id, &Hold { mark: self.hold.mark.clone(), lease })
    }

    /// Lets others have the row at once.
    pub fn release(self) -> OneRow {
        self.table.release::<C>(&self.id, &self.hold)
    }
}

impl<C: Checkpoint> Claiming<'_, C> {
    /// Claims the row, and upgrades what it holds; `None` where none is to be had.
    ///
    /// # Errors
    ///
    /// With a key, [`Outcome::NoSuchRow`], [`Outcome::WrongJob`], and [`Outcome::GuardFailed`] where it does not
    /// meet the filter. A document that cannot be read or upgraded: then the row is let go, and an order or a filter
    /// keeps others from meeting it first. For the upgrade, as of [`Load::upgrade`](crate::table::Load::upgrade); and
    /// [`Outcome::ClaimLost`] where that took longer than the lease. The driver's: among them a column that is
    /// missing, which [`claim_ddl`](crate::JobTable::claim_ddl) adds; when they come after the row was claimed, and
    /// when the future is dropped, it stays claimed until the lease has passed.
    pub fn execute<E: Executor>(self, on: E) -> E::Answer<Option<Claim<C>>> {
        let about = About::new::<C>(Operation::Claim, self.id.clone(), Vec::new);
        let statement = self.statement();
        let (table, lease) = (self.table.clone(), self.lease);
        on.run(Request::new(about, statement, move |about, rows| match claimed(rows) {
            Ok(None) => {
                about.success("nothing to claim");
                Next::Done(Ok(None))
            }
            Ok(Some((id, column, mark))) => {
                let hold = Hold { mark, lease };
                about.at(id.clone());
                about.success("claimed");
                settled(Taken { table, id, hold }, column, TRIES)
            }
            Err(failure) => Next::Done(Err(failure)),
        }))
    }
}

/// The key, the document and the mark of what was claimed.
type Claimed = (Key, Option<Value>, String);

fn claimed(rows: Rows) -> Result<Option<Claimed>, Failure> {
    if rows.is_empty() {
        return Ok(None);
    }
    let rest = match done(rows) {
        Ok((_, rest)) => rest,
        Err(Failure::Unchanged(Outcome::Held)) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    claimed_of(rest).map(Some).map_err(Failure::Answer)
}

fn claimed_of(row: Vec<Option<Cell>>) -> Result<Claimed, String> {
    let mut cells = row.into_iter();
    let id = cells.next().flatten().ok_or("a row has no key")?.key()?;
    let document = document(cells.next().flatten())?;
    let mark = cells.next().flatten().ok_or("the server gave no mark of the claim")?.text()?;
    Ok((id, document, mark))
}

/// A row that has been claimed, whose document has yet to be read.
struct Taken {
    table: JobTable,
    id: Key,
    hold: Hold,
}

/// What comes after the row has been claimed: an older document is upgraded, and what cannot be read is let go.
fn settled<C: Checkpoint>(taken: Taken, column: Option<Value>, tries: u32) -> Next<Option<Claim<C>>> {
    let (document, from) = match taken.table.read::<C>(column.as_ref()) {
        Ok(Stored::Upgraded { document, from }) => (document, from),
        Ok(stored) => {
            let Taken { table, id, hold } = taken;
            return Next::Done(Ok(Some(Claim { table, id, hold, stored })));
        }
        Err(error) => return let_go::<C>(taken, Failure::Unreadable(error)),
    };
    let written = match document.to_document() {
        Ok(written) => written,
        Err(error) => return let_go::<C>(taken, Failure::Refused(error)),
    };
    let Taken { table, id, hold } = &taken;
    let statement = table.replace::<C>(id.clone(), column.as_ref(), written.clone(), Some(hold)).statement();
    Next::Then(
        Ok(statement),
        Box::new(move |about, rows| match done(rows) {
            Ok(_) => {
                let Taken { table, id, hold } = taken;
                let stored = as_written::<C>(about, &written, from);
                Next::Done(stored.map(|stored| Some(Claim { table, id, hold, stored })))
            }
            Err(Failure::Unchanged(Outcome::GuardFailed)) if tries > 1 => {
                let again = taken.table.load::<C>(taken.id.clone()).statement();
                Next::Then(
                    Ok(again),
                    Box::new(move |_, rows| match loaded(rows) {
                        Ok(column) => settled(taken, column, tries - 1),
                        Err(failure) => let_go::<C>(taken, failure),
                    }),
                )
            }
            Err(failure) => let_go::<C>(taken, failure),
        }),
    )
}

/// Releases what could not be used, and tells why. Whatever comes of that: the claim ends by itself, too.
fn let_go<C: Checkpoint>(taken: Taken, failure: Failure) -> Next<Option<Claim<C>>> {
    let Taken { table, id, hold } = taken;
    Next::Fail(table.release::<C>(&id, &hold).statement(), failure)
}
