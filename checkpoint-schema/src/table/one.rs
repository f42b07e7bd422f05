//! A statement about one row that tells what came of it.

use super::Key;
use crate::Statement;
use crate::driver::About;

/// A statement that returns exactly one row, whose column `outcome` is an [`Outcome`](super::Outcome) as text.
#[must_use = "a statement does nothing until a driver runs it"]
#[derive(Clone, Debug)]
pub struct OneRow {
    statement: Statement,
    id: Key,
    about: fn(Key) -> About,
}

impl OneRow {
    pub(super) fn new(statement: Statement, id: Key, about: fn(Key) -> About) -> Self {
        Self { statement, id, about }
    }

    /// The statement.
    pub fn statement(self) -> Statement {
        self.statement
    }

    /// And what it is about.
    pub(crate) fn into_parts(self) -> (Statement, About) {
        let Self { statement, id, about } = self;
        (statement, about(id))
    }
}
