//! Texts that were rendered before: an update of the same fields by the same operations has the same text, and
//! only its parameters differ.
//!
//! The process keeps the first texts that it renders. What decides a text is told by a *fingerprint*: where the
//! constants of the type and of its fields are, and a few bits for each operation. Updates whose text depends
//! on more than that have none, and are rendered each time.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;
use smallvec::SmallVec;

use super::edit::Edit;
use super::guard::Guard;
use super::op::{Op, Outcome, Start};
use super::params::{MOST_TRACED, Origin};
use super::plain::Plain;
use super::word::{LEFT, NOTHING, REQUIRED, VALUE, word};
use crate::Checkpoint;
use crate::field::shape::Shape;
use crate::field::step::{Step, To};
use crate::sql::Param;

/// How many texts are kept: a worker has some dozens, and a text some thousand bytes. They are never dropped, so
/// that nobody has to count who uses them. A program with very many, one for each tenant's table, say, has the later
/// ones rendered each time.
const KEPT: usize = 1 << KEPT_BITS;
const KEPT_BITS: u32 = 9;
/// How many slots a text may stand in, from that of its hash on.
const TRIED: usize = 8;

static TEXTS: [OnceLock<Known>; KEPT] = [const { OnceLock::new() }; KEPT];

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
pub(super) type Pair = [usize; 2];

/// Those of plain changes stand beside the rest.
type Pairs = SmallVec<[Pair; 4]>;

/// What decides a text, besides what is around it.
struct Fingerprint {
    pairs: Pairs,
    /// What a missing value becomes, with the number of the change, where that is found out on the way.
    missing: Vec<(usize, Value)>,
}

/// A text that is kept.
struct Known {
    about: &'static About,
    around: Box<str>,
    kind: usize,
    pairs: Pairs,
    text: Box<str>,
    /// Where the parameters come from; none of plain changes, which have theirs in order.
    origins: Box<[Origin]>,
}

/// The text of plain changes, if it was rendered before. It numbers the parameters in the order of the changes.
pub(super) fn of_plain(plain: &Plain, around: &Around) -> Option<&'static str> {
    let signs = plain.signs();
    let known = find(mixed(plain.hash, around), around, |known| {
        known.len() == signs.len() && known.iter().zip(signs).all(|(known, sign)| *known == sign.pair())
    })?;
    Some(&known.text)
}

/// Keeps the text of plain changes, if there is a slot for it.
pub(super) fn keep_plain(plain: &Plain, around: &Around, text: String) -> Cow<'static, str> {
    keep_new(plain.signs().iter().map(|sign| sign.pair()).collect(), around, text, Vec::new())
}

/// The text of any changes, if it was rendered before. Its parameters are moved out of them, after the `leading` one.
pub(super) fn known(
    edits: &mut [Edit],
    around: &Around,
    leading: &Option<Param>,
) -> Option<(&'static str, Vec<Param>)> {
    let Fingerprint { pairs, mut missing } = Fingerprint::of(edits, around)?;
    let known = find(hash(&pairs, around), around, |known| *pairs == *known)?;
    let mut params = Vec::with_capacity(usize::from(leading.is_some()) + known.origins.len());
    params.extend(leading.clone());
    params.extend(known.origins.iter().map(|origin| origin.take(edits, &mut missing)));
    Some((&known.text, params))
}

/// Keeps the text of any changes, if it is decided by less than all of them, and if there is a slot for it.
pub(super) fn keep(edits: &[Edit], around: &Around, text: String, origins: Vec<Origin>) -> Cow<'static, str> {
    match Fingerprint::of(edits, around) {
        Some(Fingerprint { pairs, .. }) => keep_new(pairs, around, text, origins),
        None => text.into(),
    }
}

/// A slot in which a text with the hash may stand. The highest bits of a hash are the most mixed ones.
#[inline]
fn slot(hash: u64, tried: usize) -> &'static OnceLock<Known> {
    let first = (hash >> (u64::BITS - KEPT_BITS)) as usize;
    &TEXTS[(first + tried) % KEPT]
}

#[inline]
fn find(hash: u64, around: &Around, is_same: impl Fn(&[Pair]) -> bool) -> Option<&'static Known> {
    for tried in 0..TRIED {
        let known = slot(hash, tried).get()?;
        if std::ptr::eq(around.about, known.about)
            && around.kind == known.kind
            && is_same(&known.pairs)
            && *around.text == *known.around
        {
            return Some(known);
        }
    }
    None
}

fn keep_new(pairs: Pairs, around: &Around, text: String, origins: Vec<Origin>) -> Cow<'static, str> {
    let hash = hash(&pairs, around);
    let Some(free) = (0..TRIED).map(|tried| slot(hash, tried)).find(|slot| slot.get().is_none()) else {
        return text.into();
    };
    let new = Known {
        about: around.about,
        around: around.text.into(),
        kind: around.kind,
        pairs,
        text: text.into(),
        origins: origins.into(),
    };
    match free.set(new) {
        Ok(()) => free.get().map_or_else(Default::default, |known| Cow::Borrowed(&*known.text)),
        // Another thread was faster.
        Err(new) => Cow::Owned(new.text.into()),
    }
}

fn hash(pairs: &[Pair], around: &Around) -> u64 {
    mixed(pairs.iter().copied().fold(0, hashed), around)
}

/// The hash of one pair more. Few steps, since a text that is found is compared anyway.
#[inline(always)]
pub(super) fn hashed(hash: u64, [what, which]: Pair) -> u64 {
    (hash.rotate_left(9) ^ what as u64).wrapping_add((which as u64) << 17)
}

/// The hash with what is around.
#[inline]
fn mixed(hash: u64, around: &Around) -> u64 {
    let length = (around.text.len() as u64) << 32;
    (hash ^ length ^ (address(around.about) ^ around.kind) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Fingerprint {
    /// `None` where the text depends on values: what starts from a default with something in it, a merge, a copy.
    fn of(edits: &[Edit], around: &Around) -> Option<Self> {
        if edits.len() > MOST_TRACED {
            return None;
        }
        let mut print = Self { pairs: SmallVec::new(), missing: Vec::new() };
        for at in 0..edits.len() {
            print.change(at, edits, around.about.guard)?;
        }
        Some(print)
    }

    /// A change at any place.
    fn change(&mut self, at: usize, edits: &[Edit], guard: Guard) -> Option<()> {
        let Edit { steps, op } = edits.get(at)?;
        let (last, way) = steps.split_last()?;
        for (depth, step) in way.iter().enumerate() {
            self.step(step, depth, at, edits, guard)?;
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
        self.step(last, way.len(), at, edits, guard)?;
        let (start, missing) = started(op, last)?;
        if let (Some(value), To::Field(member)) = (missing, &last.to)
            && member.is_dynamic()
        {
            self.missing.push((at, value));
        }
        self.pairs.push([word(op)? | start, OPERATION]);
        Some(())
    }

    /// A key counts by the first change that has the same, so that the text is that of the same pattern of keys.
    fn step(&mut self, step: &Step, depth: usize, at: usize, edits: &[Edit], guard: Guard) -> Option<()> {
        // Constants stand at even addresses, so that the last bits are free.
        let flags = usize::from(step.nullable) | usize::from(step.whole.is_some()) << 1;
        let pair = match &step.to {
            To::Field(member) => [address(*member) | flags, 0],
            To::Key(key, _) if depth == 0 && guard.reserves(key) => return None,
            To::Key(key, shape) => {
                let same = |other: &Step| matches!(&other.to, To::Key(other, _) if other == key);
                [KEY | flags | first(depth, at, edits, same) << 8, address(shape())]
            }
            To::Index(index, shape) => {
                let same = |other: &Step| matches!(&other.to, To::Index(other, _) if other == index);
                [INDEX | flags | first(depth, at, edits, same) << 8, address(shape())]
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

/// The second word of an operation, so that no constant is taken for one. (Of a plain change, the second word is
/// that of its operation, which is greater.)
const OPERATION: usize = 1;

/// The words that are no constants: none stands so low.
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
fn first(depth: usize, at: usize, edits: &[Edit], same: impl Fn(&Step) -> bool) -> usize {
    let earlier = edits.iter().take(at);
    let mut found = earlier.map(|edit| edit.steps.get(depth).is_some_and(&same));
    found.position(|same| same).unwrap_or(at)
}

/// What becomes of a missing value at the end of the step, as far as the text tells; and the value, if it becomes
/// one.
fn started(op: &Op, step: &Step) -> Option<(usize, Option<Value>)> {
    let start = Start::at(step).ok()?;
    Some(match &start {
        Start::Required => (REQUIRED, None),
        _ if op.makes_of_nothing(&start) => (NOTHING, None),
        // A result may be out of range from the start: that is another text.
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
