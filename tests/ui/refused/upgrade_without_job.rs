use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(upgrade(from = 1, with = next))]
struct Cursors {
    last_pr_cursor: String,
}

fn next(old: Value) -> Result<Value, String> {
    Ok(old)
}

fn main() {}
