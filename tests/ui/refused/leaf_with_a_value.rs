use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[checkpoint(leaf = true)]
    pages: std::ops::Range<u32>,
    #[checkpoint(leaf("string"))]
    more_pages: std::ops::Range<u32>,
}

fn main() {}
