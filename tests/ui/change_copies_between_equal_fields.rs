// A value is copied from a field of the same type and encoding, moved from one that may be missing, merged with an object.

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    repositories: Vec<String>,
    labels: BTreeSet<String>,
    tokens: BTreeMap<String, String>,
    batch_number: u32,
    total: Option<u32>,
    authors: Option<Vec<String>>,
    recovery_mode: bool,
    share: f64,
    page: Page,
    phase: Phase,
    started: Timestamp,
    finished: Option<Timestamp>,
    #[serde(default)]
    skipped: u32,
    #[serde(with = "text")]
    #[schemars(with = "String")]
    written: u32,
    #[serde(with = "list")]
    #[schemars(with = "String")]
    listed: Vec<String>,
    #[serde(flatten)]
    counters: Counters,
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

#[derive(Serialize, Deserialize, Checkpoint)]
struct Counters {
    failures: u64,
}

mod text {
    use serde::{Deserialize, Deserializer, Serializer};
    pub fn serialize<S: Serializer>(number: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}
mod list {
    use serde::{Deserialize, Deserializer, Serializer};
    pub fn serialize<S: Serializer>(number: &[String], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&number.join(","))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
        Ok(String::deserialize(from)?.split(',').map(str::to_owned).collect())
    }
}

fn main() {
    let f = GithubCheckpoint::fields();
    f.batch_number().copy_from(&f.share());
    f.batch_number().copy_from(&f.written());
    f.batch_number().copy_from(&f.total());
    f.skipped().rename_from(&f.batch_number());
    f.batch_number().merge(1_u32);
    f.repositories().merge(Vec::<String>::new());
    f.phase().merge(Phase::Issues);
}
