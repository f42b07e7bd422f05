//! What came of a statement about one row.

use std::fmt;
use std::str::FromStr;

/// The column `outcome` of the one row that a statement about one row returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The row has been changed.
    Updated,
    /// The row was not there, and has been inserted.
    Inserted,
    /// No row has the key. Nothing has changed, here and below.
    NoSuchRow,
    /// The row is of another job.
    WrongJob,
    /// The row does not meet the filter given with `when`.
    GuardFailed,
    /// The change was made by a claim, and that holds the row no more: it has run out and another worker has
    /// claimed the row, or it was released.
    ClaimLost,
    /// The row was to be claimed, and another worker has it: by a claim, or in a transaction.
    Held,
}

impl Outcome {
    const ALL: [Self; 7] = [
        Self::Updated,
        Self::Inserted,
        Self::NoSuchRow,
        Self::WrongJob,
        Self::GuardFailed,
        Self::ClaimLost,
        Self::Held,
    ];

    /// As it stands in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Inserted => "inserted",
            Self::NoSuchRow => "no_such_row",
            Self::WrongJob => "wrong_job",
            Self::GuardFailed => "guard_failed",
            Self::ClaimLost => "claim_lost",
            Self::Held => "held",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|outcome| outcome.as_str() == text);
        known.ok_or_else(|| UnknownOutcome(text.to_owned()))
    }
}

/// A text that is no [`Outcome`]: it comes from another statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOutcome(String);

impl fmt::Display for UnknownOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no outcome of a checkpoint statement", self.0)
    }
}

impl std::error::Error for UnknownOutcome {}
