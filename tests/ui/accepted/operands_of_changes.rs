//! Bounds that refuse the wrong field, or operand, leave literals, references and iterators to be inferred.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    repositories: Vec<String>,
    pages: Vec<u64>,
    batch_number: u32,
    total: Option<u32>,
    share: f64,
    page: Page,
}

#[derive(Default, Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

fn main() {
    let github = GithubCheckpoint::fields();
    let owned = vec!["a".to_owned()];

    let _ = github.repositories().set(vec![]);
    let _ = github.repositories().set(&owned);
    let _ = github.total().set(None);
    let _ = github.total().some().set(5);
    let _ = github.page().set(Page { number: 1 });

    let _ = github.pages().push(1);
    let _ = github.pages().push_all([1, 2]);
    let _ = github.pages().push_all(vec![1]);
    let _ = github.pages().push_all(&[1]);
    let _ = github.pages().push_all((0..3).map(|page| page * 2));
    let _ = github.repositories().push_all(["a"]);
    let _ = github.repositories().push_all(&owned);
    let _ = github.repositories().push_all(owned.iter().map(|name| name.to_uppercase()));
    let _ = github.repositories().push_all(owned.iter().map(String::as_str));

    let _ = github.batch_number().increment(-1);
    let _ = github.batch_number().increment(1_u64);
    let _ = github.share().multiply(2);
    let _ = github.total().some().max(3);
    let _ = github.batch_number().min(&3);
    let _ = github.share().advance(1.5);

    let _ = github.batch_number().copy_from(&github.total().some());
    let _ = github.page().copy_from(&github.page());
    let _ = github.page().merge(&Page { number: 1 });
    let _ = github.merge(GithubCheckpoint::default());
    let _ = github.replace(&GithubCheckpoint::default());
}
