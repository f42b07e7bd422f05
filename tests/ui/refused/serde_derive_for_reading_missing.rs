use checkpoint_schema::Checkpoint;
use serde::Serialize;

#[derive(Serialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    cursor: String,
}

fn main() {}
