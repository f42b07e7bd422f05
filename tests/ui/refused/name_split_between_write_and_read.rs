use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(rename(serialize = "cursor", deserialize = "pr_cursor"))]
    last_pr_cursor: String,
    #[serde(rename(deserialize = "batch"))]
    batch_number: u64,
}

fn main() {}
