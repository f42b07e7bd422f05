use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
union GithubCheckpoint {
    cursor: u64,
    page: u32,
}

fn main() {}
