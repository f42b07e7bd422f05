use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version_key = "")]
struct GithubCheckpoint {
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version_key = "v\0")]
struct JiraCheckpoint {
    last_issue_key: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(version_key = "v")]
struct Cursors {
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version_key = 2)]
struct WexAdCheckpoint {
    delta_token: String,
}

fn main() {}
