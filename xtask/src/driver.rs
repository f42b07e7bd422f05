//! The driver of `migrate` and `rows`, which is half as much code as the rest of the tool: built when it is asked for, so
//! that `cargo xtask check` builds without it.

use std::env;
use std::process::{Command, ExitCode};

/// Runs the same command with the driver built in.
pub(crate) fn again_with_it() -> ExitCode {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--package", "checkpoint-xtask", "--features", "postgres", "--"]);
    match command.args(env::args_os().skip(1)).status() {
        // cargo's own 101, and an end by a signal, say that the command could not run.
        Ok(status) => match status.code() {
            Some(0) => ExitCode::SUCCESS,
            Some(1) => ExitCode::from(1),
            _ => ExitCode::from(2),
        },
        Err(error) => {
            eprintln!("error: cargo could not be started: {error}");
            ExitCode::from(2)
        }
    }
}
