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
    #[serde(with = "hex")]
    token: Vec<u8>,
    #[serde(serialize_with = "hex::serialize", deserialize_with = "hex::deserialize")]
    last_token: Vec<u8>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
enum SyncType {
    Full {
        #[serde(with = "hex")]
        token: Vec<u8>,
    },
    #[serde(with = "hex")]
    Incremental(Vec<u8>),
}

fn main() {}
