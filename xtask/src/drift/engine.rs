//! The question whether one schema is within another, put to `jsonschema`'s `canonical` module. It is
//! experimental: this is the only file that knows it.

use jsonschema::canonical::{CanonicalSchema, Containment, options};
use serde_json::Value;

/// Does `outer` accept all that `inner` accepts? Only a proof counts: what the engine cannot decide is no.
pub(super) fn covers(outer: &Value, inner: &Value) -> bool {
    let (Some(outer), Some(inner)) = (canonical(outer), canonical(inner)) else { return false };
    // An operand that the engine keeps as it is, since it has no model of it, is an error.
    matches!(outer.covers(&inner), Ok(Containment::Yes))
}

/// Formats assert, as everywhere in this tool.
fn canonical(schema: &Value) -> Option<CanonicalSchema> {
    options().offline().should_validate_formats(true).canonicalize(schema).ok()
}
