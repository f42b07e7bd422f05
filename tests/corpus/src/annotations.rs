//! Documentation and schemars' own attributes.

use std::collections::BTreeMap;

use super::twice::corpus;

corpus! {
    types {
        /// # The title
        ///
        /// The description, of several
        /// lines.
        ///
        /// And paragraphs.
        pub struct Documented {
            /// A description.
            pub one_line: u32,
            /// # Own title
            ///
            /// Own description.
            pub titled: u32,
            /** A block. */
            pub block: u32,
            #[doc = "From an attribute."]
            #[doc = concat!("From ", "a macro.")]
            pub by_attribute: u32,
            pub silent: u32,
            /// On a field of a documented type.
            pub nested: Silent,
        }

        pub struct Silent {
            pub a: u32,
        }

        #[deprecated]
        pub struct Deprecated {
            #[deprecated = "use `new`"]
            pub old: u32,
            #[deprecated(since = "1", note = "use `new`")]
            pub older: Option<u32>,
            pub new: u32,
        }

        /// The doc comment loses.
        #[schemars(title = "A title", description = "A description", extend("x-type" = [1, {"a": null}]))]
        #[schemars(example = example(), example = serde_json::json!({"b": 1}), transform = add_marker)]
        pub struct Described {
            #[schemars(title = TITLE, description = concat!("of ", "a field"))]
            pub a: u32,
            #[schemars(extend("x-field" = "e", "x-more" = { "deep": true }), transform = add_marker)]
            pub b: u32,
            #[schemars(example = 5, example = &"text")]
            pub c: u32,
        }

        pub struct Validated {
            #[schemars(range(min = 1, max = 100))]
            pub ranged: u32,
            #[schemars(range(min = MIN, max = Limits::MAX))]
            pub by_path: u32,
            #[schemars(range(min = -1.5))]
            pub real: f64,
            #[schemars(length(min = 1, max = 10))]
            pub text: String,
            #[schemars(length(equal = 2))]
            pub list: Vec<u32>,
            #[schemars(regex(pattern = "^[a-z]+$"))]
            pub regex: String,
            #[schemars(regex(pattern = PATTERN))]
            pub regex_by_path: String,
            #[schemars(pattern(r"^\d+$"))]
            pub pattern: String,
            #[schemars(contains(pattern = "needle"))]
            pub contains: String,
            #[schemars(email)]
            pub email: String,
            #[schemars(url)]
            pub url: String,
            #[schemars(ipv4)]
            pub ip: String,
            #[schemars(inner(range(min = 1), inner(length(min = 1))))]
            pub inner: Vec<u32>,
            #[schemars(inner(length(max = 5), inner(pattern("^a"))), length(min = 1))]
            pub nested: Vec<Vec<String>>,
            #[schemars(required)]
            pub required: Option<u32>,
            #[schemars(range(max = 9), length(max = 3))]
            pub optional: Option<u32>,
            #[schemars(length(min = 1))]
            pub map: BTreeMap<String, u32>,
            #[schemars(range(min = 5))]
            pub struct_with_range: Silent,
        }

        #[schemars(inline)]
        pub struct Inlined {
            pub a: u32,
            pub nested: InlinedEnum,
        }

        #[schemars(inline)]
        pub enum InlinedEnum {
            A,
            B,
        }

        /// What schemars is told against serde.
        #[serde(deny_unknown_fields)]
        #[schemars(!deny_unknown_fields)]
        pub struct Negated {
            #[serde(default = "seven")]
            #[schemars(!default)]
            pub required_in_schema: u32,
            #[serde(default)]
            #[schemars(default = "seven")]
            pub other_default: u32,
            #[serde(rename = "stored")]
            #[schemars(rename = "stored", !skip_serializing_if)]
            #[serde(skip_serializing_if = "Option::is_none")]
            pub negated_skip: Option<u32>,
        }

        /// Attributes on schemars' side alone.
        pub struct ForSchemaOnly {
            #[schemars(skip_serializing_if = "Option::is_none")]
            pub never_null: Option<u32>,
            #[schemars(with = "i8")]
            pub with: u32,
            #[schemars(schema_with = "any_schema")]
            pub schema_with: u32,
            #[schemars(with = "Result<BTreeMap<String, Vec<Option<u32>>>, u64>")]
            pub with_generic: serde_json::Value,
            #[schemars(skip)]
            pub hidden: u32,
        }

        #[schemars(with = "u8")]
        pub struct WholeWith(pub u32);

        #[schemars(deny_unknown_fields)]
        pub struct StrictForSchema {
            pub a: u32,
        }

        #[schemars(schema_with = "any_schema")]
        pub struct WholeSchemaWith {
            pub a: u32,
        }

        /// Transparent, and described: no longer the same schema.
        #[serde(transparent)]
        pub struct DescribedTransparent(pub Option<u32>);

        #[serde(transparent)]
        pub struct ValidatedTransparent(#[schemars(range(min = 3))] pub Option<u32>);

        /// Of a newtype.
        pub struct DescribedNewtype(
            /// Of its field.
            #[schemars(length(min = 3))]
            pub String,
        );

        pub struct DescribedTuple(
            /// First.
            #[schemars(range(min = 3))]
            pub u32,
            /// Second.
            #[schemars(title = "T")]
            pub Option<Silent>,
        );

        #[allow(dead_code)]
        #[doc(alias = "other")]
        #[must_use]
        #[non_exhaustive]
        pub struct OtherAttributes {
            #[allow(unused)]
            #[doc(hidden)]
            pub a: u32,
            #[cfg(all())]
            pub b: u32,
            #[cfg(any())]
            pub absent: NoSuchType,
            #[cfg_attr(all(), serde(rename = "conditional"))]
            pub c: u32,
        }

        pub struct HoldsAnnotated {
            /// In the one place.
            pub inlined: Inlined,
            #[schemars(title = "here")]
            pub documented: Option<Silent>,
            #[schemars(extend("x-here" = true))]
            pub again: Silent,
            pub transparent: DescribedTransparent,
            pub validated: ValidatedTransparent,
            pub with: WholeWith,
        }
    }
    beside {
        const MIN: u32 = 1;

        struct Limits;

        impl Limits {
            const MAX: u32 = 9;
        }

        const TITLE: &str = "by a constant";
        const PATTERN: &str = "^[xy]$";

        fn example() -> Vec<u32> {
            vec![1]
        }

        fn seven() -> u32 {
            7
        }

        fn add_marker(schema: &mut schemars::Schema) {
            schema.insert("x-transformed".to_owned(), true.into());
        }

        fn any_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({"x-any": true})
        }
    }
    entries {
        Documented => [
            {"one_line": 1, "titled": 2, "block": 3, "by_attribute": 4, "silent": 5, "nested": {"a": 6}},
            {"one_line": 11, "titled": 12, "block": 13, "by_attribute": 14, "silent": 15, "nested": {"a": 16}},
        ] { one_line; titled; block; by_attribute; silent; nested; nested.a; }
        Deprecated => [{"old": 1, "older": 2, "new": 3}, {"old": 4, "older": 5, "new": 6}] {
            old; older; older?; new;
        }
        Described => [{"a": 1, "b": 2, "c": 3}, {"a": 4, "b": 5, "c": 6}] { a; b; c; }
        Validated => [
            {
                "ranged": 1, "by_path": 2, "real": 0.5, "text": "a", "list": [1, 2], "regex": "a",
                "regex_by_path": "x", "pattern": "1", "contains": "a needle", "email": "a@b.c",
                "url": "http://a", "ip": "127.0.0.1", "inner": [1], "nested": [["a"]], "required": 1,
                "optional": 2, "map": {"k": 1}, "struct_with_range": {"a": 1}
            },
            {
                "ranged": 100, "by_path": 8, "real": -1.5, "text": "b", "list": [3, 4], "regex": "b",
                "regex_by_path": "y", "pattern": "2", "contains": "needles", "email": "b@b.c",
                "url": "http://b", "ip": "127.0.0.2", "inner": [2], "nested": [["ab"]], "required": 2,
                "optional": 3, "map": {"k": 2}, "struct_with_range": {"a": 2}
            },
        ] {
            ranged; by_path; real; text; list; list[0]; list[1]; regex; regex_by_path; pattern; contains;
            email; url; ip; inner; inner[0]; nested; nested[0]; nested[0][0]; required; required?; optional;
            optional?; map; map{"k"}; struct_with_range; struct_with_range.a;
        }
        Inlined => [{"a": 1, "nested": "A"}, {"a": 2, "nested": "B"}] { a; nested; }
        InlinedEnum => ["A", "B"] {}
        Negated => [
            {"required_in_schema": 1, "other_default": 2, "stored": 3},
            {"required_in_schema": 4, "other_default": 5, "stored": 6},
        ] { required_in_schema; other_default; negated_skip; negated_skip?; }
        ForSchemaOnly => [
            {"never_null": 1, "with": 2, "schema_with": 3, "with_generic": {"Ok": {"k": [4, null]}}, "hidden": 5},
            {"never_null": 6, "with": 7, "schema_with": 8, "with_generic": {"Err": 9}, "hidden": 10},
        ] { never_null; never_null?; with; schema_with; with_generic; hidden; }
        WholeWith => [1, 2] { _0; }
        StrictForSchema => [{"a": 1}, {"a": 2}] { a; }
        WholeSchemaWith => [{"a": 1}, {"a": 2}] { a; }
        DescribedTransparent => [1, 2, null] { _0; _0?; }
        ValidatedTransparent => [3, 4, null] { _0; _0?; }
        DescribedNewtype => ["abc", "abcd"] { _0; }
        DescribedTuple => [[3, {"a": 1}], [4, {"a": 2}]] { _0; _1; _1?; _1?.a; }
        OtherAttributes => [{"a": 1, "b": 2, "conditional": 3}, {"a": 4, "b": 5, "conditional": 6}] {
            a; b; c;
        }
        HoldsAnnotated => [
            {
                "inlined": {"a": 1, "nested": "A"}, "documented": {"a": 2}, "again": {"a": 3},
                "transparent": 4, "validated": 5, "with": 6
            },
            {
                "inlined": {"a": 11, "nested": "B"}, "documented": {"a": 12}, "again": {"a": 13},
                "transparent": 14, "validated": 15, "with": 16
            },
        ] {
            inlined; inlined.a; inlined.nested; documented; documented?; documented?.a; again; again.a;
            transparent; transparent._0; transparent._0?; validated; validated._0; validated._0?; with;
            with._0;
        }
    }
}
