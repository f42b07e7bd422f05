//! The tool around checkpoint schemas, as a library: any workspace makes it its own by listing its
//! checkpoints.
//!
//! ```no_run
//! use checkpoint_schema::{Checkpoint, registry};
//! # use serde::{Deserialize, Serialize};
//! # #[derive(Serialize, Deserialize, Checkpoint)]
//! # #[checkpoint(job = "github")]
//! # struct GithubCheckpoint { last_pr_cursor: String }
//!
//! fn main() -> std::process::ExitCode {
//!     checkpoint_xtask::main(&registry![GithubCheckpoint])
//! }
//! ```
//!
//! A worker crate without commands of its own has [`schema_test!`] instead.
//!
//! Exit codes: 0 clean, 1 findings, 2 could not run (bad usage, no schema folder, nothing to check).

mod append;
mod caught;
mod check;
mod cli;
mod could_not_run;
#[cfg(feature = "postgres")]
mod database;
mod drift;
mod explain;
mod export;
mod finding;
mod git;
mod guards;
mod index;
mod input;
mod judge;
mod lock;
mod migrate;
mod pipeline;
mod report;
mod rows;
mod rule;
mod samples;
mod scan;
mod schema_test;
mod workspace;

use std::process::ExitCode;

use checkpoint_schema::registry::Registry;
use clap::Parser;

pub use cli::Command;

/// For [`schema_test!`], the benchmark and the tests of this repository; not part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::drift::{Answer, Told, told};
    pub use crate::pipeline::judge_lines;
    pub use crate::schema_test::schema_test;
    pub use checkpoint_schema::registry;
}

/// Runs the tool on the command line of the process.
pub fn main(registry: &Registry) -> ExitCode {
    cli::Cli::parse().command.run(registry)
}
