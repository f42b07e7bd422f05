use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 2)]
struct GithubCheckpoint {
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 3, upgrade(from = 1, with = next))]
struct JiraCheckpoint {
    last_issue_key: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version = 9, upgrade(from = 3, with = next))]
struct WexAdCheckpoint {
    delta_token: String,
}

fn next(old: Value) -> Result<Value, String> {
    Ok(old)
}

fn main() {}
