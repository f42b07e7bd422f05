//! Numbers that `jsonb` keeps and serde_json does not: `jsonb` has every digit, serde_json 64 bits.

use std::ops::Range;

use checkpoint_schema::pointer::member;
use serde_json::Number;

/// So short a number without an exponent is kept to the last digit: an `f64` has 15.
const SHORT: usize = 15;

/// The place of the first number in `text`, which must be JSON, that would not be the same number when it is
/// read and written again.
pub(crate) fn inexact(text: &str) -> Option<String> {
    let mut at = 0;
    while let Some(token) = token(text, at) {
        at = token.end;
        let found = &text[token.clone()];
        if is_number(found) && !is_kept(found) {
            return Some(pointer(text, token.start));
        }
    }
    None
}

fn is_number(token: &str) -> bool {
    token.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn is_kept(number: &str) -> bool {
    (number.len() <= SHORT && !number.contains(['e', 'E']))
        || number.parse::<Number>().is_ok_and(|read| Decimal::of(&read.to_string()) == Decimal::of(number))
}

/// The next string, number, word or sign from `at` on.
fn token(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = at + bytes.get(at..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let rest = &bytes[start + 1..];
    let length = match bytes[start] {
        b'"' => {
            let mut escaped = false;
            let end = rest.iter().position(|byte| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 1)
        }
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 0,
        _ => {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:]}".contains(byte);
            rest.iter().position(ends).unwrap_or(rest.len())
        }
    };
    Some(start..start + 1 + length)
}

/// Where one is, inside an object or an array.
enum Step {
    Key(String),
    Index(usize),
}

/// The pointer of the value that begins at the byte `target`.
fn pointer(text: &str, target: usize) -> String {
    let (mut steps, mut at) = (Vec::new(), 0);
    let mut last = None;
    while let Some(token) = token(text, at).filter(|token| token.start < target) {
        at = token.end;
        match text.as_bytes()[token.start] {
            b'{' => steps.push(Step::Key(String::new())),
            b'[' => steps.push(Step::Index(0)),
            b'}' | b']' => {
                steps.pop();
            }
            b',' => {
                if let Some(Step::Index(index)) = steps.last_mut() {
                    *index += 1;
                }
            }
            b':' => {
                if let (Some(Step::Key(key)), Some(name)) = (steps.last_mut(), last.take()) {
                    *key = serde_json::from_str(&text[Range::<usize>::clone(&name)]).unwrap_or_default();
                }
            }
            b'"' => last = Some(token),
            _ => {}
        }
    }
    steps.iter().fold(String::new(), |pointer, step| match step {
        Step::Key(key) => member(&pointer, key),
        Step::Index(index) => member(&pointer, &index.to_string()),
    })
}

/// A number by its value: `0.digits × 10^exponent`, without zeros at either end of the digits.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_start_matches('0');
        let leading = digits.len() - significant.len();
        let significant = significant.trim_end_matches('0');
        if significant.is_empty() {
            return Self { negative: false, digits: String::new(), exponent: 0 };
        }
        // A text's length is far below an `i64`, and PostgreSQL's exponents have five digits.
        let point = i64::try_from(whole.len()).unwrap_or(0) - i64::try_from(leading).unwrap_or(0);
        let exponent = exponent.parse::<i64>().unwrap_or(i64::MAX / 2).saturating_add(point);
        Self { negative, digits: significant.to_owned(), exponent }
    }
}

#[cfg(test)]
mod tests {
    use super::inexact;

    #[test]
    fn what_64_bits_hold_is_kept() {
        // As PostgreSQL writes the greatest `f64`.
        let greatest = format!("17976931348623157{}", "0".repeat(292));
        for number in [
            greatest.as_str(),
            "0",
            "-1",
            "1.50",
            "18446744073709551615",
            "-9223372036854775808",
            "0.30000000000000004",
            "100000000000000000000",
            "1000000000000000000000000000000.0",
            "0.000000000000000000001",
            "179769313486231560000000000000000000000",
        ] {
            assert_eq!(inexact(&format!("{{\"n\": [{number}], \"s\": \"1e400\"}}")), None, "{number}");
        }
    }

    #[test]
    fn what_it_would_change_is_told_with_its_place() {
        let far = format!("1{}", "0".repeat(400));
        for number in [
            far.as_str(),
            "18446744073709551617",
            "-9223372036854775809",
            "0.12345678901234567890",
            // 17 digits, like the greatest `f64`, but no `f64` of this size has these: the nearest ends in 6.
            "179769313486231570000000000000000000000",
            "1e-400",
        ] {
            for (text, pointer) in [
                (format!("{{\"a\": 1, \"b/\\\"\": [true, {{\"c\": {number}}}], \"d\": 2}}"), "/b~1\"/1/c"),
                (format!("[[], {{}}, \"]\", [null, {number}]]"), "/3/1"),
                (number.to_owned(), ""),
            ] {
                assert_eq!(inexact(&text).as_deref(), Some(pointer), "{text}");
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let text = "{\"a\\\"é\": [1.5, -99999999999999999999, \"\\\\\"], \"b\": null}";
        for start in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            for end in (start..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let _ = inexact(&text[start..end]);
            }
        }
    }
}
