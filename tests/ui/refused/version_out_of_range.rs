use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 0)]
struct Zero {
    batch_number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 4294967296)]
struct TooBig {
    batch_number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version = -1)]
struct Negative {
    batch_number: u64,
}

fn main() {}
