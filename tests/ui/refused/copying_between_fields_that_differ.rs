// A stored value goes on in a field of the same type that is written in the same way.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    batch_number: u32,
    total: Option<u32>,
    share: f64,
    page: Page,
    #[serde(default)]
    skipped: u32,
    #[serde(default)]
    old_cursor: String,
    #[serde(default, with = "text")]
    #[schemars(with = "String")]
    written: u32,
    #[serde(with = "text")]
    #[schemars(with = "String")]
    since: u32,
    #[serde(flatten)]
    counters: Counters,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Counters {
    failures: u64,
}

mod text {
    use serde::de::{Deserialize, Deserializer, Error};

    pub fn serialize<S: serde::Serializer>(number: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        String::deserialize(from)?.parse().map_err(Error::custom)
    }
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.batch_number().copy_from(&github.share());
    github.batch_number().copy_from(&github.total());
    github.total().copy_from(&github.batch_number());
    github.page().copy_from(&github.batch_number());
    github.batch_number().copy_from(&github.written());
    github.written().copy_from(&github.batch_number());
    github.since().copy_from(&github.written());
    github.batch_number().copy_from(&github.skipped().or_default());

    github.last_pr_cursor().rename_from(&github.skipped());
    github.batch_number().rename_from(&github.written());
    github.batch_number().rename_from("batches");
}
