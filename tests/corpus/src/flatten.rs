//! `flatten`: fields that stand in their parent's object.

use std::collections::{BTreeMap, HashMap};

use super::twice::corpus;

corpus! {
    types {
        pub struct Cursors {
            pub first: String,
            #[serde(default)]
            pub second: u32,
            pub third: Option<u32>,
        }

        pub struct FlattenedStruct {
            pub own: u32,
            #[serde(flatten)]
            pub cursors: Cursors,
        }

        pub struct FlattenedTwice {
            #[serde(flatten)]
            pub outer: FlattenedStruct,
            #[serde(flatten)]
            pub boxed: Box<Other>,
        }

        #[serde(rename_all = "camelCase")]
        pub struct Other {
            pub other_field: u32,
            #[serde(default = "one")]
            pub other_default: u32,
            pub nested: NestedInFlattened,
        }

        pub struct NestedInFlattened {
            pub deep: u32,
        }

        /// The flattened struct is `None` where one of its fields is missing.
        pub struct FlattenedOption {
            pub own: u32,
            #[serde(flatten)]
            pub pair: Option<Pair>,
        }

        pub struct Pair {
            pub left: u32,
            pub right: u32,
        }

        pub struct FlattenedMap {
            pub own: u32,
            #[serde(flatten)]
            pub rest: BTreeMap<String, serde_json::Value>,
        }

        pub struct FlattenedHashMap {
            #[serde(flatten)]
            pub rest: HashMap<String, Pair>,
        }

        pub struct FlattenedJsonObject {
            pub own: u32,
            #[serde(flatten)]
            pub rest: serde_json::Map<String, serde_json::Value>,
        }

        pub struct FlattenedEnums {
            pub own: u32,
            #[serde(flatten)]
            pub external: External,
            #[serde(flatten)]
            pub internal: Internal,
            #[serde(flatten)]
            pub adjacent: Adjacent,
        }

        pub enum External {
            Cursor { token: String },
            Page(u32),
        }

        #[serde(tag = "kind")]
        pub enum Internal {
            Full,
            Partial { from: u32 },
        }

        #[serde(tag = "t", content = "c")]
        pub enum Adjacent {
            Number(u32),
            Text(String),
        }

        #[serde(untagged)]
        pub enum Untagged {
            ByName { name: String },
            ByNumber { number: u32 },
        }

        pub struct FlattenedUntagged {
            pub own: u32,
            #[serde(flatten)]
            pub which: Untagged,
        }

        #[serde(default)]
        #[derive(Default)]
        pub struct FlattenedInDefault {
            pub own: u32,
            #[serde(flatten)]
            pub pair: DefaultPair,
        }

        #[serde(default)]
        #[derive(Default)]
        pub struct DefaultPair {
            pub left: u32,
            pub right: Option<u32>,
        }

        #[serde(transparent)]
        pub struct TransparentPair(pub Pair);

        pub struct FlattenedWrappers {
            #[serde(flatten)]
            pub transparent: TransparentPair,
            #[serde(flatten)]
            pub newtype: NewtypeOther,
        }

        pub struct NewtypeOther(pub Other);

        pub struct FlattenedUnit {
            pub own: u32,
            #[serde(flatten)]
            pub nothing: NoFields,
        }

        pub struct NoFields {}

        /// Described, unlike what it holds.
        #[schemars(title = "Flattened and annotated")]
        pub struct FlattenedAnnotated {
            /// A description on a flattened field.
            #[serde(flatten)]
            #[schemars(extend("x-flattened" = true))]
            pub pair: Pair,
        }

        pub struct HoldsFlattened {
            pub list: Vec<FlattenedTwice>,
            pub option: Option<FlattenedStruct>,
            pub map: BTreeMap<String, FlattenedMap>,
        }
    }
    beside {
        fn one() -> u32 {
            1
        }
    }
    entries {
        FlattenedStruct => [
            {"own": 1, "first": "a", "second": 2, "third": 3},
            {"own": 4, "first": "b", "second": 5, "third": 6},
        ] { own; cursors.first; cursors.second; cursors.third; cursors.third?; }
        FlattenedTwice => [
            {
                "own": 1, "first": "a", "second": 2, "third": 3, "otherField": 4, "otherDefault": 5,
                "nested": {"deep": 6}
            },
            {
                "own": 11, "first": "b", "second": 12, "third": 13, "otherField": 14, "otherDefault": 15,
                "nested": {"deep": 16}
            },
        ] {
            outer.own; outer.cursors.first; outer.cursors.second; outer.cursors.third; outer.cursors.third?;
            boxed.other_field; boxed.other_default; boxed.nested; boxed.nested.deep;
        }
        FlattenedOption => [
            {"own": 1, "left": 2, "right": 3},
            {"own": 4, "left": 5, "right": 6},
            {"own": 7},
        ] { own; pair?.left; pair?.right; }
        FlattenedMap => [
            {"own": 1, "x": 2, "y z": [3]},
            {"own": 4, "x": 5, "y z": "text"},
            {"own": 6},
        ] { own; rest{"x"}; rest{"y z"}; }
        FlattenedHashMap => [
            {"a": {"left": 1, "right": 2}},
            {"a": {"left": 3, "right": 4}},
        ] { rest{"a"}; rest{"a"}.left; rest{"a"}.right; }
        FlattenedJsonObject => [{"own": 1, "x": 2}, {"own": 3, "x": 4}] nameless ["/x"] { own; }
        FlattenedEnums => [
            {"own": 1, "Cursor": {"token": "a"}, "kind": "Partial", "from": 2, "t": "Number", "c": 3},
            {"own": 2, "Cursor": {"token": "b"}, "kind": "Partial", "from": 4, "t": "Text", "c": "x"},
            {"own": 2, "Page": 3, "kind": "Full", "t": "Text", "c": "x"},
        ] nameless ["/Cursor", "/kind", "/from", "/t", "/c"] { own; }
        FlattenedUntagged => [
            {"own": 1, "name": "a"},
            {"own": 2, "name": "b"},
            {"own": 3, "number": 1},
        ] nameless ["/name"] { own; }
        FlattenedInDefault => [
            {"own": 1, "left": 2, "right": 3},
            {"own": 4, "left": 5, "right": 6},
        ] { own; pair.left; pair.right; pair.right?; }
        FlattenedWrappers => [
            {"left": 1, "right": 2, "otherField": 3, "otherDefault": 4, "nested": {"deep": 5}},
            {"left": 6, "right": 7, "otherField": 8, "otherDefault": 9, "nested": {"deep": 10}},
        ] {
            transparent._0.left; transparent._0.right; newtype._0.other_field; newtype._0.other_default;
            newtype._0.nested; newtype._0.nested.deep;
        }
        FlattenedUnit => [{"own": 1}, {"own": 2}] { own; }
        FlattenedAnnotated => [{"left": 1, "right": 2}, {"left": 3, "right": 4}] { pair.left; pair.right; }
        HoldsFlattened => [
            {
                "list": [{
                    "own": 1, "first": "a", "second": 2, "third": 3, "otherField": 4, "otherDefault": 5,
                    "nested": {"deep": 6}
                }],
                "option": {"own": 7, "first": "b", "second": 8, "third": 9},
                "map": {"m": {"own": 10, "x": 11}}
            },
            {
                "list": [{
                    "own": 21, "first": "c", "second": 22, "third": 23, "otherField": 24, "otherDefault": 25,
                    "nested": {"deep": 26}
                }],
                "option": {"own": 27, "first": "d", "second": 28, "third": 29},
                "map": {"m": {"own": 30, "x": 31}}
            },
        ] {
            list; list[0]; list[0].outer.own; list[0].outer.cursors.first; list[0].outer.cursors.second;
            list[0].outer.cursors.third; list[0].outer.cursors.third?; list[0].boxed.other_field;
            list[0].boxed.other_default; list[0].boxed.nested; list[0].boxed.nested.deep; option; option?;
            option?.own; option?.cursors.first; option?.cursors.second; option?.cursors.third;
            option?.cursors.third?; map; map{"m"}; map{"m"}.own; map{"m"}.rest{"x"};
        }
    }
}
