//! `deny_unknown_fields`: what is ignored elsewhere is refused.

use super::pair::pairs;

pairs! {
    /// An `Option` is added to a struct that refuses what it does not know.
    add_option: DENYING
    old { #[serde(deny_unknown_fields)] struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { #[serde(deny_unknown_fields)] struct Doc { a: u32, b: Option<u32> } }
    writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    backward Reads, forward Unreadable;

    /// The same where the new field is left out when it is none.
    add_skipped_option: DENYING
    old { #[serde(deny_unknown_fields)] struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new {
        #[serde(deny_unknown_fields)]
        struct Doc { a: u32, #[serde(skip_serializing_if = "Option::is_none")] b: Option<u32> }
    }
    writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    backward Reads, forward Unreadable;

    /// An `Option` is removed from one.
    remove_option: DENYING
    old { #[serde(deny_unknown_fields)] struct Doc { a: u32, b: Option<u32> } }
    writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    new { #[serde(deny_unknown_fields)] struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;

    /// Only the new side denies, and a field is added.
    add_option_new_denies: DENYING
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { #[serde(deny_unknown_fields)] struct Doc { a: u32, b: Option<u32> } }
    writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    backward Reads, forward Reads;

    /// Only the old side denied, and a field is removed.
    remove_required_old_denies: DENYING
    old { #[serde(deny_unknown_fields)] struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Unreadable;

    /// A nested struct denies, in a list.
    add_default_in_list: DENYING
    old { struct Doc { a: Vec<Part> } #[serde(deny_unknown_fields)] struct Part { b: u32 } }
    writes [Doc { a: vec![Part { b: 1 }] }]
    new {
        struct Doc { a: Vec<Part> }
        #[serde(deny_unknown_fields)]
        struct Part { b: u32, #[serde(default)] c: u32 }
    }
    writes [Doc { a: vec![Part { b: 1, c: 2 }] }]
    backward Reads, forward Unreadable;

    /// A variant's fields are closed, and one is removed.
    remove_from_variant: DENYING
    old {
        struct Doc { a: Step }
        #[serde(tag = "t", deny_unknown_fields)]
        enum Step { Full { b: u32, c: Option<u32> } }
    }
    writes [Doc { a: Step::Full { b: 1, c: Some(2) } }]
    new {
        struct Doc { a: Step }
        #[serde(tag = "t", deny_unknown_fields)]
        enum Step { Full { b: u32 } }
    }
    writes [Doc { a: Step::Full { b: 1 } }]
    backward Unreadable, forward Reads;

    /// Unknown keys are denied from now on.
    deny: DENY
    old { struct Doc { a: u32, b: Option<u32> } } writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    new { #[serde(deny_unknown_fields)] struct Doc { a: u32, b: Option<u32> } }
    writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    backward Reads, forward Reads;

    /// The same, nested.
    deny_nested: DENY
    old { struct Doc { a: Part } struct Part { b: u32 } } writes [Doc { a: Part { b: 1 } }]
    new { struct Doc { a: Part } #[serde(deny_unknown_fields)] struct Part { b: u32 } }
    writes [Doc { a: Part { b: 1 } }]
    backward Reads, forward Reads;

    /// Unknown keys are denied where old still writes a field that is no longer read.
    deny_after_skip_deserializing: DENY
    old { struct Doc { a: u32, #[serde(skip_deserializing)] b: u32 } } writes [Doc { a: 1, b: 0 }]
    new { #[serde(deny_unknown_fields)] struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;
}
