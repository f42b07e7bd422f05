use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

use std::collections::{BTreeMap, HashMap};

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(flatten)]
    counters: BTreeMap<String, serde_json::Value>,
    #[serde(flatten)]
    rest: HashMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct JiraCheckpoint {
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
    #[serde(flatten)]
    page: Page,
}

fn main() {}
