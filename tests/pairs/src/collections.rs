//! Lists, sets, tuples, arrays and maps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::pair::pairs;

pairs! {
    /// A list becomes a set: what stands in it twice is read once.
    vec_to_set: SETS
    old { struct Doc { a: Vec<String> } } writes [Doc { a: vec!["x".into(), "x".into()] }]
    new { struct Doc { a: BTreeSet<String> } } writes [Doc { a: ["x".into(), "y".into()].into() }]
    backward OutOfContract, forward Reads;

    /// A set becomes a list, nested, with a default.
    set_to_vec: SETS
    old { struct Doc { a: Part } struct Part { #[serde(default)] b: BTreeSet<u32> } }
    writes [Doc { a: Part { b: [1, 2].into() } }]
    new { struct Doc { a: Part } struct Part { #[serde(default)] b: Vec<u32> } }
    writes [Doc { a: Part { b: vec![1, 1] } }]
    backward Reads, forward OutOfContract;

    /// Another kind of list.
    vec_to_deque: BESIDE
    old { struct Doc { a: Vec<u32> } } writes [Doc { a: vec![1] }]
    new { struct Doc { a: VecDeque<u32> } } writes [Doc { a: [1].into() }]
    backward Reads, forward Reads;

    /// A tuple becomes longer.
    longer_tuple: TUPLES
    old { struct Doc { a: (u32, String) } } writes [Doc { a: (1, "x".into()) }]
    new { struct Doc { a: (u32, String, bool) } } writes [Doc { a: (1, "x".into(), true) }]
    backward Unreadable, forward Unreadable;

    /// A tuple becomes longer by what may be missing: schemars knows of no default there.
    longer_tuple_struct_with_default: TUPLES
    old { struct Doc { a: Part } struct Part(u32, u32); } writes [Doc { a: Part(1, 2) }]
    new { struct Doc { a: Part } struct Part(u32, u32, #[serde(default)] u32); }
    writes [Doc { a: Part(1, 2, 3) }]
    backward OutOfContract, forward Unreadable;

    /// A tuple becomes shorter, in a list.
    shorter_tuple_in_list: TUPLES
    old { struct Doc { a: Vec<(u32, u32, u32)> } } writes [Doc { a: vec![(1, 2, 3)] }]
    new { struct Doc { a: Vec<(u32, u32)> } } writes [Doc { a: vec![(1, 2)] }]
    backward Unreadable, forward Unreadable;

    /// An array becomes a list.
    array_to_vec: TUPLES
    old { struct Doc { a: [u32; 2] } } writes [Doc { a: [1, 2] }]
    new { struct Doc { a: Vec<u32> } } writes [Doc { a: vec![] }]
    backward Reads, forward Unreadable;

    /// An array becomes longer.
    longer_array: TUPLES
    old { struct Doc { a: [u32; 2] } } writes [Doc { a: [1, 2] }]
    new { struct Doc { a: [u32; 3] } } writes [Doc { a: [1, 2, 3] }]
    backward Unreadable, forward Unreadable;

    /// A tuple of one type is an array.
    tuple_to_array: TUPLES
    old { struct Doc { a: (u32, u32) } } writes [Doc { a: (1, 2) }]
    new { struct Doc { a: [u32; 2] } } writes [Doc { a: [1, 2] }]
    backward Reads, forward Reads;

    /// Two of a tuple exchange their places.
    tuple_reordered: TUPLES
    old { struct Doc { a: (u32, String) } } writes [Doc { a: (1, "x".into()) }]
    new { struct Doc { a: (String, u32) } } writes [Doc { a: ("x".into(), 1) }]
    backward Unreadable, forward Unreadable;

    /// A tuple gets names: serde reads a struct from an array, too, and the contract knows only objects.
    tuple_to_struct: TUPLES
    old { struct Doc { a: (u32, u32) } } writes [Doc { a: (1, 2) }]
    new { struct Doc { a: Part } struct Part { b: u32, c: u32 } } writes [Doc { a: Part { b: 1, c: 2 } }]
    backward OutOfContract, forward Unreadable;

    /// One value becomes a list of them.
    value_to_vec: BESIDE
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: Vec<u32> } } writes [Doc { a: vec![1] }]
    backward Unreadable, forward Unreadable;

    /// The keys of a map become numbers.
    string_keys_to_u32: MAPS
    old { struct Doc { a: BTreeMap<String, bool> } } writes [Doc { a: [("k".into(), true)].into() }]
    new { struct Doc { a: BTreeMap<u32, bool> } } writes [Doc { a: [(1, true)].into() }]
    backward Unreadable, forward Reads;

    /// The keys of a map become texts, nested.
    i64_keys_to_string: MAPS
    old { struct Doc { a: Option<BTreeMap<i64, Part>> } struct Part { b: u32 } }
    writes [Doc { a: Some([(-1, Part { b: 1 })].into()) }]
    new { struct Doc { a: Option<BTreeMap<String, Part>> } struct Part { b: u32 } }
    writes [Doc { a: Some([("k".into(), Part { b: 1 })].into()) }]
    backward Reads, forward Unreadable;

    /// The keys become wider numbers: to a schema, all are digits.
    u32_keys_to_u64: MAPS
    old { struct Doc { a: BTreeMap<u32, bool> } } writes [Doc { a: [(u32::MAX, true)].into() }]
    new { struct Doc { a: BTreeMap<u64, bool> } } writes [Doc { a: [(u64::MAX, true)].into() }]
    backward Reads, forward Unreadable;

    /// The keys may be below zero.
    u32_keys_to_i64: MAPS
    old { struct Doc { a: BTreeMap<u32, bool> } } writes [Doc { a: [(1, true)].into() }]
    new { struct Doc { a: BTreeMap<i64, bool> } } writes [Doc { a: [(-1, true)].into() }]
    backward Reads, forward Unreadable;

    /// The keys become some words.
    string_keys_to_enum: MAPS
    old { struct Doc { a: BTreeMap<String, u32> } } writes [Doc { a: [("k".into(), 1)].into() }]
    new {
        struct Doc { a: BTreeMap<Kind, u32> }
        #[derive(PartialEq, Eq, PartialOrd, Ord)] enum Kind { Issue, Page }
    }
    writes [Doc { a: [(Kind::Issue, 1), (Kind::Page, 2)].into() }]
    backward Unreadable, forward Reads;

    /// The values of a map become numbers.
    string_values_to_u32: MAPS
    old { struct Doc { a: BTreeMap<String, String> } } writes [Doc { a: [("k".into(), "x".into())].into() }]
    new { struct Doc { a: BTreeMap<String, u32> } } writes [Doc { a: [("k".into(), 1)].into() }]
    backward Unreadable, forward Unreadable;

    /// The values of a map become wider.
    values_widened: INTEGERS
    old { struct Doc { a: BTreeMap<u8, u8> } } writes [Doc { a: [(1, 1)].into() }]
    new { struct Doc { a: BTreeMap<u8, u64> } } writes [Doc { a: [(1, u64::MAX)].into() }]
    backward Reads, forward Unreadable;

    /// A list becomes a map.
    vec_to_map: BESIDE
    old { struct Doc { a: Vec<u32> } } writes [Doc { a: vec![] }, Doc { a: vec![1] }]
    new { struct Doc { a: BTreeMap<String, u32> } } writes [Doc { a: [("k".into(), 1)].into() }]
    backward Unreadable, forward Unreadable;

    /// A list of entries becomes a map.
    entries_to_map: BESIDE
    old { struct Doc { a: Vec<(String, u32)> } } writes [Doc { a: vec![("k".into(), 1)] }]
    new { struct Doc { a: BTreeMap<String, u32> } } writes [Doc { a: [("k".into(), 1)].into() }]
    backward Unreadable, forward Unreadable;

    /// A struct becomes a map with any keys.
    struct_to_map: BESIDE
    old { struct Doc { a: Part } struct Part { b: u32, c: u32 } } writes [Doc { a: Part { b: 1, c: 2 } }]
    new { struct Doc { a: BTreeMap<String, u32> } } writes [Doc { a: [].into() }]
    backward Reads, forward Unreadable;

    /// A map becomes a struct whose fields may all be missing.
    map_to_defaults: BESIDE
    old { struct Doc { a: BTreeMap<String, u32> } } writes [Doc { a: [("k".into(), 1)].into() }]
    new { struct Doc { a: Part } struct Part { b: Option<u32>, #[serde(default)] c: u32 } }
    writes [Doc { a: Part { b: None, c: 1 } }, Doc { a: Part { b: Some(1), c: 2 } }]
    backward Reads, forward Unreadable;
}
