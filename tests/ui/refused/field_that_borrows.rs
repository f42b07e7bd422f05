use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
struct Cursor<'a> {
    token: &'a str,
    previous: Option<&'a str>,
}

fn main() {}
