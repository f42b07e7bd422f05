//! `rows`: the documents of a live table, streamed as the server copies them out, and judged as those of a dump are.

mod args;
#[cfg(feature = "postgres")]
mod pull;
#[cfg(feature = "postgres")]
mod run;
#[cfg(feature = "postgres")]
mod table;

pub(crate) use args::{RowsArgs, Which};
#[cfg(feature = "postgres")]
pub(crate) use pull::{Pull, Schema};
#[cfg(feature = "postgres")]
pub(crate) use run::run;
#[cfg(feature = "postgres")]
pub(crate) use table::Rows;

/// What the command says in a program that was built without it.
#[cfg(not(feature = "postgres"))]
pub(crate) fn run(
    _: &checkpoint_schema::registry::Registry,
    _: Option<&std::path::Path>,
    _: &RowsArgs,
    _: (crate::report::Format, crate::report::Verbosity),
) -> Result<std::process::ExitCode, crate::could_not_run::CouldNotRun> {
    Err(not_built("rows"))
}

#[cfg(not(feature = "postgres"))]
pub(crate) fn not_built(command: &str) -> crate::could_not_run::CouldNotRun {
    crate::could_not_run::CouldNotRun(format!(
        "this program was built without `{command}`: give `checkpoint-xtask` the feature in its manifest, \
         `features = [\"postgres\"]`"
    ))
}
