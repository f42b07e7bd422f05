use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    cursor: String,
    cursors: std::collections::BTreeMap<String, String>,
    repositories: Vec<String>,
    page: Option<u64>,
    #[serde(skip)]
    started: u64,
    #[serde(flatten)]
    counters: Counters,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Counters {
    total: u64,
}

fn main() {
    let _ = GithubCheckpoint::fields().page().key("number");
}
