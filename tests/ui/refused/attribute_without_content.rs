use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint]
struct GithubCheckpoint {
    batch_number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint()]
struct JiraCheckpoint {
    #[checkpoint]
    start_at: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint = "wex_ad"]
struct WexAdCheckpoint {
    delta_token: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint("wex_fabric")]
struct WexFabricCheckpoint {
    workspace_id: String,
}

fn main() {}
