use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(jbo = "github")]
struct GithubCheckpoint {
    #[checkpoint(lef)]
    pages: std::ops::Range<u32>,
}

fn main() {}
