use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
struct GithubCheckpoint {
    #[serde(defualt)]
    cursor: String,
    page: Page,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(rename_all = "camel_case")]
struct Page {
    number: u64,
}

fn main() {
    let _ = GithubCheckpoint::fields().page().number();
}
