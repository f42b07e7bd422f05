use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(version = 2)]
struct Cursor {
    token: String,
}

fn main() {}
