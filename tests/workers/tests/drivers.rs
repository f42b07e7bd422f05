//! Every statement through every driver: the law of changes, and each method with each outcome.
//!
//! `CHECKPOINT_CASES=100000 cargo xtask test -p checkpoint-workers --test drivers -- --nocapture` runs the law at
//! length, `CHECKPOINT_SEED` repeats a run.

use std::fmt::Debug;
use std::time::Duration;

use checkpoint_schema::driver::{DriverError, Error, ErrorKind};
use checkpoint_schema::stored::Reason as ReadReason;
use checkpoint_schema::table::{Key, Outcome, UpdateOne};
use checkpoint_schema::{Checkpoint, FieldError, JobTable, ReadError, Stored};
use checkpoint_tests::documents::Run;
use checkpoint_tests::json::same;
use checkpoint_tests::law::{self, Law};
use checkpoint_tests::postgres::{self, Server};
use checkpoint_tests::random::Random;
use checkpoint_workers::connect;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// What went wrong, whatever the driver.
#[derive(Debug, PartialEq)]
enum Told {
    Refused(FieldError),
    Unreadable(ReadError),
    Unchanged(Outcome),
    Other(String),
}

fn told<E: DriverError + Debug>(error: Error<E>) -> Told {
    let text = error.to_string();
    match error.into_kind() {
        ErrorKind::Refused(error) => Told::Refused(error),
        ErrorKind::Unreadable(error) => Told::Unreadable(error),
        ErrorKind::Unchanged(outcome) => Told::Unchanged(outcome),
        other => Told::Other(format!("{text} {other:?}")),
    }
}

/// Runs a future to its end.
fn block<F: Future>(future: F) -> F::Output {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// A blocking driver's answer is there.
fn there<T>(answer: T) -> T {
    answer
}

const TABLE: &str = "CREATE TABLE etl_jobs (id bigint PRIMARY KEY, job_name text, checkpoint_data jsonb, \
                     retry_count int, error_message text)";

#[test]
fn the_law_holds_through_every_driver() {
    let run = Run::from_environment(400);
    println!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    postgres::each(|server| {
        let database = server.database();
        database.connect().batch_execute(TABLE).expect("a table");
        let url = database.url();

        let pool = block(connect::sqlx(&url)).expect("a pool");
        law_through("sqlx, pool", &run, &database, |update| block(update.fetch(&pool)).map_err(told));
        law_through("sqlx, transaction", &run, &database, |update| {
            block(async {
                let mut transaction = pool.begin().await.expect("a transaction");
                let answer = update.fetch(&mut transaction).await.map_err(told);
                // What cannot be read afterwards has been changed all the same.
                match matches!(answer, Ok(_) | Err(Told::Unreadable(_))) {
                    true => transaction.commit().await.expect("it is done"),
                    false => transaction.rollback().await.expect("it is undone"),
                }
                answer
            })
        });
        block(pool.close());

        let mut client = block(connect::tokio_postgres(&url)).expect("a connection");
        law_through("tokio-postgres", &run, &database, |update| block(update.fetch(&client)).map_err(told));
        law_through("tokio-postgres, transaction", &run, &database, |update| {
            block(async {
                let transaction = client.transaction().await.expect("a transaction");
                let answer = update.fetch(&transaction).await.map_err(told);
                // What cannot be read afterwards has been changed all the same.
                match matches!(answer, Ok(_) | Err(Told::Unreadable(_))) {
                    true => transaction.commit().await.expect("it is done"),
                    false => transaction.rollback().await.expect("it is undone"),
                }
                answer
            })
        });
        drop(client);

        let mut client = database.connect();
        law_through("postgres", &run, &database, |update| update.fetch(&mut client).map_err(told));

        let mut connection = connect::diesel(&url).expect("a connection");
        law_through("diesel", &run, &database, |update| update.fetch(&mut connection).map_err(told));
    });
}

/// The same document, or the same error, as in memory.
fn law_through(
    driver: &str,
    run: &Run,
    database: &postgres::Database,
    mut through: impl FnMut(UpdateOne<Law>) -> Result<Stored<Law>, Told>,
) {
    let jobs = JobTable::default();
    let mut client = database.connect();
    client.batch_execute("TRUNCATE etl_jobs; INSERT INTO etl_jobs VALUES (1, 'Law', NULL)").expect("a row");
    let mut seen = [0; 4];
    for case in 0..run.cases {
        let seed = run.seed.wrapping_mul(0x1_0000_0000).wrapping_add(case as u64);
        let mut random = Random::new(seed);
        let document = law::documents(&mut random);
        let made = law::update(&mut random);
        let text = (!document.is_null()).then(|| document.to_string());
        client
            .execute("UPDATE etl_jobs SET checkpoint_data = $1::text::jsonb", &[&text])
            .expect("it is stored");
        let before = stored(&mut client);
        let expected = made.update.apply(&before);
        let found = through(jobs.update(made.update.clone()).id(1));
        let after = stored(&mut client);
        let fault = match (&expected, &found) {
            (Ok(expected), _) if !same(expected, &after) => Some(format!("expected {expected}")),
            (Err(_), _) if !same(&before, &after) => Some("it has changed".to_owned()),
            (Err(expected), Err(Told::Refused(found))) if expected == found => {
                seen[0] += 1;
                None
            }
            (Err(expected), _) => Some(format!("expected the error {expected}")),
            (Ok(expected), found) => match (Stored::<Law>::read(Some(expected)), found) {
                (Ok(expected), Ok(found)) if expected == *found => {
                    seen[if expected.is_absent() { 1 } else { 2 }] += 1;
                    None
                }
                (Err(expected), Err(Told::Unreadable(found))) if expected == *found => {
                    seen[3] += 1;
                    None
                }
                (expected, _) => Some(format!("expected {expected:?}")),
            },
        };
        if let Some(fault) = fault {
            panic!(
                "{driver}, case {case} of seed {}: {fault}\nfound {found:?}\nstored {after}\nbefore {before}\n{:?}",
                run.seed, made.update
            );
        }
    }
    println!("{driver}: [refused, absent, read, unreadable] = {seen:?}");
    assert!(seen.iter().all(|count| *count > 0), "{driver}: {seen:?}");
}

fn stored(client: &mut ::postgres::Client) -> Value {
    let row = client.query_one("SELECT checkpoint_data::text FROM etl_jobs", &[]).expect("a row");
    let text: Option<String> = row.get(0);
    text.map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON"))
}

/// Another job in the same table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "pages", version = 2, upgrade(from = 1, with = from_number))]
struct Pages {
    cursor: String,
    #[serde(default)]
    total: u64,
}

fn from_number(old: Value) -> Result<Pages, String> {
    let number = old["number"].as_u64().ok_or("there is no number")?;
    Ok(Pages { cursor: format!("c{number}"), total: number })
}

/// The rows that the methods are tried on.
const ROWS: &str = r#"
    DROP TABLE IF EXISTS etl_jobs, named, uuids;
    CREATE TABLE etl_jobs (id integer PRIMARY KEY, job_name text, checkpoint_data jsonb,
        retry_count int DEFAULT 3, error_message text DEFAULT 'x');
    INSERT INTO etl_jobs VALUES
        (1, 'Pages', NULL),
        (2, 'pages', '{"checkpoint_version": 2, "cursor": "c", "total": 7}'),
        (3, 'pages', '{"number": 5}'),
        (4, 'other', '{}'),
        (5, 'pages', '{"checkpoint_version": 3}'),
        (6, 'pages', '{"checkpoint_version": 2, "cursor": 7}'),
        (7, 'pages', '{"number": "none"}'),
        (8, 'pages', 'null');
    CREATE TABLE named (id varchar(9) PRIMARY KEY, job_name text, checkpoint_data jsonb);
    INSERT INTO named VALUES ('a', 'pages', '{"checkpoint_version": 2, "cursor": "a"}');
    DROP TABLE IF EXISTS padded;
    CREATE TABLE padded (id char(9) PRIMARY KEY, job_name text, checkpoint_data jsonb);
    INSERT INTO padded VALUES ('a', 'pages', '{"checkpoint_version": 2, "cursor": "a"}');
    CREATE TABLE uuids (id uuid PRIMARY KEY, job_name text, checkpoint_data jsonb);
    INSERT INTO uuids VALUES ('67e55044-10b1-426f-9247-bb680e5fe0c8', 'pages', NULL);
"#;

/// Every method, with each outcome. `$wait` waits for an answer, `$on` is what runs the statements.
macro_rules! every_method {
    ($on:expr, $wait:path, $control:expr) => {{
        let control: &mut ::postgres::Client = $control;
        control.batch_execute(ROWS).expect("tables");
        let jobs = JobTable::default();
        let f = Pages::fields();
        let pages = |cursor: &str, total| Pages { cursor: cursor.to_owned(), total };
        let mut row = |id: i32| -> Option<Value> {
            control.query_one("SELECT checkpoint_data FROM etl_jobs WHERE id = $1", &[&id]).expect("a row").get(0)
        };

        // Load.
        let load = |id: i32| $wait(jobs.load::<Pages>(id).fetch($on)).map_err(told);
        assert_eq!(load(1), Ok(Stored::Absent));
        assert_eq!(load(8), Ok(Stored::Absent));
        assert_eq!(load(2), Ok(Stored::Current(pages("c", 7))));
        assert_eq!(load(3), Ok(Stored::Upgraded { document: pages("c5", 5), from: 1 }));
        assert_eq!(row(3), Some(json!({"number": 5})));
        assert_eq!(load(99), Err(Told::Unchanged(Outcome::NoSuchRow)));
        assert_eq!(load(4), Err(Told::Unchanged(Outcome::WrongJob)));
        let error = $wait(jobs.load::<Pages>(5).fetch($on)).unwrap_err();
        assert!(error.is_newer_version() && !error.is_transient());
        assert_eq!(
            error.to_string(),
            "the job `pages`, row 5: the document of the job `pages` is of version 3, and this program reads it up \
             to version 2: run the program that wrote it, or a newer one; nothing has been changed"
        );
        assert!(matches!(load(6), Err(Told::Unreadable(error)) if error.pointer() == "/cursor"));

        // A transaction's own lock.
        let locked = $wait(jobs.load::<Pages>(2).for_update().fetch($on)).map_err(told);
        assert_eq!(locked, load(2));

        // Upgrade.
        let upgrade = |id: i32| $wait(jobs.load::<Pages>(id).upgrade($on)).map_err(told);
        assert_eq!(upgrade(3), Ok(Stored::Upgraded { document: pages("c5", 5), from: 1 }));
        assert_eq!(row(3), Some(json!({"checkpoint_version": 2, "cursor": "c5", "total": 5})));
        assert_eq!(upgrade(3), Ok(Stored::Current(pages("c5", 5))));
        assert_eq!(upgrade(1), Ok(Stored::Absent));
        assert_eq!(upgrade(99), Err(Told::Unchanged(Outcome::NoSuchRow)));
        let Err(Told::Unreadable(error)) = upgrade(7) else { panic!("it has no upgrade") };
        assert!(matches!(error.reason(), ReadReason::StepFailed { from: 1, .. }), "{error}");

        // Update of one row.
        let one = |id: i32| jobs.update([f.total().increment(3)]).id(id);
        assert_eq!($wait(one(2).execute($on)).map_err(told), Ok(()));
        assert_eq!(
            $wait(one(2).when(f.cursor().eq("c")).fetch($on)).map_err(told),
            Ok(Stored::Current(pages("c", 13)))
        );
        let error = $wait(one(2).when(f.cursor().eq("d")).execute($on)).unwrap_err();
        assert_eq!(error.outcome(), Some(Outcome::GuardFailed));
        assert_eq!(error.row(), Some(&Key::from(2)));
        assert_eq!(
            error.to_string(),
            "the job `pages`, row 2: what is stored does not meet the condition; nothing has been changed"
        );
        assert_eq!(row(2).expect("a document")["total"], 13);
        assert_eq!($wait(one(99).execute($on)).map_err(told), Err(Told::Unchanged(Outcome::NoSuchRow)));
        assert_eq!($wait(one(4).fetch($on)).map_err(told), Err(Told::Unchanged(Outcome::WrongJob)));
        assert!(matches!($wait(one(1).execute($on)).map_err(told), Err(Told::Refused(_))));
        assert!($wait(one(5).execute($on)).unwrap_err().is_newer_version());
        // Before any SQL.
        let nul = jobs.update([f.cursor().set("\0")]).id(2);
        assert!(matches!($wait(nul.execute($on)).map_err(told), Err(Told::Refused(error)) if error.pointer() == "/cursor"));
        let made = jobs.update([f.cursor().set("made"), f.total().set(1)]).id(1);
        assert_eq!($wait(made.fetch($on)).map_err(told), Ok(Stored::Current(pages("made", 1))));
        // Of what cannot be read, a change may be made, and what is stored is told to be unreadable.
        assert!(matches!($wait(one(6).fetch($on)).map_err(told), Err(Told::Unreadable(_))));

        // Update of many.
        let many = || jobs.update([f.total().increment(1)]).filter(f.total().ge(1u64));
        assert_eq!($wait(many().execute($on)).map_err(told), Ok(4));
        let none = jobs.update([f.total().increment(1)]).filter(f.total().ge(1000u64));
        assert_eq!($wait(none.execute($on)).map_err(told), Ok(0));
        let below = jobs.update([f.total().increment(1)]).filter(f.total().le(9u64) & f.total().ge(6u64));
        assert_eq!(
            $wait(below.fetch($on)).map_err(told),
            Ok(vec![(Key::from(3), Stored::Current(pages("c5", 7)))])
        );

        // Select and view.
        let select = jobs.select::<Pages>().filter(f.total().ge(3u64)).order(f.total().desc());
        let error = $wait(select.clone().fetch($on)).unwrap_err();
        assert_eq!(error.row(), Some(&Key::from(6)), "{error}");
        assert!(error.to_string().starts_with("the job `pages`, row 6: "), "{error}");
        let two = $wait(select.filter(f.cursor().starts_with("c")).fetch($on)).map_err(told);
        assert_eq!(
            two,
            Ok(vec![(Key::from(2), Stored::Current(pages("c", 14))), (Key::from(3), Stored::Current(pages("c5", 7)))])
        );
        let shown = $wait(jobs.view::<Pages>().id(2).fetch($on)).map_err(told).expect("a view");
        let [(key, Some(text))] = shown.as_slice() else { panic!("{shown:?}") };
        assert!(*key == Key::from(2) && text.contains("\n    \"total\": 14"), "{text}");
        assert_eq!($wait(jobs.view::<Pages>().id(8).fetch($on)).map_err(told).expect("a view").len(), 1);

        // Upsert.
        let upsert = |id: i32| jobs.upsert(id, [f.cursor().set("u"), f.total().increment(1)]);
        assert_eq!($wait(upsert(20).execute($on)).map_err(told), Ok(Outcome::Inserted));
        assert_eq!($wait(upsert(20).execute($on)).map_err(told), Ok(Outcome::Updated));
        assert_eq!($wait(upsert(20).fetch($on)).map_err(told), Ok(Stored::Current(pages("u", 3))));
        assert_eq!($wait(upsert(4).execute($on)).map_err(told), Err(Told::Unchanged(Outcome::WrongJob)));

        // Compare and set, and reset.
        let read = row(20);
        let set = |read: Option<&Value>| jobs.compare_and_set(20, read, &pages("set", 9)).expect("a statement");
        assert_eq!($wait(set(read.as_ref()).execute($on)).map_err(told), Ok(()));
        assert_eq!(
            $wait(set(read.as_ref()).execute($on)).map_err(told),
            Err(Told::Unchanged(Outcome::GuardFailed))
        );
        assert_eq!($wait(jobs.reset(20).execute($on)).map_err(told), Ok(()));
        assert_eq!(load(20), Ok(Stored::Absent));
        let error = $wait(jobs.reset(99).execute($on)).unwrap_err();
        assert_eq!(error.to_string(), "row 99: there is no such row");

        // Keys of other types.
        let named = JobTable::new("named").without_retry_columns();
        assert_eq!(
            $wait(named.select::<Pages>().fetch($on)).map_err(told),
            Ok(vec![(Key::from("a"), Stored::Current(pages("a", 0)))])
        );
        assert_eq!($wait(named.update([f.total().increment(1)]).id("a").execute($on)).map_err(told), Ok(()));
        let padded = JobTable::new("padded").without_retry_columns();
        let (key, _) = $wait(padded.select::<Pages>().fetch($on)).map_err(told).expect("a row").remove(0);
        assert_eq!($wait(padded.update([f.total().increment(1)]).id(key).execute($on)).map_err(told), Ok(()));
        let uuids = JobTable::new("uuids").without_retry_columns();
        let id: Uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().expect("a UUID");
        assert_eq!(
            $wait(uuids.select::<Pages>().fetch($on)).map_err(told),
            Ok(vec![(Key::from(id), Stored::Absent)])
        );
        assert_eq!($wait(uuids.upsert(id, [f.cursor().set("x")]).execute($on)).map_err(told), Ok(Outcome::Updated));

        // The server's own errors are the driver's.
        let nowhere = JobTable::new("nowhere");
        let error = $wait(nowhere.load::<Pages>(1).fetch($on)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Driver(_)) && !error.is_transient(), "{error:?}");
        assert!(error.to_string().starts_with("the job `pages`, row 1: "), "{error}");

        // Claims.
        let ddl = jobs.claim_ddl();
        control.batch_execute(ddl.text()).expect("columns");
        control.batch_execute(ddl.text()).expect("a second time");
        let claim = |id: i32| $wait(jobs.claim::<Pages>(Duration::from_secs(60)).by("me").id(id).execute($on));
        assert_eq!(told(claim(99).unwrap_err()), Told::Unchanged(Outcome::NoSuchRow));
        assert_eq!(told(claim(4).unwrap_err()), Told::Unchanged(Outcome::WrongJob));
        let mine = claim(2).expect("an answer").expect("a claim");
        assert_eq!(mine.stored(), &Stored::Current(pages("c", 14)));
        assert_eq!(mine.id(), &Key::from(2));
        assert!(claim(2).expect("an answer").is_none());
        assert_eq!($wait(mine.update([f.total().increment(1)]).execute($on)).map_err(told), Ok(()));
        assert_eq!(
            $wait(mine.update([f.total().increment(1)]).when(f.total().eq(15u64)).fetch($on)).map_err(told),
            Ok(Stored::Current(pages("c", 16)))
        );
        assert_eq!(
            $wait(mine.update([f.total().increment(1)]).when(f.total().eq(15u64)).execute($on)).map_err(told),
            Err(Told::Unchanged(Outcome::GuardFailed))
        );
        assert_eq!($wait(mine.renew().execute($on)).map_err(told), Ok(()));
        let lost = mine.clone();
        assert_eq!($wait(mine.release().execute($on)).map_err(told), Ok(()));
        assert_eq!(
            $wait(lost.update([f.total().increment(1)]).execute($on)).map_err(told),
            Err(Told::Unchanged(Outcome::ClaimLost))
        );
        assert_eq!(
            $wait(lost.update([f.total().increment(1)]).when(f.total().ge(0u64)).fetch($on)).map_err(told),
            Err(Told::Unchanged(Outcome::ClaimLost))
        );
        let error = $wait(lost.renew().execute($on)).unwrap_err();
        assert_eq!(error.outcome(), Some(Outcome::ClaimLost), "{error}");
        assert_eq!(
            $wait(lost.release().execute($on)).map_err(told),
            Err(Told::Unchanged(Outcome::ClaimLost))
        );
        // By a condition; with one that no row meets there is none.
        let by = |filter| jobs.claim::<Pages>(Duration::from_secs(60)).filter(filter);
        assert!($wait(by(f.total().gt(1000u64)).execute($on)).map_err(told).expect("an answer").is_none());
        let found = $wait(by(f.total().eq(16u64)).execute($on)).map_err(told).expect("an answer").expect("a claim");
        assert_eq!(found.id(), &Key::from(2));
        let failed = by(f.total().eq(1u64)).id(1);
        assert_eq!(told($wait(failed.execute($on)).unwrap_err()), Told::Unchanged(Outcome::GuardFailed));
        $wait(found.release().execute($on)).map_err(told).expect("it is released");
        // What cannot be read is not kept.
        let error = claim(5).unwrap_err();
        assert!(error.is_newer_version());
        assert_eq!(error.row(), Some(&Key::from(5)));
        let Told::Unreadable(error) = told(claim(7).unwrap_err()) else { panic!("it has no upgrade") };
        assert!(matches!(error.reason(), ReadReason::StepFailed { from: 1, .. }), "{error}");
        // An older one is upgraded.
        control.batch_execute(r#"UPDATE etl_jobs SET checkpoint_data = '{"number": 4}' WHERE id = 3"#).expect("a row");
        let older = claim(3).expect("an answer").expect("a claim");
        assert_eq!(older.stored(), &Stored::Upgraded { document: pages("c4", 4), from: 1 });
        assert_eq!(
            $wait(older.update([f.total().increment(1)]).fetch($on)).map_err(told),
            Ok(Stored::Current(pages("c4", 5)))
        );
        let held: Vec<i32> = control
            .query("SELECT id FROM etl_jobs WHERE claimed_by LIKE 'me %' ORDER BY id", &[])
            .expect("rows")
            .iter()
            .map(|row| row.get(0))
            .collect();
        assert_eq!(held, [3]);
    }};
}

#[test]
fn every_method_gives_each_outcome_through_every_driver() {
    postgres::each(|server: &Server| {
        let database = server.database();
        let mut control = database.connect();
        let url = database.url();

        println!("sqlx, pool");
        let pool = block(connect::sqlx(&url)).expect("a pool");
        every_method!(&pool, block, &mut control);
        println!("sqlx, connection");
        let mut connection = block(pool.acquire()).expect("a connection");
        let borrowed = std::cell::RefCell::new(&mut *connection);
        every_method!(&mut **borrowed.borrow_mut(), block, &mut control);
        block(connection.close()).expect("it is closed");
        block(pool.close());
        println!("tokio-postgres");
        let client = block(connect::tokio_postgres(&url)).expect("a connection");
        every_method!(&client, block, &mut control);
        println!("postgres");
        let client = std::cell::RefCell::new(database.connect());
        every_method!(&mut *client.borrow_mut(), there, &mut control);
        println!("diesel");
        let connection = std::cell::RefCell::new(connect::diesel(&url).expect("a connection"));
        every_method!(&mut *connection.borrow_mut(), there, &mut control);
    });
}

/// One type for all that goes wrong, in a function that runs statements.
#[test]
fn what_is_refused_before_a_statement_is_made_is_an_error_of_the_driver() {
    fn stored(client: &mut ::postgres::Client) -> Result<(), checkpoint_schema::driver::postgres::Error> {
        let jobs = JobTable::default();
        let read = jobs.read::<Pages>(Some(&json!({"checkpoint_version": 2, "cursor": "c"})))?;
        let nul = Pages { cursor: "\0".to_owned(), ..read.into_option().expect("a document") };
        jobs.compare_and_set(1, None, &nul)?.execute(client)
    }
    let mut client = Server::shared(postgres::Version::V18).connect();
    let error = stored(&mut client).expect_err("it cannot be stored");
    assert!(matches!(error.kind(), ErrorKind::Refused(_)), "{error}");
}

/// The server's words for what may succeed when it is tried again.
#[test]
fn what_may_be_tried_again_is_told() {
    postgres::each(|server: &Server| {
        let database = server.database();
        database.connect().batch_execute(ROWS).expect("tables");
        let url = database.url();
        let pool = block(connect::sqlx(&url)).expect("a pool");
        let client = block(connect::tokio_postgres(&url)).expect("a connection");
        let mut connection = connect::diesel(&url).expect("a connection");
        let mut blocking = database.connect();
        let (jobs, f) = (JobTable::default(), Pages::fields());
        let update = || jobs.update([f.total().increment(1)]).id(2);
        for (code, is_transient) in
            [("40001", true), ("40P01", true), ("57P03", true), ("23514", false), ("57014", false)]
        {
            let fails = format!(
                "CREATE OR REPLACE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'it fails'; END $$; \
                 CREATE OR REPLACE TRIGGER fails BEFORE UPDATE ON etl_jobs EXECUTE FUNCTION fails();"
            );
            database.connect().batch_execute(&fails).expect("a trigger");
            let error = block(update().execute(&pool)).expect_err("it fails");
            assert_eq!(error.is_transient(), is_transient, "sqlx, {code}: {error}");
            let error = block(update().execute(&client)).expect_err("it fails");
            assert_eq!(error.is_transient(), is_transient, "tokio-postgres, {code}: {error}");
            let error = update().execute(&mut blocking).expect_err("it fails");
            assert_eq!(error.is_transient(), is_transient, "postgres, {code}: {error}");
            // diesel does not tell the code, but for its own kinds.
            let error = update().execute(&mut connection).expect_err("it fails");
            assert_eq!(error.is_transient(), code == "40001", "diesel, {code}: {error}");
        }
        block(pool.close());
        // What the driver itself refuses is no lost connection.
        let error = block(JobTable::new("a\0b").load::<Pages>(1).fetch(&client)).expect_err("no name");
        assert!(!error.is_transient(), "{error}");
    });
}

/// What is changed in a transaction is changed when that is committed, and not before.
#[test]
fn a_transaction_holds_the_checkpoint_and_what_it_stands_for_together() {
    postgres::each(|server: &Server| {
        let database = server.database();
        let mut control = database.connect();
        control.batch_execute(ROWS).expect("tables");
        let (url, jobs, f) = (database.url(), JobTable::default(), Pages::fields());
        let mut total = || -> i64 {
            let row = control
                .query_one("SELECT (checkpoint_data->>'total')::bigint FROM etl_jobs WHERE id = 2", &[]);
            row.expect("a row").get(0)
        };
        let more = || jobs.update([f.total().increment(1)]).id(2);

        let pool = block(connect::sqlx(&url)).expect("a pool");
        block(async {
            let mut transaction = pool.begin().await.expect("a transaction");
            more().execute(&mut transaction).await.expect("a change");
            transaction.rollback().await.expect("it is undone");
        });
        assert_eq!(total(), 7);
        block(async {
            let mut transaction = pool.begin().await.expect("a transaction");
            more().execute(&mut transaction).await.expect("a change");
            transaction.commit().await.expect("it is done");
        });
        assert_eq!(total(), 8);
        block(pool.close());

        let mut client = block(connect::tokio_postgres(&url)).expect("a connection");
        block(async {
            let transaction = client.transaction().await.expect("a transaction");
            more().execute(&transaction).await.expect("a change");
        });
        assert_eq!(total(), 8);
        block(async {
            let transaction = client.transaction().await.expect("a transaction");
            more().execute(&transaction).await.expect("a change");
            transaction.commit().await.expect("it is done");
        });
        assert_eq!(total(), 9);

        let mut client = database.connect();
        let mut transaction = client.transaction().expect("a transaction");
        more().execute(&mut transaction).expect("a change");
        transaction.rollback().expect("it is undone");
        assert_eq!(total(), 9);
        let mut transaction = client.transaction().expect("a transaction");
        more().execute(&mut transaction).expect("a change");
        transaction.commit().expect("it is done");
        assert_eq!(total(), 10);

        // What is loaded for update, nobody else changes until the transaction ends.
        let mut other = database.connect();
        let lock = "SELECT FROM etl_jobs WHERE id = 2 FOR UPDATE NOWAIT";
        let mut transaction = client.transaction().expect("a transaction");
        let _ = jobs.load::<Pages>(2).for_update().fetch(&mut transaction).expect("it is read");
        let code = other.execute(lock, &[]).expect_err("it is locked").code().cloned();
        assert_eq!(code, Some(::postgres::error::SqlState::LOCK_NOT_AVAILABLE));
        transaction.rollback().expect("it ends");
        other.execute(lock, &[]).expect("it is free");

        use ::diesel::Connection as _;
        type DieselError = ::diesel::result::Error;
        let mut connection = connect::diesel(&url).expect("a connection");
        let undone = connection.transaction(|connection| {
            more().execute(connection).expect("a change");
            Err::<(), _>(DieselError::RollbackTransaction)
        });
        assert_eq!(undone, Err(DieselError::RollbackTransaction));
        assert_eq!(total(), 10);
        connection
            .transaction(|connection| {
                more().execute(connection).expect("a change");
                Ok::<_, DieselError>(())
            })
            .expect("it is done");
        assert_eq!(total(), 11);
    });
}
