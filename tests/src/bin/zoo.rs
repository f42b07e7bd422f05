//! The tool on a registry in which every kind of mistake can be made. The tests run it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use checkpoint_schema::{Checkpoint, Timestamp, registry};
use serde::{Deserialize, Serialize};

/// A checkpoint with a field of each kind.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "zoo")]
#[allow(dead_code)]
struct ZooCheckpoint {
    /// A counter within bounds.
    #[schemars(range(min = 1, max = 9))]
    keepers: u8,
    /// A set.
    #[serde(default)]
    species: BTreeSet<String>,
    /// A time.
    #[serde(default)]
    fed_on: Option<Timestamp>,
    /// A pattern.
    #[serde(default)]
    #[schemars(regex(pattern = "^[A-Z]{2}-[0-9]+$"))]
    licence: Option<String>,
    /// An enum told by its tag.
    #[serde(default)]
    action: Option<Action>,
    /// An enum told by its shape.
    #[serde(default)]
    answer: Option<Answer>,
    /// A struct that refuses unknown keys.
    #[serde(default)]
    gate: Option<Gate>,
    /// Entries by name.
    #[serde(default, alias = "enclosures")]
    cages: BTreeMap<String, Gate>,
    /// A choice.
    #[serde(default)]
    state: State,
}

/// What is going on.
#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(dead_code)]
enum Action {
    /// Moving.
    Move {
        /// From where.
        from: String,
        /// How far, in metres.
        metres: u32,
    },
    /// Feeding.
    Feed {
        /// With what.
        food: String,
    },
}

/// A number or a list of them.
#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(untagged)]
#[allow(dead_code)]
enum Answer {
    /// One.
    One(u32),
    /// Several.
    Several(Vec<u32>),
}

/// A way in.
#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Gate {
    /// Whether one can go through.
    open: bool,
}

/// How it is.
#[derive(Default, Serialize, Deserialize, Checkpoint)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)]
enum State {
    /// As it should be.
    #[default]
    Open,
    /// For the night.
    Closed,
}

/// A checkpoint as it should not be.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "careless")]
#[allow(dead_code)]
struct CarelessCheckpoint {
    // No doc comment: that is what it is here for.
    position: u64,
    /// A timestamp that takes any text.
    last_run_at: String,
    /// A timestamp that takes any number.
    last_sync_date: Option<u64>,
    /// A text or a number, as it comes.
    #[serde(default)]
    issue: serde_json::Value,
    /// A batch number without a recovery flag.
    #[serde(default)]
    batch_number: u32,
    /// A tuple.
    #[serde(default)]
    range: (u64, u64),
}

/// A checkpoint with secrets.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "vault", version = 2, upgrade(from = 1, with = open))]
#[allow(dead_code)]
struct VaultCheckpoint {
    /// The token.
    #[checkpoint(secret)]
    #[serde(alias = "tok")]
    token: String,
    /// Everything in it is secret.
    #[serde(default)]
    #[checkpoint(secret)]
    keys: BTreeMap<String, Vec<u64>>,
    /// Some of it is.
    #[serde(default)]
    doors: Vec<Door>,
    /// Nothing secret.
    page: u32,
}

/// A door.
#[derive(Serialize, Deserialize, Checkpoint)]
#[allow(dead_code)]
struct Door {
    /// The code.
    #[checkpoint(secret)]
    code: Code,
    /// The name.
    name: String,
}

/// Digits.
#[derive(Serialize, Deserialize, Checkpoint)]
#[allow(dead_code)]
struct Code {
    /// Them.
    digits: String,
}

fn open(mut old: serde_json::Value) -> Result<serde_json::Value, String> {
    match old["page"].as_u64() {
        Some(page) => old["page"] = (page + 1).into(),
        None => return Err(format!("no page: {old}")),
    }
    Ok(old)
}

fn main() -> ExitCode {
    // A job with secrets only where it is asked for: the tests of the others count their files.
    if std::env::var_os("CHECKPOINT_TESTS_SECRETS").is_some() {
        return checkpoint_xtask::main(&registry![VaultCheckpoint]);
    }
    checkpoint_xtask::main(&registry![ZooCheckpoint, CarelessCheckpoint])
}
