//! The upgrade chain: steps from each older version of a document to the next.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ReadError, Reason, Stored, version_of, with_version, without_version};
use crate::Checkpoint;
use crate::field::error::type_name;
use crate::field::storable;
use crate::pointer::member;
use crate::registry::Unreadable;

/// A step of an upgrade chain: from the document of one version to that of the next. The derive makes it of
/// `#[checkpoint(upgrade(from = 1, with = v1_to_v2))]`.
#[derive(Clone, Copy)]
pub struct Upgrade {
    from: u32,
    step: fn(Value) -> Result<Value, StepFault>,
}

impl Upgrade {
    #[doc(hidden)]
    pub const fn __new(from: u32, step: fn(Value) -> Result<Value, StepFault>) -> Self {
        Self { from, step }
    }

    /// The version whose documents it takes. It gives those of the next one.
    pub fn from(&self) -> u32 {
        self.from
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upgrade(from {})", self.from)
    }
}

/// What the function of a step can be: `fn(A) -> Result<B, E>`, where serde reads an `A` from the document of
/// the older version and writes the document of the next one from a `B`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this is no step from one version of a document to the next",
    label = "no `fn(A) -> Result<B, E>`",
    note = "a step takes what serde reads from the older document (`serde_json::Value`, or a struct that derives `Deserialize`) and gives a `Result` of what serde writes and an error that implements `Display`"
)]
pub trait UpgradeStep<A, B, E> {
    fn take(self, old: A) -> Result<B, E>;
}

#[diagnostic::do_not_recommend]
impl<F, A, B, E> UpgradeStep<A, B, E> for F
where
    F: FnOnce(A) -> Result<B, E>,
    A: DeserializeOwned,
    B: Serialize,
    E: fmt::Display,
{
    fn take(self, old: A) -> Result<B, E> {
        self(old)
    }
}

/// Why a step gave no document.
#[doc(hidden)]
#[derive(Debug)]
pub enum StepFault {
    /// serde does not read what it takes.
    Unreadable(Unreadable),
    /// It says so itself.
    Failed(String),
    /// What it gives cannot be stored.
    Unwritable(String),
}

/// One step on JSON, by the user's function.
#[doc(hidden)]
pub fn step<A, B, E>(with: impl UpgradeStep<A, B, E>, document: Value) -> Result<Value, StepFault>
where
    A: DeserializeOwned,
    B: Serialize,
    E: fmt::Display,
{
    let old = serde_path_to_error::deserialize(document);
    let old = old.map_err(|error| StepFault::Unreadable(Unreadable::new(&error)))?;
    let new = with.take(old).map_err(|error| StepFault::Failed(error.to_string()))?;
    storable::to_value(&new).map_err(|error| StepFault::Unwritable(error.to_string()))
}

/// What a type says of its versions, without the type.
#[derive(Clone, Copy)]
pub(crate) struct Chain {
    job: &'static str,
    version: u32,
    key: &'static str,
    steps: &'static [Upgrade],
}

impl Chain {
    pub(crate) fn of<C: Checkpoint>() -> Self {
        Self { job: C::JOB, version: C::VERSION, key: C::VERSION_KEY, steps: C::UPGRADES }
    }

    pub(crate) fn error(self, reason: Reason) -> ReadError {
        ReadError::new(self.job, self.version, self.key, reason)
    }

    /// The document in the layout of the type's version, without the version. serde has yet to read it.
    pub(super) fn run<'a>(self, document: Option<&'a Value>) -> Result<Stored<Cow<'a, Value>>, ReadError> {
        self.steps_of(document).map_err(|reason| self.error(reason))
    }

    fn steps_of<'a>(self, document: Option<&'a Value>) -> Result<Stored<Cow<'a, Value>>, Reason> {
        let document = match document {
            None | Some(Value::Null) => return Ok(Stored::Absent),
            Some(document) => document,
        };
        let from = self.version_of(document)?;
        if from > self.version {
            return Err(Reason::Newer { found: from });
        }
        let bare = without_version(document, self.key);
        if from == self.version {
            return Ok(Stored::Current(bare));
        }
        let mut document = bare.into_owned();
        for at in from..self.version {
            document = self.step_from(at, document, from)?;
        }
        Ok(Stored::Upgraded { document: Cow::Owned(document), from })
    }

    fn version_of(self, document: &Value) -> Result<u32, Reason> {
        match document {
            Value::Object(object) => {
                version_of(object, self.key).map_err(|found| Reason::NoVersion { found })
            }
            other => Err(Reason::NoObject { found: type_name(other) }),
        }
    }

    /// The step from the version `at` of a document that is stored as version `stored`.
    fn step_from(self, at: u32, document: Value, stored: u32) -> Result<Value, Reason> {
        let Some(upgrade) = self.steps.iter().find(|upgrade| upgrade.from == at) else {
            return Err(Reason::NoStep { from: at });
        };
        let given = (upgrade.step)(document).map_err(|fault| match fault {
            StepFault::Unreadable(why) if at == stored => Reason::unreadable(at, &why),
            StepFault::Unreadable(why) => Reason::result(at - 1, &why),
            StepFault::Failed(why) => Reason::StepFailed { from: at, why },
            StepFault::Unwritable(why) => Reason::result(at, &Unreadable::at(String::new(), why)),
        })?;
        let wrong = |pointer, why| Reason::result(at, &Unreadable::at(pointer, why));
        match &given {
            Value::Object(object) => match (object.contains_key(self.key), version_of(object, self.key)) {
                (false, _) => Ok(given),
                // A step that states the version to which it leads is right.
                (true, Ok(version)) if version == at + 1 => {
                    Ok(without_version(&given, self.key).into_owned())
                }
                (true, stated) => {
                    let stated = stated.map_or_else(|found| found, |version| format!("version {version}"));
                    let why = format!("states {stated}: leave the key out, the chain sets it");
                    Err(wrong(member("", self.key), why))
                }
            },
            other => Err(wrong(String::new(), format!("expected object, found {}", type_name(other)))),
        }
    }

    /// serde refuses the document, which is stored so, or which the chain has made.
    pub(super) fn refused(self, stored: bool, why: &Unreadable) -> ReadError {
        self.error(match stored {
            true => Reason::unreadable(self.version, why),
            false => Reason::result(self.version - 1, why),
        })
    }

    /// The document with the type's version.
    pub(super) fn marked(self, document: Value) -> Value {
        with_version(document, self.key, self.version)
    }

    /// The document without its version, which must be the type's own.
    pub(super) fn exactly(self, document: &Value) -> Result<Cow<'_, Value>, Unreadable> {
        let Value::Object(object) = document else {
            return match document {
                // serde reads structs from arrays, too, and no checkpoint is one.
                Value::Array(_) => {
                    Err(Unreadable::at(String::new(), "expected object, found array".to_owned()))
                }
                other => Ok(Cow::Borrowed(other)),
            };
        };
        let why = match version_of(object, self.key) {
            Ok(version) if version == self.version => return Ok(without_version(document, self.key)),
            Ok(version) => format!("the document is of version {version}, and the type of {}", self.version),
            Err(found) => format!("expected version {}, found {found}", self.version),
        };
        Err(Unreadable::at(member("", self.key), why))
    }
}
