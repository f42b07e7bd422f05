//! What was decided, written: a batch where nothing has changed meanwhile, and the rest row by row.

use std::collections::HashSet;

use postgres::{Client, Error};

use super::super::row::{Decision, Fault, Kind, Rules, decide};
use super::connection::{Access, LOCK_PATIENCE, Meaning, begin, lost, meaning, pause, refusal};
use super::statements::Statements;
use crate::could_not_run::CouldNotRun;

/// How often the same is tried.
const TRIES: u32 = 5;

/// After one wait in vain, the others of the batch are not waited for: they may well be held by the same one.
const NO_PATIENCE: u32 = 10;

/// A row to write: its key, and the texts of its document before and after.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) from: u32,
    pub(crate) key: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// Writes all documents whose rows still hold the old one and that nobody else holds at this moment: all in one
/// statement, so all or none. Returns the keys of the rows that were written; none if the server takes one of
/// the documents not, which the caller finds out row by row.
pub(crate) fn swap(
    client: &mut Client,
    statements: &Statements,
    changes: &[Change],
) -> Result<HashSet<String>, CouldNotRun> {
    let column = |part: fn(&Change) -> &str| changes.iter().map(part).collect::<Vec<&str>>();
    let (keys, old, new) = (column(|it| &it.key), column(|it| &it.old), column(|it| &it.new));
    let mut attempt = || -> Result<HashSet<String>, Error> {
        let mut transaction = begin(client, Access::Write, LOCK_PATIENCE)?;
        let rows = transaction.query(&statements.swap, &[&keys, &old, &new])?;
        let written = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        transaction.commit()?;
        Ok(written)
    };
    let mut tries = 0;
    loop {
        match attempt() {
            Ok(written) => return Ok(written),
            Err(error) => match meaning(&error) {
                Meaning::Again | Meaning::Locked if tries < TRIES => pause(tries),
                Meaning::Refused | Meaning::Again | Meaning::Locked => return Ok(HashSet::new()),
                Meaning::Fatal => return Err(lost(&error)),
            },
        }
        tries += 1;
    }
}

/// What came of one row.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Upgraded from this version.
    Upgraded(u32),
    /// Somebody else upgraded it.
    Current,
    /// Nothing is stored any more.
    Absent,
    /// There is no such row of the job any more.
    Gone,
    /// Left as it is.
    Left(Fault),
}

/// The rest of a batch, row by row.
pub(crate) struct OneByOne<'a> {
    statements: &'a Statements,
    rules: Rules<'a>,
    patience: u32,
}

impl<'a> OneByOne<'a> {
    pub(crate) fn new(statements: &'a Statements, rules: Rules<'a>) -> Self {
        Self { statements, rules, patience: LOCK_PATIENCE }
    }

    /// Takes the row, decides anew on what it holds now, and writes it, while nobody else can. It holds no other
    /// row while it waits, so it is in no deadlock; and however often others write the row, its turn comes.
    pub(crate) fn upgrade(&mut self, client: &mut Client, key: &str) -> Result<Outcome, CouldNotRun> {
        let mut tries = 0;
        loop {
            let error = match self.attempt(client, key) {
                Ok(outcome) => return Ok(outcome),
                Err(error) => error,
            };
            let reason = match meaning(&error) {
                Meaning::Fatal => return Err(lost(&error)),
                Meaning::Refused => {
                    let reason = refusal(&error, self.rules.quoting);
                    return Ok(Outcome::Left(Fault::new(Kind::Refused, "", reason)));
                }
                Meaning::Locked => {
                    self.patience = NO_PATIENCE;
                    "somebody else held the row, or the table, all the time"
                }
                Meaning::Again if tries < TRIES => {
                    pause(tries);
                    tries += 1;
                    continue;
                }
                Meaning::Again => "the server broke every attempt off, because of what others did",
            };
            return Ok(Outcome::Left(Fault::new(Kind::Busy, "", reason)));
        }
    }

    fn attempt(&self, client: &mut Client, key: &str) -> Result<Outcome, Error> {
        let mut transaction = begin(client, Access::Write, self.patience)?;
        let Some(row) = transaction.query_opt(&self.statements.hold, &[&key])? else {
            return Ok(Outcome::Gone);
        };
        let document: Option<&str> = row.try_get(0)?;
        let upgrade = match decide(self.rules, document) {
            Decision::Upgrade(upgrade) => upgrade,
            Decision::Absent => return Ok(Outcome::Absent),
            Decision::Current => return Ok(Outcome::Current),
            Decision::Left(fault) => return Ok(Outcome::Left(fault)),
        };
        if transaction.execute(&self.statements.set, &[&key, &upgrade.new.to_string()])? == 0 {
            let reason = "a trigger, a rule or a policy keeps the row as it is";
            return Ok(Outcome::Left(Fault::new(Kind::Refused, "", reason)));
        }
        transaction.commit()?;
        Ok(Outcome::Upgraded(upgrade.from))
    }
}
