//! The database restarts in mid-run, or cuts connections: workers connect again and go on, or end with a clear error,
//! and the checkpoint is whole.
//!
//! `CHECKPOINT_CASES=40 cargo xtask test -p checkpoint-workers --test outage -- --nocapture` has each of the four
//! workers cut off as often; every eighth time by a restart.

mod stage;

use std::thread;
use std::time::{Duration, Instant};

use checkpoint_tests::documents::Run;
use checkpoint_tests::postgres::{Server, Shutdown, Version};
use checkpoint_tests::random::Random;
use checkpoint_workers::servers::{Faults, Github, Jira, WexAd, WexFabric};
use stage::{LEASE, Process};

const PATIENCE: Duration = Duration::from_secs(300);

/// Each worker on its row, in a table of its own.
struct Running {
    job: &'static str,
    database: String,
    api: String,
    process: Option<Process>,
    runs: usize,
}

#[test]
fn workers_go_on_when_the_database_is_there_again() {
    let run = Run::from_environment(16);
    for version in Version::ALL {
        let mut server = Server::start(version);
        let mut random = Random::new(run.seed);
        let seed = random.bits();
        let github = Github::start(seed, 40, Faults::often(seed)).expect("a service");
        let jira = Jira::start(seed, 900, Faults::often(seed)).expect("a service");
        let wex_ad = WexAd::start(seed, 700, Faults::often(seed)).expect("a service");
        let fabric = WexFabric::start(seed, 1500, Faults::often(seed)).expect("a service");
        let mut running: Vec<Running> = [
            ("github", github.url()),
            ("jira", jira.url()),
            ("wex_ad", wex_ad.url()),
            ("wex_fabric", fabric.url()),
        ]
        .into_iter()
        .map(|(job, api)| Running { job, database: database(&server, job), api, process: None, runs: 0 })
        .collect();
        let (began, mut cuts, mut restarts, mut cut_off) = (Instant::now(), 0, 0, 0);
        while cuts < run.cases || running.iter().any(|worker| worker.process.is_some()) {
            assert!(began.elapsed() < PATIENCE, "it does not come to an end");
            for worker in &mut running {
                match worker.process.as_mut().and_then(Process::ended) {
                    Some((Some(0), _)) => worker.process = None,
                    Some((code, said)) => panic!("{} ended with {code:?}: {said}", worker.job),
                    None => {}
                }
                if worker.process.is_none() && (cuts < run.cases || worker.runs == 0) {
                    worker.process = Some(Process::start(worker.job, &worker.database, &worker.api, LEASE));
                    worker.runs += 1;
                }
            }
            thread::sleep(Duration::from_millis(50 + random.below(350) as u64));
            if cuts >= run.cases {
                continue;
            }
            cuts += 1;
            if cuts % 8 == 0 {
                let how = if restarts % 2 == 0 { Shutdown::Immediate } else { Shutdown::Fast };
                restarts += 1;
                server.restart(how, Duration::from_millis(random.below(400) as u64));
            } else {
                // In whatever they do.
                let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                           WHERE datname LIKE 'job_%'";
                cut_off += server.connect().query_one(cut, &[]).expect("they are cut").get::<_, i64>(0);
            }
        }
        println!("{server:?}, seed {}: {cut_off} connections cut, {restarts} restarts", run.seed);
        assert!(cut_off > 0 && restarts > 0, "nothing was cut off");
        for worker in &running {
            let config: ::postgres::Config = worker.database.parse().expect("a URL");
            let mut client = config.connect(::postgres::NoTls).expect("it is there");
            let document = stage::document(&mut client, worker.job);
            let handled = stage::handled(&mut client);
            let items = match worker.job {
                "github" => github.items(),
                "jira" => jira.items(),
                "wex_ad" => wex_ad.items(),
                _ => fabric.items(),
            };
            let wrong: Vec<_> = items
                .iter()
                .filter(|item| match handled.get(*item) {
                    Some(times) => *times != 1 && worker.job != "wex_fabric",
                    None => true,
                })
                .collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", worker.job);
            assert_eq!(handled.len(), items.len(), "{}", worker.job);
            let counted = match worker.job {
                "github" => (&document["total_prs_processed"], "PR_"),
                "jira" => (&document["total_issues_processed"], ""),
                "wex_ad" => (&document["users_processed"], "user_"),
                _ => (&document["total_records_processed"], ""),
            };
            let count = items.iter().filter(|item| item.starts_with(counted.1)).count();
            assert_eq!(*counted.0, count, "{}", worker.job);
            // The archive of the one is another system: a page may come twice for each time that it was cut off.
            let twice: i32 = handled.values().map(|times| times - 1).sum();
            assert!(i64::from(twice) <= 20 * (cut_off + restarts), "{}: {twice} more", worker.job);
        }
    }
}

/// A database for each, since the server's own is all that outlives a restart.
fn database(server: &Server, job: &str) -> String {
    let name = format!("job_{job}");
    server.connect().batch_execute(&format!("CREATE DATABASE {name}")).expect("a database");
    let url = format!("{}&dbname={name}", server.url());
    let config: ::postgres::Config = url.parse().expect("a URL");
    let mut client = config.connect(::postgres::NoTls).expect("it is there");
    client.batch_execute(checkpoint_workers::SCHEMA).expect("tables");
    client.execute("INSERT INTO etl_jobs (id, job_name) VALUES (1, $1)", &[&job]).expect("a row");
    url
}

/// Patience is about the database's being away, not about how long the worker has run.
#[test]
fn a_worker_that_has_run_for_longer_than_its_patience_goes_on() {
    const SHORT: Duration = Duration::from_millis(1500);
    let server = Server::start(Version::V18);
    let slow = Faults { seed: 1, slow: 1.0, ..Faults::none() };
    // So many pages that the service's waiting alone takes longer than it takes to cut it off.
    let service = WexAd::start(1, 15_000, slow).expect("a service");
    let url = database(&server, "wex_ad");
    let patience = SHORT.as_millis().to_string();
    let mut process = Process::with("wex_ad", &url, &service.url(), LEASE, &["--patience", &patience]);
    let mut cuts = 0;
    let began = Instant::now();
    let (code, said) = loop {
        if let Some(ended) = process.ended() {
            break ended;
        }
        thread::sleep(SHORT / 3);
        if began.elapsed() > SHORT * 2 && cuts < 4 {
            cuts += 1;
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'job_%'";
            server.connect().query(cut, &[]).expect("they are cut");
        }
    };
    assert_eq!(code, Some(0), "{said}");
    assert!(cuts > 0 && said.contains("error: "), "it was done before it was cut off, {cuts}: {said}");
}

#[test]
fn a_worker_whose_database_stays_away_ends_with_a_clear_error() {
    let mut server = Server::start(Version::V18);
    let url = server.url();
    server.connect().batch_execute(checkpoint_workers::SCHEMA).expect("tables");
    server.stop(Shutdown::Fast);
    for job in ["github", "jira", "wex-ad", "wex-fabric"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_worker"))
            .args([job, "--api", "http://127.0.0.1:9", "--patience", "200", "--database-url", &url])
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{job}: {said}");
        assert!(
            said.lines().all(|line| line.starts_with("error: ") || line.starts_with('\t')),
            "{job}: {said}"
        );
        assert!(said.contains("No such file or directory"), "{job}: {said}");
    }
}
