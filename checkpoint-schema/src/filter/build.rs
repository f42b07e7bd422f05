//! The filters that a field handle makes.

use std::ops::Bound;

use serde_json::Value;

use super::subject::Subject;
use super::{Atom, Filter, Index, Operator, Order};
use crate::field::kind::{self, Collection, Nullish, Ordered, Text};
use crate::field::{
    Direct, Encoding, Field, FieldError, HasDefault, Operand, Path, Placed, Plain, Root, Slot, WithDefault,
    storable,
};

/// # Filters
///
/// Conditions on the field, see [`filter`](crate::filter). Operands go through serde as the field's value
/// does. One that serde refuses to write, and a map key that is no JSON key, are reported by whatever uses
/// the filter.
impl<R, T, S: Slot> Path<R, T, S> {
    /// The stored value equals `value`, as `jsonb`'s `=` has it: a missing field equals nothing. `None` is a
    /// stored `null`.
    pub fn eq(&self, value: impl Operand<T>) -> Filter<R>
    where
        S::Encoding: Encoding<T>,
    {
        atom(self, || Ok(Operator::Equals(operand::<T, S::Encoding, _, _, _>(self, value)?)))
    }

    /// Exactly `!eq`: true where the field is missing, or of another type.
    pub fn ne(&self, value: impl Operand<T>) -> Filter<R>
    where
        S::Encoding: Encoding<T>,
    {
        !self.eq(value)
    }

    /// The stored value equals one of `values`; of none of them nothing does.
    pub fn in_(&self, values: impl IntoIterator<Item = impl Operand<T>>) -> Filter<R>
    where
        S::Encoding: Encoding<T>,
    {
        atom(self, || {
            let values = values.into_iter().map(|value| operand::<T, S::Encoding, _, _, _>(self, value));
            Ok(Operator::OneOf(values.collect::<Result<_, _>>()?))
        })
    }

    /// The stored value is before `value`: a number less than it, or a text that sorts before it by its
    /// bytes.
    pub fn lt(&self, value: impl Operand<T::Itself>) -> Filter<R>
    where
        T: Ordered,
        S: Direct,
    {
        range(self, || Ok((Bound::Unbounded, Bound::Excluded(ordered_operand(self, value)?))))
    }

    /// As [`lt`](Path::lt), or equal.
    pub fn le(&self, value: impl Operand<T::Itself>) -> Filter<R>
    where
        T: Ordered,
        S: Direct,
    {
        range(self, || Ok((Bound::Unbounded, Bound::Included(ordered_operand(self, value)?))))
    }

    /// The stored value is after `value`: a number greater than it, or a text that sorts after it by its
    /// bytes.
    pub fn gt(&self, value: impl Operand<T::Itself>) -> Filter<R>
    where
        T: Ordered,
        S: Direct,
    {
        range(self, || Ok((Bound::Excluded(ordered_operand(self, value)?), Bound::Unbounded)))
    }

    /// As [`gt`](Path::gt), or equal.
    pub fn ge(&self, value: impl Operand<T::Itself>) -> Filter<R>
    where
        T: Ordered,
        S: Direct,
    {
        range(self, || Ok((Bound::Included(ordered_operand(self, value)?), Bound::Unbounded)))
    }

    /// From `low` to `high`, both included; nothing, if `low` is the greater.
    pub fn between(&self, low: impl Operand<T::Itself>, high: impl Operand<T::Itself>) -> Filter<R>
    where
        T: Ordered,
        S: Direct,
    {
        range(self, || {
            let low = ordered_operand(self, low)?;
            Ok((Bound::Included(low), Bound::Included(ordered_operand(self, high)?)))
        })
    }

    /// The stored text begins with `prefix`; every text does with the empty one.
    pub fn starts_with(&self, prefix: &str) -> Filter<R>
    where
        T: Text,
        S: Direct,
    {
        atom(self, || match storable::to_value(prefix) {
            Ok(_) => Ok(Operator::StartsWith(prefix.to_owned())),
            Err(error) => Err(FieldError::unwritable(self.to_string(), error)),
        })
    }

    /// The stored array has an element that equals `item`.
    pub fn contains(&self, item: impl Operand<T::Item>) -> Filter<R>
    where
        T: Collection,
        S: Direct,
        Plain: Encoding<T::Item>,
    {
        atom(self, || Ok(Operator::Contains(operand::<T::Item, Plain, _, _, _>(self, item)?)))
    }

    /// The stored array has an element that equals one of `items`.
    pub fn contains_any(&self, items: impl IntoIterator<Item = impl Operand<T::Item>>) -> Filter<R>
    where
        T: Collection,
        S: Direct,
        Plain: Encoding<T::Item>,
    {
        let none = Filter { fault: self.checked().err(), ..Filter::nothing() };
        items.into_iter().fold(none, |any, item| any | self.contains(item))
    }

    /// JSON `null` is stored, which is how serde writes `None`. A missing field is not null.
    pub fn is_null(&self) -> Filter<R>
    where
        T: Nullish,
        S::Encoding: Encoding<T>,
    {
        atom(self, || Ok(Operator::Equals(Value::Null)))
    }

    /// There is no such key or position in the document; inside [`some`](Path::some) also, if JSON `null` is
    /// stored. Of the whole document: it is absent.
    pub fn is_missing(&self) -> Filter<R>
    where
        S: Placed,
    {
        atom(self, || Ok(Operator::Missing))
    }

    /// Exactly where the field is not [missing](Path::is_missing), whatever is stored there.
    pub fn exists(&self) -> Filter<R>
    where
        S: Placed,
    {
        atom(self, || Ok(Operator::Exists))
    }

    /// The field as serde reads it, for filters: where it is missing, its default stands, as
    /// `#[serde(default)]` of the field or of its container makes it; inside [`some`](Path::some) a stored
    /// `null` counts as missing, here too, while the `Option` itself is `None` there. A missing parent that
    /// has a default of its own has that, and the field is looked for in it.
    ///
    /// The default is part of the SQL, so one that changes, like the time of day, makes another text each
    /// time. The path is good for filters, orders and indexes alone; [`get`](Path::get) reads what is stored.
    pub fn or_default(&self) -> Path<R, T, WithDefault<S>>
    where
        S: HasDefault,
    {
        self.clone().__retype()
    }

    /// From the least to the greatest; documents without the field come last.
    pub fn asc(&self) -> Order<R>
    where
        T: Ordered,
        S: Direct,
    {
        Order::new(Subject::of(self), T::ORDER, false)
    }

    /// From the greatest to the least; documents without the field come last.
    pub fn desc(&self) -> Order<R>
    where
        T: Ordered,
        S: Direct,
    {
        Order::new(Subject::of(self), T::ORDER, true)
    }

    /// A btree index on the field's value: for `eq` and `in_`; for a field of numbers also for comparisons
    /// and [`asc`](Path::asc). Texts are compared in another form, and so have
    /// [`asc().index()`](Order::index) for comparisons.
    ///
    /// The inside of an `Option`, and a field seen through [`or_default`](Path::or_default), are other
    /// expressions than the field itself: the index is for filters on the same path.
    ///
    /// PostgreSQL refuses to store a value longer than about 2,700 bytes in a btree index, and with it the
    /// row.
    pub fn index(&self) -> Index<R>
    where
        S::Encoding: Encoding<T>,
    {
        Index::of_value(Subject::of(self))
    }
}

impl<R: Field> Path<R, R, Root> {
    /// A GIN index (`jsonb_path_ops`) on the whole document: for `eq` and `contains` on any field, without
    /// aliases and array positions on the way to it.
    pub fn document_index(&self) -> Index<R> {
        Index::of_document()
    }
}

fn atom<R, T, S: Slot>(
    path: &Path<R, T, S>,
    operator: impl FnOnce() -> Result<Operator, FieldError>,
) -> Filter<R> {
    Filter::atom(Subject::of(path).and_then(|subject| Ok(Atom { subject, operator: operator()? })))
}

fn range<R, T: Ordered, S: Slot>(
    path: &Path<R, T, S>,
    bounds: impl FnOnce() -> Result<(Bound<Value>, Bound<Value>), FieldError>,
) -> Filter<R> {
    atom(path, || bounds().map(|(low, high)| Operator::Between(low, high, T::ORDER)))
}

fn operand<U, E: Encoding<U>, R, T, S>(
    path: &Path<R, T, S>,
    value: impl Operand<U>,
) -> Result<Value, FieldError> {
    value.encode::<E>().map_err(|error| FieldError::unwritable(path.to_string(), error))
}

/// The JSON of `value`, of the type that the field's order is about.
fn ordered_operand<R, T: Ordered, S: Slot>(
    path: &Path<R, T, S>,
    value: impl Operand<T::Itself>,
) -> Result<Value, FieldError> {
    let value = operand::<T::Itself, Plain, _, _, _>(path, value)?;
    match (T::ORDER, &value) {
        (kind::Order::Number(_), Value::Number(_)) | (kind::Order::Text, Value::String(_)) => Ok(value),
        (order, _) => {
            let wanted = if order == kind::Order::Text { "text" } else { "number" };
            let why = format_args!("serde wrote no {wanted} for the value");
            Err(FieldError::unwritable(path.to_string(), why))
        }
    }
}
