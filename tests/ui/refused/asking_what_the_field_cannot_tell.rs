// A filter asks only what a stored value of the field can answer.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    total: u64,
    note: Option<String>,
    #[serde(default)]
    batch_number: u32,
    #[serde(flatten)]
    page: Page,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.last_pr_cursor().contains("a");
    github.total().contains_any([1]);
    github.note().contains("a");

    github.total().starts_with("5");
    github.note().starts_with("a");

    github.last_pr_cursor().is_null();
    github.note().some().is_null();

    github.page().exists();
    github.page().is_missing();
    github.page().eq(Page { number: 1 });
    github.batch_number().or_default().is_missing();

    github.total().or_default();
    github.note().or_default();
}
