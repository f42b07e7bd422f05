//! Which operations a type takes part in: a *kind* is that knowledge as a trait.
//!
//! Where the field is of another kind, nothing more is to be told: so operands are bound by a type of the kind
//! (`Itself`, `Item`), which is known only then, and their faults stay silent.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The numbers of Rust, as far as documents hold them. The range is that of the type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// An integer type.
    Integer(&'static Integers),
    /// `f32`.
    Single,
    /// `f64`.
    Double,
}

impl Range {
    /// Can `by` be between two integers of the range?
    #[inline(always)]
    pub(crate) fn spans(self, by: i128) -> bool {
        match self {
            Self::Integer(Integers { min, max, .. }) => by.unsigned_abs() <= (max - min).unsigned_abs(),
            Self::Single | Self::Double => false,
        }
    }

    /// Is it an integer of the range?
    #[inline(always)]
    pub(crate) fn has(self, number: Counted) -> bool {
        match (self, number.integer()) {
            (Self::Integer(Integers { min, max, .. }), Some(number)) => *min <= number && number <= *max,
            _ => false,
        }
    }
}

/// The values of an integer type.
#[derive(Debug, PartialEq)]
pub struct Integers {
    /// The least.
    pub min: i128,
    /// The greatest.
    pub max: i128,
    /// The name of the type.
    pub name: &'static str,
    /// Tells the type from the others.
    pub(crate) ordinal: u8,
}

/// A number: fields that can be counted up and compared as numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "this takes a field that holds an integer or a float",
    note = "the inside of an `Option` is reached with `.some()`; a `Timestamp` takes `advance`"
)]
pub trait Number {
    /// The type itself.
    type Itself: Serialize + DeserializeOwned;
    /// What the type can hold.
    const RANGE: Range;
}

macro_rules! integers {
    ($($ordinal:literal $integer:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $integer {
            type Itself = Self;
            // Every value of a type of at most 64 bits is an `i128`.
            const RANGE: Range = Range::Integer(&Integers {
                min: $integer::MIN as i128,
                max: $integer::MAX as i128,
                name: stringify!($integer),
                ordinal: $ordinal,
            });
        }
    )*

        impl Range {
            /// Those of the integer types, by their ordinals.
            pub(crate) const INTEGERS: &[Self] = &[$(<$integer as Number>::RANGE),*];
        }
    };
}

integers!(0 i8 1 i16 2 i32 3 i64 4 isize 5 u8 6 u16 7 u32 8 u64 9 usize);

#[diagnostic::do_not_recommend]
impl Number for f32 {
    type Itself = Self;
    const RANGE: Range = Range::Single;
}

#[diagnostic::do_not_recommend]
impl Number for f64 {
    type Itself = Self;
    const RANGE: Range = Range::Double;
}

/// A list whose elements have an order of their own: what can be appended to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list",
    label = "this takes a field that holds a `Vec`, `VecDeque` or `LinkedList`",
    note = "the inside of an `Option` is reached with `.some()`; a set takes `push_unique` and `remove`"
)]
pub trait List {
    /// What it holds.
    type Item;
}

/// A list or a set: a JSON array of any length.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list and no set",
    label = "this takes a field that holds a list or a set",
    note = "the inside of an `Option` is reached with `.some()`"
)]
pub trait Collection {
    /// What it holds.
    type Item;
}

macro_rules! collections {
    ($([$($generics:tt)*] $collection:ty $(: $list:ident)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Collection for $collection {
            type Item = T;
        }

        $(
            #[diagnostic::do_not_recommend]
            impl<T> $list for $collection {
                type Item = T;
            }
        )?
    )*};
}

collections! {
    [T] Vec<T>: List;
    [T] VecDeque<T>: List;
    [T] LinkedList<T>: List;
    [T] Box<[T]>: List;
    [T] BTreeSet<T>;
    [T, H] HashSet<T, H>;
}

/// A number to count a field of type `T` up by, or to multiply it with: any integer type for integers, any
/// number for floats.
#[diagnostic::on_unimplemented(
    message = "a field that holds `{T}` cannot be counted by `{Self}`",
    label = "an integer is counted by integers, a float by any number, and nothing else is counted",
    note = "the inside of an `Option` is reached with `.some()`; a `Timestamp` takes `advance`"
)]
pub trait Amount<T> {
    /// What the field can hold.
    const RANGE: Range;

    /// The amount as a number that loses nothing.
    fn amount(self) -> Counted;
}

/// What an [`Amount`] is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Counted {
    /// For integers: what is below 0.
    Negative(i64),
    /// For integers, from 0.
    Natural(u64),
    /// For floats.
    Float(f64),
}

impl Counted {
    /// The integer, if it is one.
    #[inline(always)]
    pub(crate) fn integer(self) -> Option<i128> {
        match self {
            Self::Negative(by) => Some(by.into()),
            Self::Natural(by) => Some(by.into()),
            Self::Float(_) => None,
        }
    }
}

macro_rules! amounts {
    (@of $amount:ident: $($field:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Amount<$field> for $amount {
            const RANGE: Range = <$field as Number>::RANGE;

            #[expect(clippy::allow_attributes, reason = "for some of the types they are no casts")]
            #[allow(clippy::unnecessary_cast, clippy::cast_lossless, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
            #[allow(unused_comparisons)]
            #[inline]
            fn amount(self) -> Counted {
                // The type has at most 64 bits.
                if self < 0 { Counted::Negative(self as i64) } else { Counted::Natural(self as u64) }
            }
        }
    )*};
    (integers: $($amount:ident)*) => {$(
        amounts!(@of $amount: i8 i16 i32 i64 isize u8 u16 u32 u64 usize);
        amounts!(floats: $amount);
    )*};
    (floats: $($amount:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Amount<f64> for $amount {
            const RANGE: Range = Range::Double;

            #[expect(clippy::allow_attributes, reason = "for one of the types it is no cast")]
            #[allow(clippy::unnecessary_cast, clippy::cast_precision_loss, clippy::cast_lossless)]
            fn amount(self) -> Counted {
                Counted::Float(self as f64)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Amount<f32> for $amount {
            const RANGE: Range = Range::Single;

            #[expect(clippy::allow_attributes, reason = "for one of the types it is no cast")]
            #[allow(clippy::unnecessary_cast, clippy::cast_precision_loss, clippy::cast_lossless)]
            fn amount(self) -> Counted {
                Counted::Float(self as f64)
            }
        }
    )*};
}

amounts!(integers: i8 i16 i32 i64 isize u8 u16 u32 u64 usize);
amounts!(floats: f32 f64);

/// A type whose values follow one another: what `advance` never sets back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not advance",
    label = "this takes a field that holds a number, a `Timestamp` or chrono's `DateTime`",
    note = "the inside of an `Option` is reached with `.some()`"
)]
pub trait Monotonic {
    /// The type itself.
    type Itself: Serialize + DeserializeOwned;
    /// How: as numbers of the range, or as date-times.
    const RANGE: Option<Range>;
}

macro_rules! monotonic {
    ($($number:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Monotonic for $number {
            type Itself = Self;
            const RANGE: Option<Range> = Some(<Self as Number>::RANGE);
        }
    )*};
}

// One by one: of what is none, an implementation for every `Number` would tell that it is no number.
monotonic!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64);

#[cfg(feature = "chrono")]
#[diagnostic::do_not_recommend]
impl Monotonic for crate::Timestamp {
    type Itself = Self;
    const RANGE: Option<Range> = None;
}

#[cfg(feature = "chrono")]
#[diagnostic::do_not_recommend]
impl<Tz: chrono::TimeZone> Monotonic for chrono::DateTime<Tz>
where
    Self: Serialize + DeserializeOwned,
{
    type Itself = Self;
    const RANGE: Option<Range> = None;
}

/// A type whose JSON is an object that can be merged: a struct, a map, or any JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be merged",
    label = "this takes a field that holds a struct, a map or a `serde_json::Value`",
    note = "the inside of an `Option` is reached with `.some()`; anything is replaced with `set`"
)]
pub trait Merge {
    /// The type itself.
    type Itself;
    /// Is it merged as a JSON Merge Patch (RFC 7396), and not as an object of fields or entries?
    const IS_PATCH: bool = false;
}

#[diagnostic::do_not_recommend]
impl<K, V> Merge for BTreeMap<K, V> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<K, V, H> Merge for HashMap<K, V, H> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl Merge for serde_json::Value {
    type Itself = Self;
    const IS_PATCH: bool = true;
}

/// How a value's order is that of its JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// As numbers, of which a field holds those of the range.
    Number(Range),
    /// As texts, by their bytes in UTF-8.
    Text,
}

/// A type whose order the stored JSON has, too: what can be compared, and sorted by.
#[diagnostic::on_unimplemented(
    message = "the stored form of `{Self}` has no order",
    label = "only numbers, texts and `Timestamp` can be compared with `lt`, `le`, `gt`, `ge` and `between`",
    note = "the inside of an `Option` is reached with `.some()`"
)]
pub trait Ordered {
    /// The type itself.
    type Itself: Serialize + DeserializeOwned;
    /// How.
    const ORDER: Order;
}

macro_rules! ordered {
    ($order:expr => $($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Ordered for $type {
            type Itself = Self;
            const ORDER: Order = $order;
        }
    )*};
}

// One by one, as for `Monotonic`.
ordered!(Order::Number(<Self as Number>::RANGE) => i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64);
ordered!(Order::Text => String Box<str> char);
// Written in one spelling of fixed width.
#[cfg(feature = "chrono")]
ordered!(Order::Text => crate::Timestamp);

/// A text: what can begin with another.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "only a field that holds a `String` or `Box<str>` begins with a text",
    note = "the inside of an `Option` is reached with `.some()`"
)]
pub trait Text {}

#[diagnostic::do_not_recommend]
impl Text for String {}

#[diagnostic::do_not_recommend]
impl Text for Box<str> {}

/// A type one of whose values is stored as JSON `null`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is never stored as `null`",
    label = "only an `Option`, or a `serde_json::Value`, can be null",
    note = "inside `.some()` a null counts as missing: ask `is_missing()`"
)]
pub trait Nullish {}

#[diagnostic::do_not_recommend]
impl<T> Nullish for Option<T> {}

#[diagnostic::do_not_recommend]
impl Nullish for serde_json::Value {}
