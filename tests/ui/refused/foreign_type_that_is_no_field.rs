use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
struct GithubCheckpoint {
    cursor: String,
    pages: std::ops::Range<u32>,
}

fn main() {
    let _ = GithubCheckpoint::fields().cursor();
}
