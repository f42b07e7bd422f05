//! May a document lack the field: `default`, `skip*`, `Option`, `deny_unknown_fields`.

use super::twice::corpus;

corpus! {
    types {
        #[serde(deny_unknown_fields)]
        pub struct Defaults {
            pub required: u32,
            #[serde(default)]
            pub bare: u32,
            #[serde(default = "seven")]
            pub path: u32,
            #[serde(default = "Numbers::eight")]
            pub of_type: u32,
            #[serde(default = "helpers::nine")]
            pub of_module: u32,
            #[serde(default)]
            pub option: Option<u32>,
            #[serde(default = "some_seven")]
            pub option_path: Option<u32>,
            #[serde(default)]
            pub list: Vec<u32>,
            #[serde(default)]
            pub nested: Numbers,
        }

        #[derive(Default)]
        pub struct Numbers {
            pub required: u32,
            #[serde(default)]
            pub defaulted: u32,
        }

        #[serde(default)]
        pub struct ContainerDefault {
            pub name: String,
            pub number: u32,
            pub option: Option<u32>,
            #[serde(default)]
            pub own_default: u32,
            #[serde(default = "seven")]
            pub own_path: u32,
            private: Numbers,
            #[serde(rename = "switch")]
            pub r#for: bool,
            #[serde(skip)]
            pub skipped: u32,
        }

        #[serde(default)]
        #[derive(Default)]
        pub struct DefaultTuple(pub u32, pub String);

        pub struct TupleWithDefaults(pub u32, #[serde(default)] pub u32, #[serde(default = "seven")] pub u32);

        pub struct Skips {
            #[serde(skip)]
            pub both: u32,
            #[serde(skip_serializing, default)]
            pub only_read: u32,
            #[serde(skip_serializing)]
            pub only_read_option: Option<u32>,
            #[serde(skip_deserializing)]
            pub only_written: u32,
            #[serde(skip, default = "seven")]
            pub both_by_path: u32,
            pub kept: u32,
        }

        pub struct SkippedIf {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub option: Option<u32>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub list: Vec<u32>,
            #[serde(default, skip_serializing_if = "Self::is_zero")]
            pub number: u32,
            #[serde(default = "seven", skip_serializing_if = "is_seven")]
            pub seven: u32,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub option_default: Option<Numbers>,
        }

        #[serde(default)]
        #[derive(Default)]
        pub struct SkippedIfContainer {
            #[serde(skip_serializing_if = "String::is_empty")]
            pub text: String,
            #[serde(skip_serializing_if = "SkippedIfContainer::is_zero")]
            pub number: u32,
        }

        /// Missing fields of `Option` by other names.
        pub struct OptionByOtherNames {
            pub alias: Maybe<u32>,
            pub in_core: ::core::option::Option<u32>,
            pub boxed: Box<Option<String>>,
            pub of_list: Option<Vec<Numbers>>,
        }
    }
    beside {
        #[derive(serde::Serialize, serde::Deserialize, DerivedSchema)]
        #[serde(default = "by_function", rename_all = "camelCase")]
        pub struct ContainerPath {
            pub first_name: String,
            pub number: u32,
            pub nested: Numbers,
        }

        pub type Maybe<T> = Option<T>;

        fn seven() -> u32 {
            7
        }

        fn is_seven(number: &u32) -> bool {
            *number == 7
        }

        fn some_seven() -> Option<u32> {
            Some(7)
        }

        mod helpers {
            pub fn nine() -> u32 {
                9
            }
        }

        impl Numbers {
            fn eight() -> u32 {
                8
            }
        }

        impl Default for ContainerDefault {
            fn default() -> Self {
                Self {
                    name: "unnamed".to_owned(),
                    number: 1,
                    option: Some(2),
                    own_default: 3,
                    own_path: 4,
                    private: Numbers { required: 5, defaulted: 6 },
                    r#for: true,
                    skipped: 9,
                }
            }
        }

        fn by_function() -> ContainerPath {
            ContainerPath { first_name: "f".to_owned(), number: 3, nested: Numbers::default() }
        }

        impl SkippedIf {
            fn is_zero(number: &u32) -> bool {
                *number == 0
            }
        }

        impl SkippedIfContainer {
            fn is_zero(number: &u32) -> bool {
                *number == 0
            }
        }
    }
    entries {
        Defaults => [
            {
                "required": 1, "bare": 2, "path": 3, "of_type": 4, "of_module": 5, "option": 6,
                "option_path": 7, "list": [8], "nested": {"required": 9, "defaulted": 10}
            },
            {
                "required": 11, "bare": 12, "path": 13, "of_type": 14, "of_module": 15, "option": 16,
                "option_path": 17, "list": [18], "nested": {"required": 19, "defaulted": 20}
            },
        ] {
            required; bare; path; of_type; of_module; option; option?; option_path; option_path?; list;
            list[0]; nested; nested.required; nested.defaulted;
        }
        ContainerDefault => [
            {
                "name": "a", "number": 11, "option": 12, "own_default": 13, "own_path": 14,
                "private": {"required": 15, "defaulted": 16}, "switch": true
            },
            {
                "name": "b", "number": 21, "option": 22, "own_default": 23, "own_path": 24,
                "private": {"required": 25, "defaulted": 26}, "switch": false
            },
        ] {
            name; number; option; option?; own_default; own_path; private; private.required;
            private.defaulted; r#for;
        }
        ContainerPath => [
            {"firstName": "a", "number": 1, "nested": {"required": 2, "defaulted": 3}},
            {"firstName": "b", "number": 4, "nested": {"required": 5, "defaulted": 6}},
        ] { first_name; number; nested; nested.required; nested.defaulted; }
        DefaultTuple => [[1, "a"], [2, "b"]] { _0; _1; }
        TupleWithDefaults => [[1, 2, 3], [4, 5, 6]] { _0; _1; _2; }
        Skips => [{"only_written": 0, "kept": 1}, {"only_written": 0, "kept": 2}]
            nameless ["/only_written"] { kept; }
        SkippedIf => [
            {"option": 1, "list": [2], "number": 3, "seven": 4, "option_default": {"required": 1, "defaulted": 2}},
            {"option": 5, "list": [6], "number": 7, "seven": 8, "option_default": {"required": 3, "defaulted": 4}},
            {},
        ] {
            option; option?; list; list[0]; number; seven; option_default; option_default?;
            option_default?.required; option_default?.defaulted;
        }
        SkippedIfContainer => [{"text": "a", "number": 1}, {"text": "b", "number": 2}, {}] { text; number; }
        OptionByOtherNames => [
            {"alias": 1, "in_core": 2, "boxed": "a", "of_list": [{"required": 1, "defaulted": 2}]},
            {"alias": 3, "in_core": 4, "boxed": "b", "of_list": [{"required": 3, "defaulted": 4}]},
        ] {
            alias; alias?; in_core; in_core?; boxed; boxed?; of_list; of_list?; of_list?[0];
            of_list?[0].required; of_list?[0].defaulted;
        }
    }
}
