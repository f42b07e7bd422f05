//! What updates cost PostgreSQL, as ratios against the usual expressions in the same run:
//! `cargo bench -p checkpoint-tests --features postgres --bench server`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use ::postgres::Client;
use checkpoint_schema::{Change, Checkpoint, Statement, Update};
use checkpoint_tests::postgres::{self, Server};
use checkpoint_tests::statements::{borrowed, bound};
use serde::{Deserialize, Serialize};

/// A row of about 0.9 KB.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "bench", version = 1)]
struct Row {
    counter_0: u64,
    counter_1: u64,
    counter_2: u64,
    counter_3: u64,
    counter_4: u64,
    counter_5: u64,
    counter_6: u64,
    counter_7: u64,
    texts: Vec<String>,
}

const ROWS: i32 = 4_000;
const RUNS: usize = 9;

fn main() {
    postgres::each(|server| {
        let mut client = server.connect();
        prepare(&mut client);
        println!("{}", version(server));
        let f = Row::fields();
        let counters = [
            f.counter_0(),
            f.counter_1(),
            f.counter_2(),
            f.counter_3(),
            f.counter_4(),
            f.counter_5(),
            f.counter_6(),
            f.counter_7(),
        ];
        let eight: Vec<Change<Row>> = counters.iter().map(|counter| counter.increment(1)).collect();
        let sets: Vec<Change<Row>> = counters.iter().map(|counter| counter.set(7u64)).collect();
        compare(&mut client, "8 increments", Update::from(eight), &chain(8, increment), 0.55);
        compare(
            &mut client,
            "8 sets",
            Update::from(sets),
            &chain(8, |_, key| ("'7'".to_owned(), format!("{{{key}}}"))),
            0.55,
        );
        compare(&mut client, "1 set", Update::from([f.counter_0().set(7u64)]), &single_set(), 1.5);
        compare(
            &mut client,
            "1 increment",
            Update::from([f.counter_0().increment(1)]),
            &chain(1, increment),
            3.5,
        );
    });
}

fn version(server: &Server) -> String {
    let row = server.connect().query_one("SHOW server_version", &[]).expect("a version");
    format!("PostgreSQL {}", row.get::<_, String>(0))
}

fn prepare(client: &mut Client) {
    let row = Row {
        counter_0: 1,
        counter_1: 2,
        counter_2: 3,
        counter_3: 4,
        counter_4: 5,
        counter_5: 6,
        counter_6: 7,
        counter_7: 8,
        texts: (0..20).map(|n| format!("a text of some thirty letters {n}")).collect(),
    };
    let document = serde_json::to_value(&row).expect("JSON");
    client.batch_execute("CREATE TEMPORARY TABLE rows (document jsonb)").expect("a table");
    client
        .execute("INSERT INTO rows SELECT $1::jsonb FROM generate_series(1, $2)", &[&document, &ROWS])
        .expect("rows");
    client.batch_execute("ANALYZE rows").expect("statistics");
}

fn increment(before: &str, key: &str) -> (String, String) {
    (format!("to_jsonb(COALESCE(({before}->>'{key}')::bigint,0)+1)"), format!("{{{key}}}"))
}

/// One `jsonb_set` a change, each of the one before, evaluated once.
fn chain(changes: usize, value: impl Fn(&str, &str) -> (String, String)) -> String {
    let mut from = String::from("(SELECT COALESCE(document,'{}') AS d OFFSET 0) s0");
    for at in 0..changes {
        let (value, path) = value(&format!("s{at}.d"), &format!("counter_{at}"));
        let next = at + 1;
        let _ = write!(from, ", LATERAL (SELECT jsonb_set(s{at}.d,'{path}',{value}) AS d OFFSET 0) s{next}");
    }
    format!("(SELECT s{changes}.d FROM {from})")
}

fn single_set() -> String {
    "jsonb_set(COALESCE(document,'{}'),'{counter_0}','7')".to_owned()
}

fn compare(client: &mut Client, what: &str, update: Update<Row>, usual: &str, goal: f64) {
    let ours = update.expression("document").expect("an expression");
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        mine.push(timed(client, ours.text(), Some(&ours)));
        theirs.push(timed(client, usual, None));
    }
    let (mine, theirs) = (median(mine), median(theirs));
    let ratio = mine.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "{what}: {ratio:.2} × the jsonb_set form (goal {goal}); {:.1} µs a row against {:.1}",
        per_row(mine),
        per_row(theirs)
    );
}

fn timed(client: &mut Client, expression: &str, statement: Option<&Statement>) -> Duration {
    let params = statement.map(|statement| bound(statement.params())).unwrap_or_default();
    // The size is asked for, so that the document is made.
    let text = format!("SELECT sum(pg_column_size({expression})) FROM rows");
    let prepared = client.prepare(&text).expect("a statement");
    let start = Instant::now();
    client.query_one(&prepared, &borrowed(&params)).expect("a sum");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn per_row(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6 / f64::from(ROWS)
}
