//! `cargo xtask test`: the one test command of the README.

use std::env;
use std::process::{Command, ExitCode};

/// Run every test of the workspace: unit, integration, compile-fail and documentation tests.
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
    match command.args(&args.cargo_args).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: cargo could not be started: {error}");
            ExitCode::from(2)
        }
    }
}
