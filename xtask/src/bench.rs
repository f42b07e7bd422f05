//! `cargo xtask bench`: what checking stored documents costs, beside other tools in the same run.

use std::process::{Command, ExitCode};

use crate::packages::{NODE, NPM, PYTHON, Packages};
use crate::postgres;
use crate::test::cargo;

/// Measure `samples` and `rows` against other validators, which npm, PyPI and crates.io bring once, pinned
///
/// Prints ratios of processor time in one process and of whole commands, the most memory on a large dump, and the
/// wall time of `rows` against a bare `COPY`. `CHECKPOINT_CASES` is the number of documents of each job [default:
/// 100000], `CHECKPOINT_MIB` the size of the dump [default: 2048].
///
/// Exit codes: 0 done, 2 could not run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these parts [default: all of them].
    #[arg(value_name = "PART", value_parser = ["process", "commands", "memory", "rows"])]
    parts: Vec<String>,
    /// Only our own figures: nothing is installed.
    #[arg(long)]
    without_peers: bool,
}

/// The version of the peer that crates.io has.
const JSONSCHEMA_CLI: &str = "0.60.2";

pub(crate) fn run(args: &Args) -> ExitCode {
    match bench(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn bench(args: &Args) -> Result<(), String> {
    let mut command = Command::new(cargo());
    command.args(["bench", "--locked", "--package", "checkpoint-tests", "--features", "postgres"]);
    command.args(["--bench", "samples", "--"]).args(&args.parts);
    if !args.without_peers {
        command.env("CHECKPOINT_BENCH", peers()?.dir());
    }
    if let Some(dir) = postgres::install()? {
        command.env("CHECKPOINT_POSTGRES", dir);
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("the benchmark did not come to its end".to_owned()),
        Err(error) => Err(format!("cargo could not be started: {error}")),
    }
}

/// Installs the peers under `target/bench`, unless they are there.
fn peers() -> Result<Packages, String> {
    let packages = Packages::of("bench")?;
    packages.need(&[NODE, NPM, PYTHON])?;
    packages.once(&["package.json", "package-lock.json", "requirements.txt"], || {
        packages.npm()?;
        packages.run("python3", &["-m", "venv", "--clear", "venv"])?;
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"];
        let requirements = packages.pinned("requirements.txt");
        packages.run("venv/bin/python", &[&pip[..], &[&requirements.to_string_lossy()]].concat())?;
        let install = ["install", "jsonschema-cli", "--version", JSONSCHEMA_CLI, "--locked", "--root", "."];
        packages.run(&cargo().to_string_lossy(), &install)
    })?;
    Ok(packages)
}
