//! Integer formats as bounds: a format says nothing to most validators, a bound does to all.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use crate::pointer::member;
use crate::schema::finish::titles::{Tag, tag};
use crate::schema::place::{Place, pointer_of};

/// Turns every integer format into `minimum` and `maximum`, where they are tighter than what is there.
///
/// Below `not`, a tighter bound would let more through; so it would in a `oneOf` that a document may match
/// twice. There, and in what is named from there, the formats go and no bound comes.
pub(super) fn bound(document: &mut Value) {
    let mut search = Search { document, doubtful: BTreeSet::new() };
    search.walk(document, Place::Schema, true);
    let doubtful = search.doubtful;
    walk(document, Place::Schema, true, "", &doubtful);
}

/// Finds what is named from where a bound could let more through.
struct Search<'a> {
    document: &'a Value,
    /// Pointers of those schemas.
    doubtful: BTreeSet<String>,
}

impl Search<'_> {
    fn walk(&mut self, value: &Value, place: Place, is_certain: bool) {
        match (value, place) {
            (_, Place::Names | Place::Data) => {}
            (Value::Array(array), _) => array.iter().for_each(|value| self.walk(value, place, is_certain)),
            (Value::Object(object), _) => {
                for (key, value) in object {
                    self.walk(
                        value,
                        place.under(key),
                        is_certain && refuses_what_it_refuses(place, key, value),
                    );
                }
                let reference = object.get("$ref").and_then(Value::as_str);
                let Some(pointer) = reference.filter(|_| !is_certain).and_then(pointer_of) else { return };
                let document = self.document;
                if let (Some(target), true) = (document.pointer(&pointer), self.doubtful.insert(pointer)) {
                    self.walk(target, Place::Schema, false);
                }
            }
            _ => {}
        }
    }
}

fn walk(value: &mut Value, place: Place, is_certain: bool, pointer: &str, doubtful: &BTreeSet<String>) {
    let is_certain = is_certain && !doubtful.contains(pointer);
    match (value, place) {
        (_, Place::Names | Place::Data) => {}
        (Value::Array(array), _) => {
            for (at, value) in array.iter_mut().enumerate() {
                walk(value, place, is_certain, &format!("{pointer}/{at}"), doubtful);
            }
        }
        (Value::Object(object), _) => {
            if place == Place::Schema {
                turn(object, is_certain);
            }
            for (key, value) in object {
                let is_certain = match key.as_str() {
                    // What is defined stands alone, wherever that is.
                    "$defs" | "definitions" if place == Place::Schema => true,
                    _ => is_certain && refuses_what_it_refuses(place, key, value),
                };
                walk(value, place.under(key), is_certain, &member(pointer, key), doubtful);
            }
        }
        _ => {}
    }
}

/// Does a schema refuse all that the schemas under its `key` refuse?
fn refuses_what_it_refuses(place: Place, key: &str, value: &Value) -> bool {
    place != Place::Schema
        || match key {
            "contains" | "if" | "not" => false,
            "oneOf" => is_decided_by_tag(value),
            _ => true,
        }
}

/// Does no document match two of these branches, because their tags differ?
fn is_decided_by_tag(branches: &Value) -> bool {
    let Some(branches) = branches.as_array() else { return false };
    let tags: Option<Vec<Tag<'_>>> = branches.iter().map(|branch| tag(branch.as_object()?)).collect();
    let Some(tags) = tags else { return false };
    tags.iter().enumerate().all(|(at, tag)| tags[..at].iter().all(|other| differ(tag, other)))
}

fn differ(a: &Tag<'_>, b: &Tag<'_>) -> bool {
    match (a, b) {
        (Tag::Words(a), Tag::Words(b)) => !a.iter().any(|word| b.contains(word)),
        (Tag::Key(a), Tag::Key(b)) => a != b,
        (Tag::Property { key: a, name }, Tag::Property { key: b, name: other }) => a == b && name != other,
        // A string and an object.
        (Tag::Words(_), Tag::Key(_)) | (Tag::Key(_), Tag::Words(_)) => true,
        _ => false,
    }
}

fn turn(schema: &mut Map<String, Value>, is_certain: bool) {
    let Some((least, most)) = schema.get("format").and_then(Value::as_str).and_then(__range) else { return };
    schema.remove("format");
    let is_integer = match schema.get("type") {
        Some(Value::String(ty)) => ty == "integer",
        Some(Value::Array(types)) => types.iter().any(|ty| ty == "integer"),
        _ => false,
    };
    if !is_integer || !is_certain {
        return;
    }
    let holds = |keywords: [&str; 2], is_tighter: fn(&Number, i128) -> bool, bound: i128| {
        let mut given = keywords.iter().filter_map(|keyword| schema.get(*keyword)?.as_number());
        given.any(|given| is_tighter(given, bound))
    };
    let has_least = holds(["minimum", "exclusiveMinimum"], |given, bound| floor(given) >= bound, least);
    let has_most = holds(["maximum", "exclusiveMaximum"], |given, bound| ceil(given) <= bound, most);
    for (keyword, bound, is_there) in [("minimum", least, has_least), ("maximum", most, has_most)] {
        // Every bound of 64 bits is a number of serde_json.
        if let (Some(bound), false) = (Number::from_i128(bound), is_there) {
            schema.insert(keyword.to_owned(), Value::Number(bound));
        }
    }
}

/// What the Rust type of this format holds; for the tool, which compares schemas by it.
#[doc(hidden)]
pub fn __range(format: &str) -> Option<(i128, i128)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        // A document is the same whatever machine exports it.
        "int64" | "int" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "uint" => (0, u64::MAX.into()),
        _ => return None,
    })
}

fn floor(number: &Number) -> i128 {
    whole(number, f64::floor)
}

fn ceil(number: &Number) -> i128 {
    whole(number, f64::ceil)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "beyond 128 bits it is the nearest, and no bound is there"
)]
fn whole(number: &Number, round: fn(f64) -> f64) -> i128 {
    number.as_i128().unwrap_or_else(|| round(number.as_f64().unwrap_or_default()) as i128)
}

#[cfg(test)]
mod tests {
    use super::bound;
    use serde_json::{Value, json};

    fn bounded(mut schema: Value) -> Value {
        bound(&mut schema);
        schema
    }

    #[test]
    fn an_integer_format_becomes_the_bounds_of_its_type() {
        for (format, minimum, maximum) in [
            ("int8", json!(-128), json!(127)),
            ("int16", json!(-32768), json!(32767)),
            ("int32", json!(-2147483648), json!(2147483647)),
            ("int64", json!(i64::MIN), json!(i64::MAX)),
            ("int", json!(i64::MIN), json!(i64::MAX)),
            ("uint8", json!(0), json!(255)),
            ("uint16", json!(0), json!(65535)),
            ("uint32", json!(0), json!(4294967295_u32)),
            ("uint64", json!(0), json!(u64::MAX)),
            ("uint", json!(0), json!(u64::MAX)),
        ] {
            assert_eq!(
                bounded(json!({"type": "integer", "format": format})),
                json!({"type": "integer", "minimum": minimum, "maximum": maximum}),
            );
        }
    }

    #[test]
    fn a_range_of_the_user_is_kept_where_it_is_tighter() {
        let own = json!({"type": "integer", "format": "uint8", "minimum": 1, "maximum": 9.5});
        assert_eq!(bounded(own), json!({"type": "integer", "minimum": 1, "maximum": 9.5}));
        let wide = json!({"type": "integer", "format": "uint8", "minimum": -1.5, "maximum": 1e30});
        assert_eq!(bounded(wide), json!({"type": "integer", "minimum": 0, "maximum": 255}));
        let open =
            json!({"type": "integer", "format": "uint8", "exclusiveMinimum": 0, "exclusiveMaximum": 300});
        assert_eq!(
            bounded(open),
            json!({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 300, "maximum": 255})
        );
        let next =
            json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": 9223372036854775808_u64});
        assert_eq!(bounded(next), json!({"type": "integer", "minimum": 0, "maximum": i64::MAX}));
        let half = json!({"type": "integer", "format": "int8", "minimum": -128.5, "maximum": 127.5});
        assert_eq!(bounded(half), json!({"type": "integer", "minimum": -128, "maximum": 127}));
    }

    #[test]
    fn an_optional_integer_is_bounded_and_other_types_are_not() {
        assert_eq!(
            bounded(json!({"type": ["integer", "null"], "format": "uint8"})),
            json!({"type": ["integer", "null"], "minimum": 0, "maximum": 255})
        );
        assert_eq!(bounded(json!({"type": "string", "format": "uint8"})), json!({"type": "string"}));
        assert_eq!(bounded(json!({"type": "number", "format": "uint8"})), json!({"type": "number"}));
        let data = json!({"default": {"type": "integer", "format": "uint8"}});
        assert_eq!(bounded(data.clone()), data);
    }

    #[test]
    fn no_bound_lets_more_through() {
        let byte = json!({"type": "integer", "format": "uint8"});
        let plain = json!({"type": "integer"});
        for (schema, expected) in [
            (json!({"not": byte}), json!({"not": plain})),
            (json!({"if": byte}), json!({"if": plain})),
            (json!({"oneOf": [byte, {"type": "null"}]}), json!({"oneOf": [plain, {"type": "null"}]})),
        ] {
            assert_eq!(bounded(schema), expected);
        }
        let tagged = json!({"oneOf": [
            {"properties": {"A": byte}, "required": ["A"], "additionalProperties": false},
            {"enum": ["B", "C"], "type": "string"},
        ]});
        assert_eq!(bounded(tagged)["oneOf"][0]["properties"]["A"]["maximum"], 255);
    }

    /// The branches of an externally tagged enum that is flattened: `{"A": 1, "B": 1}` matches two.
    #[test]
    fn a_choice_that_no_tag_decides_is_not_bounded_nor_is_what_it_names() {
        let definitions = json!({
            "Named": {"properties": {"n": {"$ref": "#/$defs/Inner"}}},
            "Inner": {"type": "integer", "format": "uint8"},
            "Other": {"type": "integer", "format": "uint8"},
        });
        let schema = json!({
            "$defs": definitions,
            "oneOf": [
                {"properties": {"A": {"$ref": "#/$defs/Named"}}, "required": ["A"]},
                {"properties": {"B": {"type": "integer", "format": "uint8"}}, "required": ["B"]},
            ],
            "properties": {"other": {"$ref": "#/$defs/Other"}},
        });
        let bounded = bounded(schema);
        assert_eq!(bounded["oneOf"][1]["properties"]["B"], json!({"type": "integer"}));
        assert_eq!(bounded["$defs"]["Inner"], json!({"type": "integer"}));
        assert_eq!(bounded["$defs"]["Other"]["maximum"], 255);
    }

    #[test]
    fn properties_named_like_keywords_are_bounded() {
        let schema = json!({"properties": {"not": {"type": "integer", "format": "uint8"}}});
        assert_eq!(bounded(schema)["properties"]["not"]["maximum"], 255);
    }
}
