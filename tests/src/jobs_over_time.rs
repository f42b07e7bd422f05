//! One job as it was at several times, for the tests of what changes between them. A registry is a list of
//! types, so each time has types of its own.

use std::process::ExitCode;

use checkpoint_schema::registry::Registry;
use checkpoint_schema::{Checkpoint, registry};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The environment variable that tells the tool of this package which time it is.
pub const VARIABLE: &str = "CHECKPOINT_TESTS_TIME";

/// A time: the attributes of the checkpoint and its name, its fields, and the variants of its mode.
macro_rules! time {
    (
        $time:ident, $(#[$attribute:meta])* $name:ident($($version:tt)*), $mode:ident,
        { $($field:tt)* } { $($variant:tt)* }
    ) => {
        mod $time {
            use super::*;

            $(#[$attribute])*
            #[derive(Serialize, Deserialize, Checkpoint)]
            #[checkpoint(job = "drift", version = $($version)*)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $name { $($field)* }

            /// What is done.
            #[derive(Serialize, Deserialize, Checkpoint)]
            #[serde(tag = "kind", rename_all = "snake_case")]
            pub(super) enum $mode { $($variant)* }

            impl Default for $mode {
                fn default() -> Self {
                    Self::Full
                }
            }
        }
    };
}

fn one() -> u64 {
    1
}

fn two() -> u64 {
    2
}

/// A number that a careless reader of JSON changes in its last bit.
fn rate() -> f64 {
    0.1 + 0.2
}

/// Version 1 counts batches from 1, version 2 from 0.
fn batches_from_zero(mut old: Value) -> Result<Value, &'static str> {
    if let Some(batch) = old.get_mut("batch") {
        let before = batch.as_u64().and_then(|batch| batch.checked_sub(1));
        *batch = before.ok_or("no batch comes before the first")?.into();
    }
    Ok(old)
}

/// The step as `diff` offers it for `required_added`, with a page in place of its `todo!`.
fn v1_to_v2(mut old: Value) -> Result<Value, &'static str> {
    if let Some(it) = old.pointer_mut("").and_then(Value::as_object_mut) {
        it.insert("page".to_owned(), 0.into());
    }
    Ok(old)
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

time! {
    first, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    required_added, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
        /// The page.
        pub(super) page: u64,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    started_gone, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    started_renamed, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) begun: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    other_words, /// In other words.
    DriftCheckpoint(1), Mode,
    {
        /// Its number.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// A part.
        Part { since: u64 },
        Full,
    }
}

time! {
    types_renamed, /// The drift job.
    Renamed(1), Another,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Another,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    fields_swapped, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    field_added, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
        /// The last one.
        #[serde(default)]
        pub(super) last: Option<String>,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    alias_added, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default, alias = "begun")]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    other_added, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        #[serde(other)]
        Full,
    }
}

time! {
    skip_added, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    default_changed, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default = "two")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    unwritten_default, /// The drift job.
    DriftCheckpoint(1), Mode,
    {
        /// The batch.
        #[serde(default, skip_serializing_if = "is_zero")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    page_in_version_2, /// The drift job.
    DriftCheckpoint(2, upgrade(from = 1, with = v1_to_v2)), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
        /// The page.
        pub(super) page: u64,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

time! {
    next_version, /// The drift job.
    DriftCheckpoint(2, upgrade(from = 1, with = batches_from_zero)), Mode,
    {
        /// The batch.
        #[serde(default = "one")]
        #[schemars(range(max = 99))]
        pub(super) batch: u64,
        /// The rate.
        #[serde(default = "rate")]
        pub(super) rate: f64,
        /// When it began.
        #[serde(default)]
        pub(super) started: Option<String>,
        /// The mode.
        #[serde(default)]
        pub(super) mode: Mode,
    }
    {
        /// Some.
        Part { since: u64 },
        /// All.
        Full,
    }
}

/// The job at `time`; the tests ask for no other.
fn at(time: &str) -> Option<Registry> {
    Some(match time {
        "first" => registry![first::DriftCheckpoint],
        "required_added" => registry![required_added::DriftCheckpoint],
        "started_renamed" => registry![started_renamed::DriftCheckpoint],
        "started_gone" => registry![started_gone::DriftCheckpoint],
        "other_words" => registry![other_words::DriftCheckpoint],
        "fields_swapped" => registry![fields_swapped::DriftCheckpoint],
        "field_added" => registry![field_added::DriftCheckpoint],
        "alias_added" => registry![alias_added::DriftCheckpoint],
        "other_added" => registry![other_added::DriftCheckpoint],
        "skip_added" => registry![skip_added::DriftCheckpoint],
        "default_changed" => registry![default_changed::DriftCheckpoint],
        "unwritten_default" => registry![unwritten_default::DriftCheckpoint],
        "page_in_version_2" => registry![page_in_version_2::DriftCheckpoint],
        "next_version" => registry![next_version::DriftCheckpoint],
        "both_versions" => registry![next_version::DriftCheckpoint, first::DriftCheckpoint],
        "types_renamed" => registry![types_renamed::Renamed],
        _ => return None,
    })
}

/// The tool, at the time that [`VARIABLE`] tells; on the committed jobs if it is not set.
pub fn tool() -> ExitCode {
    match std::env::var(VARIABLE).as_deref() {
        Err(_) => checkpoint_xtask::main(&checkpoint_schemas::registry()),
        Ok(time) => match at(time) {
            Some(registry) => checkpoint_xtask::main(&registry),
            None => ExitCode::from(101),
        },
    }
}
