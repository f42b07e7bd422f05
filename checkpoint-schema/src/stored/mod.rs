//! What a row holds: nothing, a document of the type's own version, or one of an older version, which the
//! type's upgrade chain brings up to date. Everything else is an error: nothing that is stored is ever taken
//! for a fresh start.

mod chain;
mod error;
#[cfg(feature = "validate")]
mod validate;
mod version;
mod write;

use serde_json::Value;

use crate::Checkpoint;
use crate::registry::Unreadable;
pub(crate) use chain::Chain;
pub use chain::Upgrade;
#[doc(hidden)]
pub use chain::{StepFault, UpgradeStep, step};
pub use error::{ReadError, Reason};
#[cfg(feature = "validate")]
pub use validate::Finding;
#[cfg(feature = "validate")]
pub(crate) use validate::validate;
pub(crate) use version::{of as version_of, without as without_version};
pub(crate) use write::{marked, to_document, with_version};

/// What was read from a row.
///
/// ```
/// use std::convert::Infallible;
///
/// use checkpoint_schema::{Checkpoint, Stored};
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
/// #[checkpoint(job = "github", version = 2, upgrade(from = 1, with = cursors_by_entity))]
/// struct GithubCheckpoint {
///     pr_cursor: String,
///     commit_cursor: Option<String>,
/// }
///
/// /// As version 1 was stored.
/// #[derive(Deserialize)]
/// struct GithubV1 {
///     cursor: String,
/// }
///
/// fn cursors_by_entity(old: GithubV1) -> Result<GithubCheckpoint, Infallible> {
///     Ok(GithubCheckpoint { pr_cursor: old.cursor, commit_cursor: None })
/// }
///
/// let stored = Stored::<GithubCheckpoint>::read(Some(&json!({"cursor": "Y3Vyc29y"})))?;
/// assert_eq!(stored.upgraded_from(), Some(1));
/// assert_eq!(stored.document().map(|it| it.pr_cursor.as_str()), Some("Y3Vyc29y"));
///
/// assert!(Stored::<GithubCheckpoint>::read(None)?.is_absent());
///
/// let newer = Stored::<GithubCheckpoint>::read(Some(&json!({"checkpoint_version": 9})));
/// assert_eq!(
///     newer.unwrap_err().to_string(),
///     "the document of the job `github` is of version 9, and this program reads it up to version 2: run the \
///      program that wrote it, or a newer one; nothing has been changed"
/// );
/// # Ok::<(), checkpoint_schema::ReadError>(())
/// ```
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stored<C> {
    /// Nothing: SQL NULL, or a JSON `null`. The job starts from the beginning.
    Absent,
    /// A document of the type's own version.
    Current(C),
    /// A document of an older version, as the upgrade chain makes it. The row still holds the old one.
    Upgraded {
        /// The document in the layout of the type.
        document: C,
        /// The version that is stored.
        from: u32,
    },
}

impl<C> Stored<C> {
    /// Is nothing stored?
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The version that is stored, if it is older than the type's.
    pub fn upgraded_from(&self) -> Option<u32> {
        match self {
            Self::Upgraded { from, .. } => Some(*from),
            Self::Absent | Self::Current(_) => None,
        }
    }

    /// The document, if there is one.
    pub fn document(&self) -> Option<&C> {
        match self {
            Self::Current(document) | Self::Upgraded { document, .. } => Some(document),
            Self::Absent => None,
        }
    }

    /// The document itself, if there is one.
    pub fn into_option(self) -> Option<C> {
        match self {
            Self::Current(document) | Self::Upgraded { document, .. } => Some(document),
            Self::Absent => None,
        }
    }

    /// The document, if there is one, made into something else.
    pub fn map<D>(self, make: impl FnOnce(C) -> D) -> Stored<D> {
        match self {
            Self::Absent => Stored::Absent,
            Self::Current(document) => Stored::Current(make(document)),
            Self::Upgraded { document, from } => Stored::Upgraded { document: make(document), from },
        }
    }
}

impl<C> From<Stored<C>> for Option<C> {
    fn from(stored: Stored<C>) -> Self {
        stored.into_option()
    }
}

impl<C: Checkpoint> Stored<C> {
    /// Reads what a row holds; `None` is SQL NULL.
    ///
    /// The version stands under [`Checkpoint::VERSION_KEY`]; a document without it is of version 1. Neither
    /// serde nor a step of the chain sees the key, so that `deny_unknown_fields` works. An older document
    /// goes through every step from its version on, in order, and then through serde.
    ///
    /// # Errors
    ///
    /// Whatever cannot be read, with the place and the [reason](Reason); the row is untouched.
    pub fn read(document: Option<&Value>) -> Result<Self, ReadError> {
        let chain = Chain::of::<C>();
        match chain.run(document)? {
            Stored::Absent => Ok(Stored::Absent),
            Stored::Current(bare) => match decode(&bare) {
                Ok(document) => Ok(Stored::Current(document)),
                Err(error) => Err(chain.refused(true, &error)),
            },
            Stored::Upgraded { document: bare, from } => match decode(&bare) {
                Ok(document) => Ok(Stored::Upgraded { document, from }),
                Err(error) => Err(chain.refused(false, &error)),
            },
        }
    }

    /// Reads the JSON text of what a row holds, as drivers give a column that is cast to `text`; `None` is SQL
    /// NULL. Of a key that stands twice the last counts, as for `jsonb`.
    ///
    /// # Errors
    ///
    /// As [`read`](Stored::read); and [`Reason::NotJson`] for a text that is none, the empty one included.
    pub fn read_text(document: Option<&str>) -> Result<Self, ReadError> {
        let Some(text) = document else { return Ok(Stored::Absent) };
        match serde_json::from_str::<Value>(text) {
            Ok(document) => Self::read(Some(&document)),
            Err(error) => Err(Chain::of::<C>().error(Reason::NotJson(error.to_string()))),
        }
    }
}

/// serde's word on a document without its version.
pub(crate) fn decode<C: Checkpoint>(bare: &Value) -> Result<C, Unreadable> {
    // To follow the place costs as much as to read: it is asked for where there is one to tell.
    C::deserialize(bare)
        .or_else(|_| serde_path_to_error::deserialize(bare).map_err(|error| Unreadable::new(&error)))
}

/// The type-erased form of [`Stored::read`]: the document stays JSON.
pub(crate) fn upgrade<C: Checkpoint>(document: Option<&Value>) -> Result<Stored<Value>, ReadError> {
    let chain = Chain::of::<C>();
    match chain.run(document)? {
        Stored::Absent => Ok(Stored::Absent),
        Stored::Current(bare) => match decode::<C>(&bare) {
            Ok(_) => Ok(document.map_or(Stored::Absent, |document| Stored::Current(document.clone()))),
            Err(error) => Err(chain.refused(true, &error)),
        },
        Stored::Upgraded { document: bare, from } => match decode::<C>(&bare) {
            Ok(_) => Ok(Stored::Upgraded { document: chain.marked(bare.into_owned()), from }),
            Err(error) => Err(chain.refused(false, &error)),
        },
    }
}

/// Does serde read `document` as exactly this type's version?
pub(crate) fn read_exactly<C: Checkpoint>(document: &Value) -> Result<(), Unreadable> {
    let bare = Chain::of::<C>().exactly(document)?;
    decode::<C>(&bare).map(drop)
}

/// Why serde does not read `document` as exactly this type's version, without the place.
pub(crate) fn reason<C: Checkpoint>(document: &Value) -> Option<String> {
    match Chain::of::<C>().exactly(document) {
        Ok(bare) => C::deserialize(&*bare).err().map(|error| error.to_string()),
        Err(error) => Some(error.reason().to_owned()),
    }
}

/// What serde writes of a document of exactly this version.
pub(crate) fn rewrite<C: Checkpoint>(document: &Value) -> Result<Value, Unreadable> {
    let bare = Chain::of::<C>().exactly(document)?;
    let read = decode::<C>(&bare)?;
    write::to_document(&read).map_err(|error| Unreadable::at(String::new(), error.to_string()))
}
