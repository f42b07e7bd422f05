//! Type, const and lifetime parameters, `Self`, and types that a macro writes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::time::Duration;

use super::twice::corpus;

/// Has an associated type.
pub(super) trait Source {
    type Cursor;
}

pub(super) struct Github;

/// serde and schemars know arrays by their length, not for every `N`.
pub(super) trait Stored:
    serde::Serialize + serde::de::DeserializeOwned + schemars::JsonSchema
{
}

impl<T: serde::Serialize + serde::de::DeserializeOwned + schemars::JsonSchema> Stored for T {}

impl Source for Github {
    type Cursor = String;
}

corpus! {
    types {
        pub struct Inner {
            pub name: String,
        }

        pub struct Page<T> {
            pub items: Vec<T>,
            pub next: Option<T>,
            pub plain: T,
        }

        pub struct WithDefaults<T = u32, const N: usize = 2>
        where
            [T; N]: Stored,
        {
            pub value: T,
            pub array: [T; N],
        }

        pub struct Bounded<T: Clone + Default, U>
        where
            U: Ord + Clone,
            T: PartialEq,
        {
            pub value: T,
            #[serde(default)]
            pub defaulted: T,
            pub by_key: BTreeMap<String, U>,
            pub pair: (T, U),
        }

        pub struct Buffer<const N: usize>
        where
            [u8; N]: Stored,
        {
            pub bytes: [u8; N],
        }

        pub struct ConstOnly<const FLAG: bool, const C: char> {
            pub a: u32,
        }

        pub struct Keyed<K: Ord, V> {
            pub rows: BTreeMap<K, V>,
        }

        pub struct HashKeyed<K: std::hash::Hash + Eq, V> {
            pub rows: HashMap<K, V>,
        }

        pub struct Tagged<T> {
            pub id: u32,
            #[serde(skip)]
            pub marker: PhantomData<T>,
        }

        /// The names that the derive's own code might use.
        pub struct ParameterNames<R, S, T, D, E, H> {
            pub r: R,
            pub s: S,
            pub t: T,
            pub d: D,
            pub e: E,
            pub h: H,
        }

        pub struct Newtype<T>(pub T);

        pub struct Tuple<A, B>(pub A, pub Vec<B>);

        #[serde(transparent)]
        pub struct Transparent<T> {
            pub value: T,
        }

        pub struct Flattened<T> {
            pub own: u32,
            #[serde(flatten)]
            pub rest: T,
        }

        #[serde(default)]
        #[derive(Default)]
        pub struct GenericDefault<T: Default> {
            pub value: T,
            pub number: u32,
            private: Vec<T>,
        }

        #[serde(default)]
        pub struct WhereDefault<T>
        where
            T: Default,
        {
            pub value: T,
        }

        pub struct WithFunction<T> {
            #[serde(with = "seconds")]
            #[schemars(with = "u64")]
            pub timeout: Duration,
            #[serde(serialize_with = "as_list", deserialize_with = "from_list")]
            #[serde(bound(serialize = "T: serde::Serialize", deserialize = "T: serde::Deserialize<'de>"))]
            #[schemars(with = "Vec<T>")]
            pub listed: T,
            pub plain: T,
        }

        #[serde(bound = "S::Cursor: serde::Serialize + serde::de::DeserializeOwned")]
        #[schemars(bound = "S::Cursor: schemars::JsonSchema", rename = "Associated")]
        pub struct Associated<S: Source> {
            pub cursor: S::Cursor,
            pub list: Vec<S::Cursor>,
            pub qualified: <S as Source>::Cursor,
        }

        #[schemars(rename = "PageOf{T}And{N}")]
        pub struct Formatted<T, const N: usize> {
            pub value: T,
        }

        #[serde(rename = "renamed_generic")]
        pub struct RenamedGeneric<T> {
            pub value: T,
        }

        #[checkpoint(job = "generic", version = 1)]
        pub struct GenericJob<T> {
            pub value: T,
        }

        pub struct Owned<'a> {
            pub text: Cow<'a, str>,
            pub bytes: Cow<'a, [u8]>,
            pub option: Option<Cow<'a, str>>,
        }

        pub struct TwoLifetimes<'a, 'b: 'a, T> {
            pub first: Cow<'a, str>,
            pub second: Cow<'b, str>,
            pub value: T,
        }

        pub struct Borrowed<'a> {
            #[serde(borrow)]
            pub text: Cow<'a, str>,
            #[checkpoint(leaf)]
            pub plain: &'a str,
        }

        pub struct SelfInTypes {
            pub next: Option<Box<Self>>,
            pub children: Vec<Self>,
            pub by_name: BTreeMap<String, Self>,
            pub array: [u8; Self::LEN],
        }

        pub struct SelfInAttributes {
            #[serde(default, skip_serializing_if = "Self::is_zero")]
            pub number: u32,
            #[schemars(with = "Option<Box<Self>>")]
            pub other: Option<Box<SelfInAttributes>>,
            #[schemars(length(max = Self::MAX), extend("x-max" = Self::MAX))]
            pub limited: String,
            #[schemars(example = Self::MAX)]
            pub example: u32,
        }

        pub struct SelfInGeneric<T: Clone> {
            pub value: T,
            #[serde(default = "Option::default", skip_serializing_if = "Self::is_none")]
            #[schemars(with = "Option<Box<Self>>")]
            pub next: Option<Box<Self>>,
        }

        pub struct HoldsGenerics {
            pub of_number: Page<u32>,
            pub of_struct: Page<Inner>,
            pub transparent: Transparent<Option<u32>>,
            pub flattened: Flattened<Inner>,
            pub text: Owned<'static>,
        }
    }
    beside {
        macro_rules! written_by_macro {
            ($(#[$meta:meta])* $name:ident { $($field:ident: $ty:ty = $rename:literal),* }) => {
                checkpointed! {
                    $(#[$meta])*
                    pub struct $name {
                        /// Written by a macro.
                        pub own: u32,
                        $(#[serde(rename = $rename)] pub $field: $ty,)*
                    }
                }
            };
        }

        written_by_macro! {
            /// From a macro.
            #[serde(deny_unknown_fields)]
            ByMacro { cursor: Option<String> = "theCursor", page: Page<Inner> = "thePage" }
        }

        mod seconds {
            use std::time::Duration;

            use serde::{Deserialize, Deserializer, Serializer};

            pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(value.as_secs())
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
                u64::deserialize(deserializer).map(Duration::from_secs)
            }
        }

        fn as_list<T: serde::Serialize, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq([value])
        }

        fn from_list<'de, T: serde::Deserialize<'de>, D: serde::Deserializer<'de>>(
            deserializer: D,
        ) -> Result<T, D::Error> {
            <[T; 1]>::deserialize(deserializer).map(|[value]| value)
        }

        use serde::Deserialize;

        impl<T: Default> Default for WhereDefault<T> {
            fn default() -> Self {
                Self { value: T::default() }
            }
        }

        impl SelfInTypes {
            const LEN: usize = 2;
        }

        impl SelfInAttributes {
            const MAX: u32 = 9;

            fn is_zero(number: &u32) -> bool {
                *number == 0
            }
        }

        impl<T: Clone> SelfInGeneric<T> {
            fn is_none(next: &Option<Box<Self>>) -> bool {
                next.is_none()
            }
        }
    }
    schemas_only [Borrowed<'static>]
    entries {
        Page<u32> => [
            {"items": [1], "next": 2, "plain": 3},
            {"items": [4], "next": 5, "plain": 6},
        ] { items; items[0]; next; next?; plain; }
        Page<Inner> => [
            {"items": [{"name": "a"}], "next": {"name": "b"}, "plain": {"name": "c"}},
            {"items": [{"name": "d"}], "next": {"name": "e"}, "plain": {"name": "f"}},
        ] { items; items[0]; items[0].name; next; next?; next?.name; plain; plain.name; }
        Page<Option<Box<Inner>>> => [
            {"items": [{"name": "a"}], "next": {"name": "b"}, "plain": {"name": "c"}},
            {"items": [{"name": "d"}], "next": {"name": "e"}, "plain": {"name": "f"}},
        ] {
            items; items[0]; items[0]?; items[0]?.name; next; next?; next??; next??.name; plain; plain?;
            plain?.name;
        }
        WithDefaults => [{"value": 1, "array": [2, 3]}, {"value": 4, "array": [5, 6]}] {
            value; array; array[0]; array[1];
        }
        WithDefaults<String, 1> => [{"value": "a", "array": ["b"]}, {"value": "c", "array": ["d"]}] {
            value; array; array[0];
        }
        Bounded<u32, String> => [
            {"value": 1, "defaulted": 2, "by_key": {"k": "a"}, "pair": [3, "b"]},
            {"value": 4, "defaulted": 5, "by_key": {"k": "c"}, "pair": [6, "d"]},
        ] { value; defaulted; by_key; by_key{"k"}; pair; pair._0; pair._1; }
        Buffer<2> => [{"bytes": [1, 2]}, {"bytes": [3, 4]}] { bytes; bytes[0]; bytes[1]; }
        Buffer<3> => [{"bytes": [1, 2, 3]}, {"bytes": [4, 5, 6]}] { bytes; bytes[0]; bytes[1]; bytes[2]; }
        ConstOnly<true, 'c'> => [{"a": 1}, {"a": 2}] { a; }
        Keyed<u8, Inner> => [{"rows": {"1": {"name": "a"}}}, {"rows": {"1": {"name": "b"}}}] {
            rows; rows{&1}; rows{&1}.name;
        }
        HashKeyed<String, u32> => [{"rows": {"k": 1}}, {"rows": {"k": 2}}] { rows; rows{"k"}; }
        Tagged<Github> => [{"id": 1}, {"id": 2}] { id; }
        ParameterNames<u8, u16, u32, u64, bool, String> => [
            {"r": 1, "s": 2, "t": 3, "d": 4, "e": true, "h": "a"},
            {"r": 5, "s": 6, "t": 7, "d": 8, "e": false, "h": "b"},
        ] { r; s; t; d; e; h; }
        Newtype<Inner> => [{"name": "a"}, {"name": "b"}] { _0; _0.name; }
        Tuple<u32, Inner> => [[1, [{"name": "a"}]], [2, [{"name": "b"}]]] { _0; _1; _1[0]; _1[0].name; }
        Transparent<Option<u32>> => [1, 2, null] { value; value?; }
        Transparent<Inner> => [{"name": "a"}, {"name": "b"}] { value; value.name; }
        Flattened<Inner> => [{"own": 1, "name": "a"}, {"own": 2, "name": "b"}] { own; rest.name; }
        Flattened<Option<Inner>> => [{"own": 1, "name": "a"}, {"own": 2, "name": "b"}, {"own": 3}]
            nameless ["/name"] { own; }
        GenericDefault<u32> => [
            {"value": 1, "number": 2, "private": [3]},
            {"value": 4, "number": 5, "private": [6]},
        ] { value; number; private; private[0]; }
        WhereDefault<Option<u32>> => [{"value": 1}, {"value": 2}] { value; value?; }
        WithFunction<u32> => [
            {"timeout": 1, "listed": [2], "plain": 3},
            {"timeout": 4, "listed": [5], "plain": 6},
        ] { timeout; listed; plain; }
        Associated<Github> => [
            {"cursor": "a", "list": ["b"], "qualified": "c"},
            {"cursor": "d", "list": ["e"], "qualified": "f"},
        ] { cursor; list; list[0]; qualified; }
        Formatted<Inner, 2> => [
            {"value": {"name": "a"}},
            {"value": {"name": "b"}},
        ] { value; value.name; }
        RenamedGeneric<u32> => [{"value": 1}, {"value": 2}] { value; }
        RenamedGeneric<String> => [{"value": "a"}, {"value": "b"}] { value; }
        GenericJob<Inner> => [{"value": {"name": "a"}}, {"value": {"name": "b"}}] { value; value.name; }
        Owned<'static> => [
            {"text": "a", "bytes": [1], "option": "b"},
            {"text": "c", "bytes": [2], "option": "d"},
        ] { text!; bytes!; bytes![0]; option; option?!; }
        TwoLifetimes<'static, 'static, u32> => [
            {"first": "a", "second": "b", "value": 1},
            {"first": "c", "second": "d", "value": 2},
        ] { first!; second!; value; }
        SelfInTypes => [
            {
                "next": {"next": null, "children": [], "by_name": {}, "array": [1, 2]},
                "children": [{"next": null, "children": [], "by_name": {}, "array": [3, 4]}],
                "by_name": {"k": {"next": null, "children": [], "by_name": {}, "array": [5, 6]}},
                "array": [7, 8]
            },
            {
                "next": {"next": null, "children": [], "by_name": {}, "array": [11, 12]},
                "children": [{"next": null, "children": [], "by_name": {}, "array": [13, 14]}],
                "by_name": {"k": {"next": null, "children": [], "by_name": {}, "array": [15, 16]}},
                "array": [17, 18]
            },
        ] {
            next; next?; next?.next; next?.children; next?.by_name; next?.array; next?.array[0];
            next?.array[1]; children; children[0]; children[0].next; children[0].children;
            children[0].by_name; children[0].array; children[0].array[1]; by_name; by_name{"k"};
            by_name{"k"}.next; by_name{"k"}.children; by_name{"k"}.by_name; by_name{"k"}.array;
            by_name{"k"}.array[0]; array; array[0]; array[1];
        }
        SelfInAttributes => [
            {
                "number": 1,
                "other": {"number": 2, "other": null, "limited": "a", "example": 4},
                "limited": "b", "example": 6
            },
            {
                "number": 11,
                "other": {"number": 12, "other": null, "limited": "c", "example": 14},
                "limited": "d", "example": 16
            },
        ] {
            number; other; other?; other?.number; other?.other; other?.limited;
            other?.example; limited; example;
        }
        SelfInGeneric<u32> => [
            {"value": 1, "next": {"value": 2, "next": {"value": 3}}},
            {"value": 4, "next": {"value": 5, "next": {"value": 6}}},
        ] { value; next; next?; next?.value; next?.next; next?.next?; next?.next?.value; }
        HoldsGenerics => [
            {
                "of_number": {"items": [], "next": null, "plain": 1},
                "of_struct": {"items": [], "next": null, "plain": {"name": "a"}},
                "transparent": 2, "flattened": {"own": 3, "name": "b"},
                "text": {"text": "c", "bytes": [], "option": null}
            },
            {
                "of_number": {"items": [], "next": null, "plain": 11},
                "of_struct": {"items": [], "next": null, "plain": {"name": "d"}},
                "transparent": 12, "flattened": {"own": 13, "name": "e"},
                "text": {"text": "f", "bytes": [], "option": null}
            },
        ] {
            of_number; of_number.items; of_number.next; of_number.plain; of_struct; of_struct.items;
            of_struct.next; of_struct.plain; of_struct.plain.name; transparent; transparent.value;
            transparent.value?; flattened; flattened.own; flattened.rest.name; text; text.text!; text.bytes!;
            text.option;
        }
        ByMacro => [
            {"own": 1, "theCursor": "a", "thePage": {"items": [], "next": null, "plain": {"name": "b"}}},
            {"own": 2, "theCursor": "c", "thePage": {"items": [], "next": null, "plain": {"name": "d"}}},
        ] { own; cursor; cursor?; page; page.items; page.next; page.plain; page.plain.name; }
    }
}
