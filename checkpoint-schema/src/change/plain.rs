//! The changes that most updates are made of, in the form that a statement takes whose text is known: a sign for
//! each, and the parameters of all, numbered as in the text.
//!
//! A change is *plain* if it is of a field of the root, or of an entry of a map there, and if the field and a
//! [`word`] decide its text, with one operand at most. Nothing is left to do then but to look for the text. For
//! everything else they are made into [`Edit`]s again.

use super::cache::{self, Pair};
use super::edit::Edit;
use super::word;
use crate::field::shape::{Member, Shape, ShapeOf};
use crate::field::step::{Step, To};
use crate::sql::Param;

/// A plain change. The parameter stands where copies of 16 bytes take it whole: a processor waits for a copy that is
/// read across two others.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct One {
    /// Anything, of an operation that has none.
    pub(super) operand: Param,
    pub(super) sign: Sign,
    /// Of an entry.
    pub(super) key: Option<Box<str>>,
}

impl One {
    /// The same change as an edit.
    pub(super) fn edit(&mut self) -> Option<Edit> {
        let mut plain = Plain::default();
        plain.take(self);
        plain.edits().pop()
    }
}

/// Where there is no operand, or none any more.
pub(super) const NOTHING: Param = Param::BigInt(0);

/// All that decides the text of a plain change, beside the changes next to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) member: &'static Member,
    pub(super) word: usize,
}

/// How many there may be. A longer update is as right, and is made somewhat slower.
const MOST: usize = 4;

impl Sign {
    /// Of no change.
    const NONE: Self = {
        const MEMBER: &Member = &Member {
            key: "",
            aliases: &[],
            written: false,
            read: false,
            flattened: false,
            default: None,
            skipped_if: None,
            encoded_by: None,
            required: false,
            initial: None,
            blank: None,
            shape: ShapeOf::__leaf(),
        };
        Self { member: MEMBER, word: 0 }
    };

    fn is_entry(self) -> bool {
        self.word & word::ENTRY != 0
    }

    /// The same as words: where the constant of the field is, tells it from others.
    #[inline(always)]
    pub(super) fn pair(self) -> Pair {
        [std::ptr::from_ref(self.member).addr(), self.word]
    }

    /// How many parameters the change has: a key, and an operand.
    pub(super) fn params(self) -> usize {
        usize::from(self.is_entry()) + usize::from(word::has_operand(self.word))
    }
}

/// Plain changes, in order.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    signs: [Sign; MOST],
    count: usize,
    /// Of the signs.
    pub(super) hash: u64,
    pub(super) params: Vec<Param>,
}

impl Default for Plain {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl Plain {
    #[inline]
    fn of(params: Vec<Param>) -> Self {
        Self { signs: [Sign::NONE; MOST], count: 0, hash: 0, params }
    }

    #[inline]
    pub(super) fn with_room(changes: usize) -> Self {
        // Two each, and one for a row.
        Self::of(Vec::with_capacity(2 * changes.min(MOST) + 1))
    }

    /// Is the change plain beside these? One of the same entry is not: the text would tell which keys are the same.
    /// The field is told by its name, since the compiler may have its constant in several places.
    #[inline]
    pub(super) fn takes(&self, one: &One) -> bool {
        self.count < MOST
            && match &one.key {
                None => true,
                Some(key) => self.is_new(one.sign.member.key, key),
            }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    #[inline]
    pub(super) fn signs(&self) -> &[Sign] {
        self.signs.get(..self.count).unwrap_or(&self.signs)
    }

    fn is_new(&self, field: &str, key: &str) -> bool {
        !self.each().any(|(sign, params)| {
            sign.is_entry()
                && sign.member.key == field
                && matches!(params, [Param::Text(other), ..] if other == key)
        })
    }

    #[inline]
    pub(super) fn take(&mut self, one: &mut One) {
        if let Some(sign) = self.signs.get_mut(self.count) {
            *sign = one.sign;
            self.count += 1;
            self.hash = cache::hashed(self.hash, one.sign.pair());
        }
        if let Some(key) = one.key.take() {
            self.params.push(Param::Text(key.into_string()));
        }
        if word::has_operand(one.sign.word) {
            self.params.push(std::mem::replace(&mut one.operand, NOTHING));
        }
    }

    /// The changes, each with its parameters.
    fn each(&self) -> impl Iterator<Item = (Sign, &[Param])> {
        let mut params = self.params.as_slice();
        self.signs().iter().map(move |sign| {
            let (own, others) = params.split_at_checked(sign.params()).unwrap_or((params, &[]));
            params = others;
            (*sign, own)
        })
    }

    pub(super) fn into_ones(self) -> impl Iterator<Item = One> {
        let Self { signs, count, params, .. } = self;
        let mut params = params.into_iter();
        signs.into_iter().take(count).map(move |sign| {
            let key = if sign.is_entry() { params.next() } else { None };
            let key = match key {
                Some(Param::Text(key)) => Some(key.into()),
                _ => None,
            };
            let operand = if word::has_operand(sign.word) { params.next() } else { None };
            One { operand: operand.unwrap_or(NOTHING), sign, key }
        })
    }

    /// The same changes as edits.
    pub(super) fn edits(&self) -> Vec<Edit> {
        let edit = |(sign, params): (Sign, &[Param])| {
            let mut steps = vec![Step::field(sign.member)];
            if let (true, Some(Param::Text(key))) = (sign.is_entry(), params.first()) {
                let shape = match sign.member.shape.get().resolved() {
                    Shape::Map(entry) => entry.function(),
                    _ => || &Shape::Leaf,
                };
                steps.push(Step::to(To::Key(key.as_str().into(), shape)));
            }
            Edit { steps: steps.into(), op: word::op(sign.word, params.last()) }
        };
        self.each().map(edit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Member, NOTHING, One, Plain, Sign, word};

    /// The same field, as two parts of a program have it.
    static HERE: Member = Member { key: "counts", ..*Sign::NONE.member };
    static THERE: Member = Member { key: "counts", ..*Sign::NONE.member };
    static OTHER: Member = Member { key: "cursors", ..*Sign::NONE.member };

    fn entry(member: &'static Member, key: &str) -> One {
        One { operand: NOTHING, sign: Sign { member, word: word::SET | word::ENTRY }, key: Some(key.into()) }
    }

    #[test]
    fn one_entry_is_one_wherever_its_field_stands() {
        assert!(!std::ptr::eq(&raw const HERE, &raw const THERE));
        let mut plain = Plain::default();
        plain.take(&mut entry(&HERE, "a"));
        assert!(!plain.takes(&entry(&HERE, "a")));
        assert!(!plain.takes(&entry(&THERE, "a")));
        assert!(plain.takes(&entry(&THERE, "b")));
        assert!(plain.takes(&entry(&OTHER, "a")));
    }
}
