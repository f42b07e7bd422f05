//! Conditions on the fields of a document: one value that renders to SQL and decides in memory, with the same
//! answer for every document.
//!
//! The methods are those of the field handles ([`Path`](crate::Path)), each only where the field can do it;
//! `&`, `|` and `!` combine them.
//!
//! ```
//! use checkpoint_schema::Checkpoint;
//! use serde::{Deserialize, Serialize};
//! use serde_json::json;
//!
//! #[derive(Serialize, Deserialize, Checkpoint)]
//! #[checkpoint(job = "github", version = 1)]
//! struct GithubCheckpoint {
//!     last_pr_cursor: Option<String>,
//!     #[serde(default = "one")]
//!     batch_number: u32,
//!     #[serde(default)]
//!     repositories_processed: Vec<String>,
//! }
//!
//! fn one() -> u32 {
//!     1
//! }
//!
//! let f = GithubCheckpoint::fields();
//! let late = f.batch_number().gt(5) & f.repositories_processed().contains("acme/api");
//! assert!(late.matches(&json!({"batch_number": 6, "repositories_processed": ["acme/web", "acme/api"]}))?);
//! // A value of another type is no error, and matches nothing.
//! assert!(!late.matches(&json!({"batch_number": "six", "repositories_processed": ["acme/api"]}))?);
//!
//! // A missing field equals nothing, its default included …
//! assert!(!f.batch_number().eq(1).matches(&json!({}))?);
//! // … unless it is seen as serde reads it.
//! assert!(f.batch_number().or_default().eq(1).matches(&json!({}))?);
//!
//! // `null` and a missing key are two things; inside the `Option` they are one.
//! let null = json!({"last_pr_cursor": null});
//! assert!(f.last_pr_cursor().is_null().matches(&null)?);
//! assert!(!f.last_pr_cursor().is_missing().matches(&null)?);
//! assert!(f.last_pr_cursor().some().is_missing().matches(&null)?);
//! # Ok::<(), checkpoint_schema::FieldError>(())
//! ```
//!
//! # What holds for every filter
//!
//! - It is true or false, never SQL `NULL`, and never an error because of what a row holds. So `ne` is
//!   exactly `!eq`: it is true where the field is missing.
//! - A value of another JSON type than the field's is neither equal to an operand nor before or after it; and
//!   a number outside the field's Rust type is neither before nor after any.
//! - A wrong-typed parent has no fields: they are missing. A document that is SQL `NULL` or JSON `null` is
//!   absent: all its fields are missing.
//! - A field is read under its key or, as serde does, under the first of its aliases that is there.
//! - Numbers compare by the value of their decimal texts, as `numeric` does: `1.0` equals `1`, and
//!   9007199254740993 is not 9007199254740992.0. Texts compare by their bytes in UTF-8, whatever the
//!   database's collation.
//! - Arrays are equal with the same elements in the same order, objects with the same keys and values. So a
//!   struct with one key more than the type writes equals no value of the type.
//!
//! A filter can always be made. What is wrong with an operand or a map key ([`FieldError`]) is reported by
//! whatever uses the filter.
//!
//! # Indexes
//!
//! The SQL of a filter is part of this crate's promise, since PostgreSQL uses an index on an expression only
//! where the query has the same expression (its manual, 11.7). [`Index`] is made by the same code as the
//! filters. Keys stand in the SQL as literals; operands are bound, so that one prepared statement serves all
//! of them, and `in_` binds its many as one.
//!
//! | | an index of the document ([`document_index`](crate::Path::document_index)) | of the field ([`index`](crate::Path::index)) | of an order ([`Order::index`]) |
//! |---|---|---|---|
//! | `eq` | yes, without aliases and array positions on the way | yes | numbers |
//! | `in_` | | yes | numbers |
//! | `contains`, `contains_any` | yes, as `eq` | | |
//! | `lt le gt ge between` | | numbers | yes |
//! | `starts_with` | | | yes |
//! | `ORDER BY` | | numbers, ascending | yes |
//!
//! `ne`, `!`, `is_missing` and `exists` read every row.

mod build;
mod index;
mod matches;
mod order;
mod prefix;
mod render;
mod subject;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Bound, Not};

use serde_json::Value;

use crate::field::FieldError;
use crate::field::kind;
use crate::sql::Sql;
use crate::statement::Statement;
pub(crate) use index::Column;
pub use index::Index;
pub use order::Order;
use subject::Subject;

/// A condition on the documents of the checkpoint `R`. See the [module](self).
#[must_use = "a filter does nothing until it is used"]
pub struct Filter<R> {
    node: Node,
    /// The first fault of its parts: a filter with one is good for nothing else.
    fault: Option<FieldError>,
    document: PhantomData<fn() -> R>,
}

/// All of no filters is true, any of none is false. No `All` stands right inside an `All`, no `Any` in an
/// `Any`, no `Not` in a `Not`: a long chain is one list, not a deep tree.
#[derive(Clone, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Atom(Box<Atom>),
}

/// A condition on one field.
#[derive(Clone, Debug)]
struct Atom {
    subject: Subject,
    operator: Operator,
}

#[derive(Clone, Debug)]
enum Operator {
    Equals(Value),
    OneOf(Vec<Value>),
    /// A field that is open to one side ends there with its type.
    Between(Bound<Value>, Bound<Value>, kind::Order),
    StartsWith(String),
    Contains(Value),
    Exists,
    Missing,
}

impl<R> Filter<R> {
    /// True of every document, an absent one included: what `&` starts from.
    ///
    /// ```
    /// # use checkpoint_schema::{Checkpoint, Filter};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, Checkpoint)]
    /// # #[checkpoint(job = "github", version = 1)]
    /// # struct GithubCheckpoint { owner: String, page: u32 }
    /// let f = GithubCheckpoint::fields();
    /// let wanted = [f.owner().eq("acme"), f.page().gt(5)];
    /// let all = wanted.into_iter().fold(Filter::everything(), |all, filter| all & filter);
    /// assert!(all.matches(&serde_json::json!({"owner": "acme", "page": 6}))?);
    /// # Ok::<(), checkpoint_schema::FieldError>(())
    /// ```
    pub fn everything() -> Self {
        Node::All(Vec::new()).into()
    }

    /// True of no document: what `|` starts from.
    pub fn nothing() -> Self {
        Node::Any(Vec::new()).into()
    }

    fn atom(atom: Result<Atom, FieldError>) -> Self {
        match atom {
            Ok(atom) => Node::Atom(Box::new(atom)).into(),
            Err(fault) => Self { fault: Some(fault), ..Self::nothing() },
        }
    }

    fn checked(&self) -> Result<&Node, FieldError> {
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(&self.node),
        }
    }

    /// Is the filter true of `document`? Never differs from what PostgreSQL says of the same document.
    ///
    /// JSON `null` stands for an absent document.
    ///
    /// # Errors
    ///
    /// [`Reason::Key`](crate::field::Reason::Key) if a map key on the way to a field is no JSON key;
    /// [`Reason::Unwritable`](crate::field::Reason::Unwritable) if serde or PostgreSQL has no place for an
    /// operand. What the document holds is never an error.
    pub fn matches(&self, document: &Value) -> Result<bool, FieldError> {
        Ok(matches::matches(self.checked()?, document))
    }

    /// The filter as an SQL condition, for people who write the statement themselves: `SELECT … WHERE
    /// <condition>`. `column` is the document, itself an SQL expression, and goes into the text as it stands,
    /// more than once. Parameters are numbered from `$1`. The text stands by itself: as an operand of `AND` or
    /// `OR` it needs no parentheses.
    ///
    /// Where the filter is false, the condition is false or SQL `NULL`, which `WHERE` takes for the same; to show
    /// it, or to negate it, write `(<condition>) IS TRUE`, or negate the filter.
    ///
    /// # Errors
    ///
    /// As [`matches`](Filter::matches).
    pub fn condition(&self, column: &str) -> Result<Statement, FieldError> {
        let mut sql = Sql::default();
        self.render(column, &mut sql)?;
        Ok(sql.into())
    }

    /// Appends the condition on `column`, an expression ready for SQL. The text stands by itself: an operand
    /// of `AND` or `OR` needs no further parentheses.
    pub(crate) fn render(&self, column: &str, sql: &mut Sql) -> Result<(), FieldError> {
        render::render(self.checked()?, column, sql);
        Ok(())
    }
}

impl<R> From<Node> for Filter<R> {
    fn from(node: Node) -> Self {
        Self { node, fault: None, document: PhantomData }
    }
}

impl<R> Filter<R> {
    fn combine(self, other: Self, join: impl FnOnce(Node, Node) -> Node) -> Self {
        Self { fault: self.fault.or(other.fault), ..join(self.node, other.node).into() }
    }
}

/// Puts the parts of two nodes of one kind into one list.
macro_rules! flattened {
    ($kind:ident, $left:expr, $right:expr) => {{
        let mut parts = match $left {
            Node::$kind(parts) => parts,
            node => vec![node],
        };
        match $right {
            Node::$kind(others) => parts.extend(others),
            node => parts.push(node),
        }
        match <[Node; 1]>::try_from(parts) {
            Ok([only]) => only,
            Err(parts) => Node::$kind(parts),
        }
    }};
}

/// Both.
impl<R> BitAnd for Filter<R> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.combine(other, |left, right| flattened!(All, left, right))
    }
}

/// At least one.
impl<R> BitOr for Filter<R> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.combine(other, |left, right| flattened!(Any, left, right))
    }
}

/// Exactly where the filter is not true.
impl<R> Not for Filter<R> {
    type Output = Self;

    fn not(self) -> Self {
        let node = match self.node {
            Node::Not(node) => *node,
            node => Node::Not(Box::new(node)),
        };
        Self { node, ..self }
    }
}

impl<R> Clone for Filter<R> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), fault: self.fault.clone(), document: PhantomData }
    }
}

/// The SQL on a column `document`, and what it binds.
impl<R> fmt::Debug for Filter<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sql = Sql::default();
        match self.render("document", &mut sql) {
            Ok(()) => f.debug_struct("Filter").field("sql", &sql.text).field("params", &sql.params).finish(),
            Err(fault) => f.debug_tuple("Filter").field(&fault).finish(),
        }
    }
}
