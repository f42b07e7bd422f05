//! Claims: of workers that race for a row one has it, and a claim that is lost changes nothing.
//!
//! `CHECKPOINT_CASES=10000 cargo xtask test -p checkpoint-workers --test claims -- --nocapture` has them race as
//! often as that.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use checkpoint_schema::driver::Claim;
use checkpoint_schema::table::Outcome;
use checkpoint_schema::{Checkpoint, JobTable};
use checkpoint_tests::documents::Run;
use checkpoint_tests::postgres::{self, Server};
use postgres::Database;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "pages", version = 1)]
struct Pages {
    #[serde(default)]
    total: u64,
    #[serde(default)]
    rank: u32,
}

const MINUTE: Duration = Duration::from_secs(60);

fn with_rows<'a>(server: &'a Server, rows: u32) -> Database<'a> {
    let database = server.database();
    let mut client = database.connect();
    client
        .batch_execute("CREATE TABLE etl_jobs (id int PRIMARY KEY, job_name text, checkpoint_data jsonb)")
        .expect("a table");
    client.batch_execute(JobTable::default().claim_ddl().text()).expect("columns");
    let rows = i32::try_from(rows).expect("few");
    client
        .execute("INSERT INTO etl_jobs SELECT it, 'pages', '{}' FROM generate_series(1, $1) AS it", &[&rows])
        .expect("rows");
    database
}

fn claim(jobs: &JobTable, lease: Duration, client: &mut ::postgres::Client) -> Option<Claim<Pages>> {
    jobs.claim(lease).id(1).execute(client).expect("an answer")
}

#[test]
fn of_workers_that_race_for_a_row_exactly_one_has_it() {
    const WORKERS: usize = 8;
    let run = Run::from_environment(300);
    postgres::each(|server| {
        let database = with_rows(server, 1);
        let barrier = Barrier::new(WORKERS);
        // Nobody panics before all are done: the others would wait for him.
        let won: Vec<Vec<Result<bool, String>>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..WORKERS)
                .map(|_| {
                    scope.spawn(|| {
                        let mut client = database.connect();
                        let jobs = JobTable::default();
                        let race = |_| {
                            barrier.wait();
                            let claim = claim(&jobs, MINUTE, &mut client);
                            barrier.wait();
                            let Some(claim) = claim else { return Ok(false) };
                            let change = claim.update([Pages::fields().total().increment(1)]);
                            change.execute(&mut client).map_err(|error| error.to_string())?;
                            claim.release().execute(&mut client).map_err(|error| error.to_string())?;
                            Ok(true)
                        };
                        (0..run.cases).map(race).collect()
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("no panic")).collect()
        });
        for race in 0..run.cases {
            let told: Vec<_> = won.iter().map(|won| &won[race]).collect();
            assert_eq!(told.iter().filter(|won| ***won == Ok(true)).count(), 1, "race {race}: {told:?}");
            assert!(told.iter().all(|won| won.is_ok()), "race {race}: {told:?}");
        }
        let winners = won.iter().filter(|won| won.contains(&Ok(true))).count();
        println!("{} races, won by {winners} of {WORKERS} workers", run.cases);
        let mut client = database.connect();
        let stored = JobTable::default().load::<Pages>(1).fetch(&mut client).expect("it is read");
        assert_eq!(stored.into_option().expect("a document").total, run.cases as u64);
    });
}

#[test]
fn of_many_rows_each_worker_has_another() {
    const WORKERS: usize = 8;
    const ROWS: u32 = 100;
    postgres::each(|server| {
        let database = with_rows(server, ROWS);
        let mut had: Vec<String> = thread::scope(|scope| {
            let workers: Vec<_> = (0..WORKERS)
                .map(|_| {
                    scope.spawn(|| {
                        let (mut client, jobs) = (database.connect(), JobTable::default());
                        let next = || jobs.claim::<Pages>(MINUTE).execute(&mut client).expect("an answer");
                        std::iter::from_fn(next).map(|claim| claim.id().to_string()).collect::<Vec<_>>()
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
        });
        had.sort_by_key(|id| id.parse::<u32>().expect("a number"));
        assert_eq!(had, (1..=ROWS).map(|id| id.to_string()).collect::<Vec<_>>());
    });
}

#[test]
fn a_claim_ends_when_its_lease_has_passed_and_then_changes_nothing() {
    postgres::each(|server| {
        let database = with_rows(server, 1);
        let (mut first, mut second) = (database.connect(), database.connect());
        let (jobs, f) = (JobTable::default(), Pages::fields());
        let lease = Duration::from_millis(300);

        // Each change puts the end off.
        let held = claim(&jobs, lease, &mut first).expect("a claim");
        let until = |client: &mut ::postgres::Client| -> SystemTime {
            client.query_one("SELECT claimed_until FROM etl_jobs", &[]).expect("a row").get(0)
        };
        for _ in 0..3 {
            let before = until(&mut second);
            held.update([f.total().increment(1)]).execute(&mut first).expect("a change");
            assert!(until(&mut second) > before);
        }
        // And a renewal does.
        let before = until(&mut second);
        held.renew().execute(&mut first).expect("a renewal");
        assert!(until(&mut second) > before);
        held.renew_for(MINUTE).execute(&mut first).expect("a renewal");
        assert!(until(&mut second) > before + MINUTE);
        assert!(claim(&jobs, MINUTE, &mut second).is_none());
        // The next change holds for the lease alone.
        held.update([f.total().increment(1)]).execute(&mut first).expect("a change");

        // Its worker is silent, as when it was killed: another has the row when the lease has passed.
        let silent = Instant::now();
        let taken = loop {
            match claim(&jobs, MINUTE, &mut second) {
                Some(claim) => break claim,
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        assert!(silent.elapsed() + Duration::from_millis(50) >= lease, "{:?}", silent.elapsed());
        let before = taken.stored().clone();
        for change in
            [held.update([f.total().increment(1)]), held.update([f.total().set(0)]).when(f.total().ge(0u64))]
        {
            let error = change.execute(&mut first).expect_err("the claim is lost");
            assert_eq!(error.outcome(), Some(Outcome::ClaimLost), "{error}");
        }
        assert_eq!(
            held.renew().execute(&mut first).expect_err("it is lost").outcome(),
            Some(Outcome::ClaimLost)
        );
        let left = held.release().execute(&mut first).expect_err("it is lost");
        assert_eq!(
            left.to_string(),
            "the job `pages`, row 1: the claim is lost: it has run out or was released, and the row may be another \
             worker's by now; nothing has been changed"
        );
        assert_eq!(jobs.load::<Pages>(1).fetch(&mut second).expect("it is read"), before);
        taken.update([f.total().increment(1)]).execute(&mut second).expect("the other has it");
    });
}

/// A worker that was stopped for longer than its lease, and that nobody has missed, goes on.
#[test]
fn a_claim_that_has_run_out_holds_until_another_worker_claims_the_row() {
    postgres::each(|server| {
        let database = with_rows(server, 1);
        let mut client = database.connect();
        let jobs = JobTable::default();
        let held = claim(&jobs, Duration::ZERO, &mut client).expect("a claim");
        held.update([Pages::fields().total().increment(1)]).execute(&mut client).expect("a change");
    });
}

/// The change of a claim that has run out waits for the one who is just claiming the row, and then changes nothing.
#[test]
fn a_change_that_meets_another_claim_in_its_transaction_is_refused() {
    postgres::each(|server| {
        let database = with_rows(server, 1);
        let (mut first, mut second) = (database.connect(), database.connect());
        let jobs = JobTable::default();
        let f = Pages::fields();
        let held = claim(&jobs, Duration::ZERO, &mut first).expect("a claim");
        let mut transaction = second.transaction().expect("a transaction");
        let taken =
            jobs.claim::<Pages>(MINUTE).id(1).execute(&mut transaction).expect("an answer").expect("a claim");
        thread::scope(|scope| {
            let late = scope.spawn(|| held.update([f.total().increment(1)]).execute(&mut first));
            thread::sleep(Duration::from_millis(200));
            taken.update([f.total().increment(5)]).execute(&mut transaction).expect("a change");
            transaction.commit().expect("it is done");
            let error = late.join().expect("no panic").expect_err("it is lost");
            assert_eq!(error.outcome(), Some(Outcome::ClaimLost), "{error}");
        });
        let stored = jobs.load::<Pages>(1).fetch(&mut second).expect("it is read");
        assert_eq!(stored.into_option().expect("a document").total, 5);
    });
}

/// What the docs say of a host that is lost in the midst of a transaction: the server's limit ends it.
#[test]
fn a_worker_that_hangs_in_its_transaction_loses_the_row_by_the_servers_limit() {
    postgres::each(|server| {
        let database = with_rows(server, 1);
        let (mut hanging, mut client) = (database.connect(), database.connect());
        let jobs = JobTable::default();
        hanging.batch_execute("SET idle_in_transaction_session_timeout = '300ms'").expect("a setting");
        let held = claim(&jobs, Duration::from_millis(10), &mut hanging).expect("a claim");
        let mut transaction = hanging.transaction().expect("a transaction");
        held.update([Pages::fields().total().increment(1)]).execute(&mut transaction).expect("a change");
        let began = Instant::now();
        let taken = loop {
            match claim(&jobs, MINUTE, &mut client) {
                Some(claim) => break claim,
                None => thread::sleep(Duration::from_millis(5)),
            }
            assert!(began.elapsed() < MINUTE, "it is never let go");
        };
        assert_eq!(taken.stored().document().map(|pages| pages.total), Some(0));
        let error = transaction.commit().expect_err("it is rolled back");
        assert!(checkpoint_schema::driver::postgres::Error::from(error).is_transient());
    });
}

/// A key that stands twice is no key.
#[test]
fn two_rows_of_one_key_are_not_claimed() {
    postgres::each(|server| {
        let database = with_rows(server, 1);
        let mut client = database.connect();
        client
            .batch_execute("ALTER TABLE etl_jobs DROP CONSTRAINT etl_jobs_pkey; INSERT INTO etl_jobs VALUES (1, 'other')")
            .expect("a second row");
        let error = JobTable::default().claim::<Pages>(MINUTE).execute(&mut client).expect_err("two rows");
        assert!(error.to_string().contains("more than one row"), "{error}");
        let claimed = "SELECT count(*) FROM etl_jobs WHERE claimed_by IS NOT NULL";
        assert_eq!(client.query_one(claimed, &[]).expect("a count").get::<_, i64>(0), 0);
    });
}

/// A worker that hangs in a transaction is not waited for.
#[test]
fn a_claim_never_waits() {
    postgres::each(|server| {
        let database = with_rows(server, 2);
        let (mut hanging, mut client) = (database.connect(), database.connect());
        client.batch_execute("SET lock_timeout = '10s'").expect("a setting");
        let mut transaction = hanging.transaction().expect("a transaction");
        transaction.execute("SELECT FROM etl_jobs WHERE id = 1 FOR UPDATE", &[]).expect("a lock");
        let jobs = JobTable::default();
        assert!(claim(&jobs, MINUTE, &mut client).is_none());
        let other = jobs.claim::<Pages>(MINUTE).execute(&mut client).expect("an answer").expect("a claim");
        assert_eq!(other.id().to_string(), "2");
        assert!(jobs.claim::<Pages>(MINUTE).execute(&mut client).expect("an answer").is_none());
        transaction.rollback().expect("it ends");
        assert!(claim(&jobs, MINUTE, &mut client).is_some());
    });
}

#[test]
fn the_row_of_longest_ago_comes_first_unless_an_order_is_given() {
    postgres::each(|server| {
        let database = with_rows(server, 3);
        let mut client = database.connect();
        let (jobs, f) = (JobTable::default(), Pages::fields());
        for (id, rank) in [(1, 2), (2, 3), (3, 1)] {
            jobs.update([f.rank().set(rank)]).id(id).execute(&mut client).expect("a change");
        }
        let mut order = Vec::new();
        for _ in 0..7 {
            let claim =
                jobs.claim::<Pages>(MINUTE).execute(&mut client).expect("an answer").expect("a claim");
            order.push(claim.id().to_string());
            claim.release().execute(&mut client).expect("it is released");
        }
        assert_eq!(order[..3], order[3..6]);
        assert_eq!(order[0], order[6]);
        assert_ne!(order[0], order[1]);
        let mut ranked = Vec::new();
        for _ in 0..3 {
            let next = jobs.claim::<Pages>(MINUTE).order(f.rank().desc()).execute(&mut client);
            ranked.push(next.expect("an answer").expect("a claim").id().to_string());
        }
        assert_eq!(ranked, ["2", "1", "3"]);
    });
}

#[test]
fn columns_may_have_other_names() {
    postgres::each(|server| {
        let database = with_rows(server, 1);
        let mut client = database.connect();
        let jobs = JobTable::default().claim_columns("who \"has\" it", "until");
        let error = jobs.claim::<Pages>(MINUTE).execute(&mut client).expect_err("there are none");
        assert!(error.to_string().contains("who"), "{error}");
        client.batch_execute(jobs.claim_ddl().text()).expect("columns");
        let claim =
            jobs.claim::<Pages>(MINUTE).by("me").execute(&mut client).expect("an answer").expect("a claim");
        claim.update([Pages::fields().total().increment(1)]).execute(&mut client).expect("a change");
        let mark: String =
            client.query_one("SELECT \"who \"\"has\"\" it\" FROM etl_jobs", &[]).expect("a row").get(0);
        assert!(mark.starts_with("me "), "{mark}");
    });
}
