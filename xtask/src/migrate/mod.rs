//! `migrate`: brings stored rows to the newest version of their layout, while workers go on.
//!
//! Rows are read in batches by key, without a lock, computed here by the type's own upgrade chain, and written
//! where they still hold the text that was read. What has been done stands in the table alone: a row of the
//! newest version is not read again, so the command may be ended at any point, and run again.

mod args;
#[cfg(feature = "postgres")]
mod report;
#[cfg(feature = "postgres")]
mod row;
#[cfg(feature = "postgres")]
mod run;
#[cfg(feature = "postgres")]
mod server;

pub(crate) use args::{MigrateArgs, Table};
#[cfg(feature = "postgres")]
pub(crate) use run::run;

/// What the command says in a program that was built without it.
#[cfg(not(feature = "postgres"))]
pub(crate) fn run(
    _: &checkpoint_schema::registry::Registry,
    _: &MigrateArgs,
) -> Result<std::process::ExitCode, crate::could_not_run::CouldNotRun> {
    Err(crate::could_not_run::CouldNotRun(
        "this program was built without `migrate`: give `checkpoint-xtask` the feature in its manifest, \
         `features = [\"postgres\"]`"
            .to_owned(),
    ))
}
