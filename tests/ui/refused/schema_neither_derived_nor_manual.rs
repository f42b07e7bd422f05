use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(schema = "handwritten")]
struct Cursor {
    token: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(schema)]
struct Page {
    number: u64,
}

fn main() {}
