//! 64 workers on 10,000 jobs: how many changes a second, how long each takes, and how many are lost; and the same by
//! reading the document, changing it and writing it back, with and without a lock.
//!
//! `cargo bench -p checkpoint-workers --features postgres --bench load`, after `cargo xtask test` has brought the
//! servers once. `CHECKPOINT_SECONDS=60` is how long each kind runs; half of the changes go to a hundred of the jobs.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use checkpoint_schema::{Checkpoint, JobTable, Stored};
use checkpoint_schemas::GithubCheckpoint;
use checkpoint_tests::postgres;
use checkpoint_tests::random::Random;
use checkpoint_workers::connect;
use tokio_postgres::Client;

const WORKERS: usize = 64;
const JOBS: usize = 10_000;
const HOT: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Typed,
    Claimed,
    ReadModifyWrite,
    ForUpdate,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Typed, Self::Claimed, Self::ReadModifyWrite, Self::ForUpdate];

    fn name(self) -> &'static str {
        match self {
            Self::Typed => "typed changes",
            Self::Claimed => "claim, change, release",
            Self::ReadModifyWrite => "read, modify, write",
            Self::ForUpdate => "the same FOR UPDATE",
        }
    }
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let seconds = env::var("CHECKPOINT_SECONDS").map_or(Ok(60), |text| text.parse())?;
    println!(
        "{WORKERS} workers, {JOBS} jobs, {seconds} s each kind; the servers neither fsync nor wait for their log"
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let failed = std::cell::Cell::new(None);
    postgres::each(|server| {
        println!(
            "{server:?}\n{:24} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9}",
            "", "changes/s", "p50 ms", "p95", "p99", "max", "lost"
        );
        for kind in Kind::ALL {
            // Made here, since its client blocks.
            let database = server.database();
            let url = database.url();
            if let Err(error) = runtime.block_on(run(&url, kind, Duration::from_secs(seconds))) {
                failed.set(Some(error));
            }
        }
    });
    failed.take().map_or(Ok(()), Err)
}

async fn run(url: &str, kind: Kind, time: Duration) -> Outcome<()> {
    let client = connect::tokio_postgres(url).await?;
    client.batch_execute(checkpoint_workers::SCHEMA).await?;
    let fill = "INSERT INTO etl_jobs (id, job_name, checkpoint_data) SELECT it, 'github', \
                '{\"last_pr_cursor\": \"Y3Vyc29y\", \"current_repository\": \"repo1\", \
                \"repositories_processed\": [\"repo0\"]}' FROM generate_series(1, $1) AS it";
    client.execute(fill, &[&i32::try_from(JOBS)?]).await?;
    client.batch_execute("VACUUM ANALYZE etl_jobs").await?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut workers = Vec::new();
    for number in 0..WORKERS {
        let (client, stop) = (connect::tokio_postgres(url).await?, stop.clone());
        workers.push(tokio::spawn(work(client, kind, Random::new(number as u64), stop)));
    }
    let began = Instant::now();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let mut latencies = Vec::new();
    for worker in workers {
        latencies.extend(worker.await??);
    }
    let elapsed = began.elapsed();
    let row = client.query_one("SELECT sum(COALESCE((checkpoint_data->>'total_prs_processed')::bigint, 0))::bigint FROM etl_jobs", &[]).await?;
    let made = i64::try_from(latencies.len())?;
    let lost = made - row.get::<_, i64>(0);
    latencies.sort_unstable();
    let at = |part: usize| {
        latencies
            .get((latencies.len() * part / 1000).min(latencies.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
            .as_secs_f64()
            * 1e3
    };
    println!(
        "{:24} {:9.0} {:8.2} {:8.2} {:8.2} {:8.1} {:9}",
        kind.name(),
        made as f64 / elapsed.as_secs_f64(),
        at(500),
        at(950),
        at(990),
        at(1000),
        lost
    );
    if lost != 0 && kind != Kind::ReadModifyWrite {
        return Err(format!("{} have lost {lost} changes", kind.name()).into());
    }
    Ok(())
}

async fn work(
    mut client: Client,
    kind: Kind,
    mut random: Random,
    stop: Arc<AtomicBool>,
) -> Outcome<Vec<Duration>> {
    let (jobs, f) = (JobTable::default(), GithubCheckpoint::fields());
    let mut latencies = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let of = if random.one_in(2) { HOT } else { JOBS };
        let id = i64::try_from(1 + random.below(of))?;
        let cursor = format!("cursor {}", random.below(1_000_000));
        let changes = || [f.last_pr_cursor().set(cursor.as_str()), f.total_prs_processed().increment(1)];
        let began = Instant::now();
        match kind {
            Kind::Typed => jobs.update(changes()).id(id).execute(&client).await?,
            Kind::Claimed => {
                let lease = Duration::from_secs(60);
                // Another job, where this one is another worker's.
                let Some(claim) = jobs.claim::<GithubCheckpoint>(lease).id(id).execute(&client).await? else {
                    continue;
                };
                claim.update(changes()).execute(&client).await?;
                claim.release().execute(&client).await?;
            }
            Kind::ReadModifyWrite => {
                let stored: Stored<GithubCheckpoint> = jobs.load(id).fetch(&client).await?;
                let mut document = stored.into_option().ok_or("no document")?;
                document.last_pr_cursor = cursor;
                document.total_prs_processed += 1;
                let text = serde_json::to_string(&document)?;
                client
                    .execute(
                        "UPDATE etl_jobs SET checkpoint_data = $1::text::jsonb WHERE id = $2",
                        &[&text, &id],
                    )
                    .await?;
            }
            Kind::ForUpdate => {
                let transaction = client.transaction().await?;
                let stored: Stored<GithubCheckpoint> = jobs.load(id).for_update().fetch(&transaction).await?;
                let mut document = stored.into_option().ok_or("no document")?;
                document.last_pr_cursor = cursor;
                document.total_prs_processed += 1;
                let text = serde_json::to_string(&document)?;
                transaction
                    .execute(
                        "UPDATE etl_jobs SET checkpoint_data = $1::text::jsonb WHERE id = $2",
                        &[&text, &id],
                    )
                    .await?;
                transaction.commit().await?;
            }
        }
        latencies.push(began.elapsed());
    }
    Ok(latencies)
}
