//! Texts that were rendered before: an update of the same fields by the same operations has the same text, and
//! only its parameters differ.
//!
//! Each thread keeps the texts that it rendered last. What decides a text is told by a *fingerprint*, a list
//! of numbers; updates whose text depends on more than that have none, and are rendered each time.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;
use smallvec::SmallVec;

use super::guard::Guard;
use super::op::{Bound, Calculation, Op, Outcome, Start};
use super::params::{MOST_TRACED, Origin};
use crate::field::kind::Range;
use crate::field::shape::Shape;
use crate::field::step::{Place, Step, To};

/// A text with its parameters' origins.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) text: Arc<str>,
    pub(crate) origins: Rc<[Origin]>,
}

/// How many texts a thread keeps: a worker has some dozens, and a text some thousand bytes.
const KEPT: usize = 512;

type Words = SmallVec<[usize; 32]>;

/// What decides a text. `around` and `kind` tell what stands around the changes: the column, or the table, the
/// job and the row.
pub(crate) struct Fingerprint<'a> {
    around: &'a str,
    words: Words,
    /// What a missing value becomes, for each change: found out on the way, and a parameter.
    pub(crate) missing: SmallVec<[Value; 4]>,
}

struct Entry {
    around: Box<str>,
    words: Box<[usize]>,
    known: Known,
}

thread_local! {
    static TEXTS: RefCell<HashMap<u64, Vec<Entry>, BuildHasherDefault<Itself>>> = RefCell::default();
}

/// A hash that is one already.
#[derive(Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl<'a> Fingerprint<'a> {
    pub(crate) fn new(around: &'a str, kind: [usize; 3], shape: &'static Shape, guard: Guard) -> Self {
        let mut words = Words::new();
        words.extend_from_slice(&kind);
        words.extend_from_slice(&guard.words());
        words.push(address(shape));
        Self { around, words, missing: SmallVec::new() }
    }

    /// Takes the changes down; `None` where the text depends on values: what starts from a default with
    /// something in it, a merge, a copy.
    pub(crate) fn take_down(&mut self, changes: &[(Place, Op)]) -> Option<()> {
        if changes.len() > MOST_TRACED {
            return None;
        }
        let words = &mut self.words;
        for (at, (place, op)) in changes.iter().enumerate() {
            words.push(usize::MAX);
            let (last, way) = place.steps().split_last()?;
            for (depth, step) in way.iter().enumerate() {
                push_step(step, depth, at, changes, words);
                if let To::Field(member) = &step.to {
                    // Of an object's default only this can be told: whether it is an empty one.
                    words.push(match member.initial.map(|initial| initial()) {
                        None | Some(Ok(Value::Null)) => 0,
                        Some(Ok(Value::Object(object))) if object.is_empty() => 1,
                        Some(_) => return None,
                    });
                }
            }
            push_step(last, way.len(), at, changes, words);
            self.missing.push(push_op(op, last, words)?);
        }
        Some(())
    }

    fn hash(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut mix = |word: u64| hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        mix(self.around.len() as u64);
        for word in &self.words {
            mix(*word as u64);
        }
        hash
    }

    /// The text that was rendered for the same.
    pub(crate) fn find(&self) -> Option<Known> {
        TEXTS.with_borrow(|texts| {
            let entries = texts.get(&self.hash())?;
            let found =
                entries.iter().find(|entry| *entry.words == *self.words && *entry.around == *self.around)?;
            Some(found.known.clone())
        })
    }

    pub(crate) fn keep(self, known: Known) {
        TEXTS.with_borrow_mut(|texts| {
            if texts.len() >= KEPT {
                texts.clear();
            }
            let entry = Entry { around: self.around.into(), words: self.words.to_vec().into(), known };
            texts.entry(self.hash()).or_default().push(entry);
        });
    }
}

/// Where a constant is, as a number: two of them at one place are one.
fn address<T: ?Sized>(constant: &'static T) -> usize {
    std::ptr::from_ref(constant).cast::<()>().addr()
}

/// A key counts by the first change that has the same, so that the text is that of the same pattern of keys.
fn push_step(step: &Step, depth: usize, at: usize, changes: &[(Place, Op)], words: &mut Words) {
    // Constants stand at even addresses, so that the last bits are free.
    let flags = usize::from(step.nullable) | usize::from(step.whole.is_some()) << 1;
    if let (To::Field(member), None) = (&step.to, step.whole) {
        words.push(address(*member) | flags);
        return;
    }
    let like = |is: &dyn Fn(&To) -> bool| {
        let same = |(place, _): &(Place, Op)| place.steps().get(depth).is_some_and(|other| is(&other.to));
        changes.iter().take(at).position(same).unwrap_or(at)
    };
    match &step.to {
        To::Field(member) => words.push(address(*member) | flags),
        To::Key(key, shape) => {
            let first = like(&|other| matches!(other, To::Key(other, _) if other == key));
            words.extend_from_slice(&[1 << 2 | flags, first, address(shape())]);
        }
        To::Index(index, shape) => {
            let first = like(&|other| matches!(other, To::Index(other, _) if other == index));
            words.extend_from_slice(&[2 << 2 | flags, first, address(shape())]);
        }
        To::Fault(_) => {}
    }
    if let Some(shape) = step.whole {
        words.push(address(shape()));
    }
}

/// The words of the operation; gives what a missing value becomes, if that is a parameter.
fn push_op(op: &Op, step: &Step, words: &mut Words) -> Option<Value> {
    match op {
        Op::Set(_) => words.push(1),
        Op::SetDefault(_) => words.push(2),
        Op::Unset => words.push(3),
        Op::Calculate(how, by, range) => {
            words.push(if *how == Calculation::Add { 4 } else { 5 });
            push_range(range, words);
            if let (Some(by), Range::Integer(_)) = (by.integer(), range) {
                words.push(i64::try_from(by).is_ok().into());
            }
        }
        Op::Bound(bound, _, range) => {
            words.push(if *bound == Bound::AtLeast { 6 } else { 7 });
            push_range(range, words);
        }
        #[cfg(feature = "chrono")]
        Op::Advance(_) => words.push(8),
        Op::Push(_) => words.push(9),
        Op::PushUnique(item) => words.push(if item.is_array() || item.is_object() { 10 } else { 11 }),
        Op::PushCapped(..) => words.push(12),
        Op::Remove(_) => words.push(13),
        Op::Pop => words.push(14),
        Op::RenameFromAliases => words.push(15),
        // An element beyond a missing list is an error, and one at its start is not.
        Op::InsertAt(..) | Op::Merge(_) | Op::Patch(_) | Op::CopyFrom(_) | Op::RenameFrom(_) => {
            return None;
        }
    }
    if matches!(op, Op::Set(_) | Op::SetDefault(_) | Op::Unset | Op::RenameFromAliases) {
        return Some(Value::Null);
    }
    // What a missing value becomes, as far as the text tells.
    let start = Start::at(step).ok()?;
    let of_nothing = op.makes_of_nothing() && start.is_nothing();
    let (word, missing) = match &start {
        Start::Required => (1, Value::Null),
        _ if of_nothing => (2, Value::Null),
        // A sum may be out of range from the start: that is another text.
        Start::Empty | Start::Default(_) => match op.missing(&start).ok()? {
            Outcome::Put(value) => (3, value),
            Outcome::Leave | Outcome::Remove => (4, Value::Null),
        },
    };
    words.push(word);
    Some(missing)
}

fn push_range(range: &Range, words: &mut Words) {
    match range {
        Range::Integer(of) => words.push(address(*of)),
        Range::Single => words.push(1),
        Range::Double => words.push(2),
    }
}
