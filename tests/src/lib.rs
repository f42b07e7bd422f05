//! What the test targets of this workspace share.

// The macros of the corpus take one step for each token of a type's paths.
#![recursion_limit = "1024"]

pub mod corpus;
pub mod documents;
pub mod jobs_over_time;
pub mod json;
pub mod law;
pub mod ledger;
pub mod memory;
pub mod pairs;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod random;
#[cfg(feature = "postgres")]
pub mod row;
#[cfg(feature = "postgres")]
pub mod statements;
pub mod subjects;
pub mod worker;
