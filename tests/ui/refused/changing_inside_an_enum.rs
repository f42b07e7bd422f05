// An enum is one value: it is set.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    phase: Phase,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum Phase {
    Issues,
    Pulls { number: u64 },
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.phase().number().increment(1);
    github.phase().increment(1);
    github.phase().advance(Phase::Issues);
    github.phase().push("a");
    github.phase().push_unique("a");
    github.phase().merge(Phase::Pulls { number: 1 });
    github.phase().unset();
    github.phase().set("Issues");
}
