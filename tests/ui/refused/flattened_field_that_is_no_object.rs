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
struct GithubCheckpoint {
    #[serde(flatten)]
    repositories: Vec<String>,
    #[serde(flatten)]
    batch_number: Option<Box<u64>>,
    #[serde(flatten)]
    pages: (u64, u64),
    #[serde(flatten, with = "hex")]
    #[schemars(with = "String")]
    token: Vec<u8>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    Incremental {
        #[serde(flatten)]
        delta_token: String,
    },
}

fn main() {}
