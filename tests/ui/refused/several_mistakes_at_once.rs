use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(jobs = "github", version = 1)]
struct GithubCheckpoint {
    #[serde(rename(serialize = "cursor", deserialize = "pr_cursor"))]
    last_pr_cursor: String,
    #[serde(skip_serializing_if = "is_first")]
    batch_number: u64,
    #[checkpoint(lef)]
    pages: std::ops::Range<u32>,
    #[serde(defalt)]
    recovery_mode: bool,
}

fn is_first(batch: &u64) -> bool {
    *batch == 1
}

fn main() {}
