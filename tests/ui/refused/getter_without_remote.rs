use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct Cursor {
    #[serde(getter = "Cursor::token")]
    token: String,
}

fn main() {}
