//! What a key and a schema are called: renames, raw identifiers, names that other things have too.

use super::twice::corpus;

corpus! {
    types {
        pub struct Renamed {
            #[serde(rename = "nodeId")]
            pub node_id: String,
            #[serde(rename = "with space")]
            pub space: u32,
            #[serde(rename = "a/b~c")]
            pub pointer_syntax: u32,
            #[serde(rename = "it's \"quoted\" \\")]
            pub quotes: u32,
            #[serde(rename = "{a,b}")]
            pub braces: u32,
            #[serde(rename = "")]
            pub empty: u32,
            #[serde(rename = "größe")]
            pub unicode: u32,
            #[serde(rename = "0")]
            pub digit: u32,
            #[serde(rename = "$ref")]
            pub dollar: u32,
            #[serde(rename = "NULL")]
            pub null: u32,
            /// Of the crossed pair `a`, `b`.
            #[serde(rename = "b")]
            pub a: u32,
            #[serde(rename = "a")]
            pub b: u32,
        }

        #[serde(rename_all = "camelCase")]
        pub struct Camel { pub last_pr_cursor: String, #[serde(rename = "kept_as_is")] pub kept: u32 }
        #[serde(rename_all = "PascalCase")]
        pub struct Pascal { pub last_pr_cursor: String, pub inner_camel: Camel }
        #[serde(rename_all = "snake_case")]
        pub struct Snake { pub last_pr_cursor: String }
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub struct Screaming { pub last_pr_cursor: String }
        #[serde(rename_all = "kebab-case")]
        pub struct Kebab { pub last_pr_cursor: String }
        #[serde(rename_all = "SCREAMING-KEBAB-CASE")]
        pub struct ScreamingKebab { pub last_pr_cursor: String }
        #[serde(rename_all = "UPPERCASE")]
        pub struct Upper { pub last_pr_cursor: String }
        #[serde(rename_all = "lowercase")]
        pub struct Lower { pub last_pr_cursor: String }

        pub struct Aliased {
            #[serde(alias = "cursor", alias = "old cursor")]
            pub last_cursor: String,
            #[serde(rename = "page", alias = "page_number", default)]
            pub page_no: u32,
        }

        pub struct RawIdentifiers {
            pub r#type: String,
            pub r#match: Option<u32>,
            #[serde(rename = "loop")]
            pub r#async: u32,
        }

        #[serde(rename_all = "camelCase")]
        pub struct r#RawType {
            pub r#fn: u32,
        }

        /// Fields that are called as the methods of a path.
        pub struct NamedLikeMethods {
            pub get: u32,
            pub get_raw: u32,
            pub pointer: u32,
            pub text_array: u32,
            pub jsonpath: u32,
            pub presence: u32,
            pub encode: u32,
            pub clone: u32,
            pub deref: u32,
            pub path: u32,
            pub steps: u32,
            pub fields: u32,
            pub set: u32,
            pub unset: u32,
            pub some: Option<u32>,
            pub key: u32,
            pub at: u32,
            pub handle: u32,
            pub retype: u32,
            pub root: u32,
            pub document: u32,
        }

        /// Types that are called as those of the crate.
        pub struct Path { pub field: Field }
        pub struct Field { pub slot: Slot }
        pub struct Slot { pub value: Value }
        pub struct Value { pub encoding: u32 }

        #[serde(rename = "SerdeName")]
        pub struct SerdeRenamed { pub a: u32 }

        #[schemars(rename = "SchemarsName")]
        pub struct SchemarsRenamed { pub a: u32 }

        #[serde(rename = "SerdeLoses")]
        #[schemars(rename = "SchemarsWins")]
        pub struct BothRenamed { pub a: u32 }

        #[serde(rename = "a{b} %")]
        pub struct BracesInName { pub a: u32 }

        #[serde(rename(serialize = "Written", deserialize = "Read"))]
        pub struct SplitTypeName { pub a: u32 }

        /// Two types of one name, in two modules.
        pub struct SameNames {
            pub issues: issues::Page,
            pub pulls: pulls::Page,
            pub issues_again: Vec<issues::Page>,
        }

        /// Types under another name as fields.
        pub struct SchemaOfOthers {
            pub renamed: SerdeRenamed,
            pub braces: BracesInName,
        }
    }
    beside {
        pub mod issues {
            use super::*;

            checkpointed! {
                pub struct Page { pub number: u32 }
            }
        }

        pub mod pulls {
            use super::*;

            checkpointed! {
                pub struct Page { pub token: String }
            }
        }
    }
    entries {
        Renamed => [
            {
                "nodeId": "a", "with space": 1, "a/b~c": 2, "it's \"quoted\" \\": 3, "{a,b}": 4, "": 5,
                "größe": 6, "0": 7, "$ref": 8, "NULL": 9, "b": 10, "a": 11
            },
            {
                "nodeId": "b", "with space": 21, "a/b~c": 22, "it's \"quoted\" \\": 23, "{a,b}": 24, "": 25,
                "größe": 26, "0": 27, "$ref": 28, "NULL": 29, "b": 30, "a": 31
            },
        ] { node_id; space; pointer_syntax; quotes; braces; empty; unicode; digit; dollar; null; a; b; }
        Camel => [{"lastPrCursor": "a", "kept_as_is": 1}, {"lastPrCursor": "b", "kept_as_is": 2}] {
            last_pr_cursor; kept;
        }
        Pascal => [
            {"LastPrCursor": "a", "InnerCamel": {"lastPrCursor": "b", "kept_as_is": 1}},
            {"LastPrCursor": "c", "InnerCamel": {"lastPrCursor": "d", "kept_as_is": 2}},
        ] { last_pr_cursor; inner_camel; inner_camel.last_pr_cursor; inner_camel.kept; }
        Snake => [{"last_pr_cursor": "a"}, {"last_pr_cursor": "b"}] { last_pr_cursor; }
        Screaming => [{"LAST_PR_CURSOR": "a"}, {"LAST_PR_CURSOR": "b"}] { last_pr_cursor; }
        Kebab => [{"last-pr-cursor": "a"}, {"last-pr-cursor": "b"}] { last_pr_cursor; }
        ScreamingKebab => [{"LAST-PR-CURSOR": "a"}, {"LAST-PR-CURSOR": "b"}] { last_pr_cursor; }
        Upper => [{"LAST_PR_CURSOR": "a"}, {"LAST_PR_CURSOR": "b"}] { last_pr_cursor; }
        Lower => [{"last_pr_cursor": "a"}, {"last_pr_cursor": "b"}] { last_pr_cursor; }
        Aliased => [{"last_cursor": "a", "page": 1}, {"last_cursor": "b", "page": 2}] {
            last_cursor; page_no;
        }
        RawIdentifiers => [{"type": "a", "match": 1, "loop": 2}, {"type": "b", "match": 3, "loop": 4}] {
            r#type; r#match; r#match?; r#async;
        }
        RawType => [{"fn": 1}, {"fn": 2}] { r#fn; }
        NamedLikeMethods => [
            {
                "get": 1, "get_raw": 2, "pointer": 3, "text_array": 4, "jsonpath": 5, "presence": 6,
                "encode": 7, "clone": 8, "deref": 9, "path": 10, "steps": 11, "fields": 12, "set": 13,
                "unset": 14, "some": 15, "key": 16, "at": 17, "handle": 18, "retype": 19, "root": 20,
                "document": 21
            },
            {
                "get": 31, "get_raw": 32, "pointer": 33, "text_array": 34, "jsonpath": 35, "presence": 36,
                "encode": 37, "clone": 38, "deref": 39, "path": 40, "steps": 41, "fields": 42, "set": 43,
                "unset": 44, "some": 45, "key": 46, "at": 47, "handle": 48, "retype": 49, "root": 50,
                "document": 51
            },
        ] {
            get; get_raw; pointer; text_array; jsonpath; presence; encode; clone; deref; path; steps; fields;
            set; unset; some; some?; key; at; handle; retype; root; document;
        }
        Path => [
            {"field": {"slot": {"value": {"encoding": 1}}}},
            {"field": {"slot": {"value": {"encoding": 2}}}},
        ] { field; field.slot; field.slot.value; field.slot.value.encoding; }
        SerdeRenamed => [{"a": 1}, {"a": 2}] { a; }
        SchemarsRenamed => [{"a": 1}, {"a": 2}] { a; }
        BothRenamed => [{"a": 1}, {"a": 2}] { a; }
        BracesInName => [{"a": 1}, {"a": 2}] { a; }
        SplitTypeName => [{"a": 1}, {"a": 2}] { a; }
        SameNames => [
            {"issues": {"number": 1}, "pulls": {"token": "a"}, "issues_again": [{"number": 2}]},
            {"issues": {"number": 3}, "pulls": {"token": "b"}, "issues_again": [{"number": 4}]},
        ] {
            issues; issues.number; pulls; pulls.token; issues_again; issues_again[0];
            issues_again[0].number;
        }
        SchemaOfOthers => [
            {"renamed": {"a": 1}, "braces": {"a": 3}},
            {"renamed": {"a": 4}, "braces": {"a": 6}},
        ] { renamed; renamed.a; braces; braces.a; }
    }
}
