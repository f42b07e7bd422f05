//! What would make a change safe: the attribute, or the version with its step.

use super::change::Change;
use super::comparison::{Break, Direction};
use crate::rule::Rule;

/// The edit that mends it, in a sentence.
pub(super) fn edit(of: &Break<'_>, type_name: &str) -> String {
    let Some(change) = of.change else {
        return "take the change back, or give the layout a new version with an upgrade step".to_owned();
    };
    let name = change.name();
    let old = change.old_name().unwrap_or_else(|| name.clone());
    let breaks = |direction| of.witnesses.iter().any(|(of, _)| *of == direction);
    // Where unknown keys are refused, a default helps new code alone.
    let first = match breaks(Direction::Backward) && breaks(Direction::Forward) {
        true => {
            "; and first release the type without `#[serde(deny_unknown_fields)]`: running workers refuse the new key"
        }
        false => "",
    };
    match change.rule {
        Rule::RequiredFieldAdded => {
            format!("put `#[serde(default)]` on `{name}` in {type_name}, or make it an `Option`: it is missing in what is stored{first}")
        }
        Rule::RequiredFieldRemoved => format!(
            "keep `{name}` in {type_name} until no worker that requires it runs; first give it `#[serde(default)]` in a revision of its own"
        ),
        Rule::FieldRenamed if breaks(Direction::Backward) => {
            format!("put `#[serde(alias = \"{old}\")]` on `{name}` in {type_name}")
        }
        Rule::FieldRenamed | Rule::VariantRenamed if !breaks(Direction::Backward) => format!(
            "deploy the alias first: `#[serde(rename = \"{old}\", alias = \"{name}\")]`, and rename once no worker without it runs"
        ),
        Rule::ValueLost => format!(
            "put `#[serde(alias = \"{old}\")]` on `{name}` in {type_name}: without it the stored value is not read"
        ),
        Rule::FieldBecameRequired => format!(
            "keep `{name}` an `Option`, or put `#[serde(default)]` on it; a stored `null` needs the `Option`"
        ),
        Rule::FieldBecameOptional => format!(
            "put `#[serde(skip_serializing_if = \"Option::is_none\")]` and `#[serde(default)]` on `{name}` in a revision before, or wait until no worker that requires it runs"
        ),
        Rule::VariantAdded => format!(
            "put `#[serde(other)]` on a variant that takes unknown names, in a revision before this one; then add `{name}`"
        ),
        Rule::VariantRemoved => format!("keep `{name}`, or put `#[serde(alias = \"{name}\")]` on the variant that takes its place"),
        Rule::VariantRenamed => format!("put `#[serde(alias = \"{old}\")]` on `{name}`"),
        Rule::FieldNotWritten => format!("put `#[serde(default)]` on `{name}` in a revision before this one"),
        Rule::RangeChanged | Rule::TextChanged | Rule::LengthChanged | Rule::UniquenessChanged => {
            "widen it again, or give the layout a new version whose upgrade step brings stored values within the bounds".to_owned()
        }
        Rule::UnknownKeysRefused => format!(
            "take `#[serde(deny_unknown_fields)]` off {type_name} before keys come or go: serde then passes over what it does not know"
        ),
        Rule::DefaultChanged => format!(
            "if stored documents that lack `{name}` should keep the old meaning, write it into them first: `jobs.update(f.{name}().set_default(…)).filter(Filter::everything())`"
        ),
        Rule::NameReused => {
            "give the new field another name, or take the dead values out of what is stored first".to_owned()
        }
        Rule::FieldAdded if breaks(Direction::Forward) => format!(
            "first release {type_name} without `#[serde(deny_unknown_fields)]`, for which `{name}` is an unknown key; add it once no worker that refuses it runs"
        ),
        Rule::FieldAdded | Rule::RoundTripLoss => format!(
            "change single fields by typed updates, which keep `{name}`, or deploy the new code everywhere before it is written"
        ),
        Rule::EncodingChanged => "check by samples that both encodings are read; or give the layout a new version with an upgrade step".to_owned(),
        _ => "take the change back, or give the layout a new version with an upgrade step".to_owned(),
    }
}

/// The version bump, as code to paste: what is not known of the new layout is left to do.
pub(super) fn version(of: &Break<'_>, job: &str, version: u32) -> String {
    let next = version.saturating_add(1);
    let step = format!("v{version}_to_v{next}");
    let is_read = of.witnesses.iter().all(|(direction, _)| *direction == Direction::Forward);
    let body = of.change.filter(|_| !is_read).map(step_body).unwrap_or_default();
    let old = if body.is_empty() { "old" } else { "mut old" };
    format!(
        "#[checkpoint(job = {job:?}, version = {next}, upgrade(from = {version}, with = {step}))]\n\nfn {step}({old}: Value) -> Result<Value, &'static str> {{\n{body}    Ok(old)\n}}"
    )
}

fn step_body(change: &Change) -> String {
    let pointer = change.pointer();
    let Some((parent, _)) = pointer.rsplit_once('/').filter(|(parent, _)| !parent.contains('*')) else {
        return "    // The document is to become what the new version reads.\n".to_owned();
    };
    let name = change.name();
    let within = |inner: String| {
        format!(
            "    if let Some(it) = old.pointer_mut({parent:?}).and_then(Value::as_object_mut) {{\n        {inner}\n    }}\n"
        )
    };
    match change.rule {
        Rule::FieldRenamed | Rule::ValueLost => {
            let from = change.old_name().unwrap_or_default();
            within(format!(
                "if let Some(value) = it.remove({from:?}) {{\n            it.insert({name:?}.to_owned(), value);\n        }}"
            ))
        }
        Rule::FieldRemoved | Rule::RequiredFieldRemoved => within(format!("it.remove({name:?});")),
        Rule::RequiredFieldAdded => within(format!(
            "it.insert({name:?}.to_owned(), todo!(\"what a stored document means that lacks it\"));"
        )),
        Rule::VariantRenamed => {
            let from = change.old_name().unwrap_or_default();
            format!("    // Where {pointer} says {from:?}, it is to say {name:?}.\n")
        }
        Rule::VariantRemoved => {
            format!("    // Where {pointer} says {name:?}, it is to become what the new version reads.\n")
        }
        _ => format!("    // {pointer} is to become what the new version reads.\n"),
    }
}
