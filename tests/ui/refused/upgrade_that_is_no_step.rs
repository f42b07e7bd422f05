use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 2, upgrade = next)]
struct GithubCheckpoint {
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 4, upgrade(from = 1), upgrade(with = next), upgrade(1, next))]
struct JiraCheckpoint {
    last_issue_key: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version = 3, upgrade(from = 1, with = "next"), upgrade(from = 2, to = 3, with = next))]
struct WexAdCheckpoint {
    delta_token: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_fabric", version = 2, upgrade(from = 1, from = 1, with = next), upgrade(from = 1 with = next), upgrade)]
struct WexFabricCheckpoint {
    workspace_id: String,
}

fn next(old: Value) -> Result<Value, String> {
    Ok(old)
}

fn main() {}
