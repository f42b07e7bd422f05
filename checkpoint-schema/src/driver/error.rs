//! What can go wrong when a statement is run.

use std::fmt;

use crate::field::Reason as FieldReason;
use crate::stored::Reason as ReadReason;
use crate::table::{Key, Outcome};
use crate::{FieldError, ReadError};

/// What a driver says of its own errors.
pub trait DriverError: std::error::Error + 'static {
    /// The error that a statement of this crate has raised in the server: [`FieldError::from_postgres`] of the
    /// server's message.
    fn refusal(&self) -> Option<FieldError>;

    /// May the same succeed, on a new connection or in a new transaction, without anything else being done? So
    /// it is where the connection is gone or the server is going, and after a deadlock or a failure to
    /// serialize.
    ///
    /// Whether the statement was done is not known then: read the row before anything is done once more.
    fn is_transient(&self) -> bool;
}

/// A use of a stored document that came to nothing. Nothing has been changed, but where the connection was lost
/// while the statement was under way (see [`is_transient`](Error::is_transient)), and where a `fetch` has made changes
/// of a document that cannot be read, before and after.
pub struct Error<E>(Box<Inner<E>>);

struct Inner<E> {
    job: Option<&'static str>,
    row: Option<Key>,
    kind: ErrorKind<E>,
}

/// Why an [`Error`] arose.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind<E> {
    /// A change that cannot be made: its operand is none, or it does not go with what is stored.
    Refused(FieldError),
    /// What is stored cannot be read.
    Unreadable(ReadError),
    /// No row was changed, or none was read: there is none with the key, it is of another job, it does not meet
    /// the condition, or another worker holds it.
    Unchanged(Outcome),
    /// The server's answer is not that of the statement, in words: a key of a type that is not known, or several
    /// rows with the same key.
    Answer(String),
    /// The driver's own.
    Driver(E),
}

/// What does not come from a driver.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(FieldError),
    Unreadable(ReadError),
    Unchanged(Outcome),
    Answer(String),
    /// Of several rows, in the one with this key.
    InRow(Key, Box<Failure>),
}

impl Failure {
    /// The key, if it tells one, and what is wrong.
    pub(super) fn into_kind<E>(self) -> (Option<Key>, ErrorKind<E>) {
        let kind = match self {
            Self::Refused(error) => ErrorKind::Refused(error),
            Self::Unreadable(error) => ErrorKind::Unreadable(error),
            Self::Unchanged(outcome) => ErrorKind::Unchanged(outcome),
            Self::Answer(why) => ErrorKind::Answer(why),
            Self::InRow(key, failure) => return (Some(key), failure.into_kind().1),
        };
        (None, kind)
    }
}

impl<E> Error<E> {
    pub(crate) fn new(job: Option<&'static str>, row: Option<Key>, kind: ErrorKind<E>) -> Self {
        Self(Box::new(Inner { job, row, kind }))
    }

    /// The job, in its normal form, where it is known.
    pub fn job(&self) -> Option<&'static str> {
        self.0.job
    }

    /// The key of the row, where it is known.
    pub fn row(&self) -> Option<&Key> {
        self.0.row.as_ref()
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind<E> {
        &self.0.kind
    }

    /// The same, as a value.
    pub fn into_kind(self) -> ErrorKind<E> {
        self.0.kind
    }

    /// What came of the statement, if it ran and changed nothing.
    ///
    /// ```
    /// # use checkpoint_schema::driver::{DriverError, Error};
    /// use checkpoint_schema::table::Outcome;
    ///
    /// # fn told<E: DriverError>(result: Result<(), Error<E>>) -> Result<bool, Error<E>> {
    /// match result {
    ///     Ok(()) => Ok(true),
    ///     // Somebody else was there before.
    ///     Err(error) if error.outcome() == Some(Outcome::GuardFailed) => Ok(false),
    ///     Err(error) => Err(error),
    /// }
    /// # }
    /// ```
    pub fn outcome(&self) -> Option<Outcome> {
        match self.0.kind {
            ErrorKind::Unchanged(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Has a newer program upgraded what is stored? Then this one is to stop: nothing that it does will succeed.
    pub fn is_newer_version(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Refused(error) => {
                matches!(error.reason(), FieldReason::Version { found, expected } if found > expected)
            }
            ErrorKind::Unreadable(error) => matches!(error.reason(), ReadReason::Newer { .. }),
            _ => false,
        }
    }
}

impl<E: DriverError> Error<E> {
    /// As [`DriverError::is_transient`]: the connection is gone, or the server said to try again. Read the row
    /// again, or claim it again, and go on from there.
    pub fn is_transient(&self) -> bool {
        matches!(&self.0.kind, ErrorKind::Driver(error) if error.is_transient())
    }
}

/// So that `?` takes those of `begin` and `commit`, too.
impl<E: DriverError> From<E> for Error<E> {
    fn from(error: E) -> Self {
        Self::new(None, None, ErrorKind::Driver(error))
    }
}

/// Of what is made before it is run.
impl<E> From<FieldError> for Error<E> {
    fn from(error: FieldError) -> Self {
        Self::new(None, None, ErrorKind::Refused(error))
    }
}

/// Of what is read by [`Stored::read`](crate::Stored::read).
impl<E> From<ReadError> for Error<E> {
    fn from(error: ReadError) -> Self {
        Self::new(Some(error.job()), None, ErrorKind::Unreadable(error))
    }
}

/// With the causes of a driver's error.
impl<E: std::error::Error + 'static> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { job, row, kind } = &*self.0;
        match (job, row) {
            (Some(job), Some(row)) => write!(f, "the job `{job}`, row {row}: ")?,
            (Some(job), None) => write!(f, "the job `{job}`: ")?,
            (None, Some(row)) => write!(f, "row {row}: ")?,
            (None, None) => {}
        }
        match kind {
            ErrorKind::Refused(error) => error.fmt(f),
            ErrorKind::Unreadable(error) => error.fmt(f),
            ErrorKind::Unchanged(outcome) => f.write_str(told(*outcome)),
            ErrorKind::Answer(why) => f.write_str(why),
            ErrorKind::Driver(error) => chain(error, f),
        }
    }
}

/// An error and its causes: some drivers have nothing in their own text, and others all of it.
fn chain(error: &dyn std::error::Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut told = error.to_string();
    // libpq ends its texts with a line feed.
    f.write_str(told.trim_end())?;
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !told.contains(&text) {
            write!(f, ": {text}")?;
            told = text;
        }
        cause = error.source();
    }
    Ok(())
}

/// What an outcome means to whoever expected a change.
fn told(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Updated => "the row has been changed",
        Outcome::Inserted => "the row has been inserted",
        Outcome::NoSuchRow => "there is no such row",
        Outcome::WrongJob => "the row is of another job",
        Outcome::GuardFailed => "what is stored does not meet the condition; nothing has been changed",
        Outcome::ClaimLost => {
            "the claim is lost: it has run out or was released, and the row may be another worker's by now; \
             nothing has been changed"
        }
        Outcome::Held => "another worker has the row; nothing has been changed",
    }
}

impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { job, row, kind } = &*self.0;
        f.debug_struct("Error").field("job", job).field("row", row).field("kind", kind).finish()
    }
}

/// The causes are in its text; the driver's own error [`kind`](Error::kind) gives.
impl<E: std::error::Error + 'static> std::error::Error for Error<E> {}

/// The classes and codes of SQLSTATE after which the same may succeed (PostgreSQL's manual, appendix A): the
/// connection, transactions that were rolled back for others' sake or took too long, a server that is going or full.
/// Not among them: what would come again, as a statement's or a lock's time limit does.
#[cfg(any(feature = "sqlx", feature = "postgres", feature = "tokio-postgres"))]
pub(super) fn is_transient(sqlstate: &str) -> bool {
    const CODES: [&str; 9] =
        ["25P03", "25P04", "40001", "40P01", "53300", "57P01", "57P02", "57P03", "57P05"];
    sqlstate.starts_with("08") || CODES.contains(&sqlstate)
}
