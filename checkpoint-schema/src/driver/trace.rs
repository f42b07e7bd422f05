//! Spans and events for `tracing`: the job, the row, the places, and never a value.

use std::sync::Arc;

use tracing::field::display;
use tracing::{Level, debug, info, warn};

use super::ErrorKind;
use super::about::{Of, Operation};
use crate::field::Reason as FieldReason;
use crate::field::shape::Shape;
use crate::pointer::{member, unescape};
use crate::stored::Reason as ReadReason;
use crate::table::{Key, Outcome};

/// What stands for a key or a text that is data.
const MASK: &str = "*";

/// A span, and what masks places in it.
#[derive(Clone)]
pub(super) struct Span {
    span: tracing::Span,
    of: Option<Of>,
    /// Where the changes are, masked.
    paths: Arc<str>,
}

impl Span {
    pub(super) fn new(
        operation: Operation,
        of: Option<Of>,
        row: Option<&Key>,
        paths: impl FnOnce() -> Vec<String>,
    ) -> Self {
        let job = of.map(|of| of.job);
        let paths = match tracing::enabled!(Level::WARN) {
            true => paths().iter().map(|path| masked(of, path)).collect::<Vec<_>>().join(" "),
            false => String::new(),
        };
        macro_rules! span {
            ($name:literal) => {
                tracing::debug_span!(
                    $name,
                    job,
                    row = row.map(display),
                    paths = (!paths.is_empty()).then_some(paths.as_str()),
                )
            };
        }
        let span = match operation {
            Operation::Load => span!("checkpoint.load"),
            Operation::Select => span!("checkpoint.select"),
            Operation::Update => span!("checkpoint.update"),
            Operation::Upgrade => span!("checkpoint.upgrade"),
            Operation::Reset => span!("checkpoint.reset"),
            Operation::Claim => span!("checkpoint.claim"),
            Operation::Renew => span!("checkpoint.renew"),
            Operation::Release => span!("checkpoint.release"),
        };
        Self { span, of, paths: paths.into() }
    }

    #[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
    pub(super) fn around<F: Future>(self, future: F) -> tracing::instrument::Instrumented<F> {
        tracing::Instrument::instrument(future, self.span)
    }

    #[cfg(any(feature = "postgres", feature = "diesel"))]
    pub(super) fn inside<T>(self, run: impl FnOnce() -> T) -> T {
        self.span.in_scope(run)
    }

    pub(super) fn at(&self, row: &Key) {
        self.span.record("row", display(row));
    }

    // Events beyond `DEBUG` tell the job and the row themselves: the span may not be listened to.

    pub(super) fn upgraded(&self, row: Option<&Key>, from: u32, to: u32) {
        self.span.in_scope(|| info!(job = self.job(), row = row.map(display), from, to, "upgraded"));
    }

    pub(super) fn succeed(&self, what: &'static str) {
        self.span.in_scope(|| debug!("{what}"));
    }

    pub(super) fn fail<E>(&self, row: Option<&Key>, kind: &ErrorKind<E>) {
        let _inside = self.span.enter();
        let (job, row) = (self.job(), row.map(display));
        let paths = Some(&*self.paths).filter(|paths| !paths.is_empty());
        match kind {
            ErrorKind::Unchanged(outcome @ (Outcome::GuardFailed | Outcome::ClaimLost | Outcome::Held)) => {
                warn!(job, row, outcome = outcome.as_str(), paths, "conflict");
            }
            ErrorKind::Unchanged(outcome) => {
                warn!(job, row, outcome = outcome.as_str(), paths, "not done");
            }
            ErrorKind::Refused(error) => {
                let (path, why) = (masked(self.of, error.pointer()), refused(error.reason()));
                warn!(job, row, path, why, "refused");
            }
            ErrorKind::Unreadable(error) => {
                let (path, why) = (masked(self.of, &error.pointer()), unreadable(error.reason()));
                warn!(job, row, path, why, "unreadable");
            }
            // Its text may hold values: a violated constraint's does.
            ErrorKind::Driver(_) => warn!(job, row, why = "the driver or the server", "failed"),
            ErrorKind::Answer(why) => warn!(job, row, why, "failed"),
        }
    }

    fn job(&self) -> Option<&'static str> {
        self.of.map(|of| of.job)
    }
}

/// A reason without the values that its text may hold.
fn refused(reason: &FieldReason) -> &'static str {
    match reason {
        FieldReason::WrongType { .. } => "wrong type",
        FieldReason::Unreadable(_) => "unreadable",
        FieldReason::Unwritable(_) => "unwritable",
        FieldReason::Key(_) => "no key",
        FieldReason::Missing(_) => "missing",
        FieldReason::NoElement => "no such element",
        FieldReason::OutOfRange(_) => "out of range",
        FieldReason::Occupied => "occupied",
        FieldReason::Version { .. } => "another version",
        FieldReason::Operand(_) => "no operand",
    }
}

fn unreadable(reason: &ReadReason) -> &'static str {
    match reason {
        ReadReason::NotJson(_) => "no JSON",
        ReadReason::NoObject { .. } => "no object",
        ReadReason::NoVersion { .. } => "no version",
        ReadReason::Newer { .. } => "a newer version",
        ReadReason::Unreadable { .. } => "unreadable",
        ReadReason::StepFailed { .. } => "a step failed",
        ReadReason::StepResult { .. } => "what a step gave",
        ReadReason::NoStep { .. } => "no step",
        #[cfg(feature = "validate")]
        ReadReason::Invalid { .. } => "invalid",
        #[cfg(feature = "validate")]
        ReadReason::Contract(_) => "no contract",
    }
}

/// The pointer with `*` for every step that is not in the program: keys of maps are data.
fn masked(of: Option<Of>, pointer: &str) -> String {
    let mut out = String::new();
    let mut at = of.map(|of| of.shape);
    if let Some(Of { version_key, .. }) = of
        && pointer == member("", version_key)
    {
        return pointer.to_owned();
    }
    for step in pointer.split('/').skip(1) {
        let (is_known, next) = at.map_or((false, None), |shape| inside(shape, &unescape(step)));
        out.push('/');
        out.push_str(if is_known { step } else { MASK });
        at = next;
    }
    out
}

/// Is the key in the program? And what is under it.
fn inside(shape: &'static Shape, key: &str) -> (bool, Option<&'static Shape>) {
    match shape {
        Shape::Same(of) => inside(of.get(), key),
        Shape::Sequence(of) => (key.parse::<usize>().is_ok(), Some(of.get())),
        Shape::Tuple(parts) => match key.parse::<usize>().ok().and_then(|at| parts.get(at)) {
            Some(part) => (true, Some(part.get())),
            None => (false, None),
        },
        Shape::Map(of) => (false, Some(of.get())),
        Shape::Struct(of) => {
            let named = of.members.iter().filter(|member| !member.flattened);
            let found = named.clone().find(|member| member.key == key || member.aliases.contains(&key));
            if let Some(member) = found {
                return (true, Some(member.shape.get()));
            }
            let spread = of.members.iter().filter(|member| member.flattened);
            let found = spread.map(|member| inside(member.shape.get(), key));
            found.reduce(|one, other| if one.0 { one } else { other }).unwrap_or((false, None))
        }
        Shape::Leaf | Shape::Enum(_) => (false, None),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::super::about::Of;
    use super::masked;
    use crate::{Checkpoint, Field};

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "github", version = 1, crate = "crate")]
    struct Github {
        #[serde(rename = "a/b", alias = "ab")]
        a: Option<Box<Inner>>,
        counts: BTreeMap<String, Vec<Inner>>,
        pair: (u8, Inner),
        #[serde(flatten)]
        spread: Spread,
        #[serde(flatten)]
        others: BTreeMap<String, Inner>,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Inner {
        token: String,
        next: Option<Box<Inner>>,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(crate = "crate")]
    struct Spread {
        page: Inner,
    }

    #[test]
    fn only_what_stands_in_the_program_is_told() {
        for (pointer, told) in [
            ("", ""),
            ("/a~1b/token", "/a~1b/token"),
            ("/ab/next/next/token", "/ab/next/next/token"),
            ("/counts/alice@example.org/0/token", "/counts/*/0/token"),
            ("/counts/alice/secret", "/counts/*/*"),
            ("/pair/1/token", "/pair/1/token"),
            ("/pair/7", "/pair/*"),
            ("/checkpoint_version", "/checkpoint_version"),
            ("/checkpoint_version/deeper", "/*/*"),
            ("/page/token", "/page/token"),
            ("/bob/token", "/*/token"),
            ("/a~1b/token/deeper", "/a~1b/token/*"),
        ] {
            let of = Of { job: Github::JOB, shape: Github::SHAPE, version_key: Github::VERSION_KEY };
            assert_eq!(masked(Some(of), pointer), told, "{pointer}");
            assert_eq!(
                masked(None, pointer),
                pointer
                    .split('/')
                    .map(|step| if step.is_empty() { "" } else { "*" })
                    .collect::<Vec<_>>()
                    .join("/")
            );
        }
    }
}
