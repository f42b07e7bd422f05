// Only what is stored in the order of its values is compared and sorted by, and of the field alone it is told.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    repositories: Vec<String>,
    tokens: BTreeMap<String, String>,
    total: Option<u32>,
    recovery_mode: bool,
    page: Page,
    phase: Phase,
    #[serde(with = "text")]
    #[schemars(with = "String")]
    written: u32,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum Phase {
    Issues,
    Pulls { number: u64 },
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
    github.repositories().lt("b");
    github.tokens().le("b");
    github.total().gt(1);
    github.recovery_mode().ge(true);
    github.page().between(1, 2);
    github.phase().lt(Phase::Issues);
    github.written().gt(1);

    github.repositories().asc();
    github.tokens().desc();
    github.total().asc();
    github.recovery_mode().desc();
    github.page().asc();
    github.phase().desc();
    github.written().asc();
}
