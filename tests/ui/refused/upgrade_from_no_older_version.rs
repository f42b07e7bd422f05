use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 2, upgrade(from = 1, with = next), upgrade(from = 2, with = next))]
struct GithubCheckpoint {
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", upgrade(from = 1, with = next))]
struct JiraCheckpoint {
    last_issue_key: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version = 2, upgrade(from = 0, with = next), upgrade(from = 1, with = next))]
struct WexAdCheckpoint {
    delta_token: String,
}

fn next(old: Value) -> Result<Value, String> {
    Ok(old)
}

fn main() {}
