use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "checkpoint schema")]
struct Cursor {
    token: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = checkpoint_schema)]
struct Page {
    number: u64,
}

fn main() {}
