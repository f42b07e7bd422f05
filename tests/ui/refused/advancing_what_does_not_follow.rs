// Numbers and times go on; texts, lists and the like do not.

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    repositories: Vec<String>,
    recovery_mode: bool,
    total: Option<u32>,
    phase: Phase,
    started: Timestamp,
    finished: Option<Timestamp>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum Phase {
    Issues,
    Pulls { number: u64 },
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.last_pr_cursor().advance("b");
    github.repositories().advance(vec!["b".to_owned()]);
    github.recovery_mode().advance(true);
    github.phase().advance(Phase::Issues);
    github.total().advance(2);
    github.finished().advance(Timestamp::UNIX_EPOCH);
    github.started().advance("2026-01-01T00:00:00Z");
}
