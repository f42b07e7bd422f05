//! Changes of the code that no document shows.

use std::sync::Arc;

use super::pair::pairs;

pairs! {
    /// Another name of a type.
    rename_type: NEUTRAL
    old { struct Doc { a: Part, b: Vec<Part> } struct Part { c: u32 } }
    writes [Doc { a: Part { c: 1 }, b: vec![Part { c: 2 }] }]
    new { struct Doc { a: Piece, b: Vec<Piece> } struct Piece { c: u32 } }
    writes [Doc { a: Piece { c: 1 }, b: vec![Piece { c: 2 }] }]
    backward Reads, forward Reads;

    /// Another text.
    edit_comment: NEUTRAL
    old { /** The one. */ struct Doc { /** A number. */ a: u32 } } writes [Doc { a: 1 }]
    new { /** The other. */ struct Doc { /** A count. */ #[schemars(title = "Count")] a: u32 } }
    writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// A type of its own around a number.
    wrap_in_newtype: NEUTRAL
    old { struct Doc { a: u32, b: Vec<String> } } writes [Doc { a: 1, b: vec!["x".into()] }]
    new { struct Doc { a: Id, b: Vec<Name> } struct Id(u32); struct Name(String); }
    writes [Doc { a: Id(1), b: vec![Name("x".into())] }]
    backward Reads, forward Reads;

    /// The same around an `Option`, which a document may then not lack.
    wrap_option_in_newtype: NEUTRAL
    old { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { a: Maybe } struct Maybe(Option<u32>); }
    writes [Doc { a: Maybe(None) }, Doc { a: Maybe(Some(1)) }]
    backward Reads, forward Reads;

    /// The same where none was left out.
    wrap_skipped_option_in_newtype: OPTION
    old { struct Doc { #[serde(skip_serializing_if = "Option::is_none")] a: Option<u32> } }
    writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { a: Maybe } struct Maybe(Option<u32>); }
    writes [Doc { a: Maybe(None) }, Doc { a: Maybe(Some(1)) }]
    backward Unreadable, forward Reads;

    /// A transparent struct around a struct.
    wrap_transparent: NEUTRAL
    old { struct Doc { a: Part } struct Part { b: u32 } } writes [Doc { a: Part { b: 1 } }]
    new { struct Doc { a: Outer } #[serde(transparent)] struct Outer { inner: Part } struct Part { b: u32 } }
    writes [Doc { a: Outer { inner: Part { b: 1 } } }]
    backward Reads, forward Reads;

    /// `transparent` is taken away from a struct with a name for its field.
    remove_transparent: BESIDE
    old { struct Doc { a: Outer } #[serde(transparent)] struct Outer { inner: u32 } }
    writes [Doc { a: Outer { inner: 1 } }]
    new { struct Doc { a: Outer } struct Outer { inner: u32 } } writes [Doc { a: Outer { inner: 1 } }]
    backward Unreadable, forward Unreadable;

    /// Another order of the fields.
    reorder_fields: NEUTRAL
    old { struct Doc { a: u32, b: String, c: Option<bool> } }
    writes [Doc { a: 1, b: "x".into(), c: Some(true) }]
    new { struct Doc { c: Option<bool>, b: String, a: u32 } } writes [Doc { a: 1, b: "x".into(), c: None }]
    backward Reads, forward Reads;

    /// Another order of the words.
    reorder_variants: NEUTRAL
    old { struct Doc { a: Mode } enum Mode { Full, Part } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    new { struct Doc { a: Mode } enum Mode { Part, Full } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    backward Reads, forward Reads;

    /// A comment on one of the words, which gives it a schema of its own.
    comment_on_variant: NEUTRAL
    old { struct Doc { a: Mode } enum Mode { Full, Part } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    new { struct Doc { a: Mode } enum Mode { /** All of it. */ Full, Part } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    backward Reads, forward Reads;

    /// A pointer.
    boxed: NEUTRAL
    old { struct Doc { a: Part, b: Option<u32> } struct Part { c: u32 } }
    writes [Doc { a: Part { c: 1 }, b: Some(2) }]
    new { struct Doc { a: Box<Part>, b: Option<Arc<u32>> } struct Part { c: u32 } }
    writes [Doc { a: Box::new(Part { c: 1 }), b: Some(Arc::new(2)) }]
    backward Reads, forward Reads;

    /// An `Option` in an `Option` is one.
    nested_option: NEUTRAL
    old { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(1) }]
    new { struct Doc { a: Option<Option<u32>> } } writes [Doc { a: None }, Doc { a: Some(Some(1)) }]
    backward Reads, forward Reads;

    /// Two equal types become one.
    merge_types: NEUTRAL
    old { struct Doc { a: One, b: Other } struct One { c: u32 } struct Other { c: u32 } }
    writes [Doc { a: One { c: 1 }, b: Other { c: 2 } }]
    new { struct Doc { a: Both, b: Both } struct Both { c: u32 } }
    writes [Doc { a: Both { c: 1 }, b: Both { c: 2 } }]
    backward Reads, forward Reads;

    /// Two types exchange their names.
    swap_type_names: NEUTRAL
    old { struct Doc { a: One, b: Other } struct One { c: u32 } struct Other { d: String } }
    writes [Doc { a: One { c: 1 }, b: Other { d: "x".into() } }]
    new { struct Doc { a: Other, b: One } struct Other { c: u32 } struct One { d: String } }
    writes [Doc { a: Other { c: 1 }, b: One { d: "x".into() } }]
    backward Reads, forward Reads;

    /// Examples and a deprecation.
    annotate: NEUTRAL
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[schemars(example = 5, extend("x-unit" = "pages"))] a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Reads;

    /// An alias that nobody writes.
    add_alias: NEUTRAL
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { #[serde(alias = "b")] a: u32 } } writes [Doc { a: 1 }]
    backward Reads, forward Reads;
}
