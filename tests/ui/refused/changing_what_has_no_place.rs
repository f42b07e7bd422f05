// The whole document, a flattened field and a default stand in no place of their own.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    #[serde(default)]
    skipped: u32,
    #[serde(flatten)]
    counters: Counters,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Counters {
    failures: u64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.set(GithubCheckpoint { skipped: 1, counters: Counters { failures: 1 } });
    github.set_default(GithubCheckpoint { skipped: 1, counters: Counters { failures: 1 } });
    github.unset();
    github.rename_from_aliases();
    github.increment(1);

    github.counters().set(Counters { failures: 1 });
    github.counters().set_default(Counters { failures: 1 });
    github.counters().unset();
    github.counters().rename_from_aliases();
    github.counters().copy_from(&github.counters());
    github.counters().jsonb_set("checkpoint_data", Counters { failures: 1 });

    github.skipped().or_default().set(1);
    github.skipped().or_default().increment(1);
    github.skipped().or_default().unset();
}
