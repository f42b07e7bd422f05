use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

use std::collections::{BTreeMap, HashMap};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    cursors: BTreeMap<(String, u64), String>,
    pages: Option<Vec<HashMap<Vec<u8>, u64>>>,
}

fn main() {}
