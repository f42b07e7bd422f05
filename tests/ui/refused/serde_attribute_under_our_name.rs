use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[checkpoint(default)]
    batch_number: u64,
    #[checkpoint(rename = "cursor")]
    last_pr_cursor: String,
}

fn main() {}
