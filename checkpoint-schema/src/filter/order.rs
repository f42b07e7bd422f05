//! The order of documents by a field.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use super::Index;
use super::render::ordered;
use super::subject::Subject;
use crate::field::{FieldError, kind};
use crate::json::compare_numbers;

/// Sorts the documents of the checkpoint `R` by a field: [`asc`](crate::Path::asc) and
/// [`desc`](crate::Path::desc).
///
/// Numbers sort by value, texts by their bytes in UTF-8. Documents without the field come last, either way.
/// So do those that hold no text where the field is one. Where the field is a number, a value of another type
/// stands where `jsonb` puts it: empty arrays, `null` and strings before all numbers, booleans, other arrays
/// and objects after them; only how these sort among themselves may differ between PostgreSQL and
/// [`compare`](Order::compare). The filter [`exists`](crate::Path::exists), or a comparison, leaves such rows
/// out.
#[must_use = "an order does nothing until it is used"]
pub struct Order<R> {
    by: Result<(Subject, kind::Order), FieldError>,
    descending: bool,
    document: PhantomData<fn() -> R>,
}

impl<R> Order<R> {
    pub(super) fn new(subject: Result<Subject, FieldError>, order: kind::Order, descending: bool) -> Self {
        Self { by: subject.map(|subject| (subject, order)), descending, document: PhantomData }
    }

    /// Which of two documents comes first.
    ///
    /// # Errors
    ///
    /// [`Reason::Key`](crate::field::Reason::Key) if a map key on the way to the field is no JSON key.
    pub fn compare(&self, left: &Value, right: &Value) -> Result<Ordering, FieldError> {
        let (subject, order) = self.by.as_ref().map_err(Clone::clone)?;
        let value = |document| {
            subject.find(document).filter(|value| *order != kind::Order::Text || value.is_string())
        };
        Ok(match (value(left), value(right)) {
            (Some(left), Some(right)) if self.descending => compare_values(right, left),
            (Some(left), Some(right)) => compare_values(left, right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        })
    }

    /// What stands in `ORDER BY`, on `column`, an expression ready for SQL.
    pub(crate) fn render(&self, column: &str) -> Result<String, FieldError> {
        let (subject, order) = self.by.as_ref().map_err(Clone::clone)?;
        let direction = if self.descending { "DESC" } else { "ASC" };
        Ok(format!("{} {direction} NULLS LAST", ordered(subject, *order, column)))
    }

    /// A btree index in this order: for sorting by it and for comparisons, `between` and `starts_with`. What
    /// sorts by more fields than one uses it for the first.
    ///
    /// PostgreSQL refuses to store a value longer than about 2,700 bytes in a btree index, and with it the
    /// row.
    pub fn index(&self) -> Index<R> {
        Index::of_order(self.by.clone(), self.descending)
    }
}

/// By type as `jsonb` has it, then numbers by value and texts by bytes.
fn compare_values(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (left, right) => rank(left).cmp(&rank(right)),
    }
}

/// PostgreSQL's manual, 8.14.4; an empty array is below all, "for historical reasons".
fn rank(value: &Value) -> u8 {
    match value {
        Value::Array(items) if items.is_empty() => 0,
        Value::Null => 1,
        Value::String(_) => 2,
        Value::Number(_) => 3,
        Value::Bool(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    }
}

impl<R> Clone for Order<R> {
    fn clone(&self) -> Self {
        Self { by: self.by.clone(), descending: self.descending, document: PhantomData }
    }
}

/// The SQL on a column `document`.
impl<R> fmt::Debug for Order<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.render("document") {
            Ok(sql) => f.debug_tuple("Order").field(&sql).finish(),
            Err(fault) => f.debug_tuple("Order").field(&fault).finish(),
        }
    }
}
