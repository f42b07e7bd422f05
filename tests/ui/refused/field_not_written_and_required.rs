use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(skip_serializing)]
    cursor: String,
    #[serde(skip_serializing)]
    #[checkpoint(leaf)]
    pages: std::ops::Range<u32>,
}

fn main() {}
