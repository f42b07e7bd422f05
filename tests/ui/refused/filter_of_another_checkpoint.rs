// A filter is of one checkpoint, and so is what it guards or selects.

use checkpoint_schema::{Checkpoint, JobTable};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    total: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 1)]
struct JiraCheckpoint {
    total: u64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    let jira = JiraCheckpoint::fields();
    let jobs = JobTable::default();
    let _ = github.total().eq(1) & jira.total().eq(1);
    let _ = github.total().eq(1) | jira.total().eq(1);
    let _ = jobs.select::<GithubCheckpoint>().filter(jira.total().gt(1));
    let _ = jobs.update([github.total().increment(1)]).filter(jira.total().gt(1));
}
