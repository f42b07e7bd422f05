//! Fields that come and go, and fields that a document may lack.

use std::collections::BTreeMap;

use super::pair::pairs;

pairs! {
    /// An `Option` field is added.
    add_option: ADD_OPTIONAL
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: u32, b: Option<String> } }
    writes [Doc { a: 1, b: None }, Doc { a: 2, b: Some("x".into()) }]
    backward Reads, forward Reads;

    /// A field with a default is added.
    add_default: ADD_OPTIONAL
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: u32, #[serde(default)] b: Vec<String> } }
    writes [Doc { a: 1, b: vec![] }, Doc { a: 2, b: vec!["x".into()] }]
    backward Reads, forward Reads;

    /// A field is added to a struct that has a default as a whole.
    add_to_defaulted_struct: ADD_OPTIONAL
    old { #[derive(Default)] #[serde(default)] struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { #[derive(Default)] #[serde(default)] struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    backward Reads, forward Reads;

    /// An `Option` field that is left out when it is none is added inside a map.
    add_skipped_option_in_map: ADD_OPTIONAL
    old { struct Doc { a: BTreeMap<String, Part> } struct Part { b: bool } }
    writes [Doc { a: [("k".into(), Part { b: true })].into() }]
    new {
        struct Doc { a: BTreeMap<String, Part> }
        struct Part { b: bool, #[serde(skip_serializing_if = "Option::is_none")] c: Option<u8> }
    }
    writes [
        Doc { a: [("k".into(), Part { b: true, c: None })].into() },
        Doc { a: [("k".into(), Part { b: true, c: Some(1) })].into() },
    ]
    backward Reads, forward Reads;

    /// A required field is added.
    add_required: ADD_REQUIRED
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    backward Unreadable, forward Reads;

    /// A required field is added inside an `Option`.
    add_required_in_option: ADD_REQUIRED
    old { struct Doc { a: Option<Part> } struct Part { b: u32 } }
    writes [Doc { a: None }, Doc { a: Some(Part { b: 1 }) }]
    new { struct Doc { a: Option<Part> } struct Part { b: u32, c: String } }
    writes [Doc { a: None }, Doc { a: Some(Part { b: 1, c: "x".into() }) }]
    backward Unreadable, forward Reads;

    /// A required field is added to a struct that is flattened.
    add_required_in_flattened: ADD_REQUIRED
    old { struct Doc { a: u32, #[serde(flatten)] part: Part } struct Part { b: u32 } }
    writes [Doc { a: 1, part: Part { b: 2 } }]
    new { struct Doc { a: u32, #[serde(flatten)] part: Part } struct Part { b: u32, c: u32 } }
    writes [Doc { a: 1, part: Part { b: 2, c: 3 } }]
    backward Unreadable, forward Reads;

    /// An `Option` behind a `with` function must be there: serde fills nothing in.
    add_option_with_function: ADD_REQUIRED
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new {
        struct Doc { a: u32, #[serde(with = "same")] #[schemars(with = "Option<u32>")] b: Option<u32> }
        mod same {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};
            pub(super) fn serialize<S: Serializer>(of: &Option<u32>, to: S) -> Result<S::Ok, S::Error> {
                of.serialize(to)
            }
            pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
                Option::deserialize(from)
            }
        }
    }
    writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    backward Unreadable, forward Reads;

    /// A required field is removed.
    remove_required: REMOVE_REQUIRED
    old { struct Doc { a: u32, b: String } } writes [Doc { a: 1, b: "x".into() }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Unreadable;

    /// A required field is removed from a struct in a list.
    remove_required_in_list: REMOVE_REQUIRED
    old { struct Doc { a: Vec<Part> } struct Part { b: u32, c: u32 } }
    writes [Doc { a: vec![] }, Doc { a: vec![Part { b: 1, c: 2 }] }]
    new { struct Doc { a: Vec<Part> } struct Part { b: u32 } }
    writes [Doc { a: vec![Part { b: 1 }] }]
    backward Reads, forward Unreadable;

    /// A required field is skipped on both sides of serde from now on.
    skip_required: REMOVE_REQUIRED
    old { struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    new { struct Doc { a: u32, #[serde(skip)] b: u32 } } writes [Doc { a: 1, b: 2 }]
    backward Reads, forward Unreadable;

    /// An `Option` field is removed.
    remove_option: REMOVE_OPTIONAL
    old { struct Doc { a: u32, b: Option<u32> } } writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// A field with a default is removed from a nested struct.
    remove_default_nested: REMOVE_OPTIONAL
    old { struct Doc { a: Part } struct Part { b: u32, #[serde(default)] c: Vec<u32> } }
    writes [Doc { a: Part { b: 1, c: vec![2] } }]
    new { struct Doc { a: Part } struct Part { b: u32 } } writes [Doc { a: Part { b: 1 } }]
    backward Reads, forward Reads;

    /// The name of an `Option` field is taken for another type.
    reuse_name_of_option: BESIDE
    old { struct Doc { a: u32, b: Option<String> } } writes [Doc { a: 1, b: Some("x".into()) }]
    new { struct Doc { a: u32, b: Option<u32> } } writes [Doc { a: 1, b: Some(2) }]
    backward Unreadable, forward Unreadable;

    /// A required field gets a default.
    required_to_default: BESIDE
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(default)] a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// A field with a default may be left out from now on.
    add_skip_serializing_if: BESIDE
    old { struct Doc { #[serde(default)] a: Vec<u32> } } writes [Doc { a: vec![] }, Doc { a: vec![1] }]
    new { struct Doc { #[serde(default, skip_serializing_if = "Vec::is_empty")] a: Vec<u32> } }
    writes [Doc { a: vec![] }, Doc { a: vec![1] }]
    backward Reads, forward Reads;

    /// A required field may be left out from now on.
    add_skip_serializing_if_to_required: BESIDE
    old { struct Doc { a: Vec<u32> } } writes [Doc { a: vec![] }]
    new { struct Doc { #[serde(default, skip_serializing_if = "Vec::is_empty")] a: Vec<u32> } }
    writes [Doc { a: vec![] }, Doc { a: vec![1] }]
    backward Reads, forward Unreadable;

    /// An `Option` that was left out is written as null again.
    remove_skip_serializing_if: BESIDE
    old { struct Doc { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u32> } }
    writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(1) }]
    backward Reads, forward Reads;

    /// A number becomes an `Option`.
    to_option: OPTION
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(1) }]
    backward Reads, forward Unreadable;

    /// An `Option` of a struct becomes the struct.
    from_option: OPTION
    old { struct Doc { a: Option<Part> } struct Part { b: u32 } }
    writes [Doc { a: None }, Doc { a: Some(Part { b: 1 }) }]
    new { struct Doc { a: Part } struct Part { b: u32 } } writes [Doc { a: Part { b: 1 } }]
    backward Unreadable, forward Reads;

    /// The elements of a list become `Option`s.
    elements_to_option: OPTION
    old { struct Doc { a: Vec<String> } } writes [Doc { a: vec!["x".into()] }]
    new { struct Doc { a: Vec<Option<String>> } } writes [Doc { a: vec![None, Some("x".into())] }]
    backward Reads, forward Unreadable;

    /// The values of a map cease to be `Option`s.
    values_from_option: OPTION
    old { struct Doc { a: BTreeMap<String, Option<bool>> } }
    writes [Doc { a: [("k".into(), None), ("l".into(), Some(true))].into() }]
    new { struct Doc { a: BTreeMap<String, bool> } } writes [Doc { a: [("k".into(), true)].into() }]
    backward Unreadable, forward Reads;

    /// An `Option` that was never written as null becomes required: it may be missing.
    from_skipped_option: OPTION
    old { struct Doc { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u32> } }
    writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;

    /// A field with a default becomes an `Option` that is left out: the default of old takes its place.
    default_to_skipped_option: OPTION
    old { struct Doc { #[serde(default)] a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u32> } }
    writes [Doc { a: None }, Doc { a: Some(1) }]
    backward Reads, forward Reads;

    /// An `Option` becomes a field with a default.
    option_to_default: OPTION_TO_DEFAULT
    old { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { #[serde(default)] a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;

    /// The same where null was never written.
    skipped_option_to_default: OPTION_TO_DEFAULT
    old { struct Doc { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u32> } }
    writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { #[serde(default)] a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// The same for a list, nested.
    option_list_to_default: OPTION_TO_DEFAULT
    old { struct Doc { a: Part } struct Part { b: Option<Vec<u32>> } }
    writes [Doc { a: Part { b: None } }, Doc { a: Part { b: Some(vec![1]) } }]
    new { struct Doc { a: Part } struct Part { #[serde(default)] b: Vec<u32> } }
    writes [Doc { a: Part { b: vec![] } }]
    backward Unreadable, forward Reads;

    /// The same with a struct whose default fills in.
    skipped_option_to_default_of_struct: OPTION_TO_DEFAULT
    old {
        struct Doc { #[serde(default, skip_serializing_if = "Option::is_none")] a: Option<Part> }
        struct Part { b: u32 }
    }
    writes [Doc { a: None }, Doc { a: Some(Part { b: 1 }) }]
    new { struct Doc { #[serde(default)] a: Part } #[derive(Default)] struct Part { b: u32 } }
    writes [Doc { a: Part { b: 1 } }]
    backward Reads, forward Reads;

    /// Another default.
    change_default: DEFAULTS
    old {
        struct Doc { #[serde(default = "defaults::one")] a: u32 }
        mod defaults { pub(super) fn one() -> u32 { 1 } }
    }
    writes [Doc { a: 1 }]
    new {
        struct Doc { #[serde(default = "defaults::two")] a: u32 }
        mod defaults { pub(super) fn two() -> u32 { 2 } }
    }
    writes [Doc { a: 2 }]
    backward Reads, forward Reads;

    /// Another default of a struct as a whole, where what equals it is left out.
    change_default_of_struct: DEFAULTS
    old {
        #[serde(default)]
        struct Doc { #[serde(skip_serializing_if = "rest::is_one")] a: u32 }
        impl Default for Doc { fn default() -> Self { Self { a: 1 } } }
        mod rest { pub(super) fn is_one(of: &u32) -> bool { *of == 1 } }
    }
    writes [Doc { a: 1 }, Doc { a: 2 }]
    new {
        #[serde(default)]
        struct Doc { #[serde(skip_serializing_if = "rest::is_two")] a: u32 }
        impl Default for Doc { fn default() -> Self { Self { a: 2 } } }
        mod rest { pub(super) fn is_two(of: &u32) -> bool { *of == 2 } }
    }
    writes [Doc { a: 1 }, Doc { a: 2 }]
    backward Reads, forward Reads;

    /// A default is taken away from what is always written.
    remove_default: DEFAULTS
    old { struct Doc { #[serde(default)] a: u32 } } writes [Doc { a: 0 }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// A required field is no longer written.
    skip_serializing_required: SKIPPED
    old { struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    new { struct Doc { a: u32, #[serde(skip_serializing, default)] b: u32 } } writes [Doc { a: 1, b: 2 }]
    backward Reads, forward Unreadable;

    /// A field with a default is no longer written.
    skip_serializing_default: SKIPPED
    old { struct Doc { a: u32, #[serde(default)] b: u32 } } writes [Doc { a: 1, b: 2 }]
    new { struct Doc { a: u32, #[serde(skip_serializing, default)] b: u32 } } writes [Doc { a: 1, b: 2 }]
    backward Reads, forward Reads;

    /// A field is written and no longer read.
    skip_deserializing: BESIDE
    old { struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    new { struct Doc { a: u32, #[serde(skip_deserializing)] b: u32 } } writes [Doc { a: 1, b: 0 }]
    backward Reads, forward Reads;
}
