//! Reading back: a document of any version loads as the value that the chain computes, and everything else is
//! the documented error; never a fresh start.
//!
//! `CHECKPOINT_CASES=100000 cargo test -p checkpoint-tests --test reading` runs it at length, `CHECKPOINT_SEED`
//! repeats a run.

use std::collections::BTreeMap;
use std::fmt::Debug;

use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::stored::Reason;
use checkpoint_schema::{Checkpoint, ReadError, Stored};
use checkpoint_tests::documents::Run;
use checkpoint_tests::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The first layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "sync", version = 1)]
struct SyncV1 {
    cursor: Option<String>,
    #[serde(default)]
    done: Vec<String>,
}

/// The second: the cursor has a page, and must be there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "sync", version = 2, upgrade(from = 1, with = v1_to_v2))]
struct SyncV2 {
    cursor: Cursor,
    #[serde(default)]
    done: Vec<String>,
}

/// The third: what was done is counted, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(
    job = "sync",
    version = 3,
    upgrade(from = 2, with = Self::from_v2),
    upgrade(from = 1, with = v1_to_v2)
)]
struct SyncV3 {
    #[serde(alias = "cursor")]
    position: Cursor,
    done: Vec<String>,
    total: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Cursor {
    token: String,
    #[serde(default)]
    page: u32,
}

/// Typed.
fn v1_to_v2(old: SyncV1) -> Result<SyncV2, &'static str> {
    let token = old.cursor.ok_or("nothing was synchronised yet: reset the job")?;
    Ok(SyncV2 { cursor: Cursor { token, page: 1 }, done: old.done })
}

impl SyncV3 {
    /// On values: unknown keys stay.
    fn from_v2(mut old: Value) -> Result<Value, String> {
        let done = old["done"].as_array().map_or(0, Vec::len);
        old["total"] = done.into();
        if done == 0 {
            old["done"] = json!([]);
        }
        Ok(old)
    }
}

/// Unknown keys are refused: the version must not be one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "strict", version = 2, upgrade(from = 1, with = rename_page))]
#[serde(deny_unknown_fields)]
struct Strict {
    page: u64,
}

fn rename_page(old: Map<String, Value>) -> Result<Value, String> {
    match old.get("start_at") {
        Some(Value::Number(start)) => Ok(json!({"page": start})),
        Some(other) => Err(format!("start_at is {other}")),
        None => Ok(json!({})),
    }
}

/// The version under a key of its own, in a type that takes every key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "keyed", version = 2, version_key = "_v", upgrade(from = 1, with = list_to_map))]
struct Keyed {
    #[serde(flatten)]
    cursors: BTreeMap<String, u64>,
}

fn list_to_map(old: Value) -> Result<BTreeMap<String, u64>, String> {
    let list = old["cursors"].as_array().ok_or("no list of cursors")?;
    let entry = |(at, cursor): (usize, &Value)| Some((at.to_string(), cursor.as_u64()?));
    list.iter()
        .enumerate()
        .map(entry)
        .collect::<Option<_>>()
        .ok_or_else(|| "a cursor is no number".to_owned())
}

/// The first version, as long as there is no other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "strict")]
#[serde(deny_unknown_fields)]
struct StrictV1 {
    start_at: u64,
}

/// Variants as objects of their own, each of which refuses unknown keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "phases", version = 2, upgrade(from = 1, with = name_phase))]
#[serde(tag = "phase", rename_all = "snake_case", deny_unknown_fields)]
enum Phases {
    Listing { cursor: String },
    Done,
}

fn name_phase(old: Value) -> Result<Phases, String> {
    Ok(match old["cursor"].as_str() {
        Some(cursor) => Phases::Listing { cursor: cursor.to_owned() },
        None => Phases::Done,
    })
}

fn read<C: Checkpoint>(document: Value) -> Result<Stored<C>, ReadError> {
    let read = Stored::<C>::read(Some(&document));
    // The text, and the type-erased chain, say the same.
    let text = Stored::<C>::read_text(Some(&document.to_string()));
    let erased = Descriptor::of::<C>().upgrade(Some(&document));
    match (&read, &text, &erased) {
        (Ok(read), Ok(text), Ok(erased)) => {
            let shown = |stored: &Stored<C>| stored.document().map(|it| it.to_document().unwrap());
            assert_eq!(shown(read), shown(text));
            assert_eq!(read.upgraded_from(), erased.upgraded_from());
            assert_eq!(read.is_absent(), erased.is_absent());
            if let Stored::Current(unchanged) = erased {
                assert_eq!(*unchanged, document);
            }
        }
        (Err(read), Err(text), Err(erased)) => assert!(read == text && read == erased),
        other => panic!("{other:?}", other = (other.0.is_ok(), other.1.is_ok(), other.2.is_ok())),
    }
    read
}

#[track_caller]
fn refused<C: Checkpoint + Debug>(document: Value) -> ReadError {
    match read::<C>(document.clone()) {
        Ok(stored) => panic!("{document} was read as {stored:?}"),
        Err(error) => error,
    }
}

#[track_caller]
fn says<C: Checkpoint + Debug>(document: Value, words: &str) {
    assert_eq!(refused::<C>(document).to_string(), words);
}

/// A random value of each version.
struct Values<'r>(&'r mut Random);

impl Values<'_> {
    fn word(&mut self) -> String {
        (*self.0.choose(&["", "a", "Y3Vyc29y", "ü~/\"\\", "null", "checkpoint_version"])).to_owned()
    }

    fn words(&mut self) -> Vec<String> {
        (0..self.0.below(4)).map(|_| self.word()).collect()
    }

    fn v1(&mut self) -> SyncV1 {
        let cursor = if self.0.one_in(5) { None } else { Some(self.word()) };
        SyncV1 { cursor, done: self.words() }
    }

    fn v2(&mut self) -> SyncV2 {
        let page = u32::try_from(self.0.below(9)).unwrap();
        SyncV2 { cursor: Cursor { token: self.word(), page }, done: self.words() }
    }

    fn v3(&mut self) -> SyncV3 {
        let SyncV2 { cursor, done } = self.v2();
        SyncV3 { position: cursor, done, total: 7 }
    }
}

fn third(second: SyncV2) -> SyncV3 {
    let total = u32::try_from(second.done.len()).unwrap();
    SyncV3 { position: second.cursor, done: second.done, total }
}

#[test]
fn a_document_of_every_version_loads_as_the_value_that_the_chain_computes() {
    let run = Run::from_environment(3_000);
    println!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    let mut random = Random::new(run.seed);
    let mut seen = [0; 4];
    for _ in 0..run.cases {
        let version = 1 + random.below(3);
        let states_first = random.one_in(2);
        let spelled_as_float = random.one_in(3);
        let mut values = Values(&mut random);
        let (document, expected): (Value, Result<SyncV3, Value>) = match version {
            1 => {
                let first = values.v1();
                let mut document = first.to_document().unwrap();
                if states_first {
                    document["checkpoint_version"] = 1.into();
                }
                if first.done.is_empty() && states_first {
                    document.as_object_mut().unwrap().remove("done");
                }
                let second = v1_to_v2(first).map_err(|_| document.clone());
                (document, second.map(third))
            }
            2 => {
                let second = values.v2();
                (second.to_document().unwrap(), Ok(third(second)))
            }
            _ => {
                let third = values.v3();
                (third.to_document().unwrap(), Ok(third))
            }
        };
        let mut document = document;
        if let (true, Some(stated)) = (spelled_as_float, document.get_mut("checkpoint_version")) {
            *stated = stated.as_f64().unwrap().into();
        }
        let found = read::<SyncV3>(document.clone());
        match (expected, found) {
            (Ok(expected), Ok(found)) => {
                seen[version] += 1;
                let from = u32::try_from(version).ok().filter(|version| *version < 3);
                assert_eq!(found.upgraded_from(), from, "{document}");
                assert_eq!(found.document(), Some(&expected), "{document}");
                // What is upgraded is as good as what is written.
                for again in [upgraded(&document), found.into_option().map(|it| it.to_document().unwrap())] {
                    assert_eq!(read::<SyncV3>(again.unwrap()), Ok(Stored::Current(expected.clone())));
                }
            }
            (Err(_), Err(error)) => {
                seen[0] += 1;
                assert!(matches!(error.reason(), Reason::StepFailed { from: 1, .. }), "{error}");
            }
            (expected, found) => panic!("{document}: {found:?} is not {expected:?}"),
        }
    }
    println!("{seen:?}");
    assert!(seen.iter().all(|count| *count > run.cases / 30), "{seen:?}");
}

fn upgraded(document: &Value) -> Option<Value> {
    let upgraded = Descriptor::of::<SyncV3>().upgrade(Some(document)).unwrap().into_option()?;
    assert_eq!(upgraded["checkpoint_version"].as_f64(), Some(3.0));
    Some(upgraded)
}

/// Whatever a document states, and whatever stands beside it.
#[test]
fn documents_with_any_version_are_read_by_the_rules_or_refused_by_them() {
    let run = Run::from_environment(3_000);
    println!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    let mut random = Random::new(run.seed);
    let stated = [
        json!(1),
        json!(2),
        json!(3),
        json!(1.0),
        json!(2.0),
        json!(3.0),
        json!(4),
        json!(9),
        json!(u32::MAX),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e30),
        json!(4_294_967_296_u64),
        json!("3"),
        json!(""),
        json!(null),
        json!(true),
        json!([3]),
        json!({"v": 3}),
    ];
    for _ in 0..run.cases {
        let mut values = Values(&mut random);
        let layout = match values.0.below(5) {
            0 => serde_json::to_value(values.v1()).unwrap(),
            1 => serde_json::to_value(values.v2()).unwrap(),
            2 => serde_json::to_value(values.v3()).unwrap(),
            3 => json!({}),
            _ => json!({"position": {"token": 1}, "cursor": [], "done": "?", "total": null}),
        };
        let stated = if random.one_in(4) { None } else { Some(random.choose(&stated).clone()) };
        let mut document = layout.clone();
        if let Some(stated) = &stated {
            document["checkpoint_version"] = stated.clone();
        }
        let version = match stated.as_ref().map(Value::as_f64) {
            None => Some(1),
            Some(Some(number)) => {
                [1, 2, 3, 4, 9, u32::MAX].into_iter().find(|known| f64::from(*known) == number)
            }
            Some(None) => None,
        };
        // The rules, by hand.
        let second = |value: Value| serde_json::from_value::<SyncV2>(value).map(third).ok();
        let expected = match version {
            Some(1) => {
                serde_json::from_value::<SyncV1>(layout).ok().and_then(|it| v1_to_v2(it).ok()).map(third)
            }
            // By value, it passes over what the second version requires and the third does not.
            Some(2) => second(layout.clone()).or_else(|| {
                let third = SyncV3::from_v2(layout).unwrap();
                serde_json::from_value(third).ok()
            }),
            Some(3) => serde_json::from_value(layout).ok(),
            _ => None,
        };
        let found = read::<SyncV3>(document.clone());
        match (&expected, &found) {
            (Some(expected), Ok(found)) => assert_eq!(found.document(), Some(expected), "{document}"),
            (None, Err(error)) => match (version, error.reason()) {
                (None, Reason::NoVersion { .. }) => assert_eq!(error.pointer(), "/checkpoint_version"),
                (Some(4..), Reason::Newer { found }) => assert_eq!(Some(*found), version),
                (Some(3), Reason::Unreadable { version: 3, .. }) => {}
                (Some(2), Reason::StepResult { from: 2, .. }) => {}
                (Some(1), Reason::Unreadable { version: 1, .. } | Reason::StepFailed { from: 1, .. }) => {}
                (_, reason) => panic!("{document}: {reason:?}"),
            },
            _ => panic!("{document}: {found:?} is not {expected:?}"),
        }
    }
}

#[test]
fn nothing_and_null_are_absent_and_an_empty_object_is_a_document() {
    assert_eq!(Stored::<SyncV3>::read(None), Ok(Stored::Absent));
    assert_eq!(Stored::<SyncV3>::read_text(None), Ok(Stored::Absent));
    assert_eq!(read::<SyncV3>(json!(null)), Ok(Stored::Absent));
    assert_eq!(read::<SyncV1>(json!({})), Ok(Stored::Current(SyncV1 { cursor: None, done: Vec::new() })));
    says::<SyncV2>(
        json!({"checkpoint_version": 2}),
        "the document of the job `sync`, version 2, cannot be read: missing field `cursor`",
    );
}

#[test]
fn what_is_no_object_is_no_checkpoint_and_no_fresh_start() {
    for (document, found) in [
        (json!(false), "boolean"),
        (json!(0), "number"),
        (json!(""), "string"),
        (json!([]), "array"),
        // serde would read a struct from its fields in order.
        (json!(["token", []]), "array"),
    ] {
        let words =
            format!("the document of the job `sync` is no checkpoint: expected object, found {found}");
        says::<SyncV1>(document.clone(), &words);
        says::<SyncV3>(document.clone(), &words);
        assert!(Descriptor::of::<SyncV1>().read(&document).is_err());
    }
}

#[test]
fn a_text_that_is_no_json_is_refused_and_so_is_the_empty_one() {
    for text in ["", " ", "{", "nul", "{}x", "{'cursor': null}", "\u{feff}{}"] {
        let error = Stored::<SyncV1>::read_text(Some(text)).unwrap_err();
        assert!(matches!(error.reason(), Reason::NotJson(_)), "{text:?}: {error}");
        assert!(error.to_string().starts_with("the text of the job `sync` is no JSON: "), "{error}");
    }
    assert_eq!(Stored::<SyncV1>::read_text(Some(" null\n")), Ok(Stored::Absent));
    // The last of equal keys counts, as for `jsonb`.
    let twice = r#"{"cursor": "a", "checkpoint_version": 9, "cursor": "b", "checkpoint_version": 1}"#;
    let found = Stored::<SyncV1>::read_text(Some(twice)).unwrap().into_option().unwrap();
    assert_eq!(found.cursor.as_deref(), Some("b"));
    let deep = "[".repeat(100_000);
    assert!(matches!(Stored::<SyncV1>::read_text(Some(&deep)).unwrap_err().reason(), Reason::NotJson(_)));
}

#[test]
fn a_document_of_a_newer_version_is_told_from_a_broken_one() {
    // Version 2 under version 1 code: even where serde would ignore the key, and where it would refuse it.
    says::<SyncV1>(
        json!({"cursor": "c", "checkpoint_version": 2}),
        "the document of the job `sync` is of version 2, and this program reads it up to version 1: run the program that wrote it, or a newer one; nothing has been changed",
    );
    assert_eq!(
        refused::<StrictV1>(json!({"page": 5, "checkpoint_version": 2.0})).reason(),
        &Reason::Newer { found: 2 }
    );
    // Version 9, whatever else it is.
    for document in [json!({"checkpoint_version": 9}), json!({"checkpoint_version": 9.0, "position": 5})] {
        let error = refused::<SyncV3>(document);
        assert_eq!(
            (error.reason(), error.pointer().as_str()),
            (&Reason::Newer { found: 9 }, "/checkpoint_version")
        );
    }
    assert_eq!(
        refused::<SyncV3>(json!({"checkpoint_version": u32::MAX})).reason(),
        &Reason::Newer { found: u32::MAX }
    );
}

#[test]
fn a_version_of_the_wrong_type_is_no_version() {
    let words = |key: &str, job: &str, found: &str| {
        format!(
            "the document of the job `{job}` states no version: /{key}: expected a whole number from 1, found {found}; write the version of its layout there, or leave the key out if that is version 1"
        )
    };
    for (version, found) in [
        (json!("2"), "the string \"2\""),
        (json!("three"), "the string \"three\""),
        (json!(null), "null"),
        (json!(1.5), "the number 1.5"),
        (json!(0), "the number 0"),
        (json!(-1), "the number -1"),
        (json!(4_294_967_296_u64), "the number 4294967296"),
        (json!(true), "the boolean true"),
        (json!([1]), "an array"),
        (json!({}), "an object"),
    ] {
        let document = json!({"cursor": "c", "checkpoint_version": version});
        says::<SyncV1>(document.clone(), &words("checkpoint_version", "sync", found));
        says::<SyncV3>(document, &words("checkpoint_version", "sync", found));
        says::<Keyed>(json!({"_v": version}), &words("_v", "keyed", found));
    }
    assert!(matches!(
        refused::<SyncV1>(json!({"checkpoint_version": 1e30})).reason(),
        Reason::NoVersion { .. }
    ));
}

#[test]
fn version_one_may_state_its_version_and_the_type_never_sees_it() {
    let first = Ok(Stored::Current(StrictV1 { start_at: 5 }));
    assert_eq!(read::<StrictV1>(json!({"start_at": 5})), first);
    assert_eq!(read::<StrictV1>(json!({"start_at": 5, "checkpoint_version": 1})), first);
    assert_eq!(read::<StrictV1>(json!({"start_at": 5, "checkpoint_version": 1.0})), first);
    assert_eq!(StrictV1 { start_at: 5 }.to_document().unwrap(), json!({"start_at": 5}));
}

/// A version and a layout of another version: the version decides, and the layout does not fit.
#[test]
fn a_layout_of_another_version_than_the_stated_one_is_refused() {
    let second = json!({"page": 5});
    says::<Strict>(
        second,
        "the document of the job `strict` cannot be upgraded: what the step from version 1 gives is no version 2: missing field `page`",
    );
    says::<Strict>(
        json!({"start_at": 5, "checkpoint_version": 2}),
        "the document of the job `strict`, version 2, cannot be read: start_at: unknown field `start_at`, expected `page`"
            .replace(" start_at: ", " /start_at: ")
            .as_str(),
    );
    // The keys of two versions in one document: the one of the stated version is read.
    let both = json!({"start_at": 1, "page": 2});
    assert_eq!(read::<Strict>(both), Ok(Stored::Upgraded { document: Strict { page: 1 }, from: 1 }));
    assert!(matches!(
        refused::<Strict>(json!({"start_at": 1, "page": 2, "checkpoint_version": 2})).reason(),
        Reason::Unreadable { version: 2, .. }
    ));
    // A key and its alias, which the key of an older layout has become.
    let both = json!({"cursor": {"token": "a"}, "position": {"token": "b"}, "done": [], "total": 0});
    let mut third = both.clone();
    third["checkpoint_version"] = 3.into();
    says::<SyncV3>(
        third,
        "the document of the job `sync`, version 3, cannot be read: /position: duplicate field `position`"
            .replace("/position: ", "")
            .as_str(),
    );
    let mut second = both;
    second["checkpoint_version"] = 2.into();
    assert!(matches!(refused::<SyncV3>(second).reason(), Reason::StepResult { from: 2, .. }));
    // Under another key than the type's, a version is a key like others.
    let keyed = read::<Keyed>(json!({"_v": 2, "checkpoint_version": 9})).unwrap().into_option().unwrap();
    assert_eq!(keyed.cursors["checkpoint_version"], 9);
    assert_eq!(
        refused::<Keyed>(json!({"checkpoint_version": 2, "a": 5})).to_string(),
        "the document of the job `keyed` cannot be upgraded from version 1: no list of cursors"
    );
}

#[test]
fn the_reserved_key_is_hidden_from_serde_and_from_every_step() {
    assert_eq!(
        read::<Strict>(json!({"page": 5, "checkpoint_version": 2})),
        Ok(Stored::Current(Strict { page: 5 }))
    );
    // The step would find it among the keys, and the map would take it.
    let keyed = read::<Keyed>(json!({"_v": 1, "cursors": [7, 8]})).unwrap();
    let cursors = BTreeMap::from([("0".to_owned(), 7), ("1".to_owned(), 8)]);
    assert_eq!(keyed, Stored::Upgraded { document: Keyed { cursors: cursors.clone() }, from: 1 });
    let document = Keyed { cursors }.to_document().unwrap();
    assert_eq!(document, json!({"_v": 2, "0": 7, "1": 8}));
    assert_eq!(read::<Keyed>(document).unwrap().upgraded_from(), None);

    let taken = Keyed { cursors: BTreeMap::from([("_v".to_owned(), 1)]) };
    assert_eq!(
        taken.to_document().unwrap_err().to_string(),
        "the document: the type itself writes the key `_v`, which is reserved for the version"
    );
}

#[test]
fn variants_that_refuse_unknown_keys_state_their_version() {
    assert_eq!(
        read::<Phases>(json!({"cursor": "c"})),
        Ok(Stored::Upgraded { document: Phases::Listing { cursor: "c".to_owned() }, from: 1 })
    );
    for phases in [Phases::Done, Phases::Listing { cursor: String::new() }] {
        let document = phases.to_document().unwrap();
        assert_eq!(document["checkpoint_version"], 2);
        assert_eq!(read::<Phases>(document), Ok(Stored::Current(phases)));
    }
}

#[test]
fn a_failing_step_is_told_with_its_version_and_its_words() {
    let error = refused::<SyncV3>(json!({"cursor": null}));
    assert_eq!(
        error.to_string(),
        "the document of the job `sync` cannot be upgraded from version 1: nothing was synchronised yet: reset the job"
    );
    assert_eq!(error.job(), "sync");
    assert_eq!(
        refused::<Strict>(json!({"start_at": "5"})).to_string(),
        "the document of the job `strict` cannot be upgraded from version 1: start_at is \"5\""
    );
}

#[test]
fn an_old_document_that_its_step_does_not_read_is_told_as_one_of_its_version() {
    let error = refused::<SyncV3>(json!({"cursor": "c", "done": ["a", 5]}));
    assert_eq!(
        error.to_string(),
        "the document of the job `sync`, version 1, cannot be read: /done/1: invalid type: integer `5`, expected a string"
    );
    assert_eq!(error.pointer(), "/done/1");
}

/// Chains whose steps give what nobody reads.
mod careless {
    use super::*;

    macro_rules! careless {
        ($($name:ident: $first:expr, $second:expr;)*) => {$(
            #[derive(Debug, Serialize, Deserialize, Checkpoint)]
            #[checkpoint(
                job = "careless",
                version = 3,
                upgrade(from = 1, with = Self::first),
                upgrade(from = 2, with = Self::second)
            )]
            pub(super) struct $name {
                total: u8,
            }

            impl $name {
                fn first(old: Value) -> Result<Value, String> {
                    let first: fn(Value) -> Value = $first;
                    Ok(first(old))
                }

                fn second(old: BTreeMap<String, u8>) -> Result<Value, String> {
                    let second: fn(BTreeMap<String, u8>) -> Value = $second;
                    Ok(second(old))
                }
            }
        )*};
    }

    careless! {
        Unread: |_| json!({"total": [1]}), |old| json!(old);
        Null: |_| Value::Null, |old| json!(old);
        List: |old| json!([old]), |old| json!(old);
        States: |_| json!({"checkpoint_version": 2.0, "total": 1}), |old| json!(old);
        StatesOld: |_| json!({"checkpoint_version": 1}), |old| json!(old);
        StatesNonsense: |_| json!({"checkpoint_version": "2"}), |old| json!(old);
        UnreadLast: |old| old, |_| json!({"total": 256});
        Nul: |old| old, |_| json!({"total": 1, "note": "\0"});
        Deep: |_| (0..127).fold(json!(1), |inside, _| json!({"in": inside})), |old| json!(old);
        TooDeep: |_| (0..128).fold(json!(1), |inside, _| json!({"in": inside})), |old| json!(old);
    }
}

#[test]
fn what_a_step_gives_and_nobody_reads_is_told_with_the_step() {
    use careless::*;
    fn gives<C: Checkpoint + Debug>(from: u32, words: &str) {
        let expected = format!(
            "the document of the job `careless` cannot be upgraded: what the step from version {from} gives is no version {}: {words}",
            from + 1
        );
        says::<C>(json!({"total": 1}), &expected);
    }
    gives::<Unread>(1, "/total: invalid type: sequence, expected u8");
    gives::<Null>(1, "expected object, found null");
    gives::<List>(1, "expected object, found array");
    assert!(read::<States>(json!({})).is_ok());
    gives::<StatesOld>(1, "/checkpoint_version: states version 1: leave the key out, the chain sets it");
    gives::<StatesNonsense>(
        1,
        "/checkpoint_version: states the string \"2\": leave the key out, the chain sets it",
    );
    gives::<UnreadLast>(2, "/total: invalid value: integer `256`, expected u8");
    gives::<Nul>(2, "the text holds U+0000, which PostgreSQL cannot store");
    gives::<Deep>(1, "/in: invalid type: map, expected u8");
    gives::<TooDeep>(1, "nested deeper than 127 levels, which serde_json does not read back");
}

#[test]
fn the_upgraded_json_keeps_what_steps_on_values_keep_and_states_its_version() {
    let descriptor = Descriptor::of::<SyncV3>();
    let second = json!({"checkpoint_version": 2, "cursor": {"token": "t"}, "done": ["a"], "note": "kept"});
    assert_eq!(
        descriptor.upgrade(Some(&second)).unwrap(),
        Stored::Upgraded {
            document: json!({
                "checkpoint_version": 3, "cursor": {"token": "t"}, "done": ["a"], "total": 1, "note": "kept"
            }),
            from: 2
        }
    );
    // The first step is typed.
    let first = json!({"cursor": "t", "note": "dropped"});
    assert_eq!(
        descriptor.upgrade(Some(&first)).unwrap().into_option().unwrap(),
        json!({"checkpoint_version": 3, "cursor": {"token": "t", "page": 1}, "done": [], "total": 0})
    );
    assert_eq!(descriptor.upgrade(None).unwrap(), Stored::Absent);
    assert_eq!(descriptor.upgrade(Some(&Value::Null)).unwrap(), Stored::Absent);
}

#[test]
fn a_descriptor_reads_exactly_its_own_version() {
    let descriptor = Descriptor::of::<SyncV2>();
    let document = |version: Value| json!({"checkpoint_version": version, "cursor": {"token": "t"}});
    assert_eq!(descriptor.read(&document(json!(2))), Ok(()));
    assert_eq!(descriptor.read(&document(json!(2.0))), Ok(()));
    for (version, words) in [
        (json!(1), "/checkpoint_version: the document is of version 1, and the type of 2"),
        (json!(3), "/checkpoint_version: the document is of version 3, and the type of 2"),
        (json!("2"), "/checkpoint_version: expected version 2, found the string \"2\""),
    ] {
        assert_eq!(descriptor.read(&document(version)).unwrap_err().to_string(), words);
    }
    let unstated = json!({"cursor": {"token": "t"}});
    assert_eq!(descriptor.read(&unstated).unwrap_err().pointer(), "/checkpoint_version");
    assert_eq!(Descriptor::of::<SyncV1>().read(&json!({"cursor": "t", "checkpoint_version": 1})), Ok(()));
}

#[test]
fn what_was_read_is_told_apart_and_taken_out() {
    let current = Stored::Current(5);
    let upgraded = Stored::Upgraded { document: 5, from: 2 };
    for (stored, absent, from, document) in [
        (Stored::Absent, true, None, None),
        (current, false, None, Some(5)),
        (upgraded, false, Some(2), Some(5)),
    ] {
        assert_eq!(stored.is_absent(), absent);
        assert_eq!(stored.upgraded_from(), from);
        assert_eq!(stored.document(), document.as_ref());
        assert_eq!(Option::from(stored), document);
        assert_eq!(stored.map(|it| it + 1).into_option(), document.map(|it| it + 1));
    }
}

/// A generic type has its own function for each step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "generic", version = 2, upgrade(from = 1, with = Self::listed))]
struct Generic<T> {
    items: Vec<T>,
}

impl<T> Generic<T> {
    fn listed(old: BTreeMap<String, Value>) -> Result<Value, String> {
        Ok(json!({"items": old.into_values().collect::<Vec<_>>()}))
    }
}

#[test]
fn a_generic_checkpoint_has_a_chain_for_each_of_its_types() {
    let old = json!({"a": 1, "b": 2});
    let upgraded = Stored::Upgraded { document: Generic { items: vec![1_u8, 2] }, from: 1 };
    assert_eq!(read::<Generic<u8>>(old.clone()), Ok(upgraded));
    says::<Generic<String>>(
        old,
        "the document of the job `generic` cannot be upgraded: what the step from version 1 gives is no version 2: /items/0: invalid type: integer `1`, expected a string",
    );
}

/// Written by hand, without its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
struct ByHand {
    page: u8,
}

impl Checkpoint for ByHand {
    const JOB: &'static str = "by_hand";
    const VERSION: u32 = u32::MAX;
}

#[test]
fn a_chain_by_hand_without_a_step_is_told() {
    says::<ByHand>(
        json!({"page": 1}),
        "the document of the job `by_hand` cannot be upgraded: no step leads from version 1; add one to the type's `UPGRADES`",
    );
    let document = ByHand { page: 1 }.to_document().unwrap();
    assert_eq!(document, json!({"page": 1, "checkpoint_version": u32::MAX}));
    assert_eq!(read::<ByHand>(document), Ok(Stored::Current(ByHand { page: 1 })));
}

/// The contracts say of the version what reading does.
mod contracts {
    use checkpoint_schema::schema::{self, Contract};

    use super::*;

    /// A type that contains itself: only the whole document states its version.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "tree", version = 2, upgrade(from = 1, with = unchanged))]
    #[serde(deny_unknown_fields)]
    struct Tree {
        name: String,
        #[serde(default)]
        children: Vec<Tree>,
    }

    fn unchanged(old: Value) -> Result<Value, String> {
        Ok(old)
    }

    /// Nothing of its own: all is flattened.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "flat", version = 2, upgrade(from = 1, with = unchanged))]
    struct Flat {
        #[serde(flatten)]
        phase: Inner,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[serde(tag = "phase", deny_unknown_fields)]
    enum Inner {
        Listing { cursor: String },
        Done,
    }

    fn accepts<C: Checkpoint>(contract: Contract, document: &Value) -> bool {
        let finished = schema::document::<C>(contract);
        let raw = schema::raw_document::<C>(contract);
        let by = |schema: &Value| jsonschema::validator_for(schema).unwrap().is_valid(document);
        assert_eq!(by(&finished), by(&raw), "{document}");
        by(&finished)
    }

    fn both<C: Checkpoint + Debug>(value: &C) {
        let document = value.to_document().unwrap();
        for contract in [Contract::Read, Contract::Write] {
            assert!(accepts::<C>(contract, &document), "{contract:?} {document}");
            for (version, fits) in [
                (Some(json!(f64::from(C::VERSION))), true),
                (Some(json!(1)), C::VERSION == 1),
                (Some(json!(9)), false),
                (Some(json!(C::VERSION.to_string())), false),
                (None, false),
            ] {
                let mut other = document.clone();
                let object = other.as_object_mut().unwrap();
                match version {
                    Some(version) => object.insert(C::VERSION_KEY.to_owned(), version),
                    None => object.remove(C::VERSION_KEY),
                };
                assert_eq!(accepts::<C>(contract, &other), fits, "{contract:?} {other}");
                assert_eq!(Descriptor::of::<C>().read(&other).is_ok(), fits, "{other}");
            }
        }
    }

    #[test]
    fn from_version_two_on_both_contracts_require_the_version() {
        let cursor = || Cursor { token: String::new(), page: 1 };
        both(&SyncV2 { cursor: cursor(), done: Vec::new() });
        both(&SyncV3 { position: cursor(), done: Vec::new(), total: 0 });
        both(&Strict { page: 1 });
        both(&Phases::Listing { cursor: String::new() });
        both(&Phases::Done);
        both(&Flat { phase: Inner::Done });
        both(&Flat { phase: Inner::Listing { cursor: String::new() } });
        both(&Keyed { cursors: BTreeMap::from([("a".to_owned(), 1)]) });
        let leaf = || Tree { name: String::new(), children: Vec::new() };
        let tree = Tree { name: String::new(), children: vec![leaf()] };
        both(&tree);
        // A part states none.
        let mut stated = tree.to_document().unwrap();
        stated["children"][0]["checkpoint_version"] = 2.into();
        assert!(!accepts::<Tree>(Contract::Read, &stated));
        assert!(Descriptor::of::<Tree>().read(&stated).is_err());
    }

    #[test]
    fn the_key_is_described_and_version_one_has_none() {
        let schema = schema::document::<Keyed>(Contract::Read);
        assert_eq!(
            schema["properties"]["_v"],
            json!({
                "type": "integer", "const": 2,
                "description": "The version of the document's layout. A document without it is of version 1."
            })
        );
        assert_eq!(schema["required"], json!(["_v"]));
        for contract in [Contract::Read, Contract::Write] {
            assert!(!schema::document::<StrictV1>(contract).to_string().contains("checkpoint_version"));
        }
    }
}
