//! What is asked of the server: the table is looked up, rows are read in batches, and written.

mod connection;
mod read;
mod statements;
mod table;
mod write;

pub(crate) use read::{Reader, Row};
pub(crate) use statements::Statements;
pub(crate) use table::Target;
pub(crate) use write::{Change, OneByOne, Outcome, swap};
