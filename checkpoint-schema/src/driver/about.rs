//! What a request is about, for its errors, and for `tracing`.

use super::{Error, ErrorKind, Failure};
use crate::Checkpoint;
use crate::field::shape::Shape;
use crate::table::Key;

#[cfg(not(feature = "tracing"))]
pub(super) use self::untraced::Span;
#[cfg(feature = "tracing")]
pub(super) use super::trace::Span;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Load,
    Select,
    Update,
    Upgrade,
    Reset,
    Claim,
    Renew,
    Release,
}

/// The checkpoint whose row it is.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only `tracing` is told"))]
pub(super) struct Of {
    pub(super) job: &'static str,
    pub(super) shape: &'static Shape,
    pub(super) version_key: &'static str,
}

/// The job, the row, and what is done with it.
pub(crate) struct About {
    job: Option<&'static str>,
    row: Option<Key>,
    /// What is told when it has succeeded.
    success: &'static str,
    span: Span,
}

impl About {
    /// `paths` are the places that are changed, and are asked for only where somebody listens.
    pub(crate) fn new<C: Checkpoint>(
        operation: Operation,
        row: Option<Key>,
        paths: impl FnOnce() -> Vec<String>,
    ) -> Self {
        let span = Span::new(
            operation,
            Some(Of { job: C::JOB, shape: C::SHAPE, version_key: C::VERSION_KEY }),
            row.as_ref(),
            paths,
        );
        Self { job: Some(C::JOB), row, success: "done", span }
    }

    /// Of a row whose job does not matter.
    pub(crate) fn row(operation: Operation, row: Key) -> Self {
        let span = Span::new(operation, None, Some(&row), Vec::new);
        Self { job: None, row: Some(row), success: "done", span }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// The row has come to be known.
    pub(crate) fn at(&mut self, row: Key) {
        if self.row.as_ref() != Some(&row) {
            self.span.at(&row);
            self.row = Some(row);
        }
    }

    /// What is told when it has succeeded.
    pub(crate) fn success(&mut self, what: &'static str) {
        self.success = what;
    }

    /// The document was upgraded on the way.
    pub(crate) fn upgraded(&self, from: u32, to: u32) {
        self.span.upgraded(self.row.as_ref(), from, to);
    }

    /// It was done.
    pub(super) fn succeed(&self) {
        self.span.succeed(self.success);
    }

    /// It was not, perhaps in a row that is known only now.
    pub(super) fn fail_with<E>(mut self, failure: Failure) -> Error<E> {
        let (row, kind) = failure.into_kind();
        if let Some(row) = row {
            self.at(row);
        }
        self.fail(kind)
    }

    /// It was not.
    pub(super) fn fail<E>(self, kind: ErrorKind<E>) -> Error<E> {
        self.span.fail(self.row.as_ref(), &kind);
        Error::new(self.job, self.row, kind)
    }
}

/// Nobody listens.
#[cfg(not(feature = "tracing"))]
mod untraced {
    use super::{ErrorKind, Of, Operation};
    use crate::table::Key;

    #[derive(Clone)]
    pub(in super::super) struct Span;

    impl Span {
        pub(super) fn new(
            _: Operation,
            _: Option<Of>,
            _: Option<&Key>,
            _: impl FnOnce() -> Vec<String>,
        ) -> Self {
            Self
        }

        #[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
        pub(in super::super) fn around<F: Future>(self, future: F) -> F {
            future
        }

        #[cfg(any(feature = "postgres", feature = "diesel"))]
        pub(in super::super) fn inside<T>(self, run: impl FnOnce() -> T) -> T {
            run()
        }

        pub(super) fn at(&self, _: &Key) {}
        pub(super) fn upgraded(&self, _: Option<&Key>, _: u32, _: u32) {}
        pub(super) fn succeed(&self, _: &'static str) {}
        pub(super) fn fail<E>(&self, _: Option<&Key>, _: &ErrorKind<E>) {}
    }
}
