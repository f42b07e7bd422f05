use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

mod hex {
    pub fn serialize<S: serde::Serializer>(_: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(_: D) -> Result<Vec<u8>, D::Error> {
        Ok(Vec::new())
    }
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Page {
    number: u64,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct GithubCheckpoint {
    #[serde(skip)]
    #[checkpoint(leaf)]
    pages: u32,
    #[serde(with = "hex")]
    #[schemars(with = "String")]
    #[checkpoint(leaf)]
    token: Vec<u8>,
    #[serde(flatten)]
    #[checkpoint(leaf)]
    page: Page,
}

fn main() {}
