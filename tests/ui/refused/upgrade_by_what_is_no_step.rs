use std::collections::BTreeMap;

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

struct NoSerde;

struct NoDisplay;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(
    job = "github",
    version = 8,
    upgrade(from = 1, with = without_result),
    upgrade(from = 2, with = of_two),
    upgrade(from = 3, with = of_no_deserialize),
    upgrade(from = 4, with = to_no_serialize),
    upgrade(from = 5, with = with_no_display),
    upgrade(from = 6, with = that_is_not_there),
    upgrade(from = 7, with = by_reference),
)]
struct GithubCheckpoint {
    cursors: BTreeMap<String, String>,
}

fn without_result(old: Value) -> Value {
    old
}

fn of_two(old: Value, _version: u32) -> Result<Value, String> {
    Ok(old)
}

fn of_no_deserialize(_: NoSerde) -> Result<Value, String> {
    Ok(Value::Null)
}

fn to_no_serialize(_: Value) -> Result<NoSerde, String> {
    Ok(NoSerde)
}

fn with_no_display(old: Value) -> Result<Value, NoDisplay> {
    Ok(old)
}

fn by_reference(old: &Value) -> Result<Value, String> {
    Ok(old.clone())
}

fn main() {}
