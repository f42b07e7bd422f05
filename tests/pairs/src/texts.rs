//! Texts of which more is known: enums, points in time, identifiers.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use checkpoint_schema::Timestamp;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use uuid::Uuid;

use super::pair::pairs;

pairs! {
    /// Any text becomes one of some.
    string_to_enum: TEXTS
    old { struct Doc { a: String } } writes [Doc { a: "Full".into() }, Doc { a: "x".into() }]
    new { struct Doc { a: Mode } enum Mode { Full, Part } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    backward Unreadable, forward Reads;

    /// One of some becomes any text, in a list.
    enum_to_string_in_list: TEXTS
    old { struct Doc { a: Vec<Mode> } enum Mode { Full, Part } }
    writes [Doc { a: vec![Mode::Full, Mode::Part] }]
    new { struct Doc { a: Vec<String> } } writes [Doc { a: vec!["x".into()] }]
    backward Reads, forward Unreadable;

    /// A text becomes a point in time.
    string_to_datetime: TEXTS
    old { struct Doc { a: String } }
    writes [Doc { a: "x".into() }, Doc { a: "2025-01-15T12:00:00Z".into() }]
    new { struct Doc { a: DateTime<Utc> } } writes [Doc { a: DateTime::UNIX_EPOCH }]
    backward Unreadable, forward Reads;

    /// A point in time becomes a text, in an `Option`.
    datetime_to_string_in_option: TEXTS
    old { struct Doc { a: Option<DateTime<Utc>> } } writes [Doc { a: Some(DateTime::UNIX_EPOCH) }]
    new { struct Doc { a: Option<String> } } writes [Doc { a: None }, Doc { a: Some("x".into()) }]
    backward Reads, forward Unreadable;

    /// A text becomes a `Timestamp`.
    string_to_timestamp: TEXTS
    old { struct Doc { a: String } } writes [Doc { a: "x".into() }]
    new { struct Doc { a: Timestamp } } writes [Doc { a: Timestamp::UNIX_EPOCH }]
    backward Unreadable, forward Reads;

    /// Both are date-times.
    datetime_to_timestamp: TEXTS
    old { struct Doc { a: DateTime<Utc> } } writes [Doc { a: DateTime::UNIX_EPOCH }]
    new { struct Doc { a: Timestamp } } writes [Doc { a: Timestamp::UNIX_EPOCH }]
    backward Reads, forward Reads;

    /// Date-times in any zone.
    utc_to_fixed_offset: TEXTS
    old { struct Doc { a: DateTime<Utc> } } writes [Doc { a: DateTime::UNIX_EPOCH }]
    new { struct Doc { a: DateTime<FixedOffset> } }
    writes [Doc { a: "2025-01-15T12:00:00+02:00".parse().unwrap() }]
    backward Reads, forward Reads;

    /// A time without an offset becomes a `Timestamp`, which reads it as UTC, and whose contract does not.
    naive_to_timestamp: TEXTS
    old { struct Doc { a: NaiveDateTime } } writes [Doc { a: DateTime::UNIX_EPOCH.naive_utc() }]
    new { struct Doc { a: Timestamp } } writes [Doc { a: Timestamp::UNIX_EPOCH }]
    backward OutOfContract, forward Unreadable;

    /// A time without an offset is none to chrono.
    naive_to_datetime: TEXTS
    old { struct Doc { a: NaiveDateTime } } writes [Doc { a: DateTime::UNIX_EPOCH.naive_utc() }]
    new { struct Doc { a: DateTime<Utc> } } writes [Doc { a: DateTime::UNIX_EPOCH }]
    backward Unreadable, forward Unreadable;

    /// A day becomes a text, in a map.
    date_to_string_in_map: TEXTS
    old { struct Doc { a: BTreeMap<String, NaiveDate> } }
    writes [Doc { a: [("k".into(), NaiveDate::from_ymd_opt(2025, 1, 15).unwrap())].into() }]
    new { struct Doc { a: BTreeMap<String, String> } } writes [Doc { a: [("k".into(), "x".into())].into() }]
    backward Reads, forward Unreadable;

    /// A day becomes a point in time.
    date_to_datetime: TEXTS
    old { struct Doc { a: NaiveDate } } writes [Doc { a: NaiveDate::from_ymd_opt(2025, 1, 15).unwrap() }]
    new { struct Doc { a: DateTime<Utc> } } writes [Doc { a: DateTime::UNIX_EPOCH }]
    backward Unreadable, forward Unreadable;

    /// Seconds become a point in time.
    seconds_to_datetime: BESIDE
    old { struct Doc { a: i64 } } writes [Doc { a: 1_700_000_000 }]
    new { struct Doc { a: DateTime<Utc> } } writes [Doc { a: DateTime::UNIX_EPOCH }]
    backward Unreadable, forward Unreadable;

    /// A text becomes a UUID.
    string_to_uuid: TEXTS
    old { struct Doc { a: String } } writes [Doc { a: "x".into() }]
    new { struct Doc { a: Uuid } } writes [Doc { a: Uuid::nil() }]
    backward Unreadable, forward Reads;

    /// A UUID becomes a text, nested.
    uuid_to_string_nested: TEXTS
    old { struct Doc { a: Part } struct Part { b: Uuid } } writes [Doc { a: Part { b: Uuid::nil() } }]
    new { struct Doc { a: Part } struct Part { b: String } } writes [Doc { a: Part { b: "x".into() } }]
    backward Reads, forward Unreadable;

    /// A text becomes one character.
    string_to_char: TEXTS
    old { struct Doc { a: String } } writes [Doc { a: "ab".into() }]
    new { struct Doc { a: char } } writes [Doc { a: 'ü' }]
    backward Unreadable, forward Reads;

    /// A character becomes a text.
    char_to_string: TEXTS
    old { struct Doc { a: Vec<char> } } writes [Doc { a: vec!['a', '😀'] }]
    new { struct Doc { a: Vec<String> } } writes [Doc { a: vec![String::new()] }]
    backward Reads, forward Unreadable;

    /// An address of one kind becomes one of any.
    ipv4_to_ip: TEXTS
    old { struct Doc { a: Ipv4Addr } } writes [Doc { a: Ipv4Addr::LOCALHOST }]
    new { struct Doc { a: IpAddr } } writes [Doc { a: "::1".parse().unwrap() }]
    backward Reads, forward Unreadable;

    /// A path is a text.
    path_to_string: TEXTS
    old { struct Doc { a: PathBuf, b: Box<str> } } writes [Doc { a: "/x".into(), b: "".into() }]
    new { struct Doc { a: String, b: String } } writes [Doc { a: "x".into(), b: "y".into() }]
    backward Reads, forward Reads;
}
