//! Enums in every tagging. An enum is one value: it has no accessors of its own.

use std::collections::BTreeMap;

use super::twice::corpus;

corpus! {
    types {
        /// Every kind of variant, externally tagged.
        pub enum External {
            /// Without content.
            Unit,
            Newtype(u32),
            NewtypeStruct(Page),
            Tuple(u32, String),
            /// serde_json does not read its `[]` from a `Value`, so it is in no sample.
            EmptyTuple(),
            Struct { number: u32, text: Option<String> },
            EmptyStruct {},
            #[serde(rename = "other name", alias = "old name")]
            Renamed { a: u32 },
        }

        pub struct Page {
            pub number: u32,
        }

        /// Unit variants alone, with discriminants that serde does not see.
        #[repr(u8)]
        #[derive(Default)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Discriminants {
            #[default]
            FirstOne = 1,
            SecondOne = 1 + 4,
            /// Described.
            Third = b'x',
            #[serde(alias = "ALT")]
            Fourth,
        }

        #[repr(i16)]
        pub enum NegativeDiscriminants {
            Below = -1,
            Zero = 0,
        }

        pub enum OneUnit {
            Only,
        }

        #[serde(tag = "type")]
        pub enum Internal {
            Unit,
            Newtype(Page),
            Struct { number: u32, #[serde(default)] more: Vec<u8> },
            EmptyStruct {},
            Map(BTreeMap<String, u32>),
        }

        #[serde(tag = "t", content = "c", rename_all = "kebab-case", rename_all_fields = "camelCase")]
        pub enum Adjacent {
            UnitVariant,
            NewtypeVariant(u32),
            TupleVariant(u32, bool),
            StructVariant { field_name: u32, #[serde(rename = "as_is")] other_name: u32 },
            #[serde(rename_all = "UPPERCASE")]
            LoudVariant { field_name: u32 },
        }

        #[serde(untagged)]
        pub enum Untagged {
            Number(u32),
            Text(String),
            Pair(u32, u32),
            Struct { a: u32 },
            Null,
        }

        #[serde(tag = "kind", deny_unknown_fields)]
        pub enum StrictInternal {
            A { a: u32 },
            B {},
        }

        #[serde(deny_unknown_fields)]
        pub enum StrictExternal {
            A { a: u32 },
            B {},
        }

        #[serde(tag = "kind")]
        pub enum WithOther {
            Known { a: u32 },
            #[serde(other)]
            Unknown,
        }

        pub enum UnitsWithOther {
            Known,
            #[serde(other)]
            Unknown,
        }

        pub enum UntaggedVariant {
            Tagged(u32),
            #[serde(untagged)]
            Bare(bool),
            #[serde(untagged)]
            BareStruct { a: u32, b: u32 },
        }

        #[serde(tag = "kind")]
        pub enum UntaggedVariantOfInternal {
            Tagged { a: u32 },
            #[serde(untagged)]
            Bare { b: u32 },
        }

        pub enum Skipped {
            Kept,
            #[serde(skip)]
            Both(Unserializable),
            #[serde(skip_serializing)]
            OnlyRead(u32),
        }

        pub enum FieldAttributes {
            Struct {
                #[serde(default)]
                defaulted: u32,
                #[serde(default = "ten", skip_serializing_if = "is_ten")]
                by_path: u32,
                #[serde(skip)]
                skipped: u32,
                #[serde(rename = "renamed", alias = "older")]
                original: Option<u32>,
                /// Bounded.
                #[schemars(range(min = 1, max = 10))]
                bounded: u32,
                #[serde(with = "as_text")]
                #[schemars(with = "String")]
                encoded: u32,
                #[serde(flatten)]
                page: Page,
            },
            Tuple(#[serde(skip)] u32, u32, #[schemars(length(min = 1))] String),
            #[serde(with = "as_text")]
            #[schemars(with = "String")]
            Encoded(u32),
        }

        /// Titles, descriptions and extensions of variants.
        #[schemars(title = "Annotated enum", extend("x-enum" = true))]
        pub enum Annotated {
            /// # A title
            ///
            /// And a description.
            #[schemars(extend("x-variant" = 1))]
            First,
            #[schemars(title = "T", description = "D")]
            Second(u32),
            #[deprecated]
            Third { #[deprecated] a: u32 },
            #[schemars(with = "bool")]
            #[serde(untagged)]
            Fourth(bool),
        }

        #[schemars(_unstable_ref_variants)]
        pub enum RefVariants {
            First { a: u32 },
            Second(u32),
        }

        pub enum Generic<A, B = u32> {
            Left(A),
            Right { value: B, list: Vec<A> },
        }

        pub enum Recursive {
            Leaf(u32),
            Node(Box<Self>, Vec<Recursive>),
        }

        #[checkpoint(job = "tagged_enum", version = 1)]
        #[serde(tag = "phase", rename_all = "snake_case")]
        pub enum Job {
            Listing { cursor: String },
            Done,
        }

        #[serde(transparent)]
        pub struct Transparent(pub Untagged);

        pub struct HoldsEnums {
            pub external: External,
            pub unit: Discriminants,
            #[serde(default)]
            pub defaulted: Discriminants,
            pub option: Option<Internal>,
            pub list: Vec<Adjacent>,
            pub map: BTreeMap<String, Untagged>,
            pub boxed: Box<Recursive>,
            pub newtype: NewtypeOfEnum,
            pub generic: Generic<u32>,
        }

        pub struct NewtypeOfEnum(pub External);
    }
    beside {
        #[derive(Default)]
        pub struct Unserializable;

        fn ten() -> u32 {
            10
        }

        fn is_ten(number: &u32) -> bool {
            *number == 10
        }

        mod as_text {
            use serde::{Deserialize, Deserializer, Serializer};

            pub fn serialize<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(number)
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    }
    entries {
        External => [
            "Unit",
            {"Newtype": 1},
            {"NewtypeStruct": {"number": 2}},
            {"Tuple": [1, "a"]},
            {"Struct": {"number": 1, "text": null}},
            {"EmptyStruct": {}},
            {"other name": {"a": 1}},
        ] {}
        Discriminants => ["FIRST_ONE", "SECOND_ONE", "THIRD", "FOURTH"] {}
        NegativeDiscriminants => ["Below", "Zero"] {}
        OneUnit => ["Only"] {}
        Internal => [
            {"type": "Unit"},
            {"type": "Newtype", "number": 1},
            {"type": "Struct", "number": 1, "more": [2]},
            {"type": "EmptyStruct"},
            {"type": "Map", "a": 1},
        ] {}
        Adjacent => [
            {"t": "unit-variant"},
            {"t": "newtype-variant", "c": 1},
            {"t": "tuple-variant", "c": [1, true]},
            {"t": "struct-variant", "c": {"fieldName": 1, "as_is": 2}},
            {"t": "loud-variant", "c": {"FIELD_NAME": 1}},
        ] {}
        Untagged => [1, "text", [1, 2], {"a": 1}, null] {}
        StrictInternal => [{"kind": "A", "a": 1}, {"kind": "B"}] {}
        StrictExternal => [{"A": {"a": 1}}, {"B": {}}] {}
        WithOther => [{"kind": "Known", "a": 1}, {"kind": "Unknown"}] {}
        UnitsWithOther => ["Known", "Unknown"] {}
        UntaggedVariant => [{"Tagged": 1}, true, {"a": 1, "b": 2}] {}
        UntaggedVariantOfInternal => [{"kind": "Tagged", "a": 1}, {"b": 1}] {}
        Skipped => ["Kept"] {}
        FieldAttributes => [
            {"Struct": {
                "defaulted": 1, "by_path": 2, "renamed": 3, "bounded": 4, "encoded": "5", "number": 6
            }},
            {"Tuple": [1, "a"]},
            {"Encoded": "7"},
        ] {}
        Annotated => ["First", {"Second": 1}, {"Third": {"a": 1}}, true] {}
        RefVariants => [{"First": {"a": 1}}, {"Second": 1}] {}
        Generic<String> => [{"Left": "a"}, {"Right": {"value": 1, "list": ["b"]}}] {}
        Generic<Page, Option<External>> => [
            {"Left": {"number": 1}},
            {"Right": {"value": "Unit", "list": []}},
        ] {}
        Recursive => [{"Leaf": 1}, {"Node": [{"Leaf": 2}, [{"Leaf": 3}]]}] {}
        Job => [{"phase": "listing", "cursor": "a"}, {"phase": "done"}] {}
        Transparent => [1, "text"] { _0; }
        HoldsEnums => [
            {
                "external": {"Newtype": 1}, "unit": "FIRST_ONE", "defaulted": "THIRD",
                "option": {"type": "Unit"}, "list": [{"t": "unit-variant"}], "map": {"k": 1},
                "boxed": {"Leaf": 1}, "newtype": "Unit", "generic": {"Left": 1}
            },
            {
                "external": "Unit", "unit": "SECOND_ONE", "defaulted": "FOURTH",
                "option": {"type": "Newtype", "number": 1}, "list": [{"t": "newtype-variant", "c": 1}],
                "map": {"k": "text"}, "boxed": {"Leaf": 2}, "newtype": {"Tuple": [1, "a"]},
                "generic": {"Right": {"value": 2, "list": []}}
            },
        ] {
            external; unit; defaulted; option; option?; list; list[0]; map; map{"k"}; boxed; newtype;
            newtype._0; generic;
        }
    }
}
