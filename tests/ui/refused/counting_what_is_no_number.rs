// Only numbers are counted up and multiplied; the inside of an `Option` may be one.

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    repositories: Vec<String>,
    tokens: BTreeMap<String, String>,
    total: Option<u32>,
    recovery_mode: bool,
    page: Page,
    phase: Phase,
    started: Timestamp,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum Phase {
    Issues,
    Pulls { number: u64 },
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.last_pr_cursor().increment(1);
    github.repositories().increment(1);
    github.tokens().increment(1);
    github.total().increment(1);
    github.recovery_mode().increment(1);
    github.page().increment(1);
    github.phase().increment(1);
    github.started().increment(1);

    github.last_pr_cursor().multiply(2);
    github.repositories().multiply(2);
    github.tokens().multiply(2);
    github.total().multiply(2);
    github.recovery_mode().multiply(2);
    github.page().multiply(2);
    github.phase().multiply(2);
    github.started().multiply(2);
}
