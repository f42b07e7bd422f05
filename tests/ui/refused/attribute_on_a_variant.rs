use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    #[checkpoint(leaf)]
    Full,
    Incremental {
        #[checkpoint(leaf)]
        pages: std::ops::Range<u32>,
    },
}

fn main() {}
