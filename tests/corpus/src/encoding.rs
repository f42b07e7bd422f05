//! Values that serde writes by other means than their type's own: `with` and its halves, foreign types as
//! leaves, schemas by hand, the crate under another name.

use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::twice::corpus;

/// `checkpoint-schema` as a worker's own crate may re-export it.
mod house {
    pub(super) use checkpoint_schema as checkpoints;
}

/// A duration in whole seconds.
mod seconds {
    use super::*;

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(duration.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }

    pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = u64::json_schema(generator);
        schema.insert("unit".to_owned(), "s".into());
        schema
    }
}

/// An optional duration in whole seconds.
mod maybe_seconds {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Option::<u64>::deserialize(deserializer).map(|seconds| seconds.map(Duration::from_secs))
    }
}

/// Pairs as an object.
mod as_object {
    use std::collections::BTreeMap;

    use super::*;

    pub(super) fn serialize<S: Serializer>(
        pairs: &[(String, u32)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, u32)>, D::Error> {
        BTreeMap::deserialize(deserializer).map(|map| map.into_iter().collect())
    }
}

/// `serde(with = "Hex")`: a type that is a module too, with a schema of its own.
struct Hex;

impl Hex {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn serialize<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:x}"))
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        u32::from_str_radix(&text, 16).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Hex {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hex".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9a-f]+$"})
    }
}

/// A foreign type: serde's traits and a schema, and no `Field`.
#[derive(Serialize, Deserialize, JsonSchema, Default)]
pub(super) struct Foreign {
    major: u32,
    minor: u32,
}

fn doubled<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(number * 2)
}

fn halved<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    u32::deserialize(deserializer).map(|number| number / 2)
}

fn lower_case<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text.to_lowercase())
}

corpus! {
    types {
        pub struct With {
            #[serde(with = "seconds")]
            #[schemars(with = "u64")]
            pub timeout: Duration,
            #[serde(with = "seconds", default)]
            #[schemars(schema_with = "seconds::schema")]
            pub defaulted: Duration,
            #[serde(with = "maybe_seconds")]
            #[schemars(with = "Option<u64>")]
            pub required_option: Option<Duration>,
            #[serde(with = "maybe_seconds", default, skip_serializing_if = "Option::is_none")]
            #[schemars(with = "Option<u64>")]
            pub optional: Option<Duration>,
            #[serde(with = "as_object")]
            #[schemars(with = "std::collections::BTreeMap<String, u32>")]
            pub pairs: Vec<(String, u32)>,
            #[serde(with = "Hex")]
            pub hex: u32,
            #[serde(with = "seconds", default = "minute", rename = "renamed one")]
            #[schemars(with = "u64")]
            pub renamed: Duration,
        }

        /// One half is a function, the other the type's own.
        pub struct Halves {
            #[serde(serialize_with = "doubled", deserialize_with = "halved")]
            #[schemars(with = "u32")]
            pub both: u32,
            #[serde(serialize_with = "lower_case")]
            #[schemars(with = "String")]
            pub written: String,
            #[serde(deserialize_with = "string_or_number")]
            #[schemars(with = "u32")]
            pub read: u32,
            #[serde(serialize_with = "doubled_option")]
            #[schemars(with = "Option<u32>")]
            pub written_option: Option<u32>,
            #[serde(deserialize_with = "string_or_number", default)]
            #[schemars(with = "u32")]
            pub read_default: u32,
        }

        #[serde(default)]
        #[derive(Default)]
        pub struct WithInDefaultContainer {
            #[serde(with = "seconds")]
            #[schemars(with = "u64")]
            pub timeout: Duration,
        }

        pub struct WithNewtype(#[serde(with = "seconds")] #[schemars(with = "u64")] pub Duration);

        #[serde(transparent)]
        pub struct WithTransparent {
            #[serde(with = "seconds")]
            #[schemars(with = "u64")]
            pub timeout: Duration,
        }

        pub struct WithTuple(pub u32, #[serde(with = "seconds")] #[schemars(with = "u64")] pub Duration);

        pub struct HoldsWith {
            pub newtype: WithNewtype,
            pub transparent: WithTransparent,
            pub list: Vec<With>,
        }

        pub struct Leaf {
            #[checkpoint(leaf)]
            pub foreign: Foreign,
            #[checkpoint(leaf)]
            pub option: Option<Foreign>,
            #[checkpoint(leaf)]
            pub list: Vec<Foreign>,
            #[checkpoint(leaf)]
            #[serde(default)]
            pub defaulted: Foreign,
            #[checkpoint(leaf)]
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub skipped: Option<Foreign>,
            #[checkpoint(leaf)]
            pub known: Vec<u32>,
            pub by_macro: ByHand,
        }

        pub struct LeafNewtype(#[checkpoint(leaf)] pub Foreign);

        #[checkpoint(crate = "crate::encoding::house::checkpoints")]
        pub struct OfOtherCrate {
            pub a: u32,
            #[serde(with = "seconds")]
            #[schemars(with = "u64")]
            pub timeout: Duration,
        }

        #[checkpoint(crate = "house::checkpoints", job = "of_other_crate")]
        #[serde(crate = "serde")]
        #[schemars(crate = "schemars", rename = "Named")]
        pub struct OfOtherCrateWithJob {
            pub a: u32,
            #[serde(default)]
            pub nested: Option<Box<OfOtherCrate>>,
        }

        pub struct HoldsManual {
            pub derived: ManualDerived,
            pub by_hand: ManualByHand,
        }
    }
    beside {
        // Not in `types`, where one of the two sides has `manual` already.
        #[derive(Serialize, Deserialize, JsonSchema, checkpoint_schema::Checkpoint)]
        #[checkpoint(schema = "manual")]
        pub struct ManualDerived {
            pub a: u32,
            #[serde(default)]
            pub b: u32,
        }

        #[derive(Serialize, Deserialize, checkpoint_schema::Checkpoint)]
        #[checkpoint(schema = "manual", job = "manual")]
        pub struct ManualByHand {
            pub a: u32,
        }

        impl JsonSchema for ManualByHand {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "ByHand".into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "object", "required": ["a"]})
            }
        }

        /// `a:b` as one string.
        #[derive(Clone, Serialize, Deserialize)]
        #[serde(into = "String", from = "String")]
        pub struct ByHand(String, String);

        impl From<ByHand> for String {
            fn from(ByHand(a, b): ByHand) -> Self {
                format!("{a}:{b}")
            }
        }

        impl From<String> for ByHand {
            fn from(text: String) -> Self {
                let (a, b) = text.split_once(':').unwrap_or_default();
                Self(a.to_owned(), b.to_owned())
            }
        }

        impl JsonSchema for ByHand {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "Pair".into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string"})
            }
        }

        checkpoint_schema::leaf!(ByHand);

        fn minute() -> Duration {
            Duration::from_secs(60)
        }

        fn string_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
            let value = serde_json::Value::deserialize(deserializer)?;
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            number.and_then(|n| u32::try_from(n).ok()).ok_or_else(|| serde::de::Error::custom("no number"))
        }

        fn doubled_option<S: Serializer>(number: &Option<u32>, serializer: S) -> Result<S::Ok, S::Error> {
            number.map(|number| number * 2).serialize(serializer)
        }
    }
    entries {
        With => [
            {
                "timeout": 1, "defaulted": 2, "required_option": 3, "optional": 4, "pairs": {"a": 1, "b": 2},
                "hex": "ff", "renamed one": 5
            },
            {
                "timeout": 11, "defaulted": 12, "required_option": 13, "optional": 14, "pairs": {"c": 3},
                "hex": "0", "renamed one": 15
            },
        ] { timeout; defaulted; required_option; optional; pairs; hex; renamed; }
        WithInDefaultContainer => [{"timeout": 1}, {"timeout": 2}] { timeout; }
        WithNewtype => [1, 2] { _0; }
        WithTransparent => [1, 2] { timeout; }
        WithTuple => [[1, 2], [3, 4]] { _0; _1; }
        HoldsWith => [
            {"newtype": 1, "transparent": 2, "list": []},
            {"newtype": 3, "transparent": 4, "list": []},
        ] { newtype; newtype._0; transparent; transparent.timeout; list; }
        Leaf => [
            {
                "foreign": {"major": 1, "minor": 2}, "option": {"major": 3, "minor": 4},
                "list": [{"major": 5, "minor": 6}], "defaulted": {"major": 7, "minor": 8},
                "skipped": {"major": 9, "minor": 10}, "known": [1], "by_macro": "a:b"
            },
            {
                "foreign": {"major": 11, "minor": 12}, "option": {"major": 13, "minor": 14},
                "list": [{"major": 15, "minor": 16}], "defaulted": {"major": 17, "minor": 18},
                "skipped": {"major": 19, "minor": 20}, "known": [2], "by_macro": "c:d"
            },
        ] { foreign; option; list; defaulted; skipped; known; known[0]; by_macro; }
        LeafNewtype => [{"major": 1, "minor": 2}, {"major": 3, "minor": 4}] { _0; }
        OfOtherCrate => [{"a": 1, "timeout": 2}, {"a": 3, "timeout": 4}] { a; timeout; }
        OfOtherCrateWithJob => [
            {"a": 1, "nested": {"a": 2, "timeout": 3}},
            {"a": 4, "nested": {"a": 5, "timeout": 6}},
        ] { a; nested; nested?; nested?.a; nested?.timeout; }
        HoldsManual => [
            {"derived": {"a": 1, "b": 2}, "by_hand": {"a": 3}},
            {"derived": {"a": 4, "b": 5}, "by_hand": {"a": 6}},
        ] { derived; derived.a; derived.b; by_hand; by_hand.a; }
        ManualDerived => [{"a": 1, "b": 2}, {"a": 3, "b": 4}] { a; b; }
        ManualByHand => [{"a": 1}, {"a": 2}] { a; }
        Halves => [
            {"both": 2, "written": "a", "read": 3, "written_option": null, "read_default": 4},
            {"both": 6, "written": "b", "read": 7, "written_option": null, "read_default": 8},
        ] { both; written; read; written_option; read_default; }
    }
}
