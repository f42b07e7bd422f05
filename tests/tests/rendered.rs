//! The SQL of every operation, and of what they become together, word for word: in the folder `rendered`.
//!
//! Users see these texts in their logs, and `pg_stat_statements` counts by them: none changes by the way. After a
//! change that is meant, `CHECKPOINT_UPDATE=1 cargo test -p checkpoint-tests --test rendered` writes the files;
//! where `CI` is set, it writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use checkpoint_schema::{Change, Checkpoint, Statement, Timestamp, Update};
use checkpoint_tests::law;
use checkpoint_tests::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "rendered", version = 1)]
struct Rendered {
    cursor: String,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    total: u64,
    #[serde(default)]
    ratio: f64,
    single: Option<f32>,
    since: Option<Timestamp>,
    #[serde(default)]
    list: Vec<String>,
    #[serde(default)]
    pages: Vec<Page>,
    #[serde(default)]
    map: BTreeMap<String, u32>,
    #[serde(default)]
    cursors: BTreeMap<String, Page>,
    #[serde(default)]
    any: Value,
    #[serde(alias = "old_mode", alias = "mode's")]
    mode: Option<bool>,
    done: Option<bool>,
    #[serde(default, alias = "tries")]
    attempts: u8,
    #[serde(default = "Limits::full")]
    limits: Limits,
    rate: Option<Limits>,
    #[serde(default)]
    pair: (i64, Option<String>),
    #[serde(flatten)]
    page: Option<Page>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Page {
    token: String,
    #[serde(default)]
    number: u16,
}

#[derive(Clone, Debug, Serialize, Deserialize, Checkpoint)]
struct Limits {
    calls: u32,
    burst: Option<i8>,
}

impl Limits {
    fn full() -> Self {
        Self { calls: 5000, burst: None }
    }
}

impl Rendered {
    fn new() -> Self {
        serde_json::from_value(json!({"cursor": ""})).unwrap()
    }
}

/// One operation each.
fn operations() -> Vec<(&'static str, Change<Rendered>)> {
    let f = Rendered::fields();
    let page = |token: &str| Page { token: token.to_owned(), number: 1 };
    let since = "2025-01-15T12:00:00Z".parse::<Timestamp>().unwrap();
    vec![
        ("set", f.cursor().set("a")),
        ("set_none", f.mode().set(None)),
        ("set_default", f.count().set_default(1)),
        ("set_default_in_option", f.mode().some().set_default(true)),
        ("unset", f.count().unset()),
        ("increment", f.count().increment(1)),
        ("increment_in_option", f.rate().some().burst().some().increment(-1)),
        ("increment_beyond_bigint", f.total().increment(u64::MAX)),
        ("increment_float", f.ratio().increment(0.5)),
        ("increment_single", f.single().some().increment(0.5)),
        ("multiply", f.count().multiply(2)),
        ("multiply_in_option", f.single().some().multiply(2)),
        ("min", f.count().min(1)),
        ("max", f.count().max(1)),
        ("max_float", f.ratio().max(0.5)),
        ("advance", f.count().advance(1)),
        ("advance_time", f.since().some().advance(since)),
        ("push", f.list().push("a")),
        ("push_all", f.list().push_all(["a", "b"])),
        ("push_unique", f.list().push_unique("a")),
        ("push_unique_object", f.pages().push_unique(page("a"))),
        ("push_capped", f.list().push_capped("a", 100)),
        ("insert_at", f.list().insert_at(0, "a")),
        ("remove", f.list().remove("a")),
        ("pop", f.list().pop()),
        ("merge_map", f.map().merge(BTreeMap::from([("a".to_owned(), 1)]))),
        ("merge_struct", f.rate().some().merge(Limits::full())),
        ("merge_json", f.any().merge(json!({"a": {"b": 1, "c": null, "d": {}}, "e": [1], "f": null}))),
        ("merge_json_scalar", f.any().merge(json!(1))),
        ("merge_document", f.merge(Rendered::new())),
        ("replace", f.replace(Rendered::new())),
        ("copy_from", f.count().copy_from(&f.limits().calls())),
        ("copy_from_option", f.limits().burst().copy_from(&f.rate().some().burst())),
        ("copy_from_entry", f.count().copy_from(&f.map().key("a"))),
        ("copy_to_entry", f.map().key("a").copy_from(&f.count())),
        ("copy_from_element", f.cursor().copy_from(&f.list().at(0))),
        ("rename_from", f.map().key("a").rename_from(&f.map().key("b"))),
        ("rename_from_aliases", f.mode().rename_from_aliases()),
    ]
}

/// What operations become at other places, and together.
fn combinations() -> Vec<(&'static str, Update<Rendered>)> {
    let f = Rendered::fields();
    let (limits, rate) = (f.limits(), f.rate().some());
    let page = f.page().some();
    let mut later = Rendered::new();
    later.count = 1;
    later.list = vec!["a".to_owned()];
    later.map.insert("a".to_owned(), 1);
    let list: [(&'static str, Update<Rendered>); 31] = [
        ("nothing", [].into()),
        ("two_fields_set", [f.cursor().set("a"), f.count().set(1)].into()),
        ("two_fields", [f.cursor().set("a"), f.count().increment(1)].into()),
        ("set_and_unset", [f.cursor().set("a"), f.count().unset(), f.mode().unset()].into()),
        ("nested_set", rate.calls().set(1).into()),
        ("nested", [rate.calls().set(1), rate.burst().unset()].into()),
        ("nested_required", rate.burst().some().set(1).into()),
        ("nested_default", limits.calls().increment(-1).into()),
        ("map_key_set", f.map().key("a").set(1).into()),
        ("map_key", f.map().key("a").increment(1).into()),
        ("map_key_unset", f.map().key("a").unset().into()),
        ("map_keys", [f.map().key("a").increment(1), f.map().key("b").increment(1)].into()),
        ("map_key_inside", f.cursors().key("a").token().set("b").into()),
        (
            "map_key_made",
            [f.cursors().key("a").token().set("b"), f.cursors().key("a").number().increment(1)].into(),
        ),
        ("element", f.list().at(0).set("a").into()),
        ("elements", [f.list().at(0).set("a"), f.list().at(1).set("b")].into()),
        ("element_inside", f.pages().at(0).number().increment(1).into()),
        ("element_unset", f.pages().at(0).number().unset().into()),
        ("element_copy", f.list().at(0).copy_from(&f.cursor()).into()),
        ("tuple", [f.pair()._0().increment(1), f.pair()._1().set(None)].into()),
        ("flattened_option", page.number().increment(1).into()),
        ("flattened_option_whole", [page.token().set("a"), page.number().set(1)].into()),
        ("alias_set", f.mode().set(Some(true)).into()),
        ("alias_increment", f.attempts().increment(1).into()),
        ("alias_unset", f.mode().unset().into()),
        ("alias_copy", f.mode().copy_from(&f.done()).into()),
        ("equal_places", [f.count().increment(1), f.count().multiply(2)].into()),
        (
            "three_passes",
            [f.map().key("a").set(1), f.count().copy_from(&f.map().key("a")), f.count().increment(1)].into(),
        ),
        ("or_insert", Update::from(f.count().increment(1)).or_insert(&Rendered::new())),
        ("between", Update::between(&Rendered::new(), &later)),
        ("push_recent", f.list().push_recent("a", 100)),
    ];
    list.into()
}

fn all() -> Vec<(&'static str, Update<Rendered>)> {
    let operations = operations().into_iter().map(|(name, change)| (name, change.into()));
    operations.chain(combinations()).collect()
}

/// The expression, and below it what is bound.
fn shown(statement: &Statement) -> String {
    let mut text = format!("{}\n", statement.text());
    for (at, param) in statement.params().iter().enumerate() {
        writeln!(text, "-- ${}::{} {param}", at + 1, param.type_name()).unwrap();
    }
    text
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rendered")
}

/// Are the files to be written?
fn updates() -> bool {
    let set = |name: &str| env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    if set("CHECKPOINT_UPDATE") && set("CI") {
        println!("CHECKPOINT_UPDATE is not heeded, because CI is set: nothing is written");
        return false;
    }
    set("CHECKPOINT_UPDATE")
}

#[test]
fn every_text_is_that_of_its_file() {
    let folder = folder();
    let update = updates();
    let mut faults = String::new();
    let mut names = BTreeSet::new();
    for (name, changes) in all() {
        let file = format!("{name}.sql");
        let path = folder.join(&file);
        let rendered = shown(&changes.expression("checkpoint_data").unwrap());
        if update {
            fs::write(&path, &rendered).unwrap();
        }
        let held = fs::read_to_string(&path).unwrap_or_default();
        if held != rendered {
            write!(faults, "\n{file} has\n{held}\nand is rendered as\n{rendered}").unwrap();
        }
        assert!(names.insert(file), "two updates are called {name}");
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if names.contains(&name) {
            continue;
        }
        if update {
            fs::remove_file(folder.join(&name)).unwrap();
        } else {
            write!(faults, "\n{name} is of no update").unwrap();
        }
    }
    assert!(
        faults.is_empty(),
        "if it is meant, `CHECKPOINT_UPDATE=1 cargo test -p checkpoint-tests --test rendered` writes the files:\n\
         {faults}"
    );
}

#[test]
fn the_text_is_linear_in_the_number_of_changes() {
    let f = Rendered::fields();
    let key = |at: usize| f.map().key(&format!("key {at}"));
    let page = |at: usize| f.cursors().key(&format!("key {at}"));
    // With the longest that one change may take.
    type Make<'a> = &'a dyn Fn(usize) -> Change<Rendered>;
    let kinds: [(&str, usize, Make<'_>); 13] = [
        ("set", 40, &|at| key(at).set(1)),
        ("unset", 20, &|at| key(at).unset()),
        ("increment", 1000, &|at| key(at).increment(1)),
        ("multiply", 1100, &|at| key(at).multiply(2)),
        ("max", 800, &|at| key(at).max(2)),
        ("copy", 900, &|at| key(at).copy_from(&f.count())),
        ("rename", 1900, &|at| key(2 * at).rename_from(&key(2 * at + 1))),
        ("inside", 500, &|at| page(at).token().set("a")),
        ("two inside", 900, &|at| match at % 2 {
            0 => page(at / 2).token().set("a"),
            _ => page(at / 2).number().increment(1),
        }),
        ("elements", 1900, &|at| f.pages().at(at).number().increment(1)),
        ("one place", 1200, &|_| f.count().increment(1)),
        ("one key", 1700, &|_| key(0).increment(1)),
        ("to and fro", 1800, &|at| match at % 2 {
            0 => key(0).copy_from(&f.count()),
            _ => f.count().copy_from(&key(0)),
        }),
    ];
    for (name, longest, change) in kinds {
        let length = |count: usize| {
            let update: Update<Rendered> = (0..count).map(change).collect();
            update.expression("checkpoint_data").unwrap().text().len()
        };
        // The first 700 values are read beforehand, which is as many as one row takes, and each of the others
        // where it is named: a thousand more changes take as much text as the thousand before them.
        let [first, second, third] = [1000, 2000, 3000].map(length);
        let (before, more) = (second - first, third - second);
        // The numbers of the parameters grow by a digit.
        assert!(
            10 * more <= 11 * before,
            "{name}: {more} for the third 1000 changes, {before} for the second"
        );
        let each = first / 1000;
        println!("{name}: {each} each");
        assert!(each <= longest, "{name}: {each} for each of 1000");
    }
}

#[test]
fn one_pass_over_many_keys_reads_the_object_once_for_each() {
    let f = Rendered::fields();
    let update: Update<Rendered> = (0..100).map(|at| f.map().key(&format!("key {at}")).set(1)).collect();
    let text = update.expression("checkpoint_data").unwrap().into_parts().0;
    assert_eq!(text.matches("jsonb_build_object(").count(), 3, "{text}");
    assert_eq!(text.matches("LATERAL").count(), 0, "{text}");
}

/// Data in a `WITH` are those of a snapshot: under a concurrent update they would be lost.
#[test]
fn no_text_has_a_with_clause() {
    let check = |text: &str| {
        let text = text.to_uppercase();
        let with = text.matches("WITH").count();
        assert_eq!(with, text.matches("WITH ORDINALITY").count(), "{text}");
    };
    for (_, update) in all() {
        check(update.expression("checkpoint_data").unwrap().text());
    }
    let mut random = Random::new(1);
    for _ in 0..2000 {
        if let Ok(statement) = law::update(&mut random).update.expression("document") {
            check(statement.text());
        }
    }
}
