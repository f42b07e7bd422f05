use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
struct GithubCheckpoint {
    #[serde(default = "first_batch")]
    batch_number: u64,
}

fn main() {
    let _ = GithubCheckpoint::fields().batch_number();
}
