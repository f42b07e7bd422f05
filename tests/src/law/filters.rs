//! Random filters and orders: every operator on every field that has it.

use checkpoint_schema::filter::Order;
use checkpoint_schema::{Checkpoint, Filter};
use serde_json::Value;

use super::documents::documents;
use super::subject::{
    Cursor, Law, Limits, Page, Rate, f32s, f64s, i8s, i16s, i32s, i64s, json, key, list, maybe, text, times,
    u8s, u16s, u32s, u64s,
};
use crate::random::Random;

/// A filter, and what it was made from.
#[derive(Clone)]
pub struct Asked {
    /// The method or the operator that was called last.
    pub operator: &'static str,
    /// The filter.
    pub filter: Filter<Law>,
}

/// Every operator that [`filter`] uses.
pub const OPERATORS: [&str; 19] = [
    "eq",
    "ne",
    "in_",
    "lt",
    "le",
    "gt",
    "ge",
    "between",
    "starts_with",
    "contains",
    "contains_any",
    "is_null",
    "is_missing",
    "exists",
    "&",
    "|",
    "!",
    "everything",
    "nothing",
];

/// A condition on one field, or some of them nested.
pub fn filter(random: &mut Random) -> Asked {
    nested(random, 0)
}

fn nested(random: &mut Random, depth: usize) -> Asked {
    let some = |random: &mut Random| -> Vec<Filter<Law>> {
        (0..=random.below(3)).map(|_| nested(random, depth + 1).filter).collect()
    };
    match random.below(if depth > 2 { 30 } else { 60 }) {
        0 => asked("everything", Filter::everything()),
        1 => asked("nothing", Filter::nothing()),
        30..=34 => {
            let first = nested(random, depth + 1).filter;
            asked("&", some(random).into_iter().fold(first, |all, filter| all & filter))
        }
        35..=39 => {
            let first = nested(random, depth + 1).filter;
            asked("|", some(random).into_iter().fold(first, |any, filter| any | filter))
        }
        40..=44 => asked("!", !nested(random, depth + 1).filter),
        _ => atom(random),
    }
}

fn asked(operator: &'static str, filter: Filter<Law>) -> Asked {
    Asked { operator, filter }
}

/// One of the filters, by its method's name.
macro_rules! one_of {
    ($random:ident: $($path:ident.$method:ident($($operand:expr),*);)*) => {{
        let filters = [$(stringify!($method)),*];
        let chosen = $random.below(filters.len());
        let mut at = 0;
        $(
            if at == chosen {
                return asked(stringify!($method), $path.$method($($operand),*));
            }
            at += 1;
        )*
        unreachable!("{at} filters")
    }};
}

/// What any field with a value has.
macro_rules! value {
    ($random:ident, $path:expr, $make:expr) => {{
        let path = $path;
        let make = $make;
        one_of! { $random:
            path.eq(make($random));
            path.ne(make($random));
            path.in_(list($random, make));
        }
    }};
}

/// What is there or not.
macro_rules! place {
    ($random:ident, $path:expr) => {{
        let path = $path;
        one_of! { $random: path.is_missing(); path.exists(); }
    }};
}

macro_rules! null {
    ($path:expr) => {
        return asked("is_null", $path.is_null())
    };
}

/// What is compared.
macro_rules! ordered {
    ($random:ident, $path:expr, $make:expr) => {{
        let path = $path;
        let make = $make;
        let (low, high) = bounds($random, make);
        one_of! { $random:
            path.eq(make($random));
            path.ne(make($random));
            path.in_(list($random, make));
            path.lt(make($random));
            path.le(make($random));
            path.gt(make($random));
            path.ge(make($random));
            path.between(low, high);
        }
    }};
}

macro_rules! string {
    ($random:ident, $path:expr) => {{
        let path = $path;
        match $random.below(3) {
            0 => return asked("starts_with", path.starts_with(prefix($random))),
            _ => ordered!($random, path, text),
        }
    }};
}

macro_rules! elements {
    ($random:ident, $path:expr, $make:expr) => {{
        let path = $path;
        let make = $make;
        one_of! { $random:
            path.contains(make($random));
            path.contains_any(list($random, make));
        }
    }};
}

fn prefix(random: &mut Random) -> &'static str {
    let prefixes = [
        "",
        "a",
        "ab",
        "abc",
        "abcd",
        "b",
        "it's",
        "5",
        "nul",
        "$",
        "ü",
        "ü😀",
        "\u{7f}",
        "2025-01",
        "\u{10ffff}",
        "T",
        "\\",
        "%",
        "_",
    ];
    prefixes[random.below(prefixes.len())]
}

/// So few that documents hold them.
fn few_pages(random: &mut Random) -> Page {
    Page { number: [0, 1][random.below(2)], title: random.one_in(2).then(|| "a".to_owned()) }
}

/// A document, often with elements that filters ask for, and some that only hold them and more.
pub fn asked_documents(random: &mut Random) -> Value {
    let mut document = documents(random);
    if let (Value::Object(object), true) = (&mut document, random.one_in(3)) {
        let page = |random: &mut Random| {
            let mut page = serde_json::to_value(few_pages(random)).expect("it is written");
            if random.one_in(2) {
                page["more"] = Value::Null;
            }
            page
        };
        for key in ["the 'pages'", "flattened_list"] {
            object.insert(key.to_owned(), list(random, page).into());
        }
    }
    document
}

/// Two values, mostly in order.
fn bounds<T: PartialOrd>(random: &mut Random, make: impl Fn(&mut Random) -> T) -> (T, T) {
    let (one, other) = (make(random), make(random));
    if one <= other || random.one_in(4) { (one, other) } else { (other, one) }
}

fn secs(random: &mut Random) -> std::time::Duration {
    std::time::Duration::from_secs(u32s(random).into())
}

fn pairs(random: &mut Random) -> (i64, Option<String>) {
    (i64s(random), maybe(random, text))
}

/// A condition on one field.
#[expect(clippy::too_many_lines, clippy::cognitive_complexity, reason = "a table")]
fn atom(r: &mut Random) -> Asked {
    let f = Law::fields();
    let some_key = key(r);
    let index = [0, 0, 0, 1, 1, 2, 5, usize::MAX][r.below(8)];
    let counts = f.counts().key(some_key);
    let cursor = f.cursors().key(some_key);
    let rate = f.rate().some();
    let page = f.pages().at(index);
    let more_page = f.more().flattened_list().at(index);
    let flat = f.maybe().some();
    let inner = f.limits().inner().some();
    let extra = f.extra().key(some_key);
    match r.below(126) {
        // The field that most documents have.
        0 | 117..=124 => string!(r, f.name()),
        1 => place!(r, f.name()),
        2 => ordered!(r, f.batch(), u32s),
        3 => ordered!(r, f.batch().or_default(), u32s),
        4 => place!(r, f.batch()),
        5 => ordered!(r, f.total(), i64s),
        6 => ordered!(r, f.total().or_default(), i64s),
        7 => value!(r, f.big(), |r: &mut Random| maybe(r, u64s)),
        8 => ordered!(r, f.big().some(), u64s),
        9 => null!(f.big()),
        10 => place!(r, f.big()),
        11 => place!(r, f.big().some()),
        12 => value!(r, f.small(), |r: &mut Random| maybe(r, u8s)),
        13 => value!(r, f.small().or_default(), |r: &mut Random| maybe(r, u8s)),
        14 => ordered!(r, f.small().some(), u8s),
        15 => ordered!(r, f.small().some().or_default(), u8s),
        16 => null!(f.small()),
        17 => null!(f.small().or_default()),
        18 => ordered!(r, f.ratio(), f64s),
        19 => ordered!(r, f.ratio().or_default(), f64s),
        20 => place!(r, f.ratio()),
        21 => value!(r, f.single(), |r: &mut Random| maybe(r, f32s)),
        22 => ordered!(r, f.single().some(), f32s),
        23 => place!(r, f.single()),
        24 => value!(r, f.mode(), |r: &mut Random| r.one_in(2)),
        25 => value!(r, f.mode().or_default(), |r: &mut Random| r.one_in(2)),
        26 => place!(r, f.mode()),
        27 => value!(r, f.seen(), |r: &mut Random| maybe(r, times)),
        28 => ordered!(r, f.seen().some(), times),
        29 => null!(f.seen()),
        30 => place!(r, f.seen()),
        31 => place!(r, f.seen().some()),
        32 => ordered!(r, f.since(), times),
        33 => ordered!(r, f.since().or_default(), times),
        34 => value!(r, f.list(), |r: &mut Random| list(r, text)),
        35 => elements!(r, f.list(), text),
        36 => elements!(r, f.list().or_default(), text),
        37 => value!(r, f.list().or_default(), |r: &mut Random| list(r, text)),
        38 => string!(r, f.list().at(index)),
        39 => place!(r, f.list().at(index)),
        40 => value!(r, f.numbers(), |r: &mut Random| list(r, i64s)),
        41 => elements!(r, f.numbers(), i64s),
        42 => elements!(r, f.numbers().or_default(), |r: &mut Random| [1, 2, 3][r.below(3)]),
        43 => ordered!(r, f.numbers().at(index), i64s),
        44 => value!(r, f.tags(), |r: &mut Random| maybe(r, |r| list(r, text))),
        45 => null!(f.tags()),
        46 => elements!(r, f.tags().some(), text),
        47 => value!(r, f.tags().some(), |r: &mut Random| list(r, text)),
        48 => place!(r, f.tags().some().at(index)),
        49 => string!(r, f.tags().some().at(index)),
        50 => elements!(r, f.set(), u8s),
        51 => elements!(r, f.set().or_default(), u8s),
        52 => value!(r, f.set(), |r: &mut Random| list(r, u8s)
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()),
        53 | 54 => ordered!(r, counts, u64s),
        55 => place!(r, counts),
        56 => value!(r, f.counts(), |r: &mut Random| list(r, |r| (key(r).to_owned(), u64s(r)))
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>()),
        57 => value!(r, cursor, Cursor::random),
        58 | 59 => string!(r, cursor.token()),
        60 => ordered!(r, cursor.page(), u16s),
        61 => place!(r, cursor.page()),
        62 => value!(r, cursor.done(), |r: &mut Random| r.one_in(2)),
        63 => value!(r, cursor.done().or_default(), |r: &mut Random| r.one_in(2)),
        64 => place!(r, cursor),
        65 => value!(r, f.rate(), |r: &mut Random| maybe(r, Rate::random)),
        66 => null!(f.rate()),
        67 => place!(r, rate),
        68 => ordered!(r, rate.remaining(), u32s),
        69 => place!(r, rate.remaining()),
        70 => ordered!(r, rate.window().seconds(), i32s),
        71 => elements!(r, rate.window().hits(), u32s),
        72 => elements!(r, rate.window().hits().or_default(), u32s),
        73 => ordered!(r, rate.window().hits().at(index), u32s),
        74 => string!(r, rate.note().some()),
        75 => null!(rate.note()),
        76 => value!(r, f.limits(), Limits::random),
        77 => value!(r, f.limits().or_default(), |_: &mut Random| Limits::full()),
        78 => ordered!(r, f.limits().calls(), u32s),
        79 => ordered!(r, f.limits().burst(), i8s),
        80 => place!(r, f.limits().burst()),
        81 => value!(r, f.limits().inner(), |r: &mut Random| maybe(r, Cursor::random)),
        82 => null!(f.limits().inner()),
        83 => string!(r, inner.token()),
        84 => ordered!(r, inner.page(), u16s),
        85 => value!(r, inner.done().or_default(), |r: &mut Random| r.one_in(2)),
        86 => elements!(r, f.pages(), few_pages),
        87 => elements!(r, f.pages().or_default(), few_pages),
        88 => value!(r, f.pages(), |r: &mut Random| list(r, few_pages)),
        89 => value!(r, page, few_pages),
        90 => ordered!(r, page.number(), u64s),
        91 => place!(r, page),
        92 => value!(r, page.title(), |r: &mut Random| maybe(r, text)),
        93 => string!(r, page.title().some()),
        94 => null!(page.title()),
        95 => place!(r, page.title().some()),
        96 => value!(r, f.pair(), pairs),
        97 => ordered!(r, f.pair()._0(), i64s),
        98 => string!(r, f.pair()._1().some()),
        99 => null!(f.pair()._1()),
        100 => place!(r, f.pair()._0()),
        101 => value!(r, f.any(), |r: &mut Random| json(r, 0)),
        102 => null!(f.any()),
        103 => place!(r, f.any()),
        104 => value!(r, f.every(), secs),
        105 => value!(r, f.every().or_default(), secs),
        106 => place!(r, f.wait()),
        107 => ordered!(r, f.more().required_too(), i16s),
        108 => elements!(r, f.more().flattened_list(), few_pages),
        109 => string!(r, more_page.title().some()),
        110 => ordered!(r, more_page.number(), u64s),
        111 => ordered!(r, flat.both(), u8s),
        112 => string!(r, flat.needed()),
        113 => ordered!(r, flat.not_needed().or_default(), |r: &mut Random| [0, 1, 255][r.below(3)]),
        114 => match r.below(3) {
            0 => null!(extra),
            1 => place!(r, extra),
            _ => value!(r, extra, |r: &mut Random| json(r, 0)),
        },
        115 => value!(r, f, Law::random),
        _ => place!(r, f),
    }
}

/// An order by one field.
pub struct Sorted {
    /// The order.
    pub order: Order<Law>,
    /// True of the documents whose field is of its type.
    pub typed: Filter<Law>,
    /// True of those that have no such field.
    pub missing: Filter<Law>,
}

/// Every order by one field that is a number or a text, ascending and descending.
pub fn orders(random: &mut Random) -> Vec<Sorted> {
    let f = Law::fields();
    let index = random.below(3);
    let some_key = key(random);
    let cursor = f.cursors().key(some_key);
    let rate = f.rate().some();
    let mut orders = Vec::new();
    macro_rules! by {
        ($path:expr, $any:expr, missing: $missing:expr) => {{
            let path = $path;
            for order in [path.asc(), path.desc()] {
                let typed = path.le($any) | path.gt($any);
                orders.push(Sorted { order, typed, missing: $missing });
            }
        }};
        ($path:expr, $any:expr) => {{ by!($path, $any, missing: $path.is_missing()) }};
        ($path:expr, $any:expr, default) => {{ by!($path.or_default(), $any, missing: Filter::nothing()) }};
    }
    by!(f.name(), "a");
    by!(f.batch(), 7);
    by!(f.batch(), 7, default);
    by!(f.total(), 7);
    by!(f.big().some(), 7);
    by!(f.small().some(), 7);
    by!(f.small().some(), 7, default);
    by!(f.ratio(), 0.1);
    by!(f.ratio(), 0.1, default);
    by!(f.single().some(), 0.1);
    by!(f.seen().some(), checkpoint_schema::Timestamp::UNIX_EPOCH);
    by!(f.since(), checkpoint_schema::Timestamp::UNIX_EPOCH);
    by!(f.since(), checkpoint_schema::Timestamp::UNIX_EPOCH, default);
    by!(f.list().at(index), "a");
    by!(f.numbers().at(index), 7);
    by!(f.counts().key(some_key), 7);
    by!(cursor.token(), "a");
    by!(cursor.page(), 7);
    by!(rate.remaining(), 7);
    by!(rate.window().seconds(), 7);
    by!(rate.note().some(), "a");
    by!(f.limits().burst(), 7);
    by!(f.limits().inner().some().token(), "a");
    by!(f.pages().at(index).number(), 7);
    by!(f.pages().at(index).title().some(), "a");
    by!(f.pair()._0(), 7);
    by!(f.pair()._1().some(), "a");
    by!(f.more().required_too(), 7);
    by!(f.maybe().some().both(), 7);
    by!(f.maybe().some().not_needed(), 7, default);
    orders
}
