//! What is done to a schema of schemars before it is exported, so that other languages' tools read it
//! without loss.

mod enums;
mod keywords;
mod numbers;
mod references;
mod titles;

#[doc(hidden)]
pub use numbers::__range;

use serde_json::Value;

/// The schema `raw`, as schemars makes it for draft 2020-12, finished for other languages' tools.
///
/// [`document`](super::document) does this for a checkpoint; this is for the schemas of other types.
///
/// - A `$ref` with more than annotations beside it takes in what it names: of a property beside a `$ref`
///   (an internally tagged newtype variant has its tag there) TypeScript generators lose the one or the
///   other.
/// - A documented enum of unit variants, which schemars writes as a choice of constants, is one `enum`. The
///   words of its variants stand as a list in its description.
/// - Each variant of a tagged enum has a `title`: the name that stands in documents.
/// - The format of an integer is its type's bounds: `minimum` and `maximum`, where they are tighter than what
///   is there. `isize` and `usize` are taken for 64 bits on every machine. An enum that is flattened and
///   externally tagged has no bounds in its variants: the schema of such a choice accepts a document that
///   fits one variant alone, and would let more through.
/// - Formats that draft 2020-12 does not define are left out (`double`, `ip`, …), and so are keywords that it
///   does not define (`x-…`): strict validators refuse both.
/// - What is required is among the properties.
///
/// A finished schema accepts what the raw one does, but for integers beyond their Rust type's bounds, which
/// serde refuses too.
pub fn finish(mut raw: Value) -> Value {
    references::take_in(&mut raw);
    enums::join(&mut raw);
    titles::give(&mut raw);
    numbers::bound(&mut raw);
    keywords::keep_standard(&mut raw);
    keywords::list_required(&mut raw);
    raw
}

#[cfg(test)]
mod tests {
    use super::finish;
    use serde_json::json;

    #[test]
    fn every_transform_is_applied_and_each_finds_what_the_one_before_it_made() {
        let page = json!({
            "type": "object",
            "properties": {"number": {"type": "integer", "format": "uint8", "minimum": 0, "x-own": 1}},
            "required": ["number", "unlisted"],
        });
        let raw = json!({
            "$defs": {
                "Page": page,
                "Unit": {"oneOf": [{"type": "string", "const": "a", "description": "A.", "x-own": 1}]},
            },
            "oneOf": [
                {
                    "$ref": "#/$defs/Page", "type": "object",
                    "properties": {"tag": {"type": "string", "const": "Newtype"}}, "required": ["tag"]
                },
            ],
        });
        let number = json!({"type": "integer", "minimum": 0, "maximum": 255});
        let expected = json!({
            "$defs": {
                "Page": {
                    "type": "object", "properties": {"number": number, "unlisted": true},
                    "required": ["number", "unlisted"]
                },
                "Unit": {"type": "string", "enum": ["a"], "description": "- `a`: A."},
            },
            "oneOf": [
                {
                    "title": "Newtype", "type": "object",
                    "properties": {
                        "tag": {"type": "string", "const": "Newtype"}, "number": number, "unlisted": true
                    },
                    "required": ["tag", "number", "unlisted"],
                },
            ],
        });
        assert_eq!(finish(raw), expected);
        // Nothing is left to do.
        assert_eq!(finish(expected.clone()), expected);
    }
}
