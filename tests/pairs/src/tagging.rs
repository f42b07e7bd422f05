//! How a document tells the variant of an enum.

use super::pair::pairs;

pairs! {
    /// The tag moves inside.
    external_to_internal: TAGGING
    old { struct Doc { a: Step } enum Step { Page { b: u32 } } } writes [Doc { a: Step::Page { b: 1 } }]
    new { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page { b: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }]
    backward Unreadable, forward Unreadable;

    /// The tag moves beside, in a list.
    external_to_adjacent: TAGGING
    old { struct Doc { a: Vec<Step> } enum Step { Start, Page(u32) } }
    writes [Doc { a: vec![Step::Start, Step::Page(1)] }]
    new { struct Doc { a: Vec<Step> } #[serde(tag = "t", content = "c")] enum Step { Start, Page(u32) } }
    writes [Doc { a: vec![Step::Start, Step::Page(1)] }]
    backward Unreadable, forward Unreadable;

    /// The tag goes.
    external_to_untagged: TAGGING
    old { struct Doc { a: Step } enum Step { Page(u32), Token(String) } }
    writes [Doc { a: Step::Page(1) }, Doc { a: Step::Token("x".into()) }]
    new { struct Doc { a: Step } #[serde(untagged)] enum Step { Page(u32), Token(String) } }
    writes [Doc { a: Step::Page(1) }, Doc { a: Step::Token("x".into()) }]
    backward Unreadable, forward Unreadable;

    /// What was inside moves beside.
    internal_to_adjacent: TAGGING
    old { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page { b: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }]
    new { struct Doc { a: Step } #[serde(tag = "t", content = "c")] enum Step { Page { b: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }]
    backward Unreadable, forward Unreadable;

    /// Without content, inside and beside are the same.
    internal_to_adjacent_units: TAGGING
    old { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Start, Done } }
    writes [Doc { a: Step::Start }, Doc { a: Step::Done }]
    new { struct Doc { a: Step } #[serde(tag = "t", content = "c")] enum Step { Start, Done } }
    writes [Doc { a: Step::Start }, Doc { a: Step::Done }]
    backward Reads, forward Reads;

    /// A tag that is no longer asked for is an unknown key.
    internal_to_untagged: TAGGING
    old { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page { b: u32 }, Until { c: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }, Doc { a: Step::Until { c: 1 } }]
    new { struct Doc { a: Step } #[serde(untagged)] enum Step { Page { b: u32 }, Until { c: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }]
    backward Reads, forward Unreadable;

    /// The key of the tag has another name.
    rename_tag: TAGGING
    old { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page { b: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }]
    new { struct Doc { a: Step } #[serde(tag = "type")] enum Step { Page { b: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }]
    backward Unreadable, forward Unreadable;

    /// The key of the content has another name, at the root.
    rename_content: TAGGING
    old { #[serde(tag = "t", content = "c")] enum Doc { Page(u32) } } writes [Doc::Page(1)]
    new { #[serde(tag = "t", content = "content")] enum Doc { Page(u32) } } writes [Doc::Page(1)]
    backward Unreadable, forward Unreadable;

    /// A struct becomes the only variant of an enum.
    struct_to_internal: TAGGING
    old { struct Doc { a: Part } struct Part { b: u32 } } writes [Doc { a: Part { b: 1 } }]
    new { struct Doc { a: Part } #[serde(tag = "t")] enum Part { Page { b: u32 } } }
    writes [Doc { a: Part::Page { b: 1 } }]
    backward Unreadable, forward Reads;

    /// A value becomes one of several without a tag.
    value_to_untagged: TAGGING
    old { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    new { struct Doc { a: Cursor } #[serde(untagged)] enum Cursor { Page(u32), Token(String) } }
    writes [Doc { a: Cursor::Page(1) }, Doc { a: Cursor::Token("x".into()) }]
    backward Reads, forward Unreadable;
}
