//! What serde knows and no contract says, as a list of facts at places.
//!
//! A place is a JSON Pointer in which `*` is any key or index, and `<name>` goes into a variant, a step that
//! no document has. A key that itself begins with `*` or `<` has `~2` in front. An untagged variant has its
//! number for a name: its order is what counts.

use checkpoint_schema::field::shape::{Enum, Member, Shape, ShapeOf, Struct, Tagging};
use checkpoint_schema::pointer::escape;
use serde::{Deserialize, Serialize};

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fact {
    pub(crate) at: String,
    pub(crate) is: Is,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Is {
    /// A key, or the name of a variant, is also read under these names.
    Aliases(Vec<String>),
    /// Where the key is missing serde fills in this. Stated where the read contract has no `default`, which
    /// is where the default is never written; else the contract holds the value itself.
    Default(String),
    /// An object that refuses keys it does not know.
    DenyUnknownFields,
    /// The value is written and read with these functions, whatever its schema says.
    EncodedBy(String),
    /// An object into which other types' keys are spread.
    Flattened,
    /// A map whose keys are read as integers of this type.
    Keys(String),
    /// The value may be missing, and is never written as `null`.
    NeverNull,
    /// A key, or a variant, that is written and not read.
    NotRead,
    /// A key, or a variant, that is read and not written.
    NotWritten,
    /// The variant that takes every name that no other has.
    Other,
    /// The type at this place is the one at that place, and so are the facts in it.
    Recursion(String),
    /// The key is left out of what is written where this function says so.
    SkippedIf(String),
    /// How a document tells the variant of an enum.
    Tagged(Tag),
    /// A variant without the mark that the others have.
    Untagged,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Tag {
    External,
    Internal { tag: String },
    Adjacent { tag: String, content: String },
    Untagged,
}

/// The facts of a type, sorted: the order of its fields does not count.
pub(crate) fn of(shape: ShapeOf) -> Vec<Fact> {
    let mut walk = Walk { facts: Vec::new(), way: Vec::new() };
    walk.follow(shape, "");
    walk.facts.sort();
    walk.facts.dedup();
    walk.facts
}

struct Walk {
    facts: Vec<Fact>,
    /// The types that lead here, each with its place. A type that comes again is not followed.
    way: Vec<(&'static str, String)>,
}

impl Walk {
    fn tell(&mut self, at: &str, is: Is) {
        self.facts.push(Fact { at: at.to_owned(), is });
    }

    fn follow(&mut self, of: ShapeOf, at: &str) {
        let shape = of.get();
        if let Shape::Leaf = shape {
            return;
        }
        let name = of.type_name();
        if let Some((_, first)) = self.way.iter().find(|(seen, _)| *seen == name) {
            let first = first.clone();
            self.tell(at, Is::Recursion(first));
            return;
        }
        if let (Shape::Map(_), Some(integer)) = (shape, integer_keys(name)) {
            self.tell(at, Is::Keys(integer.to_owned()));
        }
        self.way.push((name, at.to_owned()));
        self.shape(shape, at);
        self.way.pop();
    }

    fn shape(&mut self, shape: &'static Shape, at: &str) {
        match shape {
            Shape::Same(inner) => self.follow(*inner, at),
            Shape::Sequence(inner) | Shape::Map(inner) => self.follow(*inner, &format!("{at}/*")),
            Shape::Tuple(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.follow(*element, &format!("{at}/{index}"));
                }
            }
            Shape::Struct(one) => self.object(one, at),
            Shape::Enum(choice) => self.choice(choice, at),
            // `Shape` may grow; what is not known here has nothing to tell yet.
            _ => {}
        }
    }

    fn object(&mut self, one: &'static Struct, at: &str) {
        if one.deny_unknown_fields {
            self.tell(at, Is::DenyUnknownFields);
        }
        for member in one.members {
            if member.flattened {
                self.tell(at, Is::Flattened);
                self.follow(member.shape, at);
            } else {
                self.member(member, &format!("{at}/{}", step(member.key)));
            }
        }
    }

    fn member(&mut self, member: &'static Member, at: &str) {
        self.name(at, member.aliases, member.written, member.read);
        if let Some(function) = member.skipped_if {
            self.tell(at, Is::SkippedIf(function.to_owned()));
            if function == "Option::is_none" && is_null_only_as_none(member.shape) {
                self.tell(at, Is::NeverNull);
            }
        }
        if let Some(functions) = member.encoded_by {
            self.tell(at, Is::EncodedBy(functions.to_owned()));
        }
        if let Some(default) = member.default
            && (!member.written || member.skipped_if.is_some())
        {
            self.tell(at, Is::Default(default.to_owned()));
        }
        self.follow(member.shape, at);
    }

    fn choice(&mut self, choice: &'static Enum, at: &str) {
        self.tell(
            at,
            Is::Tagged(match choice.tagging {
                Tagging::External => Tag::External,
                Tagging::Internal { tag } => Tag::Internal { tag: tag.to_owned() },
                Tagging::Adjacent { tag, content } => {
                    Tag::Adjacent { tag: tag.to_owned(), content: content.to_owned() }
                }
                Tagging::Untagged => Tag::Untagged,
            }),
        );
        for (index, variant) in choice.variants.iter().enumerate() {
            let untagged = variant.untagged || choice.tagging == Tagging::Untagged;
            let name = if untagged { index.to_string() } else { escape(variant.name) };
            let at = format!("{at}/<{name}>");
            self.name(&at, variant.aliases, variant.written, variant.read);
            if variant.other {
                self.tell(&at, Is::Other);
            }
            if variant.untagged {
                self.tell(&at, Is::Untagged);
            }
            self.shape(&variant.content, &at);
        }
    }

    fn name(&mut self, at: &str, aliases: &[&str], written: bool, read: bool) {
        if !aliases.is_empty() {
            let mut aliases: Vec<String> = aliases.iter().map(|&alias| alias.to_owned()).collect();
            aliases.sort();
            self.tell(at, Is::Aliases(aliases));
        }
        if !written {
            self.tell(at, Is::NotWritten);
        }
        if !read {
            self.tell(at, Is::NotRead);
        }
    }
}

/// Is a value of the type, which is an `Option`, `null` only where it is `None`? Not said of what may itself be
/// written as `null`, or of what nothing is known.
fn is_null_only_as_none(option: ShapeOf) -> bool {
    const OPTION: &str = "core::option::Option<";
    let &Shape::Same(mut inner) = option.get() else { return false };
    if !option.type_name().starts_with(OPTION) {
        return false;
    }
    // A type that is nothing but itself is never written.
    for _ in 0..64 {
        match inner.get() {
            Shape::Same(next) if !inner.type_name().starts_with(OPTION) => inner = *next,
            Shape::Sequence(_) | Shape::Map(_) | Shape::Tuple(_) | Shape::Struct(_) => return true,
            Shape::Enum(choice) => {
                return choice.tagging != Tagging::Untagged && choice.variants.iter().all(|it| !it.untagged);
            }
            Shape::Leaf => return is_plain(inner.type_name()),
            _ => return false,
        }
    }
    false
}

/// The keys of a map of this name, where they are integers.
fn integer_keys(map: &str) -> Option<&str> {
    const INTEGERS: [&str; 12] =
        ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];
    let (_, arguments) = map.split_once('<')?;
    let (key, _) = arguments.split_once(',')?;
    INTEGERS.contains(&key).then_some(key)
}

/// Is a leaf of this name a number, a text, a boolean or a time?
fn is_plain(name: &str) -> bool {
    const PLAIN: [&str; 19] = [
        "bool",
        "char",
        "f32",
        "f64",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "alloc::string::String",
        "checkpoint_schema::timestamp::Timestamp",
        "uuid::Uuid",
    ];
    PLAIN.contains(&name) || name.starts_with("chrono::") || name.starts_with("core::num::nonzero::")
}

/// A key as a step of a place.
pub(crate) fn step(key: &str) -> String {
    let pattern = if key.starts_with(['*', '<']) { "~2" } else { "" };
    format!("{pattern}{}", escape(key))
}

#[cfg(test)]
mod tests {
    use super::of;
    use checkpoint_schema::Checkpoint;
    use checkpoint_schema::field::shape::ShapeOf;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its facts count")]
    struct Cursor {
        #[serde(alias = "tok", alias = "bearer")]
        token: String,
        #[serde(default = "first", skip_serializing)]
        batch: u64,
    }

    fn first() -> u64 {
        1
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Mode {
        #[serde(alias = "complete")]
        Full {
            #[serde(alias = "from")]
            since: u64,
        },
        #[serde(other)]
        Unknown,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    #[serde(untagged)]
    enum Either {
        Named {
            #[serde(alias = "n")]
            name: String,
        },
        Number(u8),
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    struct Common {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        done: Vec<String>,
        #[serde(default)]
        total: u64,
    }

    #[derive(Serialize, Deserialize, Checkpoint)]
    struct Document {
        #[serde(rename = "*/~")]
        cursors: BTreeMap<String, Cursor>,
        #[serde(flatten)]
        common: Common,
        mode: Option<Mode>,
        either: Either,
        by_number: BTreeMap<u32, bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        parent: Option<Box<Document>>,
        pair: (u8, Cursor),
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        twice: Option<Option<u8>>,
        #[serde(with = "seconds")]
        #[schemars(with = "u64")]
        waited: std::time::Duration,
    }

    mod seconds {
        use serde::{Deserialize, Deserializer, Serializer};
        use std::time::Duration;

        pub(super) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_u64(value.as_secs())
        }

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
            u64::deserialize(deserializer).map(Duration::from_secs)
        }
    }

    #[test]
    fn every_fact_stands_at_its_place_and_a_type_in_itself_is_cut() {
        let facts: Vec<String> = of(ShapeOf::field::<Document>())
            .iter()
            .map(|fact| format!("{} {}", fact.at, serde_json::to_string(&fact.is).unwrap()))
            .collect();
        assert_eq!(
            facts,
            [
                r#" "flattened""#,
                r#"/by_number {"keys":"u32"}"#,
                r#"/done {"default":"Default::default"}"#,
                r#"/done {"skipped_if":"Vec::is_empty"}"#,
                r#"/either {"tagged":"untagged"}"#,
                r#"/either/<0>/name {"aliases":["n"]}"#,
                r#"/mode {"tagged":{"internal":{"tag":"kind"}}}"#,
                r#"/mode/<full> {"aliases":["complete"]}"#,
                r#"/mode/<full>/since {"aliases":["from"]}"#,
                r#"/mode/<unknown> "other""#,
                r#"/pair/1 "deny_unknown_fields""#,
                r#"/pair/1/batch {"default":"first"}"#,
                r#"/pair/1/batch "not_written""#,
                r#"/pair/1/token {"aliases":["bearer","tok"]}"#,
                r#"/parent "never_null""#,
                r#"/parent {"recursion":""}"#,
                r#"/parent {"skipped_if":"Option::is_none"}"#,
                r#"/text "never_null""#,
                r#"/text {"skipped_if":"Option::is_none"}"#,
                r#"/twice {"default":"Default::default"}"#,
                r#"/twice {"skipped_if":"Option::is_none"}"#,
                r#"/waited {"encoded_by":"seconds"}"#,
                r#"/~2*~1~0/* "deny_unknown_fields""#,
                r#"/~2*~1~0/*/batch {"default":"first"}"#,
                r#"/~2*~1~0/*/batch "not_written""#,
                r#"/~2*~1~0/*/token {"aliases":["bearer","tok"]}"#,
            ]
        );
    }
}
