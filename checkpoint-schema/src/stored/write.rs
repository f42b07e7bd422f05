//! A whole document as it is stored: what serde writes, with its version in place.

use serde_json::Value;

use crate::Checkpoint;
use crate::field::FieldError;
use crate::field::error::type_name;
use crate::field::storable;

/// The JSON of `checkpoint`, with its version.
pub(crate) fn to_document<C: Checkpoint>(checkpoint: &C) -> Result<Value, FieldError> {
    let written =
        storable::to_value(checkpoint).map_err(|error| FieldError::unwritable(String::new(), error));
    marked::<C>(written?)
}

/// The JSON that serde writes for a `C`, with its version.
pub(crate) fn marked<C: Checkpoint>(written: Value) -> Result<Value, FieldError> {
    with_mark(written, C::VERSION_KEY, C::VERSION)
}

fn with_mark(written: Value, key: &str, version: u32) -> Result<Value, FieldError> {
    let refused = |why: String| Err(FieldError::unwritable(String::new(), why));
    match written {
        // A map of the type's own took the key: what it holds would be read as the version.
        Value::Object(object) if object.contains_key(key) => {
            refused(format!("the type itself writes the key `{key}`, which is reserved for the version"))
        }
        Value::Object(_) => Ok(with_version(written, key, version)),
        other => refused(format!(
            "a checkpoint is a JSON object, and this one is written as {}",
            type_name(&other)
        )),
    }
}

/// The document with its version in place. Version 1 is what states none.
pub(crate) fn with_version(mut document: Value, key: &str, version: u32) -> Value {
    if let (Value::Object(object), 2..) = (&mut document, version) {
        object.insert(key.to_owned(), version.into());
    }
    document
}

#[cfg(test)]
mod tests {
    use super::with_mark;
    use serde_json::json;

    #[test]
    fn the_version_is_stated_from_the_second_on() {
        assert_eq!(with_mark(json!({"a": 1}), "v", 1).unwrap(), json!({"a": 1}));
        assert_eq!(with_mark(json!({"a": 1}), "v", 2).unwrap(), json!({"a": 1, "v": 2}));
    }

    #[test]
    fn what_could_not_be_read_back_is_refused() {
        for version in [1, 2] {
            let taken = with_mark(json!({"v": "mine"}), "v", version).unwrap_err().to_string();
            assert!(taken.starts_with("the document: the type itself writes the key `v`"), "{taken}");
            let array = with_mark(json!([]), "v", version).unwrap_err().to_string();
            assert!(array.ends_with("this one is written as array"), "{array}");
        }
    }
}
