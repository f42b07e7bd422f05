use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(table = "etl_jobs")]
struct GithubCheckpoint {
    #[checkpoint(index)]
    batch_number: u64,
    #[checkpoint(serde::leaf)]
    page: u64,
}

fn main() {}
