use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Token(#[checkpoint(secret)] String);

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(flatten)]
    #[checkpoint(secret)]
    page: Page,
    #[checkpoint(secret = true)]
    token: Token,
    #[checkpoint(secert)]
    other: Token,
}

fn main() {}
