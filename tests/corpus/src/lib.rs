//! Types of every shape and attribute that the derive meets, each defined twice from the same tokens: once
//! with `Checkpoint` alone (`ours`), once with schemars' own derive (`theirs`).
//!
//! [`all`] gives them with their types erased: schemas of both sides, sample documents, and every field
//! path with what Rust itself has in that field. The tests over them are elsewhere.

// Its macros take one step for each token of a type's paths.
#![recursion_limit = "1024"]

mod annotations;
mod encoding;
mod entry;
mod enums;
mod flatten;
mod generics;
mod naming;
mod presence;
mod recursion;
mod shapes;
pub mod subjects;
mod twice;

pub use entry::{Entry, Get, Place, Sample, Schemas, Shape, Style};

/// Every type of the corpus.
pub fn all() -> Vec<Entry> {
    let groups = [
        shapes::entries(),
        naming::entries(),
        presence::entries(),
        encoding::entries(),
        flatten::entries(),
        enums::entries(),
        generics::entries(),
        recursion::entries(),
        annotations::entries(),
    ];
    groups.into_iter().flatten().collect()
}
