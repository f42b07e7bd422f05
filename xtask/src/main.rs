//! `cargo xtask`: the tool with this workspace's checkpoints, and this workspace's own test command.

mod bench;
mod demo;
#[cfg(not(feature = "postgres"))]
mod driver;
mod interop;
mod packages;
mod postgres;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The schemas of this repository's checkpoints, and its tests.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Checkpoint(checkpoint_xtask::Command),
    Test(test::Args),
    Bench(bench::Args),
    Demo(demo::Args),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        #[cfg(not(feature = "postgres"))]
        Command::Checkpoint(checkpoint_xtask::Command::Migrate(_) | checkpoint_xtask::Command::Rows(_)) => {
            driver::again_with_it()
        }
        #[cfg(not(feature = "postgres"))]
        Command::Checkpoint(checkpoint_xtask::Command::Diff(args)) if args.asks_a_database() => {
            driver::again_with_it()
        }
        Command::Checkpoint(command) => command.run(&checkpoint_schemas::registry()),
        Command::Test(args) => test::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Demo(args) => demo::run(&args),
    }
}
