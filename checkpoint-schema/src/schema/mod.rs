//! The finished schema documents of a checkpoint.

mod awkward;
mod canonical;
mod finish;
mod place;
mod version;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::Checkpoint;

pub use awkward::{Awkward, generates_badly};
pub use canonical::to_canonical_string;
#[doc(hidden)]
pub use finish::__range;
pub use finish::finish;
pub use place::{Place, each_schema};

/// Which side of the stored document a schema describes.
///
/// The two differ: a defaulted field may be missing where it is read and is always there where it is
/// written; a field with `skip_serializing` is only read. schemars calls them `for_deserialize` and
/// `for_serialize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contract {
    /// What the code reads. The exported contract, which stored samples are checked against.
    Read,
    /// What the code writes.
    Write,
}

/// The JSON Schema of `C`, draft 2020-12, [finished](finish()), with its `$id`: `urn:checkpoint:<job>:v<N>`,
/// and `:write` after it for the write contract. From version 2 on both contracts require
/// [`Checkpoint::VERSION_KEY`], which states the version.
pub fn document<C: Checkpoint>(contract: Contract) -> Value {
    finish(raw_document::<C>(contract))
}

/// The same document as schemars makes it: nothing but the `$id` and the key of the version is ours.
pub fn raw_document<C: Checkpoint>(contract: Contract) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let settings = match contract {
        Contract::Read => settings.for_deserialize(),
        Contract::Write => settings.for_serialize(),
    };
    let mut schema = settings.into_generator().into_root_schema_for::<C>();
    schema.insert("$id".to_owned(), Value::String(id(C::JOB, C::VERSION, contract)));
    let mut schema = schema.to_value();
    version::state::<C>(&mut schema);
    schema
}

/// The `$id` of a contract.
pub fn id(job: &str, version: u32, contract: Contract) -> String {
    match contract {
        Contract::Read => format!("urn:checkpoint:{job}:v{version}"),
        Contract::Write => format!("urn:checkpoint:{job}:v{version}:write"),
    }
}
