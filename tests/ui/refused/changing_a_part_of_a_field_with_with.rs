// What a field's own functions store, only they know: it is changed as a whole.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    #[serde(with = "text")]
    #[schemars(with = "String")]
    written: u32,
    #[serde(with = "commas")]
    #[schemars(with = "String")]
    listed: Vec<String>,
    #[serde(with = "raw")]
    #[schemars(with = "String")]
    counts: BTreeMap<String, u64>,
}

mod text {
    use serde::de::{Deserialize, Deserializer, Error};

    pub fn serialize<S: serde::Serializer>(number: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        String::deserialize(from)?.parse().map_err(Error::custom)
    }
}

mod commas {
    use serde::de::{Deserialize, Deserializer};

    pub fn serialize<S: serde::Serializer>(list: &[String], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&list.join(","))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
        Ok(String::deserialize(from)?.split(',').map(str::to_owned).collect())
    }
}

mod raw {
    use serde::de::{Deserialize, Deserializer, Error};
    use std::collections::BTreeMap;

    pub fn serialize<S: serde::Serializer>(map: &BTreeMap<String, u64>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&serde_json::json!(map).to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, u64>, D::Error> {
        serde_json::from_str(&String::deserialize(from)?).map_err(Error::custom)
    }
}

fn main() {
    let github = GithubCheckpoint::fields();
    github.written().increment(1);
    github.written().multiply(2);
    github.written().min(1);
    github.written().max(1);
    github.written().advance(1);

    github.listed().push("a");
    github.listed().push_all(["a"]);
    github.listed().push_unique("a");
    github.listed().push_capped("a", 9);
    github.listed().insert_at(0, "a");
    github.listed().remove("a");
    github.listed().pop();

    github.counts().merge(BTreeMap::new());
}
