//! Workers are killed at any moment, and what is killed goes on from exactly there.
//!
//! `CHECKPOINT_CASES=200 cargo xtask test -p checkpoint-workers --test crash -- --nocapture` kills each worker 200 times
//! while it has the row, on each server; `CHECKPOINT_SEED` draws other moments. Two processes of the worker run at a
//! time: what is killed is started anew, and some are only stopped, for longer than their claim lasts.

mod stage;

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use checkpoint_tests::documents::Run;
use checkpoint_tests::postgres::{self, Server};
use checkpoint_tests::random::Random;
use checkpoint_workers::servers::{Faults, Github, Jira, WexAd, WexFabric};
use serde_json::{Value, json};
use stage::{LEASE, Process};

/// Far longer than a round takes.
const PATIENCE: Duration = Duration::from_secs(180);

/// What was done to the workers.
#[derive(Debug, Default)]
struct Toll {
    /// Killed while they had the row.
    killed: usize,
    /// Killed while they waited for it, or on the way.
    killed_idle: usize,
    /// Stopped for longer than the claim lasts.
    stopped: usize,
    /// Found out by themselves that their claim was lost.
    lost: usize,
    rounds: usize,
}

/// What a service knows, so that a round can be judged.
struct Job<'a> {
    name: &'a str,
    url: String,
    /// What each run of the worker begins with, in order; the first begins with nothing.
    before: Vec<Box<dyn Fn() + 'a>>,
}

/// Has two processes do the job, run by run, and kills them at random moments. Gives how many were killed or stopped.
fn harrow(
    job: &Job,
    database: &str,
    client: &mut ::postgres::Client,
    random: &mut Random,
    toll: &mut Toll,
) -> usize {
    let harmed = toll.killed + toll.killed_idle + toll.stopped;
    let began = Instant::now();
    for before in &job.before {
        before();
        let start = || Process::start(job.name, database, &job.url, LEASE);
        let mut workers: Vec<Option<Process>> = vec![Some(start()), Some(start())];
        let mut stopped: Vec<(Instant, usize)> = Vec::new();
        while workers.iter().any(Option::is_some) {
            assert!(began.elapsed() < PATIENCE, "{}: it does not come to an end", job.name);
            thread::sleep(Duration::from_micros(random.below(60_000) as u64));
            for (at, slot) in workers.iter_mut().enumerate() {
                let Some((code, said)) = slot.as_mut().and_then(Process::ended) else { continue };
                stopped.retain(|(_, other)| *other != at);
                match code {
                    Some(0) => *slot = None,
                    Some(3) => {
                        toll.lost += 1;
                        *slot = Some(start());
                    }
                    _ => panic!("{}: it ended with {code:?}: {said}", job.name),
                }
            }
            stopped.retain(|(until, at)| {
                let over = Instant::now() >= *until;
                if over && let Some(worker) = &workers[*at] {
                    worker.signal("CONT");
                }
                !over
            });
            // One is left in peace at times, so that the round comes to an end. Mostly it is the one that has the row.
            let holder = stage::holder(client);
            let has_it =
                |worker: &Option<Process>| worker.as_ref().map(Process::id) == holder && holder.is_some();
            let at = match workers.iter().position(has_it) {
                Some(at) if !random.one_in(4) => at,
                _ => random.below(workers.len()),
            };
            if random.one_in(3) || stopped.iter().any(|(_, other)| *other == at) {
                continue;
            }
            let Some(worker) = workers[at].take() else { continue };
            let had = stage::holder(client) == Some(worker.id());
            if had && random.one_in(8) {
                worker.signal("STOP");
                workers[at] = Some(worker);
                stopped.push((Instant::now() + LEASE * 2, at));
                toll.stopped += 1;
                continue;
            }
            match worker.kill() {
                None => {
                    toll.killed += usize::from(had);
                    toll.killed_idle += usize::from(!had);
                    workers[at] = Some(start());
                }
                // It was just done.
                Some(status) if status.success() => {}
                Some(status) if status.code() == Some(3) => {
                    toll.lost += 1;
                    workers[at] = Some(start());
                }
                Some(status) => panic!("{}: it ended with {status}", job.name),
            }
        }
    }
    toll.rounds += 1;
    toll.killed + toll.killed_idle + toll.stopped - harmed
}

/// Rounds on each server, until so many were killed.
fn on_each_server(job: &str, round: impl Fn(&str, &mut ::postgres::Client, u64, &mut Random, &mut Toll)) {
    let run = Run::from_environment(15);
    postgres::each(|server: &Server| {
        let mut toll = Toll::default();
        let mut random = Random::new(run.seed);
        while toll.killed < run.cases || toll.stopped == 0 {
            let database = stage::database(server, job);
            let seed = random.bits();
            round(&database.url(), &mut database.connect(), seed, &mut random, &mut toll);
        }
        println!("{job} on {server:?}, CHECKPOINT_SEED={}: {toll:?}", run.seed);
    });
}

/// Each of the items so often, and no other.
fn assert_times(handled: &BTreeMap<String, i32>, expected: &BTreeMap<String, i32>) {
    let wrong: Vec<_> = expected
        .iter()
        .filter(|(item, times)| handled.get(*item) != Some(times))
        .map(|(item, times)| format!("{item}: {:?}, not {times}", handled.get(item)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} items: {wrong:?}", wrong.len(), expected.len());
    assert_eq!(handled.len(), expected.len());
}

/// So often each, for each time that it is named.
fn times(items: impl IntoIterator<Item = String>) -> BTreeMap<String, i32> {
    let mut times = BTreeMap::new();
    for item in items {
        *times.entry(item).or_insert(0) += 1;
    }
    times
}

fn count(items: &BTreeMap<String, i32>, start: &str) -> i32 {
    items.iter().filter(|(item, _)| item.starts_with(start)).map(|(_, times)| times).sum()
}

#[test]
fn github() {
    on_each_server("github", |database, client, seed, random, toll| {
        let service = Github::start(seed, 25, Faults::often(seed)).expect("a service");
        let job = Job { name: "github", url: service.url(), before: vec![Box::new(|| {})] };
        harrow(&job, database, client, random, toll);
        let expected = times(service.items());
        assert_times(&stage::handled(client), &expected);
        assert_eq!(
            stage::document(client, "github"),
            json!({
                "repositories_processed": ["repo1", "repo2", "repo3", "repo4"],
                "current_repository": "",
                "last_pr_cursor": "",
                "batch_number": 5,
                "total_prs_processed": count(&expected, "PR_"),
                "recovery_mode": false,
            })
        );
    });
}

#[test]
fn jira() {
    on_each_server("jira", |database, client, seed, random, toll| {
        let service = Jira::start(seed, 250, Faults::often(seed)).expect("a service");
        let touched = std::cell::RefCell::new(Vec::new());
        let touch = || touched.borrow_mut().extend(service.touch(60));
        let job = Job {
            name: "jira",
            url: service.url(),
            before: vec![Box::new(|| {}), Box::new(touch), Box::new(touch)],
        };
        harrow(&job, database, client, random, toll);
        let expected = times(service.items().into_iter().chain(touched.take()));
        assert_times(&stage::handled(client), &expected);
        let document = stage::document(client, "jira");
        assert_eq!(document["total_issues_processed"], expected.values().sum::<i32>());
        assert_eq!(document["projects_processed"], json!([]));
        assert_eq!(document["start_at"], 0);
        assert_eq!((document.get("last_jql"), document.get("current_project")), (None, None));
        // A worker that had ended its run, and was killed before it had told so, began another, which found nothing.
        assert!(document["batch_number"].as_u64() >= Some(4), "{document}");
        let last = document["last_sync_date"].as_str().expect("a date").replace('T', " ");
        assert_eq!(service.items_since(&last[..16]), Some(Vec::new()));
    });
}

#[test]
fn wex_ad() {
    on_each_server("wex_ad", |database, client, seed, random, toll| {
        let service = WexAd::start(seed, 300, Faults::often(seed)).expect("a service");
        let handled = std::cell::RefCell::new(service.items());
        let change = || handled.borrow_mut().extend(service.change(80));
        let forget = || {
            service.forget_tokens();
            // A full sync is due, and handles everything again.
            handled.borrow_mut().extend(service.items());
        };
        let job = Job {
            name: "wex_ad",
            url: service.url(),
            before: vec![Box::new(|| {}), Box::new(change), Box::new(forget), Box::new(change)],
        };
        harrow(&job, database, client, random, toll);
        let expected = times(handled.take());
        assert_times(&stage::handled(client), &expected);
        let document = stage::document(client, "wex_ad");
        assert_eq!(document["users_processed"], count(&expected, "user_"));
        assert_eq!(document["groups_processed"], count(&expected, "group_"));
        assert_eq!(document["sync_type"], "incremental");
    });
}

/// Its archive is another system: a page may be archived twice for each worker that was killed or stopped.
#[test]
fn wex_fabric() {
    /// The most records of a page.
    const PAGE: usize = 20;
    on_each_server("wex_fabric", |database, client, seed, random, toll| {
        let service = WexFabric::start(seed, 1500, Faults::often(seed)).expect("a service");
        let job = Job { name: "wex_fabric", url: service.url(), before: vec![Box::new(|| {})] };
        let lost = toll.lost;
        let harmed = harrow(&job, database, client, random, toll) + toll.lost - lost;
        let archived = stage::handled(client);
        let expected = times(service.items());
        assert_eq!(archived.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        let twice = archived.values().filter(|times| **times > 1).count();
        let more: i32 = archived.values().map(|times| times - 1).sum();
        let most = i32::try_from(PAGE * harmed).expect("few");
        assert!(more <= most, "{more} records more for {harmed} that were harmed");
        println!(
            "{harmed} were killed, stopped or lost their claim: {twice} of {} records were archived twice",
            archived.len()
        );
        let document = stage::document(client, "wex_fabric");
        assert_eq!(document["total_records_processed"], Value::from(expected.len()));
        assert_eq!(
            document["datasets_processed"],
            json!((1..=6).map(|n| format!("dataset{n}")).collect::<Vec<_>>())
        );
        assert_eq!(document["batch_number"], 7);
        assert_eq!((document.get("current_dataset"), document.get("continuation_token")), (None, None));
    });
}
