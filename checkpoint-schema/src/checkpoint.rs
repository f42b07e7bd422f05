//! The root of a stored document.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::field::{Field, FieldError, Path, Root};
use crate::registry::Descriptor;
use crate::stored::{self, Upgrade};

/// A struct that is stored as the whole checkpoint document of a job.
///
/// `#[derive(Checkpoint)]` implements it where `#[checkpoint(job = "…")]` is given; without `job` the
/// derive makes a type that can be part of a checkpoint.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the checkpoint of a job",
    label = "not a job's checkpoint",
    note = "derive `Checkpoint` for it and name its job: `#[checkpoint(job = \"…\", version = 1)]`"
)]
pub trait Checkpoint: Field + Document {
    /// The job's name in its normal form: lower case, words joined by `_`.
    const JOB: &'static str;

    /// The version of the document's layout, from 1. It grows when a change breaks what is stored.
    const VERSION: u32;

    /// The reserved key of the document under which the version is stored, from version 2 on. A document
    /// without it is of version 1.
    const VERSION_KEY: &'static str = "checkpoint_version";

    /// The upgrade chain: a step from each older version to the next, as the derive's `upgrade` names them.
    const UPGRADES: &'static [Upgrade] = &[];

    /// The handle of the whole document, with an accessor for each field.
    fn fields() -> Self::Handle<Self, Root> {
        Self::handle(Path::root())
    }

    /// The whole document as it is stored: what serde writes, and from version 2 on the version, under
    /// [`VERSION_KEY`](Checkpoint::VERSION_KEY). [`Stored::read`](crate::Stored::read) reads it back.
    ///
    /// # Errors
    ///
    /// [`Reason::Unwritable`](crate::field::Reason::Unwritable) for what serde refuses to write or PostgreSQL
    /// does not store (NaN and the infinities, U+0000, more than 127 levels), and if the type itself writes
    /// the reserved key, by a map that is flattened into it.
    fn to_document(&self) -> Result<Value, FieldError> {
        stored::to_document(self)
    }

    /// For `registry!`, which names the trait only once in this way, and so reports a missing impl once.
    #[doc(hidden)]
    fn __descriptor() -> Descriptor {
        Descriptor::of::<Self>()
    }
}

/// What is stored by itself: serde writes and reads it, schemars describes it. Every such type is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written and read as a document",
    label = "lacks `Serialize`, `Deserialize` or `JsonSchema`",
    note = "derive serde's two traits beside `Checkpoint`: `#[derive(Serialize, Deserialize, Checkpoint)]`"
)]
pub trait Document: Serialize + DeserializeOwned + JsonSchema + 'static {}

// One message for a missing derive, and it is ours.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + JsonSchema + 'static> Document for T {}
