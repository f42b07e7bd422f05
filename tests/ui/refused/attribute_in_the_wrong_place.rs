use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(leaf)]
struct Cursor {
    #[checkpoint(job = "github")]
    token: String,
}

fn main() {}
