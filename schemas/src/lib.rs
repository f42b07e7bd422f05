//! The checkpoints of the four ETL jobs: the Rust structs that the schemas in this folder are made from.

mod github;
mod jira;
mod wex_ad;
mod wex_fabric;

pub use github::GithubCheckpoint;
pub use jira::JiraCheckpoint;
pub use wex_ad::{SyncType, WexAdCheckpoint};
pub use wex_fabric::WexFabricCheckpoint;

use checkpoint_schema::registry;
use checkpoint_schema::registry::Registry;

/// Every checkpoint of this repository.
pub fn registry() -> Registry {
    registry![GithubCheckpoint, JiraCheckpoint, WexAdCheckpoint, WexFabricCheckpoint]
}

/// Batches count from 1: a checkpoint without a batch number is in its first.
fn first_batch() -> u64 {
    1
}
