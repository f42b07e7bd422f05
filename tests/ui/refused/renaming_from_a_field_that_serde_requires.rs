// Where a value is moved away, serde must read the document without it.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    batch_number: u32,
    page: Page,
    #[serde(default)]
    skipped: u32,
    #[serde(with = "text")]
    #[schemars(with = "String")]
    written: u32,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
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
    github.skipped().rename_from(&github.batch_number());
    github.written().rename_from(&github.written());
}
