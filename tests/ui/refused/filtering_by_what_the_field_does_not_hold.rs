// An operand of a filter is a value that the field could hold.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    repositories: Vec<String>,
    total: u64,
    failed: Option<u64>,
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.total().eq("5");
    github.total().ne(5.0);
    github.total().in_(["5", "6"]);
    github.failed().eq(5);
    github.last_pr_cursor().gt(5);
    github.total().between("5", 6);
    github.repositories().contains(5);
    github.repositories().contains_any([5]);
}
