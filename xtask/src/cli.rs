//! The command line: what can be asked, and the exit code of the answer.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use checkpoint_schema::registry::Registry;
use clap::{Args, Parser, Subcommand};

use crate::{check, export, report};

/// Exports checkpoint schemas and checks stored samples against them.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands of the tool. A workspace with commands of its own flattens them into its own enum.
#[derive(Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Write the schema of every registered checkpoint, and the index of all.
    Export(ExportArgs),
    /// Check that the exported schemas are current, and every sample against its schema and its Rust type.
    ///
    /// Samples stand in `samples/<job>-v<N>/valid/*.json` and `samples/<job>-v<N>/invalid/*.json` below the
    /// schema folder. Beside each invalid sample, `<name>.expect` lists the findings that it must give, one
    /// `rule pointer` a line.
    ///
    /// Exit codes: 0 clean, 1 findings, 2 could not run or nothing to check.
    Check(CheckArgs),
}

/// Arguments of `export`.
#[derive(Args)]
pub struct ExportArgs {
    /// Write nothing: show what would change, and fail if anything would.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    folder: Folder,
}

/// Arguments of `check`.
#[derive(Args)]
pub struct CheckArgs {
    #[command(flatten)]
    folder: Folder,
}

/// Where the schemas are.
#[derive(Args)]
struct Folder {
    /// The folder of the exported schemas [default: `schemas` in the root of the cargo workspace].
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

/// Why the tool could not do its work.
#[derive(Debug)]
pub(crate) struct CouldNotRun(pub(crate) String);

impl fmt::Display for CouldNotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Command {
    /// Runs the command on the checkpoints of `registry`.
    pub fn run(self, registry: &Registry) -> ExitCode {
        let outcome = match self {
            Command::Export(args) => args.folder.find().and_then(|dir| match args.check {
                true => export::check(registry, &dir),
                false => export::write(registry, &dir),
            }),
            Command::Check(args) => args.folder.find().and_then(|dir| check::run(registry, &dir)),
        };
        match outcome {
            Ok(report) => report::text::print(&report),
            Err(error) => {
                report::text::print_error(&error);
                ExitCode::from(2)
            }
        }
    }
}

impl Folder {
    fn find(&self) -> Result<PathBuf, CouldNotRun> {
        match &self.schemas {
            Some(dir) => Ok(dir.clone()),
            None => Ok(shorten(workspace_root()?.join("schemas"))),
        }
    }
}

/// cargo decides what the root is, as for every other command.
fn workspace_root() -> Result<PathBuf, CouldNotRun> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let located = std::process::Command::new(cargo)
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .output()
        .map_err(|error| CouldNotRun(format!("cargo could not be started to find the workspace: {error}")))?;
    let manifest = String::from_utf8_lossy(&located.stdout);
    match Path::new(manifest.trim_end()).parent() {
        Some(root) if located.status.success() => Ok(root.to_owned()),
        _ => Err(CouldNotRun(
            "this is no cargo workspace: run the command inside one, or name the folder with `--schemas DIR`"
                .to_owned(),
        )),
    }
}

/// Relative to the current folder where it lies below, since findings print paths.
fn shorten(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path)
}
