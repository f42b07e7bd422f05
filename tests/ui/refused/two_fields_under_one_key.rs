use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    cursor: String,
    #[serde(rename = "cursor")]
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    Incremental {
        token: String,
        #[serde(rename = "token")]
        delta_token: String,
    },
}

fn main() {}
