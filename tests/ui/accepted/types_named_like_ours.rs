//! The generated code names nothing that the module around it could hide.

#![allow(dead_code, non_camel_case_types)]

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

struct Path;
struct Field;
type Option<T> = ::std::option::Option<T>;
mod core {}
mod std {}
mod schemars {}
mod serde_json {}
trait Encoding {}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    cursor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u64>,
    #[serde(with = "text")]
    #[schemars(with = "String")]
    total: u128,
}

mod text {
    pub fn serialize<S: serde::Serializer>(value: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        let text: String = serde::Deserialize::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn main() {
    assert_eq!(GithubCheckpoint::fields().total().pointer().unwrap(), "/total");
}
