use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[checkpoint(leaf)]
    page: Page,
}

#[derive(Serialize, Deserialize)]
struct Page {
    number: u64,
}

fn main() {}
