use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    Full,
    #[serde(skip_deserializing)]
    Incremental,
}

fn main() {}
