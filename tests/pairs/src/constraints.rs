//! What the schema says of a value and serde does not know.

use std::collections::BTreeMap;

use super::pair::pairs;

pairs! {
    /// A range begins.
    range_added: CONSTRAINTS
    old { struct Doc { a: u32 } } writes [Doc { a: 0 }, Doc { a: 1 }]
    new { struct Doc { #[schemars(range(min = 1))] a: u32 } } writes [Doc { a: 1 }]
    backward OutOfContract, forward Reads;

    /// A range shrinks at its end, in a list of structs.
    range_tightened_in_list: CONSTRAINTS
    old { struct Doc { a: Vec<Part> } struct Part { #[schemars(range(max = 100))] b: u32 } }
    writes [Doc { a: vec![Part { b: 100 }] }]
    new { struct Doc { a: Vec<Part> } struct Part { #[schemars(range(max = 10))] b: u32 } }
    writes [Doc { a: vec![Part { b: 10 }] }]
    backward OutOfContract, forward Reads;

    /// A range grows.
    range_loosened: CONSTRAINTS
    old { struct Doc { #[schemars(range(min = -1, max = 1))] a: i64 } } writes [Doc { a: 0 }]
    new { struct Doc { #[schemars(range(min = -5, max = 5))] a: i64 } } writes [Doc { a: 5 }]
    backward Reads, forward OutOfContract;

    /// A range moves.
    range_moved: CONSTRAINTS
    old { struct Doc { #[schemars(range(min = 0.0, max = 1.0))] a: f64 } } writes [Doc { a: 0.0 }]
    new { struct Doc { #[schemars(range(min = 0.5, max = 1.5))] a: f64 } } writes [Doc { a: 1.5 }]
    backward OutOfContract, forward OutOfContract;

    /// A text must not be empty.
    length_added: CONSTRAINTS
    old { struct Doc { a: String } } writes [Doc { a: String::new() }]
    new { struct Doc { #[schemars(length(min = 1))] a: String } } writes [Doc { a: "x".into() }]
    backward OutOfContract, forward Reads;

    /// A text may be longer, in an `Option`.
    length_loosened_in_option: CONSTRAINTS
    old { struct Doc { #[schemars(length(max = 2))] a: Option<String> } }
    writes [Doc { a: None }, Doc { a: Some("ab".into()) }]
    new { struct Doc { #[schemars(length(max = 3))] a: Option<String> } }
    writes [Doc { a: None }, Doc { a: Some("abc".into()) }]
    backward Reads, forward OutOfContract;

    /// A list becomes shorter.
    items_tightened: CONSTRAINTS
    old { struct Doc { #[schemars(length(max = 2))] a: Vec<u32> } } writes [Doc { a: vec![1, 2] }]
    new { struct Doc { #[schemars(length(max = 1))] a: Vec<u32> } } writes [Doc { a: vec![1] }]
    backward OutOfContract, forward Reads;

    /// A pattern begins.
    pattern_added: CONSTRAINTS
    old { struct Doc { a: String } } writes [Doc { a: "x".into() }]
    new { struct Doc { #[schemars(regex(pattern = "^[A-Z]+-[0-9]+$"))] a: String } }
    writes [Doc { a: "DEMO-1".into() }]
    backward OutOfContract, forward Reads;

    /// A pattern takes more.
    pattern_loosened: CONSTRAINTS
    old { struct Doc { #[schemars(regex(pattern = "^a$"))] a: String } } writes [Doc { a: "a".into() }]
    new { struct Doc { #[schemars(regex(pattern = "^[ab]$"))] a: String } } writes [Doc { a: "b".into() }]
    backward Reads, forward OutOfContract;

    /// A pattern ends.
    pattern_removed: CONSTRAINTS
    old { struct Doc { #[schemars(regex(pattern = "^a+$"))] a: String } } writes [Doc { a: "aa".into() }]
    new { struct Doc { a: String } } writes [Doc { a: "b".into() }]
    backward Reads, forward OutOfContract;

    /// A format is asked for that serde knows nothing of.
    format_added: CONSTRAINTS
    old { struct Doc { a: String } } writes [Doc { a: "x".into() }]
    new { struct Doc { #[schemars(email)] a: String } } writes [Doc { a: "someone@example.com".into() }]
    backward OutOfContract, forward Reads;

    /// Steps of a number.
    multiple_added: CONSTRAINTS
    old { struct Doc { a: u32 } } writes [Doc { a: 7 }]
    new { struct Doc { #[schemars(extend("multipleOf" = 5))] a: u32 } } writes [Doc { a: 10 }]
    backward OutOfContract, forward Reads;

    /// The type becomes narrower, and its range stays.
    width_within_range: CONSTRAINTS
    old { struct Doc { #[schemars(range(max = 100))] a: u32 } } writes [Doc { a: 100 }]
    new { struct Doc { #[schemars(range(max = 100))] a: u8 } } writes [Doc { a: 100 }]
    backward Reads, forward Reads;

    /// A map must not be empty.
    properties_counted: CONSTRAINTS
    old { struct Doc { a: BTreeMap<String, u32> } } writes [Doc { a: [].into() }]
    new { struct Doc { #[schemars(extend("minProperties" = 1))] a: BTreeMap<String, u32> } }
    writes [Doc { a: [("k".into(), 1)].into() }]
    backward OutOfContract, forward Reads;
}
