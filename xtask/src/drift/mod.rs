//! Drift: what a changed type breaks, for whom, and a document that proves it.
//!
//! What the old code writes must be within what the new code reads (backward), and the other way round where both
//! run (forward). Contracts are made ready ([`prepare`]), inclusion is proved ([`prove`]) by taking them apart down
//! to what `jsonschema`'s engine decides ([`engine`]), and refuted by documents ([`instances`]), part by part
//! ([`parts`]), that the real code refuses ([`trial`]).

mod alone;
mod baseline;
mod change;
mod code;
mod comparison;
mod engine;
mod evidence;
mod fields;
mod glance;
mod instances;
mod layout;
mod likeness;
mod mend;
mod nearest;
mod parts;
mod places;
mod policy;
mod prepare;
mod prove;
mod rewrite;
mod run;
mod tell;
mod texts;
mod together;
mod told;
mod trial;
mod verdict;
mod words;

pub(crate) use code::judge;
pub(crate) use comparison::Direction;
pub(crate) use evidence::Sources;
pub(crate) use run::{Question, compare, compare_files};
pub(crate) use tell::Detail;
pub use told::{Answer, Told, told};
