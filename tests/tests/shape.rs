//! A type's shape says what serde knows and the schema does not.

use checkpoint_schema::Checkpoint;
use checkpoint_schema::field::Field;
use checkpoint_schema::field::shape::{Shape, ShapeOf, Tagging};
use serde::{Deserialize, Serialize};

// Only the attributes count.
#[allow(dead_code)]
#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Node {
    #[serde(alias = "old", alias = "older")]
    first_name: String,
    #[serde(skip_serializing, default)]
    read_only: u8,
    #[serde(skip)]
    nowhere: u8,
    children: Vec<Node>,
    kind: Option<Box<Kind>>,
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    #[serde(alias = "complete")]
    Full { since: u64 },
    #[serde(other)]
    Unknown,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Outer {
    #[serde(flatten)]
    node: Newtype,
}

#[derive(Serialize, Deserialize, Checkpoint)]
struct Newtype(Node);

mod functions {
    pub(super) fn seven() -> u8 {
        7
    }
}

#[derive(Serialize, Deserialize, Checkpoint, Default)]
#[serde(default)]
struct Filled {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    own: Vec<u8>,
    #[serde(default = "functions::seven")]
    by_function: u8,
    of_the_container: u8,
}

#[test]
fn keys_aliases_skips_and_unknown_fields_are_told() {
    let Shape::Struct(node) = Node::SHAPE else { panic!("{:?}", Node::SHAPE) };
    assert!(node.deny_unknown_fields);
    let told: Vec<_> = node.members.iter().map(|m| (m.key, m.aliases, m.written, m.read)).collect();
    assert_eq!(
        told,
        [
            ("firstName", &["old", "older"][..], true, true),
            ("readOnly", &[], false, true),
            ("children", &[], true, true),
            ("kind", &[], true, true),
        ]
    );
}

#[test]
fn shapes_follow_containers_newtypes_and_recursion() {
    let Shape::Struct(outer) = Outer::SHAPE else { panic!() };
    assert!(outer.members[0].flattened);
    let Shape::Same(inner) = outer.members[0].shape.get() else { panic!() };
    let Shape::Struct(node) = inner.get() else { panic!() };
    let Shape::Sequence(again) = node.members[2].shape.get() else { panic!() };
    assert!(matches!(again.get(), Shape::Struct(node) if node.name == "Node"));
    let Shape::Same(pointer) = node.members[3].shape.get() else { panic!() };
    let Shape::Same(kind) = pointer.get() else { panic!() };
    assert!(matches!(kind.get(), Shape::Enum(kind) if kind.name == "Kind"));
}

#[test]
fn variants_tell_their_tag_aliases_and_the_one_that_takes_the_rest() {
    let Shape::Enum(kind) = Kind::SHAPE else { panic!() };
    assert_eq!(kind.tagging, Tagging::Internal { tag: "kind" });
    assert_eq!((kind.variants[0].name, kind.variants[0].aliases), ("full", &["complete"][..]));
    assert!(matches!(kind.variants[0].content, Shape::Struct(full) if full.members[0].key == "since"));
    assert!(kind.variants[1].other && !kind.variants[0].other);
}

#[test]
fn what_fills_a_missing_key_in_and_what_keeps_it_out_are_told() {
    let Shape::Struct(filled) = Filled::SHAPE else { panic!() };
    let told: Vec<_> = filled.members.iter().map(|m| (m.key, m.default, m.skipped_if)).collect();
    assert_eq!(
        told,
        [
            ("own", Some("Default::default"), Some("Vec::is_empty")),
            ("by_function", Some("functions::seven"), None),
            ("of_the_container", Some("container"), None),
        ]
    );
    let Shape::Struct(plain) = Node::SHAPE else { panic!() };
    assert!(plain.members.iter().all(|m| m.default.is_none() || m.key == "readOnly"));
}

#[test]
fn a_shape_names_the_type_it_is_of() {
    assert!(ShapeOf::field::<Box<Node>>().type_name().ends_with("Box<shape::Node>"));
    let Shape::Same(node) = ShapeOf::field::<Box<Node>>().get() else { panic!() };
    assert_eq!(node.type_name(), "shape::Node");
}
