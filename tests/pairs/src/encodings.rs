//! The same value in another form: functions that write and read it, bytes, spans of time, any JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::pair::pairs;

/// A number as a text.
mod text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(of: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(of)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        String::deserialize(from)?.parse().map_err(Error::custom)
    }
}

/// A number as a text, read from a number, too.
mod lenient {
    use serde::{Deserialize, Deserializer, de::Error};
    use serde_json::Value;

    pub(super) use super::text::serialize;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => text.parse().map_err(Error::custom),
            other => u32::deserialize(other).map_err(Error::custom),
        }
    }
}

/// A number as it is.
mod plain {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(of: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u32(*of)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        u32::deserialize(from)
    }
}

/// A span of time in whole seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(of: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(of.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}

/// Bytes as their characters.
mod characters {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(of: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&String::from_utf8_lossy(of))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        String::deserialize(from).map(String::into_bytes)
    }
}

pairs! {
    /// A number is stored as a text.
    add_function: BESIDE
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(with = "text")] #[schemars(with = "String")] a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Unreadable;

    /// A number is stored as a text, and old ones are read; the contract speaks of texts alone.
    add_lenient_function: BESIDE
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(with = "lenient")] #[schemars(with = "String")] a: u32 } }
    writes [Doc { a: 1 }]
    backward OutOfContract, forward Unreadable;

    /// A text is stored as a number again.
    remove_function: BESIDE
    old {
        struct Doc { a: Vec<Part> }
        struct Part { #[serde(with = "text")] #[schemars(with = "String")] b: u32 }
    }
    writes [Doc { a: vec![Part { b: 1 }] }]
    new { struct Doc { a: Vec<Part> } struct Part { b: u32 } } writes [Doc { a: vec![Part { b: 1 }] }]
    backward Unreadable, forward Unreadable;

    /// A function reads more than the one before.
    change_function: BESIDE
    old { struct Doc { #[serde(with = "text")] #[schemars(with = "String")] a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(with = "lenient")] #[schemars(with = "String")] a: u32 } }
    writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// A function that changes nothing.
    neutral_function: NEUTRAL
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(with = "plain")] #[schemars(with = "u32")] a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// A text becomes what a function reads: the contract says no more than `String`.
    string_to_function: TEXTS
    old { struct Doc { a: String } } writes [Doc { a: "x".into() }]
    new { struct Doc { #[serde(with = "text")] #[schemars(with = "String")] a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;

    /// A span of time becomes a number of seconds.
    duration_to_seconds: BESIDE
    old { struct Doc { a: Duration } } writes [Doc { a: Duration::from_millis(1_500) }]
    new { struct Doc { #[serde(with = "seconds")] #[schemars(with = "u64")] a: Duration } }
    writes [Doc { a: Duration::from_secs(1) }]
    backward Unreadable, forward Unreadable;

    /// A number of seconds gets its type.
    u64_to_duration_in_seconds: NEUTRAL
    old { struct Doc { a: u64 } } writes [Doc { a: 5 }, Doc { a: u64::MAX }]
    new { struct Doc { #[serde(with = "seconds")] #[schemars(with = "u64")] a: Duration } }
    writes [Doc { a: Duration::from_secs(1) }]
    backward Reads, forward Reads;

    /// A point in time becomes a number of seconds.
    datetime_to_seconds: BESIDE
    old { struct Doc { a: DateTime<Utc> } } writes [Doc { a: DateTime::UNIX_EPOCH }]
    new {
        struct Doc {
            #[serde(with = "chrono::serde::ts_seconds")] #[schemars(with = "i64")] a: DateTime<Utc>,
        }
    }
    writes [Doc { a: DateTime::UNIX_EPOCH }]
    backward Unreadable, forward Unreadable;

    /// A number of seconds becomes a point in time, which not every number is.
    i64_to_datetime_in_seconds: BESIDE
    old { struct Doc { a: i64 } } writes [Doc { a: 1 }, Doc { a: i64::MAX }]
    new {
        struct Doc {
            #[serde(with = "chrono::serde::ts_seconds")] #[schemars(with = "i64")] a: DateTime<Utc>,
        }
    }
    writes [Doc { a: DateTime::UNIX_EPOCH }]
    backward Unreadable, forward Reads;

    /// Bytes become a text.
    bytes_to_text: BESIDE
    old { struct Doc { a: Vec<u8> } } writes [Doc { a: vec![65] }]
    new { struct Doc { #[serde(with = "characters")] #[schemars(with = "String")] a: Vec<u8> } }
    writes [Doc { a: vec![65] }]
    backward Unreadable, forward Unreadable;

    /// Bytes become numbers of any size.
    bytes_to_numbers: INTEGERS
    old { struct Doc { a: Vec<u8> } } writes [Doc { a: vec![0, 255] }]
    new { struct Doc { a: Vec<i32> } } writes [Doc { a: vec![-1] }]
    backward Reads, forward Unreadable;

    /// A text becomes any JSON.
    string_to_value: BESIDE
    old { struct Doc { a: String } } writes [Doc { a: "x".into() }]
    new { struct Doc { a: Value } } writes [Doc { a: json!(null) }, Doc { a: json!([1]) }]
    backward Reads, forward Unreadable;

    /// Any JSON becomes an object.
    value_to_map: BESIDE
    old { struct Doc { a: Value } } writes [Doc { a: json!({"k": 1}) }, Doc { a: json!("x") }]
    new { struct Doc { a: Map<String, Value> } } writes [Doc { a: Map::new() }]
    backward Unreadable, forward Reads;

    /// Any JSON as an `Option`, where null is none.
    value_to_option: OPTION
    old { struct Doc { a: Value } } writes [Doc { a: json!(null) }, Doc { a: json!(1) }]
    new { struct Doc { a: Option<Value> } } writes [Doc { a: None }, Doc { a: Some(json!({})) }]
    backward Reads, forward Reads;

    /// A struct becomes a map of any JSON.
    struct_to_map_of_values: BESIDE
    old { struct Doc { a: Option<Part> } struct Part { b: u32, c: String } }
    writes [Doc { a: None }, Doc { a: Some(Part { b: 1, c: "x".into() }) }]
    new { struct Doc { a: Option<BTreeMap<String, Value>> } }
    writes [Doc { a: Some([("k".into(), json!(1))].into()) }]
    backward Reads, forward Unreadable;

    /// Nothing becomes an `Option`.
    unit_struct_to_option: BESIDE
    old { struct Doc { a: Nothing } struct Nothing; } writes [Doc { a: Nothing }]
    new { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(1) }]
    backward Reads, forward Unreadable;

    /// Nothing was required nevertheless.
    remove_unit_struct: REMOVE_REQUIRED
    old { struct Doc { a: u32, b: Nothing } struct Nothing; } writes [Doc { a: 1, b: Nothing }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Unreadable;
}
