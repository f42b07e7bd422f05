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

use super::op::{Bound, Calculation, Op, Outcome, Start};
use super::params::{MOST_TRACED, Origin, least, most};
use crate::field::kind::{Counted, Range};
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

type Words = SmallVec<[usize; 64]>;

/// What decides a text. `around` and `kind` tell what stands around the changes: the column, or the table, the
/// job and the row.
pub(crate) struct Fingerprint<'a> {
    around: &'a str,
    words: Words,
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
    /// `None` where the text depends on values: what starts from a default with something in it, a merge, a
    /// copy.
    pub(crate) fn of(
        around: &'a str,
        kind: [usize; 3],
        shape: &'static Shape,
        changes: &[(&Place, &Op)],
    ) -> Option<Self> {
        if changes.len() > MOST_TRACED {
            return None;
        }
        let mut words = Words::new();
        words.extend(kind);
        words.push(address(shape));
        for (at, (place, op)) in changes.iter().enumerate() {
            words.push(usize::MAX);
            let (last, way) = place.steps.split_last()?;
            for (depth, step) in way.iter().enumerate() {
                push_step(step, depth, at, changes, &mut words);
                if let To::Field(member) = &step.to {
                    // Of an object's default only this can be told: whether it is an empty one.
                    words.push(match member.initial.map(|initial| initial()) {
                        None | Some(Ok(Value::Null)) => 0,
                        Some(Ok(Value::Object(object))) if object.is_empty() => 1,
                        Some(_) => return None,
                    });
                }
            }
            push_step(last, way.len(), at, changes, &mut words);
            push_op(op, last, &mut words)?;
        }
        Some(Self { around, words })
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
fn push_step(step: &Step, depth: usize, at: usize, changes: &[(&Place, &Op)], words: &mut Words) {
    let flags = usize::from(step.nullable);
    words.push(step.whole.map_or(0, |shape| address(shape())));
    let like = |is: &dyn Fn(&To) -> bool| {
        let same = |(place, _): &(&Place, &Op)| place.steps.get(depth).is_some_and(|other| is(&other.to));
        changes.iter().take(at).position(same).unwrap_or(at)
    };
    match &step.to {
        To::Field(member) => words.extend([flags, address(*member)]),
        To::Key(key, shape) => {
            let first = like(&|other| matches!(other, To::Key(other, _) if other == key));
            words.extend([flags | 4, first, address(shape())]);
        }
        To::Index(index, shape) => {
            let first = like(&|other| matches!(other, To::Index(other, _) if other == index));
            words.extend([flags | 8, first, address(shape())]);
        }
        To::Fault(_) => {}
    }
}

fn push_op(op: &Op, step: &Step, words: &mut Words) -> Option<()> {
    let fits = |number: i128| usize::from(i64::try_from(number).is_ok());
    match op {
        Op::Set(_) => words.push(1),
        Op::SetDefault(_) => words.push(2),
        Op::Unset => words.push(3),
        Op::Calculate(how, by, range) => {
            words.push(if *how == Calculation::Add { 4 } else { 5 });
            push_range(range, words);
            if let (Counted::Integer(by), Range::Integer { min, max, .. }) = (by, range) {
                words.push(fits(*by) | fits(least(*min, *by)) << 1 | fits(most(*max, *by)) << 2);
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
        Op::InsertAt(..) | Op::Merge { .. } | Op::Patch(_) | Op::CopyFrom(_) | Op::RenameFrom(_) => {
            return None;
        }
    }
    if matches!(op, Op::Set(_) | Op::SetDefault(_) | Op::Unset | Op::RenameFromAliases) {
        return Some(());
    }
    // What a missing value becomes, as far as the text tells.
    let start = Start::at(step).ok()?;
    words.push(match &start {
        Start::Required => 1,
        Start::Empty => {
            // Without a default a sum may be out of range from the start.
            if matches!(op, Op::Calculate(..)) {
                op.missing(&start).ok()?;
            }
            2
        }
        Start::Default(Value::Array(list)) if list.is_empty() => 3,
        Start::Default(_) => match op.missing(&start).ok()? {
            Outcome::Put(_) => 4,
            Outcome::Leave | Outcome::Remove => 5,
        },
    });
    Some(())
}

fn push_range(range: &Range, words: &mut Words) {
    match range {
        Range::Integer { name, .. } => words.extend([address(*name), name.len()]),
        Range::Single => words.push(1),
        Range::Double => words.push(2),
    }
}
