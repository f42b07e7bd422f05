use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github")]
struct GithubCheckpoint<'a> {
    #[serde(borrow)]
    last_pr_cursor: std::borrow::Cow<'a, str>,
}

fn main() {}
