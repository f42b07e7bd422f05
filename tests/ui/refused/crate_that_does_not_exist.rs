use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", crate = "etl::checkpoints")]
struct GithubCheckpoint {
    #[serde(with = "hex")]
    #[schemars(with = "String")]
    token: Vec<u8>,
    page: Page,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "chrono")]
struct Page {
    number: u64,
}

mod hex {
    pub fn serialize<S: serde::Serializer>(_: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(_: D) -> Result<Vec<u8>, D::Error> {
        Ok(Vec::new())
    }
}

fn main() {}
