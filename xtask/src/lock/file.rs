//! A lock file: every revision of one version of a checkpoint, as it was when it was locked.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::schema::{Contract, to_canonical_string};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::facts::{self, Fact};
use super::meaning;
use crate::could_not_run::{CouldNotRun, cannot};

/// The format that this tool writes, and the only one it reads.
const FORMAT: u32 = 1;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    #[serde(rename = "format")]
    _format: u32,
    pub(crate) job: String,
    pub(crate) version: u32,
    pub(crate) revisions: Vec<Revision>,
}

/// What the code wrote and read. A revision is never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revision {
    /// From 1, without a gap.
    pub(crate) revision: usize,
    /// The read contract.
    pub(crate) read: Map,
    /// The write contract.
    pub(crate) write: Map,
    pub(crate) facts: Vec<Fact>,
}

type Map = serde_json::Map<String, Value>;

impl Revision {
    /// The type as it is now, as revision `revision`.
    pub(crate) fn of(descriptor: &Descriptor, revision: usize) -> Self {
        let contract = |contract| match contract_of(descriptor, contract) {
            Value::Object(object) => object,
            // The schema of a struct is an object; `true` would say as much as an empty one.
            _ => Map::new(),
        };
        Self {
            revision,
            read: contract(Contract::Read),
            write: contract(Contract::Write),
            facts: facts::of(descriptor.shape_of()),
        }
    }

    /// What was read.
    pub(super) fn read_contract(&self) -> Value {
        Value::Object(self.read.clone())
    }

    /// Do both say the same, but for their numbers and for words?
    pub(crate) fn means(&self, other: &Self) -> bool {
        let same = |a: &Map, b: &Map| {
            meaning::of(&Value::Object(a.clone())) == meaning::of(&Value::Object(b.clone()))
        };
        self.facts == other.facts && same(&self.read, &other.read) && same(&self.write, &other.write)
    }

    /// The meaning in lines, for a diff.
    pub(super) fn text_of_meaning(&self) -> String {
        text(&json!({
            "facts": self.facts,
            "read": meaning::of(&Value::Object(self.read.clone())),
            "write": meaning::of(&Value::Object(self.write.clone())),
        }))
    }

    /// The whole revision in lines, for a diff.
    pub(super) fn text(&self) -> String {
        text(&json!(self))
    }
}

/// The contract that is locked: as schemars gives it, since the comparison of revisions wants no transform's
/// opinion. The one place that says so.
fn contract_of(descriptor: &Descriptor, contract: Contract) -> Value {
    let mut document = descriptor.raw_document(contract);
    sort_required(&mut document);
    document
}

/// The canonical writer knows `required` as a set only where the document is a schema itself; in a lock the
/// contracts are data.
fn sort_required(contract: &mut Value) {
    if let Ok(sorted) = serde_json::from_str(&to_canonical_string(contract)) {
        *contract = sorted;
    }
}

/// Keys sorted, arrays as they are.
fn text(value: &Value) -> String {
    to_canonical_string(value)
}

impl Lock {
    /// The lock in `text`, or why it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match value.get("format").map(|format| (format.as_u64(), format)) {
            Some((Some(format), _)) if format == u64::from(FORMAT) => {}
            Some((_, format)) => {
                return Err(format!("its format is {format}, and this tool knows {FORMAT}"));
            }
            None => return Err("it does not state its `format`".to_owned()),
        }
        // From the text again: a key that stands twice is an error there.
        let lock: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if lock.revisions.is_empty() {
            return Err("it has no revision".to_owned());
        }
        for (index, revision) in lock.revisions.iter().enumerate() {
            if revision.revision != index + 1 {
                return Err(format!(
                    "revision {} stands where revision {} must: they count from 1 without a gap",
                    revision.revision,
                    index + 1
                ));
            }
        }
        Ok(lock)
    }

    /// The lock at `path`; `None` if there is no such file, the reason if it is no lock.
    pub(crate) fn read(path: &Path) -> Option<Result<Self, String>> {
        let lock = match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Ok(metadata) if !metadata.is_file() => Err("this is no file".to_owned()),
            _ => fs::read_to_string(path)
                .map_err(|error| error.to_string())
                .and_then(|text| Self::parse(&text)),
        };
        Some(lock.and_then(|lock| lock.named(path)))
    }

    /// The file's name must be its own.
    fn named(self, path: &Path) -> Result<Self, String> {
        let name = file_name(&self.job, self.version);
        if path.file_name().is_some_and(|it| it == name.as_str()) {
            Ok(self)
        } else {
            Err(format!("it is the lock of {} version {}, whose name is {name}", self.job, self.version))
        }
    }
}

/// Writes the lock of a checkpoint, whole or not at all.
pub(super) fn write(path: &Path, descriptor: &Descriptor, revisions: &[Revision]) -> Result<(), CouldNotRun> {
    let lock = json!({
        "format": FORMAT,
        "job": descriptor.job(),
        "version": descriptor.version(),
        "revisions": revisions,
    });
    let half = path.with_extension("json.new");
    fs::write(&half, text(&lock)).map_err(|error| cannot("write", &half, &error))?;
    fs::rename(&half, path).map_err(|error| cannot("write", path, &error))
}

/// `github-v1.json`
pub(crate) fn file_name(job: &str, version: u32) -> String {
    format!("{job}-v{version}.json")
}
