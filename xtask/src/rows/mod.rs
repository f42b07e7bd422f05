//! `rows`: the documents of a live table, streamed as the server copies them out, and judged as those of a dump are.

mod args;
#[cfg(feature = "postgres")]
mod pull;
#[cfg(feature = "postgres")]
mod run;

pub(crate) use args::RowsArgs;
#[cfg(feature = "postgres")]
pub(crate) use pull::{Pull, Schema};
#[cfg(feature = "postgres")]
pub(crate) use run::run;

/// What the command says in a program that was built without it.
#[cfg(not(feature = "postgres"))]
pub(crate) fn run(
    _: &checkpoint_schema::registry::Registry,
    _: Option<&std::path::Path>,
    _: &RowsArgs,
    _: (crate::report::Format, crate::report::Verbosity),
) -> Result<std::process::ExitCode, crate::could_not_run::CouldNotRun> {
    Err(crate::could_not_run::CouldNotRun(
        "this program was built without `rows`: give `checkpoint-xtask` the feature in its manifest, \
         `features = [\"postgres\"]`"
            .to_owned(),
    ))
}
