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
mod done;
mod edit;
mod expressions;
mod guard;
#[cfg(feature = "chrono")]
mod moment;
mod op;
mod params;
mod plain;
mod plan;
mod render;
mod word;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use self::cache::{About, Around};
use self::done::{Done, Else};
use self::edit::{Edit, Shown};
pub(crate) use self::guard::Guard;
use self::params::Binder;
use self::plain::Plain;
use self::plan::Plan;
use crate::Checkpoint;
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

impl<R> Change<R> {
    #[inline(always)]
    fn of(done: Done) -> Self {
        Self { done, checkpoint: PhantomData }
    }

    fn refused(error: FieldError) -> Self {
        Self::of(Done::Else(Box::new(Else::Refused(error))))
    }
}

impl<R> Clone for Change<R> {
    fn clone(&self) -> Self {
        Self { done: self.done.clone(), checkpoint: PhantomData }
    }
}

impl<R> fmt::Debug for Change<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.done.fmt(f)
    }
}

/// Changes of one document, in order.
#[must_use = "an update does nothing by itself: apply it, or make a statement of it"]
pub struct Update<R> {
    /// All of it, where the other is `None`; else empty.
    plain: Plain,
    full: Option<Box<Full>>,
    checkpoint: PhantomData<fn() -> R>,
}

/// An update with more to it than plain changes.
#[derive(Clone, Default)]
struct Full {
    edits: Vec<Edit>,
    initial: Option<Value>,
    /// The first error of a change, or of the initial document. Whoever uses the update reports it.
    fault: Option<FieldError>,
}

impl<R> Update<R> {
    /// Do the changes come to nothing, whatever is stored?
    pub fn is_empty(&self) -> bool {
        match &self.full {
            None => self.plain.is_empty(),
            Some(full) => full.edits.is_empty() && full.initial.is_none() && full.fault.is_none(),
        }
    }

    /// The same, and then `change`.
    pub fn and(mut self, change: Change<R>) -> Self {
        self.push(change);
        self
    }

    /// The same, and then all the changes of `others`. Of two documents to [insert](Update::or_insert), the first
    /// is kept.
    pub fn and_all(mut self, others: impl Into<Self>) -> Self {
        let Self { plain, full: others, .. } = others.into();
        for one in plain.into_ones() {
            self.push(Change::of(Done::Plain(one)));
        }
        if let Some(others) = others {
            let full = self.full();
            full.edits.extend(others.edits);
            full.initial = full.initial.take().or(others.initial);
            full.fault = full.fault.take().or(others.fault);
        }
        self
    }

    #[inline]
    fn with_room(changes: usize) -> Self {
        Self { plain: Plain::with_room(changes), full: None, checkpoint: PhantomData }
    }

    fn push(&mut self, mut change: Change<R>) {
        self.take(std::slice::from_mut(&mut change));
    }

    /// Takes what the changes hold; they are not moved as a whole, which would be slower. Were all of them plain, so
    /// that nothing is left of them?
    #[inline(never)]
    fn take(&mut self, changes: &mut [Change<R>]) -> bool {
        let mut all_plain = true;
        for Change { done, .. } in changes {
            match done {
                Done::Plain(one) if self.full.is_none() && self.plain.takes(one) => self.plain.take(one),
                done => {
                    all_plain = false;
                    self.full().take(done);
                }
            }
        }
        all_plain
    }

    /// With room for everything.
    fn full(&mut self) -> &mut Full {
        let plain = &mut self.plain;
        self.full.get_or_insert_with(|| {
            let edits = std::mem::take(plain).edits();
            Box::new(Full { edits, ..Full::default() })
        })
    }

    fn edits(&self) -> Cow<'_, [Edit]> {
        match &self.full {
            None => Cow::Owned(self.plain.edits()),
            Some(full) => Cow::Borrowed(&full.edits),
        }
    }

    /// The places of the changes, as JSON Pointers.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.edits().iter().map(|Edit { steps, .. }| notation::pointer(steps)).collect()
    }
}

impl Full {
    fn take(&mut self, done: &mut Done) {
        match done {
            Done::Plain(one) => self.edits.extend(one.edit()),
            Done::Else(other) => match std::mem::replace(&mut **other, Else::Taken) {
                Else::Edit(edit) => self.edits.push(edit),
                Else::Refused(error) => self.fail(error),
                Else::Taken => {}
            },
        }
    }

    fn fail(&mut self, error: FieldError) {
        self.fault.get_or_insert(error);
    }
}

impl<R: Checkpoint> Update<R> {
    /// Where the document is absent (SQL NULL or JSON `null`), the changes start from `initial`.
    pub fn or_insert(mut self, initial: &R) -> Self {
        match initial.to_document() {
            Ok(initial) => self.full().initial = Some(initial),
            Err(error) => self.full().fail(error),
        }
        self
    }

    /// The document after the changes. `null` stands for a document that is absent, before and after.
    ///
    /// # Errors
    ///
    /// The one that PostgreSQL would raise for the same document, or that an operand cannot be stored.
    pub fn apply(&self, document: &Value) -> Result<Value, FieldError> {
        self.plan(Guard::of::<R>(), &self.edits())?.apply(document)
    }

    /// The changes as an SQL expression, for people who write the statement themselves: `UPDATE … SET
    /// checkpoint_data = <expression>`. `column` is the document, itself an SQL expression, and goes into the
    /// text as it stands. No value and no map key is in the text; it depends on values only where their kind
    /// decides what is done: a merge follows the keys of its operand, `push_unique` tells scalars from others,
    /// numbers beyond `bigint` are bound as text, and an amount that the type does not hold makes nothing of nothing.
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
        let edits = self.edits();
        let plan = self.plan(Guard::of_layout(key, version), &edits)?;
        let text = plan.render(column, &mut Binder::new(&mut sql, &edits));
        sql.push(&text);
        Ok(sql.into())
    }

    /// The expression, written anew though its text may be known: for tests.
    #[doc(hidden)]
    pub fn __expression_anew(&self, column: &str) -> Result<Statement, FieldError> {
        let Written { text, params, .. } = self.written(None, |changed| changed.render(column))?;
        Ok(Statement::new(text.into(), params))
    }

    /// The statement that `write` makes of the changes, with parameters after the `leading` one. Where the
    /// text is known it is not written again: it is decided by the changes, by the type of the document, and by
    /// `around` and `kind`, which the caller must have stand for everything else. The update is used up.
    #[inline]
    pub(crate) fn statement(
        &mut self,
        around: &str,
        kind: usize,
        leading: Option<Param>,
        write: impl Fn(&mut Changed) -> String,
    ) -> Result<Statement, FieldError> {
        let around = Around { about: const { &About::of::<R>() }, text: around, kind };
        match &mut self.full {
            None => {
                if let Some(text) = cache::of_plain(&self.plain, &around) {
                    let mut params = std::mem::take(&mut self.plain.params);
                    if let Some(leading) = leading {
                        params.insert(0, leading);
                    }
                    return Ok(Statement::new(Cow::Borrowed(text), params));
                }
            }
            Some(full) => {
                if let (None, None) = (&full.initial, &full.fault)
                    && let Some((text, params)) = cache::known(&mut full.edits, &around, &leading)
                {
                    return Ok(Statement::new(Cow::Borrowed(text), params));
                }
            }
        }
        let Written { text, params, numbering } = self.written(leading, write)?;
        let text = match numbering {
            Numbering::Plain => cache::keep_plain(&self.plain, &around, text),
            Numbering::Traced(origins) => cache::keep(&self.edits(), &around, text, origins),
            Numbering::Own => text.into(),
        };
        Ok(Statement::new(text, params))
    }

    #[inline(never)]
    fn written(
        &self,
        leading: Option<Param>,
        write: impl Fn(&mut Changed) -> String,
    ) -> Result<Written, FieldError> {
        let edits = self.edits();
        let plan = self.plan(Guard::of::<R>(), &edits)?;
        let leading: Vec<Param> = leading.into_iter().collect();
        if self.full.is_none() {
            let mut sql = Sql { text: String::new(), params: leading.clone() };
            let mut changed =
                Changed { plan: &plan, binder: Binder::numbered(&mut sql, &edits, &self.plain) };
            let text = write(&mut changed);
            let is_plain = changed.binder.is_as_numbered();
            debug_assert!(is_plain, "{text}");
            if is_plain {
                return Ok(Written { text, params: sql.params, numbering: Numbering::Plain });
            }
        }
        let mut sql = Sql { text: String::new(), params: leading };
        let mut changed = Changed { plan: &plan, binder: Binder::new(&mut sql, &edits) };
        let text = write(&mut changed);
        let numbering = match (changed.binder.into_origins(), &self.full) {
            (Some(origins), Some(full)) if full.initial.is_none() => Numbering::Traced(origins),
            _ => Numbering::Own,
        };
        Ok(Written { text, params: sql.params, numbering })
    }

    /// The same, with parameters after those that `sql` has.
    pub(crate) fn render(&self, column: &str, sql: &mut Sql) -> Result<String, FieldError> {
        let edits = self.edits();
        Ok(self.plan(Guard::of::<R>(), &edits)?.render(column, &mut Binder::new(sql, &edits)))
    }

    fn plan<'a>(&'a self, guard: Guard, edits: &'a [Edit]) -> Result<Plan<'a>, FieldError> {
        let full = self.full.as_deref();
        if let Some(error) = full.and_then(|full| full.fault.as_ref()) {
            return Err(error.clone());
        }
        guard.is_kept(edits)?;
        Plan::new(|| R::SHAPE, guard, edits, full.and_then(|full| full.initial.as_ref()))
    }
}

/// A statement that is new.
struct Written {
    text: String,
    params: Vec<Param>,
    numbering: Numbering,
}

/// Which parameters the text has.
enum Numbering {
    /// Those of the plain changes, in their order.
    Plain,
    /// Those that come from there.
    Traced(Vec<params::Origin>),
    /// Others, too: the text is of no use for another update.
    Own,
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

    /// How many parameters there are, once the changes are rendered.
    pub(crate) fn params(&self) -> usize {
        self.binder.sql.params.len()
    }
}

impl<R> FromIterator<Change<R>> for Update<R> {
    fn from_iter<I: IntoIterator<Item = Change<R>>>(changes: I) -> Self {
        let changes = changes.into_iter();
        let mut update = Self::with_room(changes.size_hint().0);
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
    #[inline(always)]
    fn from(mut changes: [Change<R>; N]) -> Self {
        let mut update = Self::with_room(N);
        if update.take(&mut changes) {
            std::mem::forget(changes);
        }
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
        Self { plain: self.plain.clone(), full: self.full.clone(), checkpoint: PhantomData }
    }
}

impl<R> fmt::Debug for Update<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Full { fault: Some(error), .. }) = self.full.as_deref() {
            return write!(f, "{error}");
        }
        f.debug_list().entries(self.edits().iter().map(Shown)).finish()
    }
}
