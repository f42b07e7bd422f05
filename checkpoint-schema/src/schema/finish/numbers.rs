//! Integer formats as bounds: a format says nothing to most validators, a bound does to all.

use serde_json::{Map, Number, Value};

use crate::schema::finish::titles;
use crate::schema::place::Place;

/// Turns every integer format into `minimum` and `maximum`, where they are tighter than what is there.
pub(super) fn bound(document: &mut Value) {
    walk(document, Place::Schema, true);
}

/// `asserted`: is what this schema refuses refused by the document? A tighter bound below `not` would let
/// more through.
fn walk(value: &mut Value, place: Place, asserted: bool) {
    match (value, place) {
        (_, Place::Names | Place::Data) => {}
        (Value::Array(array), _) => array.iter_mut().for_each(|value| walk(value, place, asserted)),
        (Value::Object(object), _) => {
            if place == Place::Schema {
                turn(object, asserted);
            }
            for (key, value) in object {
                let is_asserted = place != Place::Schema
                    || match key.as_str() {
                        "contains" | "if" | "not" => false,
                        "oneOf" => is_decided_by_tag(value),
                        _ => true,
                    };
                walk(value, place.under(key), asserted && is_asserted);
            }
        }
        _ => {}
    }
}

/// Where no tag decides, a document may match two branches, and none once one of them is tighter.
fn is_decided_by_tag(branches: &Value) -> bool {
    let name = |branch: &Value| titles::name(branch.as_object()?);
    let Some(branches) = branches.as_array() else { return false };
    let is_unit = |branch: &Value| branch["type"] == "string" && branch["enum"].is_array();
    let is_object_of_one = |branch: &Value| {
        branch["required"].as_array().is_some_and(|required| {
            required.len() == 1 && branch["properties"].as_object().is_some_and(|of| of.len() == 1)
        })
    };
    branches.iter().all(|branch| name(branch).is_some() || is_unit(branch) || is_object_of_one(branch))
}

fn turn(schema: &mut Map<String, Value>, asserted: bool) {
    let Some((least, most)) = schema.get("format").and_then(Value::as_str).and_then(range) else { return };
    schema.remove("format");
    let is_integer = match schema.get("type") {
        Some(Value::String(ty)) => ty == "integer",
        Some(Value::Array(types)) => types.iter().any(|ty| ty == "integer"),
        _ => false,
    };
    if !is_integer || !asserted {
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

/// What the Rust type of this format holds.
fn range(format: &str) -> Option<(i128, i128)> {
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

    #[test]
    fn properties_named_like_keywords_are_bounded() {
        let schema = json!({"properties": {"not": {"type": "integer", "format": "uint8"}}});
        assert_eq!(bounded(schema)["properties"]["not"]["maximum"], 255);
    }
}
