//! The schema's word: what a validation error means, in our rules and words.

use std::sync::LazyLock;

use checkpoint_schema::pointer::member;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::locate::Target;
use super::quoting::Quoting;
use crate::rule::Rule;

/// Longer values are shown by their beginning.
const SHOWN: usize = 60;

/// A finding before it has a place in a text.
pub(super) struct Fault {
    pub(super) rule: Rule,
    pub(super) pointer: String,
    /// Where it stands in the text, if not at `pointer`: a key under a wrong name.
    pub(super) written_as: Option<String>,
    pub(super) target: Target,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// The faults that one validation error stands for; `readable` if serde reads the document all the same.
pub(super) fn of_schema(error: &ValidationError, readable: bool, quoting: &Quoting) -> Vec<Fault> {
    let pointer = error.instance_path().as_str().to_owned();
    let instance = error.instance();
    let shown = quoting.allows(&pointer);
    let fault = |rule, message: String| Fault {
        rule,
        pointer: pointer.clone(),
        written_as: None,
        target: Target::Value,
        message,
        help: None,
    };
    let found = match &**instance {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Null => "null".to_owned(),
        Value::String(_) if shown => format!("the string {}", excerpt(instance)),
        Value::String(_) => "a string".to_owned(),
        Value::Bool(_) | Value::Number(_) if shown => format!("{instance}"),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(_) => "a number".to_owned(),
    };
    let words = || shorten(&if shown { error.to_string() } else { error.masked().to_string() });
    vec![match error.kind() {
        Kind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(expected) => expected.to_string(),
                TypeKind::Multiple(expected) => {
                    expected.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or ")
                }
            };
            // A number or boolean between quotes is what Python and shell scripts leave behind.
            let unquoted = instance
                .as_str()
                .filter(|text| {
                    serde_json::from_str::<Value>(text)
                        .is_ok_and(|inner| matches!(inner, Value::Number(_) | Value::Bool(_)))
                })
                .filter(|_| !expected.contains("string"));
            Fault {
                help: unquoted.map(|text| match shown {
                    true => format!("write it without quotes: {}", shorten(text)),
                    false => "write it without quotes".to_owned(),
                }),
                ..fault(Rule::WrongType, format!("expected {expected}, found {found}"))
            }
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            Fault {
                pointer: member(&pointer, key),
                help: Some("a worker cannot resume without it: add the key".to_owned()),
                ..fault(Rule::MissingKey, format!("the key {key:?} is missing"))
            }
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            // Of so many only the first few are told.
            return unexpected
                .iter()
                .take(super::VALUES)
                .map(|key| Fault {
                    rule: Rule::UnknownKey,
                    pointer: member(&pointer, key),
                    written_as: None,
                    target: Target::Key,
                    message: format!("the type has no key {key:?} and refuses unknown keys"),
                    help: Some("rename or remove the key".to_owned()),
                })
                .collect();
        }
        Kind::Enum { options } => fault(Rule::NotAllowed, format!("{found} is none of {}", listed(options))),
        Kind::Constant { expected_value } => {
            fault(Rule::NotAllowed, format!("expected {}, found {found}", excerpt(expected_value)))
        }
        Kind::Format { format } if format == "date-time" && readable && lacks_offset(instance) => Fault {
            help: Some(
                "it is read as UTC; the next write adds the `Z`. To mend the sample, add it by hand"
                    .to_owned(),
            ),
            ..fault(Rule::TimestampWithoutOffset, format!("{found} has no offset from UTC"))
        },
        Kind::Format { format } if format == "date-time" => Fault {
            help: Some("write it as RFC 3339 has it: 2025-01-15T12:00:00Z".to_owned()),
            ..fault(Rule::BadFormat, format!("{found} is no date-time"))
        },
        Kind::Format { format } => fault(Rule::BadFormat, format!("{found} is no {format}")),
        Kind::Pattern { pattern } => {
            fault(Rule::BadFormat, format!("{found} does not match the pattern {}", shorten(pattern)))
        }
        Kind::ContentEncoding { .. } | Kind::ContentMediaType { .. } | Kind::FromUtf8 { .. } => {
            fault(Rule::BadFormat, words())
        }
        Kind::UniqueItems => {
            fault(Rule::NotUnique, "two elements are equal, and each may be there once".to_owned())
        }
        Kind::Minimum { limit } => fault(Rule::OutOfRange, format!("minimum {limit}, found {found}")),
        Kind::Maximum { limit } => fault(Rule::OutOfRange, format!("maximum {limit}, found {found}")),
        Kind::AdditionalItems { .. }
        | Kind::ExclusiveMaximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::MaxItems { .. }
        | Kind::MinItems { .. }
        | Kind::MaxLength { .. }
        | Kind::MinLength { .. }
        | Kind::MaxProperties { .. }
        | Kind::MinProperties { .. }
        | Kind::MultipleOf { .. }
        | Kind::Contains
        | Kind::UnevaluatedItems { .. } => fault(Rule::OutOfRange, words()),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            return of_choice(context, readable, quoting).unwrap_or_else(|| {
                vec![fault(
                    Rule::NoMatch,
                    format!("{found} fits none of the {} forms of this value", context.len()),
                )]
            });
        }
        Kind::OneOfMultipleValid { .. } => {
            fault(Rule::NoMatch, format!("{found} fits several forms of this value, and must fit one"))
        }
        _ => fault(Rule::NoMatch, words()),
    }]
}

/// A date-time but for the offset, as Python's `isoformat` writes a naive `datetime`.
fn lacks_offset(instance: &Value) -> bool {
    static DATE_TIME: LazyLock<Option<Validator>> = LazyLock::new(|| {
        let schema = serde_json::json!({"format": "date-time"});
        jsonschema::options().should_validate_formats(true).build(&schema).ok()
    });
    let Some(text) = instance.as_str() else { return false };
    DATE_TIME.as_ref().is_some_and(|validator| validator.is_valid(&Value::String(format!("{text}Z"))))
}

/// The faults of the branch that was meant, where none of an `anyOf` or `oneOf` fits; `None` if that cannot
/// be told.
fn of_choice(
    branches: &[Vec<ValidationError<'static>>],
    readable: bool,
    quoting: &Quoting,
) -> Option<Vec<Fault>> {
    let of_schema = |error: &ValidationError| of_schema(error, readable, quoting);
    let enter = |branch: &[ValidationError]| branch.iter().flat_map(&of_schema).collect();
    // An `Option`'s null was not meant where something else stands.
    let meant: Vec<&Vec<ValidationError>> = branches.iter().filter(|branch| !wants_null(branch)).collect();
    if let [branch] = meant.as_slice() {
        return Some(enter(branch));
    }
    if let Some(faults) = missing_everywhere(&meant, of_schema) {
        return Some(faults);
    }
    // The tag: the place at which every branch but the one that was meant wants another constant.
    let tag = meant.iter().flat_map(|branch| branch.iter().filter(|error| is_constant(error))).next()?;
    let tag = tag.instance_path().as_str().to_owned();
    let at_tag = |branch: &[ValidationError]| -> Vec<String> {
        let wanted =
            branch.iter().filter(|error| is_constant(error) && error.instance_path().as_str() == tag);
        wanted.flat_map(constants).collect()
    };
    let fitting: Vec<_> = meant.iter().filter(|branch| at_tag(branch).is_empty()).collect();
    match fitting.as_slice() {
        [] => {
            let found = match quoting.allows(&tag) {
                true => meant.first()?.iter().find(|error| is_constant(error))?.instance().to_string(),
                false => "what stands there".to_owned(),
            };
            let wanted: Vec<String> = meant.iter().flat_map(|branch| at_tag(branch)).collect();
            Some(vec![Fault {
                rule: Rule::NotAllowed,
                pointer: tag,
                written_as: None,
                target: Target::Value,
                message: format!("{} is none of {}", shorten(&found), shorten(&wanted.join(", "))),
                help: None,
            }])
        }
        [branch] => Some(enter(branch)),
        _ => None,
    }
}

/// What every branch requires and the value does not have: its tag, to begin with.
fn missing_everywhere(
    branches: &[&Vec<ValidationError<'static>>],
    of_schema: impl Fn(&ValidationError) -> Vec<Fault>,
) -> Option<Vec<Fault>> {
    let missing = |branch: &[ValidationError]| -> Vec<Fault> {
        let required = branch.iter().filter(|error| matches!(error.kind(), Kind::Required { .. }));
        required.flat_map(&of_schema).collect()
    };
    let (first, others) = branches.split_first()?;
    let others: Vec<Vec<Fault>> = others.iter().map(|branch| missing(branch)).collect();
    let mut common = missing(first);
    common.retain(|fault| others.iter().all(|other| other.iter().any(|one| one.pointer == fault.pointer)));
    (!common.is_empty()).then_some(common)
}

fn wants_null(branch: &[ValidationError]) -> bool {
    matches!(branch, [error] if matches!(error.kind(), Kind::Type { kind: TypeKind::Single(one) } if one.to_string() == "null"))
}

fn is_constant(error: &ValidationError) -> bool {
    matches!(error.kind(), Kind::Constant { .. } | Kind::Enum { .. })
}

fn constants(error: &ValidationError) -> Vec<String> {
    match error.kind() {
        Kind::Constant { expected_value } => vec![expected_value.to_string()],
        Kind::Enum { options } => options.as_array().into_iter().flatten().map(Value::to_string).collect(),
        _ => Vec::new(),
    }
}

fn excerpt(value: &Value) -> String {
    shorten(&value.to_string())
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn listed(options: &Value) -> String {
    let Some(options) = options.as_array() else { return excerpt(options) };
    shorten(&options.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
}
