//! Where stored documents come from: files, folders, patterns and streams, in every form in which people keep
//! them; opened, decompressed and cut into records, without judging any.

mod columns;
pub(crate) mod cut;
mod find;
mod form;
mod open;
mod record;

#[cfg(feature = "postgres")]
pub(crate) use columns::Columns;
pub(crate) use columns::Names;
#[cfg(feature = "postgres")]
pub(crate) use cut::Lines as Copied;
pub(crate) use find::{Input, find};
pub(crate) use form::{Form, detect};
pub(crate) use open::open;
pub(crate) use record::{Content, Layout, Located, read};
