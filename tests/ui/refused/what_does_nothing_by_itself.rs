// What is made and not used changes nothing, and the compiler tells it.

#![deny(unused_must_use)]

use checkpoint_schema::{Checkpoint, JobTable, Update};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    total: u64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    let jobs = JobTable::default();
    github.total().set(1);
    github.total().eq(1);
    github.total().asc();
    Update::from(github.total().set(1)).and(github.total().increment(1));
    jobs.update([github.total().set(1)]).id(42);
    jobs.reset(42);
}
