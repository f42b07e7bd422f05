//! Pairs of structs: a change of a checkpoint as both sides of it, with what it means for the documents that
//! each of them has stored. The comparison of schemas is judged by them, and they by serde itself.
//!
//! [`all`] gives them with their types erased. A file holds the changes of one kind; the tests that execute
//! them are elsewhere.

mod contract;
mod pair;
mod presence;
pub mod table;

pub use contract::ReadContract;
pub use pair::{Pair, Side, Truth};

/// Every pair.
pub fn all() -> Vec<Pair> {
    let groups = [presence::pairs()];
    groups.into_iter().flatten().collect()
}
