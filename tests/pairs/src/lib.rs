//! Pairs of structs: a change of a checkpoint as both sides of it, with what it means for the documents that
//! each of them has stored. The comparison of schemas is judged by them, and they by serde itself.
//!
//! [`all`] gives them with their types erased. A file holds the changes of one kind; the tests that execute
//! them are elsewhere.

mod collections;
mod constraints;
mod contract;
mod denying;
mod encodings;
pub mod explained;
mod nesting;
mod neutral;
mod numbers;
mod pair;
mod presence;
mod renames;
pub mod table;
mod tagging;
mod texts;
mod variants;

pub use contract::ReadContract;
pub use pair::{Pair, Side, Truth};

/// Every pair.
pub fn all() -> Vec<Pair> {
    let groups = [
        presence::pairs(),
        denying::pairs(),
        numbers::pairs(),
        texts::pairs(),
        constraints::pairs(),
        variants::pairs(),
        tagging::pairs(),
        renames::pairs(),
        collections::pairs(),
        nesting::pairs(),
        encodings::pairs(),
        neutral::pairs(),
    ];
    groups.into_iter().flatten().collect()
}
