//! Every type whose schemas are put to the test: those of the corpus, and the four jobs.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use checkpoint_schema::Checkpoint;
use checkpoint_schema::schema::{self, Contract};
use checkpoint_schemas::{GithubCheckpoint, JiraCheckpoint, WexAdCheckpoint, WexFabricCheckpoint};
use serde_json::Value;

use crate::Style;

/// A type with its type erased.
pub struct Subject {
    /// The file of the corpus and the type, or the job and its version.
    pub name: String,
    /// Documents as serde writes them.
    pub samples: Vec<Value>,
    /// Documents that are stored to be refused.
    pub refused: Vec<Value>,
    raw: Raw,
    read: Read,
}

type Raw = Box<dyn Fn(Contract) -> Value>;
type Read = Box<dyn Fn(&Value) -> Result<Value, String>>;

impl Subject {
    /// The schema as schemars makes it.
    pub fn raw(&self, contract: Contract) -> Value {
        (self.raw)(contract)
    }

    /// What serde reads from a document, written again.
    ///
    /// # Errors
    ///
    /// serde's refusal.
    pub fn read(&self, document: &Value) -> Result<Value, String> {
        (self.read)(document)
    }
}

/// The name of a type as that of a file.
pub fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// All that have samples.
pub fn all() -> Vec<Subject> {
    let corpus = crate::all().into_iter().filter(|entry| !entry.samples.is_empty()).map(|entry| Subject {
        name: entry.name,
        samples: entry.samples.into_iter().map(|sample| sample.document).collect(),
        refused: Vec::new(),
        raw: Box::new(move |contract| (entry.ours.document)(Style::Draft2020, contract)),
        read: Box::new(move |document| {
            // A type's own code may panic on what it does not know: it has not read it.
            catch_unwind(AssertUnwindSafe(|| (entry.read)(document))).unwrap_or_else(|_| Err("panic".into()))
        }),
    });
    corpus.chain(jobs()).collect()
}

/// The four jobs, with their stored samples.
fn jobs() -> [Subject; 4] {
    [
        job::<GithubCheckpoint>(),
        job::<JiraCheckpoint>(),
        job::<WexAdCheckpoint>(),
        job::<WexFabricCheckpoint>(),
    ]
}

fn job<C: Checkpoint>() -> Subject {
    let name = format!("{}-v{}", C::JOB, C::VERSION);
    let stored = |claim: &str| {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/samples");
        documents(&samples.join(&name).join(claim))
    };
    Subject {
        samples: stored("valid"),
        refused: stored("invalid"),
        raw: Box::new(schema::raw_document::<C>),
        read: Box::new(|document| {
            let value: C = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
            serde_json::to_value(value).map_err(|error| error.to_string())
        }),
        name,
    }
}

fn documents(folder: &Path) -> Vec<Value> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        serde_json::from_slice(&fs::read(path).expect("a sample")).expect("samples are JSON")
    };
    paths.iter().map(read).collect()
}
