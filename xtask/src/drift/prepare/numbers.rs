//! Integers: the format is the bounds of a Rust type.

use checkpoint_schema::schema::__range;
use serde_json::{Map, Number, Value};

/// The bounds of the type that an integer's format names, where they are tighter than what is there.
pub(super) fn bound(schema: &mut Map<String, Value>) {
    let Some((minimum, maximum)) = schema.get("format").and_then(Value::as_str).and_then(__range) else {
        return;
    };
    schema.remove("format");
    tighten(schema, "minimum", minimum, |there, bound| there < bound);
    tighten(schema, "maximum", maximum, |there, bound| there > bound);
}

/// Does the format stand for bounds?
pub(super) fn is_bound(format: &str) -> bool {
    __range(format).is_some()
}

fn tighten(schema: &mut Map<String, Value>, keyword: &str, bound: i128, is_wider: fn(i128, i128) -> bool) {
    let there = schema.get(keyword).and_then(integer);
    if there.is_none_or(|there| is_wider(there, bound))
        && let Some(bound) = Number::from_i128(bound)
    {
        schema.insert(keyword.to_owned(), Value::Number(bound));
    }
}

/// An integer, also where it is spelt as a float.
pub(in crate::drift) fn integer(value: &Value) -> Option<i128> {
    match value.as_number()?.as_i128() {
        Some(integer) => Some(integer),
        // Beyond 2^64 a bound is a float; what matters is only on which side it is.
        None => value.as_f64().map(|float| if float < 0.0 { i128::MIN } else { i128::MAX }),
    }
}

/// Drops bounds that every integer meets: serde_json holds none below the least `i64` or above the greatest
/// `u64`, and the engine reads no bound that is greater than an `i64`.
pub(super) fn within_64_bits(schema: &mut Map<String, Value>) {
    if schema.get("type").is_some_and(|one| one == "number") {
        return;
    }
    if schema.get("minimum").and_then(integer).is_some_and(|minimum| minimum <= i64::MIN.into()) {
        schema.remove("minimum");
    }
    if schema.get("maximum").and_then(integer).is_some_and(|maximum| maximum >= u64::MAX.into()) {
        schema.remove("maximum");
    }
}
