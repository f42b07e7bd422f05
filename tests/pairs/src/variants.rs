//! Variants of an enum that come, go, and change what they hold.

use std::collections::BTreeMap;

use super::pair::pairs;

pairs! {
    /// A word is added.
    add_unit: VARIANTS
    old { struct Doc { a: Mode } enum Mode { Full } } writes [Doc { a: Mode::Full }]
    new { struct Doc { a: Mode } enum Mode { Full, Part } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    backward Reads, forward Unreadable;

    /// A word is removed, in a list in an `Option`.
    remove_unit_in_list: VARIANTS
    old { struct Doc { a: Option<Vec<Mode>> } enum Mode { Full, Part } }
    writes [Doc { a: None }, Doc { a: Some(vec![Mode::Full, Mode::Part]) }]
    new { struct Doc { a: Option<Vec<Mode>> } enum Mode { Full } }
    writes [Doc { a: Some(vec![Mode::Full]) }]
    backward Unreadable, forward Reads;

    /// A word is added to the keys of a map.
    add_key: VARIANTS
    old {
        struct Doc { a: BTreeMap<Mode, u32> }
        #[derive(PartialEq, Eq, PartialOrd, Ord)] enum Mode { Full }
    }
    writes [Doc { a: [(Mode::Full, 1)].into() }]
    new {
        struct Doc { a: BTreeMap<Mode, u32> }
        #[derive(PartialEq, Eq, PartialOrd, Ord)] enum Mode { Full, Part }
    }
    writes [Doc { a: [(Mode::Full, 1), (Mode::Part, 2)].into() }]
    backward Reads, forward Unreadable;

    /// A variant with fields is added among variants without.
    add_struct_external: VARIANTS
    old { struct Doc { a: Step } enum Step { Start, Page(u32) } }
    writes [Doc { a: Step::Start }, Doc { a: Step::Page(1) }]
    new { struct Doc { a: Step } enum Step { Start, Page(u32), Until { b: String } } }
    writes [Doc { a: Step::Start }, Doc { a: Step::Page(1) }, Doc { a: Step::Until { b: "x".into() } }]
    backward Reads, forward Unreadable;

    /// A variant with a tag inside is added, in a map.
    add_internal_in_map: VARIANTS
    old {
        struct Doc { a: BTreeMap<String, Step> }
        #[serde(tag = "t")] enum Step { Start, Page { b: u32 } }
    }
    writes [Doc { a: [("k".into(), Step::Start), ("l".into(), Step::Page { b: 1 })].into() }]
    new {
        struct Doc { a: BTreeMap<String, Step> }
        #[serde(tag = "t")] enum Step { Start, Page { b: u32 }, Until { c: u32 } }
    }
    writes [
        Doc { a: [("k".into(), Step::Start), ("l".into(), Step::Page { b: 1 })].into() },
        Doc { a: [("m".into(), Step::Until { c: 1 })].into() },
    ]
    backward Reads, forward Unreadable;

    /// A variant with a tag beside is removed.
    remove_adjacent: VARIANTS
    old {
        struct Doc { a: Step }
        #[serde(tag = "t", content = "c")] enum Step { Start, Page(u32) }
    }
    writes [Doc { a: Step::Start }, Doc { a: Step::Page(1) }]
    new {
        struct Doc { a: Step }
        #[serde(tag = "t", content = "c")] enum Step { Start }
    }
    writes [Doc { a: Step::Start }]
    backward Unreadable, forward Reads;

    /// A variant without a tag is added.
    add_untagged: VARIANTS
    old { struct Doc { a: Cursor } #[serde(untagged)] enum Cursor { Page(u32) } }
    writes [Doc { a: Cursor::Page(1) }]
    new { struct Doc { a: Cursor } #[serde(untagged)] enum Cursor { Page(u32), Token(String) } }
    writes [Doc { a: Cursor::Page(1) }, Doc { a: Cursor::Token("x".into()) }]
    backward Reads, forward Unreadable;

    /// A variant without a tag is removed, which another one of them reads, too.
    remove_untagged_covered: VARIANTS
    old { struct Doc { a: Cursor } #[serde(untagged)] enum Cursor { Page(u32), Any(f64) } }
    writes [Doc { a: Cursor::Page(1) }, Doc { a: Cursor::Any(0.5) }]
    new { struct Doc { a: Cursor } #[serde(untagged)] enum Cursor { Any(f64) } }
    writes [Doc { a: Cursor::Any(0.5) }]
    backward Reads, forward Reads;

    /// The checkpoint itself is an enum, and a variant is added.
    add_at_root: VARIANTS
    old { #[serde(tag = "t")] enum Doc { Start { a: u32 } } } writes [Doc::Start { a: 1 }]
    new { #[serde(tag = "t")] enum Doc { Start { a: u32 }, Done } } writes [Doc::Start { a: 1 }, Doc::Done]
    backward Reads, forward Unreadable;

    /// A variant is added to a flattened enum.
    add_flattened: VARIANTS
    old {
        struct Doc { a: u32, #[serde(flatten)] step: Step }
        #[serde(tag = "t")] enum Step { Start }
    }
    writes [Doc { a: 1, step: Step::Start }]
    new {
        struct Doc { a: u32, #[serde(flatten)] step: Step }
        #[serde(tag = "t")] enum Step { Start, Page { b: u32 } }
    }
    writes [Doc { a: 1, step: Step::Start }, Doc { a: 1, step: Step::Page { b: 2 } }]
    backward Reads, forward Unreadable;

    /// A word is added, and old workers take any word.
    add_unit_to_other: VARIANTS
    old { struct Doc { a: Mode } enum Mode { Full, #[serde(other)] Other } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Other }]
    new { struct Doc { a: Mode } enum Mode { Full, Part, #[serde(other)] Other } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }, Doc { a: Mode::Other }]
    backward Reads, forward Reads;

    /// A variant with content is added: old workers take any word, and no content.
    add_newtype_to_other: VARIANTS
    old { struct Doc { a: Mode } enum Mode { Full, #[serde(other)] Other } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Other }]
    new { struct Doc { a: Mode } enum Mode { Full, Since(u32), #[serde(other)] Other } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Since(1) }]
    backward Reads, forward Unreadable;

    /// With the tag inside, old workers pass over the content, too.
    add_internal_to_other: VARIANTS
    old { struct Doc { a: Vec<Step> } #[serde(tag = "t")] enum Step { Start, #[serde(other)] Other } }
    writes [Doc { a: vec![Step::Start, Step::Other] }]
    new {
        struct Doc { a: Vec<Step> }
        #[serde(tag = "t")] enum Step { Start, Page { b: u32 }, #[serde(other)] Other }
    }
    writes [Doc { a: vec![Step::Start, Step::Page { b: 1 }, Step::Other] }]
    backward Reads, forward Reads;

    /// The same with the tag beside.
    add_adjacent_to_other: VARIANTS
    old {
        struct Doc { a: Step }
        #[serde(tag = "t", content = "c")] enum Step { Start, #[serde(other)] Other }
    }
    writes [Doc { a: Step::Start }, Doc { a: Step::Other }]
    new {
        struct Doc { a: Step }
        #[serde(tag = "t", content = "c")] enum Step { Start, Page(u32), #[serde(other)] Other }
    }
    writes [Doc { a: Step::Start }, Doc { a: Step::Page(1) }]
    backward Reads, forward Unreadable;

    /// The variant that takes the rest is removed.
    remove_other: VARIANTS
    old { struct Doc { a: Mode } enum Mode { Full, #[serde(other)] Other } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Other }]
    new { struct Doc { a: Mode } enum Mode { Full } } writes [Doc { a: Mode::Full }]
    backward Unreadable, forward Reads;

    /// A word gets another spelling, and what it was is not read.
    rename_unit: VARIANTS
    old { struct Doc { a: Mode } enum Mode { Full } } writes [Doc { a: Mode::Full }]
    new { struct Doc { a: Mode } enum Mode { Whole } } writes [Doc { a: Mode::Whole }]
    backward Unreadable, forward Unreadable;

    /// A variant is no longer written.
    skip_variant: VARIANTS
    old { struct Doc { a: Mode } enum Mode { Full, Part } }
    writes [Doc { a: Mode::Full }, Doc { a: Mode::Part }]
    new { struct Doc { a: Mode } enum Mode { Full, #[serde(skip)] #[allow(dead_code)] Part } }
    writes [Doc { a: Mode::Full }]
    backward Unreadable, forward Reads;

    /// A variant without content gets one.
    unit_to_newtype: BESIDE
    old { struct Doc { a: Step } enum Step { Page } } writes [Doc { a: Step::Page }]
    new { struct Doc { a: Step } enum Step { Page(u32) } } writes [Doc { a: Step::Page(1) }]
    backward Unreadable, forward Unreadable;

    /// An `Option` as the content does not stand for none.
    unit_to_newtype_of_option: BESIDE
    old { struct Doc { a: Step } enum Step { Page } } writes [Doc { a: Step::Page }]
    new { struct Doc { a: Step } enum Step { Page(Option<u32>) } }
    writes [Doc { a: Step::Page(Some(1)) }, Doc { a: Step::Page(None) }]
    backward Unreadable, forward Unreadable;

    /// With the tag inside, optional fields may be added to a variant without any.
    unit_to_struct_internal: BESIDE
    old { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page } } writes [Doc { a: Step::Page }]
    new { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page { b: Option<u32> } } }
    writes [Doc { a: Step::Page { b: None } }, Doc { a: Step::Page { b: Some(1) } }]
    backward Reads, forward Reads;

    /// The fields of a struct, or its own: the same document.
    newtype_to_struct: BESIDE
    old { struct Doc { a: Step } enum Step { Page(Part) } struct Part { b: u32 } }
    writes [Doc { a: Step::Page(Part { b: 1 }) }]
    new { struct Doc { a: Step } enum Step { Page { b: u32 } } } writes [Doc { a: Step::Page { b: 1 } }]
    backward Reads, forward Reads;

    /// A number, or a field with the number.
    newtype_number_to_struct: BESIDE
    old { struct Doc { a: Step } enum Step { Page(u32) } } writes [Doc { a: Step::Page(1) }]
    new { struct Doc { a: Step } enum Step { Page { b: u32 } } } writes [Doc { a: Step::Page { b: 1 } }]
    backward Unreadable, forward Unreadable;

    /// A field of a variant becomes required.
    add_required_in_variant: ADD_REQUIRED
    old { struct Doc { a: Step } enum Step { Page { b: u32 } } } writes [Doc { a: Step::Page { b: 1 } }]
    new { struct Doc { a: Step } enum Step { Page { b: u32, c: u32 } } }
    writes [Doc { a: Step::Page { b: 1, c: 2 } }]
    backward Unreadable, forward Reads;

    /// A field of an adjacent variant may be missing.
    add_default_in_adjacent: ADD_OPTIONAL
    old { struct Doc { a: Step } #[serde(tag = "t", content = "c")] enum Step { Page { b: u32 } } }
    writes [Doc { a: Step::Page { b: 1 } }]
    new {
        struct Doc { a: Step }
        #[serde(tag = "t", content = "c")] enum Step { Page { b: u32, #[serde(default)] d: u32 } }
    }
    writes [Doc { a: Step::Page { b: 1, d: 2 } }]
    backward Reads, forward Reads;

    /// A required field of a variant without a tag is removed.
    remove_required_in_untagged: REMOVE_REQUIRED
    old { struct Doc { a: Step } #[serde(untagged)] enum Step { Page { b: u32, c: u32 }, Token(String) } }
    writes [Doc { a: Step::Page { b: 1, c: 2 } }, Doc { a: Step::Token("x".into()) }]
    new { struct Doc { a: Step } #[serde(untagged)] enum Step { Page { b: u32 }, Token(String) } }
    writes [Doc { a: Step::Page { b: 1 } }, Doc { a: Step::Token("x".into()) }]
    backward Reads, forward Unreadable;

    /// A number in a variant with the tag inside becomes wider.
    widen_in_internal: INTEGERS
    old { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page { b: u32 }, Start } }
    writes [Doc { a: Step::Page { b: 1 } }, Doc { a: Step::Start }]
    new { struct Doc { a: Step } #[serde(tag = "t")] enum Step { Page { b: u64 }, Start } }
    writes [Doc { a: Step::Page { b: u64::MAX } }]
    backward Reads, forward Unreadable;

    /// The order of variants without a tag decides which one reads, not whether one does.
    untagged_reordered: BESIDE
    old { struct Doc { a: Cursor } #[serde(untagged)] enum Cursor { Page(u32), Any(f64) } }
    writes [Doc { a: Cursor::Page(1) }, Doc { a: Cursor::Any(0.5) }]
    new { struct Doc { a: Cursor } #[serde(untagged)] enum Cursor { Any(f64), Page(u32) } }
    writes [Doc { a: Cursor::Page(1) }, Doc { a: Cursor::Any(0.5) }]
    backward Reads, forward Reads;
}
