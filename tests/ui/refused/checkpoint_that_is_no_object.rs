use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "unit")]
struct Unit;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "newtype")]
struct Newtype(String);

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "tuple")]
struct Tuple(String, u64);

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "transparent")]
#[serde(transparent)]
struct Transparent {
    cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "external")]
enum External {
    Full,
    Incremental { delta_token: String },
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "untagged")]
#[serde(untagged)]
enum Untagged {
    Full { users_processed: u64 },
    Incremental { delta_token: String },
}

fn main() {}
