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
pub(super) struct Fact {
    at: String,
    is: Is,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Is {
    /// A key, or the name of a variant, is also read under these names.
    Aliases(Vec<String>),
    /// Where the key is missing serde fills in this. Stated where the read contract has no `default`, which
    /// is where the default is never written; else the contract holds the value itself.
    Default(String),
    /// An object that refuses keys it does not know.
    DenyUnknownFields,
    /// An object into which other types' keys are spread.
    Flattened,
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
enum Tag {
    External,
    Internal { tag: String },
    Adjacent { tag: String, content: String },
    Untagged,
}

/// The facts of a type, sorted: the order of its fields does not count.
pub(super) fn of(shape: ShapeOf) -> Vec<Fact> {
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

/// A key as a step of a place.
fn step(key: &str) -> String {
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
        #[serde(skip_serializing_if = "Option::is_none")]
        parent: Option<Box<Document>>,
        pair: (u8, Cursor),
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
                r#"/parent {"recursion":""}"#,
                r#"/parent {"skipped_if":"Option::is_none"}"#,
                r#"/~2*~1~0/* "deny_unknown_fields""#,
                r#"/~2*~1~0/*/batch {"default":"first"}"#,
                r#"/~2*~1~0/*/batch "not_written""#,
                r#"/~2*~1~0/*/token {"aliases":["bearer","tok"]}"#,
            ]
        );
    }
}
