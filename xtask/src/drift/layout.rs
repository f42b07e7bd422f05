//! One side of a comparison: what the code of one revision writes and reads.

use checkpoint_schema::registry::Descriptor;
use serde_json::Value;

use super::code::Code;
use crate::lock::facts::Fact;
use crate::lock::file::Revision;

/// Where documents state their version, if no type says otherwise.
const VERSION_KEY: &str = "checkpoint_version";

/// A revision of a checkpoint, locked or as the type is now.
#[derive(Clone)]
pub(crate) struct Layout {
    pub(crate) job: String,
    pub(crate) version: u32,
    /// Where its documents state it.
    pub(crate) version_key: &'static str,
    /// What people call it: `the type`, `revision 2`, `v1.0: revision 1`.
    pub(crate) name: String,
    /// The read contract, as schemars gives it.
    pub(crate) read: Value,
    /// The write contract.
    pub(crate) write: Value,
    /// What serde knows beyond both.
    pub(crate) facts: Vec<Fact>,
    /// The code itself, where it is at hand: what it says of a document counts more than any schema.
    pub(crate) code: Option<Code>,
}

impl Layout {
    /// The type as it is now.
    pub(crate) fn of_type(descriptor: &Descriptor) -> Self {
        let revision = Revision::of(descriptor, 0);
        let name = format!("the type `{}`", descriptor.type_name());
        Self {
            code: Some(Code::Here(*descriptor)),
            version_key: descriptor.version_key(),
            ..Self::of_revision(descriptor.job(), descriptor.version(), name, revision)
        }
    }

    /// A revision that was locked.
    pub(crate) fn of_revision(job: &str, version: u32, name: String, revision: Revision) -> Self {
        Self {
            job: job.to_owned(),
            version,
            version_key: VERSION_KEY,
            name,
            read: Value::Object(revision.read),
            write: Value::Object(revision.write),
            facts: revision.facts,
            code: None,
        }
    }

    /// A schema of which nothing else is known: whatever it accepts is both written and read.
    pub(crate) fn of_schema(job: &str, version: u32, name: String, schema: Value) -> Self {
        Self {
            job: job.to_owned(),
            version,
            version_key: VERSION_KEY,
            name,
            write: schema.clone(),
            read: schema,
            facts: Vec::new(),
            code: None,
        }
    }

    /// The name of the Rust type, where it is at hand.
    pub(crate) fn type_name(&self) -> String {
        match &self.code {
            Some(Code::Here(descriptor)) => descriptor.type_name().to_owned(),
            _ => self.name.clone(),
        }
    }
}
