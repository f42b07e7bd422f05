//! `cargo xtask demo`: a worker on a throwaway PostgreSQL, killed again and again, and what its checkpoint says each
//! time.

use std::error::Error;
use std::process::{Child, Command, ExitCode};
use std::thread::sleep;
use std::time::{Duration, Instant};

use checkpoint_schema::{Checkpoint, JobTable};
use checkpoint_schemas::{GithubCheckpoint, JiraCheckpoint, WexAdCheckpoint, WexFabricCheckpoint};
use checkpoint_tests::postgres::{Server, Version};
use checkpoint_workers::servers::{Faults, Github, Jira, WexAd, WexFabric};
use clap::Parser;
use postgres::Client;

/// Run a worker on a throwaway PostgreSQL and a local service that fails and throttles, kill it again and again, and
/// show where it goes on
#[derive(Parser)]
#[command(name = "cargo xtask demo")]
struct Demo {
    /// Which worker
    #[arg(default_value = "github", value_parser = ["github", "jira", "wex_ad", "wex_fabric"])]
    worker: String,
    /// How often it is killed
    #[arg(long, value_name = "TIMES", default_value_t = 5)]
    kills: u32,
}

/// So short that nobody has to wait long after a kill.
const LEASE: Duration = Duration::from_millis(700);

/// How long it works between two kills.
const WORK: Duration = Duration::from_millis(1200);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let demo = Demo::parse();
    let faults = Faults { slow: 0.5, ..Faults::often(7) };
    match demo.worker.as_str() {
        "github" => {
            let service = Github::start(7, 60, faults)?;
            demo.run::<GithubCheckpoint>(&service.url(), &service.items())
        }
        "jira" => {
            let service = Jira::start(7, 3_000, faults)?;
            demo.run::<JiraCheckpoint>(&service.url(), &service.items())
        }
        "wex_ad" => {
            let service = WexAd::start(7, 2_500, faults)?;
            demo.run::<WexAdCheckpoint>(&service.url(), &service.items())
        }
        _ => {
            let service = WexFabric::start(7, 4_000, faults)?;
            demo.run::<WexFabricCheckpoint>(&service.url(), &service.items())
        }
    }
}

impl Demo {
    fn run<C: Checkpoint>(&self, api: &str, items: &[String]) -> Result<ExitCode, Box<dyn Error>> {
        let server = Server::start(Version::V18);
        println!(
            "demo: {server:?} on a socket of its own, and a service at {api} with {} items",
            items.len()
        );
        let mut client = server.connect();
        client.batch_execute(checkpoint_workers::SCHEMA)?;
        client.execute("INSERT INTO etl_jobs (id, job_name) VALUES (1, $1)", &[&C::JOB])?;
        let started = Instant::now();
        let mut kills = 0;
        loop {
            let mut worker = self.start(&server.url(), api)?;
            println!("demo: the worker runs as process {}", worker.id());
            let began = Instant::now();
            let killed = loop {
                if let Some(status) = worker.try_wait()? {
                    println!("demo: it ended by itself: {status}");
                    break false;
                }
                if kills < self.kills && began.elapsed() > WORK {
                    worker.kill()?;
                    worker.wait()?;
                    break true;
                }
                sleep(Duration::from_millis(20));
            };
            if !killed {
                break;
            }
            kills += 1;
            println!("demo: killed in the midst of its work ({kills} of {}); the checkpoint is", self.kills);
            show::<C>(&mut client)?;
        }
        println!("demo: after {:.1} s the checkpoint is", started.elapsed().as_secs_f64());
        show::<C>(&mut client)?;
        self.judge(&mut client, items)
    }

    fn start(&self, database: &str, api: &str) -> Result<Child, Box<dyn Error>> {
        let worker = std::env::current_exe()?.with_file_name("worker");
        let started = Command::new(&worker)
            .arg(self.worker.replace('_', "-"))
            .args(["--database-url", database, "--api", api])
            .args(["--lease", &LEASE.as_millis().to_string()])
            .spawn();
        started.map_err(|error| format!("{}: {error}; `cargo xtask demo` builds it", worker.display()).into())
    }

    /// Was each item handled, and how often?
    fn judge(&self, client: &mut Client, items: &[String]) -> Result<ExitCode, Box<dyn Error>> {
        let row = client.query_one("SELECT count(*), count(*) FILTER (WHERE times > 1) FROM items", &[])?;
        let (handled, twice): (i64, i64) = (row.get(0), row.get(1));
        println!("demo: {handled} of {} items were handled, {twice} of them more than once", items.len());
        // Its archive is another system, as its file says.
        let may_twice = self.worker == "wex_fabric";
        let is_right = usize::try_from(handled)? == items.len() && (twice == 0 || may_twice);
        Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn show<C: Checkpoint>(client: &mut Client) -> Result<(), Box<dyn Error>> {
    let shown = JobTable::default().view::<C>().id(1).fetch(client)?;
    let text = shown.into_iter().next().and_then(|(_, text)| text).unwrap_or_else(|| "absent".to_owned());
    for line in text.lines() {
        println!("    {line}");
    }
    Ok(())
}
