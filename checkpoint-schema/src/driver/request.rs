//! What is asked of a row: statements, one after the other, and what is made of their answers. It does no input
//! or output itself, so that it is the same for blocking drivers and others.

use super::about::Span;
use super::{About, DriverError, Error, ErrorKind, Failure, Rows};
use crate::{FieldError, Statement};

/// A statement to be run, and what is made of its answer.
#[must_use = "an executor runs it"]
pub struct Request<T> {
    statement: Result<Statement, FieldError>,
    pending: Pending<T>,
}

/// Makes something of a statement's answer.
type Then<T> = Box<dyn FnOnce(&mut About, Rows) -> Next<T> + Send>;

/// A request whose statement is being run.
#[must_use = "`finish` takes the answer"]
pub struct Pending<T> {
    about: About,
    after: After<T>,
}

/// What an answer leads to.
pub(crate) enum Next<T> {
    Done(Result<T, Failure>),
    Then(Result<Statement, FieldError>, Then<T>),
    /// Run this, and whatever comes of it, fail.
    Fail(Statement, Failure),
}

/// What follows an answer.
enum After<T> {
    Make(Then<T>),
    Fail(Failure),
}

/// What an [`Executor`](super::Executor) does next.
pub enum Step<T, E> {
    /// Return this.
    Done(Result<T, Error<E>>),
    /// Run this one, too.
    Next(Box<Request<T>>),
}

impl<T> Request<T> {
    pub(crate) fn new(
        about: About,
        statement: Result<Statement, FieldError>,
        then: impl FnOnce(&mut About, Rows) -> Next<T> + Send + 'static,
    ) -> Self {
        Self { statement, pending: Pending { about, after: After::Make(Box::new(then)) } }
    }

    /// The statement to run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`], before anything is sent: an operand that cannot be stored, a map key that is none.
    pub fn begin<E>(self) -> Result<(Statement, Pending<T>), Error<E>> {
        let Self { statement, pending } = self;
        match statement {
            Ok(statement) => Ok((statement, pending)),
            Err(error) => Err(pending.about.fail(ErrorKind::Refused(error))),
        }
    }

    /// What stands around it for `tracing`.
    #[cfg_attr(
        not(any(feature = "sqlx", feature = "tokio-postgres", feature = "postgres", feature = "diesel")),
        expect(dead_code, reason = "for the drivers here")
    )]
    pub(super) fn span(&self) -> Span {
        self.pending.about.span()
    }
}

impl<T> Pending<T> {
    /// Takes what the driver gave for the statement.
    pub fn finish<E: DriverError>(self, answer: Result<Rows, E>) -> Step<T, E> {
        let Self { mut about, after } = self;
        let then = match after {
            After::Make(then) => then,
            After::Fail(failure) => return Step::Done(Err(about.fail_with(failure))),
        };
        let kind = match answer {
            Ok(rows) => match then(&mut about, rows) {
                Next::Done(Ok(value)) => {
                    about.succeed();
                    return Step::Done(Ok(value));
                }
                Next::Done(Err(failure)) => return Step::Done(Err(about.fail_with(failure))),
                Next::Then(statement, then) => {
                    let pending = Pending { about, after: After::Make(then) };
                    return Step::Next(Box::new(Request { statement, pending }));
                }
                Next::Fail(statement, failure) => {
                    let pending = Pending { about, after: After::Fail(failure) };
                    return Step::Next(Box::new(Request { statement: Ok(statement), pending }));
                }
            },
            Err(error) => match error.refusal() {
                Some(refusal) => ErrorKind::Refused(refusal),
                None => ErrorKind::Driver(error),
            },
        };
        Step::Done(Err(about.fail(kind)))
    }
}
