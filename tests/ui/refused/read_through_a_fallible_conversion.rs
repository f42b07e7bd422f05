use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(try_from = "String")]
struct Cursor {
    token: String,
}

impl TryFrom<String> for Cursor {
    type Error = std::num::ParseIntError;

    fn try_from(token: String) -> Result<Self, Self::Error> {
        Ok(Self { token })
    }
}

fn main() {}
