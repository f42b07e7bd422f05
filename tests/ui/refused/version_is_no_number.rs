use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = "1")]
struct GithubCheckpoint {
    batch_number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version)]
struct JiraCheckpoint {
    start_at: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version = 1.2)]
struct WexAdCheckpoint {
    users_processed: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_fabric", version = 1u64)]
struct WexFabricCheckpoint {
    batch_number: u64,
}

fn main() {}
