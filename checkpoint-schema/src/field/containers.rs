//! Types that hold other fields: `Option`, pointers, sequences, maps, tuples.

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use super::Field;
use super::json_key::json_key;
use super::path::Path;
use super::shape::{Blank, Keys, Shape, ShapeOf};
use super::slot::{Element, Entered, Entry, Nullable, Optional, Required};
use super::step::To;
use serde::Serialize;

impl<T: Field> Field for Option<T> {
    type Bare = Optional;
    type Handle<R, S> = Path<R, Self, S>;
    const SHAPE: &'static Shape = &Shape::Same(ShapeOf::field::<T>());
    const __KEYS: &'static Keys = T::__KEYS;
    const __BLANK: Option<Blank> = Some(Blank::Null);

    fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S> {
        path
    }
}

impl<R, T: Field, S: Entered> Path<R, Option<T>, S> {
    /// The value inside the `Option`: the same place, where a stored `null` counts as missing.
    pub fn some(&self) -> T::Handle<R, Nullable<S>> {
        T::handle(self.entered())
    }
}

/// Pointers are written as what they point to: the same handle, no step.
macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        impl<T: Field> Field for $pointer<T> {
            type Bare = T::Bare;
            type Handle<R, S> = T::Handle<R, S>;
            const SHAPE: &'static Shape = &Shape::Same(ShapeOf::field::<T>());
            const __KEYS: &'static Keys = T::__KEYS;
            const __BLANK: Option<Blank> = T::__BLANK;

            fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S> {
                T::handle(path.retype())
            }
        }
    )*};
}

pointers!(Box Rc Arc);

impl<T: ToOwned + ?Sized> Field for Cow<'_, T>
where
    T::Owned: Field,
{
    type Bare = <T::Owned as Field>::Bare;
    type Handle<R, S> = <T::Owned as Field>::Handle<R, S>;
    const SHAPE: &'static Shape = &Shape::Same(ShapeOf::field::<T::Owned>());
    const __KEYS: &'static Keys = <T::Owned as Field>::__KEYS;
    const __BLANK: Option<Blank> = <T::Owned as Field>::__BLANK;

    fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S> {
        <T::Owned as Field>::handle(path.retype())
    }
}

/// Sequences are JSON arrays; those that serde reads back in order have positions.
macro_rules! sequences {
    ($([$($generics:tt)*] $sequence:ty: $blank:expr;)*) => {$(
        impl<$($generics)*> Field for $sequence {
            type Bare = Required;
            type Handle<R, S> = Path<R, Self, S>;
            const SHAPE: &'static Shape = &Shape::Sequence(ShapeOf::field::<T>());
            const __BLANK: Option<Blank> = $blank;

            fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S> {
                path
            }
        }
    )*};
}

sequences! {
    [T: Field] Vec<T>: Some(Blank::Array);
    [T: Field] VecDeque<T>: Some(Blank::Array);
    [T: Field] LinkedList<T>: Some(Blank::Array);
    [T: Field] Box<[T]>: Some(Blank::Array);
    [T: Field, const N: usize] [T; N]: None;
    [T: Field] BTreeSet<T>: Some(Blank::Array);
    [T: Field, H] HashSet<T, H>: Some(Blank::Array);
    [T: Field] BinaryHeap<T>: Some(Blank::Array);
}

macro_rules! positions {
    ($([$($generics:tt)*] $sequence:ty;)*) => {$(
        impl<R, T: Field, S: Entered, $($generics)*> Path<R, $sequence, S> {
            /// The element at `index`, counted from 0. One of 2^31 or more, which no `jsonb` array has, is
            /// reported by whatever uses the path.
            pub fn at(&self, index: usize) -> T::Handle<R, Element> {
                T::handle(self.step(match i32::try_from(index) {
                    Ok(_) => To::Index(index, || T::SHAPE),
                    Err(_) => To::Fault(format!("no `jsonb` array has an element {index}").into()),
                }))
            }
        }
    )*};
}

positions! {
    [] Vec<T>;
    [] VecDeque<T>;
    [] LinkedList<T>;
    [] Box<[T]>;
    [const N: usize] [T; N];
}

/// Maps are JSON objects.
macro_rules! maps {
    ($([$($generics:tt)*] $map:ty;)*) => {$(
        impl<K, V: Field, $($generics)*> Field for $map {
            type Bare = Required;
            type Handle<R, S> = Path<R, Self, S>;
            const SHAPE: &'static Shape = &Shape::Map(ShapeOf::field::<V>());
            const __BLANK: Option<Blank> = Some(Blank::Object);

            fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S> {
                path
            }
        }

        impl<R, K, V: Field, S: Entered, $($generics)*> Path<R, $map, S> {
            /// The entry of `key`, spelled as serde spells the key: strings, integers, booleans, unit
            /// variants and newtypes of those. Any other key, and one with U+0000, is reported by whatever
            /// uses the path.
            pub fn key<Q>(&self, key: &Q) -> V::Handle<R, Entry>
            where
                K: Borrow<Q>,
                Q: Serialize + ?Sized,
            {
                V::handle(self.step(match json_key(key) {
                    Ok(key) => To::Key(key, || V::SHAPE),
                    Err(why) => To::Fault(why),
                }))
            }
        }
    )*};
}

maps! {
    [] BTreeMap<K, V>;
    [H] HashMap<K, V, H>;
}

/// Tuples are JSON arrays of fixed length.
macro_rules! tuples {
    ($(($($type:ident $accessor:ident $position:literal),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($type: Field),+> Field for ($($type,)+) {
            type Bare = Required;
            type Handle<R, S> = Path<R, Self, S>;
            const SHAPE: &'static Shape = &Shape::Tuple(&[$(ShapeOf::field::<$type>()),+]);

            fn handle<R, S>(path: Path<R, Self, S>) -> Self::Handle<R, S> {
                path
            }
        }

        impl<R, Slot: Entered, $($type: Field),+> Path<R, ($($type,)+), Slot> {
            $(
                #[doc = concat!("Element ", $position, " of the tuple.")]
                pub fn $accessor(&self) -> $type::Handle<R, Element> {
                    $type::handle(self.step(To::Index($position, || $type::SHAPE)))
                }
            )+
        }
    )*};
}

tuples! {
    (A _0 0)
    (A _0 0, B _1 1)
    (A _0 0, B _1 1, C _2 2)
    (A _0 0, B _1 1, C _2 2, D _3 3)
    (A _0 0, B _1 1, C _2 2, D _3 3, E _4 4)
    (A _0 0, B _1 1, C _2 2, D _3 3, E _4 4, F _5 5)
    (A _0 0, B _1 1, C _2 2, D _3 3, E _4 4, F _5 5, G _6 6)
    (A _0 0, B _1 1, C _2 2, D _3 3, E _4 4, F _5 5, G _6 6, H _7 7)
}
