use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

mod jobs {
    use super::*;

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "github", version = 1)]
    pub struct GithubCheckpoint {
        pub cursor: String,
        page: u64,
    }
}

fn main() {
    let _ = jobs::GithubCheckpoint::fields().page();
}
