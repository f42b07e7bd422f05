//! A deploy while workers run: two compatible revisions together on one table, and a new version before the old one
//! has stopped.
//!
//! `CHECKPOINT_CASES=2000 cargo xtask test -p checkpoint-workers --test rolling -- --nocapture` has each worker make as
//! many steps.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use checkpoint_schema::registry::Registry;
use checkpoint_schema::{Change, Checkpoint, JobTable, Stored, registry};
use checkpoint_tests::documents::Run;
use checkpoint_tests::postgres::{self, Database, Server};
use checkpoint_tests::random::Random;
use checkpoint_xtask::__private::{Answer, told};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Cursor {
    token: String,
    #[serde(default)]
    page: u64,
}

/// The revision that runs.
mod old {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "rolling", version = 1)]
    pub(super) struct Job {
        pub(super) cursor: Cursor,
        pub(super) total: u64,
        #[serde(default)]
        pub(super) seen: BTreeSet<u32>,
        #[serde(default)]
        pub(super) counts: BTreeMap<String, u64>,
        pub(super) note: Option<String>,
    }
}

/// The revision that is deployed: it has more fields, which may be missing, and no note any more.
mod new {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "rolling", version = 1)]
    pub(super) struct Job {
        pub(super) cursor: Cursor,
        pub(super) total: u64,
        #[serde(default)]
        pub(super) seen: BTreeSet<u32>,
        #[serde(default)]
        pub(super) counts: BTreeMap<String, u64>,
        #[serde(default)]
        pub(super) attempts: u64,
        #[serde(default)]
        pub(super) failures: BTreeMap<String, u64>,
        pub(super) resumed: Option<Cursor>,
    }
}

/// What breaks: the total is one of several counts.
mod next {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "rolling", version = 2, upgrade(from = 1, with = upgraded))]
    pub(super) struct Job {
        pub(super) cursor: Cursor,
        pub(super) totals: BTreeMap<String, u64>,
    }

    fn upgraded(old: super::new::Job) -> Result<Job, std::convert::Infallible> {
        Ok(Job { cursor: old.cursor, totals: BTreeMap::from([("items".to_owned(), old.total)]) })
    }
}

fn answers(old: &Registry, new: &Registry) -> [Answer; 2] {
    let of = |registry: &Registry| registry.iter().next().copied().expect("a type");
    let told = told(&of(old), &of(new), [true, true]);
    [told.backward, told.forward]
}

fn table<'a>(server: &'a Server, document: &Value) -> Database<'a> {
    let database = server.database();
    let mut client = database.connect();
    client.batch_execute(checkpoint_workers::SCHEMA).expect("tables");
    client
        .execute(
            "INSERT INTO etl_jobs (id, job_name, checkpoint_data) VALUES (1, 'rolling', $1)",
            &[document],
        )
        .expect("a row");
    database
}

fn start() -> Value {
    json!({"cursor": {"token": ""}, "total": 0})
}

/// How much was added by a claim: nothing, where another worker has the row.
fn claimed<C: Checkpoint>(
    jobs: &JobTable,
    client: &mut ::postgres::Client,
    lease: Duration,
    change: Change<C>,
    add: u64,
) -> u64 {
    let Some(claim) = jobs.claim::<C>(lease).id(1).execute(&mut *client).expect("an answer") else {
        return 0;
    };
    claim.update(change).execute(&mut *client).expect("a change");
    claim.release().execute(client).expect("it is released");
    add
}

/// What all steps of all workers come to.
#[derive(Default)]
struct Sum {
    total: u64,
    pages: u64,
    seen: BTreeSet<u32>,
    counts: BTreeMap<String, u64>,
    attempts: u64,
    failures: BTreeMap<String, u64>,
    resumed: u64,
}

#[test]
fn workers_of_two_compatible_revisions_lose_nothing_of_each_other() {
    const WORKERS: u64 = 3;
    let [backward, forward] = answers(&registry![old::Job], &registry![new::Job]);
    assert!(matches!((&backward, &forward), (Answer::Safe, Answer::Safe)), "{backward:?} {forward:?}");
    let run = Run::from_environment(150);
    postgres::each(|server| {
        let database = table(server, &start());
        let jobs = JobTable::default();
        let work = |worker: u64| {
            let mut client = database.connect();
            let mut random = Random::new(run.seed.wrapping_mul(100) + worker);
            let mut sum = Sum::default();
            let key = |random: &mut Random| format!("entity {}", random.below(5));
            for _ in 0..run.cases {
                // At times by a claim, which the others do not need.
                if random.one_in(8) {
                    let lease = Duration::from_secs(60);
                    let add = random.below(9) as u64;
                    sum.total += match worker % 2 {
                        0 => {
                            claimed(&jobs, &mut client, lease, old::Job::fields().total().increment(add), add)
                        }
                        _ => {
                            claimed(&jobs, &mut client, lease, new::Job::fields().total().increment(add), add)
                        }
                    };
                    continue;
                }
                let by = random.below(9) as u64;
                sum.total += by;
                match worker % 2 {
                    0 => {
                        let f = old::Job::fields();
                        let mut changes: Vec<Change<old::Job>> = vec![f.total().increment(by)];
                        match random.below(4) {
                            0 => {
                                changes.push(f.cursor().page().increment(1));
                                sum.pages += 1;
                            }
                            1 => {
                                let seen = random.below(1000) as u32;
                                changes.push(f.seen().push_unique(seen));
                                sum.seen.insert(seen);
                            }
                            2 => {
                                let key = key(&mut random);
                                changes.push(f.counts().key(&key).increment(1));
                                *sum.counts.entry(key).or_default() += 1;
                            }
                            _ => changes.push(f.note().set(Some(format!("of {worker}")))),
                        }
                        let stored = jobs.update(changes).id(1).fetch(&mut client).expect("a change");
                        assert!(matches!(stored, Stored::Current(_)));
                    }
                    _ => {
                        let f = new::Job::fields();
                        let mut changes: Vec<Change<new::Job>> = vec![f.total().increment(by)];
                        match random.below(4) {
                            0 => {
                                changes.push(f.attempts().increment(1));
                                sum.attempts += 1;
                            }
                            1 => {
                                let key = key(&mut random);
                                changes.push(f.failures().key(&key).increment(1));
                                *sum.failures.entry(key).or_default() += 1;
                            }
                            2 => {
                                changes.push(
                                    f.resumed().set_default(Some(Cursor { token: "r".to_owned(), page: 0 })),
                                );
                                changes.push(f.resumed().some().page().increment(1));
                                sum.resumed += 1;
                            }
                            _ => {
                                changes.push(f.cursor().page().increment(1));
                                sum.pages += 1;
                            }
                        }
                        let stored = jobs.update(changes).id(1).fetch(&mut client).expect("a change");
                        assert!(matches!(stored, Stored::Current(_)));
                    }
                }
            }
            sum
        };
        let sums: Vec<Sum> = thread::scope(|scope| {
            let workers: Vec<_> = (0..2 * WORKERS).map(|worker| scope.spawn(move || work(worker))).collect();
            workers.into_iter().map(|worker| worker.join().expect("no panic")).collect()
        });
        let mut all = Sum::default();
        for sum in sums {
            all.total += sum.total;
            all.pages += sum.pages;
            all.seen.extend(sum.seen);
            sum.counts.into_iter().for_each(|(key, count)| *all.counts.entry(key).or_default() += count);
            all.attempts += sum.attempts;
            sum.failures.into_iter().for_each(|(key, count)| *all.failures.entry(key).or_default() += count);
            all.resumed += sum.resumed;
        }
        let mut client = database.connect();
        let found = jobs
            .load::<new::Job>(1)
            .fetch(&mut client)
            .expect("it is read")
            .into_option()
            .expect("a document");
        assert!(all.attempts > 0 && all.resumed > 0 && !all.failures.is_empty() && !all.counts.is_empty());
        assert_eq!(found.total, all.total);
        assert_eq!(found.cursor.page, all.pages);
        assert_eq!(found.seen, all.seen);
        assert_eq!(found.counts, all.counts);
        assert_eq!(found.attempts, all.attempts);
        assert_eq!(found.failures, all.failures);
        assert_eq!(found.resumed.expect("it was set").page, all.resumed);
        // What the new ones do not know they have left alone.
        let old = jobs
            .load::<old::Job>(1)
            .fetch(&mut client)
            .expect("it is read")
            .into_option()
            .expect("a document");
        assert!(old.note.is_some_and(|note| note.starts_with("of ")));
        assert_eq!((old.total, old.seen, old.counts), (all.total, all.seen, all.counts));
    });
}

#[test]
fn across_versions_the_old_workers_stop_and_change_nothing() {
    let [backward, _] = answers(&registry![new::Job], &registry![next::Job]);
    assert!(matches!(backward, Answer::Unreadable(_)), "{backward:?}");
    postgres::each(|server| {
        let database = table(server, &start());
        let jobs = JobTable::default();
        // They work until they are told to stop. Each says how much it has done.
        let work = || {
            let (mut client, mut done) = (database.connect(), 0_u64);
            loop {
                match jobs.update([new::Job::fields().total().increment(1)]).id(1).execute(&mut client) {
                    Ok(()) => done += 1,
                    Err(error) if error.is_newer_version() => {
                        assert_eq!(
                            error.to_string(),
                            "the job `rolling`, row 1: /checkpoint_version: the document is of version 2, and this \
                             program writes version 1: a newer one has upgraded it"
                        );
                        return done;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        };
        let (done, upgraded) = thread::scope(|scope| {
            let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
            thread::sleep(Duration::from_millis(300));
            let mut client = database.connect();
            // They are not in each other's way: it takes as many tries as others write in between.
            let upgraded = loop {
                match jobs.load::<next::Job>(1).upgrade(&mut client) {
                    Ok(stored) => break stored,
                    Err(error) => {
                        assert_eq!(error.outcome(), Some(checkpoint_schema::table::Outcome::GuardFailed))
                    }
                }
            };
            (workers.into_iter().map(|worker| worker.join().expect("no panic")).sum::<u64>(), upgraded)
        });
        println!("the old ones had made {done} changes");
        let mut client = database.connect();
        let found = jobs.load::<next::Job>(1).fetch(&mut client).expect("it is read");
        assert_eq!(upgraded.upgraded_from(), Some(1));
        assert_eq!(found.document().map(|job| job.totals["items"]), Some(done));
        assert!(done > 0);

        // Whatever else they try.
        let before: Value =
            client.query_one("SELECT checkpoint_data FROM etl_jobs", &[]).expect("a row").get(0);
        let load = jobs.load::<new::Job>(1);
        assert!(load.clone().fetch(&mut client).expect_err("it is newer").is_newer_version());
        assert!(load.upgrade(&mut client).expect_err("it is newer").is_newer_version());
        let claim = jobs.claim::<new::Job>(Duration::from_secs(60)).execute(&mut client);
        assert!(claim.expect_err("it is newer").is_newer_version());
        let replaced = new::Job {
            cursor: Cursor { token: String::new(), page: 0 },
            total: 0,
            seen: BTreeSet::new(),
            counts: BTreeMap::new(),
            attempts: 0,
            failures: BTreeMap::new(),
            resumed: None,
        };
        assert!(jobs.compare_and_set(1, Some(&before), &replaced).is_err());
        let upsert = jobs.upsert(
            1,
            [new::Job::fields().total().set(1), new::Job::fields().cursor().set(&replaced.cursor)],
        );
        assert!(upsert.execute(&mut client).expect_err("it is newer").is_newer_version());
        let after: Value =
            client.query_one("SELECT checkpoint_data FROM etl_jobs", &[]).expect("a row").get(0);
        assert_eq!(before, after);

        // The new one has the row, and nobody in its way.
        let claim = jobs.claim::<next::Job>(Duration::from_secs(60)).execute(&mut client);
        let claim = claim.expect("an answer").expect("it was let go");
        claim
            .update([next::Job::fields().totals().key("items").increment(1)])
            .execute(&mut client)
            .expect("a change");
    });
}

/// The example's own processes: the row of the next version is none of theirs.
#[test]
fn a_worker_process_tells_that_a_newer_program_has_the_row() {
    let server = Server::shared(postgres::Version::V18);
    let mut client = server.connect();
    client.batch_execute(checkpoint_workers::SCHEMA).expect("tables");
    let document = json!({"checkpoint_version": 2, "cursors": {}});
    client
        .execute(
            "INSERT INTO etl_jobs (id, job_name, checkpoint_data) VALUES (1, 'github', $1)",
            &[&document],
        )
        .expect("a row");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_worker"))
        .args(["github", "--api", "http://127.0.0.1:9", "--database-url", &server.url()])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: the job `github`, row 1: the document of the job `github` is of version 2, and this program reads it up \
         to version 1: run the program that wrote it, or a newer one; nothing has been changed\n"
    );
    let row = client.query_one("SELECT checkpoint_data, claimed_by FROM etl_jobs", &[]).expect("a row");
    assert_eq!(row.get::<_, Value>(0), document);
    assert_eq!(row.get::<_, Option<String>>(1), None);
}
