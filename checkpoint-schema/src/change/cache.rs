//! Texts that were rendered before: an update of the same fields by the same operations has the same text, and
//! only its parameters differ.
//!
//! Each thread keeps the texts that it rendered last. What decides a text is told by a *fingerprint*: where the
//! constants of the type and of its fields are, and a few bits for each operation. Updates whose text depends
//! on more than that have none, and are rendered each time.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use serde_json::Value;
use smallvec::SmallVec;

use super::edit::{Edit, LEFT, NOTHING, REQUIRED, VALUE, below, word};
use super::guard::Guard;
use super::op::{Op, Outcome, Start};
use super::params::{MOST_TRACED, Origin};
use crate::Checkpoint;
use crate::field::shape::Shape;
use crate::field::step::{Step, To};
use crate::sql::Param;

/// How many texts a thread keeps: a worker has some dozens, and a text some thousand bytes.
const KEPT: usize = 512;

/// What a text depends on in the type of the document: a constant, told from others by where it is. Where there
/// is one for two types, all of it is the same.
pub(crate) struct About {
    #[expect(dead_code, reason = "one constant is not another's, if they differ in this")]
    shape: &'static Shape,
    guard: Guard,
    #[expect(dead_code, reason = "one constant is not another's, if they differ in this")]
    job: &'static str,
}

impl About {
    pub(crate) const fn of<C: Checkpoint>() -> Self {
        Self { shape: C::SHAPE, guard: Guard::of::<C>(), job: C::JOB }
    }
}

/// What stands around the changes: `text` and `kind` tell the column, or the table and the row.
pub(crate) struct Around<'a> {
    pub(crate) about: &'static About,
    pub(crate) text: &'a str,
    pub(crate) kind: usize,
}

/// Where something is, or what is done: a word for what, and one for which.
type Pair = [usize; 2];

/// What decides a text, besides what is around it.
struct Fingerprint {
    pairs: SmallVec<[Pair; 8]>,
    /// What a missing value becomes, with the number of the change, where that is found out on the way.
    missing: Vec<(usize, Value)>,
    hash: u64,
}

struct Entry {
    about: &'static About,
    around: Box<str>,
    kind: usize,
    pairs: Box<[Pair]>,
    text: Arc<str>,
    origins: Box<[Origin]>,
}

thread_local! {
    /// By the hash: of two with the same, the newer one is kept.
    static TEXTS: RefCell<HashMap<u64, Entry, BuildHasherDefault<Itself>>> = RefCell::default();
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

/// The text, if it was rendered before. Its parameters are moved from the changes to `params`, after the `leading`
/// one.
pub(crate) fn known(
    changes: &mut [Edit],
    around: &Around,
    leading: &Option<Param>,
    params: &mut Vec<Param>,
) -> Option<Arc<str>> {
    if changes.len() > MOST_TRACED {
        return None;
    }
    let mut hash = around.hash();
    for change in changes.iter() {
        let Some(pair) = change.pair() else { return known_by_print(changes, around, leading, params) };
        hash = both(hash, of_pairs(&[pair]));
    }
    find(hash, around, leading, params, changes, &mut [], |changes, pairs| {
        pairs.len() == changes.len()
            && changes.iter().zip(pairs).all(|(change, pair)| change.pair() == Some(*pair))
    })
}

fn known_by_print(
    changes: &mut [Edit],
    around: &Around,
    leading: &Option<Param>,
    params: &mut Vec<Param>,
) -> Option<Arc<str>> {
    let Fingerprint { pairs, mut missing, hash } = Fingerprint::of(changes, around)?;
    find(hash, around, leading, params, changes, &mut missing, |_, known| *pairs == *known)
}

#[inline]
fn find(
    hash: u64,
    around: &Around,
    leading: &Option<Param>,
    params: &mut Vec<Param>,
    changes: &mut [Edit],
    missing: &mut [(usize, Value)],
    is_same: impl Fn(&[Edit], &[Pair]) -> bool,
) -> Option<Arc<str>> {
    TEXTS.with_borrow(|texts| {
        let entry = texts.get(&hash)?;
        if !(around.is_of(entry) && is_same(changes, &entry.pairs)) {
            return None;
        }
        *params = Vec::with_capacity(usize::from(leading.is_some()) + entry.origins.len());
        if let Some(param) = leading {
            params.push(param.clone());
        }
        params.extend(entry.origins.iter().map(|origin| origin.take(changes, missing)));
        Some(entry.text.clone())
    })
}

/// Keeps the text that was rendered for the changes.
pub(crate) fn keep(changes: &[Edit], around: &Around, text: &Arc<str>, origins: Vec<Origin>) {
    let Some(Fingerprint { pairs, hash, .. }) = Fingerprint::of(changes, around) else { return };
    let entry = Entry {
        about: around.about,
        around: around.text.into(),
        kind: around.kind,
        pairs: pairs.into_vec().into(),
        text: text.clone(),
        origins: origins.into(),
    };
    TEXTS.with_borrow_mut(|texts| {
        if texts.len() >= KEPT {
            texts.clear();
        }
        texts.insert(hash, entry);
    });
}

impl Around<'_> {
    #[inline]
    fn hash(&self) -> u64 {
        of_pairs(&[[self.text.len(), self.kind], [address(self.about), 0]])
    }

    #[inline]
    fn is_of(&self, entry: &Entry) -> bool {
        std::ptr::eq(self.about, entry.about) && self.kind == entry.kind && *self.text == *entry.around
    }
}

/// The hash of one change: each by itself, so that none waits for the one before.
#[inline]
fn of_pairs(pairs: &[Pair]) -> u64 {
    let mix =
        |hash: u64, word: usize| (hash.rotate_left(5) ^ word as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
    pairs.iter().fold(0, |hash, [what, which]| mix(mix(hash, *what), *which))
}

#[inline]
fn both(before: u64, own: u64) -> u64 {
    (before.rotate_left(5) ^ own).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Fingerprint {
    /// `None` where the text depends on values: what starts from a default with something in it, a merge, a copy.
    fn of(changes: &[Edit], around: &Around) -> Option<Self> {
        if changes.len() > MOST_TRACED {
            return None;
        }
        let mut print = Self { pairs: SmallVec::new(), missing: Vec::new(), hash: around.hash() };
        for (at, change) in changes.iter().enumerate() {
            let known = print.pairs.len();
            match change.pair() {
                Some(pair) => print.pairs.push(pair),
                None => print.change(at, changes, around.about.guard)?,
            }
            print.hash = both(print.hash, of_pairs(&print.pairs[known..]));
        }
        Some(print)
    }

    /// A change at any place.
    fn change(&mut self, at: usize, changes: &[Edit], guard: Guard) -> Option<()> {
        let Edit { place, op, .. } = changes.get(at)?;
        let (last, way) = place.steps().split_last()?;
        for (depth, step) in way.iter().enumerate() {
            self.step(step, depth, at, changes, guard)?;
            if let To::Field(member) = &step.to
                && member.is_dynamic()
            {
                // Of an object's default only this can be told: whether it is an empty one.
                let default = match member.filled_in() {
                    Ok(Some(Value::Null)) => 0,
                    Ok(Some(Value::Object(object))) if object.is_empty() => 1,
                    _ => return None,
                };
                self.pairs.push([DEFAULT, default]);
            }
        }
        self.step(last, way.len(), at, changes, guard)?;
        if let Some(word) = below(place.steps(), op) {
            self.pairs.push([word, 0]);
            return Some(());
        }
        let (start, missing) = started(op, last)?;
        if let (Some(value), To::Field(member)) = (missing, &last.to)
            && member.is_dynamic()
        {
            self.missing.push((at, value));
        }
        self.pairs.push([word(op)? | start, 0]);
        Some(())
    }

    /// A key counts by the first change that has the same, so that the text is that of the same pattern of keys.
    fn step(&mut self, step: &Step, depth: usize, at: usize, changes: &[Edit], guard: Guard) -> Option<()> {
        // Constants stand at even addresses, so that the last bits are free.
        let flags = usize::from(step.nullable) | usize::from(step.whole.is_some()) << 1;
        let pair = match &step.to {
            To::Field(member) => [address(*member) | flags, 0],
            To::Key(key, _) if depth == 0 && guard.reserves(key) => return None,
            To::Key(key, shape) => {
                let same = |other: &Step| matches!(&other.to, To::Key(other, _) if other == key);
                [KEY | flags | first(depth, at, changes, same) << 8, address(shape())]
            }
            To::Index(index, shape) => {
                let same = |other: &Step| matches!(&other.to, To::Index(other, _) if other == index);
                [INDEX | flags | first(depth, at, changes, same) << 8, address(shape())]
            }
            To::Fault(_) => return None,
        };
        self.pairs.push(pair);
        if let Some(shape) = step.whole {
            self.pairs.push([WHOLE, address(shape())]);
        }
        Some(())
    }
}

/// The words that are no constants. Those of operations follow from 32; no constant stands so low.
const KEY: usize = 4;
const INDEX: usize = 8;
const WHOLE: usize = 12;
const DEFAULT: usize = 16;

/// Where a constant is, as a number: two of them at one place are one.
#[inline]
fn address<T: ?Sized>(constant: &'static T) -> usize {
    std::ptr::from_ref(constant).cast::<()>().addr()
}

/// The first change whose step at this depth is the same.
fn first(depth: usize, at: usize, changes: &[Edit], same: impl Fn(&Step) -> bool) -> usize {
    let earlier = changes.iter().take(at);
    let mut found = earlier.map(|change| change.place.steps().get(depth).is_some_and(&same));
    found.position(|same| same).unwrap_or(at)
}

/// What becomes of a missing value at the end of the step, as far as the text tells; and the value, if it becomes
/// one.
fn started(op: &Op, step: &Step) -> Option<(usize, Option<Value>)> {
    let start = Start::at(step).ok()?;
    Some(match &start {
        Start::Required => (REQUIRED, None),
        _ if op.makes_of_nothing() && start.is_nothing() => (NOTHING, None),
        // A sum may be out of range from the start: that is another text.
        Start::Empty | Start::Default(_) => match op.missing(&start).ok()? {
            Outcome::Put(value) => (VALUE, Some(value)),
            Outcome::Leave | Outcome::Remove => (LEFT, None),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicU64, Ordering};

    use serde::{Deserialize, Serialize};
    use serde_json::Value;

    use crate::{Checkpoint, Param, Statement, Update};

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "github", version = 1, crate = "crate")]
    struct GithubCheckpoint {
        #[serde(default)]
        counts: BTreeMap<String, u64>,
        #[serde(default)]
        total: u64,
        #[serde(default = "next")]
        number: u64,
    }

    /// Another one each time.
    fn next() -> u64 {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        NUMBER.fetch_add(1, Ordering::Relaxed)
    }

    fn built(update: Update<GithubCheckpoint>) -> Statement {
        update.expression("d").unwrap()
    }

    /// The second text is the kept one.
    fn twice(update: impl Fn() -> Update<GithubCheckpoint>) -> Statement {
        let first = built(update());
        let second = built(update());
        assert_eq!(first, second);
        assert_eq!(first.text().as_ptr(), second.text().as_ptr());
        second
    }

    #[test]
    fn a_key_is_there_as_often_as_its_path_is_used() {
        let f = GithubCheckpoint::fields();
        let path = f.counts().key("acme/api");
        let kept = twice(|| Update::from([path.increment(1), f.total().increment(1)]));
        let made = twice(|| Update::from([f.counts().key("acme/api").increment(1), f.total().increment(1)]));
        assert_eq!(kept, made);
        assert!(made.params().contains(&Param::Text("acme/api".to_owned())));
    }

    #[test]
    fn a_key_that_a_text_names_twice_is_not_taken_at_the_first() {
        let f = GithubCheckpoint::fields();
        let update = || Update::from([f.counts().key("a").increment(1), f.counts().key("a").multiply(2u64)]);
        let keys =
            twice(update).params().iter().filter(|param| **param == Param::Text("a".to_owned())).count();
        assert_eq!(keys, 2);
    }

    #[test]
    fn other_amounts_have_other_texts_only_where_their_parameters_are_of_other_types() {
        let f = GithubCheckpoint::fields();
        let text = |by: u64| built(Update::from([f.total().increment(by)])).text().to_owned();
        assert_eq!(text(1), text(2));
        assert_ne!(text(1), text(u64::MAX));
        let down = built(Update::from([f.total().increment(-1)]));
        assert_ne!(down.text(), text(1));
    }

    #[test]
    fn a_default_that_changes_is_asked_for_each_time() {
        let f = GithubCheckpoint::fields();
        let missing = || -> Vec<Value> {
            let statement = built(Update::from([f.number().increment(10)]));
            let json = |param: &Param| match param {
                Param::Jsonb(value) => Some(value.clone()),
                _ => None,
            };
            statement.params().iter().filter_map(json).collect()
        };
        let (first, second, third) = (missing(), missing(), missing());
        assert!(first != second && second != third && first != third, "{first:?} {second:?} {third:?}");
    }

    #[test]
    fn the_key_of_the_version_is_refused_where_the_text_is_known() {
        #[derive(Serialize, Deserialize, Checkpoint)]
        #[checkpoint(job = "open", version = 1, crate = "crate")]
        struct Open {
            #[serde(flatten)]
            others: BTreeMap<String, u64>,
        }

        let set = |key: &str| Update::from([Open::fields().others().key(key).set(1)]).expression("d");
        assert_eq!(set("a").unwrap().text(), set("b").unwrap().text());
        assert!(set("checkpoint_version").is_err());
        assert_eq!(set("c").unwrap().params()[0], Param::Text("c".to_owned()));
    }
}
