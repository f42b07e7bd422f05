//! The operations as methods of the fields that they make sense for.
//!
//! What a field must be is a bound of the method, not of its `impl`: so the compiler tells it in the words of
//! the trait.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::done::Done;
use super::op::{self, Bound, Calculation, Op};
use super::{Change, Update, word};
use crate::Checkpoint;
use crate::field::kind::{Amount, Collection, List, Merge, Monotonic, Number, Range};
use crate::field::shape::Shape;
use crate::field::{
    Encoding, Entered, Field, FieldError, Mergeable, Operand, Operands, Path, Plain, ReadableWhenMissing,
    Reason, Same, SameEncoding, Settable, Slot, Whole, notation,
};
use crate::stored::marked;

/// The encoding of the slot `S`, if a change can be made there.
pub(super) type EncodingOf<S> = <<S as Settable>::Itself as Slot>::Encoding;

impl<R, T, S> Path<R, T, S> {
    fn change(&self, op: Result<Op, FieldError>) -> Change<R> {
        Change::of(Done::of(self.place(), op))
    }

    fn refuse(&self, reason: Reason) -> FieldError {
        FieldError::new(notation::pointer(&self.place().steps()), reason)
    }
}

impl<R, T, S> Path<R, T, S> {
    /// Sets the field to `value`.
    ///
    /// Where an object on the way is missing, it is made from its serde default; or, where it has none, if the
    /// update sets all that it requires.
    #[inline]
    pub fn set(&self, value: impl Operand<T>) -> Change<R>
    where
        S: Settable,
        EncodingOf<S>: Encoding<T>,
    {
        let value = || value.encode::<EncodingOf<S>>();
        Change::of(Done::by(self.place(), 0, value, word::SET, Op::Set))
    }

    /// Sets the field to `value` where it is missing; inside an `Option`, where it is `null`, too.
    #[inline]
    pub fn set_default(&self, value: impl Operand<T>) -> Change<R>
    where
        S: Settable,
        EncodingOf<S>: Encoding<T>,
    {
        let value = || value.encode::<EncodingOf<S>>();
        Change::of(Done::by(self.place(), 0, value, word::SET_DEFAULT, Op::SetDefault))
    }

    /// Takes the field out of the document: serde reads its default, or `None`, then. Nothing happens where
    /// it, or an object on the way, is missing.
    pub fn unset(&self) -> Change<R>
    where
        S: Settable<Itself: ReadableWhenMissing>,
    {
        self.change(Ok(Op::Unset))
    }

    /// Sets the field to the stored value of another field of the same type. Nothing happens where that one is
    /// missing; serde's default does not count as stored. An object on the way here must be there, or be made
    /// by another change of the update: else [`Reason::Missing`].
    pub fn copy_from<T2: Same<T>, S2>(&self, source: &Path<R, T2, S2>) -> Change<R>
    where
        S: Settable,
        S2: Settable,
        EncodingOf<S2>: SameEncoding<EncodingOf<S>>,
    {
        self.change(source.checked().map(|()| Op::CopyFrom(source.place().to_steps())))
    }

    /// Moves the stored value of another field of the same object and type here. Nothing happens where that
    /// one is missing; [`Reason::Occupied`] where this one is not.
    ///
    /// To follow a renamed field in what is stored, give it `#[serde(alias = "old_name")]` and see
    /// [`rename_from_aliases`](Path::rename_from_aliases).
    pub fn rename_from<T2: Same<T>, S2>(&self, source: &Path<R, T2, S2>) -> Change<R>
    where
        S: Settable,
        S2: Settable<Itself: ReadableWhenMissing>,
        EncodingOf<S2>: SameEncoding<EncodingOf<S>>,
    {
        let (to, from) = (self.place().steps(), source.place().steps());
        let op = match (&*to, &*from) {
            ([to @ .., a], [from @ .., b])
                if to.len() == from.len()
                    && to.iter().zip(from).all(|(a, b)| super::plan::same(a, b))
                    && a.to.key().is_some()
                    && b.to.key().is_some()
                    && !super::plan::same(a, b) =>
            {
                source.checked().map(|()| Op::RenameFrom(source.place().to_steps()))
            }
            // A key that is none is told first.
            _ => source.checked().and_then(|()| {
                Err(self.refuse(Reason::Operand(format!(
                    "`rename_from` moves a value within one object, and {source} is not beside it: use \
                     `copy_from` and `unset`"
                ))))
            }),
        };
        self.change(op)
    }

    /// Moves what stands under one of the field's serde aliases to its name. Every other change of the field
    /// does so, too.
    pub fn rename_from_aliases(&self) -> Change<R>
    where
        S: Settable,
    {
        self.change(Ok(Op::RenameFromAliases))
    }
}

impl<R, T, S> Path<R, T, S> {
    /// Adds `by`, which may be negative. A missing field starts from its serde default; inside an `Option`, and
    /// in an entry of a map, from 0.
    ///
    /// Errors when it is applied or run: [`Reason::WrongType`] if something else than such a number is stored,
    /// [`Reason::OutOfRange`] if the result does not fit, [`Reason::Missing`] if serde requires the field.
    #[inline]
    pub fn increment<A: Amount<T>>(&self, by: A) -> Change<R>
    where
        S: Settable<Itself: Entered>,
    {
        Change::of(Done::calculate(self.place(), Calculation::Add, by.amount(), A::RANGE))
    }

    /// Multiplies by `factor`. A missing field starts from its serde default, and stays missing without one.
    ///
    /// Errors as [`increment`](Path::increment).
    pub fn multiply<A: Amount<T>>(&self, factor: A) -> Change<R>
    where
        S: Settable<Itself: Entered>,
    {
        Change::of(Done::calculate(self.place(), Calculation::Multiply, factor.amount(), A::RANGE))
    }

    /// Sets the number to `value` if that is lesser. A missing field starts from its serde default; without one
    /// it becomes `value`.
    pub fn min(&self, value: impl Operand<T::Itself>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: Number,
    {
        self.bound(Bound::AtMost, value.encode::<Plain>(), T::RANGE)
    }

    /// Sets the number to `value` if that is greater. A missing field as with [`min`](Path::min).
    pub fn max(&self, value: impl Operand<T::Itself>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: Number,
    {
        self.bound(Bound::AtLeast, value.encode::<Plain>(), T::RANGE)
    }

    fn bound(&self, bound: Bound, value: Result<Value, serde_json::Error>, range: Range) -> Change<R> {
        let number = self.written(value).and_then(|value| match value {
            Value::Number(number) => Ok(number),
            other => Err(self.refuse(Reason::Operand(format!("{other} is no number")))),
        });
        self.change(number.map(|number| Op::Bound(bound, number, range)))
    }

    /// Sets the field to `value` unless what is stored is later, or greater: a cursor that never goes back. A
    /// missing field as with [`min`](Path::min).
    ///
    /// Date-times are compared as times, cut off to microseconds, whatever their offsets; without an offset
    /// they are in UTC, never in the session's time zone. A stored text that is none, `infinity` too, is
    /// [`Reason::WrongType`].
    pub fn advance(&self, value: impl Operand<T::Itself>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: Monotonic,
    {
        let value = value.encode::<Plain>();
        if let Some(range) = T::RANGE {
            return self.bound(Bound::AtLeast, value, range);
        }
        self.change(self.written(value).and_then(|value| self.moment(value)))
    }

    #[cfg(feature = "chrono")]
    fn moment(&self, value: Value) -> Result<Op, FieldError> {
        match value {
            Value::String(text) if super::moment::parse(&text).is_some() => Ok(Op::Advance(text)),
            other => {
                Err(self.refuse(Reason::Operand(format!("{other} is no date-time of the years 1 to 9999"))))
            }
        }
    }

    #[cfg(not(feature = "chrono"))]
    fn moment(&self, value: Value) -> Result<Op, FieldError> {
        Err(self.refuse(Reason::Operand(format!("{value} is no number"))))
    }

    /// Appends `item`. A missing list starts from its serde default; inside an `Option`, and in an entry of a
    /// map, from an empty one.
    pub fn push(&self, item: impl Operand<T::Item>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: List<Item: Serialize + DeserializeOwned>,
    {
        let item = self.written_item(item.encode::<Plain>());
        self.change(item.map(|item| Op::Push(vec![item])))
    }

    /// Appends every item, in order. A missing list as with [`push`](Path::push).
    pub fn push_all(&self, items: impl Operands<T::Item>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: List<Item: Serialize + DeserializeOwned>,
    {
        let items: Result<_, _> =
            items.into_iter().map(|item| self.written_item(item.encode::<Plain>())).collect();
        self.change(items.map(Op::Push))
    }

    /// Appends `item` unless the list, or set, holds one that is equal as JSON: `1` and `1.0` are, the order of
    /// keys does not count. A missing list as with [`push`](Path::push).
    #[inline]
    pub fn push_unique(&self, item: impl Operand<T::Item>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: Collection<Item: Serialize + DeserializeOwned>,
    {
        let item = || item.encode::<Plain>();
        Change::of(Done::by(self.place(), 1, item, word::PUSH_UNIQUE, Op::PushUnique))
    }

    /// Appends `item` and keeps the last `cap` elements. A missing list as with [`push`](Path::push). A `cap` of
    /// 0 is [`Reason::Operand`].
    pub fn push_capped(&self, item: impl Operand<T::Item>, cap: usize) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: List<Item: Serialize + DeserializeOwned>,
    {
        let item = self.written_item(item.encode::<Plain>());
        self.change(self.capped(item, cap))
    }

    /// Appends `item` as the newest element, takes away those that are equal to it as JSON, and keeps the last
    /// `cap`. A missing list as with [`push`](Path::push). A `cap` of 0 is [`Reason::Operand`].
    ///
    /// A list that grows by this alone holds nothing twice and is never longer than `cap`. Of the type
    /// [`Processed`](crate::patterns::Processed), it cannot grow otherwise.
    pub fn push_recent(&self, item: impl Operand<T::Item>, cap: usize) -> Update<R>
    where
        S: Settable<Itself: Entered>,
        T: List<Item: Serialize + DeserializeOwned>,
    {
        let item = self.written_item(item.encode::<Plain>());
        Update::from([self.change(item.clone().map(Op::Remove)), self.change(self.capped(item, cap))])
    }

    fn capped(&self, item: Result<Value, FieldError>, cap: usize) -> Result<Op, FieldError> {
        item.and_then(|item| match cap {
            0 => Err(self.refuse(Reason::Operand("a list that is capped at 0 holds nothing".to_owned()))),
            cap => Ok(Op::PushCapped(item, cap)),
        })
    }

    /// Inserts `item` before the element at `index`, counted from 0; at the end, if that is the length.
    /// [`Reason::NoElement`] beyond. A missing list as with [`push`](Path::push).
    pub fn insert_at(&self, index: usize, item: impl Operand<T::Item>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: List<Item: Serialize + DeserializeOwned>,
    {
        let item = self.written_item(item.encode::<Plain>());
        self.change(item.map(|item| Op::InsertAt(index, item)))
    }

    /// Takes away every element that is equal to `item` as JSON. Nothing happens where the list is missing and
    /// its default does not hold it.
    #[inline]
    pub fn remove(&self, item: impl Operand<T::Item>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: Collection<Item: Serialize + DeserializeOwned>,
    {
        let item = || item.encode::<Plain>();
        Change::of(Done::by(self.place(), 1, item, word::REMOVE, Op::Remove))
    }

    /// Takes the last element away, if there is one.
    pub fn pop(&self) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: List,
    {
        self.change(Ok(Op::Pop))
    }
}

impl<R, T, S> Path<R, T, S> {
    /// Writes `value` over the object, key by key.
    ///
    /// - A struct: reading gives `value` afterwards, and keys that the struct does not know stay: those of a
    ///   newer worker, say. Objects inside it are replaced.
    /// - A map: its entries are added, or replaced; the others stay.
    /// - A `serde_json::Value`: a JSON Merge Patch (RFC 7396): objects are merged at every depth, and `null`
    ///   takes a key away.
    ///
    /// Where the object is missing, it is made.
    pub fn merge(&self, value: impl Operand<T::Itself>) -> Change<R>
    where
        S: Mergeable<Itself: Entered>,
        T: Merge<Itself: Serialize + DeserializeOwned> + Field,
        R: Checkpoint,
    {
        let value = self.written(value.encode::<Plain>());
        let value = if self.place().depth() == 0 { value.and_then(marked::<R>) } else { value };
        let op = value.map(|value| match value {
            patch if T::IS_PATCH => Op::Patch(patch),
            Value::Object(keys) => match others(T::SHAPE, &keys) {
                Some(others) => Op::Merge(Box::new(op::Merge { keys, others })),
                None => Op::Set(Value::Object(keys)),
            },
            other => Op::Set(other),
        });
        self.change(op)
    }
}

/// The keys that the type has and `written` has not; `None` for a type that takes every key for its own.
fn others(shape: &'static Shape, written: &serde_json::Map<String, Value>) -> Option<Vec<&'static str>> {
    let Shape::Struct(shape) = shape.resolved() else { return Some(Vec::new()) };
    if !shape.is_closed() {
        return None;
    }
    let mut others = Vec::new();
    shape.each_member(&mut |member, _| {
        let names = std::iter::once(&member.key).chain(member.aliases);
        others.extend(names.filter(|name| !written.contains_key(**name)));
    });
    Some(others)
}

impl<R, T, S> Path<R, T, S> {
    /// Replaces the whole document, whatever it was.
    pub fn replace(&self, value: impl Operand<S::Document>) -> Change<R>
    where
        S: Whole<R, T>,
    {
        let value = self.written(value.encode::<Plain>());
        self.change(value.and_then(marked::<S::Document>).map(Op::Set))
    }
}
