//! Structs in structs: flattened, generic, recursive, or taken apart.

use std::collections::BTreeMap;

use serde_json::Value;

use super::pair::pairs;

pairs! {
    /// Fields are put together in a struct of their own, with the same keys.
    inline_to_flatten: NEUTRAL
    old { struct Doc { a: u32, b: Option<u32> } } writes [Doc { a: 1, b: None }, Doc { a: 1, b: Some(2) }]
    new { struct Doc { a: u32, #[serde(flatten)] part: Part } struct Part { b: Option<u32> } }
    writes [Doc { a: 1, part: Part { b: None } }, Doc { a: 1, part: Part { b: Some(2) } }]
    backward Reads, forward Reads;

    /// A flattened struct is taken apart.
    flatten_to_inline: NEUTRAL
    old { struct Doc { #[serde(flatten)] part: Part, c: bool } struct Part { a: u32, b: String } }
    writes [Doc { part: Part { a: 1, b: "x".into() }, c: true }]
    new { struct Doc { a: u32, b: String, c: bool } } writes [Doc { a: 1, b: "x".into(), c: true }]
    backward Reads, forward Reads;

    /// A nested struct is flattened.
    nested_to_flatten: BESIDE
    old { struct Doc { part: Part } struct Part { a: u32 } } writes [Doc { part: Part { a: 1 } }]
    new { struct Doc { #[serde(flatten)] part: Part } struct Part { a: u32 } }
    writes [Doc { part: Part { a: 1 } }]
    backward Unreadable, forward Unreadable;

    /// A nested struct whose fields may be missing is flattened: what is stored is lost.
    nested_options_to_flatten: RENAME_OPTIONAL
    old { struct Doc { #[serde(default)] part: Part } #[derive(Default)] struct Part { a: Option<u32> } }
    writes [Doc { part: Part { a: Some(1) } }]
    new { struct Doc { #[serde(flatten)] part: Part } struct Part { a: Option<u32> } }
    writes [Doc { part: Part { a: Some(1) } }]
    backward Reads, forward Reads;

    /// A map takes the keys that are not known.
    add_flattened_map: ADD_OPTIONAL
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: u32, #[serde(flatten)] rest: BTreeMap<String, Value> } }
    writes [Doc { a: 1, rest: [("k".into(), true.into())].into() }]
    backward Reads, forward Reads;

    /// A map of numbers takes the keys that are not known, among which is a text that was a field.
    flattened_map_over_removed: REMOVE_OPTIONAL
    old { struct Doc { a: u32, b: Option<String> } } writes [Doc { a: 1, b: Some("x".into()) }]
    new { struct Doc { a: u32, #[serde(flatten)] rest: BTreeMap<String, u32> } }
    writes [Doc { a: 1, rest: [("b".into(), 2)].into() }]
    backward Unreadable, forward Unreadable;

    /// The values of a flattened map become wider.
    flattened_map_widened: INTEGERS
    old { struct Doc { a: bool, #[serde(flatten)] rest: BTreeMap<String, u32> } }
    writes [Doc { a: true, rest: [("k".into(), 1)].into() }]
    new { struct Doc { a: bool, #[serde(flatten)] rest: BTreeMap<String, i64> } }
    writes [Doc { a: true, rest: [("k".into(), -1)].into() }]
    backward Reads, forward Unreadable;

    /// A flattened struct may be missing.
    flatten_to_flattened_option: OPTION
    old { struct Doc { a: u32, #[serde(flatten)] part: Part } struct Part { b: u32 } }
    writes [Doc { a: 1, part: Part { b: 2 } }]
    new { struct Doc { a: u32, #[serde(flatten)] part: Option<Part> } struct Part { b: u32 } }
    writes [Doc { a: 1, part: None }, Doc { a: 1, part: Some(Part { b: 2 }) }]
    backward Reads, forward Unreadable;

    /// A required field is added to a type that contains itself.
    recursive_add_required: ADD_REQUIRED
    old { struct Doc { a: Node } struct Node { b: u32, next: Option<Box<Node>> } }
    writes [Doc { a: Node { b: 1, next: Some(Box::new(Node { b: 2, next: None })) } }]
    new { struct Doc { a: Node } struct Node { b: u32, c: u32, next: Option<Box<Node>> } }
    writes [Doc { a: Node { b: 1, c: 1, next: None } }]
    backward Unreadable, forward Reads;

    /// A checkpoint that contains itself gets an `Option`.
    recursive_root_add_option: ADD_OPTIONAL
    old { struct Doc { a: u32, children: Vec<Doc> } }
    writes [Doc { a: 1, children: vec![Doc { a: 2, children: vec![] }] }]
    new { struct Doc { a: u32, b: Option<u32>, children: Vec<Doc> } }
    writes [Doc { a: 1, b: Some(1), children: vec![Doc { a: 2, b: None, children: vec![] }] }]
    backward Reads, forward Reads;

    /// A number in a checkpoint that contains itself becomes narrower.
    recursive_root_narrowed: INTEGERS
    old { struct Doc { a: i64, next: Option<Box<Doc>> } }
    writes [Doc { a: 1, next: Some(Box::new(Doc { a: i64::MAX, next: None })) }]
    new { struct Doc { a: i32, next: Option<Box<Doc>> } } writes [Doc { a: 1, next: None }]
    backward Unreadable, forward Reads;

    /// Types that contain each other get a variant.
    recursive_enum_add_variant: VARIANTS
    old { struct Doc { a: Tree } enum Tree { Leaf(u32), Two(Box<Tree>, Box<Tree>) } }
    writes [Doc { a: Tree::Two(Box::new(Tree::Leaf(1)), Box::new(Tree::Leaf(2))) }]
    new { struct Doc { a: Tree } enum Tree { Leaf(u32), Two(Box<Tree>, Box<Tree>), None } }
    writes [Doc { a: Tree::Two(Box::new(Tree::Leaf(1)), Box::new(Tree::None)) }]
    backward Reads, forward Unreadable;

    /// The parameter of a generic type becomes wider.
    generic_widened: INTEGERS
    old { struct Doc { a: Page<u32> } struct Page<T> { items: Vec<T>, next: Option<String> } }
    writes [Doc { a: Page { items: vec![1], next: None } }]
    new { struct Doc { a: Page<u64> } struct Page<T> { items: Vec<T>, next: Option<String> } }
    writes [Doc { a: Page { items: vec![u64::MAX], next: None } }]
    backward Reads, forward Unreadable;

    /// A generic type loses a required field.
    generic_remove_required: REMOVE_REQUIRED
    old { struct Doc { a: Page<String>, b: Page<u32> } struct Page<T> { item: T, more: bool } }
    writes [Doc { a: Page { item: "x".into(), more: true }, b: Page { item: 1, more: false } }]
    new { struct Doc { a: Page<String>, b: Page<u32> } struct Page<T> { item: T } }
    writes [Doc { a: Page { item: "x".into() }, b: Page { item: 1 } }]
    backward Reads, forward Unreadable;

    /// A generic type is written out.
    generic_to_plain: NEUTRAL
    old { struct Doc { a: Page<u32> } struct Page<T> { item: T } } writes [Doc { a: Page { item: 1 } }]
    new { struct Doc { a: PageOfNumbers } struct PageOfNumbers { item: u32 } }
    writes [Doc { a: PageOfNumbers { item: 1 } }]
    backward Reads, forward Reads;

    /// A struct is put around a value.
    value_to_nested: BESIDE
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: Part } struct Part { b: u32 } } writes [Doc { a: Part { b: 1 } }]
    backward Unreadable, forward Unreadable;

    /// Two fields of one type, one of which gets a type of its own with more in it.
    shared_type_split: ADD_REQUIRED
    old { struct Doc { a: Part, b: Part } struct Part { c: u32 } }
    writes [Doc { a: Part { c: 1 }, b: Part { c: 2 } }]
    new { struct Doc { a: Part, b: Other } struct Part { c: u32 } struct Other { c: u32, d: u32 } }
    writes [Doc { a: Part { c: 1 }, b: Other { c: 1, d: 2 } }]
    backward Unreadable, forward Reads;
}
