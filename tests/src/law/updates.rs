//! Random updates: every operation on every field that has it.

use std::collections::BTreeMap;

use checkpoint_schema::{Change, Checkpoint, Update};

use super::subject::{
    Cursor, Law, Limits, Page, Rate, f32s, f64s, i8s, i16s, i32s, i64s, json, key, list, text, times, u8s,
    u16s, u32s, u64s,
};
use crate::random::Random;

/// An update, and what it was made from.
pub struct Made {
    /// The update.
    pub update: Update<Law>,
    /// Whether it has a document to start from.
    pub starts: bool,
}

/// One to six changes; sometimes with a document to start from.
pub fn update(random: &mut Random) -> Made {
    let mut changes: Vec<Change<Law>> =
        (0..[1, 1, 2, 3, 6][random.below(5)]).map(|_| change(random)).collect();
    // What serde requires of a whole document, and of an entry: so that what is missing can be made.
    if random.one_in(4) {
        let f = Law::fields();
        changes.insert(0, f.name().set(text(random)));
        changes.push(f.more().required_too().set(i16s(random)));
    }
    if random.one_in(6) {
        let cursor = Law::fields().cursors().key(key(random));
        changes.push(cursor.token().set(text(random)));
        changes.push(cursor.page().set(u16s(random)));
    }
    let starts = random.one_in(6);
    let mut update = Update::from(changes);
    if starts {
        update = update.or_insert(&Law::random(random));
    }
    Made { update, starts }
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn change(random: &mut Random) -> Change<Law> {
    let f = Law::fields();
    let r = random;
    let some_key = key(r);
    let index = [0, 0, 1, 2, 5, usize::MAX][r.below(6)];
    let counts = f.counts().key(some_key);
    let cursor = f.cursors().key(some_key);
    let rate = f.rate().some();
    let page = f.pages().at(index);
    let more_page = f.more().flattened_list().at(index);
    let maybe = f.maybe().some();
    let inner = f.limits().inner().some();
    match r.below(104) {
        0 => f.name().set(text(r)),
        1 => f.name().set_default(text(r)),
        2 => f.batch().set(u32s(r)),
        3 => f.batch().set_default(u32s(r)),
        4 => f.batch().unset(),
        5 | 6 => f.batch().increment(i32s(r)),
        7 => f.batch().increment(150),
        8 => f.batch().multiply(i16s(r)),
        9 => f.batch().min(u32s(r)),
        10 => f.batch().max(u32s(r)),
        11 => f.batch().advance(u32s(r)),
        12 => f.total().increment(i64s(r)),
        13 => f.total().multiply([-1, 0, 3][r.below(3)]),
        14 => f.total().max(i64s(r)),
        15 => f.total().set(i64s(r)),
        16 => f.big().set(Some(u64s(r))),
        17 => f.big().set(None),
        18 => f.big().some().set(u64s(r)),
        19 => f.big().some().set_default(u64s(r)),
        20 => f.big().some().increment(u64s(r)),
        21 => f.big().some().increment([-1, i64::MIN][r.below(2)]),
        22 => f.big().some().multiply(2),
        23 => f.big().some().max(u64s(r)),
        24 => f.big().unset(),
        25 => f.small().some().increment(1),
        26 => f.small().some().multiply(2),
        27 => f.small().some().min(u8s(r)),
        28 => f.small().unset(),
        29 => f.small().set_default(Some(u8s(r))),
        30 => f.ratio().set(f64s(r)),
        31 => f.ratio().increment(f64s(r)),
        32 => f.ratio().multiply(f64s(r)),
        33 => f.ratio().max(f64s(r)),
        34 => f.ratio().increment(1),
        35 => f.single().some().increment(f32s(r)),
        36 => f.single().some().multiply(f32s(r)),
        37 => f.single().set(Some(f32s(r))),
        38 => f.single().unset(),
        39 => f.mode().set(r.one_in(2)),
        40 => f.mode().unset(),
        41 => f.mode().set_default(true),
        42 => f.mode().rename_from_aliases(),
        43 => f.seen().some().advance(times(r)),
        44 => f.seen().some().set(times(r)),
        45 => f.seen().set(None),
        46 => f.seen().unset(),
        47 => f.seen().rename_from_aliases(),
        48 => f.since().advance(times(r)),
        49 => f.since().copy_from(&f.seen().some()),
        50 => f.list().push(text(r)),
        51 => f.list().push_all(list(r, text)),
        52 => f.list().push_unique(text(r)),
        53 => f.list().push_capped(text(r), 1 + r.below(3)),
        54 => f.list().insert_at(index, text(r)),
        55 => f.list().remove(text(r)),
        56 => f.list().pop(),
        57 => f.list().unset(),
        58 => f.list().at(index).set(text(r)),
        59 => f.list().copy_from(&f.tags().some()),
        60 => f.numbers().push(i64s(r)),
        61 => f.numbers().push_unique(1),
        62 => f.numbers().remove([1, 2, 3][r.below(3)]),
        63 => f.numbers().pop(),
        64 => f.numbers().at(index).increment(i64s(r)),
        65 => f.numbers().push_capped(i64s(r), 2),
        66 => f.tags().some().push_unique(text(r)),
        67 => f.tags().some().remove(text(r)),
        68 => f.tags().some().push_all(list(r, text)),
        69 => f.tags().some().copy_from(&f.list()),
        70 => f.set().push_unique(u8s(r)),
        71 => f.set().remove(u8s(r)),
        72 => counts.set(u64s(r)),
        73 => counts.increment([1, -1, 5][r.below(3)]),
        74 => counts.unset(),
        75 => f
            .counts()
            .merge(list(r, |r| (key(r).to_owned(), u64s(r))).into_iter().collect::<BTreeMap<_, _>>()),
        76 => cursor.set(Cursor::random(r)),
        77 => cursor.token().set(text(r)),
        78 => cursor.page().increment(1),
        79 => cursor.done().unset(),
        80 => cursor.merge(Cursor::random(r)),
        81 => f.rate().set(r.one_in(2).then(|| Rate::random(r))),
        82 => rate.remaining().set(u32s(r)),
        83 => rate.window().seconds().increment(i32s(r)),
        84 => rate.window().hits().push(u32s(r)),
        85 => rate.note().unset(),
        86 => rate.note().some().copy_from(&f.name()),
        87 => rate.set(Rate::random(r)),
        88 => f.limits().calls().increment([-1, 1, 5000][r.below(3)]),
        89 => f.limits().burst().set(i8s(r)),
        90 => inner.token().set(text(r)),
        91 => f.limits().set(Limits::random(r)),
        92 => f.limits().merge(Limits::random(r)),
        93 => page.number().increment(1),
        94 => page.title().unset(),
        95 => more_page.title().some().set(text(r)),
        96 => match r.below(4) {
            0 => f.pages().push(Page::random(r)),
            1 => f.pages().push_unique(Page::random(r)),
            2 => f.pages().remove(Page::random(r)),
            _ => f.pages().insert_at(index, Page::random(r)),
        },
        97 => match r.below(3) {
            0 => f.pair()._0().increment(1),
            1 => f.pair()._1().set(None),
            _ => f.pair()._1().some().set(text(r)),
        },
        98 => match r.below(3) {
            0 => f.any().merge(json(r, 0)),
            1 => f.any().set(json(r, 0)),
            _ => f.any().merge(serde_json::json!({"a": {"b": json(r, 1), "0": null}, "it's": json(r, 1)})),
        },
        99 => match r.below(5) {
            0 => f.every().set(std::time::Duration::from_secs(5)),
            1 => f.every().unset(),
            2 => f.every().set_default(std::time::Duration::from_secs(7)),
            3 => f.wait().set(std::time::Duration::from_secs(1)),
            _ => f.wait().unset(),
        },
        100 => match r.below(4) {
            0 => maybe.both().set(u8s(r)),
            1 => maybe.needed().set(text(r)),
            2 => maybe.not_needed().increment(1),
            _ => maybe.not_needed().unset(),
        },
        101 => match r.below(3) {
            0 => f.extra().key(some_key).set(json(r, 0)),
            1 => f.extra().key(some_key).unset(),
            _ => f.extra().key(some_key).merge(json(r, 0)),
        },
        102 => match r.below(4) {
            0 => f.total().copy_from(&f.pair()._0()),
            1 => f.pair()._1().rename_from(&rate.note()),
            2 => f.list().rename_from(&f.list()),
            _ => f.more().required_too().increment(i16s(r)),
        },
        _ => match r.below(3) {
            0 => f.replace(Law::random(r)),
            1 => f.merge(Law::random(r)),
            _ => f.batch().copy_from(&rate.remaining()),
        },
    }
}
