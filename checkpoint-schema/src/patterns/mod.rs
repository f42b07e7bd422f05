//! What checkpoints are made of again and again, as parts: types for fields, each with the changes that it is for.
//!
//! A change of a part that is one [`Change`](crate::Change) stands in a list beside others; one that is several
//! is an [`Update`](crate::Update), and goes on with [`and`](crate::Update::and) and
//! [`and_all`](crate::Update::and_all). Both are what [`JobTable::update`](crate::JobTable::update) takes.
//!
#![cfg_attr(feature = "chrono", doc = "```")]
#![cfg_attr(not(feature = "chrono"), doc = "```ignore")]
//! use checkpoint_schema::patterns::{Batches, Cursors, IncrementalSync, Processed};
//! use checkpoint_schema::{Checkpoint, Timestamp, Update};
//! use serde::{Deserialize, Serialize};
//! use serde_json::json;
//!
//! #[derive(Serialize, Deserialize, Checkpoint)]
//! #[checkpoint(job = "issues", version = 1)]
//! struct IssuesCheckpoint {
//!     #[serde(flatten)]
//!     sync: IncrementalSync,
//!     #[serde(flatten)]
//!     batches: Batches,
//!     /// Where each entity type goes on.
//!     #[serde(default)]
//!     cursors: Cursors,
//!     /// The last thousand projects that were completed.
//!     #[serde(default)]
//!     projects_processed: Processed<String, 1000>,
//! }
//!
//! let f = IssuesCheckpoint::fields();
//! let enter = Update::from(f.batches().enter());
//! let page = Update::from([f.batches().advance(100), f.cursors().save("comments", "c2")]);
//! let finish = f
//!     .batches()
//!     .complete()
//!     .and_all(f.projects_processed().done("DEMO"))
//!     .and(f.cursors().clear("comments"))
//!     .and(f.sync().advance("2025-01-15T12:00:00Z".parse::<Timestamp>()?));
//!
//! // Nothing is stored yet: a sync starts in 1970. A worker that stops here finds the batch open.
//! let stopped = page.apply(&enter.apply(&json!(null))?)?;
//! let checkpoint: IssuesCheckpoint = serde_json::from_value(stopped.clone())?;
//! assert_eq!(checkpoint.sync.start(), Timestamp::UNIX_EPOCH);
//! assert!(checkpoint.batches.recovery_mode);
//! assert_eq!(checkpoint.cursors.next("comments"), Some("c2"));
//!
//! assert_eq!(
//!     finish.apply(&stopped)?,
//!     json!({
//!         "last_sync_date": "2025-01-15T12:00:00.000000Z",
//!         "batch_number": 2,
//!         "total_items_processed": 100,
//!         "recovery_mode": false,
//!         "cursors": {},
//!         "projects_processed": ["DEMO"],
//!     })
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Other keys
//!
//! What is stored already has keys of its own, and the parts take them as they are:
//!
//! | stored | the field | what it has |
//! |---|---|---|
//! | `"last_sync_timestamp": "2025-01-15T12:00:00Z"` | `#[serde(default)] last_sync_timestamp: Timestamp` | [`advance`](crate::Path::advance); its default is 1970-01-01 |
//! | `"pages": {"issues": "c2"}` | `#[serde(default)] pages: Cursors` | [`save`](crate::Path::save), [`clear`](crate::Path::clear) |
//! | `"repositories_processed": ["repo1"]` | `#[serde(default)] repositories_processed: Processed<String, 1000>` | [`done`](crate::Path::done) |
//! | the same | a `Vec` that is to stay one | [`push_recent`](crate::Path::push_recent) |
//! | a batch number, a count and a flag | three fields | [`Batches::at`] |
//!
//! [`Cursors`] and [`Processed`] are stored, and described by the schema, as the map and the list that they hold.
//!
//! # The eight best practices
//!
//! Each holds by construction, or by a finding of `cargo xtask check`, which `cargo xtask explain <rule>` explains.
//!
//! | practice | holds by construction | is checked by |
//! |---|---|---|
//! | 1. Always use COALESCE | every [`Update`](crate::Update): an absent document (SQL NULL or JSON `null`) is made from serde's defaults, or the error names what is missing | |
//! | 2. Store timestamps in ISO 8601 | [`Timestamp`](crate::Timestamp): one spelling, in UTC | `timestamp-as-text`, `timestamp-as-number`; in samples `bad-format`, `timestamp-without-offset` |
//! | 3. Include a `recovery_mode` flag | [`Batches`]: a batch number comes with its flag, and [`enter`](BatchesFields::enter) raises it | `no-recovery-flag`, until the type is locked |
//! | 4. Save checkpoints frequently | a save is one statement and one round trip, which writes what has changed and keeps what others wrote: nothing is gained by saving later. [`advance`](BatchesFields::advance) and [`save`](crate::Path::save) are made for one page; that they are called, no tool can see | |
//! | 5. Clear recovery flags after completion | [`complete`](BatchesFields::complete): the flag falls in the change that counts the batch up | |
//! | 6. Use typed fields | the derive: a field has one Rust type, and [`set`](crate::Path::set) takes no other | `untyped-field`; in samples `wrong-type` |
//! | 7. Document your schema | doc comments become the schema's descriptions | `field-undocumented` |
//! | 8. Validate before using | [`Stored::read`](crate::Stored::read) gives a document of the type, or the place and the reason, and never takes what it cannot read for a fresh start | every sample, by the schema and by serde |

mod batches;
mod cursors;
mod processed;
mod stored_as;
#[cfg(feature = "chrono")]
mod sync;

pub use batches::{BatchPaths, Batches, BatchesFields};
pub use cursors::Cursors;
pub use processed::Processed;
#[cfg(feature = "chrono")]
pub use sync::{IncrementalSync, IncrementalSyncFields};
