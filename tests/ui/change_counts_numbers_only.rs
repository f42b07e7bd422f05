// Counting, and comparing to keep the greater, is for numbers; advancing for what has an order in time.

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
    f.last_pr_cursor().increment(1);
    f.repositories().increment(1);
    f.total().increment(1);
    f.recovery_mode().increment(1);
    f.page().increment(1);
    f.phase().increment(1);
    f.tokens().increment(1);
    f.started().increment(1);
    f.batch_number().increment(0.5);
    f.batch_number().increment("1");
    f.total().multiply(2);
    f.last_pr_cursor().min("x");
    f.recovery_mode().max(true);
    f.batch_number().max("x");
    f.last_pr_cursor().advance("");
    f.repositories().advance(Vec::new());
    f.recovery_mode().advance(true);
}
