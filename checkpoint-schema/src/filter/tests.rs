//! What filters promise, on one checkpoint that has a field of each sort.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::index::Column;
use super::{Filter, Index, Order};
use crate::field::FieldError;
use crate::sql::{Param, Sql};
use crate::{Checkpoint, Field};

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "sample", version = 1, crate = "crate")]
struct Sample {
    number: i64,
    byte: u8,
    ratio: f64,
    text: String,
    letter: char,
    flag: bool,
    optional: Option<i64>,
    nested: Option<Option<i64>>,
    #[serde(default = "one")]
    defaulted: u32,
    #[serde(default = "five")]
    both: Option<u32>,
    #[serde(alias = "older", alias = "it's")]
    renamed: i64,
    #[serde(default)]
    ids: Vec<i64>,
    tags: Option<Vec<String>>,
    cursors: Vec<Cursor>,
    map: BTreeMap<String, Cursor>,
    pair: (i64, (String, bool)),
    #[serde(default)]
    limit: Limit,
    #[serde(with = "seconds", default)]
    #[schemars(with = "u64")]
    pause: Duration,
    any: Value,
    #[serde(flatten)]
    spread: Spread,
    #[serde(default)]
    mode: Mode,
}

#[derive(Clone, Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "crate")]
struct Cursor {
    token: String,
    page: Option<u32>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "crate")]
struct Limit {
    #[serde(default)]
    remaining: u32,
}

impl Default for Limit {
    fn default() -> Self {
        Self { remaining: 5000 }
    }
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "crate")]
struct Spread {
    inner: i64,
}

#[derive(Default, Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "crate")]
enum Mode {
    #[default]
    Full,
    Since(u32),
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "crate")]
struct Generic<T: Default + Serialize> {
    #[serde(default)]
    value: T,
}

fn one() -> u32 {
    1
}

fn five() -> Option<u32> {
    Some(5)
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(value.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

fn f() -> SampleFields<Sample, crate::field::Root> {
    Sample::fields()
}

/// The filter is true of exactly those documents.
fn holds(filter: &Filter<Sample>, yes: &[Value], no: &[Value]) {
    for document in yes {
        assert!(filter.matches(document).unwrap(), "not true of {document}: {filter:?}");
        assert!(!(!filter.clone()).matches(document).unwrap(), "{document}: {filter:?}");
    }
    for document in no {
        assert!(!filter.matches(document).unwrap(), "true of {document}: {filter:?}");
        assert!((!filter.clone()).matches(document).unwrap(), "{document}: {filter:?}");
    }
}

fn sql(filter: &Filter<Sample>) -> (String, Vec<Param>) {
    let mut sql = Sql::default();
    filter.render("d", &mut sql).unwrap();
    (sql.text, sql.params)
}

fn renders(filter: &Filter<Sample>, text: &str, params: &[Param]) {
    assert_eq!(sql(filter), (text.to_owned(), params.to_vec()));
}

fn jsonb(value: Value) -> Param {
    Param::Jsonb(value)
}

fn text(value: &str) -> Param {
    Param::Text(value.to_owned())
}

fn refused<T: std::fmt::Debug>(result: Result<T, FieldError>) -> String {
    result.unwrap_err().to_string()
}

// In memory.

#[test]
fn equality_is_that_of_jsonb() {
    holds(
        &f().number().eq(1),
        &[json!({"number": 1}), json!({"number": 1.0}), json!({"number": 1, "text": null})],
        &[
            json!({}),
            json!(null),
            json!([]),
            json!(1),
            json!({"number": null}),
            json!({"number": "1"}),
            json!({"number": [1]}),
            json!({"number": true}),
            json!({"number": 2}),
        ],
    );
    holds(&f().flag().eq(true), &[json!({"flag": true})], &[json!({"flag": 1}), json!({"flag": "true"})]);
    holds(
        &f().ids().eq(vec![1, 1]),
        &[json!({"ids": [1, 1.0]})],
        &[json!({"ids": [1]}), json!({"ids": [1, 1, 2]}), json!({"ids": 1}), json!({})],
    );
    holds(&f().ids().eq(vec![]), &[json!({"ids": []})], &[json!({"ids": [1]}), json!({})]);
    holds(
        &f().map().key("a").eq(Cursor { token: "t".to_owned(), page: None }),
        &[json!({"map": {"a": {"page": null, "token": "t"}}})],
        &[json!({"map": {"a": {"token": "t"}}}), json!({"map": {"a": {"page": null, "token": "t", "x": 1}}})],
    );
    holds(
        &f().mode().eq(Mode::Since(5)),
        &[json!({"mode": {"Since": 5}})],
        &[json!({"mode": "Since"}), json!({"mode": {"Since": 5, "x": 1}}), json!({"mode": "Full"})],
    );
    holds(&f().spread().inner().eq(1), &[json!({"inner": 1})], &[json!({"spread": {"inner": 1}}), json!({})]);
}

#[test]
fn none_is_a_stored_null_and_a_missing_field_is_not() {
    let null = json!({"optional": null});
    holds(&f().optional().eq(None), std::slice::from_ref(&null), &[json!({}), json!({"optional": 0})]);
    holds(&f().optional().eq(Some(0)), &[json!({"optional": 0})], &[json!({}), null.clone()]);
    holds(&f().optional().is_null(), std::slice::from_ref(&null), &[json!({}), json!(null)]);
    holds(&f().optional().is_missing(), &[json!({}), json!(null), json!("x")], std::slice::from_ref(&null));
    holds(&f().optional().exists(), std::slice::from_ref(&null), &[json!({}), json!(null)]);
    holds(
        &f().optional().some().is_missing(),
        &[json!({}), json!(null), null.clone()],
        &[json!({"optional": 0})],
    );
    holds(&f().optional().some().exists(), &[json!({"optional": "x"})], &[json!({}), null.clone()]);
    holds(&f().optional().some().eq(0), &[json!({"optional": 0})], &[json!({}), null]);
    let null = json!({"nested": null});
    holds(&f().nested().some().eq(None), &[], &[json!({}), null.clone()]);
    holds(&f().nested().some().in_([None, Some(1)]), &[json!({"nested": 1})], &[json!({}), null.clone()]);
    holds(&f().nested().some().ne(None), &[json!({}), null], &[]);
    holds(&f().any().is_null(), &[json!({"any": null})], &[json!({})]);
}

#[test]
fn ne_is_exactly_not_eq() {
    holds(
        &f().number().ne(1),
        &[json!({}), json!(null), json!({"number": null}), json!({"number": "1"}), json!({"number": 2})],
        &[json!({"number": 1}), json!({"number": 1.0})],
    );
}

#[test]
fn one_of_none_is_nothing() {
    let none: [i64; 0] = [];
    holds(&f().number().in_(none), &[], &[json!({}), json!({"number": 1})]);
    holds(
        &f().text().in_(["a", "b"]),
        &[json!({"text": "a"}), json!({"text": "b"})],
        &[json!({"text": "c"}), json!({"text": ["a"]}), json!({})],
    );
}

#[test]
fn comparisons_match_no_value_of_another_type() {
    let others = ["null", "\"\"", "\"5\"", "false", "true", "[]", "[1]", "[9]", "{}", "{\"number\": 5}"];
    let others = others.map(|other| json!({"number": serde_json::from_str::<Value>(other).unwrap()}));
    let number = f().number();
    for filter in [number.lt(5), number.le(5), number.gt(-5), number.ge(-5), number.between(-5, 5)] {
        holds(&filter, &[json!({"number": 0}), json!({"number": -0.5})], &others);
        holds(&filter, &[], &[json!({}), json!(null), json!([0])]);
    }
    holds(&number.lt(5), &[json!({"number": 4.5})], &[json!({"number": 5}), json!({"number": 5.0})]);
    holds(&number.le(5), &[json!({"number": 5.0})], &[json!({"number": 5.5})]);
    holds(&number.gt(5), &[json!({"number": 5.5})], &[json!({"number": 5})]);
    holds(&number.between(5, 6), &[json!({"number": 5}), json!({"number": 6})], &[json!({"number": 7})]);
    holds(&number.between(6, 5), &[], &[json!({"number": 5}), json!({"number": 6})]);
    let text = f().text();
    for filter in [text.lt("b"), text.le("a"), text.gt(""), text.ge("a"), text.between("a", "b")] {
        holds(&filter, &[json!({"text": "a"})], &[]);
        holds(&filter, &[], &[json!({}), json!({"text": null}), json!({"text": 1}), json!({"text": ["a"]})]);
    }
    // By bytes, not as a dictionary has them.
    holds(&text.lt("a"), &[json!({"text": "Z"}), json!({"text": ""})], &[json!({"text": "é"})]);
    holds(&f().letter().ge('b'), &[json!({"letter": "b"})], &[json!({"letter": "a"})]);
}

#[test]
fn a_number_outside_the_fields_type_is_neither_before_nor_after() {
    let byte = f().byte();
    let outside = [json!({"byte": -1}), json!({"byte": 256}), json!({"byte": 255.5}), json!({"byte": 1e300})];
    for filter in [byte.gt(0), byte.ge(0), byte.lt(255), byte.le(255), byte.between(0, 255)] {
        holds(&filter, &[json!({"byte": 1.5})], &outside);
    }
    holds(&f().number().gt(0), &[json!({"number": i64::MAX})], &[json!({"number": u64::MAX})]);
    holds(&f().ratio().ge(f64::MIN), &[json!({"ratio": f64::MIN}), json!({"ratio": f64::MAX})], &[]);
}

#[test]
fn numbers_compare_beyond_what_a_float_can_tell() {
    let exact = 9_007_199_254_740_993_i64;
    holds(
        &f().number().eq(exact),
        &[json!({"number": exact})],
        &[json!({"number": 9_007_199_254_740_992.0})],
    );
    holds(
        &f().number().lt(exact),
        &[json!({"number": 9_007_199_254_740_992.0})],
        &[json!({"number": exact})],
    );
}

#[test]
fn a_prefix_is_by_characters_and_the_empty_one_is_of_every_text() {
    holds(
        &f().text().starts_with("ab"),
        &[json!({"text": "ab"}), json!({"text": "ab\u{10ffff}"})],
        &[json!({"text": "a"}), json!({"text": "ac"}), json!({"text": ["ab"]}), json!({})],
    );
    holds(&f().text().starts_with(""), &[json!({"text": ""})], &[json!({"text": 1}), json!({"text": null})]);
}

#[test]
fn elements_are_compared_whole() {
    holds(
        &f().ids().contains(1),
        &[json!({"ids": [2, 1.0]})],
        &[
            json!({"ids": 1}),
            json!({"ids": [[1]]}),
            json!({"ids": ["1"]}),
            json!({"ids": {"1": 1}}),
            json!({}),
        ],
    );
    let cursor = Cursor { token: "t".to_owned(), page: Some(1) };
    holds(
        &f().cursors().contains(&cursor),
        &[json!({"cursors": [{"token": "t", "page": 1}]})],
        &[json!({"cursors": [{"token": "t", "page": 1, "more": 1}]}), json!({"cursors": [{"token": "t"}]})],
    );
    holds(&f().ids().contains_any([7, 8]), &[json!({"ids": [8]})], &[json!({"ids": [9]}), json!({})]);
    let none: [i64; 0] = [];
    holds(&f().ids().contains_any(none), &[], &[json!({"ids": [8]}), json!({"ids": []})]);
    holds(&f().tags().some().contains("a"), &[json!({"tags": ["a"]})], &[json!({"tags": null})]);
    holds(&f().ids().or_default().contains(1), &[json!({"ids": [1]})], &[json!({})]);
}

#[test]
fn a_wrong_typed_parent_has_no_fields() {
    let token = f().map().key("a").token();
    let missing = ["null", "{}", "[]", "1", r#"{"map": null}"#, r#"{"map": "a"}"#, r#"{"map": {"a": [1]}}"#];
    let missing = missing.map(|document| serde_json::from_str(document).unwrap());
    holds(&token.is_missing(), &missing, &[json!({"map": {"a": {"token": null}}})]);
    holds(&token.eq("t"), &[json!({"map": {"a": {"token": "t"}}})], &missing);
    let first = f().ids().at(0);
    holds(&first.eq(5), &[json!({"ids": [5, 6]})], &[json!({"ids": 5}), json!({"ids": {"0": 5}}), json!({})]);
    holds(&first.is_missing(), &[json!({"ids": 5}), json!({"ids": []})], &[json!({"ids": [null]})]);
    holds(&f().pair()._1()._1().eq(true), &[json!({"pair": [1, ["a", true]]})], &[json!({"pair": true})]);
}

#[test]
fn the_whole_document_is_missing_where_it_is_absent() {
    let root = crate::Path::<Sample, Sample, crate::field::Root>::root();
    holds(&root.is_missing(), &[json!(null)], &[json!({}), json!([])]);
    holds(&root.exists(), &[json!({}), json!(1)], &[json!(null)]);
}

#[test]
fn a_field_is_read_under_its_aliases() {
    holds(
        &f().renamed().eq(1),
        &[json!({"renamed": 1, "older": 2}), json!({"older": 1}), json!({"it's": 1, "older": 2})],
        &[json!({"renamed": null, "older": 1}), json!({"older": 1, "it's": 2}), json!({})],
    );
}

#[test]
fn or_default_is_serdes_view() {
    let defaulted = f().defaulted();
    let missing = [json!({}), json!(null), json!([])];
    holds(&defaulted.eq(1), &[json!({"defaulted": 1})], &missing);
    holds(&defaulted.or_default().eq(1), &missing, &[json!({"defaulted": null}), json!({"defaulted": 2})]);
    holds(&defaulted.or_default().gt(0), &missing, &[json!({"defaulted": 0}), json!({"defaulted": "1"})]);
    // `null` is `None` to serde; inside the `Option` it is missing, and a missing one has the default.
    let null = json!({"both": null});
    holds(&f().both().or_default().eq(Some(5)), &missing, std::slice::from_ref(&null));
    holds(&f().both().or_default().is_null(), std::slice::from_ref(&null), &missing);
    holds(&f().both().some().or_default().eq(5), &[json!({}), null], &[json!({"both": 6})]);
    holds(&f().pause().or_default().eq(Duration::ZERO), &missing, &[json!({"pause": 5})]);
    holds(&f().mode().or_default().eq(Mode::Full), &missing, &[json!({"mode": null})]);
}

#[test]
fn a_missing_parent_has_its_own_default() {
    let remaining = f().limit().remaining();
    let read = |document: &str| serde_json::from_str::<Value>(document).unwrap();
    holds(&remaining.or_default().eq(5000), &[json!({}), json!(null)], &[read(r#"{"limit": {}}"#)]);
    holds(&remaining.or_default().eq(0), &[read(r#"{"limit": {}}"#), read(r#"{"limit": 1}"#)], &[json!({})]);
}

#[test]
fn a_generic_field_has_its_default_too() {
    let generic = Generic::<u32>::handle(crate::Path::<Generic<u32>, _, crate::field::Root>::root());
    assert!(generic.value().or_default().eq(0).matches(&json!({})).unwrap());
    assert!(!generic.value().eq(0).matches(&json!({})).unwrap());
}

#[test]
fn filters_combine() {
    let (a, b) = (f().number().eq(1), f().flag().eq(true));
    let (both, first, neither) = (json!({"number": 1, "flag": true}), json!({"number": 1}), json!({}));
    holds(&(a.clone() & b.clone()), std::slice::from_ref(&both), &[first.clone(), neither.clone()]);
    holds(&(a.clone() | b.clone()), &[both.clone(), first.clone()], std::slice::from_ref(&neither));
    holds(&!(a.clone() | b.clone()), std::slice::from_ref(&neither), &[both.clone(), first.clone()]);
    holds(
        &(Filter::everything() & a.clone()),
        &[both.clone(), first.clone()],
        std::slice::from_ref(&neither),
    );
    holds(&(Filter::nothing() | b), std::slice::from_ref(&both), &[first.clone(), neither.clone()]);
    holds(&(Filter::nothing() & a.clone()), &[], std::slice::from_ref(&both));
    holds(&(Filter::everything() | a), &[both, first, neither, json!(null)], &[]);
}

#[test]
fn long_chains_are_no_deep_trees() {
    let each = |at: i64| f().number().eq(at);
    let any = (0..100_000).map(each).fold(Filter::nothing(), |any, filter| any | filter);
    assert!(any.matches(&json!({"number": 99_999})).unwrap());
    let not = (0..100_001).fold(each(1), |filter, _| !filter);
    assert_eq!(sql(&not), sql(&!each(1)));
    drop(any.clone());
}

#[test]
fn what_is_wrong_with_a_filter_is_reported_wherever_it_stands() {
    let text = "the text holds U+0000, which PostgreSQL cannot store";
    for filter in [f().text().starts_with("a\0"), f().text().lt("\0"), f().text().between("a", "b\0")] {
        assert_eq!(refused(filter.matches(&json!({}))), format!("/text: {text}"));
        let deep = Filter::everything() | !(f().number().eq(1) & filter);
        assert_eq!(refused(deep.matches(&json!({}))), format!("/text: {text}"));
        assert_eq!(refused(deep.render("d", &mut Sql::default())), format!("/text: {text}"));
        assert!(format!("{deep:?}").contains(text));
    }
    let key = f().map().key("a\0");
    let none: [Cursor; 0] = [];
    for filter in [key.token().eq("x"), key.exists(), key.in_(none)] {
        assert_eq!(filter.matches(&json!({})).unwrap_err().pointer(), "/map");
    }
    assert!(refused(key.token().asc().compare(&json!({}), &json!({}))).contains("U+0000"));
    assert!(refused(key.token().asc().index().ddl(COLUMN)).contains("U+0000"));
    assert!(refused(key.index().ddl(COLUMN)).contains("U+0000"));
    for filter in [f().ratio().lt(f64::NAN), f().ratio().gt(f64::INFINITY)] {
        assert!(refused(filter.matches(&json!({}))).contains("JSON has no such number"));
    }
    assert!(refused(f().ids().at(usize::MAX).exists().matches(&json!({}))).contains("no `jsonb` array"));
}

// SQL. These texts are promised: an index that a user made is used only for the expression it was made on.

#[test]
fn equality_is_for_an_index_of_the_document_and_for_one_of_the_field() {
    renders(
        &f().number().eq(1),
        "(d @> jsonb_build_object('number', $1::jsonb) AND d->'number' = $1::jsonb)",
        &[jsonb(json!(1))],
    );
    renders(
        &f().map().key("it's \\ \"x\"").token().eq("t"),
        r#"(d @> jsonb_build_object('map', jsonb_build_object(E'it''s \\ "x"', jsonb_build_object('token', $1::jsonb))) AND d->'map'->E'it''s \\ "x"'->'token' = $1::jsonb)"#,
        &[jsonb(json!("t"))],
    );
    renders(
        &f().renamed().eq(1),
        "COALESCE(d->'renamed', d->'it''s', d->'older') = $1::jsonb",
        &[jsonb(json!(1))],
    );
    renders(
        &f().ids().at(0).eq(1),
        "(CASE jsonb_typeof(d->'ids') WHEN 'array' THEN d->'ids'->0 END) = $1::jsonb",
        &[jsonb(json!(1))],
    );
    renders(
        &f().optional().some().eq(1),
        "(d @> jsonb_build_object('optional', $1::jsonb) AND NULLIF(d->'optional', 'null'::jsonb) = $1::jsonb)",
        &[jsonb(json!(1))],
    );
    renders(
        &f().defaulted().or_default().eq(1),
        "COALESCE(d->'defaulted', '1'::jsonb) = $1::jsonb",
        &[jsonb(json!(1))],
    );
    renders(
        &f().both().some().or_default().eq(1),
        "COALESCE(NULLIF(d->'both', 'null'::jsonb), '5'::jsonb) = $1::jsonb",
        &[jsonb(json!(1))],
    );
    renders(
        &f().limit().remaining().or_default().eq(1),
        r#"COALESCE(COALESCE(d->'limit', '{"remaining":5000}'::jsonb)->'remaining', '0'::jsonb) = $1::jsonb"#,
        &[jsonb(json!(1))],
    );
    renders(
        &f().pause().eq(Duration::from_secs(5)),
        "(d @> jsonb_build_object('pause', $1::jsonb) AND d->'pause' = $1::jsonb)",
        &[jsonb(json!(5))],
    );
    renders(
        &f().number().in_([1, 2]),
        "d->'number' = ANY (ARRAY(SELECT jsonb_array_elements($1::jsonb)))",
        &[jsonb(json!([1, 2]))],
    );
}

#[test]
fn comparisons_have_both_sides() {
    let one = [jsonb(json!(1))];
    renders(
        &f().number().lt(1),
        "(d->'number' >= '-9223372036854775808'::jsonb AND d->'number' < $1::jsonb)",
        &one,
    );
    renders(
        &f().number().ge(1),
        "(d->'number' >= $1::jsonb AND d->'number' <= '9223372036854775807'::jsonb)",
        &one,
    );
    renders(&f().byte().le(1), "(d->'byte' >= '0'::jsonb AND d->'byte' <= $1::jsonb)", &one);
    renders(&f().byte().gt(1), "(d->'byte' > $1::jsonb AND d->'byte' <= '255'::jsonb)", &one);
    renders(
        &f().ratio().gt(1.5),
        &format!("(d->'ratio' > $1::jsonb AND d->'ratio' <= '{}'::jsonb)", json!(f64::MAX)),
        &[jsonb(json!(1.5))],
    );
    renders(
        &f().number().between(1, 2),
        "(d->'number' >= $1::jsonb AND d->'number' <= $2::jsonb)",
        &[jsonb(json!(1)), jsonb(json!(2))],
    );
    let t = r#"(CASE jsonb_typeof(d->'text') WHEN 'string' THEN d->'text' #>> '{}' END) COLLATE "C""#;
    renders(&f().text().lt("a"), &format!("{t} < $1::text"), &[text("a")]);
    renders(
        &f().text().between("a", "b"),
        &format!("({t} >= $1::text AND {t} <= $2::text)"),
        &[text("a"), text("b")],
    );
    renders(
        &f().text().starts_with("a"),
        &format!("({t} >= $1::text AND {t} < $2::text)"),
        &[text("a"), text("b")],
    );
    renders(&f().text().starts_with(""), &format!("{t} >= $1::text"), &[text("")]);
}

#[test]
fn elements_are_found_by_containment_and_composite_ones_held_to_equality() {
    renders(
        &f().ids().contains(1),
        "d @> jsonb_build_object('ids', jsonb_build_array($1::jsonb))",
        &[jsonb(json!(1))],
    );
    let cursor = Cursor { token: "t".to_owned(), page: None };
    renders(
        &f().cursors().contains(&cursor),
        "(d @> jsonb_build_object('cursors', jsonb_build_array($1::jsonb)) AND $1::jsonb IN (SELECT jsonb_array_elements(CASE jsonb_typeof(d->'cursors') WHEN 'array' THEN d->'cursors' END)))",
        &[jsonb(json!({"token": "t", "page": null}))],
    );
    renders(
        &f().ids().or_default().contains(1),
        "$1::jsonb IN (SELECT jsonb_array_elements(CASE jsonb_typeof(COALESCE(d->'ids', '[]'::jsonb)) WHEN 'array' THEN COALESCE(d->'ids', '[]'::jsonb) END))",
        &[jsonb(json!(1))],
    );
    renders(
        &f().ids().contains_any([1, 2]),
        "(d @> jsonb_build_object('ids', jsonb_build_array($1::jsonb)) OR d @> jsonb_build_object('ids', jsonb_build_array($2::jsonb)))",
        &[jsonb(json!(1)), jsonb(json!(2))],
    );
}

#[test]
fn what_is_negated_is_never_null() {
    renders(&f().number().is_missing(), "d->'number' IS NULL", &[]);
    renders(&f().number().exists(), "d->'number' IS NOT NULL", &[]);
    renders(&f().optional().some().is_missing(), "NULLIF(d->'optional', 'null'::jsonb) IS NULL", &[]);
    renders(
        &f().number().ne(1),
        "(d @> jsonb_build_object('number', $1::jsonb) AND d->'number' = $1::jsonb) IS NOT TRUE",
        &[jsonb(json!(1))],
    );
    let (a, b, c) = (f().number().exists(), f().text().exists(), f().flag().exists());
    renders(
        &(a.clone() & !(b.clone() | c.clone()) & (b | !(c & a))),
        "(d->'number' IS NOT NULL AND (d->'text' IS NOT NULL OR d->'flag' IS NOT NULL) IS NOT TRUE \
         AND (d->'text' IS NOT NULL OR (d->'flag' IS NOT NULL AND d->'number' IS NOT NULL) IS NOT TRUE))",
        &[],
    );
    renders(&Filter::everything(), "TRUE", &[]);
    renders(&!Filter::everything(), "(TRUE) IS NOT TRUE", &[]);
    renders(&f().ids().contains_any([0; 0]), "FALSE", &[]);
}

// Order.

fn order(order: &Order<Sample>, documents: &[Value]) {
    let mut sorted = documents.to_vec();
    sorted.reverse();
    sorted.sort_by(|left, right| order.compare(left, right).unwrap());
    assert_eq!(sorted, documents, "{order:?}");
    for document in documents {
        assert_eq!(order.compare(document, document).unwrap(), Ordering::Equal);
    }
}

#[test]
fn documents_without_the_field_come_last_either_way() {
    let number = |value: Value| json!({"number": value});
    let sorted = [number(json!(-1)), number(json!(2)), number(json!(10.5))];
    order(&f().number().asc(), &[&sorted[..], &[json!({})]].concat());
    let descending: Vec<Value> = sorted.iter().rev().cloned().chain([json!({})]).collect();
    order(&f().number().desc(), &descending);
    order(
        &f().number().asc(),
        &["[]", "null", "\"a\"", "1", "false", "true", "[1]", "{}"]
            .map(|value| number(serde_json::from_str(value).unwrap())),
    );
    let text = |value: Value| json!({"text": value});
    order(&f().text().asc(), &[text(json!("Z")), text(json!("a")), text(json!("é")), text(json!(1))]);
    order(&f().text().desc(), &[text(json!("é")), text(json!("a")), text(json!("Z")), text(json!(true))]);
    order(&f().optional().some().asc(), &[json!({"optional": 1}), json!({"optional": null})]);
    order(&f().optional().some().desc(), &[json!({"optional": 1}), json!({"optional": null})]);
    order(
        &f().defaulted().or_default().asc(),
        &[json!({"defaulted": 0}), json!({}), json!({"defaulted": 2})],
    );
}

#[test]
fn an_order_renders_to_what_filters_compare() {
    assert_eq!(f().number().asc().render("d").unwrap(), "d->'number' ASC NULLS LAST");
    assert_eq!(f().number().desc().render("d").unwrap(), "d->'number' DESC NULLS LAST");
    assert_eq!(
        f().text().asc().render("d").unwrap(),
        r#"(CASE jsonb_typeof(d->'text') WHEN 'string' THEN d->'text' #>> '{}' END) COLLATE "C" ASC NULLS LAST"#
    );
}

// Indexes.

const COLUMN: Column<'static> =
    Column { table: "\"etl\".\"jobs\"", table_name: "jobs", name: "checkpoint_data" };

fn ddl(index: &Index<Sample>) -> String {
    index.ddl(COLUMN).unwrap()
}

#[test]
fn an_index_has_the_expression_of_the_filter_and_a_name_of_its_own() {
    assert_eq!(
        ddl(&f().number().index()),
        r#"CREATE INDEX IF NOT EXISTS "jobs_checkpoint_data_number_idx" ON "etl"."jobs" (("checkpoint_data"->'number'))"#
    );
    assert_eq!(ddl(&f().number().asc().index()), ddl(&f().number().index()));
    assert_eq!(
        ddl(&f().number().desc().index()),
        r#"CREATE INDEX IF NOT EXISTS "jobs_checkpoint_data_number_328323f4_idx" ON "etl"."jobs" (("checkpoint_data"->'number') DESC NULLS LAST)"#
    );
    assert_eq!(
        ddl(&f().text().asc().index()),
        r#"CREATE INDEX IF NOT EXISTS "jobs_checkpoint_data_text_0ecc57ed_idx" ON "etl"."jobs" (((CASE jsonb_typeof("checkpoint_data"->'text') WHEN 'string' THEN "checkpoint_data"->'text' #>> '{}' END) COLLATE "C"))"#
    );
    assert_eq!(
        ddl(&f().document_index()),
        r#"CREATE INDEX IF NOT EXISTS "jobs_checkpoint_data_path_ops" ON "etl"."jobs" USING gin ("checkpoint_data" jsonb_path_ops)"#
    );
}

#[test]
fn names_stay_apart_and_short() {
    let name = |index: &Index<Sample>| ddl(index).split('"').nth(1).unwrap().to_owned();
    let long = "ключ".repeat(30);
    let names = [
        name(&f().map().key("a").index()),
        name(&f().map().key("A").index()),
        name(&f().map().key("a_b").index()),
        name(&f().map().key("a.b").index()),
        name(&f().map().key(&long).index()),
        name(&f().map().key(&format!("{long}x")).index()),
        name(&f().optional().index()),
        name(&f().optional().some().index()),
        name(&f().defaulted().index()),
        name(&f().defaulted().or_default().index()),
        name(&f().text().index()),
        name(&f().text().asc().index()),
        name(&f().text().desc().index()),
        name(&f().document_index()),
    ];
    for (at, name) in names.iter().enumerate() {
        assert!(name.len() <= 63, "{name}");
        assert!(!names[..at].contains(name), "{name}");
    }
    let column = Column { table_name: &"ж".repeat(60), ..COLUMN };
    let ddl = f().document_index().ddl(column).unwrap();
    assert!(ddl.split('"').nth(1).unwrap().len() <= 63, "{ddl}");
}
