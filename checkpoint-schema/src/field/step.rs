//! What a path is made of.

/// One step of a [`Path`](super::Path).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Into an object, by the name that serde writes for a field.
    Field(&'static str),
    /// Into an object, by the key of a map entry.
    Key(String),
    /// Into an array, by position from 0.
    Index(usize),
    /// A map key that is no JSON key, with the reason. Every use of the path reports it.
    Fault(String),
}
