//! A checkpoint with every kind of field.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::time::Duration;

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::random::Random;

#[expect(missing_docs, reason = "the names say it")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "law", version = 2, upgrade(from = 1, with = from_version_1))]
pub struct Law {
    pub name: String,
    #[serde(default = "one")]
    pub batch: u32,
    #[serde(default)]
    pub total: i64,
    pub big: Option<u64>,
    #[serde(default = "some_five")]
    pub small: Option<u8>,
    #[serde(default)]
    pub ratio: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single: Option<f32>,
    #[serde(alias = "old_mode", alias = "older mode", default)]
    pub mode: bool,
    #[serde(alias = "seen_at")]
    pub seen: Option<Timestamp>,
    #[serde(default = "epoch")]
    pub since: Timestamp,
    #[serde(default)]
    pub list: Vec<String>,
    #[serde(default = "two")]
    pub numbers: Vec<i64>,
    pub tags: Option<Vec<String>>,
    #[serde(default)]
    pub set: BTreeSet<u8>,
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    #[serde(default)]
    pub cursors: BTreeMap<String, Cursor>,
    pub rate: Option<Rate>,
    #[serde(default = "Limits::full")]
    pub limits: Limits,
    #[serde(default, rename = "the 'pages'")]
    pub pages: Vec<Page>,
    #[serde(default)]
    pub pair: (i64, Option<String>),
    #[serde(default)]
    pub any: Value,
    #[serde(default, with = "seconds")]
    #[schemars(with = "u64")]
    pub every: Duration,
    #[serde(default, with = "seconds")]
    #[schemars(with = "u64")]
    pub wait: Duration,
    #[serde(flatten)]
    pub more: More,
    #[serde(flatten)]
    pub maybe: Option<Maybe>,
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

#[expect(missing_docs, reason = "the names say it")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
pub struct Cursor {
    pub token: String,
    #[serde(alias = "p")]
    pub page: u16,
    #[serde(default)]
    pub done: bool,
}

#[expect(missing_docs, reason = "the names say it")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
pub struct Rate {
    pub remaining: u32,
    pub window: Window,
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
pub struct Window {
    pub seconds: i32,
    #[serde(default)]
    pub hits: Vec<u32>,
}

#[expect(missing_docs, reason = "the names say it")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
pub struct Limits {
    pub calls: u32,
    pub burst: i8,
    pub inner: Option<Cursor>,
}

#[expect(missing_docs, reason = "the names say it")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
pub struct Page {
    pub number: u64,
    pub title: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
pub struct More {
    pub required_too: i16,
    #[serde(default)]
    pub flattened_list: Vec<Page>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
pub struct Maybe {
    pub both: u8,
    pub needed: String,
    #[serde(default)]
    pub not_needed: u8,
}

/// Nothing but the version has changed: what is readable shows by the rest.
fn from_version_1(old: Value) -> Result<Value, Infallible> {
    Ok(old)
}

fn one() -> u32 {
    1
}

fn two() -> Vec<i64> {
    vec![1, 2]
}

#[expect(clippy::unnecessary_wraps, reason = "the type of the field")]
fn some_five() -> Option<u8> {
    Some(5)
}

fn epoch() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

impl Limits {
    pub(super) fn full() -> Self {
        Self { calls: 5000, burst: -3, inner: None }
    }
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(value.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

/// Keys that something on the way could take for something else.
pub(super) const KEYS: [&str; 22] = [
    "a",
    "b",
    "a,b",
    "a{b}",
    "a\"b",
    "a\\b",
    "",
    "ключ",
    "0",
    "1",
    "-1",
    "NULL",
    "null",
    "it's",
    " sp ",
    "$1",
    "?",
    "a.b",
    "~1/",
    "😀",
    "\u{1}\t\n",
    " at (document)\"",
];

const TEXTS: [&str; 12] = [
    "",
    "a",
    "b",
    "abc",
    "5",
    "null",
    "it's \"quoted\" \\ {x,y}",
    "$1 ?",
    "ü😀",
    "2025-01-15T12:00:00Z",
    "\u{7f}\n",
    "true",
];

pub(super) fn key(random: &mut Random) -> &'static str {
    KEYS[random.below(KEYS.len())]
}

pub(super) fn text(random: &mut Random) -> String {
    (*random.choose(&TEXTS)).to_owned()
}

pub(super) fn times(random: &mut Random) -> Timestamp {
    let at = [0, 1_736_942_400_000_000, 1_736_942_400_500_000, 1_736_942_401_000_000, -1_000_000];
    chrono::DateTime::from_timestamp_micros(*random.choose(&at)).expect("in range").into()
}

pub(super) fn list<T>(random: &mut Random, item: impl Fn(&mut Random) -> T) -> Vec<T> {
    (0..random.below(4)).map(|_| item(random)).collect()
}

pub(super) fn maybe<T>(random: &mut Random, item: impl Fn(&mut Random) -> T) -> Option<T> {
    (!random.one_in(3)).then(|| item(random))
}

macro_rules! integers {
    ($($name:ident $integer:ty;)*) => {$(
        #[expect(clippy::allow_attributes, reason = "for some of the types it holds")]
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap)]
        pub(super) fn $name(random: &mut Random) -> $integer {
            let ends = [<$integer>::MIN, <$integer>::MAX, <$integer>::MIN + 1, <$integer>::MAX - 1, 0, 1, 7];
            if random.one_in(3) { random.bits() as $integer } else { *random.choose(&ends) }
        }
    )*};
}

integers! { i64s i64; u64s u64; u32s u32; i32s i32; u16s u16; i16s i16; u8s u8; i8s i8; }

pub(super) fn f64s(random: &mut Random) -> f64 {
    let some = [0.0, 1.0, -1.5, 0.1, 0.2, 1e17, 1e300, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e-200];
    *random.choose(&some)
}

pub(super) fn f32s(random: &mut Random) -> f32 {
    *random.choose(&[0.0, 1.0, -1.5, 0.1, 0.2, 1e17, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1e-45])
}

pub(super) fn json(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth > 2 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => Value::Bool(random.one_in(2)),
        2 => i64s(random).into(),
        3 => u64s(random).into(),
        4 => f64s(random).into(),
        5 => text(random).into(),
        6 => Value::Array(list(random, |random| json(random, depth + 1))),
        _ => (0..random.below(4)).map(|_| (key(random).to_owned(), json(random, depth + 1))).collect(),
    }
}

impl Cursor {
    pub(super) fn random(random: &mut Random) -> Self {
        Self { token: text(random), page: u16s(random), done: random.one_in(2) }
    }
}

impl Page {
    pub(super) fn random(random: &mut Random) -> Self {
        Self { number: u64s(random), title: maybe(random, text) }
    }
}

impl Rate {
    pub(super) fn random(random: &mut Random) -> Self {
        let window = Window { seconds: i32s(random), hits: list(random, u32s) };
        Self { remaining: u32s(random), window, note: maybe(random, text) }
    }
}

impl Limits {
    pub(super) fn random(random: &mut Random) -> Self {
        Self { calls: u32s(random), burst: i8s(random), inner: maybe(random, Cursor::random) }
    }
}

impl Law {
    /// Any value.
    pub fn random(random: &mut Random) -> Self {
        let duration = |random: &mut Random| Duration::from_secs(u32s(random).into());
        let entries = |random: &mut Random| list(random, |random| (key(random).to_owned(), u64s(random)));
        Self {
            name: text(random),
            batch: u32s(random),
            total: i64s(random),
            big: maybe(random, u64s),
            small: maybe(random, u8s),
            ratio: f64s(random),
            single: maybe(random, f32s),
            mode: random.one_in(2),
            seen: maybe(random, times),
            since: times(random),
            list: list(random, text),
            numbers: list(random, i64s),
            tags: maybe(random, |random| list(random, text)),
            set: list(random, u8s).into_iter().collect(),
            counts: entries(random).into_iter().collect(),
            cursors: list(random, |random| (key(random).to_owned(), Cursor::random(random)))
                .into_iter()
                .collect(),
            rate: maybe(random, Rate::random),
            limits: Limits::random(random),
            pages: list(random, Page::random),
            pair: (i64s(random), maybe(random, text)),
            any: json(random, 0),
            every: duration(random),
            wait: duration(random),
            more: More { required_too: i16s(random), flattened_list: list(random, Page::random) },
            maybe: maybe(random, |random| Maybe { both: u8s(random), needed: text(random), not_needed: 0 }),
            extra: list(random, |random| (key(random).to_owned(), json(random, 0))).into_iter().collect(),
        }
    }
}
