// An element is of the type that the list holds.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    repositories: Vec<String>,
    pages: Vec<u64>,
    labels: BTreeSet<String>,
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.repositories().push(1);
    github.repositories().push(["a"]);
    github.repositories().push_capped(1, 9);
    github.repositories().insert_at(0, 1);
    github.repositories().push_unique(1);
    github.repositories().remove(1);
    github.labels().push_unique(1);
    github.pages().push(-1_i64);
    github.pages().push(Some(1));

    github.repositories().push_all([1]);
    github.repositories().push_all("a");
    github.repositories().push_all(&["a"]);
    github.pages().push_all([1_u32]);
}
