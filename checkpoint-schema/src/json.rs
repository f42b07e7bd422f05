//! JSON values as `jsonb` sees them: when two are equal, and how numbers compare. What is told apart only by
//! serde_json (`1` and `1.0`, `-0.0` and `0`) is the same here.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Does `jsonb`'s `=` hold? Numbers by value, objects without order, strings by their bytes.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right).is_eq(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equal(left, right)))
        }
        (left, right) => left == right,
    }
}

/// The order of two numbers by the value of their *decimal texts*, to the last digit.
///
/// That is PostgreSQL's order, since `jsonb` keeps a number as the `numeric` that its text spells. It is not
/// quite that of the binary floats: 2⁶⁰ as an `f64` is written `1.152921504606847e18`, which is 24 more.
pub(crate) fn compare_numbers(left: &Number, right: &Number) -> Ordering {
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        return left.cmp(&right);
    }
    if let (Some(left), Some(right)) = (left.as_u64(), right.as_u64()) {
        return left.cmp(&right);
    }
    Decimal::of(&left.to_string()).cmp(&Decimal::of(&right.to_string()))
}

/// `0.digits × 10^exponent`, without zeros at either end of `digits`; zero has none.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// `text` is a JSON number (RFC 8259, 6).
    fn of(text: &str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                // Only a number too long for `numeric` has an exponent beyond an `i64`.
                let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
                (mantissa, exponent.parse().unwrap_or(far))
            }
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let Some(first) = digits.iter().position(|digit| *digit != b'0') else {
            return Self { negative: false, digits: Vec::new(), exponent: 0 };
        };
        let end = digits.iter().rposition(|digit| *digit != b'0').map_or(first, |last| last + 1);
        // A text's length is far below the `i64`s that are left.
        let point = i64::try_from(whole.len()).unwrap_or(0) - i64::try_from(first).unwrap_or(0);
        Self { negative, digits: digits[first..end].to_vec(), exponent: exponent.saturating_add(point) }
    }

    fn signum(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitudes = || self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
        self.signum().cmp(&other.signum()).then_with(|| match self.negative {
            false => magnitudes(),
            true => magnitudes().reverse(),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(left: &Value, right: &Value) -> Ordering {
        let (Value::Number(left), Value::Number(right)) = (left, right) else { panic!("numbers") };
        assert_eq!(compare_numbers(left, right), compare_numbers(right, left).reverse());
        compare_numbers(left, right)
    }

    #[test]
    fn numbers_that_spell_the_same_value_are_equal() {
        for (left, right) in [
            (json!(1), json!(1.0)),
            (json!(0), json!(-0.0)),
            (json!(0.0), json!(-0.0)),
            (json!(-5), json!(-5.0)),
            (json!(9_007_199_254_740_992_u64), json!(9_007_199_254_740_992.0)),
            (json!(1_000_000_000_000_000_000_u64), json!(1e18)),
            (json!(0.1), json!(0.1)),
        ] {
            assert_eq!(compare(&left, &right), Ordering::Equal, "{left} {right}");
            assert!(equal(&left, &right), "{left} {right}");
        }
    }

    #[test]
    fn numbers_are_told_apart_to_the_last_digit() {
        for (less, greater) in [
            (json!(9_007_199_254_740_992.0), json!(9_007_199_254_740_993_u64)),
            (json!(9_007_199_254_740_991_u64), json!(9_007_199_254_740_992.0)),
            (json!(u64::MAX), json!(1.844_674_407_370_955_2e19)),
            (json!(i64::MAX), json!(u64::MAX)),
            (json!(i64::MIN), json!(u64::MAX)),
            (json!(-9.3e18), json!(i64::MIN)),
            // The float 2⁶⁰, as it is written, and so as it is stored.
            (json!(1_u64 << 60), json!(1.152_921_504_606_847e18)),
            (json!(0), json!(5e-324)),
            (json!(-5e-324), json!(0)),
            (json!(-1.5), json!(-1)),
            (json!(0.1), json!(0.11)),
            (json!(0.099), json!(0.1)),
            (json!(9.5), json!(10)),
            (json!(-10), json!(-9.5)),
            (json!(f64::MIN), json!(i64::MIN)),
            (json!(u64::MAX), json!(f64::MAX)),
        ] {
            assert_eq!(compare(&less, &greater), Ordering::Less, "{less} {greater}");
            assert!(!equal(&less, &greater), "{less} {greater}");
        }
    }

    #[test]
    fn equality_goes_into_arrays_and_objects() {
        assert!(equal(&json!({"a": [1, {"b": 2.0}], "c": null}), &json!({"c": null, "a": [1.0, {"b": 2}]})));
        for (left, right) in [
            (json!([1, 2]), json!([2, 1])),
            (json!([1, 1]), json!([1])),
            (json!([]), json!({})),
            (json!({"a": null}), json!({})),
            (json!({"a": 1}), json!({"b": 1})),
            (json!("1"), json!(1)),
            (json!(false), json!(null)),
            (json!(false), json!(0)),
        ] {
            assert!(!equal(&left, &right) && !equal(&right, &left), "{left} {right}");
        }
    }
}
