//! Typed checkpoints in PostgreSQL `jsonb`: the Rust struct is the schema.
//!
//! ETL workers keep their recovery state as one JSON document. Derive [`Checkpoint`] beside serde's two
//! derives, and the struct gives the document's JSON Schema and typed access to its fields:
//!
//! ```
//! use checkpoint_schema::{Checkpoint, schema};
//! use serde::{Deserialize, Serialize};
//!
//! /// Where the GitHub job goes on.
//! #[derive(Serialize, Deserialize, Checkpoint)]
//! #[checkpoint(job = "github", version = 1)]
//! struct GithubCheckpoint {
//!     /// GitHub GraphQL cursor for PR pagination.
//!     last_pr_cursor: String,
//!     /// List of completed repositories.
//!     #[serde(default)]
//!     repositories_processed: Vec<String>,
//! }
//!
//! let fields = GithubCheckpoint::fields();
//! assert_eq!(fields.last_pr_cursor().pointer()?, "/last_pr_cursor");
//! assert_eq!(fields.repositories_processed().at(0).jsonpath()?, r#"$."repositories_processed"[0]"#);
//!
//! let schema = schema::document::<GithubCheckpoint>(schema::Contract::Read);
//! assert_eq!(schema["$id"], "urn:checkpoint:github:v1");
//! assert_eq!(schema["required"], serde_json::json!(["last_pr_cursor"]));
//! # Ok::<(), checkpoint_schema::FieldError>(())
//! ```
//!
//! - [`macro@Checkpoint`]: the derive and its attributes.
//! - [`field`]: what the accessors return: typed paths, and which type has which.
//! - [`change`]: typed changes, as SQL and in memory.
//! - [`filter`]: conditions on the fields, in SQL and in memory.
//! - [`stored`]: what a row holds: nothing, a document, or one of an older version, upgraded.
//! - [`table`]: the statements about the table that holds the documents.
//! - [`driver`]: running the statements on sqlx, tokio-postgres, postgres and diesel; claiming a row.
//! - [`patterns`]: what checkpoints are made of again and again, and the seed's eight best practices.
//! - [`schema`]: the finished schema documents.
//! - [`keys`]: which keys of a document serde knows, and under which names.
//! - [`registry!`]: the list of a program's checkpoints, for tools that do not know their types.
//!
//! Features: `chrono` ([`Timestamp`], and chrono's types as fields), `uuid`, `validate` (validation against the
//! whole contract, when a document is read and by the name of a job), `sqlx`, `tokio-postgres`, `postgres` and `diesel`
//! (the [drivers](driver)), `tracing` (spans and events of what they do).

pub mod change;
mod checkpoint;
pub mod driver;
pub mod field;
pub mod filter;
mod json;
pub mod keys;
pub mod patterns;
pub mod pointer;
pub mod registry;
pub mod schema;
mod sql;
mod statement;
pub mod stored;
pub mod table;
#[cfg(feature = "chrono")]
mod timestamp;

pub use change::{Change, Update};
pub use checkpoint::{Checkpoint, Document};
pub use checkpoint_derive::Checkpoint;
pub use field::{Field, FieldError, Path};
pub use filter::Filter;
pub use sql::Param;
pub use statement::Statement;
pub use stored::{ReadError, Stored};
pub use table::JobTable;
#[cfg(feature = "chrono")]
pub use timestamp::{Timestamp, TimestampError};

/// The README's examples compile.
#[cfg(all(doctest, feature = "chrono", feature = "sqlx"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// Wraps what the derive generates under `#[checkpoint(crate = "…")]`: if there is no such crate, this is not
/// found, and that is all that is reported.
#[doc(hidden)]
#[macro_export]
macro_rules! __checkpoint_schema {
    ($($generated:tt)*) => { $($generated)* };
}

/// For the code that the derive generates; not part of the interface.
#[doc(hidden)]
pub mod __private {
    use crate::field::Presence;
    pub use crate::field::Slot;
    pub use crate::field::shape::{self, Shape, ShapeOf};
    pub use crate::field::storable::{to_value, to_value_with};
    pub use crate::field::{Defaulted, Element, Encoded, Flattened, Optional, Required, Root};
    pub use crate::field::{Encoding, Field, Path, kind};
    pub use crate::stored::{Upgrade, step as upgrade_step};
    pub use crate::{Checkpoint, Document};
    pub use schemars;
    pub use serde;
    pub use serde_json;
    pub use serde_path_to_error;

    /// What a field's `deserialize_with` function reads from `json`.
    pub fn decode_with<T>(
        json: &serde_json::Value,
        decode: impl FnOnce(
            serde_path_to_error::Deserializer<'_, '_, &serde_json::Value>,
        ) -> Result<T, serde_json::Error>,
    ) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
        let mut track = serde_path_to_error::Track::new();
        decode(serde_path_to_error::Deserializer::new(json, &mut track))
            .map_err(|error| serde_path_to_error::Error::new(track.path(), error))
    }

    /// Does serde read a document without a field of this slot?
    pub const fn is_readable_when_missing<S: Slot>() -> bool {
        matches!(S::PRESENCE, Presence::Defaulted | Presence::Optional)
    }
}
