//! The tool on a registry of several versions, for the tests of `migrate`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::process::ExitCode;

use checkpoint_schema::{Checkpoint, registry};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The second layout.
#[derive(Deserialize)]
struct LedgerV2 {
    total: u64,
    cursor: Cursor,
    #[serde(default)]
    done: Vec<String>,
    #[serde(default)]
    marks: BTreeMap<String, u32>,
}

/// The third, and the newest.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(
    job = "ledger",
    version = 3,
    upgrade(from = 1, with = v1_to_v2),
    upgrade(from = 2, with = v2_to_v3)
)]
struct Ledger {
    counts: Counts,
    position: Cursor,
    done: Vec<String>,
    marks: BTreeMap<String, u32>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Counts {
    total: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Cursor {
    token: String,
    #[serde(default)]
    page: u32,
}

/// On values: the cursor has a page, what is done has names, and marks are numbers.
fn v1_to_v2(mut old: Value) -> Result<Value, String> {
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

/// Typed.
fn v2_to_v3(LedgerV2 { total, cursor, done, marks }: LedgerV2) -> Result<Ledger, Infallible> {
    Ok(Ledger { counts: Counts { total }, position: cursor, done, marks })
}

/// Another job, with a key of its own for the version.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "notes", version = 2, version_key = "_v", upgrade(from = 1, with = rename))]
struct Notes {
    text: Value,
}

fn rename(mut old: serde_json::Map<String, Value>) -> Result<serde_json::Map<String, Value>, &'static str> {
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

fn main() -> ExitCode {
    checkpoint_xtask::main(&registry![Ledger, Notes, Plain])
}
