use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github" version = 1)]
struct GithubCheckpoint {
    batch_number: u64,
}

fn main() {}
