use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 2, upgrade(from = 1, with = next), upgrade(from = 1, with = next))]
struct GithubCheckpoint {
    last_pr_cursor: String,
}

fn next(old: Value) -> Result<Value, String> {
    Ok(old)
}

fn main() {}
