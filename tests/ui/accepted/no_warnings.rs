//! Accessors that nobody uses, deprecated fields and odd names do not warn.

#![deny(warnings, missing_docs)]

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
struct GithubCheckpoint {
    cursor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<Page>,
    #[deprecated]
    started: Option<u64>,
}

/// Public, as its accessors are.
#[derive(Serialize, Deserialize, Checkpoint)]
pub struct Page {
    /// Counted from 1.
    pub number: u64,
    size: u64,
}

fn main() {
    let _ = GithubCheckpoint::fields().cursor();
}
