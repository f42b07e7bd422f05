//! jsonb equality (temporary; the filters bring it)
use serde_json::Value;
use std::cmp::Ordering;
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    a == b
}
pub(crate) fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    a.as_f64()?.partial_cmp(&b.as_f64()?)
}
