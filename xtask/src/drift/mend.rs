//! What would make a change safe: the attribute, or the version with its step.

use super::change::{Change, in_documents};
use super::comparison::{Break, Direction};
use crate::rule::Rule;

/// The edit that mends it, in a sentence.
pub(super) fn edit(of: &Break<'_>, type_name: &str) -> String {
    let Some(change) = of.change else {
        return "take the change back, or give the layout a new version with an upgrade step".to_owned();
    };
    let name = change.name();
    let old = change.from.as_deref().map(last).unwrap_or_else(|| name.clone());
    let breaks = |direction| of.witnesses.iter().any(|(of, _)| *of == direction);
    match change.rule {
        Rule::RequiredFieldAdded => {
            format!("put `#[serde(default)]` on `{name}` in `{type_name}`, or make it an `Option`: it is missing in what is stored")
        }
        Rule::RequiredFieldRemoved => format!(
            "keep `{name}` in `{type_name}` until no worker that requires it runs; first give it `#[serde(default)]` in a revision of its own"
        ),
        Rule::FieldRenamed if breaks(Direction::Backward) => {
            format!("put `#[serde(alias = \"{old}\")]` on `{name}` in `{type_name}`")
        }
        Rule::FieldRenamed | Rule::VariantRenamed if !breaks(Direction::Backward) => format!(
            "deploy the alias first: `#[serde(rename = \"{old}\", alias = \"{name}\")]`, and rename once no worker without it runs"
        ),
        Rule::ValueLost => format!(
            "put `#[serde(alias = \"{old}\")]` on `{name}` in `{type_name}`: without it the stored value is not read"
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
            "take `#[serde(deny_unknown_fields)]` off `{type_name}` before keys come or go: serde then passes over what it does not know"
        ),
        Rule::DefaultChanged => format!(
            "if stored documents that lack `{name}` should keep the old meaning, write it into them first: `jobs.update_where(…)` with `f.{name}().set_default(…)`"
        ),
        Rule::NameReused => {
            "give the new field another name, or take the dead values out of what is stored first".to_owned()
        }
        Rule::FieldAdded | Rule::RoundTripLoss => format!(
            "change single fields by typed updates, which keep `{name}`, or deploy the new code everywhere before it is written"
        ),
        Rule::EncodingChanged => "check by samples that both encodings are read; or give the layout a new version with an upgrade step".to_owned(),
        _ => "take the change back, or give the layout a new version with an upgrade step".to_owned(),
    }
}

/// The version bump, as code to paste.
pub(super) fn version(change: Option<&Change>, job: &str, version: u32) -> String {
    let next = version.saturating_add(1);
    let step = format!("v{version}_to_v{next}");
    let body = match change {
        Some(change) if change.from.is_some() && change.pointer().matches('/').count() == 1 => {
            let (old, new) = (change.from.as_deref().map(last).unwrap_or_default(), change.name());
            format!(
                "    if let Some(value) = old.as_object_mut().and_then(|it| it.remove({old:?})) {{\n        old[{new:?}] = value;\n    }}\n"
            )
        }
        Some(change)
            if change.rule == Rule::RequiredFieldAdded && change.pointer().matches('/').count() == 1 =>
        {
            format!(
                "    old[{:?}] = Value::Null; // what a stored document means that lacks it\n",
                change.name()
            )
        }
        Some(change) => format!("    // {} is to become what version {next} reads.\n", change.pointer()),
        None => String::new(),
    };
    format!(
        "#[checkpoint(job = {job:?}, version = {next}, upgrade(from = {version}, with = {step}))]\n\nfn {step}(mut old: Value) -> Result<Value, &'static str> {{\n{body}    Ok(old)\n}}"
    )
}

fn last(place: &str) -> String {
    checkpoint_schema::pointer::unescape(in_documents(place).rsplit('/').next().unwrap_or_default())
}
