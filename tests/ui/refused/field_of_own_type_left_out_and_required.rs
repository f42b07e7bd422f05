use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(skip_serializing_if = "Page::is_first")]
    page: Page,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

impl Page {
    fn is_first(&self) -> bool {
        self.number == 1
    }
}

fn main() {}
