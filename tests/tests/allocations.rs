//! What building a statement allocates, once its text is known: the operands, the map keys and the list of
//! parameters.

use std::collections::BTreeMap;

use checkpoint_schema::{Checkpoint, JobTable, Statement, Update};
use serde::{Deserialize, Serialize};

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

/// The allocations of the second call: the first one makes the text.
fn allocations(build: impl Fn() -> Statement) -> u64 {
    let first = build();
    let mut second = None;
    let counted = allocation_counter::measure(|| second = Some(build()));
    assert_eq!(second, Some(first));
    counted.count_total
}

fn fixed_fields() -> Update<GithubCheckpoint> {
    let f = GithubCheckpoint::fields();
    Update::from([
        f.last_pr_cursor().set("Y3Vyc29y"),
        f.repositories_processed().push_unique("acme/api"),
        f.total_prs_processed().increment(150),
    ])
}

#[test]
fn fixed_fields_take_the_two_texts_and_the_parameters() {
    assert_eq!(allocations(|| fixed_fields().expression("checkpoint_data").unwrap()), 3);
}

#[test]
fn a_statement_about_one_row_takes_no_more() {
    let jobs = JobTable::default();
    assert_eq!(allocations(|| jobs.update(fixed_fields()).id(42).statement().unwrap()), 3);
}

/// Beside each key, the path: the key becomes the parameter.
#[test]
fn map_keys_take_their_paths() {
    let build = || {
        let f = GithubCheckpoint::fields();
        let update = Update::from([
            f.cursors().key("issues").set("Y3Vyc29y"),
            f.counts().key("acme/api").increment(1),
            f.total_prs_processed().increment(150),
        ]);
        update.expression("checkpoint_data").unwrap()
    };
    assert_eq!(allocations(build), 6);
}
