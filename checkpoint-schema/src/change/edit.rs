//! One operation at one place: of an update with more to it than plain changes.

use std::fmt;

use super::op::Op;
use crate::field::notation;
use crate::field::step::Steps;

/// An operation at a place.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) steps: Steps,
    pub(crate) op: Op,
}

/// A change for people.
pub(super) struct Shown<'a>(pub(super) &'a Edit);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Edit { steps, op } = self.0;
        write!(f, "{}: {op:?}", notation::pointer(steps))
    }
}
