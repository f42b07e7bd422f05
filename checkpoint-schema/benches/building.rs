//! What it costs to build a statement of three changes, as ratios against static SQL and against sea-query in
//! the same run: `cargo bench -p checkpoint-schema --bench building`. The allocations are counted by a test,
//! `allocations`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use checkpoint_schema::{Checkpoint, Update};
use sea_query::{Alias, Expr, ExprTrait, PostgresQueryBuilder, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    #[serde(default)]
    repositories_processed: Vec<String>,
    #[serde(default)]
    total_prs_processed: u64,
    #[serde(default)]
    cursors: BTreeMap<String, String>,
    #[serde(default)]
    counts: BTreeMap<String, u64>,
}

const CURSOR: &str = "Y3Vyc29yOnYyOpK5MjAyNC0wMS0xNVQxMjowMDowMFo=";
/// So few that a run seldom loses its processor, and the median run has not: then the ratios are the same on a
/// busy machine.
const ROUNDS: u32 = 50;
const RUNS: usize = 4_001;

#[inline(never)]
fn fixed_fields(cursor: &str) {
    let f = GithubCheckpoint::fields();
    let update = Update::from([
        f.last_pr_cursor().set(cursor),
        f.repositories_processed().push_unique("acme/api"),
        f.total_prs_processed().increment(150),
    ]);
    black_box(update.expression("checkpoint_data").map(drop).is_ok());
}

#[inline(never)]
fn map_keys(cursor: &str) {
    let f = GithubCheckpoint::fields();
    let update = Update::from([
        f.cursors().key("issues").set(cursor),
        f.counts().key("acme/api").increment(1),
        f.total_prs_processed().increment(150),
    ]);
    black_box(update.expression("checkpoint_data").map(drop).is_ok());
}

/// The floor: a text that is known, and its parameters.
#[inline(never)]
fn static_sql(cursor: &str) {
    let text = String::from(
        "UPDATE etl_jobs SET checkpoint_data = checkpoint_data || jsonb_build_object('last_pr_cursor', $1::jsonb)",
    );
    black_box((text, vec![Value::from(cursor), Value::from("acme/api"), Value::from(150)]));
}

/// A builder of untyped SQL: three plain columns.
#[inline(never)]
fn sea_query(cursor: &str) {
    let built = Query::update()
        .table(Alias::new("etl_jobs"))
        .value(Alias::new("last_pr_cursor"), cursor)
        .value(Alias::new("repository"), "acme/api")
        .value(Alias::new("total"), 150)
        .and_where(Expr::col(Alias::new("id")).eq(42))
        .build(PostgresQueryBuilder);
    black_box(built);
}

/// What is timed, by its name.
type Case = (&'static str, fn(&str));

fn main() {
    let all: [Case; 4] = [
        ("static SQL", static_sql),
        ("sea-query", sea_query),
        ("fixed fields", fixed_fields),
        ("map keys", map_keys),
    ];
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..RUNS {
        for ((_, build), times) in all.iter().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                build(black_box(CURSOR));
            }
            times.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS));
        }
    }
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let floor = medians[0];
    let peer = medians[1];
    for ((name, _), time) in all.iter().zip(medians) {
        println!("{name}: {:.1} × static SQL, {:.2} × sea-query ({time:.0} ns)", time / floor, time / peer);
    }
}
