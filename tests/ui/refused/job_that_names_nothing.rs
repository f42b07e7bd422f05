use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "42")]
struct Numbered {
    batch_number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "")]
struct Empty {
    batch_number: u64,
}

fn main() {}
