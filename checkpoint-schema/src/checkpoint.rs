//! The root of a stored document.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::field::{Field, Path, Root};

/// A struct that is stored as the whole checkpoint document of a job.
///
/// `#[derive(Checkpoint)]` implements it where `#[checkpoint(job = "…")]` is given; without `job` the
/// derive makes a type that can be part of a checkpoint.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the checkpoint of a job",
    label = "not a job's checkpoint",
    note = "derive `Checkpoint` for it and name its job: `#[checkpoint(job = \"…\", version = 1)]`"
)]
pub trait Checkpoint: Field + Serialize + DeserializeOwned + JsonSchema + 'static {
    /// The job's name in its normal form: lower case, words joined by `_`.
    const JOB: &'static str;

    /// The version of the document's layout, from 1. It grows when a change breaks what is stored.
    const VERSION: u32;

    /// The handle of the whole document, with an accessor for each field.
    fn fields() -> Self::Handle<Self, Root> {
        Self::handle(Path::root())
    }
}
