use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repositories_processed: Vec<String>,
    #[serde(skip_serializing_if = "is_first")]
    page: Page,
    #[serde(skip_serializing_if = "std::ops::Range::is_empty")]
    #[checkpoint(leaf)]
    pages: std::ops::Range<u32>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    Incremental {
        #[serde(skip_serializing_if = "String::is_empty")]
        delta_token: String,
    },
}

fn is_first(page: &Page) -> bool {
    page.number == 1
}

fn main() {}
