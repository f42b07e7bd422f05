// Lists and sets have elements.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    tokens: BTreeMap<String, String>,
    authors: Option<Vec<String>>,
    batch_number: u32,
    phase: Phase,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum Phase {
    Issues,
    Pulls { number: u64 },
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.last_pr_cursor().push_unique("a");
    github.tokens().push_unique("a");
    github.authors().push_unique("a");
    github.batch_number().push_unique("a");
    github.phase().push_unique("a");

    github.last_pr_cursor().remove("a");
    github.tokens().remove("a");
    github.authors().remove("a");
    github.batch_number().remove("a");
    github.phase().remove("a");
}
