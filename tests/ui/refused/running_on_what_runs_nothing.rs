// A statement is run by a pool, a connection or a transaction of a driver.

use checkpoint_schema::{Checkpoint, JobTable};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    total: u64,
}

fn main() {
    let jobs = JobTable::default();
    let _ = jobs.load::<GithubCheckpoint>(42).fetch("postgresql:///jobs");
    let _ = jobs.update([GithubCheckpoint::fields().total().set(1)]).id(42).execute(&jobs);
}
