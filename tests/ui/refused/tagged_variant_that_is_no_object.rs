use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "sync_type")]
enum SyncType {
    Full(u64),
    Incremental(Option<Page>),
    Pages((u64, u64)),
    Boxed(Box<String>),
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

fn main() {}
