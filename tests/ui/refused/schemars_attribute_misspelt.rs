use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
struct GithubCheckpoint {
    #[schemars(rnage(min = 1))]
    page: u64,
}

fn main() {
    let _ = GithubCheckpoint::fields().page();
}
