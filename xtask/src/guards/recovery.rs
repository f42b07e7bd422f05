//! Jobs that count batches and cannot tell a run that was interrupted from one that comes next.

use serde_json::Value;

use super::{is_a, properties};

/// The field that counts the batches, as pointer and key, if no field anywhere is a recovery flag.
pub(super) fn batch_without_flag(schema: &Value) -> Option<(String, String)> {
    let (mut batch, mut has_flag) = (None, false);
    properties(schema, &mut |pointer, key, property| {
        let key_in_words = key.to_ascii_lowercase().replace('_', "");
        has_flag |= is_a(property, "boolean")
            && ["recover", "interrupt", "resum", "inprogress"].iter().any(|word| key_in_words.contains(word));
        if batch.is_none() && is_a(property, "integer") && key_in_words.ends_with("batchnumber") {
            batch = Some((pointer.to_owned(), key.to_owned()));
        }
    });
    batch.filter(|_| !has_flag)
}

#[cfg(test)]
mod tests {
    use super::batch_without_flag;
    use serde_json::{Value, json};

    fn found(properties: Value) -> Option<String> {
        batch_without_flag(&json!({"properties": properties})).map(|(pointer, _)| pointer)
    }

    #[test]
    fn a_batch_number_needs_a_boolean_flag_wherever_that_is() {
        let batch = json!({"type": "integer"});
        assert_eq!(
            found(json!({"current_batch_number": batch})).as_deref(),
            Some("/properties/current_batch_number")
        );
        assert_eq!(found(json!({"batchNumber": batch, "recovery_mode": {"type": "boolean"}})), None);
        let nested = json!({"properties": {"isRecovering": {"type": ["boolean", "null"]}}});
        assert_eq!(found(json!({"batch_number": batch, "state": nested})), None);
        assert!(found(json!({"batch_number": batch, "recovery_mode": {"type": "string"}})).is_some());
    }

    #[test]
    fn a_job_without_batches_needs_none() {
        assert_eq!(
            found(json!({"batch_size": {"type": "integer"}, "last_cursor": {"type": "string"}})),
            None
        );
    }
}
