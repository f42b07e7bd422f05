//! Why the derive refuses what serde compiles: the same types without it, written and read back.

#![allow(dead_code)]

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

type Map = BTreeMap<String, Value>;

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
struct TaggedAndStrict {
    number: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind")]
struct TagOverField {
    kind: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MapAndStrict {
    number: u64,
    #[serde(flatten)]
    rest: Map,
}

#[derive(Serialize, Deserialize)]
struct TwoMaps {
    #[serde(flatten)]
    first: Map,
    #[serde(flatten)]
    second: Map,
}

#[derive(Serialize, Deserialize)]
struct MapBeforeStruct {
    #[serde(flatten)]
    rest: Map,
    #[serde(flatten)]
    page: Page,
}

#[derive(Serialize, Deserialize)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize)]
struct TupleLeftOut(u64, #[serde(skip_serializing_if = "Option::is_none")] Option<u64>, u64);

#[derive(Serialize, Deserialize)]
enum WrittenOnly {
    Full,
    #[serde(skip_deserializing)]
    Incremental,
}

#[derive(Serialize, Deserialize)]
enum VariantLeftOut {
    Incremental {
        #[serde(skip_serializing_if = "String::is_empty")]
        token: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind")]
enum TaggedOption {
    Some(Option<Page>),
    Pair((u64, u64)),
}

fn reads_back<T: Serialize + DeserializeOwned>(value: &T) -> bool {
    // As text: a key written twice is still twice there.
    serde_json::from_str::<T>(&serde_json::to_string(value).unwrap()).is_ok()
}

fn main() {
    let rest = Map::from([("new".to_owned(), json!(1))]);
    assert!(!reads_back(&TaggedAndStrict { number: 1 }));
    assert!(!reads_back(&TagOverField { kind: 1 }));
    assert!(!reads_back(&MapAndStrict { number: 1, rest }));
    assert!(!reads_back(&TupleLeftOut(1, None, 2)));
    assert!(!reads_back(&WrittenOnly::Incremental));
    assert!(!reads_back(&VariantLeftOut::Incremental { token: String::new() }));

    let twice: TwoMaps = serde_json::from_value(json!({"new": 1})).unwrap();
    assert_eq!((twice.first.len(), twice.second.len()), (1, 1));
    let before: MapBeforeStruct = serde_json::from_value(json!({"number": 1})).unwrap();
    assert!(before.rest.contains_key("number"));

    assert!(serde_json::to_value(TaggedOption::Some(None)).is_err());
    assert!(serde_json::to_value(TaggedOption::Some(Some(Page { number: 1 }))).is_err());
    assert!(serde_json::to_value(TaggedOption::Pair((1, 2))).is_err());
    assert!(serde_json::to_value(BTreeMap::from([((1, 2), 3)])).is_err());
    assert!(serde_json::to_value(BTreeMap::from([(Some("a"), 3)])).is_err());
    assert!(serde_json::to_value(BTreeMap::from([(vec![1], 3)])).is_err());
    assert!(serde_json::to_value(u128::MAX).is_err());
}
