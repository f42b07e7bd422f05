//! Why a stored document could not be read.

use std::fmt;

use crate::pointer::member;
use crate::registry::Unreadable;

/// A stored document that is neither absent nor readable. Nothing has been changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    job: &'static str,
    version: u32,
    key: &'static str,
    reason: Reason,
}

/// Why a [`ReadError`] arose. Pointers are JSON Pointers (RFC 6901); that of the document itself is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The text is no JSON; serde_json's words.
    NotJson(String),
    /// The document is no JSON object, but of this type.
    NoObject {
        /// The name that JSON Schema has for the type.
        found: &'static str,
    },
    /// What stands under the key of the version is no whole number from 1 that fits in 32 bits.
    NoVersion {
        /// What stands there, in words.
        found: String,
    },
    /// The document is of a newer version than the type.
    Newer {
        /// The version of the document.
        found: u32,
    },
    /// serde refuses the stored document: as the type, or as what the first step takes.
    Unreadable {
        /// The version of the document.
        version: u32,
        /// Where serde stopped.
        pointer: String,
        /// serde's own words.
        why: String,
    },
    /// A step of the chain gave an error.
    StepFailed {
        /// The version from which the step leads.
        from: u32,
        /// The step's own words.
        why: String,
    },
    /// What a step of the chain gave cannot be read by the next one or by the type, or could not be stored.
    StepResult {
        /// The version from which the step leads.
        from: u32,
        /// The place in what it gave.
        pointer: String,
        /// What is wrong there; serde's own words, where serde says it.
        why: String,
    },
    /// The type's chain has no step from this version: it was written by hand, for the derive asks for all.
    NoStep {
        /// The version from which no step leads.
        from: u32,
    },
    /// The document, or what the chain made of it, does not meet the read contract, or serde refuses it.
    #[cfg(feature = "validate")]
    Invalid {
        /// The version that is stored, if it was upgraded: the findings are those of what came of it.
        from: Option<u32>,
        /// All that is wrong, in the order of the places.
        findings: Vec<super::Finding>,
    },
    /// The read contract of the type is itself no valid schema: it has one by hand.
    #[cfg(feature = "validate")]
    Contract(String),
}

impl Reason {
    pub(super) fn unreadable(version: u32, why: &Unreadable) -> Self {
        Self::Unreadable { version, pointer: why.pointer().to_owned(), why: why.reason().to_owned() }
    }

    pub(super) fn result(from: u32, why: &Unreadable) -> Self {
        Self::StepResult { from, pointer: why.pointer().to_owned(), why: why.reason().to_owned() }
    }
}

impl ReadError {
    pub(super) fn new(job: &'static str, version: u32, key: &'static str, reason: Reason) -> Self {
        Self { job, version, key, reason }
    }

    /// The job whose document it is, in its normal form.
    pub fn job(&self) -> &'static str {
        self.job
    }

    /// What is wrong.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The place in the stored document, as a JSON Pointer; empty for the document itself, and for what is
    /// wrong with the result of a step.
    pub fn pointer(&self) -> String {
        match &self.reason {
            Reason::Unreadable { pointer, .. } => pointer.clone(),
            Reason::NoVersion { .. } | Reason::Newer { .. } => member("", self.key),
            _ => String::new(),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, version, key, reason } = self;
        let place = |pointer: &str| if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
        match reason {
            Reason::NotJson(why) => write!(f, "the text of the job `{job}` is no JSON: {why}"),
            Reason::NoObject { found } => {
                write!(f, "the document of the job `{job}` is no checkpoint: expected object, found {found}")
            }
            Reason::NoVersion { found } => write!(
                f,
                "the document of the job `{job}` states no version: {}expected a whole number from 1, found \
                 {found}; write the version of its layout there, or leave the key out if that is version 1",
                place(&member("", key))
            ),
            Reason::Newer { found } => write!(
                f,
                "the document of the job `{job}` is of version {found}, and this program reads it up to version \
                 {version}: run the program that wrote it, or a newer one; nothing has been changed"
            ),
            Reason::Unreadable { version: stored, pointer, why } => write!(
                f,
                "the document of the job `{job}`, version {stored}, cannot be read: {}{why}",
                place(pointer)
            ),
            Reason::StepFailed { from, why } => {
                write!(f, "the document of the job `{job}` cannot be upgraded from version {from}: {why}")
            }
            Reason::StepResult { from, pointer, why } => write!(
                f,
                "the document of the job `{job}` cannot be upgraded: what the step from version {from} gives is \
                 no version {}: {}{why}",
                from.saturating_add(1),
                place(pointer)
            ),
            Reason::NoStep { from } => write!(
                f,
                "the document of the job `{job}` cannot be upgraded: no step leads from version {from}; add one \
                 to the type's `UPGRADES`"
            ),
            #[cfg(feature = "validate")]
            Reason::Invalid { from, findings } => {
                let upgraded =
                    from.map(|from| format!(", upgraded from version {from},")).unwrap_or_default();
                write!(f, "the document of the job `{job}`{upgraded} is no valid version {version}")?;
                for (at, finding) in findings.iter().enumerate() {
                    write!(f, "{}{finding}", if at == 0 { ": " } else { "; " })?;
                }
                Ok(())
            }
            #[cfg(feature = "validate")]
            Reason::Contract(why) => {
                write!(f, "the read contract of the job `{job}` is no valid schema: {why}")
            }
        }
    }
}

impl std::error::Error for ReadError {}
