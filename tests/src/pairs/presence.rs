//! Fields that come and go, and fields that a document may lack.

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

    /// A required field is added.
    add_required: ADD_REQUIRED
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: u32, b: u32 } } writes [Doc { a: 1, b: 2 }]
    backward Unreadable, forward Reads;

    /// A required field is removed from a struct in a list.
    remove_required_in_list: REMOVE_REQUIRED
    old { struct Doc { a: Vec<Part> } struct Part { b: u32, c: u32 } }
    writes [Doc { a: vec![] }, Doc { a: vec![Part { b: 1, c: 2 }] }]
    new { struct Doc { a: Vec<Part> } struct Part { b: u32 } }
    writes [Doc { a: vec![Part { b: 1 }] }]
    backward Reads, forward Unreadable;
}
