//! Why a row was left as it was, in words that quote no value of it unless they may.

use checkpoint_schema::ReadError;
use checkpoint_schema::pointer::member;
use checkpoint_schema::stored::Reason;

use crate::judge::masked;

/// Kinds of rows that are left, in the order in which they are told. Ids are stable: scripts refer to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The document is of a newer version.
    Newer,
    /// It has a number that would not be the same afterwards.
    Inexact,
    /// serde_json does not read the text.
    NotJson,
    /// It is no object.
    NoObject,
    /// What stands under the key of the version is none.
    NoVersion,
    /// serde refuses the stored document.
    Unreadable,
    /// A step of the chain gave an error.
    StepFailed,
    /// What a step gave is not of its version.
    StepResult,
    /// A step is missing.
    NoStep,
    /// The server refuses the new document.
    Refused,
    /// Somebody else held the row.
    Busy,
}

impl Kind {
    pub(crate) fn id(self) -> &'static str {
        match self {
            Kind::Newer => "newer",
            Kind::Inexact => "inexact",
            Kind::NotJson => "not-json",
            Kind::NoObject => "no-object",
            Kind::NoVersion => "no-version",
            Kind::Unreadable => "unreadable",
            Kind::StepFailed => "step-failed",
            Kind::StepResult => "step-result",
            Kind::NoStep => "no-step",
            Kind::Refused => "refused",
            Kind::Busy => "busy",
        }
    }

    /// What mends it.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Kind::Newer => "a newer program wrote them: run the `migrate` of that program",
            Kind::Inexact => {
                "write the number with at most 17 digits, or as a string if the layout allows it"
            }
            Kind::NotJson => "correct the documents, which are nested too deeply or are no UTF-8",
            Kind::NoObject => "correct the documents, or set them to NULL to start the jobs anew",
            Kind::NoVersion => {
                "write the version of its layout there, or take the key out if that is version 1"
            }
            Kind::Unreadable => {
                "correct the documents, or have the step from their version read them as they are"
            }
            Kind::StepFailed => "correct the documents, or have the step upgrade them as they are",
            Kind::StepResult => {
                "correct the documents, or the step: what it gives must be of the version after its own"
            }
            Kind::NoStep => "add the step to the type's `UPGRADES`",
            Kind::Refused => "see what the constraints and triggers of the table ask of the new layout",
            Kind::Busy => "run the command again; what holds the rows, `pg_locks` tells",
        }
    }
}

/// Why one row was left.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// The place in the document, as a JSON Pointer; empty for the document itself.
    pub(crate) pointer: String,
    pub(crate) reason: String,
}

impl Fault {
    pub(crate) fn new(kind: Kind, pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { kind, pointer: pointer.into(), reason: reason.into() }
    }

    /// What the chain says; with the words that may quote a value, if `quoting`.
    pub(crate) fn of(error: &ReadError, version_key: &str, quoting: bool) -> Self {
        let place = error.pointer();
        let masked = |why: &str| if quoting { why.to_owned() } else { masked(why) };
        match error.reason() {
            Reason::Newer { found } => {
                Self::new(Kind::Newer, place, format!("the document is of version {found}"))
            }
            Reason::NoObject { found } => {
                Self::new(Kind::NoObject, place, format!("expected object, found {found}"))
            }
            Reason::NoVersion { found } => {
                let found = if quoting { format!(", found {found}") } else { String::new() };
                let reason = format!("expected a whole number from 1{found}");
                Self::new(Kind::NoVersion, member("", version_key), reason)
            }
            Reason::Unreadable { version, why, .. } => {
                Self::new(Kind::Unreadable, place, format!("as version {version}: {}", masked(why)))
            }
            Reason::StepFailed { from, why } => {
                let why = if quoting { format!(": {why}") } else { "; `--show-values` tells it".to_owned() };
                Self::new(Kind::StepFailed, place, format!("the step from version {from} gave an error{why}"))
            }
            Reason::StepResult { from, pointer, why } => {
                let why = masked(why);
                Self::new(
                    Kind::StepResult,
                    pointer.as_str(),
                    format!("what the step from version {from} gives: {why}"),
                )
            }
            Reason::NoStep { from } => {
                Self::new(Kind::NoStep, place, format!("no step leads from version {from}"))
            }
            Reason::NotJson(why) => Self::new(Kind::NotJson, place, masked(why)),
            // The reasons may become more.
            _ => Self::new(Kind::Unreadable, place, masked(&error.to_string())),
        }
    }
}
