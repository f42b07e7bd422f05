//! Fields that are named like timestamps, and take any text, or a number of seconds, or of milliseconds.

use serde_json::Value;

use super::{Fault, is_a};
use crate::rule::Rule;

const HELP: &str = "make its type `checkpoint_schema::Timestamp` (feature `chrono`)";

pub(super) fn fault(key: &str, property: &Value) -> Option<Fault> {
    if is_a(property, "string") && property.get("format").is_none() && names_a_time(key) {
        let what = "looks like a timestamp, and takes any string";
        return Some(Fault { rule: Rule::TimestampAsText, what, help: HELP });
    }
    if (is_a(property, "integer") || is_a(property, "number")) && names_a_point_in_time(key) {
        let what = "looks like a timestamp, and is a number of nobody knows which unit";
        return Some(Fault { rule: Rule::TimestampAsNumber, what, help: HELP });
    }
    None
}

fn names_a_time(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    names_a_point_in_time(key)
        || lower == "time"
        || lower.ends_with("_time")
        || lower.ends_with("_at") && !matches!(lower.as_str(), "start_at" | "look_at")
}

/// A number under such a name is no offset and no duration.
fn names_a_point_in_time(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key == "date" || key.ends_with("_date") || key.ends_with("timestamp") || key.ends_with("datetime")
}

#[cfg(test)]
mod tests {
    use super::{fault, names_a_point_in_time, names_a_time};
    use serde_json::{Value, json};

    #[test]
    fn names_of_times_are_told_from_others() {
        for name in ["last_sync_date", "updatedAtTimestamp", "created_at", "timestamp", "last_sync_time"] {
            assert!(names_a_time(name), "{name}");
        }
        for name in ["start_at", "format", "update", "runtime", "last_jql", "state", "data"] {
            assert!(!names_a_time(name), "{name}");
        }
        // A number there may be a position, or a duration.
        for name in ["page_at", "run_time", "candidate", "dates"] {
            assert!(!names_a_point_in_time(name), "{name}");
        }
    }

    #[test]
    fn a_text_and_a_number_are_found_in_an_option_too_and_a_format_and_another_type_are_none() {
        let rule = |property: Value| fault("last_sync_date", &property).map(|fault| fault.rule.id());
        assert_eq!(rule(json!({"type": "string"})), Some("timestamp-as-text"));
        assert_eq!(rule(json!({"type": ["string", "null"]})), Some("timestamp-as-text"));
        assert_eq!(rule(json!({"type": "integer"})), Some("timestamp-as-number"));
        assert_eq!(rule(json!({"type": ["number", "null"]})), Some("timestamp-as-number"));
        assert_eq!(rule(json!({"type": "string", "format": "date"})), None);
        assert_eq!(rule(json!({"type": "boolean"})), None);
        assert_eq!(rule(json!({"type": "array", "items": {"type": "string"}})), None);
    }
}
