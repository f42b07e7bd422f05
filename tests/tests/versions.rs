//! Writers of two versions of one document: each changes its own version's documents, and no other.

use std::convert::Infallible;
use std::sync::Barrier;
use std::thread;

use ::postgres::Client;
use checkpoint_schema::field::Reason;
use checkpoint_schema::table::Outcome;
use checkpoint_schema::{Checkpoint, FieldError, JobTable, Stored, Update};
use checkpoint_tests::documents::Run;
use checkpoint_tests::json::same;
use checkpoint_tests::postgres::{self, Server};
use checkpoint_tests::random::Random;
use checkpoint_tests::row::Row;
use checkpoint_tests::statements::{outcome, refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

mod first {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "versions", version = 1)]
    pub(super) struct Job {
        #[serde(default)]
        pub(super) cursor: String,
        #[serde(default)]
        pub(super) total: u64,
    }
}

mod second {
    use super::*;

    /// The cursor has gone, and the total counts something else.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "versions", version = 2, upgrade(from = 1, with = upgraded))]
    pub(super) struct Job {
        #[serde(default)]
        pub(super) cursors: Vec<String>,
        #[serde(default)]
        pub(super) total: u64,
    }

    fn upgraded(old: first::Job) -> Result<Job, Infallible> {
        Ok(Job { cursors: vec![old.cursor], total: 1000 * old.total })
    }
}

/// Every statement of a version, and what is none.
fn stated() -> Vec<Value> {
    vec![
        json!(1),
        json!(1.0),
        json!(2),
        json!(2.0),
        json!(3),
        json!(u32::MAX),
        json!(u64::from(u32::MAX) + 1),
        json!(0),
        json!(-0.0),
        json!(-1),
        json!(1.5),
        json!(1e30),
        json!("2"),
        json!("it's \"2\""),
        json!(true),
        json!(null),
        json!([1]),
        json!({"checkpoint_version": 1}),
    ]
}

/// What may be stored: absent, of each version, of none, and no object at all.
fn documents() -> Vec<Value> {
    let mut documents =
        vec![json!(null), json!({}), json!([]), json!([2]), json!(2), json!("2"), json!(true)];
    documents.push(json!({"total": 5}));
    documents.extend(stated().into_iter().map(|version| json!({"checkpoint_version": version, "total": 5})));
    documents
}

/// The same in memory and in SQL; and the document is changed only if it is absent or of the version.
fn held<C: Checkpoint>(row: &mut Row, update: &Update<C>, document: &Value) -> Result<Value, FieldError> {
    row.store(document);
    let expected = update.apply(document);
    let statement = update.clone().expression("document").expect("an expression");
    let found = row.update(&statement).unwrap_or_else(|why| panic!("{update:?} of {document}: {why}"));
    match (&expected, &found) {
        (Ok(expected), Ok(found)) => {
            assert!(same(expected, found), "{update:?} of {document}: {expected} in memory, {found} in SQL");
        }
        (expected, found) => {
            assert_eq!(expected, found, "{update:?} of {document}");
            assert!(same(&row.stored(), document), "{update:?} of {document}");
        }
    }
    expected
}

/// What the document states: `None` if that is no version.
fn version(document: &Value) -> Option<u32> {
    let Some(stated) = document.get("checkpoint_version") else { return Some(1) };
    let whole = stated.as_f64().filter(|float| *float >= 1.0 && float.fract() == 0.0)?;
    format!("{whole}").parse().ok()
}

fn tried<C: Checkpoint + Clone>(row: &mut Row, updates: &[Update<C>]) {
    let mut refused = 0;
    for document in documents() {
        for update in updates {
            let result = held(row, update, &document);
            match (&document, version(&document)) {
                (Value::Object(_), Some(found)) if found == C::VERSION => {
                    let after = result.unwrap_or_else(|error| panic!("{update:?} of {document}: {error}"));
                    assert_eq!(version(&after), Some(C::VERSION), "{update:?} of {document}");
                }
                (Value::Object(_), found) => {
                    let error = result.expect_err("it is of another version");
                    assert_eq!(error.pointer(), "/checkpoint_version", "{update:?} of {document}");
                    refused += 1;
                    match (found, error.reason()) {
                        (Some(stated), Reason::Version { found, expected }) => {
                            assert_eq!((stated, C::VERSION), (*found, *expected));
                        }
                        (None, Reason::WrongType { expected: "version", .. }) => {}
                        (_, other) => panic!("{update:?} of {document}: {other:?}"),
                    }
                }
                // Made, with its version; left; or told to be no object.
                _ => match result {
                    Ok(Value::Null) => {}
                    Ok(left) if update.is_empty() => assert!(same(&left, &document), "{document}"),
                    Ok(made) => assert_eq!(version(&made), Some(C::VERSION), "{update:?} of {document}"),
                    Err(error) => assert!(!matches!(error.reason(), Reason::Version { .. }), "{error}"),
                },
            }
        }
    }
    assert!(refused > 10 * updates.len(), "{refused}");
}

#[test]
fn a_change_is_made_to_documents_of_its_own_version_only() {
    postgres::each(|server| {
        let mut row = Row::new(server);
        let f = first::Job::fields();
        let updates = [
            Update::from(f.cursor().set("a")),
            Update::from(f.total().increment(1)),
            Update::from([f.cursor().unset(), f.total().unset()]),
            Update::from([f.cursor().set("a"), f.cursor().set("b")]),
            Update::from(f.replace(first::Job::default())),
            Update::from(f.merge(first::Job::default())),
            Update::from(f.total().increment(1)).or_insert(&first::Job::default()),
            Update::from([]),
        ];
        tried(&mut row, &updates);
        let f = second::Job::fields();
        let updates = [
            Update::from(f.cursors().set(vec![])),
            Update::from(f.cursors().push("a")),
            Update::from(f.total().increment(1)),
            Update::from([f.cursors().unset(), f.total().unset()]),
            Update::from([f.cursors().push("a"), f.cursors().push("b")]),
            Update::from(f.replace(second::Job::default())),
            Update::from(f.merge(second::Job::default())),
            Update::from(f.total().increment(1)).or_insert(&second::Job::default()),
            Update::from([]),
        ];
        tried(&mut row, &updates);
    });
}

fn table(server: &Server) -> Client {
    let mut client = server.connect();
    client
        .batch_execute("CREATE TABLE etl_jobs (id integer PRIMARY KEY, job_name text, checkpoint_data jsonb)")
        .expect("a table");
    client
}

fn jobs() -> JobTable {
    JobTable::default().without_retry_columns()
}

fn stored(client: &mut Client) -> Option<Value> {
    client.query_one("SELECT checkpoint_data FROM etl_jobs WHERE id = 1", &[]).expect("a row").get(0)
}

fn put(client: &mut Client, document: Option<&Value>) {
    let row =
        "INSERT INTO etl_jobs VALUES (1, 'Versions', $1) ON CONFLICT (id) DO UPDATE SET checkpoint_data = $1";
    client.execute(row, &[&document]).expect("a row");
}

/// A program of version 1: it counts up until the row is no longer of its version. Gives how often it counted.
fn older(client: &mut Client, times: u64) -> u64 {
    let f = first::Job::fields();
    for done in 0..times {
        let update = [f.total().increment(1), f.cursor().set(format!("page {done}"))];
        let statement = jobs().update(update).id(1).statement().expect("a statement");
        match outcome(client, &statement) {
            Ok(outcome) => assert_eq!(outcome, Outcome::Updated),
            Err(error) => {
                let told = refusal(&error);
                assert_eq!(told.reason(), &Reason::Version { found: 2, expected: 1 }, "{told}");
                return done;
            }
        }
    }
    times
}

/// A program of version 2: it writes back what it has upgraded, and counts.
fn newer(client: &mut Client, times: u64) -> u64 {
    let f = second::Job::fields();
    let mut done = 0;
    while done < times {
        let row = stored(client);
        let read = jobs().read::<second::Job>(row.as_ref()).expect("it is readable");
        if let Stored::Upgraded { document, .. } = read {
            let statement =
                jobs().compare_and_set(1, row.as_ref(), &document).expect("a statement").statement();
            // Where another was faster, it is read again.
            let outcome = outcome(client, &statement).expect("an outcome");
            assert!(matches!(outcome, Outcome::Updated | Outcome::GuardFailed), "{outcome}");
            continue;
        }
        let update = Update::from([f.total().increment(1), f.cursors().push_capped("page", 3)]);
        let update = update.or_insert(&second::Job::default());
        let statement = jobs().update(update).id(1).statement().expect("a statement");
        match outcome(client, &statement) {
            Ok(outcome) => {
                assert_eq!(outcome, Outcome::Updated);
                done += 1;
            }
            // An older program has made the absent document meanwhile.
            Err(error) => {
                let told = refusal(&error);
                assert_eq!(told.reason(), &Reason::Version { found: 1, expected: 2 }, "{told}");
            }
        }
    }
    done
}

/// `CHECKPOINT_CASES` is how often the race is run.
#[test]
fn programs_of_two_versions_race_on_one_row() {
    let run = Run::from_environment(8);
    println!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    postgres::each(|server| {
        let mut client = table(server);
        let (mut of_older, mut cut_short) = (0, 0);
        for case in 0..run.cases {
            let mut random = Random::new(run.seed.wrapping_add(case as u64));
            let start = [None, Some(json!({})), Some(json!({"cursor": "start", "total": 10}))];
            put(&mut client, random.choose(&start).as_ref());
            let before = stored(&mut client).and_then(|document| document["total"].as_u64()).unwrap_or(0);
            let pauses: Vec<u64> = (0..2).map(|_| random.below(30) as u64).collect();
            let ready = Barrier::new(5);
            let (counted, newly) = thread::scope(|scope| {
                let older: Vec<_> = (0..2)
                    .map(|_| {
                        scope.spawn(|| {
                            let mut client = server.connect();
                            ready.wait();
                            older(&mut client, 60)
                        })
                    })
                    .collect();
                let newer: Vec<_> = pauses
                    .iter()
                    .map(|pause| {
                        let ready = &ready;
                        scope.spawn(move || {
                            let mut client = server.connect();
                            ready.wait();
                            thread::sleep(std::time::Duration::from_millis(*pause));
                            newer(&mut client, 30)
                        })
                    })
                    .collect();
                // Whoever looks sees one layout or the other.
                let looking = scope.spawn(|| {
                    let mut client = server.connect();
                    ready.wait();
                    for _ in 0..100 {
                        let row = stored(&mut client);
                        let has = |key| row.as_ref().is_some_and(|row| row.get(key).is_some());
                        assert!(!(has("cursor") && has("cursors")), "{row:?}");
                        assert_eq!(has("checkpoint_version"), has("cursors"), "{row:?}");
                    }
                });
                let done = |threads: Vec<thread::ScopedJoinHandle<u64>>| -> Vec<u64> {
                    threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
                };
                let counted = (done(older), done(newer));
                looking.join().expect("it does not panic");
                counted
            });
            let row = stored(&mut client);
            let last = Stored::<second::Job>::read(row.as_ref()).expect("it is readable");
            let Stored::Current(last) = last else { panic!("{last:?}") };
            let older: u64 = counted.iter().sum();
            assert_eq!(last.total, 1000 * (before + older) + newly.iter().sum::<u64>(), "case {case}");
            of_older += older;
            cut_short += counted.iter().filter(|count| **count < 60).count();
        }
        println!("the older programs counted {of_older} times, and {cut_short} of them were cut short");
        assert!(of_older > 0 && cut_short > 0);
    });
}

#[test]
fn compare_and_set_stores_only_over_what_was_read() {
    postgres::each(|server| {
        let mut client = table(server);
        let document = second::Job { cursors: vec!["a".to_owned()], total: 1 };
        let whole = document.to_document().expect("JSON");
        let rows = [None, Some(json!(null)), Some(json!({})), Some(json!({"total": 1})), Some(json!([1]))];
        for (at, held) in rows.iter().enumerate() {
            for (other, read) in rows.iter().enumerate() {
                put(&mut client, held.as_ref());
                let statement =
                    jobs().compare_and_set(1, read.as_ref(), &document).expect("a statement").statement();
                let told = outcome(&mut client, &statement).expect("an outcome");
                // SQL NULL and JSON `null` are the same.
                if at == other || (at < 2 && other < 2) {
                    assert_eq!(told, Outcome::Updated, "{held:?} {read:?}");
                    assert_eq!(stored(&mut client).as_ref(), Some(&whole));
                } else {
                    assert_eq!(told, Outcome::GuardFailed, "{held:?} {read:?}");
                    assert_eq!(&stored(&mut client), held);
                }
            }
        }
        let nobody = jobs().compare_and_set(2, None, &document).expect("a statement").statement();
        assert_eq!(outcome(&mut client, &nobody).expect("an outcome"), Outcome::NoSuchRow);
        client.batch_execute("UPDATE etl_jobs SET job_name = 'other'").expect("it is set");
        let wrong = jobs().compare_and_set(1, Some(&json!([1])), &document).expect("a statement").statement();
        assert_eq!(outcome(&mut client, &wrong).expect("an outcome"), Outcome::WrongJob);
    });
}

/// It is the one write that replaces documents of another version: of older ones, never of what this program does
/// not understand.
#[test]
fn compare_and_set_replaces_no_document_of_a_newer_version_or_of_none() {
    for stated in stated() {
        let read = json!({"checkpoint_version": stated, "total": 5});
        let first = jobs().compare_and_set(1, Some(&read), &first::Job::default());
        let second = jobs().compare_and_set(1, Some(&read), &second::Job::default());
        for (type_version, statement) in [(1, first), (2, second)] {
            match (version(&read), statement) {
                (Some(found), Ok(_)) => assert!(found <= type_version, "{read}"),
                (Some(found), Err(error)) => {
                    assert!(found > type_version, "{read}: {error}");
                    assert_eq!(error.reason(), &Reason::Version { found, expected: type_version });
                }
                (None, statement) => {
                    let error = statement.expect_err("it states no version");
                    assert_eq!(error.pointer(), "/checkpoint_version");
                    assert!(
                        matches!(error.reason(), Reason::WrongType { expected: "version", .. }),
                        "{error}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_table_may_take_an_empty_object_for_an_absent_document() {
    postgres::each(|server| {
        let mut client = table(server);
        let f = second::Job::fields();
        let empty = json!({});
        for (jobs, is_absent) in [(jobs(), false), (jobs().empty_is_absent(), true)] {
            let read = jobs.read::<second::Job>(Some(&empty)).expect("it is readable");
            assert_eq!(read.is_absent(), is_absent);
            let change = || Update::from(f.total().increment(2));
            let statements = [
                jobs.update(change()).id(1).statement(),
                jobs.update(change()).of_job().returning().statement(),
                jobs.update(change()).id(1).when(f.total().is_missing()).statement(),
                jobs.update(change()).filter(f.total().is_missing()).statement(),
                jobs.upsert(1, change()).statement(),
            ];
            for statement in statements {
                let statement = statement.expect("a statement");
                put(&mut client, Some(&empty));
                let done = checkpoint_tests::statements::query(&mut client, &statement);
                match (done, is_absent) {
                    (Ok(_), true) => {
                        assert_eq!(stored(&mut client), Some(json!({"checkpoint_version": 2, "total": 2})));
                    }
                    // `{}` is a document of version 1.
                    (Err(error), false) => {
                        let told = refusal(&error);
                        assert_eq!(told.reason(), &Reason::Version { found: 1, expected: 2 });
                        assert_eq!(stored(&mut client), Some(empty.clone()));
                    }
                    (done, _) => panic!("{done:?}\n{}", statement.text()),
                }
            }
        }
    });
}
