//! The parts of `checkpoint_schema::patterns`: what each promises, in memory, and (feature `postgres`) on the
//! server, where others change the same row.

use std::collections::BTreeMap;

use checkpoint_schema::field::Reason;
use checkpoint_schema::patterns::{Batches, Cursors, IncrementalSync, Processed};
use checkpoint_schema::schema::{self, Contract};
use checkpoint_schema::{Checkpoint, Timestamp, Update};
use checkpoint_schemas::{GithubCheckpoint, JiraCheckpoint};
use checkpoint_tests::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Checkpoint)]
#[serde(rename_all = "snake_case")]
enum Entity {
    Issues,
    Comments,
}

/// Where a job that is made of every part goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "parts", version = 1)]
struct Parts {
    #[serde(flatten)]
    sync: IncrementalSync,
    #[serde(flatten)]
    batches: Batches,
    /// By name.
    #[serde(default)]
    cursors: Cursors,
    /// By type.
    #[serde(default)]
    typed: Cursors<Entity>,
    /// The last three.
    #[serde(default)]
    processed: Processed<String, 3>,
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn read(document: &Value) -> Parts {
    serde_json::from_value(document.clone()).unwrap_or_else(|error| panic!("{error}: {document}"))
}

/// The document after each of the updates.
fn after(document: Value, updates: impl IntoIterator<Item = Update<Parts>>) -> Value {
    updates.into_iter().fold(document, |document, update| {
        update.apply(&document).unwrap_or_else(|error| panic!("{error}: {document}"))
    })
}

#[test]
fn a_sync_starts_in_1970_and_never_goes_back() {
    let f = Parts::fields();
    assert_eq!(read(&json!({})).sync.start().to_string(), "1970-01-01T00:00:00.000000Z");
    let to = |text| Update::from(f.sync().advance(time(text)));
    let document = after(json!(null), [to("2025-01-15T12:00:00Z"), to("2025-01-15T12:30:00+01:00")]);
    assert_eq!(read(&document).sync.start(), time("2025-01-15T12:00:00Z"));
    // What Python stored has no offset.
    let document = after(json!({"last_sync_date": "2025-01-15T12:00:00"}), [to("2025-01-15T11:59:59Z")]);
    assert_eq!(document, json!({"last_sync_date": "2025-01-15T12:00:00"}));
    let document = after(document, [to("2025-01-15T12:00:01Z")]);
    assert_eq!(read(&document).sync.start(), time("2025-01-15T12:00:01Z"));
}

#[test]
fn every_entity_type_has_its_own_cursor() {
    let f = Parts::fields();
    let document = after(
        json!(null),
        [
            Update::from([f.cursors().save("issues", "i1"), f.cursors().save("last_%_cursor", "%")]),
            Update::from([f.typed().save(&Entity::Issues, "i2"), f.typed().save(&Entity::Comments, "c2")]),
            Update::from([f.cursors().save("issues", "i3"), f.typed().clear(&Entity::Comments)]),
        ],
    );
    assert_eq!(
        document,
        json!({"cursors": {"issues": "i3", "last_%_cursor": "%"}, "typed": {"issues": "i2"}})
    );
    let Parts { cursors, typed, .. } = read(&document);
    assert_eq!((cursors.next("issues"), cursors.next("comments")), (Some("i3"), None));
    assert_eq!((typed.next(&Entity::Issues), typed.next(&Entity::Comments)), (Some("i2"), None));
    assert_eq!(typed.iter().collect::<Vec<_>>(), [(&Entity::Issues, "i2")]);
    // To clear what was never begun is no error, and leaves no trace.
    assert_eq!(after(json!({}), [f.cursors().clear("x").into()]), json!({}));
    assert_eq!(f.cursors().cursor("issues").get(&document).unwrap().as_deref(), Some("i3"));
}

#[test]
fn a_batch_that_was_entered_is_open_until_it_is_completed() {
    let f = Parts::fields();
    let batches = f.batches();
    assert_eq!(read(&json!({})).batches, Batches::default());
    let entered = after(json!(null), [batches.enter().into()]);
    let state = read(&entered).batches;
    assert_eq!((state.batch_number, state.recovery_mode), (1, true));
    // The worker stops in the middle of a page: the next one finds the same batch, and that it is open.
    let stopped = after(entered, [batches.advance(100).into(), batches.advance(50).into()]);
    let state = read(&stopped).batches;
    assert_eq!((state.batch_number, state.total_items_processed, state.recovery_mode), (1, 150, true));
    // It enters again, which changes nothing, and comes to the end.
    let again = after(stopped.clone(), [batches.enter().into()]);
    assert_eq!(again, stopped);
    let state = read(&after(again, [batches.complete()])).batches;
    assert_eq!((state.batch_number, state.total_items_processed, state.recovery_mode), (2, 150, false));
}

#[test]
fn completion_is_whole_or_not_at_all() {
    let complete = Parts::fields().batches().complete();
    for document in [
        json!({"batch_number": u64::MAX, "recovery_mode": true}),
        json!({"batch_number": "7", "recovery_mode": true}),
    ] {
        assert_eq!(complete.apply(&document).unwrap_err().pointer(), "/batch_number");
    }
}

#[test]
fn a_processed_list_has_each_item_once_the_newest_last_and_no_more_than_its_cap() {
    let f = Parts::fields();
    let mut random = Random::new(5);
    let (mut document, mut model) = (json!(null), Vec::<String>::new());
    for _ in 0..500 {
        let item = format!("repo{}", random.below(6));
        document = after(document, [f.processed().done(&item)]);
        model.retain(|other| *other != item);
        model.push(item);
        if model.len() > 3 {
            model.remove(0);
        }
        assert_eq!(document, json!({"processed": model}));
    }
    let processed = read(&document).processed;
    assert!(processed.is_done(model[0].as_str()) && !processed.is_done("repo7"));
    let document = after(document, [f.processed().undone(&model[0]).into()]);
    assert_eq!(document, json!({"processed": model[1..]}));
}

#[test]
fn a_list_that_is_longer_than_the_cap_is_read_whole_and_cut_by_the_next_item() {
    let document = json!({"processed": ["a", "b", "b", "c", "d"]});
    assert_eq!(read(&document).processed.len(), 5);
    let document = after(document, [Parts::fields().processed().done("b")]);
    assert_eq!(document, json!({"processed": ["c", "d", "b"]}));
    let none = GithubCheckpoint::fields().repositories_processed().push_recent("a", 0);
    let error = none.apply(&json!(null)).unwrap_err();
    assert!(matches!(error.reason(), Reason::Operand(why) if why.contains("capped at 0")), "{error}");
}

#[test]
fn the_four_jobs_have_the_patterns_under_their_own_keys() {
    let (github, jira) = (GithubCheckpoint::fields(), JiraCheckpoint::fields());
    let batches = Batches::at(github.batch_number(), github.total_prs_processed(), github.recovery_mode());
    let stored = json!({"last_pr_cursor": "c", "current_repository": "r", "recovery_mode": true});
    let update = Update::from(batches.advance(10))
        .and_all(batches.complete())
        .and_all(github.repositories_processed().push_recent("r", 1000))
        .and(github.current_repository().set("s"));
    assert_eq!(
        update.apply(&stored).unwrap(),
        json!({"last_pr_cursor": "c", "current_repository": "s", "recovery_mode": false, "batch_number": 2,
               "total_prs_processed": 10, "repositories_processed": ["r"]})
    );
    assert_eq!(jira.last_sync_date().get(&json!(null)).unwrap().unwrap_or_default(), Timestamp::UNIX_EPOCH);
}

#[test]
fn of_two_documents_to_insert_the_first_is_kept() {
    let f = Parts::fields();
    let with = |number: u64| {
        let initial = read(&json!({"batch_number": number}));
        Update::from(f.batches().enter()).or_insert(&initial)
    };
    let first = with(7).and_all(with(8)).apply(&json!(null)).unwrap();
    assert_eq!((&first["batch_number"], &first["recovery_mode"]), (&json!(7), &json!(true)));
    let only = Update::from([]).and_all(with(8)).apply(&json!(null)).unwrap();
    assert_eq!(only["batch_number"], 8);
}

#[test]
fn parts_are_described_as_what_they_hold() {
    mod held {
        use super::*;

        /// Where a job that is made of every part goes on.
        #[derive(Serialize, Deserialize, Checkpoint)]
        #[checkpoint(job = "parts", version = 1)]
        pub(super) struct Parts {
            /// Up to when everything has been synced; 1970-01-01 before the first sync.
            #[serde(default)]
            last_sync_date: Timestamp,
            /// The batch that is open, or comes next; the first is 1.
            #[serde(default = "first")]
            batch_number: u64,
            /// How many items have been processed, in all batches.
            #[serde(default)]
            total_items_processed: u64,
            /// Whether a batch has been entered and not been completed.
            #[serde(default)]
            recovery_mode: bool,
            /// By name.
            #[serde(default)]
            cursors: BTreeMap<String, String>,
            /// By type.
            #[serde(default)]
            typed: BTreeMap<Entity, String>,
            /// The last three.
            #[serde(default)]
            processed: Vec<String>,
        }

        fn first() -> u64 {
            1
        }
    }
    for contract in [Contract::Read, Contract::Write] {
        assert_eq!(schema::document::<Parts>(contract), schema::document::<held::Parts>(contract));
    }
}

#[test]
fn what_lies_between_two_states_of_the_parts_is_what_has_changed() {
    let old = read(&json!({"cursors": {"a": "1", "b": "1"}, "processed": ["x"]}));
    let new = read(&json!({"cursors": {"a": "2"}, "processed": ["x", "y"], "recovery_mode": true}));
    let document = serde_json::to_value(&old).unwrap();
    let between = Update::between(&old, &new);
    assert_eq!(read(&between.apply(&document).unwrap()), new);
    // Another worker's cursor is none of it.
    let document = after(document, [Parts::fields().cursors().save("c", "9").into()]);
    assert_eq!(between.apply(&document).unwrap()["cursors"], json!({"a": "2", "c": "9"}));
}

#[cfg(feature = "postgres")]
mod on_postgres {
    use std::sync::Barrier;
    use std::thread;

    use ::postgres::Client;
    use checkpoint_schema::table::Outcome;
    use checkpoint_schema::{FieldError, JobTable};
    use checkpoint_tests::json::same;
    use checkpoint_tests::postgres::{self, Server};
    use checkpoint_tests::row::Row;
    use checkpoint_tests::statements::{outcome, query};

    use super::*;

    fn jobs() -> JobTable {
        JobTable::default().without_retry_columns()
    }

    fn table(server: &Server) -> Client {
        let mut client = server.connect();
        client
            .batch_execute(
                "CREATE TABLE etl_jobs (id integer PRIMARY KEY, job_name text, checkpoint_data jsonb); \
                 INSERT INTO etl_jobs VALUES (1, 'Parts', NULL)",
            )
            .expect("a table");
        client
    }

    fn stored(client: &mut Client) -> Value {
        client.query_one("SELECT checkpoint_data FROM etl_jobs", &[]).expect("a row").get(0)
    }

    /// The document after the update, which must arrive.
    fn update(client: &mut Client, update: Update<Parts>) -> Value {
        let statement = jobs().update(update).id(1).returning().statement().expect("a statement");
        let rows = query(client, &statement).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(rows[0].get::<_, &str>("outcome"), "updated");
        rows[0].get("document")
    }

    /// Runs two workers at once, and gives the document at the end.
    fn two_workers(server: &Server, work: impl Fn(&mut Client, &mut Random) + Sync) -> Value {
        let mut observer = table(server);
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            for worker in 0..2 {
                let (barrier, work) = (&barrier, &work);
                scope.spawn(move || {
                    let mut client = server.connect();
                    barrier.wait();
                    work(&mut client, &mut Random::new(worker));
                });
            }
        });
        stored(&mut observer)
    }

    #[test]
    fn of_two_concurrent_writers_none_sets_the_sync_back() {
        postgres::each(|server| {
            let f = Parts::fields();
            let end = two_workers(server, |client, random| {
                let mut last = Timestamp::UNIX_EPOCH;
                for _ in 0..150 {
                    let (day, second) = (1 + random.below(28), random.below(60));
                    let to = time(&format!("2025-01-{day:02}T12:00:{second:02}Z"));
                    let found = read(&update(client, f.sync().advance(to).into())).sync.start();
                    assert!(found >= last && found >= to, "{found} after {last}, with {to}");
                    last = found;
                }
            });
            // The latest of all that both have said.
            let said = (0..2).flat_map(|worker| {
                let mut random = Random::new(worker);
                (0..150).map(move |_| {
                    let (day, second) = (1 + random.below(28), random.below(60));
                    time(&format!("2025-01-{day:02}T12:00:{second:02}Z"))
                })
            });
            assert_eq!(read(&end).sync.start(), said.max().expect("some"));
        });
    }

    #[test]
    fn two_concurrent_writers_keep_the_cap() {
        postgres::each(|server| {
            let f = Parts::fields();
            two_workers(server, |client, random| {
                for _ in 0..150 {
                    let item = format!("repo{}", random.below(5));
                    let list = read(&update(client, f.processed().done(&item))).processed;
                    assert_eq!(list.last(), Some(&item), "{list:?}");
                    let mut once = list.to_vec();
                    once.sort();
                    once.dedup();
                    assert!(list.len() <= 3 && once.len() == list.len(), "{list:?}");
                }
            });
        });
    }

    #[test]
    fn two_concurrent_writers_lose_no_cursor_and_no_batch() {
        postgres::each(|server| {
            let f = Parts::fields();
            let end = two_workers(server, |client, random| {
                let me = format!("worker {}", random.bits());
                for page in 0..50 {
                    update(client, f.batches().enter().into());
                    let save = f.cursors().save(me.as_str(), format!("page {page}"));
                    update(client, Update::from([save, f.batches().advance(3)]));
                    update(client, f.batches().complete());
                }
            });
            let end = read(&end);
            let batches = Batches { batch_number: 101, total_items_processed: 300, recovery_mode: false };
            assert_eq!(end.batches, batches);
            let cursors: Vec<&str> = end.cursors.iter().map(|(_, cursor)| cursor).collect();
            assert_eq!(cursors, ["page 49", "page 49"]);
        });
    }

    #[test]
    fn a_crash_before_the_completion_leaves_the_flag_up_and_the_number_as_it_was() {
        postgres::each(|server| {
            let f = Parts::fields();
            let mut observer = table(server);
            let mut worker = server.connect();
            update(&mut worker, f.batches().enter().into());
            update(&mut worker, Update::from([f.batches().advance(100), f.cursors().save("issues", "i9")]));

            // The worker dies while it completes: the server has not heard the end.
            let mut completion = worker.transaction().expect("a transaction");
            let statement = jobs().update(f.batches().complete()).id(1).statement().expect("a statement");
            assert_eq!(outcome(&mut completion, &statement).expect("an outcome"), Outcome::Updated);
            let pid: i32 = completion.query_one("SELECT pg_backend_pid()", &[]).expect("a pid").get(0);
            observer.execute("SELECT pg_terminate_backend($1, 10000)", &[&pid]).expect("it ends");
            completion.commit().expect_err("it is dead");

            let found = read(&stored(&mut observer));
            let open = Batches { batch_number: 1, total_items_processed: 100, recovery_mode: true };
            assert_eq!((found.batches, found.cursors.next("issues")), (open, Some("i9")));

            // The next worker goes on in the open batch, and completes it once, however often it tries.
            let mut next = server.connect();
            let complete = jobs()
                .update(f.batches().complete().and(f.cursors().clear("issues")))
                .id(1)
                .when(f.batches().batch_number().or_default().eq(1u64))
                .statement()
                .expect("a statement");
            assert_eq!(outcome(&mut next, &complete).expect("an outcome"), Outcome::Updated);
            assert_eq!(outcome(&mut next, &complete).expect("an outcome"), Outcome::GuardFailed);
            let found = read(&stored(&mut observer));
            assert_eq!((found.batches.batch_number, found.batches.recovery_mode), (2, false));
            assert_eq!(found.cursors.next("issues"), None);
        });
    }

    #[test]
    fn of_two_workers_one_enters() {
        postgres::each(|server| {
            let mut client = table(server);
            let (jobs, batches) = (jobs(), Parts::fields().batches());
            let enter = jobs.update(batches.enter()).id(1).when(!batches.recovery_mode().eq(true));
            let enter = enter.statement().expect("a statement");
            assert_eq!(outcome(&mut client, &enter).expect("an outcome"), Outcome::Updated);
            assert_eq!(outcome(&mut client, &enter).expect("an outcome"), Outcome::GuardFailed);
        });
    }

    #[test]
    fn every_part_does_the_same_in_memory_and_in_sql() {
        let f = Parts::fields();
        let updates: Vec<Update<Parts>> = vec![
            f.sync().advance(time("2025-01-15T12:00:00Z")).into(),
            f.batches().enter().into(),
            f.batches().advance(100).into(),
            f.batches().complete(),
            f.cursors().save("it's", "c").into(),
            f.cursors().clear("it's").into(),
            f.typed().save(&Entity::Comments, "c").into(),
            f.processed().done("b"),
            f.processed().undone("b").into(),
            f.batches()
                .complete()
                .and_all(f.processed().done("d"))
                .and(f.cursors().clear("a"))
                .and(f.sync().advance(time("2024-01-01T00:00:00Z"))),
        ];
        let documents = [
            json!(null),
            json!({}),
            json!([]),
            json!({"last_sync_date": "2025-06-01T00:00:00", "batch_number": 7, "recovery_mode": true,
                   "total_items_processed": 5, "cursors": {"a": "1", "it's": "2"}, "typed": {"comments": "3"},
                   "processed": ["a", "b", "c"], "unknown": 1}),
            json!({"processed": ["a", "b", "a", "b", "c", "d", "e"], "cursors": {}, "recovery_mode": false}),
            json!({"batch_number": u64::MAX, "total_items_processed": u64::MAX, "last_sync_date": "infinity"}),
            json!({"batch_number": "7", "cursors": [], "typed": "x", "processed": {}, "recovery_mode": "true"}),
            json!({"batch_number": null, "cursors": null, "processed": null, "last_sync_date": null}),
        ];
        postgres::each(|server| {
            let mut row = Row::new(server);
            for document in &documents {
                for update in &updates {
                    row.store(document);
                    let expected: Result<Value, FieldError> = update.apply(document);
                    let statement = update.clone().expression("document").expect("a statement");
                    let found = row.update(&statement).unwrap_or_else(|error| panic!("{error}"));
                    match (&found, &expected) {
                        (Ok(found), Ok(expected)) => {
                            assert!(same(found, expected), "{update:?} of {document}")
                        }
                        _ => assert_eq!(found, expected, "{update:?} of {document}"),
                    }
                }
            }
        });
    }
}
