use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    #[serde(rename(serialize = "all"))]
    Full,
    Incremental {
        #[serde(rename(deserialize = "delta"))]
        delta_token: String,
    },
}

fn main() {}
