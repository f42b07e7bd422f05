// The whole document is replaced; a field is set.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    batch_number: u32,
    page: Page,
    #[serde(with = "text")]
    #[schemars(with = "String")]
    written: u32,
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
    github.batch_number().replace(1);
    github.page().replace(Page { number: 1 });
    github.page().number().replace(1);
    github.written().replace(1);
    github.counters().replace(Counters { failures: 1 });
    github.replace(1);
}
