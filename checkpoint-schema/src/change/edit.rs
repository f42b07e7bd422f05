//! One operation at one place, and what of it decides the text of a statement.
//!
//! What is inlined here is known of most changes while the worker compiles, and becomes a constant.

use super::op::{Bound, Calculation, Op};
use super::params::least;
use crate::field::kind::{Counted, Integers, Range};
use crate::field::shape::{Blank, Member};
use crate::field::step::{Place, Step, To};

/// An operation at a place.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) place: Place,
    pub(crate) op: Op,
    /// Of a field of the root: all that decides the text, beside the field. 0 where there is more to it.
    word: usize,
}

impl Edit {
    #[inline(always)]
    pub(crate) fn new(place: Place, op: Op) -> Self {
        let word = match &place {
            Place::Static([Step { to: To::Field(Member { blank, .. }), .. }]) => {
                decided(&op, *blank == Some(Blank::Array), *blank == Some(Blank::Integer))
            }
            _ => None,
        };
        Self { place, op, word: word.unwrap_or(0) }
    }

    /// The field, by where its constant is, and the word; if that is all.
    #[inline(always)]
    pub(super) fn pair(&self) -> Option<[usize; 2]> {
        match self.place {
            Place::Static(steps) if self.word != 0 => Some([steps.as_ptr().addr(), self.word]),
            _ => None,
        }
    }
}

/// What becomes of a missing value is told by the operation, if it starts from an empty list, or from 0, or if
/// that is not asked.
#[inline(always)]
fn decided(op: &Op, from_list: bool, from_zero: bool) -> Option<usize> {
    let start = match op {
        Op::Set(_) | Op::SetDefault(_) | Op::Unset | Op::RenameFromAliases => 0,
        Op::Push(_) | Op::PushUnique(_) | Op::PushCapped(..) if from_list => NOTHING,
        Op::Calculate(..) if from_zero && op.fits_zero() => VALUE,
        _ => return None,
    };
    Some(word(op)? | start)
}

/// All that decides the text beside the place, at the end of any steps.
pub(super) fn below(steps: &[Step], op: &Op) -> Option<usize> {
    match &steps.last()?.to {
        To::Field(Member { blank, .. }) => {
            decided(op, *blank == Some(Blank::Array), *blank == Some(Blank::Integer))
        }
        To::Key(..) | To::Index(..) => decided(op, true, true),
        To::Fault(_) => None,
    }
}

/// The operation, and what of its operand the text depends on.
#[inline(always)]
pub(super) fn word(op: &Op) -> Option<usize> {
    let (what, which) = match op {
        Op::Set(_) => (32, 0),
        Op::SetDefault(_) => (33, 0),
        Op::Unset => (34, 0),
        Op::Calculate(how, by, range) => {
            let fitting = match range {
                Range::Integer(of) => fitting(of, *by) << 8,
                Range::Single | Range::Double => 0,
            };
            (if *how == Calculation::Add { 35 } else { 36 }, number(*range) | fitting)
        }
        Op::Bound(bound, _, range) => (if *bound == Bound::AtLeast { 37 } else { 38 }, number(*range)),
        #[cfg(feature = "chrono")]
        Op::Advance(_) => (39, 0),
        Op::Push(_) => (40, 0),
        Op::PushUnique(item) => (41, usize::from(item.is_array() || item.is_object())),
        Op::PushCapped(..) => (42, 0),
        Op::Remove(_) => (43, 0),
        Op::Pop => (44, 0),
        Op::RenameFromAliases => (45, 0),
        // An element beyond a missing list is an error, and one at its start is not.
        Op::InsertAt(..) | Op::Merge(_) | Op::Patch(_) | Op::CopyFrom(_) | Op::RenameFrom(_) => return None,
    };
    Some(what | which << 16)
}

#[inline(always)]
fn number(range: Range) -> usize {
    match range {
        Range::Integer(of) => usize::from(of.ordinal),
        Range::Single => 32,
        Range::Double => 33,
    }
}

/// Which parameters of a calculation are a `bigint`.
#[inline(always)]
fn fitting(of: &Integers, by: Counted) -> usize {
    let amount = match by {
        Counted::Negative(_) | Counted::Float(_) => true,
        Counted::Natural(by) => i64::try_from(by).is_ok(),
    };
    usize::from(amount) | usize::from(i64::try_from(least(of, by)).is_ok()) << 1
}

/// What the text tells of a missing value, beside the operation: it is an error, it becomes what the operation
/// makes of nothing, it becomes a value that is a parameter, it is left.
pub(super) const REQUIRED: usize = 1 << 8;
pub(super) const NOTHING: usize = 2 << 8;
pub(super) const VALUE: usize = 3 << 8;
pub(super) const LEFT: usize = 4 << 8;
