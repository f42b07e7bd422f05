// Only numbers are compared by `min` and `max`, and of the field alone it is told.

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
    github.last_pr_cursor().min(1);
    github.repositories().min(1);
    github.tokens().min(1);
    github.total().min(1);
    github.recovery_mode().min(1);
    github.page().min(1);
    github.phase().min(1);
    github.started().min(1);

    github.last_pr_cursor().max("b");
    github.repositories().max("b");
    github.tokens().max("b");
    github.total().max("b");
    github.recovery_mode().max("b");
    github.page().max("b");
    github.phase().max("b");
    github.started().max("b");
}
