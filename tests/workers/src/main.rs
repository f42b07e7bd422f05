//! The example workers: `worker github --database-url URL --api URL`.

use std::process::ExitCode;

use checkpoint_workers::settings::{Settings, Stop, keep};
use checkpoint_workers::{github, jira, wex_ad, wex_fabric};
use clap::Parser;

/// A worker that goes on from its checkpoint, whenever it is started
///
/// Exit codes: 0 it is done, 1 it failed, 2 it was called in a wrong way, 3 another worker has the row, 4 a newer
/// program has upgraded the checkpoint.
#[derive(Parser)]
enum Worker {
    /// Pull requests and what hangs on them
    Github(Settings),
    /// Issues that were updated since the last run
    Jira(Settings),
    /// Users and groups of a directory, and then what has changed
    WexAd(Settings),
    /// Records of datasets, to an archive
    WexFabric(Settings),
}

fn main() -> ExitCode {
    match Worker::parse() {
        Worker::Github(settings) => keep(&settings, || asynchronous(github::run(&settings))),
        Worker::Jira(settings) => keep(&settings, || asynchronous(jira::run(&settings))),
        Worker::WexAd(settings) => keep(&settings, || wex_ad::run(&settings)),
        Worker::WexFabric(settings) => keep(&settings, || wex_fabric::run(&settings)),
    }
}

fn asynchronous(run: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Stop::Failed(error.into()))?.block_on(run)
}
