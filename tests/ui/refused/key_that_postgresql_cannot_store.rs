use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(rename = "cursor\0")]
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "ki\0nd")]
enum SyncType {
    #[serde(rename = "\0")]
    Full,
    Incremental {
        #[serde(rename = "delta\0")]
        delta_token: String,
    },
}

fn main() {}
