//! jsonb equality (temporary; the filters bring it)
use serde_json::Value;
use std::cmp::Ordering;
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    a == b
}
pub(crate) fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    let int = |v: &Value| v.as_i64().map(i128::from).or_else(|| v.as_u64().map(i128::from));
    match (int(a), int(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
