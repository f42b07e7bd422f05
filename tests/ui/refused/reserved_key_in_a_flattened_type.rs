use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    #[serde(flatten)]
    common: Common,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Common {
    total: u64,
    #[serde(flatten)]
    versions: Option<Box<Versions>>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Versions {
    #[serde(alias = "checkpoint_version")]
    version: u32,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version_key = "phase")]
struct JiraCheckpoint {
    #[serde(flatten)]
    phase: Phase,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "phase")]
enum Phase {
    Listing,
    Done,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version_key = "v")]
struct WexAdCheckpoint {
    #[serde(rename = "v")]
    value: String,
    checkpoint_version: u32,
}

fn main() {}
