//! Numbers of other widths, signs and kinds.

use std::collections::BTreeMap;
use std::num::{NonZeroI64, NonZeroU32, NonZeroU64};

use serde_json::Number;

use super::pair::pairs;

pairs! {
    /// One width up at the bottom.
    u8_to_u16: INTEGERS
    old { struct Doc { a: u8 } } writes [Doc { a: u8::MAX }]
    new { struct Doc { a: u16 } } writes [Doc { a: 256 }]
    backward Reads, forward Unreadable;

    /// And further, in an `Option`.
    u16_to_u32: INTEGERS
    old { struct Doc { a: Option<u16> } } writes [Doc { a: None }, Doc { a: Some(u16::MAX) }]
    new { struct Doc { a: Option<u32> } } writes [Doc { a: None }, Doc { a: Some(65_536) }]
    backward Reads, forward Unreadable;

    /// And further, in a list.
    u32_to_u64: INTEGERS
    old { struct Doc { a: Vec<u32> } } writes [Doc { a: vec![u32::MAX] }]
    new { struct Doc { a: Vec<u64> } } writes [Doc { a: vec![u64::from(u32::MAX) + 1] }]
    backward Reads, forward Unreadable;

    /// With a sign.
    i8_to_i16: INTEGERS
    old { struct Doc { a: i8 } } writes [Doc { a: i8::MIN }]
    new { struct Doc { a: i16 } } writes [Doc { a: -129 }]
    backward Reads, forward Unreadable;

    /// With a sign, in a map.
    i16_to_i32: INTEGERS
    old { struct Doc { a: BTreeMap<String, i16> } } writes [Doc { a: [("k".into(), -1)].into() }]
    new { struct Doc { a: BTreeMap<String, i32> } } writes [Doc { a: [("k".into(), 32_768)].into() }]
    backward Reads, forward Unreadable;

    /// With a sign, nested.
    i32_to_i64: INTEGERS
    old { struct Doc { a: Part } struct Part { b: i32 } } writes [Doc { a: Part { b: i32::MIN } }]
    new { struct Doc { a: Part } struct Part { b: i64 } }
    writes [Doc { a: Part { b: i64::from(i32::MIN) - 1 } }]
    backward Reads, forward Unreadable;

    /// Narrower at the top.
    u64_to_u32: INTEGERS
    old { struct Doc { a: u64 } } writes [Doc { a: u64::MAX }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;

    /// Narrower with a sign.
    i64_to_i32: INTEGERS
    old { struct Doc { a: i64 } } writes [Doc { a: i64::MAX }]
    new { struct Doc { a: i32 } } writes [Doc { a: -1 }]
    backward Unreadable, forward Reads;

    /// Narrower in a tuple.
    u32_to_u8_in_tuple: INTEGERS
    old { struct Doc { a: (String, u32) } } writes [Doc { a: ("x".into(), 256) }]
    new { struct Doc { a: (String, u8) } } writes [Doc { a: ("x".into(), 255) }]
    backward Unreadable, forward Reads;

    /// Wide enough to hold the unsigned one.
    u32_to_i64: INTEGERS
    old { struct Doc { a: u32 } } writes [Doc { a: u32::MAX }]
    new { struct Doc { a: i64 } } writes [Doc { a: -1 }]
    backward Reads, forward Unreadable;

    /// The same at the bottom.
    u8_to_i16: INTEGERS
    old { struct Doc { a: u8 } } writes [Doc { a: u8::MAX }]
    new { struct Doc { a: i16 } } writes [Doc { a: 256 }]
    backward Reads, forward Unreadable;

    /// On 64 bits, the same.
    usize_to_u64: INTEGERS
    old { struct Doc { a: usize, b: isize } } writes [Doc { a: usize::MAX, b: isize::MIN }]
    new { struct Doc { a: u64, b: i64 } } writes [Doc { a: u64::MAX, b: i64::MIN }]
    backward Reads, forward Reads;

    /// A count in memory becomes narrower.
    usize_to_u32: INTEGERS
    old { struct Doc { a: usize } } writes [Doc { a: usize::MAX }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;

    /// Zero is allowed.
    nonzero_to_u32: INTEGERS
    old { struct Doc { a: NonZeroU32 } } writes [Doc { a: NonZeroU32::MIN }]
    new { struct Doc { a: u32 } } writes [Doc { a: 0 }]
    backward Reads, forward Unreadable;

    /// Zero is refused, between the signs.
    i64_to_nonzero: INTEGERS
    old { struct Doc { a: i64 } } writes [Doc { a: -1 }, Doc { a: 0 }]
    new { struct Doc { a: NonZeroI64 } } writes [Doc { a: NonZeroI64::MIN }]
    backward Unreadable, forward Reads;

    /// Zero stays refused, and the width grows.
    nonzero_to_wider_nonzero: INTEGERS
    old { struct Doc { a: NonZeroU32 } } writes [Doc { a: NonZeroU32::MAX }]
    new { struct Doc { a: NonZeroU64 } } writes [Doc { a: NonZeroU64::MAX }]
    backward Reads, forward Unreadable;

    /// Half of each lies outside of the other.
    u64_to_i64: SIGN
    old { struct Doc { a: u64 } } writes [Doc { a: u64::MAX }]
    new { struct Doc { a: i64 } } writes [Doc { a: -1 }]
    backward Unreadable, forward Unreadable;

    /// The other way round, with a default, in a list of structs.
    i64_to_u64: SIGN
    old { struct Doc { a: Vec<Part> } struct Part { #[serde(default)] b: i64 } }
    writes [Doc { a: vec![Part { b: -1 }] }]
    new { struct Doc { a: Vec<Part> } struct Part { #[serde(default)] b: u64 } }
    writes [Doc { a: vec![Part { b: u64::MAX }] }]
    backward Unreadable, forward Unreadable;

    /// The same of 32 bits.
    u32_to_i32: SIGN
    old { struct Doc { a: u32 } } writes [Doc { a: u32::MAX }]
    new { struct Doc { a: i32 } } writes [Doc { a: -1 }]
    backward Unreadable, forward Unreadable;

    /// A whole number becomes a fraction.
    i64_to_f64: FLOATS
    old { struct Doc { a: i64 } } writes [Doc { a: i64::MAX }]
    new { struct Doc { a: f64 } } writes [Doc { a: 0.5 }]
    backward Reads, forward Unreadable;

    /// A fraction that is whole is a fraction to serde nevertheless.
    f64_to_u32: FLOATS
    old { struct Doc { a: f64 } } writes [Doc { a: 1.0 }]
    new { struct Doc { a: u32 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Reads;

    /// The same in an `Option` in a map.
    u64_to_f64_in_map: FLOATS
    old { struct Doc { a: BTreeMap<String, Option<u64>> } }
    writes [Doc { a: [("k".into(), Some(u64::MAX))].into() }]
    new { struct Doc { a: BTreeMap<String, Option<f64>> } }
    writes [Doc { a: [("k".into(), Some(1.0))].into() }]
    backward Reads, forward Unreadable;

    /// Of half the width.
    u8_to_f32: FLOATS
    old { struct Doc { a: u8 } } writes [Doc { a: 7 }]
    new { struct Doc { a: f32 } } writes [Doc { a: 0.5 }]
    backward Reads, forward Unreadable;

    /// Wider.
    f32_to_f64: FLOATS
    old { struct Doc { a: f32 } } writes [Doc { a: 0.5 }, Doc { a: f32::MAX }]
    new { struct Doc { a: f64 } } writes [Doc { a: 0.5 }]
    backward Reads, forward Reads;

    /// Narrower: what is too great is read as infinite, and digits are lost.
    f64_to_f32: FLOATS
    old { struct Doc { a: f64 } } writes [Doc { a: 0.1 }, Doc { a: 1e300 }]
    new { struct Doc { a: f32 } } writes [Doc { a: 0.5 }]
    backward Reads, forward Reads;

    /// Any number.
    f64_to_number: FLOATS
    old { struct Doc { a: f64 } } writes [Doc { a: 0.1 }]
    new { struct Doc { a: Number } } writes [Doc { a: 1.into() }, Doc { a: u64::MAX.into() }]
    backward Reads, forward Reads;

    /// Any number where whole ones were.
    i32_to_number: FLOATS
    old { struct Doc { a: i32 } } writes [Doc { a: -1 }]
    new { struct Doc { a: Number } } writes [Doc { a: u64::MAX.into() }]
    backward Reads, forward Unreadable;

    /// Yes and no as a number.
    bool_to_integer: BESIDE
    old { struct Doc { a: bool } } writes [Doc { a: true }]
    new { struct Doc { a: u8 } } writes [Doc { a: 1 }]
    backward Unreadable, forward Unreadable;

    /// A number as a text.
    string_to_integer: BESIDE
    old { struct Doc { a: String } } writes [Doc { a: "5".into() }]
    new { struct Doc { a: u32 } } writes [Doc { a: 5 }]
    backward Unreadable, forward Unreadable;

    /// A number as a text, with defaults.
    float_to_string: BESIDE
    old { struct Doc { #[serde(default)] a: f64 } } writes [Doc { a: 0.5 }]
    new { struct Doc { #[serde(default)] a: String } } writes [Doc { a: "0.5".into() }]
    backward Unreadable, forward Unreadable;
}
