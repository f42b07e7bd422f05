//! What the test targets of this workspace share.

pub mod documents;
pub mod jobs_over_time;
pub mod json;
pub mod law;
pub mod ledger;
pub mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod processor;
pub mod random;
pub mod repository;
#[cfg(feature = "postgres")]
pub mod row;
#[cfg(feature = "postgres")]
pub mod statements;
pub mod worker;
