// Objects are merged: structs, maps and any JSON.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    repositories: Vec<String>,
    batch_number: u32,
    page: Page,
    next_page: Option<Page>,
    phase: Phase,
    #[serde(flatten)]
    counters: Counters,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum Phase {
    Issues,
    Pulls { number: u64 },
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Counters {
    failures: u64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.batch_number().merge(1);
    github.last_pr_cursor().merge("a");
    github.repositories().merge(vec!["a".to_owned()]);
    github.phase().merge(Phase::Issues);
    github.next_page().merge(Page { number: 1 });
    github.counters().merge(Counters { failures: 1 });
    github.page().merge(1);
    github.merge(Page { number: 1 });
}
