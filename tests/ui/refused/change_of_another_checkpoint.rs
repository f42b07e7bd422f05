// An update, and its guard, are about one checkpoint.

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
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 1)]
struct JiraCheckpoint { key: String }

fn main() {
    let f = GithubCheckpoint::fields();
    let jira = JiraCheckpoint::fields();
    let _ = checkpoint_schema::Update::from([f.batch_number().set(1_u32), jira.key().set("")]);
    let _ = checkpoint_schema::JobTable::default().update([f.batch_number().set(1_u32)]).id(1).when(jira.key().eq("x"));
}
