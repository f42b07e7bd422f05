use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "WEX AD", version = 1)]
struct WexAdCheckpoint {
    delta_token: String,
}

fn main() {}
