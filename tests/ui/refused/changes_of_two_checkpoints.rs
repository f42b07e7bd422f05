// An update is of one checkpoint, and so are the fields that a change takes from.

use checkpoint_schema::{Checkpoint, Update};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 1)]
struct JiraCheckpoint {
    last_issue_key: String,
}

fn main() {
    let github = GithubCheckpoint::fields();
    let jira = JiraCheckpoint::fields();
    let _ = Update::from([github.last_pr_cursor().set("a"), jira.last_issue_key().set("A-1")]);
    let _ = Update::from(github.last_pr_cursor().set("a")).and(jira.last_issue_key().set("A-1"));
    github.last_pr_cursor().copy_from(&jira.last_issue_key());
}
