use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(rename_all(serialize = "camelCase"))]
struct GithubCheckpoint {
    last_pr_cursor: String,
    batch_number: u64,
    page: u64,
}

fn main() {}
