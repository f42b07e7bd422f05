use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct Cursor {
    token: String,
}

fn main() {
    let _ = checkpoint_schema::registry![Cursor, u64];
}
