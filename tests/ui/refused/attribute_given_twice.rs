use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", job = "git_hub")]
#[checkpoint(version = 1)]
#[checkpoint(version = 1)]
struct GithubCheckpoint {
    #[checkpoint(leaf, leaf)]
    pages: std::ops::Range<u32>,
}

fn main() {}
