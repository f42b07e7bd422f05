//! An operation as a word, which has all of it that decides the text of a statement, and an operand.
//!
//! What is inlined here is known of most changes while the worker compiles, and becomes a constant.

use serde_json::Value;

use super::op::{Bound, Calculation, Op};
use super::plain;
use crate::field::kind::{Counted, Range};
use crate::field::shape::{Blank, Member};
use crate::sql::Param;

pub(super) const SET: usize = 32;
pub(super) const SET_DEFAULT: usize = 33;
const UNSET: usize = 34;
const ADD: usize = 35;
const MULTIPLY: usize = 36;
const AT_LEAST: usize = 37;
const AT_MOST: usize = 38;
#[cfg(feature = "chrono")]
const ADVANCE: usize = 39;
const PUSH: usize = 40;
pub(super) const PUSH_UNIQUE: usize = 41;
const PUSH_CAPPED: usize = 42;
pub(super) const REMOVE: usize = 43;
const POP: usize = 44;
const RENAME_FROM_ALIASES: usize = 45;

/// The bits of a word: what is done; what becomes of a missing value; to what it is done; by what form of amount.
const WHAT: usize = 0x3f;
const WHICH: u32 = 16;
const FORM: u32 = 24;

/// Beyond the ordinals of the integer types.
const SINGLE: usize = 32;

/// Set where it is done to an entry of a map in the field.
pub(super) const ENTRY: usize = 1 << 7;

/// What the text tells of a missing value, beside the operation: it is an error, it becomes what the operation
/// makes of nothing, it becomes a value that is a parameter, it is left.
pub(super) const REQUIRED: usize = 1 << 8;
pub(super) const NOTHING: usize = 2 << 8;
pub(super) const VALUE: usize = 3 << 8;
pub(super) const LEFT: usize = 4 << 8;

/// The operation, and what of its operand the text depends on.
pub(super) fn word(op: &Op) -> Option<usize> {
    Some(match op {
        Op::Set(_) => SET,
        Op::SetDefault(_) => SET_DEFAULT,
        Op::Unset => UNSET,
        Op::Calculate(Calculation::Add, by, range) => of_sum(*by, *range),
        Op::Calculate(Calculation::Multiply, by, range) => MULTIPLY | of_range(*range) | form(*by) << FORM,
        Op::Bound(Bound::AtLeast, _, range) => AT_LEAST | of_range(*range),
        Op::Bound(Bound::AtMost, _, range) => AT_MOST | of_range(*range),
        #[cfg(feature = "chrono")]
        Op::Advance(_) => ADVANCE,
        Op::Push(_) => PUSH,
        Op::PushUnique(item) => PUSH_UNIQUE | usize::from(item.is_array() || item.is_object()) << WHICH,
        Op::PushCapped(..) => PUSH_CAPPED,
        Op::Remove(_) => REMOVE,
        Op::Pop => POP,
        Op::RenameFromAliases => RENAME_FROM_ALIASES,
        // An element beyond a missing list is an error, and one at its start is not.
        Op::InsertAt(..) | Op::Merge(_) | Op::Patch(_) | Op::CopyFrom(_) | Op::RenameFrom(_) => return None,
    })
}

#[inline(always)]
fn of_range(range: Range) -> usize {
    let which = match range {
        Range::Integer(of) => usize::from(of.ordinal),
        Range::Single => SINGLE,
        Range::Double => SINGLE + 1,
    };
    which << WHICH
}

/// What the text tells of an amount: whether it is a `bigint`.
#[inline(always)]
fn form(by: Counted) -> usize {
    match by {
        Counted::Natural(by) => usize::from(i64::try_from(by).is_err()),
        Counted::Negative(_) | Counted::Float(_) => 0,
    }
}

/// Is the operation plain, by a value without parts? It is one of [`SET`], [`SET_DEFAULT`], [`PUSH_UNIQUE`] and
/// [`REMOVE`].
#[inline(always)]
pub(super) fn is_plain(member: &Member, what: usize) -> bool {
    match what {
        SET | SET_DEFAULT => true,
        PUSH_UNIQUE | REMOVE => starts_from(member, Blank::Array),
        _ => false,
    }
}

/// The same of an entry of a map in the field.
pub(super) fn is_plain_in(member: &Member) -> bool {
    !member.is_dynamic()
}

/// The word of an addition to an integer, if it is plain, and can be made.
#[inline(always)]
pub(super) fn of_addition(member: &Member, how: Calculation, by: Counted, range: Range) -> Option<usize> {
    (starts_from(member, Blank::Integer) && is_addition(how, by, range)).then(|| of_sum(by, range))
}

/// The same of an entry of a map in the field.
pub(super) fn of_addition_in(member: &Member, how: Calculation, by: Counted, range: Range) -> Option<usize> {
    (is_plain_in(member) && is_addition(how, by, range)).then(|| of_sum(by, range) | ENTRY)
}

/// Is it an addition to an integer that can be made?
#[inline(always)]
fn is_addition(how: Calculation, by: Counted, range: Range) -> bool {
    how == Calculation::Add && by.integer().is_some_and(|by| range.spans(by))
}

#[inline(always)]
fn of_sum(by: Counted, range: Range) -> usize {
    ADD | of_range(range) | (form(by) | usize::from(range.has(by)) << 2) << FORM
}

/// Does a missing value start from this, or not at all?
#[inline(always)]
fn starts_from(member: &Member, blank: Blank) -> bool {
    !member.is_dynamic() && member.blank.is_none_or(|start| start == blank)
}

/// The word, if it decides the text together with the field, and if its operand is all that is bound. An addition
/// has [`of_addition`].
pub(super) fn of_field(member: &Member, op: &Op) -> Option<usize> {
    let is_decided = match op {
        Op::Set(_) | Op::SetDefault(_) | Op::Unset | Op::RenameFromAliases => true,
        Op::Push(_) | Op::PushUnique(_) | Op::Remove(_) | Op::Pop => starts_from(member, Blank::Array),
        Op::Bound(..) => !member.is_dynamic() && member.blank.is_none(),
        _ => false,
    };
    if is_decided { word(op) } else { None }
}

/// The same of an entry of a map in the field.
pub(super) fn of_entry(member: &Member, op: &Op) -> Option<usize> {
    let is_decided = match op {
        Op::Set(_)
        | Op::SetDefault(_)
        | Op::Unset
        | Op::RenameFromAliases
        | Op::Push(_)
        | Op::PushUnique(_)
        | Op::Remove(_)
        | Op::Pop
        | Op::Bound(..) => is_plain_in(member),
        _ => false,
    };
    if is_decided { word(op).map(|word| word | ENTRY) } else { None }
}

/// Has such an operation an operand?
#[inline(always)]
pub(super) fn has_operand(word: usize) -> bool {
    !matches!(word & WHAT, UNSET | POP | RENAME_FROM_ALIASES)
}

/// The operand, as a statement binds it; of operations that [`of_field`] has words for.
pub(super) fn operand(op: Op) -> Param {
    match op {
        Op::Set(value) | Op::SetDefault(value) | Op::PushUnique(value) | Op::Remove(value) => {
            Param::Jsonb(value)
        }
        Op::Push(items) => Param::Jsonb(Value::Array(items)),
        Op::Bound(_, number, _) => Param::Jsonb(Value::Number(number)),
        _ => plain::NOTHING,
    }
}

/// What is added or multiplied with; as text where it is no `bigint`.
#[inline]
pub(super) fn amount(by: Counted) -> Param {
    match by {
        Counted::Negative(by) => Param::BigInt(by),
        Counted::Natural(by) => i64::try_from(by).map_or_else(|_| beyond(by), Param::BigInt),
        Counted::Float(by) => Param::Text(format!("{by:?}")),
    }
}

#[cold]
fn beyond(by: u64) -> Param {
    Param::Text(by.to_string())
}

/// The operation again, of a word from [`of_field`] or [`of_entry`] and its operand.
pub(super) fn op(word: usize, operand: Option<&Param>) -> Op {
    let value = || match operand {
        Some(Param::Jsonb(value)) => value.clone(),
        _ => Value::Null,
    };
    match (word & WHAT, operand) {
        (SET, _) => Op::Set(value()),
        (SET_DEFAULT, _) => Op::SetDefault(value()),
        (ADD, _) => Op::Calculate(Calculation::Add, counted(operand), range(word)),
        (AT_LEAST, Some(Param::Jsonb(Value::Number(number)))) => {
            Op::Bound(Bound::AtLeast, number.clone(), range(word))
        }
        (AT_MOST, Some(Param::Jsonb(Value::Number(number)))) => {
            Op::Bound(Bound::AtMost, number.clone(), range(word))
        }
        (PUSH, Some(Param::Jsonb(Value::Array(items)))) => Op::Push(items.clone()),
        (PUSH_UNIQUE, _) => Op::PushUnique(value()),
        (REMOVE, _) => Op::Remove(value()),
        (POP, _) => Op::Pop,
        (RENAME_FROM_ALIASES, _) => Op::RenameFromAliases,
        (what, _) => {
            debug_assert_eq!(what, UNSET, "{operand:?}");
            Op::Unset
        }
    }
}

fn range(word: usize) -> Range {
    match word >> WHICH & 0xff {
        SINGLE => Range::Single,
        which => Range::INTEGERS.get(which).copied().unwrap_or(Range::Double),
    }
}

fn counted(operand: Option<&Param>) -> Counted {
    match operand {
        Some(Param::BigInt(by)) => u64::try_from(*by).map_or(Counted::Negative(*by), Counted::Natural),
        // Beyond `bigint`.
        Some(Param::Text(by)) => Counted::Natural(by.parse().unwrap_or(u64::MAX)),
        _ => Counted::Natural(0),
    }
}
