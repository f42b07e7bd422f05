use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(deny_unknown_fields)]
struct GithubCheckpoint {
    cursor: String,
    #[serde(skip_deserializing)]
    started: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(deny_unknown_fields)]
enum SyncType {
    Full {
        #[serde(skip_deserializing)]
        started: u64,
    },
}

fn main() {}
