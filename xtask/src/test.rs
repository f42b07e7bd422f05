//! `cargo xtask test`: the one test command of the README.

use std::env;
use std::process::{Command, ExitCode};

use crate::interop;

/// Run every test of the workspace: unit, integration, compile-fail, documentation and interop tests
///
/// The interop tests need Node and Python, and take packages from npm and PyPI the first time. `cargo test
/// --workspace` runs all the others, offline.
///
/// Exit codes: 0 passed, 1 a test failed, 2 could not run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Handed on to `cargo test`, such as `-p checkpoint-tests --test mirror`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_args: Vec<String>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--locked"]);
    if args.cargo_args.is_empty() {
        command.args(["--workspace", "--all-features"]);
    }
    let is_named = args.cargo_args.iter().any(|arg| arg == "interop");
    if is_named {
        command.args(["--features", "checkpoint-tests/interop"]);
    }
    if args.cargo_args.is_empty() || is_named {
        match interop::install() {
            Ok(dir) => command.env("CHECKPOINT_INTEROP", dir),
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::from(2);
            }
        };
    }
    match command.args(&args.cargo_args).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: cargo could not be started: {error}");
            ExitCode::from(2)
        }
    }
}
