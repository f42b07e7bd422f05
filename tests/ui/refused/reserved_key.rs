use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    checkpoint_version: u32,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 1)]
struct JiraCheckpoint {
    #[serde(alias = "checkpoint_version")]
    version: u32,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version = 1)]
#[serde(tag = "checkpoint_version")]
enum WexAdCheckpoint {
    Full { users_processed: u64 },
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_fabric", version = 1)]
#[serde(tag = "sync_type")]
enum WexFabricCheckpoint {
    Full {
        #[serde(rename = "checkpoint_version")]
        version: u64,
    },
}

fn main() {}
