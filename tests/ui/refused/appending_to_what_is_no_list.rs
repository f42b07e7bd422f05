// Elements have an order in lists alone.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    labels: BTreeSet<String>,
    tokens: BTreeMap<String, String>,
    authors: Option<Vec<String>>,
    phase: Phase,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum Phase {
    Issues,
    Pulls { number: u64 },
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.last_pr_cursor().push("a");
    github.labels().push("a");
    github.tokens().push("a");
    github.authors().push("a");
    github.phase().push("a");

    github.last_pr_cursor().push_all(["a"]);
    github.labels().push_all(["a"]);
    github.tokens().push_all(["a"]);
    github.authors().push_all(["a"]);
    github.phase().push_all(["a"]);

    github.last_pr_cursor().push_capped("a", 9);
    github.labels().push_capped("a", 9);
    github.tokens().push_capped("a", 9);
    github.authors().push_capped("a", 9);
    github.phase().push_capped("a", 9);

    github.last_pr_cursor().insert_at(0, "a");
    github.labels().insert_at(0, "a");
    github.tokens().insert_at(0, "a");
    github.authors().insert_at(0, "a");
    github.phase().insert_at(0, "a");

    github.last_pr_cursor().pop();
    github.labels().pop();
    github.tokens().pop();
    github.authors().pop();
    github.phase().pop();
}
