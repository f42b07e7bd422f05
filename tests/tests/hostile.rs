//! Hostile operands, keys and field names: bound or quoted, never interpreted; and what cannot be stored or meant,
//! refused before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use ::postgres::SimpleQueryMessage;
use checkpoint_schema::field::Reason;
use checkpoint_schema::{Change, Checkpoint, Update, pointer};
use checkpoint_tests::json::same;
use checkpoint_tests::postgres;
use checkpoint_tests::row::Row;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "hostile", version = 1)]
struct Hostile {
    #[serde(default)]
    text: String,
    maybe: Option<String>,
    #[serde(default)]
    list: Vec<String>,
    #[serde(default)]
    set: BTreeSet<String>,
    #[serde(default)]
    any: Value,
    #[serde(default)]
    values: Vec<Value>,
    #[serde(default)]
    map: BTreeMap<String, Value>,
    #[serde(default)]
    counts: BTreeMap<String, i64>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    inner: BTreeMap<String, Inner>,
    #[serde(default)]
    byte: u8,
    #[serde(default)]
    float: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Inner {
    token: String,
}

/// What something on the way could take for something else.
const TEXTS: [&str; 46] = [
    "",
    " ",
    "'",
    "''",
    "it's",
    "\"",
    "\"\"",
    "\\",
    "\\\\",
    "\\'",
    "'\\",
    "`",
    "$1",
    "$1::jsonb",
    "$2::text",
    "?",
    "??",
    ":name",
    "@name",
    "%s %d {}",
    "'; DROP TABLE law; --",
    "\"; DROP TABLE law; --",
    "\\'; DROP TABLE law; --",
    "' OR '1'='1",
    "*/ DROP TABLE law; /*",
    "E'\\x41'",
    "\\x41",
    "\\u0041",
    "U&'\\0041'",
    "$$; DROP TABLE law; $$",
    "$a$ $a$",
    "{a,b}",
    "{\"a\",NULL}",
    "NULL",
    "null",
    "0",
    "-1",
    "1e400",
    "infinity",
    "$.a[last]",
    "~1~0/~",
    "\u{1}\t\r\n\u{7f}\u{85}",
    "ключ naïve 😀 e\u{301}",
    "\u{202e}\u{feff}\u{200b}\u{fffd}\u{10ffff}",
    "checkpoint: no such element at /x\"",
    " at (document)\"",
];

/// Those, and one of this length that has all kinds of signs.
fn texts(long: usize) -> Vec<String> {
    let mut long_one = "'\\\"$1 ключ; --".repeat(long / 17 + 1);
    long_one.push('\'');
    TEXTS.iter().map(|text| (*text).to_owned()).chain([long_one]).collect()
}

const TAME: &str = "tame";
const MEGABYTE: usize = 1 << 20;
const LONG_KEY: usize = 100 << 10;

/// An update of a document, and what must come of it.
struct Case {
    operation: &'static str,
    before: Value,
    update: Update<Hostile>,
    after: Value,
}

fn case(operation: &'static str, before: Value, update: impl Into<Update<Hostile>>, after: Value) -> Case {
    Case { operation, before, update: update.into(), after }
}

/// Every operation that takes an operand, with this one.
fn with_operand(x: &str) -> Vec<Case> {
    let f = Hostile::fields();
    let whole = Hostile { text: x.to_owned(), list: vec![x.to_owned()], ..Hostile::default() };
    let whole_json = serde_json::to_value(&whole).unwrap();
    let old = Hostile { text: "before".to_owned(), ..Hostile::default() };
    let new = Hostile {
        map: BTreeMap::from([(x.to_owned(), json!([x]))]),
        inner: BTreeMap::from([(x.to_owned(), Inner { token: x.to_owned() })]),
        any: json!({ x: x }),
        ..whole.clone()
    };
    let object = json!({ x: [x] });
    vec![
        case("set", json!({}), f.text().set(x), json!({"text": x})),
        case("set over", json!({"text": "other"}), f.text().set(x), json!({"text": x})),
        case("set in an Option", json!({"maybe": null}), f.maybe().some().set(x), json!({"maybe": x})),
        case("set an Option", json!({}), f.maybe().set(Some(x.to_owned())), json!({"maybe": x})),
        case("set_default", json!({}), f.text().set_default(x), json!({"text": x})),
        case("set any", json!({}), f.any().set(json!(x)), json!({"any": x})),
        case("set an object", json!({}), f.any().set(&object), json!({"any": object})),
        case("set an element", json!({"list": ["a", "b"]}), f.list().at(1).set(x), json!({"list": ["a", x]})),
        case("push", json!({"list": ["a"]}), f.list().push(x), json!({"list": ["a", x]})),
        case("push on nothing", json!({}), f.list().push(x), json!({"list": [x]})),
        case("push_all", json!({"list": ["a"]}), f.list().push_all([x, x]), json!({"list": ["a", x, x]})),
        case(
            "push_unique",
            json!({"list": ["other"]}),
            f.list().push_unique(x),
            json!({"list": ["other", x]}),
        ),
        case("push_unique again", json!({"list": [x]}), f.list().push_unique(x), json!({"list": [x]})),
        case(
            "push_unique to a set",
            json!({"set": ["other"]}),
            f.set().push_unique(x),
            json!({"set": ["other", x]}),
        ),
        case("push_unique object", json!({}), f.values().push_unique(&object), json!({"values": [object]})),
        case(
            "push_unique object again",
            json!({"values": [object]}),
            f.values().push_unique(&object),
            json!({"values": [object]}),
        ),
        case(
            "push_capped",
            json!({"list": ["a", "b"]}),
            f.list().push_capped(x, 2),
            json!({"list": ["b", x]}),
        ),
        case(
            "insert_at",
            json!({"list": ["a", "b"]}),
            f.list().insert_at(1, x),
            json!({"list": ["a", x, "b"]}),
        ),
        case(
            "remove",
            json!({"list": ["a b", x, "c d", x]}),
            f.list().remove(x),
            json!({"list": ["a b", "c d"]}),
        ),
        case("remove from a set", json!({"set": [x]}), f.set().remove(x), json!({"set": []})),
        case(
            "remove an object",
            json!({"values": [object, 1]}),
            f.values().remove(&object),
            json!({"values": [1]}),
        ),
        case("merge any", json!({}), f.any().merge(json!({ x: { x: x } })), json!({"any": { x: { x: x } }})),
        case(
            "merge any over",
            json!({"any": {"the other": 1, x: {"the other": 1}}}),
            f.any().merge(json!({ x: { x: x, "the other": null } })),
            json!({"any": {"the other": 1, x: {x: x}}}),
        ),
        case(
            "merge a key away",
            json!({"any": {x: 1, "the other": 1}}),
            f.any().merge(json!({ x: null })),
            json!({"any": {"the other": 1}}),
        ),
        case(
            "merge a map",
            json!({"map": {"the other": 1, x: 1}}),
            f.map().merge(BTreeMap::from([(x.to_owned(), json!(x))])),
            json!({"map": {"the other": 1, x: x}}),
        ),
        case("merge the document", json!({"unknown": 1}), f.merge(&whole), {
            let mut merged = whole_json.clone();
            merged["unknown"] = json!(1);
            merged
        }),
        case("replace", json!({"unknown": 1}), f.replace(&whole), whole_json.clone()),
        case("or_insert", json!(null), Update::from([]).or_insert(&whole), whole_json),
        case(
            "between",
            serde_json::to_value(&old).unwrap(),
            Update::between(&old, &new),
            serde_json::to_value(&new).unwrap(),
        ),
    ]
}

/// Every operation on an entry of this key.
fn with_key(x: &str) -> Vec<Case> {
    let f = Hostile::fields();
    let (map, other) = (f.map().key(x), f.map().key("the other"));
    let (count, list, token) = (f.counts().key(x), f.lists().key(x), f.inner().key(x).token());
    vec![
        case("set", json!({}), map.set(json!(1)), json!({"map": { x: 1 }})),
        case(
            "set over",
            json!({"map": {x: 2, "the other": 3}}),
            map.set(json!(1)),
            json!({"map": {x: 1, "the other": 3}}),
        ),
        case("set_default", json!({"map": {x: 2}}), map.set_default(json!(1)), json!({"map": {x: 2}})),
        case("unset", json!({"map": {x: 2, "the other": 3}}), map.unset(), json!({"map": {"the other": 3}})),
        case(
            "merge",
            json!({"map": {x: {"a": 1}}}),
            map.merge(json!({"b": 2})),
            json!({"map": {x: {"a": 1, "b": 2}}}),
        ),
        case(
            "copy to",
            json!({"map": {"the other": 3}}),
            map.copy_from(&other),
            json!({"map": {x: 3, "the other": 3}}),
        ),
        case(
            "copy from",
            json!({"map": {x: 3}}),
            other.copy_from(&map),
            json!({"map": {x: 3, "the other": 3}}),
        ),
        case("rename to", json!({"map": {"the other": 3}}), map.rename_from(&other), json!({"map": {x: 3}})),
        case(
            "rename from",
            json!({"map": {x: 3}}),
            other.rename_from(&map),
            json!({"map": {"the other": 3}}),
        ),
        case("increment", json!({"counts": {x: 3}}), count.increment(1), json!({"counts": {x: 4}})),
        case("increment nothing", json!({}), count.increment(1), json!({"counts": {x: 1}})),
        case("multiply", json!({"counts": {x: 3}}), count.multiply(2), json!({"counts": {x: 6}})),
        case("max", json!({"counts": {x: 3}}), count.max(7), json!({"counts": {x: 7}})),
        case("advance", json!({"counts": {x: 3}}), count.advance(2), json!({"counts": {x: 3}})),
        case("push", json!({"lists": {x: ["a"]}}), list.push("b"), json!({"lists": {x: ["a", "b"]}})),
        case("pop", json!({"lists": {x: ["a"]}}), list.pop(), json!({"lists": {x: []}})),
        case("element", json!({"lists": {x: ["a"]}}), list.at(0).set("b"), json!({"lists": {x: ["b"]}})),
        case("inside", json!({}), token.set("b"), json!({"inner": {x: {"token": "b"}}})),
        case(
            "copy inside",
            json!({"text": "a", "inner": {x: {"token": "b"}}}),
            token.copy_from(&f.text()),
            json!({"text": "a", "inner": {x: {"token": "a"}}}),
        ),
    ]
}

/// As far as it can be shown.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// In memory and in SQL it comes to what it must.
fn hold(row: &mut Row, Case { operation, before, update, after }: &Case, operand: &str) -> String {
    let why = || format!("{operation} with {:?}", shown(operand));
    row.store(before);
    let applied =
        update.apply(before).unwrap_or_else(|error| panic!("{}: {}", why(), shown(&error.to_string())));
    assert!(same(&applied, after), "{}: in memory it is {}", why(), shown(&applied.to_string()));
    let statement =
        update.clone().expression("document").unwrap_or_else(|error| panic!("{}: {error}", why()));
    let found = row.update(&statement).unwrap_or_else(|fault| panic!("{}: {}", why(), shown(&fault)));
    let found = found.unwrap_or_else(|error| panic!("{}: {}", why(), shown(&error.to_string())));
    assert!(same(&found, after), "{}: in SQL it is {}", why(), shown(&found.to_string()));
    statement.text().to_owned()
}

#[test]
fn operands_and_keys_are_bound_and_never_interpreted() {
    type Make = fn(&str) -> Vec<Case>;
    let all: [(Make, usize); 2] = [(with_operand, MEGABYTE), (with_key, LONG_KEY)];
    postgres::each(|server| {
        let mut row = Row::new(server);
        for (make, long) in all {
            let tame: Vec<String> = make(TAME).iter().map(|case| hold(&mut row, case, TAME)).collect();
            for text in texts(long) {
                for (case, tame) in make(&text).iter().zip(&tame) {
                    let rendered = hold(&mut row, case, &text);
                    let why = format!("{} with {:?}", case.operation, shown(&text));
                    assert!(
                        rendered == *tame,
                        "{why}: the text is\n{}\ninstead of\n{tame}",
                        shown(&rendered)
                    );
                }
            }
        }
    });
}

#[test]
fn an_error_at_a_hostile_key_names_it_exactly() {
    let f = Hostile::fields();
    postgres::each(|server| {
        let mut row = Row::new(server);
        for key in texts(LONG_KEY) {
            let place = pointer::member("/counts", &key);
            let token = pointer::member("/inner", &key);
            let cases = [
                (json!({"counts": {&key: key}}), f.counts().key(&key).increment(1), place),
                (json!({"inner": {&key: 1}}), f.inner().key(&key).token().set("a"), token.clone()),
                (json!({"inner": {&key: 1}}), f.text().copy_from(&f.inner().key(&key).token()), token),
            ];
            for (document, change, place) in cases {
                let update = Update::from(change);
                row.store(&document);
                let refused = update.apply(&document).unwrap_err();
                assert_eq!(refused.pointer(), place);
                let statement = update.clone().expression("document").unwrap();
                assert_eq!(row.update(&statement), Ok(Err(refused)));
                assert!(same(&row.stored(), &document));
            }
        }
    });
}

/// A scalar inside so many lists or objects.
fn nested(levels: usize, wrap: impl Fn(usize, Value) -> Value) -> Value {
    (0..levels).fold(json!("it's \\ $1"), |inside, level| wrap(level, inside))
}

#[test]
fn values_nested_deep_come_to_the_server_whole() {
    let key = |level: usize| TEXTS[level % TEXTS.len()];
    let deep = [
        (json!([1]), nested(120, |_, inside| json!([inside]))),
        (json!({"a": 1}), nested(120, |level, inside| json!({ key(level): inside }))),
        (json!({"a": 1}), nested(120, |level, inside| json!({ key(level): inside, "b": [null, level] }))),
    ];
    let cases = |value: &Value| {
        let f = Hostile::fields();
        vec![
            case("set", json!({}), f.any().set(value), json!({"any": value})),
            case("set_default", json!({}), f.any().set_default(value), json!({"any": value})),
            case("set an entry", json!({}), f.map().key("a").set(value), json!({"map": {"a": value}})),
            case("push", json!({}), f.values().push(value), json!({"values": [value]})),
            case("push_unique", json!({}), f.values().push_unique(value), json!({"values": [value]})),
            case(
                "push_unique again",
                json!({"values": [value]}),
                f.values().push_unique(value),
                json!({"values": [value]}),
            ),
            case(
                "push_capped",
                json!({"values": [1]}),
                f.values().push_capped(value, 1),
                json!({"values": [value]}),
            ),
            case(
                "insert_at",
                json!({"values": [1]}),
                f.values().insert_at(0, value),
                json!({"values": [value, 1]}),
            ),
            case("remove", json!({"values": [value, 1]}), f.values().remove(value), json!({"values": [1]})),
            case(
                "copy",
                json!({"any": value, "map": {}}),
                f.map().key("a").copy_from(&f.any()),
                json!({"any": value, "map": {"a": value}}),
            ),
        ]
    };
    postgres::each(|server| {
        let mut row = Row::new(server);
        for (tame, value) in &deep {
            for (tame, case) in cases(tame).iter().zip(&cases(value)) {
                let tame = hold(&mut row, tame, TAME);
                assert_eq!(hold(&mut row, case, "a value nested deep"), tame);
            }
            // What a merge patch leaves to PostgreSQL goes as deep as the patch does. This one has no null to take
            // away but in lists.
            let patch = Hostile::fields().any().merge(value);
            hold(&mut row, &case("merge", json!({}), patch.clone(), json!({"any": value})), "a deep patch");
            let before = json!({"any": nested(60, |level, inside| json!({ key(119 - level): inside }))});
            row.store(&before);
            let update = Update::from(patch);
            let found = row.update(&update.clone().expression("document").unwrap()).unwrap();
            assert!(same(&found.unwrap(), &update.apply(&before).unwrap()));
        }
    });
}

#[test]
fn what_cannot_be_stored_or_meant_is_refused_before_anything_is_sent() {
    #[track_caller]
    fn refused(update: impl Into<Update<Hostile>>, expected: fn(&Reason) -> bool, place: &str) {
        let update = update.into();
        let rendered = update.clone().expression("document").expect_err("it is rendered");
        assert!(expected(rendered.reason()), "{:?}", rendered.reason());
        assert_eq!(rendered.pointer(), place);
        for document in [json!(null), json!({}), json!({"text": 1}), json!("text")] {
            assert_eq!(update.apply(&document).as_ref(), Err(&rendered), "{document}");
        }
    }
    let unwritable: fn(&Reason) -> bool = |reason| matches!(reason, Reason::Unwritable(_));
    let operand: fn(&Reason) -> bool = |reason| matches!(reason, Reason::Operand(_));
    let no_key: fn(&Reason) -> bool = |reason| matches!(reason, Reason::Key(_));
    let f = Hostile::fields();

    let nul = "a\0b";
    let bad = Hostile { text: nul.to_owned(), ..Hostile::default() };
    let bad_key = Hostile { map: BTreeMap::from([(nul.to_owned(), json!(1))]), ..Hostile::default() };
    refused(f.text().set(nul), unwritable, "/text");
    refused(f.text().set_default(nul), unwritable, "/text");
    refused(f.maybe().some().set(nul), unwritable, "/maybe");
    refused(f.list().push(nul), unwritable, "/list");
    refused(f.list().push_all(["a", nul]), unwritable, "/list");
    refused(f.list().push_unique(nul), unwritable, "/list");
    refused(f.list().push_capped(nul, 1), unwritable, "/list");
    refused(f.list().insert_at(0, nul), unwritable, "/list");
    refused(f.list().remove(nul), unwritable, "/list");
    refused(f.set().push_unique(nul), unwritable, "/set");
    refused(f.any().set(json!([nul])), unwritable, "/any");
    refused(f.any().merge(json!({ nul: null })), unwritable, "/any");
    refused(f.any().merge(json!({"a": nul})), unwritable, "/any");
    refused(f.map().merge(&bad_key.map), unwritable, "/map");
    refused(f.map().key("a").set(json!({ nul: 1 })), unwritable, "/map/a");
    refused(f.replace(&bad), unwritable, "");
    refused(f.merge(&bad_key), unwritable, "");
    refused(Update::between(&Hostile::default(), &bad), unwritable, "");
    refused(Update::between(&bad_key, &Hostile::default()), unwritable, "");
    refused(Update::from([]).or_insert(&bad), unwritable, "");
    refused(f.map().key(nul).set(json!(1)), no_key, "/map");
    refused(f.map().key(nul).unset(), no_key, "/map");
    refused(f.counts().key(nul).increment(1), no_key, "/counts");
    refused(f.inner().key(nul).token().set("a"), no_key, "/inner");
    refused(f.any().copy_from(&f.map().key(nul)), no_key, "/map");
    refused(f.map().key("a").rename_from(&f.map().key(nul)), no_key, "/map");

    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused(f.float().set(number), unwritable, "/float");
        refused(f.float().set_default(number), unwritable, "/float");
        refused(f.float().min(number), unwritable, "/float");
        refused(f.float().max(number), unwritable, "/float");
        refused(f.float().advance(number), unwritable, "/float");
        refused(f.float().increment(number), operand, "/float");
        refused(f.float().multiply(number), operand, "/float");
        let bad = Hostile { float: number, ..Hostile::default() };
        refused(f.replace(&bad), unwritable, "");
        refused(Update::between(&Hostile::default(), &bad), unwritable, "");
    }

    // 127 levels are read back. The document is the first one, and each step is one more.
    let lists = |levels| nested(levels, |_, inside| json!([inside]));
    assert!(Update::from(f.any().set(lists(126))).expression("document").is_ok());
    refused(f.any().set(lists(127)), unwritable, "/any");
    refused(f.any().set_default(lists(127)), unwritable, "/any");
    refused(f.any().merge(nested(127, |_, inside| json!({"a": inside}))), unwritable, "/any");
    refused(f.map().key("a").set(lists(126)), unwritable, "/map/a");
    refused(f.map().key("a").merge(lists(126)), unwritable, "/map/a");
    refused(f.values().push(lists(126)), unwritable, "/values");
    refused(f.values().push_all([lists(1), lists(126)]), unwritable, "/values");
    refused(f.values().push_unique(lists(126)), unwritable, "/values");
    refused(f.values().push_capped(lists(126), 1), unwritable, "/values");
    refused(f.values().insert_at(0, lists(126)), unwritable, "/values");
    refused(f.values().remove(lists(126)), unwritable, "/values");
    refused(f.values().at(0).set(lists(126)), unwritable, "/values/0");

    refused(f.list().push_capped("a", 0), operand, "/list");
    refused(f.list().at(usize::MAX).set("a"), no_key, "/list");
    refused(f.list().at(1 << 31).set("a"), no_key, "/list");
    refused(f.text().copy_from(&f.list().at(usize::MAX)), no_key, "/list");
    refused(f.byte().increment(256), operand, "/byte");
    refused(f.byte().increment(-256), operand, "/byte");
    refused(f.byte().increment(u64::MAX), operand, "/byte");

    // The first of several faults is told, and the rest of the update does not hide it.
    refused([f.byte().increment(1), f.text().set(nul), f.byte().increment(256)], unwritable, "/text");

    // The same of the functions that quote their operands.
    assert!(unwritable(f.text().jsonb_set("document", nul).unwrap_err().reason()));
    assert!(unwritable(f.float().jsonb_insert("document", f64::NAN).unwrap_err().reason()));
    assert!(no_key(f.map().key(nul).jsonb_set("document", json!(1)).unwrap_err().reason()));
    assert!(no_key(f.map().key(nul).jsonb_delete("document").unwrap_err().reason()));
    assert!(no_key(f.list().at(usize::MAX).jsonb_insert("document", "a").unwrap_err().reason()));
}

#[test]
fn what_only_the_row_can_tell_is_the_same_error_from_the_server() {
    let f = Hostile::fields();
    let cases: [(Value, Change<Hostile>, Reason); 5] = [
        (json!({"byte": 255}), f.byte().increment(1), Reason::OutOfRange("u8")),
        (json!({"byte": 1}), f.byte().multiply(i64::MAX), Reason::OutOfRange("u8")),
        (json!({"float": f64::MAX}), f.float().multiply(2), Reason::OutOfRange("f64")),
        (json!({"list": []}), f.list().insert_at(usize::MAX, "a"), Reason::NoElement),
        (json!({"list": ["a"]}), f.list().at(i32::MAX as usize).set("a"), Reason::NoElement),
    ];
    postgres::each(|server| {
        let mut row = Row::new(server);
        for (document, change, reason) in &cases {
            let update = Update::from(change.clone());
            let refused = update.apply(document).unwrap_err();
            assert_eq!(refused.reason(), reason);
            row.store(document);
            assert_eq!(row.update(&update.clone().expression("document").unwrap()), Ok(Err(refused)));
        }
    });
}

/// The settings that change what a constant in the text means.
const SETTINGS: [&str; 3] = [
    "SET standard_conforming_strings = on",
    "SET standard_conforming_strings = off; SET escape_string_warning = off; SET backslash_quote = off",
    "SET standard_conforming_strings = off; SET escape_string_warning = off; SET backslash_quote = on",
];

#[test]
fn quoted_constants_mean_themselves_whatever_the_session_says_of_backslashes() {
    let f = Hostile::fields();
    postgres::each(|server| {
        for setting in SETTINGS {
            let mut client = server.connect();
            client.batch_execute("CREATE TEMPORARY TABLE law (document jsonb)").unwrap();
            let document =
                r#"INSERT INTO law VALUES ('{"text": "", "list": ["a"], "map": {"the other": 1}}')"#;
            client.batch_execute(document).unwrap();
            client.batch_execute(setting).unwrap();
            for x in texts(MEGABYTE) {
                let entry = f.map().key(&x);
                let set = entry.jsonb_set("document", json!([x])).unwrap();
                let deleted = entry.jsonb_delete(&set).unwrap();
                let both = json!({"text": "", "list": ["a"], "map": {"the other": 1, &x: [x]}});
                let cases = [
                    (
                        f.text().jsonb_set("document", &x),
                        json!({"text": x, "list": ["a"], "map": {"the other": 1}}),
                    ),
                    (
                        f.list().at(0).jsonb_insert("document", &x),
                        json!({"text": "", "list": [x, "a"], "map": {"the other": 1}}),
                    ),
                    (entry.jsonb_insert("document", json!([x])), both.clone()),
                    (Ok(set), both),
                    (Ok(deleted), json!({"text": "", "list": ["a"], "map": {"the other": 1}})),
                ];
                for (expression, expected) in cases {
                    let text = format!("SELECT ({})::text FROM law", expression.unwrap());
                    let why = || format!("{setting}\n{:?}\n{}", shown(&x), shown(&text));
                    let rows = client.simple_query(&text);
                    let rows = rows.unwrap_or_else(|error| panic!("{error}\n{}", why()));
                    let found = rows.iter().find_map(|message| match message {
                        SimpleQueryMessage::Row(row) => row.get(0),
                        _ => None,
                    });
                    let found: Value = serde_json::from_str(found.expect("a document")).unwrap();
                    assert!(same(&found, &expected), "{}: {}", shown(&found.to_string()), why());
                }
            }
        }
    });
}

/// Fields whose names in the document say something in SQL, or in a path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "named", version = 1)]
struct Named {
    #[serde(default, rename = "it's")]
    quote: u32,
    #[serde(default, rename = "back\\slash \\' \\")]
    backslash: u32,
    #[serde(default, rename = "$1::jsonb")]
    parameter: u32,
    #[serde(default, rename = "'; DROP TABLE law; --")]
    drop: u32,
    #[serde(default, rename = "a,b{c}\"d\"")]
    list: Vec<String>,
    #[serde(default, rename = "public.\"law\"", alias = "old 'law' \\", alias = "$$")]
    aliased: u32,
    #[serde(default, rename = "%s ? :x /*")]
    map: BTreeMap<String, u32>,
    #[serde(rename = "/~ at (document)\"")]
    object: Option<Inside>,
    #[serde(flatten)]
    whole: Option<Whole>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Inside {
    #[serde(rename = "needs 'this' \\ \"too\" ]")]
    needed: u32,
    #[serde(default, rename = "''")]
    other: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Whole {
    #[serde(rename = "E'\\x41', NULL]", alias = "\\'")]
    required: u32,
    #[serde(default, rename = "U&'\\0041'")]
    free: u32,
}

#[test]
fn names_of_fields_are_quoted_and_never_interpreted() {
    let f = Named::fields();
    let (object, whole) = (f.object().some(), f.whole().some());
    let mut changes = vec![
        f.list().push("a"),
        f.list().at(0).set("b"),
        f.list().remove("a"),
        f.map().key("it's").increment(1),
        f.object().set(Some(Inside::default())),
        object.needed().set(1),
        object.other().increment(1),
        object.merge(Inside { needed: 2, other: 3 }),
        whole.required().set(1),
        whole.free().increment(1),
        whole.free().unset(),
        f.replace(Named::default()),
        f.merge(Named::default()),
        f.aliased().rename_from_aliases(),
    ];
    for number in [f.quote(), f.backslash(), f.parameter(), f.drop(), f.aliased()] {
        changes.extend([
            number.set(1),
            number.set_default(1),
            number.increment(1),
            number.multiply(2),
            number.min(1),
            number.max(1),
            number.unset(),
            number.copy_from(&f.quote()),
            number.copy_from(&f.map().key("it's")),
            number.rename_from(&f.parameter()),
        ]);
    }
    let numbers = ["it's", "back\\slash \\' \\", "$1::jsonb", "'; DROP TABLE law; --"];
    let full = json!({
        "it's": 1, "back\\slash \\' \\": 2, "$1::jsonb": 3, "'; DROP TABLE law; --": 4, "a,b{c}\"d\"": ["a"],
        "public.\"law\"": 5, "%s ? :x /*": {"it's": 6},
        "/~ at (document)\"": {"needs 'this' \\ \"too\" ]": 7, "''": 8}, "E'\\x41', NULL]": 9, "U&'\\0041'": 10,
    });
    let mut aliased = full.clone();
    aliased.as_object_mut().unwrap().remove("public.\"law\"");
    aliased["old 'law' \\"] = json!(11);
    let texts: Value = full.as_object().unwrap().keys().map(|key| (key.clone(), json!("text"))).collect();
    let mut documents = vec![json!(null), json!({}), json!([]), full, aliased, texts];
    documents.extend(numbers.map(|key| json!({ key: 1 })));
    documents.push(json!({"$$": 1}));
    documents.push(json!({"\\'": 1}));
    documents.push(json!({"/~ at (document)\"": {}}));
    documents.push(json!({"/~ at (document)\"": {"''": "text"}}));

    let (mut changed, mut refused) = (0, BTreeSet::new());
    for document in &documents {
        for change in &changes {
            match Update::from(change.clone()).apply(document) {
                Ok(_) => changed += 1,
                Err(error) => drop(refused.insert(error.to_string())),
            }
        }
    }
    assert!(changed > documents.len() * 30 && refused.len() > 15, "{changed} {refused:#?}");

    postgres::each(|server| {
        for setting in SETTINGS {
            let mut row = Row::new(server);
            row.client().batch_execute(setting).unwrap();
            for document in &documents {
                for change in &changes {
                    let update = Update::from(change.clone());
                    let expected = update.apply(document);
                    row.store(document);
                    let found = match update.clone().expression("document") {
                        Ok(statement) => {
                            row.update(&statement).unwrap_or_else(|fault| panic!("{setting}: {fault}"))
                        }
                        Err(error) => Err(error),
                    };
                    assert_eq!(found, expected, "{setting}: {change:?} of {document}");
                }
            }
        }
    });
}

#[test]
fn one_object_may_have_many_keys_in_one_pass() {
    let f = Hostile::fields();
    let key = |at: usize| format!("key {at}");
    let all = |count: usize, value: i64| -> Value { (0..count).map(|at| (key(at), json!(value))).collect() };
    postgres::each(|server| {
        let mut row = Row::new(server);
        // `jsonb_build_object` takes 50 keys at once.
        for count in [49, 50, 51, 100, 101, 1000] {
            let counts = || (0..count).map(|at| f.counts().key(&key(at)));
            let cases = [
                case(
                    "set",
                    json!({}),
                    counts().map(|it| it.set(7)).collect::<Update<_>>(),
                    json!({"counts": all(count, 7)}),
                ),
                case(
                    "increment",
                    json!({"counts": all(count / 2, 0)}),
                    counts().map(|it| it.increment(1)).collect::<Update<_>>(),
                    json!({"counts": all(count, 1)}),
                ),
                // What is missing is left: each key is a piece of its own.
                case(
                    "multiply",
                    json!({"counts": all(count / 2, 2)}),
                    counts().map(|it| it.multiply(3)).collect::<Update<_>>(),
                    json!({"counts": all(count / 2, 6)}),
                ),
                case(
                    "unset",
                    json!({"counts": all(count, 1)}),
                    counts().map(|it| it.unset()).collect::<Update<_>>(),
                    json!({"counts": {}}),
                ),
                case(
                    "merge",
                    json!({"any": all(count, 1)}),
                    f.any().merge(all(count, 2)),
                    json!({"any": all(count, 2)}),
                ),
            ];
            for case in cases {
                hold(&mut row, &case, &format!("{count} keys"));
            }
        }
    });
}

#[test]
fn one_update_may_have_many_passes_and_many_elements() {
    let f = Hostile::fields();
    let passes: Update<Hostile> = (0..60).map(|_| f.byte().increment(1)).collect();
    let elements: Update<Hostile> = (0..500).map(|at| f.list().at(at).set("after")).collect();
    let list = |text: &str| json!({"list": vec![text; 500]});
    postgres::each(|server| {
        let mut row = Row::new(server);
        hold(&mut row, &case("passes", json!({"byte": 1}), passes.clone(), json!({"byte": 61})), "60");
        hold(&mut row, &case("elements", list("before"), elements.clone(), list("after")), "500");
    });
}
