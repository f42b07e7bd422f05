//! A job at each of its three versions, for the tests of `migrate`: programs of all of them write while the tool
//! upgrades what is stored.

use std::collections::BTreeMap;
use std::convert::Infallible;

use checkpoint_schema::registry::Registry;
use checkpoint_schema::{Checkpoint, registry};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a page ends.
#[derive(Serialize, Deserialize, Checkpoint)]
pub struct Cursor {
    token: String,
    #[serde(default)]
    page: u32,
}

/// The first layout.
pub mod first {
    use super::*;

    /// As programs of version 1 have it.
    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "ledger", version = 1)]
    pub struct Ledger {
        /// What is counted.
        pub total: u64,
        cursor: String,
        #[serde(default)]
        done: Vec<u64>,
        #[serde(default)]
        marks: BTreeMap<String, String>,
    }
}

/// The second: the cursor has a page, what is done has names, and marks are numbers.
pub mod second {
    use super::*;

    /// As programs of version 2 have it.
    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "ledger", version = 2, upgrade(from = 1, with = from_first))]
    pub struct Ledger {
        /// What is counted.
        pub total: u64,
        pub(super) cursor: Cursor,
        #[serde(default)]
        pub(super) done: Vec<String>,
        #[serde(default)]
        pub(super) marks: BTreeMap<String, u32>,
    }

    /// On values.
    pub(super) fn from_first(mut old: Value) -> Result<Value, String> {
        let Some(token) = old["cursor"].as_str().map(str::to_owned) else {
            return Err(format!("nothing was synchronised yet, cursor {}", old["cursor"]));
        };
        if token == "panic" {
            panic!("the step panics");
        }
        old["cursor"] = serde_json::json!({"token": token, "page": 1});
        for value in old.get_mut("done").and_then(Value::as_array_mut).into_iter().flatten() {
            *value = value.to_string().into();
        }
        let marks = old.get_mut("marks").and_then(Value::as_object_mut);
        for value in marks.into_iter().flat_map(|marks| marks.values_mut()) {
            if let Some(number) = value.as_str().and_then(|text| text.parse::<u64>().ok()) {
                *value = number.into();
            }
        }
        Ok(old)
    }
}

/// The third, and the newest: the total is one of several counts.
pub mod third {
    use super::*;

    /// As programs of version 3 have it.
    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(
        job = "ledger",
        version = 3,
        upgrade(from = 1, with = second::from_first),
        upgrade(from = 2, with = from_second)
    )]
    pub struct Ledger {
        /// The counts.
        pub counts: Counts,
        position: Cursor,
        done: Vec<String>,
        marks: BTreeMap<String, u32>,
    }

    /// What is counted.
    #[derive(Serialize, Deserialize, Checkpoint)]
    pub struct Counts {
        /// All.
        pub total: u64,
    }

    /// Typed.
    fn from_second(second: second::Ledger) -> Result<Ledger, Infallible> {
        let second::Ledger { total, cursor, done, marks } = second;
        Ok(Ledger { counts: Counts { total }, position: cursor, done, marks })
    }
}

/// Another job, with a key of its own for the version.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "notes", version = 2, version_key = "_v", upgrade(from = 1, with = rename))]
struct Notes {
    text: Value,
}

fn rename(mut old: Map<String, Value>) -> Result<Map<String, Value>, &'static str> {
    let note = old.remove("note").ok_or("there is no note")?;
    old.insert("text".to_owned(), note);
    Ok(old)
}

/// A job that has had no other version.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "plain", version = 1)]
struct Plain {
    page: u64,
}

/// What the newest program knows.
pub fn registry() -> Registry {
    registry![third::Ledger, Notes, Plain]
}
