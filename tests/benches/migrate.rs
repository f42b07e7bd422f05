//! What `migrate` costs, as ratios against the least that the server can do with the same rows in the same run:
//! `cargo bench -p checkpoint-tests --features postgres --bench migrate`. `CHECKPOINT_CASES` is the number of
//! rows; a tenth of them is run first, and ends with an error if the whole takes noticeably more memory.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ::postgres::Client;
use checkpoint_tests::documents::Run;
use checkpoint_tests::memory::watch;
use checkpoint_tests::postgres::{Server, Version};

/// So much more memory, in kB, is noticed: a hundredth of what a million rows have in documents.
const MORE: u64 = 5_000;

fn main() {
    let rows = Run::from_environment(1_000_000).cases;
    for version in [Version::V18, Version::V15] {
        println!("{version}");
        let [tenth, whole] = [rows / 10, rows].map(|rows| measure(&Server::start(version), rows));
        println!("ten times the rows take {:.2} × the memory", whole as f64 / tenth as f64);
        assert!(whole < tenth + MORE, "{whole} kB are more than {tenth} kB");
    }
}

/// Rows of about half a kilobyte, half of version 1, half of version 2.
fn fill(client: &mut Client, table: &str, rows: usize) {
    let sql = format!(
        "CREATE TABLE {table} (id bigint PRIMARY KEY, job_name text, checkpoint_data jsonb); \
         INSERT INTO {table} SELECT n, 'ledger', CASE n % 2 WHEN 0 THEN jsonb_build_object('total', n, 'cursor', \
         'c' || n, 'done', jsonb_build_array(n, n + 1, n + 2), 'marks', marks) ELSE jsonb_build_object(\
         'checkpoint_version', 2, 'total', n, 'cursor', jsonb_build_object('token', 'c' || n, 'page', 2), 'marks', \
         marks) END FROM generate_series(1, {rows}) AS n, LATERAL (SELECT jsonb_object_agg('a repository / of some \
         length ' || m, m) AS marks FROM generate_series(n % 3, 9) AS m) AS grown; VACUUM ANALYZE {table}"
    );
    for statement in sql.split("; ") {
        client.batch_execute(statement).expect("a table");
    }
}

/// The most memory that the upgrade had, in kB.
fn measure(server: &Server, rows: usize) -> u64 {
    let mut client = server.connect();
    fill(&mut client, "floor", rows);
    let copied = timed(|| {
        let mut reader = client.copy_out("COPY floor TO STDOUT").expect("a copy");
        io::copy(&mut reader.by_ref(), &mut io::sink()).expect("its text");
    });
    let updated = timed(|| {
        client
            .batch_execute("UPDATE floor SET checkpoint_data = checkpoint_data || '{}'")
            .expect("an update");
    });
    client.batch_execute("DROP TABLE floor").expect("gone");
    fill(&mut client, "etl_jobs", rows);
    let (dry, _, _) = run(server, &["--dry-run"]);
    let (took, memory, said) = run(server, &[]);
    let (again, _, _) = run(server, &[]);
    let floor = copied + updated;
    println!("{rows} rows: {}", said.lines().last().unwrap_or_default());
    println!(
        "  {:.2} × COPY out and a bare UPDATE ({:.1} s: {:.1} s, {:.1} s); dry run {:.1} s; again {:.2} s; peak \
         memory {memory} kB",
        took.as_secs_f64() / floor.as_secs_f64(),
        floor.as_secs_f64(),
        copied.as_secs_f64(),
        updated.as_secs_f64(),
        dry.as_secs_f64(),
        again.as_secs_f64(),
    );
    client.batch_execute("DROP TABLE etl_jobs").expect("gone");
    memory
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

/// The time of a run, the most memory that it had (kB), and what it said.
fn run(server: &Server, args: &[&str]) -> (Duration, u64, String) {
    let began = Instant::now();
    let mut tool = Command::new(env!("CARGO_BIN_EXE_ledger"));
    tool.arg("migrate").args(args).env("DATABASE_URL", server.url());
    let (output, peak) = watch(tool.stdout(Stdio::piped()).spawn().expect("the tool"));
    let took = began.elapsed();
    assert!(output.status.success(), "{output:?}");
    (took, peak, String::from_utf8(output.stdout).expect("UTF-8"))
}
