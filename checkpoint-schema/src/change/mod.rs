//! Typed changes of a stored document: values that become SQL, or are applied in memory, with one meaning.
//!
//! An operation is a method of the field handle, so that only what the field can do compiles. Changes make an
//! [`Update`], in order: each sees what the ones before it did.
//!
//! ```
//! use checkpoint_schema::{Checkpoint, Update};
//! use serde::{Deserialize, Serialize};
//! use serde_json::json;
//!
//! #[derive(Serialize, Deserialize, Checkpoint)]
//! #[checkpoint(job = "github", version = 1)]
//! struct GithubCheckpoint {
//!     last_pr_cursor: String,
//!     #[serde(default)]
//!     repositories_processed: Vec<String>,
//!     #[serde(default = "one")]
//!     batch_number: u32,
//! }
//! fn one() -> u32 { 1 }
//!
//! let f = GithubCheckpoint::fields();
//! let update = Update::from([
//!     f.last_pr_cursor().set("Y3Vyc29y"),
//!     f.repositories_processed().push_unique("acme/api"),
//!     f.batch_number().increment(1),
//! ]);
//!
//! // In memory. A counter starts from serde's default.
//! let after = update.apply(&json!({"last_pr_cursor": ""}))?;
//! assert_eq!(
//!     after,
//!     json!({"last_pr_cursor": "Y3Vyc29y", "repositories_processed": ["acme/api"], "batch_number": 2})
//! );
//!
//! // What could not be read back is refused, and says what is missing.
//! let error = Update::from([f.batch_number().increment(1)]).apply(&json!(null)).unwrap_err();
//! assert!(error.to_string().contains("last_pr_cursor"));
//! # Ok::<(), checkpoint_schema::FieldError>(())
//! ```
//!
//! # The law
//!
//! - The same update gives the same document, or the same error, in memory and in PostgreSQL 15 to 18, whatever
//!   is stored.
//! - After an error nothing has changed.
//! - After a successful update the document is readable whenever it was readable or absent before. So a missing
//!   object is made from its serde default, or where the update sets all that its type requires, or
//!   ([`Update::or_insert`]) from a whole document; else the error names what is missing.
//! - What is there and of the wrong type is an error that names the place, never overwritten by the way.
//! - A field is found under its key or one of its serde aliases, and written under its key.

mod apply;
mod between;
mod build;
mod cache;
mod expressions;
#[cfg(feature = "chrono")]
mod moment;
mod op;
mod params;
mod plan;
mod render;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use smallvec::SmallVec;

use self::cache::{Fingerprint, Known};
use self::op::Op;
use self::params::Binder;
use self::plan::Plan;
use crate::field::step::Place;
use crate::field::{Field, FieldError, notation, storable};
use crate::sql::{Param, Sql};
use crate::statement::Statement;

/// One operation on one field of the checkpoint `R`: what the methods of [`Path`](crate::Path) give.
///
/// It keeps the error of an operand that cannot be stored, and whoever uses it reports that.
pub struct Change<R> {
    done: Result<(Place, Op), FieldError>,
    checkpoint: PhantomData<fn() -> R>,
}

impl<R> Change<R> {
    fn new(done: Result<(Place, Op), FieldError>) -> Self {
        Self { done, checkpoint: PhantomData }
    }
}

impl<R> Clone for Change<R> {
    fn clone(&self) -> Self {
        Self::new(self.done.clone())
    }
}

impl<R> fmt::Debug for Change<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.done {
            Ok((place, op)) => write!(f, "{}: {op:?}", notation::pointer(&place.steps)),
            Err(error) => write!(f, "{error}"),
        }
    }
}

/// Changes of one document, in order.
pub struct Update<R> {
    changes: Vec<Change<R>>,
    initial: Option<Result<Value, FieldError>>,
}

impl<R> Update<R> {
    /// Do the changes come to nothing, whatever is stored?
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.initial.is_none()
    }

    /// The same, and then `change`.
    #[must_use]
    pub fn and(mut self, change: Change<R>) -> Self {
        self.changes.push(change);
        self
    }

    /// The same, and then all the changes of `others`. Of two documents to [insert](Update::or_insert), the first
    /// is kept.
    #[must_use]
    pub fn and_all(mut self, others: impl Into<Self>) -> Self {
        let others = others.into();
        self.changes.extend(others.changes);
        self.initial = self.initial.or(others.initial);
        self
    }
}

impl<R: Field> Update<R> {
    /// Where the document is absent (SQL NULL or JSON `null`), the changes start from `initial`.
    #[must_use]
    pub fn or_insert(mut self, initial: &R) -> Self
    where
        R: Serialize,
    {
        self.initial = Some(document(initial));
        self
    }

    /// The document after the changes. `null` stands for a document that is absent, before and after.
    ///
    /// # Errors
    ///
    /// The one that PostgreSQL would raise for the same document, or that an operand cannot be stored.
    pub fn apply(&self, document: &Value) -> Result<Value, FieldError> {
        self.plan(&self.done()?)?.apply(document)
    }

    /// The changes as an SQL expression, for people who write the statement themselves: `UPDATE … SET
    /// checkpoint_data = <expression>`. `column` is the document, itself an SQL expression, and goes into the
    /// text as it stands. No value and no map key is in the text; it depends on values only where their kind
    /// decides what is done: a merge follows the keys of its operand, `push_unique` tells scalars from others,
    /// and numbers beyond `bigint` are bound as text.
    ///
    /// It may stand in the `SET` of an `UPDATE` only directly: a subquery around it that reads the table again,
    /// or a `WITH`, would see the row as it was before a concurrent update, and lose that.
    ///
    /// # Errors
    ///
    /// An operand that cannot be stored.
    pub fn expression(&self, column: &str) -> Result<Statement, FieldError> {
        self.statement(column, [0; 3], Vec::new(), |changed| changed.render(column))
    }

    /// The statement that `write` makes of the changes, with parameters after the `leading` ones. Where the
    /// text is known it is not written again: it is decided by the changes, and by `around` and `kind`, which
    /// the caller must have stand for everything else.
    pub(crate) fn statement(
        &self,
        around: &str,
        kind: [usize; 3],
        leading: Vec<Param>,
        write: impl FnOnce(&mut Changed) -> String,
    ) -> Result<Statement, FieldError> {
        let changes = self.done()?;
        let print = match self.initial {
            None => Fingerprint::of(around, kind, R::SHAPE, &changes),
            Some(_) => None,
        };
        if let Some(Known { text, origins }) = print.as_ref().and_then(Fingerprint::find) {
            let mut params = leading;
            params.reserve_exact(origins.len());
            params.extend(origins.iter().map(|origin| origin.param(&changes)));
            return Ok(Statement::new(text, params));
        }
        let plan = self.plan(&changes)?;
        let mut sql = Sql { text: String::new(), params: leading };
        let mut changed = Changed { plan: &plan, binder: Binder::new(&mut sql, &changes) };
        let text: Arc<str> = write(&mut changed).into();
        let Binder { origins, is_known, .. } = changed.binder;
        if let (Some(print), true) = (print, is_known) {
            print.keep(Known { text: text.clone(), origins: origins.into() });
        }
        Ok(Statement::new(text, sql.params))
    }

    /// The same, with parameters after those that `sql` has.
    pub(crate) fn render(&self, column: &str, sql: &mut Sql) -> Result<String, FieldError> {
        let changes = self.done()?;
        Ok(self.plan(&changes)?.render(column, &mut Binder::new(sql, &changes)))
    }

    /// The changes, or the error of the first that has one.
    fn done(&self) -> Result<SmallVec<[(&Place, &Op); 8]>, FieldError> {
        let mut done = SmallVec::with_capacity(self.changes.len());
        for change in &self.changes {
            let (place, op) = change.done.as_ref().map_err(FieldError::clone)?;
            done.push((place, op));
        }
        Ok(done)
    }

    fn plan<'a>(&'a self, changes: &[(&'a Place, &'a Op)]) -> Result<Plan<'a>, FieldError> {
        let initial = self.initial.as_ref().map(Result::as_ref).transpose().map_err(FieldError::clone)?;
        Plan::new(|| R::SHAPE, changes.iter().copied(), initial)
    }
}

/// The value as a whole document.
fn document<R: Serialize>(value: &R) -> Result<Value, FieldError> {
    storable::to_value(value).map_err(|error| FieldError::unwritable(String::new(), error))
}

/// The changes of a statement that is being written.
pub(crate) struct Changed<'a> {
    plan: &'a Plan<'a>,
    binder: Binder<'a>,
}

impl Changed<'_> {
    /// The changes as an expression of the document in `column`.
    pub(crate) fn render(&mut self, column: &str) -> String {
        self.plan.render(column, &mut self.binder)
    }
}

impl<R> From<Change<R>> for Update<R> {
    fn from(change: Change<R>) -> Self {
        Self { changes: vec![change], initial: None }
    }
}

impl<R, const N: usize> From<[Change<R>; N]> for Update<R> {
    fn from(changes: [Change<R>; N]) -> Self {
        Self { changes: changes.into(), initial: None }
    }
}

impl<R> From<Vec<Change<R>>> for Update<R> {
    fn from(changes: Vec<Change<R>>) -> Self {
        Self { changes, initial: None }
    }
}

impl<R> FromIterator<Change<R>> for Update<R> {
    fn from_iter<I: IntoIterator<Item = Change<R>>>(changes: I) -> Self {
        Self { changes: changes.into_iter().collect(), initial: None }
    }
}

impl<R> Clone for Update<R> {
    fn clone(&self) -> Self {
        Self { changes: self.changes.clone(), initial: self.initial.clone() }
    }
}

impl<R> fmt::Debug for Update<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.changes).finish()
    }
}
