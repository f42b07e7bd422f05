//! Concurrent changes of one row: nothing is lost, and what a statement says of the row holds when it is done.
//!
//! `CHECKPOINT_CASES=2000 cargo xtask test -p checkpoint-tests --test concurrency -- --nocapture` has each of the
//! eight clients make 2,000 changes, and prints how many of them survive read-modify-write.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use ::postgres::{Client, Error, IsolationLevel};
use checkpoint_schema::table::Outcome;
use checkpoint_schema::{Checkpoint, Filter, JobTable, Statement, Timestamp, Update};
use checkpoint_tests::documents::Run;
use checkpoint_tests::postgres::{self, Server};
use checkpoint_tests::random::Random;
use checkpoint_tests::statements::{borrowed, bound, outcome, query, refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "shared", version = 1)]
struct Shared {
    total: u64,
    #[serde(default)]
    balance: i64,
    greatest: u64,
    least: Option<i64>,
    since: Timestamp,
    #[serde(default)]
    log: Vec<u32>,
    #[serde(default)]
    pages: Vec<Page>,
    #[serde(default)]
    seen: BTreeSet<u16>,
    #[serde(default)]
    counts: BTreeMap<String, u64>,
    rate: Rate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Rate {
    remaining: i32,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

fn start() -> Shared {
    Shared {
        total: 7,
        balance: 0,
        greatest: 0,
        least: None,
        since: Timestamp::UNIX_EPOCH,
        log: Vec::new(),
        pages: vec![Page { number: 1 }],
        seen: BTreeSet::new(),
        counts: BTreeMap::new(),
        rate: Rate { remaining: 0, name: "r".to_owned() },
    }
}

fn table(server: &Server) -> Client {
    let mut client = server.connect();
    client
        .batch_execute("CREATE TABLE etl_jobs (id integer PRIMARY KEY, job_name text, checkpoint_data jsonb)")
        .expect("a table");
    put(&mut client);
    client
}

/// The row 1, anew, beside one of another job.
fn put(client: &mut Client) {
    client
        .batch_execute("TRUNCATE etl_jobs; INSERT INTO etl_jobs VALUES (2, 'other', '{}')")
        .expect("a table");
    let start = serde_json::to_value(start()).expect("JSON");
    client.execute("INSERT INTO etl_jobs VALUES (1, 'Shared', $1)", &[&start]).expect("a row");
}

fn jobs() -> JobTable {
    JobTable::default().without_retry_columns()
}

fn stored(client: &mut Client) -> Value {
    client.query_one("SELECT checkpoint_data FROM etl_jobs WHERE id = 1", &[]).expect("a row").get(0)
}

/// The kinds of statements that change the row 1.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    ById,
    Guarded,
    OfJob,
    Many,
    Upsert,
}

impl Kind {
    const ALL: [Self; 5] = [Self::ById, Self::Guarded, Self::OfJob, Self::Many, Self::Upsert];

    fn statement(self, update: Update<Shared>) -> Statement {
        let (jobs, f) = (jobs(), Shared::fields());
        let statement = match self {
            Self::ById => jobs.update(update).id(1).statement(),
            Self::Guarded => jobs.update(update).id(1).when(f.total().ge(0)).returning().statement(),
            Self::OfJob => jobs.update(update).of_job().returning().statement(),
            Self::Many => jobs.update(update).filter(f.total().ge(0)).returning().statement(),
            Self::Upsert => jobs.upsert(1, update.or_insert(&start())).statement(),
        };
        statement.expect("a statement")
    }

    /// Has it changed the row?
    fn changed(self, rows: &[::postgres::Row]) -> bool {
        match self {
            Self::Many => rows.len() == 1,
            _ => rows.len() == 1 && rows[0].get::<_, &str>("outcome") == "updated",
        }
    }
}

/// A change whose effect does not depend on the order, but for that of a list.
#[derive(Clone, Debug)]
enum Step {
    Total(u64),
    Balance(i64),
    Greatest(u64),
    Least(i64),
    Since(Timestamp),
    Log(u32),
    Seen(u16),
    Count(String),
    Remaining(i32),
}

impl Step {
    fn random(random: &mut Random, number: u32) -> Self {
        let some = |random: &mut Random, limit: usize| u32::try_from(random.below(limit)).expect("small");
        match random.below(9) {
            0 => Self::Total(some(random, 1000).into()),
            1 => Self::Balance(i64::from(some(random, 1000)) - 500),
            2 => Self::Greatest(some(random, 1_000_000).into()),
            3 => Self::Least(i64::from(some(random, 1_000_000)) - 500_000),
            4 => {
                let (days, seconds) = (1 + random.below(28), random.below(60));
                Self::Since(format!("2025-01-{days:02}T12:00:{seconds:02}Z").parse().expect("a time"))
            }
            5 => Self::Log(number),
            6 => Self::Seen(u16::try_from(random.below(300)).expect("small")),
            7 => Self::Count(format!("key {}", random.below(40))),
            _ => Self::Remaining(i32::try_from(random.below(100)).expect("small") - 50),
        }
    }

    fn change(&self) -> checkpoint_schema::Change<Shared> {
        let f = Shared::fields();
        match self {
            Self::Total(by) => f.total().increment(*by),
            Self::Balance(by) => f.balance().increment(*by),
            Self::Greatest(value) => f.greatest().max(*value),
            Self::Least(value) => f.least().some().min(*value),
            Self::Since(time) => f.since().advance(*time),
            Self::Log(number) => f.log().push(*number),
            Self::Seen(item) => f.seen().push_unique(*item),
            Self::Count(key) => f.counts().key(key.as_str()).increment(1),
            Self::Remaining(by) => f.rate().remaining().increment(*by),
        }
    }

    /// What it is to do, told without the crate.
    fn apply(&self, shared: &mut Shared) {
        match self {
            Self::Total(by) => shared.total += by,
            Self::Balance(by) => shared.balance += by,
            Self::Greatest(value) => shared.greatest = shared.greatest.max(*value),
            Self::Least(value) => shared.least = Some(shared.least.map_or(*value, |least| least.min(*value))),
            Self::Since(time) => shared.since = shared.since.max(*time),
            Self::Log(number) => shared.log.push(*number),
            Self::Seen(item) => _ = shared.seen.insert(*item),
            Self::Count(key) => *shared.counts.entry(key.clone()).or_default() += 1,
            Self::Remaining(by) => shared.rate.remaining += by,
        }
    }
}

const CLIENTS: u32 = 8;

/// The changes of a client. Each has one step that counts it.
fn steps(run: &Run, client: u32) -> Vec<Vec<Step>> {
    let mut random = Random::new(run.seed.wrapping_mul(1000).wrapping_add(client.into()));
    let change = |number| {
        let mut steps = vec![Step::Count(format!("client {client}"))];
        for _ in 0..1 + random.below(3) {
            steps.push(Step::random(&mut random, client * 1_000_000 + number));
        }
        steps
    };
    (0..u32::try_from(run.cases).expect("a count")).map(change).collect()
}

/// Runs the clients at once; how long they took.
fn clients(server: &Server, run: &Run, work: impl Fn(&mut Client, Vec<Vec<Step>>) + Sync) -> Duration {
    let barrier = Barrier::new(usize::try_from(CLIENTS).expect("few") + 1);
    let mut began = Instant::now();
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (barrier, work) = (&barrier, &work);
            scope.spawn(move || {
                let mut client = server.connect();
                let steps = steps(run, number);
                barrier.wait();
                work(&mut client, steps);
            });
        }
        barrier.wait();
        began = Instant::now();
    });
    began.elapsed()
}

#[test]
fn of_the_changes_of_many_clients_none_is_lost() {
    let run = Run::from_environment(150);
    println!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    postgres::each(|server| {
        let mut observer = table(server);
        let ours = clients(server, &run, |client, changes| {
            // The text of a statement does not depend on the values.
            let mut prepared: HashMap<String, ::postgres::Statement> = HashMap::new();
            for (number, steps) in changes.iter().enumerate() {
                let kind = Kind::ALL[number % 5];
                let update: Update<Shared> = steps.iter().map(Step::change).collect();
                let statement = kind.statement(update);
                let text = statement.text();
                if !prepared.contains_key(text) {
                    prepared.insert(text.to_owned(), client.prepare(text).expect("a statement"));
                }
                let params = bound(statement.params());
                let rows = client.query(&prepared[text], &borrowed(&params));
                let rows = rows.unwrap_or_else(|error| panic!("{kind:?}: {error:?}\n{text}"));
                assert!(kind.changed(&rows), "{kind:?} {steps:?}");
            }
        });
        let mut expected = start();
        for client in 0..CLIENTS {
            steps(&run, client).iter().flatten().for_each(|step| step.apply(&mut expected));
        }
        let mut found: Shared = serde_json::from_value(stored(&mut observer)).expect("a document");
        for client in 0..CLIENTS {
            let of_client = |log: &[u32]| -> Vec<u32> {
                log.iter().copied().filter(|number| number / 1_000_000 == client).collect()
            };
            assert_eq!(of_client(&found.log), of_client(&expected.log), "in the order of the client");
        }
        let were_mixed = found.log != expected.log;
        found.log.sort_unstable();
        expected.log.sort_unstable();
        assert_eq!(found, expected);
        let all = usize::try_from(CLIENTS).expect("few") * run.cases;
        println!("typed statements: {all} of {all} changes survive, in {ours:.1?}; mixed: {were_mixed}");

        put(&mut observer);
        let theirs = clients(server, &run, |client, changes| {
            for steps in changes {
                let mut document: Shared = serde_json::from_value(stored(client)).expect("a document");
                steps.iter().for_each(|step| step.apply(&mut document));
                let document = serde_json::to_value(document).expect("JSON");
                let text = "UPDATE etl_jobs SET checkpoint_data = $1 WHERE id = 1";
                client.execute(text, &[&document]).expect("an update");
            }
        });
        let found: Shared = serde_json::from_value(stored(&mut observer)).expect("a document");
        let survive: u64 =
            found.counts.iter().filter(|(key, _)| key.starts_with("client ")).map(|(_, count)| count).sum();
        println!("read-modify-write: {survive} of {all} changes survive, in {theirs:.1?}");
    });
}

/// The process of a session.
fn pid(client: &mut Client) -> i32 {
    client.query_one("SELECT pg_backend_pid()", &[]).expect("a row").get(0)
}

/// How the first session ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Commit,
    Rollback,
}

/// One session runs `first` in a transaction; another begins `second`, which must wait for it; then the first one
/// ends. What the second one gives.
fn race<T: Send>(server: &Server, first: &str, end: End, second: impl FnOnce(&mut Client) -> T + Send) -> T {
    let (mut a, mut b, mut observer) = (server.connect(), server.connect(), server.connect());
    let (pid_a, pid_b) = (pid(&mut a), pid(&mut b));
    let mut transaction = a.transaction().expect("a transaction");
    transaction.batch_execute(first).expect("an update");
    b.batch_execute("SET statement_timeout = '60s'").expect("a setting");
    thread::scope(|scope| {
        // Moved here: it ends before this waits for the other session, also in a panic.
        let transaction = transaction;
        let second = scope.spawn(move || second(&mut b));
        let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $2 AND wait_event_type = 'Lock') \
                     AND $1 = ANY (pg_blocking_pids($2))";
        while !observer.query_one(waits, &[&pid_a, &pid_b]).expect("a row").get::<_, bool>(0) {
            assert!(!second.is_finished(), "it did not wait for the other session");
            thread::sleep(Duration::from_millis(1));
        }
        match end {
            End::Commit => transaction.commit().expect("a commit"),
            End::Rollback => transaction.rollback().expect("a rollback"),
        }
        second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// What the first session does to the row.
const FIRST: &str = r#"UPDATE etl_jobs SET checkpoint_data = checkpoint_data
    || '{"total": 107, "log": [1, 2], "pages": [{"number": 1}, {"number": 2}], "counts": {"a": 5}, "seen": [3],
         "rate": {"remaining": 50, "name": "first"}}' WHERE id = 1"#;

/// The document after it.
fn after_first() -> Value {
    let mut document = serde_json::to_value(start()).expect("JSON");
    document["total"] = json!(107);
    document["log"] = json!([1, 2]);
    document["pages"] = json!([{"number": 1}, {"number": 2}]);
    document["counts"] = json!({"a": 5});
    document["seen"] = json!([3]);
    document["rate"] = json!({"remaining": 50, "name": "first"});
    document
}

/// An update of every form of expression: a plain one, one with a subquery, several in a row, with lists.
fn updates() -> Vec<Update<Shared>> {
    let f = Shared::fields();
    vec![
        f.greatest().set(9u64).into(),
        f.total().increment(1).into(),
        [f.greatest().set(9u64), f.balance().set(-1)].into(),
        [f.total().increment(1), f.log().push(3), f.counts().key("a").increment(1)].into(),
        [f.total().increment(1), f.total().multiply(2), f.log().push(3), f.log().push_capped(4, 3)].into(),
        [f.log().remove(1), f.pages().remove(Page { number: 2 }), f.seen().push_unique(3u16)].into(),
        [f.pages().push_unique(Page { number: 2 }), f.pages().at(0).number().increment(1)].into(),
        [f.greatest().copy_from(&f.total()), f.rate().remaining().max(20)].into(),
        [f.counts().merge(BTreeMap::from([("b".to_owned(), 1)])), f.since().advance(Timestamp::UNIX_EPOCH)]
            .into(),
        Update::from(f.total().increment(1)).or_insert(&start()),
        Update::from([]),
    ]
}

#[test]
fn a_statement_that_has_waited_sees_what_it_waited_for() {
    postgres::each(|server| {
        let mut client = table(server);
        for end in [End::Commit, End::Rollback] {
            let before = match end {
                End::Commit => after_first(),
                End::Rollback => serde_json::to_value(start()).expect("JSON"),
            };
            for kind in Kind::ALL {
                for update in updates() {
                    let expected = update.apply(&before);
                    put(&mut client);
                    let statement = kind.statement(update);
                    let found = race(server, FIRST, end, |session| query(session, &statement));
                    match (found, expected) {
                        (Ok(rows), Ok(expected)) => {
                            assert!(kind.changed(&rows), "{kind:?}");
                            assert_eq!(stored(&mut client), expected, "{kind:?} {}", statement.text());
                            if rows[0].columns().iter().any(|column| column.name() == "document") {
                                assert_eq!(rows[0].get::<_, Value>("document"), expected);
                            }
                        }
                        (Err(error), Err(expected)) => {
                            assert_eq!(refusal(&error), expected);
                            assert_eq!(stored(&mut client), before);
                        }
                        (found, expected) => panic!("{kind:?}: {found:?}, not {expected:?}"),
                    }
                }
            }
        }
    });
}

/// That the test above can fail: these are lost updates.
#[test]
fn a_with_inside_set_loses_what_it_waited_for() {
    postgres::each(|server| {
        let mut client = table(server);
        let mut lost = serde_json::to_value(start()).expect("JSON");
        lost["greatest"] = json!(9);
        for wrong in [
            "UPDATE etl_jobs AS t SET checkpoint_data = (WITH s AS MATERIALIZED (SELECT t.checkpoint_data AS d) \
             SELECT jsonb_set(d, '{greatest}', '9') FROM s) WHERE id = 1",
            "UPDATE etl_jobs AS t SET checkpoint_data = (SELECT jsonb_set(s.checkpoint_data, '{greatest}', '9') \
             FROM etl_jobs AS s WHERE s.id = t.id) WHERE id = 1",
            "UPDATE etl_jobs AS t SET checkpoint_data = jsonb_set(s.checkpoint_data, '{greatest}', '9') \
             FROM etl_jobs AS s WHERE s.id = t.id AND t.id = 1",
        ] {
            put(&mut client);
            let changed = race(server, FIRST, End::Commit, |session| session.execute(wrong, &[]));
            assert_eq!(changed.expect("an update"), 1);
            assert_eq!(stored(&mut client), lost, "{wrong}");
        }
        // And so is this, which does not even wait.
        put(&mut client);
        let mut document = stored(&mut client);
        document["greatest"] = json!(9);
        client.batch_execute(FIRST).expect("an update");
        let write = "UPDATE etl_jobs SET checkpoint_data = $1 WHERE id = 1";
        client.execute(write, &[&document]).expect("an update");
        assert_eq!(stored(&mut client), lost);
    });
}

#[test]
fn a_guard_is_asked_of_the_row_that_is_changed() {
    postgres::each(|server| {
        let mut client = table(server);
        let f = Shared::fields();
        let was = || {
            [
                f.total().eq(7),
                f.counts().key("a").is_missing(),
                !f.log().contains(1),
                f.total().in_([6u64, 7]) & f.rate().name().starts_with("r"),
                !f.pages().contains(Page { number: 2 }),
            ]
        };
        let guarded = |guard: Filter<Shared>, of_job: bool| {
            let update = jobs();
            let update = update.update([f.total().increment(1), f.log().push(9)]);
            let update = if of_job { update.of_job() } else { update.id(1) };
            update.when(guard).returning().statement().expect("a statement")
        };
        for of_job in [false, true] {
            for (made_false, made_true) in was().into_iter().zip(was().map(|guard| !guard)) {
                for (guard, end, told) in [
                    (&made_false, End::Commit, Outcome::GuardFailed),
                    (&made_true, End::Commit, Outcome::Updated),
                    (&made_false, End::Rollback, Outcome::Updated),
                    (&made_true, End::Rollback, Outcome::GuardFailed),
                ] {
                    put(&mut client);
                    let statement = guarded(guard.clone(), of_job);
                    let found = race(server, FIRST, end, |session| outcome(session, &statement));
                    assert_eq!(found.expect("an outcome"), told, "{guard:?} {end:?}");
                    let mut expected = after_first();
                    if end == End::Rollback {
                        expected = serde_json::to_value(start()).expect("JSON");
                    }
                    if told == Outcome::Updated {
                        let update = Update::from([f.total().increment(1), f.log().push(9)]);
                        expected = update.apply(&expected).expect("it can be");
                    }
                    assert_eq!(stored(&mut client), expected, "{guard:?} {end:?}");
                }
            }
        }
    });
}

/// The version that the statement's snapshot has is not even tried: it may be one that cannot be changed.
#[test]
fn an_error_is_about_the_row_that_would_be_changed() {
    postgres::each(|server| {
        let mut client = table(server);
        let f = Shared::fields();
        let update = || Update::from([f.total().increment(1), f.log().push(9)]);
        let one = |kind| match kind {
            // Whoever reads the filter takes the snapshot's row for one to change, and says that it cannot be.
            Kind::Many => None,
            kind => Some((kind, Kind::statement(kind, update()))),
        };
        let whole = format!("UPDATE etl_jobs SET checkpoint_data = '{}' WHERE id = 1", after_first());
        for bad in ["NULL", "'{}'", "'[]'", r#"'{"total": "7"}'"#] {
            let spoil = format!("UPDATE etl_jobs SET checkpoint_data = {bad} WHERE id = 1");
            for (kind, statement) in Kind::ALL.into_iter().filter_map(one) {
                put(&mut client);
                client.batch_execute(&spoil).expect("an update");
                let mended = race(server, &whole, End::Commit, |session| outcome(session, &statement));
                assert_eq!(mended.expect("an outcome"), Outcome::Updated, "{kind:?} {bad}");
                let expected = update().apply(&after_first()).expect("it can be");
                assert_eq!(stored(&mut client), expected, "{kind:?} {bad}");
                if bad == "NULL" || kind == Kind::Guarded {
                    continue;
                }
                put(&mut client);
                let spoilt = race(server, &spoil, End::Commit, |session| outcome(session, &statement));
                let bad: Value = serde_json::from_str(bad.trim_matches('\'')).expect("JSON");
                let expected = update().apply(&bad).expect_err("an error");
                assert_eq!(refusal(&spoilt.expect_err("an error")), expected, "{kind:?} {bad}");
            }
        }
    });
}

#[test]
fn the_row_may_go_and_change_its_job_meanwhile() {
    postgres::each(|server| {
        let mut client = table(server);
        let f = Shared::fields();
        let next = || Update::from(f.total().increment(1));
        let by_id = |id: i32| jobs().update(next()).id(id).statement().expect("a statement");
        let of_job = jobs().update(next()).of_job().statement().expect("a statement");
        let upsert =
            |id: i32| jobs().upsert(id, next().or_insert(&start())).statement().expect("a statement");
        let (delete, leave) =
            ("DELETE FROM etl_jobs WHERE id = 1", "UPDATE etl_jobs SET job_name = 'x' WHERE id = 1");
        let come = "UPDATE etl_jobs AS t SET job_name = 'SHARED', checkpoint_data = s.checkpoint_data \
                    FROM etl_jobs AS s WHERE t.id = 2 AND s.id = 1";
        let insert = "INSERT INTO etl_jobs SELECT 3, 'SHARED', checkpoint_data FROM etl_jobs WHERE id = 1";
        use End::{Commit, Rollback};
        for (first, end, statement, told) in [
            (delete, Commit, by_id(1), Outcome::NoSuchRow),
            (delete, Commit, of_job.clone(), Outcome::NoSuchRow),
            (delete, Commit, upsert(1), Outcome::Inserted),
            (delete, Commit, jobs().reset(1).statement(), Outcome::NoSuchRow),
            (delete, Rollback, by_id(1), Outcome::Updated),
            (delete, Rollback, upsert(1), Outcome::Updated),
            (leave, Commit, by_id(1), Outcome::WrongJob),
            (leave, Commit, of_job.clone(), Outcome::NoSuchRow),
            (leave, Commit, upsert(1), Outcome::WrongJob),
            (leave, Rollback, by_id(1), Outcome::Updated),
            (come, Commit, by_id(2), Outcome::Updated),
            (come, Commit, upsert(2), Outcome::Updated),
            (come, Rollback, by_id(2), Outcome::WrongJob),
            (come, Rollback, upsert(2), Outcome::WrongJob),
            // A conflict with a row that nobody else sees yet.
            (insert, Commit, upsert(3), Outcome::Updated),
            (insert, Rollback, upsert(3), Outcome::Inserted),
            (FIRST, Commit, jobs().reset(1).statement(), Outcome::Updated),
        ] {
            put(&mut client);
            let found = race(server, first, end, |session| outcome(session, &statement));
            assert_eq!(found.expect("an outcome"), told, "{first} {end:?} {}", statement.text());
            // Counted once wherever it says so.
            let counted = "SELECT coalesce(sum((checkpoint_data->>'total')::int - 7), 0)::int FROM etl_jobs";
            let counted: i32 = client.query_one(counted, &[]).expect("a row").get(0);
            let changed = matches!(told, Outcome::Updated | Outcome::Inserted);
            let is_counted = changed && statement != jobs().reset(1).statement();
            assert_eq!(counted, i32::from(is_counted), "{first} {end:?} {}", statement.text());
        }
    });
}

#[test]
fn many_rows_that_have_been_waited_for_are_asked_again() {
    postgres::each(|server| {
        let mut client = table(server);
        let f = Shared::fields();
        let many = |filter: Filter<Shared>| {
            let update = jobs();
            update.update(f.total().increment(1)).filter(filter).returning().statement().expect("a statement")
        };
        // No longer met.
        let statement = many(f.total().eq(7));
        let rows = race(server, FIRST, End::Commit, |session| query(session, &statement)).expect("rows");
        assert!(rows.is_empty());
        assert_eq!(stored(&mut client), after_first());
        // Of another job by now.
        put(&mut client);
        let leave = "UPDATE etl_jobs SET job_name = 'x' WHERE id = 1";
        let statement = many(Filter::everything());
        let rows = race(server, leave, End::Commit, |session| query(session, &statement)).expect("rows");
        assert!(rows.is_empty());
        // Met only by what is not committed yet: such a row is none, and nobody waits for it.
        put(&mut client);
        let mut other = server.connect();
        let mut transaction = client.transaction().expect("a transaction");
        transaction.batch_execute(FIRST).expect("an update");
        assert!(query(&mut other, &many(f.total().eq(107))).expect("rows").is_empty());
    });
}

#[test]
fn a_locked_select_gives_the_newest_row() {
    postgres::each(|server| {
        let mut client = table(server);
        let select = jobs().select::<Shared>().id(1).for_update().statement().expect("a statement");
        let rows = race(server, FIRST, End::Commit, |session| query(session, &select)).expect("rows");
        assert_eq!(rows[0].get::<_, Value>("document"), after_first());
        let f = Shared::fields();
        put(&mut client);
        let select = jobs().select().filter(f.total().eq(7)).for_update().statement().expect("a statement");
        let rows = race(server, FIRST, End::Commit, |session| query(session, &select)).expect("rows");
        assert!(rows.is_empty());
    });
}

#[test]
fn stricter_levels_refuse_what_would_be_lost() {
    postgres::each(|server| {
        let mut client = table(server);
        let f = Shared::fields();
        let next = || Update::from(f.total().increment(1));
        for level in [IsolationLevel::RepeatableRead, IsolationLevel::Serializable] {
            let at_level = |session: &mut Client, statement: &Statement| -> Result<(), Error> {
                let mut transaction = session.build_transaction().isolation_level(level).start()?;
                query(&mut transaction, statement)?;
                transaction.commit()
            };
            let insert =
                "INSERT INTO etl_jobs SELECT 3, 'SHARED', checkpoint_data FROM etl_jobs WHERE id = 1";
            let upsert = jobs().upsert(3, next().or_insert(&start())).statement().expect("a statement");
            let on_row = Kind::ALL.map(|kind| (FIRST, kind.statement(next())));
            for (first, statement) in on_row.into_iter().chain([(insert, upsert)]) {
                put(&mut client);
                let refused = race(server, first, End::Commit, |session| at_level(session, &statement));
                let error = refused.expect_err(statement.text());
                assert_eq!(error.code().map(|code| code.code()), Some("40001"), "{error:?}");
                // Run again.
                at_level(&mut client, &statement).expect("it is done");
                put(&mut client);
                let done = race(server, first, End::Rollback, |session| at_level(session, &statement));
                done.expect("it is done");
            }
        }
    });
}

#[test]
fn prepared_statements_serve_a_thousand_times() {
    postgres::each(|server| {
        let mut client = table(server);
        let f = Shared::fields();
        for mode in ["auto", "force_generic_plan", "force_custom_plan"] {
            client.batch_execute(&format!("SET plan_cache_mode = {mode}")).expect("a setting");
            let times = if mode == "force_custom_plan" { 100 } else { 1000 };
            for kind in Kind::ALL {
                put(&mut client);
                let mut expected = start();
                let mut prepared: Option<(String, ::postgres::Statement)> = None;
                for number in 0..times {
                    // One in a hundred falls below 0: what cannot be inserted is refused before.
                    let falls = number % 100 == 99 && kind != Kind::Upsert;
                    let by: i64 = if falls { -1_000_000 } else { number };
                    let key = format!("key {}", number % 7);
                    let update = [
                        f.total().increment(by),
                        f.counts().key(key.as_str()).increment(1),
                        f.log().push_capped(u32::try_from(number).expect("small"), 5),
                    ];
                    let statement = kind.statement(update.into());
                    let (text, prepared) = prepared.get_or_insert_with(|| {
                        let text = statement.text().to_owned();
                        let prepared = client.prepare(&text).expect("a statement");
                        (text, prepared)
                    });
                    assert_eq!(text, statement.text());
                    let params = bound(statement.params());
                    match client.query(prepared, &borrowed(&params)) {
                        Ok(rows) => {
                            assert!(by >= 0 && kind.changed(&rows), "{mode} {kind:?} {number}");
                            expected.total += by.unsigned_abs();
                            *expected.counts.entry(key).or_default() += 1;
                            expected.log.push(u32::try_from(number).expect("small"));
                            let surplus = expected.log.len().saturating_sub(5);
                            expected.log.drain(..surplus);
                        }
                        Err(error) => {
                            assert!(by < 0, "{mode} {kind:?} {number}: {error:?}");
                            assert_eq!(
                                refusal(&error).to_string(),
                                "/total: the result is out of range for u64"
                            );
                        }
                    }
                }
                let found: Shared = serde_json::from_value(stored(&mut client)).expect("a document");
                assert_eq!(found, expected, "{mode} {kind:?}");
            }
        }
    });
}
