//! Keys and variants under another name.

use std::collections::BTreeMap;

use super::pair::pairs;

pairs! {
    /// A required field, whose old name is still read.
    with_alias: RENAME_WITH_ALIAS
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(alias = "a")] b: u32 } } writes [Doc { b: 1 }]
    backward Reads, forward Unreadable;

    /// The same of two names before.
    with_two_aliases: RENAME_WITH_ALIAS
    old { struct Doc { #[serde(alias = "a")] b: u32 } } writes [Doc { b: 1 }]
    new { struct Doc { #[serde(alias = "a", alias = "b")] c: u32 } } writes [Doc { c: 1 }]
    backward Reads, forward Unreadable;

    /// The same in a list.
    with_alias_in_list: RENAME_WITH_ALIAS
    old { struct Doc { a: Vec<Part> } struct Part { b: String } }
    writes [Doc { a: vec![Part { b: "x".into() }] }]
    new { struct Doc { a: Vec<Part> } struct Part { #[serde(alias = "b")] c: String } }
    writes [Doc { a: vec![Part { c: "x".into() }] }]
    backward Reads, forward Unreadable;

    /// The same of a struct that is flattened.
    with_alias_flattened: RENAME_WITH_ALIAS
    old { struct Doc { #[serde(flatten)] part: Part } struct Part { a: u32 } }
    writes [Doc { part: Part { a: 1 } }]
    new { struct Doc { #[serde(flatten)] part: Part } struct Part { #[serde(alias = "a")] b: u32 } }
    writes [Doc { part: Part { b: 1 } }]
    backward Reads, forward Unreadable;

    /// The same where unknown keys are refused.
    with_alias_denying: RENAME_WITH_ALIAS
    old { #[serde(deny_unknown_fields)] struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { #[serde(deny_unknown_fields)] struct Doc { #[serde(alias = "a")] b: u32 } } writes [Doc { b: 1 }]
    backward Reads, forward Unreadable;

    /// The same of an `Option`: old workers pass over the new name.
    option_with_alias: RENAME_WITH_ALIAS
    old { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { #[serde(alias = "a")] b: Option<u32> } } writes [Doc { b: None }, Doc { b: Some(1) }]
    backward Reads, forward Reads;

    /// Both sides read both names.
    alias_on_both_sides: RENAME_WITH_ALIAS
    old { struct Doc { #[serde(alias = "b")] a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(alias = "a")] b: u32 } } writes [Doc { b: 1 }]
    backward Reads, forward Reads;

    /// A field of the alias's name was there, too: both keys are one field to serde.
    alias_of_a_neighbour: RENAME_WITH_ALIAS
    old { struct Doc { a: Option<u32>, b: u32 } } writes [Doc { a: Some(1), b: 2 }]
    new { struct Doc { #[serde(alias = "a")] b: u32 } } writes [Doc { b: 1 }]
    backward Unreadable, forward Reads;

    /// The same of two required fields.
    alias_of_a_required_neighbour: RENAME_WITH_ALIAS
    old { struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    new { struct Doc { #[serde(alias = "a")] b: u32 } } writes [Doc { b: 1 }]
    backward Unreadable, forward Unreadable;

    /// A word, whose old spelling is still read.
    variant_with_alias: RENAME_WITH_ALIAS
    old { struct Doc { a: Mode } enum Mode { Full, Part } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    new { struct Doc { a: Mode } enum Mode { #[serde(alias = "Full")] Whole, Part } }
    writes [Doc { a: Mode::Whole }, Doc { a: Mode::Part }]
    backward Reads, forward Unreadable;

    /// The same with the tag inside.
    internal_variant_with_alias: RENAME_WITH_ALIAS
    old { struct Doc { a: Vec<Step> } #[serde(tag = "t")] enum Step { Page { b: u32 }, Start } }
    writes [Doc { a: vec![Step::Page { b: 1 }, Step::Start] }]
    new {
        struct Doc { a: Vec<Step> }
        #[serde(tag = "t")] enum Step { #[serde(alias = "Page")] Leaf { b: u32 }, Start }
    }
    writes [Doc { a: vec![Step::Leaf { b: 1 }, Step::Start] }]
    backward Reads, forward Unreadable;

    /// The same with content, the name as the key.
    external_variant_with_alias: RENAME_WITH_ALIAS
    old { struct Doc { a: Step } enum Step { Page(u32) } } writes [Doc { a: Step::Page(1) }]
    new { struct Doc { a: Step } enum Step { #[serde(alias = "Page")] Leaf(u32) } }
    writes [Doc { a: Step::Leaf(1) }]
    backward Reads, forward Unreadable;

    /// A field inside a variant.
    field_of_variant_with_alias: RENAME_WITH_ALIAS
    old { struct Doc { a: Step } enum Step { Page { b: u32 } } } writes [Doc { a: Step::Page { b: 1 } }]
    new { struct Doc { a: Step } enum Step { Page { #[serde(alias = "b")] c: u32 } } }
    writes [Doc { a: Step::Page { c: 1 } }]
    backward Reads, forward Unreadable;

    /// A required field, and its old name is not read.
    required: RENAME_REQUIRED
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { b: u32 } } writes [Doc { b: 1 }]
    backward Unreadable, forward Unreadable;

    /// The same in a map.
    required_in_map: RENAME_REQUIRED
    old { struct Doc { a: BTreeMap<String, Part> } struct Part { b: u32 } }
    writes [Doc { a: [("k".into(), Part { b: 1 })].into() }]
    new { struct Doc { a: BTreeMap<String, Part> } struct Part { c: u32 } }
    writes [Doc { a: [("k".into(), Part { c: 1 })].into() }]
    backward Unreadable, forward Unreadable;

    /// All names, by one attribute.
    all: RENAME_REQUIRED
    old { struct Doc { page_number: u32 } } writes [Doc { page_number: 1 }]
    new { #[serde(rename_all = "camelCase")] struct Doc { page_number: u32 } } writes [Doc { page_number: 1 }]
    backward Unreadable, forward Unreadable;

    /// All names, none of which changes.
    all_same: NEUTRAL
    old { struct Doc { page: u32 } } writes [Doc { page: 1 }]
    new { #[serde(rename_all = "camelCase")] struct Doc { page: u32 } } writes [Doc { page: 1 }]
    backward Reads, forward Reads;

    /// A name in Rust, with the key as it was.
    in_rust_only: NEUTRAL
    old { struct Doc { a: u32, m: Mode } enum Mode { Full } } writes [Doc { a: 1, m: Mode::Full }]
    new {
        struct Doc { #[serde(rename = "a")] b: u32, m: Mode }
        enum Mode { #[serde(rename = "Full")] Whole }
    }
    writes [Doc { b: 1, m: Mode::Whole }]
    backward Reads, forward Reads;

    /// An `Option`: the stored value is lost.
    option: RENAME_OPTIONAL
    old { struct Doc { a: Option<String>, n: u32 } } writes [Doc { a: Some("x".into()), n: 1 }]
    new { struct Doc { b: Option<String>, n: u32 } } writes [Doc { b: Some("x".into()), n: 1 }]
    backward Reads, forward Reads;

    /// A field with a default: the same.
    defaulted: RENAME_OPTIONAL
    old { struct Doc { #[serde(default)] a: Vec<u32> } } writes [Doc { a: vec![1] }]
    new { struct Doc { #[serde(default)] b: Vec<u32> } } writes [Doc { b: vec![1] }]
    backward Reads, forward Reads;

    /// An `Option` in a list: the same.
    option_in_list: RENAME_OPTIONAL
    old { struct Doc { a: Vec<Part> } struct Part { b: Option<u32> } }
    writes [Doc { a: vec![Part { b: Some(1) }] }]
    new { struct Doc { a: Vec<Part> } struct Part { c: Option<u32> } }
    writes [Doc { a: vec![Part { c: Some(1) }] }]
    backward Reads, forward Reads;

    /// An `Option` where unknown keys are refused: nothing is lost silently.
    option_denying: RENAME_OPTIONAL
    old { #[serde(deny_unknown_fields)] struct Doc { a: Option<u32> } } writes [Doc { a: Some(1) }]
    new { #[serde(deny_unknown_fields)] struct Doc { b: Option<u32> } } writes [Doc { b: Some(1) }]
    backward Unreadable, forward Unreadable;

    /// Two fields exchange their names.
    swapped: BESIDE
    old { struct Doc { a: u32, #[serde(rename = "b")] other: u32 } } writes [Doc { a: 1, other: 2 }]
    new { struct Doc { #[serde(rename = "b")] a: u32, #[serde(rename = "a")] other: u32 } }
    writes [Doc { a: 1, other: 2 }]
    backward Reads, forward Reads;

    /// An alias is taken away that nobody writes any more.
    drop_alias: BESIDE
    old { struct Doc { #[serde(alias = "a")] b: u32 } } writes [Doc { b: 1 }]
    new { struct Doc { b: u32 } } writes [Doc { b: 1 }]
    backward Reads, forward Reads;
}
