//! What the law of changes and filters is tried on: a checkpoint with every kind of field, values of it, every
//! state that a stored document can be in, and random updates and filters.

mod documents;
mod filters;
mod subject;
mod updates;

pub use documents::documents;
pub use filters::{Asked, OPERATORS, Sorted, asked_documents, filter, orders};
pub use subject::{Cursor, Law, Limits, Page, Rate};
pub use updates::{Made, update};
