//! The version that a document states, under its reserved key.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use crate::json;

/// How many characters of a value that is no version are shown.
const SHOWN: usize = 40;

/// The version of a document: a whole number from 1 by its value, so that `2.0` is 2; 1 without the key.
///
/// # Errors
///
/// What stands under the key, if it is no version.
pub(crate) fn of(object: &Map<String, Value>, key: &str) -> Result<u32, String> {
    match object.get(key) {
        None => Ok(1),
        Some(found) => number(found).ok_or_else(|| shown(found)),
    }
}

fn number(value: &Value) -> Option<u32> {
    let Value::Number(number) = value else { return None };
    let version = match (number.as_u64(), number.as_f64()) {
        (Some(whole), _) => u32::try_from(whole).ok()?,
        (None, Some(float)) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "is compared with it"
            )]
            let near = float as u32;
            near
        }
        (None, None) => return None,
    };
    let same = json::compare_numbers(&Number::from(version), number) == Ordering::Equal;
    (version > 0 && same).then_some(version)
}

fn shown(value: &Value) -> String {
    let what = match value {
        Value::Null => return "null".to_owned(),
        Value::Array(_) => return "an array".to_owned(),
        Value::Object(_) => return "an object".to_owned(),
        Value::Bool(_) => "the boolean",
        Value::Number(_) => "the number",
        Value::String(_) => "the string",
    };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{what} {}…", &text[..end]),
        None => format!("{what} {text}"),
    }
}

/// The document without its version; as it is, if it states none.
pub(crate) fn without<'a>(document: &'a Value, key: &str) -> Cow<'a, Value> {
    match document {
        Value::Object(object) if object.contains_key(key) => {
            let others = object.iter().filter(|(name, _)| *name != key);
            Cow::Owned(others.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        document => Cow::Borrowed(document),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_version_is_a_whole_number_from_one_by_its_value() {
        for (value, version) in [
            (json!(1), 1),
            (json!(1.0), 1),
            (json!(2.0), 2),
            (json!(u32::MAX), u32::MAX),
            (json!(4_294_967_295.0), u32::MAX),
        ] {
            assert_eq!(number(&value), Some(version), "{value}");
        }
        for (value, words) in [
            (json!(0), "the number 0"),
            (json!(-0.0), "the number -0.0"),
            (json!(-1), "the number -1"),
            (json!(1.5), "the number 1.5"),
            (json!(0.999_999_999_999_999_9), "the number 0.9999999999999999"),
            (json!(4_294_967_296_u64), "the number 4294967296"),
            (json!(4_294_967_296.0), "the number 4294967296.0"),
            (json!(u64::MAX), "the number 18446744073709551615"),
            (json!(1e30), "the number 1e30"),
            (json!(-1e30), "the number -1e30"),
            (json!("2"), "the string \"2\""),
            (json!(""), "the string \"\""),
            (json!(true), "the boolean true"),
            (json!(null), "null"),
            (json!([2]), "an array"),
            (json!({"version": 2}), "an object"),
        ] {
            assert_eq!(number(&value), None, "{value}");
            assert_eq!(shown(&value).replace("1e+30", "1e30"), words);
        }
        assert_eq!(shown(&json!("é".repeat(1_000))).chars().count(), "the string ".len() + SHOWN + 1);
    }

    #[test]
    fn without_its_version_a_document_is_otherwise_as_it_was() {
        let document = json!({"b": [1], "v": 3, "a": {"v": 1}});
        assert_eq!(*without(&document, "v"), json!({"b": [1], "a": {"v": 1}}));
        assert!(matches!(without(&document, "w"), Cow::Borrowed(_)));
        assert!(matches!(without(&json!(["v"]), "v"), Cow::Borrowed(Value::Array(_))));
    }
}
