use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
struct OtherGithubCheckpoint {
    cursor: String,
}

fn main() {
    let _ = checkpoint_schema::registry![GithubCheckpoint, OtherGithubCheckpoint];
}
