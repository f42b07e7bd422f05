// A field is set to a value of its type: nothing is converted on the way.

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    last_pr_cursor: String,
    repositories: Vec<String>,
    tokens: BTreeMap<String, String>,
    batch_number: u32,
    total: Option<u32>,
    share: f64,
    page: Page,
    started: Timestamp,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    let pages = 5_u64;
    github.batch_number().set("5");
    github.batch_number().set(pages);
    github.batch_number().set(5.0);
    github.batch_number().set(Some(5));
    github.total().set(5);
    github.total().set(Some(pages));
    github.share().set(1);
    github.last_pr_cursor().set(5);
    github.last_pr_cursor().set('x');
    github.repositories().set("a");
    github.repositories().set(["a".to_owned()]);
    github.repositories().set(vec!["a"]);
    github.repositories().at(0).set(5);
    github.tokens().key("issues").set(5);
    github.page().set(5);
    github.page().number().set("5");
    github.started().set("2026-01-01T00:00:00Z");

    github.batch_number().set_default("5");
    github.total().set_default(5);

    github.batch_number().jsonb_set("checkpoint_data", "5");
    github.repositories().at(0).jsonb_insert("checkpoint_data", 5);
}
