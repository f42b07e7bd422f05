// What serde requires stays in the document; an element has no gap to leave.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    repositories: Vec<String>,
    batch_number: u32,
    range: (u64, u64),
    page: Page,
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
    github.batch_number().unset();
    github.page().number().unset();
    github.repositories().at(0).unset();
    github.range()._0().unset();
    github.written().unset();
    github.batch_number().jsonb_delete("checkpoint_data");
}
