//! The three spellings of a path: JSON Pointer, `text[]` and SQL/JSON path. The only place that quotes them.

use std::fmt::Write;

use super::step::{Step, To};
use crate::pointer::escape;

/// RFC 6901.
pub(crate) fn pointer(steps: &[Step]) -> String {
    pointer_of(steps)
}

pub(crate) fn pointer_of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> String {
    let mut out = String::new();
    for step in steps {
        match &step.to {
            To::Field(member) => push_pointer_key(&mut out, member.key),
            To::Key(key, _) => push_pointer_key(&mut out, key),
            To::Index(index, _) => push_pointer_index(&mut out, *index),
            To::Fault(why) => push_pointer_key(&mut out, &format!("<{why}>")),
        }
    }
    out
}

fn push_pointer_key(out: &mut String, key: &str) {
    out.push('/');
    out.push_str(&escape(key));
}

fn push_pointer_index(out: &mut String, index: usize) {
    let _ = write!(out, "/{index}");
}

/// Appends where serde stopped, as a JSON Pointer. An enum's variant is the key under which serde writes
/// it; what serde could not name ends the pointer.
pub(crate) fn push_serde_path(out: &mut String, path: &serde_path_to_error::Path) {
    use serde_path_to_error::Segment;
    for segment in path {
        match segment {
            Segment::Seq { index } => push_pointer_index(out, *index),
            Segment::Map { key } => push_pointer_key(out, key),
            Segment::Enum { variant } => push_pointer_key(out, variant),
            Segment::Unknown => return,
        }
    }
}

/// PostgreSQL's array literal (its manual, 8.15.6): every element quoted, `"` and `\` escaped.
pub(crate) fn text_array(steps: &[Step]) -> String {
    let mut out = String::from("{");
    for (at, step) in steps.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match &step.to {
            To::Field(member) => push_quoted(&mut out, member.key),
            To::Key(key, _) | To::Fault(key) => push_quoted(&mut out, key),
            To::Index(index, _) => {
                let _ = write!(out, "\"{index}\"");
            }
        }
    }
    out.push('}');
    out
}

fn push_quoted(out: &mut String, key: &str) {
    out.push('"');
    for c in key.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// PostgreSQL's SQL/JSON path (its manual, 9.16.2): keys as JavaScript strings, positions in brackets.
pub(super) fn jsonpath(steps: &[Step]) -> String {
    let mut out = String::from("$");
    for step in steps {
        match &step.to {
            To::Field(member) => push_jsonpath_key(&mut out, member.key),
            To::Key(key, _) | To::Fault(key) => push_jsonpath_key(&mut out, key),
            To::Index(index, _) => {
                let _ = write!(out, "[{index}]");
            }
        }
    }
    out
}

fn push_jsonpath_key(out: &mut String, key: &str) {
    out.push_str(".\"");
    for c in key.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
