use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(rename_all = "lowercase")]
enum SyncType {
    Full,
    #[serde(rename = "full")]
    Complete,
}

fn main() {}
