use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    cursor: String,
    #[serde(alias = "cursor")]
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct JiraCheckpoint {
    #[serde(alias = "page")]
    start_at: u64,
    #[serde(alias = "page", alias = "size")]
    max_results: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    Full,
    #[serde(alias = "Full")]
    Complete,
}

fn main() {}
