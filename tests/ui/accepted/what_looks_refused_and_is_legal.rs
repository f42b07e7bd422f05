//! Close to what the derive refuses, and right.

#![allow(dead_code)]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

type Cursors = Option<String>;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    // The alias of an `Option`, and an `Option` behind a pointer, are read where they are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursors: Cursors,
    #[serde(skip_serializing_if = "is_none")]
    boxed: Box<Option<u64>>,
    #[serde(skip_serializing)]
    read_only: Option<std::num::NonZeroU8>,
    #[serde(skip_serializing, default)]
    read_only_range: std::ops::Range<u32>,
    // Neither of these keys is in the document.
    #[serde(skip)]
    checkpoint_version: u32,
    #[serde(flatten)]
    page: Page,
    // One writes the key, the other reads it.
    #[serde(skip_deserializing, rename = "total")]
    total_written: u64,
    #[serde(skip_serializing, rename = "total", default)]
    total_read: u64,
    // An alias for the own key.
    #[serde(alias = "batch", alias = "batch_number")]
    batch_number: u64,
    #[serde(rename(serialize = "page_size", deserialize = "page_size"))]
    size: u64,
    // serde_json makes keys of these.
    by_number: BTreeMap<u64, u64>,
    by_flag: HashMap<bool, u64>,
    by_letter: BTreeMap<char, Vec<(u64, String)>>,
    borrowed: Cow<'static, str>,
    // Not stored.
    #[serde(skip)]
    label: &'static str,
    #[serde(skip)]
    big: u128,
    phantom: std::marker::PhantomData<&'static str>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

fn is_none(value: &Option<u64>) -> bool {
    value.is_none()
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
    #[serde(flatten)]
    checkpoint_version: Option<Box<Size>>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Size {
    bytes: u64,
}

// Not the whole checkpoint, so its key is free.
#[derive(Serialize, Deserialize, Checkpoint)]
struct Other {
    checkpoint_version: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Borrowing<'a> {
    #[serde(borrow)]
    token: Cow<'a, str>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[serde(flatten)]
    size: Size,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "kind")]
struct Tagged {
    #[serde(default)]
    number: u64,
}

// The skipped field stands in no document, and moves no neighbour.
#[derive(Serialize, Deserialize, Checkpoint)]
struct Tuple(u64, #[serde(skip)] u64, #[serde(default)] u64);

#[derive(Serialize, Deserialize, Checkpoint)]
struct Wrapper(#[serde(skip_serializing_if = "Option::is_none")] Option<u64>);

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad")]
#[serde(tag = "sync_type", content = "state")]
enum WexAdCheckpoint {
    Full(u64),
    Incremental { checkpoint_version: u64 },
    #[serde(skip)]
    Unknown,
    // Old documents have it; no new one does.
    #[serde(skip_serializing)]
    Legacy,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "type")]
enum Tag {
    Size(Size),
    Boxed(Box<Size>),
    Map(BTreeMap<String, u64>),
    Unit(()),
    #[serde(untagged)]
    Number(u64),
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(untagged)]
enum Untagged {
    Number(u64),
    #[serde(skip_deserializing)]
    Text(String),
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Generic<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<T>,
    value: T,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "generic")]
struct GenericJob<T>
where
    T: Clone,
{
    value: T,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct OnlyWritten<'a> {
    #[checkpoint(leaf)]
    token: &'a str,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(transparent)]
struct Transparent {
    value: u64,
    phantom: std::marker::PhantomData<u64>,
}

fn main() {
    let fields = GithubCheckpoint::fields();
    assert_eq!(fields.page().number().pointer().unwrap(), "/number");
    assert_eq!(fields.by_number().key(&5).pointer().unwrap(), "/by_number/5");
    assert_eq!(fields.rest().key("new").pointer().unwrap(), "/new");
    let _ = WexAdCheckpoint::fields();
    let _ = GenericJob::<u64>::fields().value();
    let _ = <Borrowing as checkpoint_schema::Field>::handle(
        checkpoint_schema::Path::<Borrowing, Borrowing, checkpoint_schema::field::Root>::root(),
    )
    .token();
}
