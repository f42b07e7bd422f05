// An integer is counted by integers, a float by any number.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    batch_number: u32,
    total: Option<u32>,
    share: f64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.batch_number().increment(0.5);
    github.batch_number().increment("1");
    github.batch_number().increment(Some(1));
    github.batch_number().increment(&1);
    github.batch_number().multiply(1.5);
    github.total().some().increment(0.5);
    github.share().increment("0.5");
    github.batch_number().min("1");
    github.batch_number().max(1_u64);
    github.share().max(1);
}
