use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct Cursor(String, #[serde(skip_serializing)] u64, String);

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page(u64, #[serde(skip_serializing_if = "Option::is_none")] Option<u64>, u64);

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    Full(u64, #[serde(skip_serializing_if = "Option::is_none")] Option<u64>),
    Incremental(#[serde(skip_deserializing)] u64, u64),
}

fn main() {}
