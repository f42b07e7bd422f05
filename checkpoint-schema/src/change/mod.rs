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
//! - A document of another version than the type's is an error. From version 2 on, a document that is made
//!   states its version.

mod apply;
mod between;
mod build;
mod cache;
mod edit;
mod expressions;
mod guard;
#[cfg(feature = "chrono")]
mod moment;
mod op;
mod params;
mod plan;
mod render;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value;
use smallvec::SmallVec;

use self::cache::{About, Around};
use self::edit::Edit;
pub(crate) use self::guard::Guard;
use self::op::Op;
use self::params::Binder;
use self::plan::Plan;
use crate::Checkpoint;
use crate::field::step::Place;
use crate::field::{FieldError, notation};
use crate::sql::{Param, Sql};
use crate::statement::Statement;

/// One operation on one field of the checkpoint `R`: what the methods of [`Path`](crate::Path) give.
///
/// It keeps the error of an operand that cannot be stored, and whoever uses it reports that.
#[must_use = "a change does nothing by itself: make an `Update` of it"]
pub struct Change<R> {
    done: Done,
    checkpoint: PhantomData<fn() -> R>,
}

/// Of one layout for both, so that it is moved as a whole.
#[derive(Clone)]
#[repr(usize)]
enum Done {
    Edit(Edit),
    // Boxed, since a change is moved about, and seldom an error.
    Refused(Box<FieldError>),
}

impl<R> Change<R> {
    #[inline(always)]
    fn new(place: &Place, op: Op) -> Self {
        Self { done: Done::Edit(Edit::new(place.clone(), op)), checkpoint: PhantomData }
    }

    fn refused(error: Box<FieldError>) -> Self {
        Self { done: Done::Refused(error), checkpoint: PhantomData }
    }
}

impl<R> Clone for Change<R> {
    fn clone(&self) -> Self {
        Self { done: self.done.clone(), checkpoint: PhantomData }
    }
}

impl<R> fmt::Debug for Change<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.done {
            Done::Edit(change) => Shown(change).fmt(f),
            Done::Refused(error) => write!(f, "{error}"),
        }
    }
}

/// Changes of one document, in order.
#[must_use = "an update does nothing by itself: apply it, or make a statement of it"]
pub struct Update<R> {
    changes: SmallVec<[Edit; 4]>,
    initial: Option<Value>,
    /// The first error of a change, or of the initial document. Whoever uses the update reports it.
    fault: Option<Box<FieldError>>,
    checkpoint: PhantomData<fn() -> R>,
}

impl<R> Update<R> {
    /// Do the changes come to nothing, whatever is stored?
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.initial.is_none() && self.fault.is_none()
    }

    /// The same, and then `change`.
    pub fn and(mut self, change: Change<R>) -> Self {
        self.push(change);
        self
    }

    /// The same, and then all the changes of `others`. Of two documents to [insert](Update::or_insert), the first
    /// is kept.
    pub fn and_all(mut self, others: impl Into<Self>) -> Self {
        let others = others.into();
        self.changes.extend(others.changes);
        self.initial = self.initial.or(others.initial);
        self.fault = self.fault.or(others.fault);
        self
    }

    fn empty() -> Self {
        Self { changes: SmallVec::new(), initial: None, fault: None, checkpoint: PhantomData }
    }

    #[inline]
    fn push(&mut self, change: Change<R>) {
        match change.done {
            Done::Edit(change) => self.changes.push(change),
            Done::Refused(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: Box<FieldError>) {
        self.fault.get_or_insert(error);
    }

    /// The places of the changes, as JSON Pointers.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.changes.iter().map(|Edit { place, .. }| notation::pointer(place.steps())).collect()
    }

    fn checked(&self) -> Result<(), FieldError> {
        self.fault.as_ref().map_or(Ok(()), |error| Err((**error).clone()))
    }
}

impl<R: Checkpoint> Update<R> {
    /// Where the document is absent (SQL NULL or JSON `null`), the changes start from `initial`.
    pub fn or_insert(mut self, initial: &R) -> Self {
        match initial.to_document() {
            Ok(initial) => self.initial = Some(initial),
            Err(error) => self.fail(Box::new(error)),
        }
        self
    }

    /// The document after the changes. `null` stands for a document that is absent, before and after.
    ///
    /// # Errors
    ///
    /// The one that PostgreSQL would raise for the same document, or that an operand cannot be stored.
    pub fn apply(&self, document: &Value) -> Result<Value, FieldError> {
        self.plan(Guard::of::<R>())?.apply(document)
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
    pub fn expression(mut self, column: &str) -> Result<Statement, FieldError> {
        self.statement(column, 0, None, |changed| changed.render(column))
    }

    /// The expression for documents of another type's version: for the tool, which has layouts without types.
    #[doc(hidden)]
    pub fn __expression_of_version(
        &self,
        column: &str,
        (key, version): (&'static str, u32),
    ) -> Result<Statement, FieldError> {
        let mut sql = Sql::default();
        let plan = self.plan(Guard::of_layout(key, version))?;
        let text = plan.render(column, &mut Binder::new(&mut sql, &self.changes));
        sql.push(&text);
        Ok(sql.into())
    }

    /// The statement that `write` makes of the changes, with parameters after the `leading` one. Where the
    /// text is known it is not written again: it is decided by the changes, by the type of the document, and by
    /// `around` and `kind`, which the caller must have stand for everything else.
    pub(crate) fn statement(
        &mut self,
        around: &str,
        kind: usize,
        leading: Option<Param>,
        write: impl FnOnce(&mut Changed) -> String,
    ) -> Result<Statement, FieldError> {
        let around = Around { about: const { &About::of::<R>() }, text: around, kind };
        let is_plain = self.fault.is_none() && self.initial.is_none();
        let mut params = Vec::new();
        if is_plain && let Some(text) = cache::known(&mut self.changes, &around, &leading, &mut params) {
            return Ok(Statement::new(text, params));
        }
        let plan = self.plan(Guard::of::<R>())?;
        let mut sql = Sql { text: String::new(), params: leading.into_iter().collect() };
        let mut changed = Changed { plan: &plan, binder: Binder::new(&mut sql, &self.changes) };
        let text: Arc<str> = write(&mut changed).into();
        let Binder { origins, is_known, .. } = changed.binder;
        if is_plain && is_known {
            cache::keep(&self.changes, &around, &text, origins);
        }
        Ok(Statement::new(text, sql.params))
    }

    /// The same, with parameters after those that `sql` has.
    pub(crate) fn render(&self, column: &str, sql: &mut Sql) -> Result<String, FieldError> {
        Ok(self.plan(Guard::of::<R>())?.render(column, &mut Binder::new(sql, &self.changes)))
    }

    fn plan(&self, guard: Guard) -> Result<Plan<'_>, FieldError> {
        self.checked()?;
        guard.is_kept(&self.changes)?;
        Plan::new(|| R::SHAPE, guard, &self.changes, self.initial.as_ref())
    }
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

    /// How many parameters there are so far.
    pub(crate) fn params(&self) -> usize {
        self.binder.sql.params.len()
    }
}

impl<R> FromIterator<Change<R>> for Update<R> {
    fn from_iter<I: IntoIterator<Item = Change<R>>>(changes: I) -> Self {
        let changes = changes.into_iter();
        let mut update = Self::empty();
        update.changes.reserve(changes.size_hint().0);
        changes.for_each(|change| update.push(change));
        update
    }
}

impl<R> From<Change<R>> for Update<R> {
    fn from(change: Change<R>) -> Self {
        Self::from([change])
    }
}

impl<R, const N: usize> From<[Change<R>; N]> for Update<R> {
    #[inline]
    fn from(changes: [Change<R>; N]) -> Self {
        let mut update = Self::empty();
        changes.into_iter().for_each(|change| update.push(change));
        update
    }
}

impl<R> From<Vec<Change<R>>> for Update<R> {
    fn from(changes: Vec<Change<R>>) -> Self {
        changes.into_iter().collect()
    }
}

impl<R> Clone for Update<R> {
    fn clone(&self) -> Self {
        Self {
            changes: self.changes.clone(),
            initial: self.initial.clone(),
            fault: self.fault.clone(),
            checkpoint: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Update<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = &self.fault {
            return write!(f, "{error}");
        }
        f.debug_list().entries(self.changes.iter().map(Shown)).finish()
    }
}

/// A change for people.
struct Shown<'a>(&'a Edit);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Edit { place, op, .. } = self.0;
        write!(f, "{}: {op:?}", notation::pointer(place.steps()))
    }
}
