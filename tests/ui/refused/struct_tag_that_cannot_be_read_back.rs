use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "kind", deny_unknown_fields)]
struct GithubCheckpoint {
    cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "cursor")]
struct JiraCheckpoint {
    cursor: String,
}

fn main() {}
