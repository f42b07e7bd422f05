//! Transactions, and what the errors of the server mean.

use std::time::Duration;

use postgres::error::SqlState;
use postgres::{Client, Error, IsolationLevel, Transaction};

use crate::could_not_run::CouldNotRun;
use crate::database::words;

/// How long a statement waits for a lock, in milliseconds, before somebody else is called busy.
pub(crate) const LOCK_PATIENCE: u32 = 2_000;

/// How long a statement may take: a batch is done in well under a second, but a batch of a table where nearly
/// nothing is left to do reads on until it is full.
const STATEMENT: &str = "10min";

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A transaction of its own for one piece of work, with the settings that the work needs. They end with it, so
/// that nothing is left behind in a connection that a pooler shares.
pub(crate) fn begin(
    client: &mut Client,
    access: Access,
    lock_patience: u32,
) -> Result<Transaction<'_>, Error> {
    let mut transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::ReadCommitted)
        .read_only(access == Access::Read)
        .start()?;
    // A plan for whatever the parameters are would read the whole table for a page of it.
    transaction.batch_execute(&format!(
        "SET LOCAL statement_timeout = '{STATEMENT}'; SET LOCAL lock_timeout = {lock_patience}; \
         SET LOCAL plan_cache_mode = force_custom_plan"
    ))?;
    Ok(transaction)
}

/// What an error of the server asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The same again may succeed: a deadlock, a serialization failure.
    Again,
    /// Somebody holds a lock.
    Locked,
    /// It does not take one of the documents.
    Refused,
    /// Nothing can be done here.
    Fatal,
}

pub(crate) fn meaning(error: &Error) -> Meaning {
    let Some(code) = error.code() else { return Meaning::Fatal };
    match code {
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => Meaning::Again,
        &SqlState::LOCK_NOT_AVAILABLE => Meaning::Locked,
        // Data exceptions, constraints, views with a check option, what a trigger raises.
        code if ["22", "23", "44", "P0"].iter().any(|class| code.code().starts_with(class)) => {
            Meaning::Refused
        }
        _ => Meaning::Fatal,
    }
}

/// The pause before the same is tried again.
pub(crate) fn pause(tries: u32) {
    std::thread::sleep(Duration::from_millis(20 << tries.min(6)));
}

/// Why the server refuses a document; its message, which may quote a value, only if `quoting`.
pub(crate) fn refusal(error: &Error, quoting: bool) -> String {
    match error.as_db_error() {
        Some(told) if !quoting => match told.constraint() {
            Some(constraint) => {
                format!("the constraint {constraint} refuses it (SQLSTATE {})", told.code().code())
            }
            None => format!("the server refuses it (SQLSTATE {})", told.code().code()),
        },
        _ => words(error),
    }
}

/// The work cannot go on.
pub(crate) fn lost(error: &Error) -> CouldNotRun {
    let words = words(error);
    if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        return CouldNotRun(format!(
            "the work could not go on: {words}; the user needs SELECT on the table, and UPDATE unless it is a \
             `--dry-run`"
        ));
    }
    CouldNotRun(format!(
        "the work could not go on: {words}; what was upgraded stays so, and the command goes on from there when \
         it is run again"
    ))
}
