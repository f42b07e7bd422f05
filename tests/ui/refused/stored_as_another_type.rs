use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Checkpoint)]
#[serde(into = "String", from = "String")]
struct Cursor {
    token: String,
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.token
    }
}

impl From<String> for Cursor {
    fn from(token: String) -> Self {
        Self { token }
    }
}

fn main() {}
