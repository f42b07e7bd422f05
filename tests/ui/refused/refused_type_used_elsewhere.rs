use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", versoin = 1)]
struct GithubCheckpoint {
    #[serde(rename(serialize = "cursor"))]
    last_pr_cursor: String,
    page: Page,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    #[serde(skip_serializing)]
    total: u64,
    number: u64,
}

fn main() {
    let _ = GithubCheckpoint::fields().page().number();
    let _ = GithubCheckpoint::fields().last_pr_cursor();
    let _ = checkpoint_schema::registry![GithubCheckpoint];
    let _ = checkpoint_schema::schema::document::<GithubCheckpoint>(checkpoint_schema::schema::Contract::Read);
}
