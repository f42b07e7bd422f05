//! The examples of the pages that explain the rules of drift, as code that is compiled. A test holds each to its
//! page, and to what the tool says of it.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};

/// The example of a page.
pub struct Explained {
    /// The id of the rule, which names the page.
    pub rule: String,
    /// The two blocks of code, without the derives.
    pub code: [&'static str; 2],
    /// The checkpoint before the change; of an enum, one that holds it.
    pub before: Descriptor,
    /// The checkpoint after it.
    pub after: Descriptor,
}

fn fifty() -> u64 {
    50
}

fn hundred() -> u64 {
    100
}

/// Bytes as pairs of hexadecimal digits.
mod as_hex {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
        pairs.map(|pair| u8::from_str_radix(pair, 16).map_err(D::Error::custom)).collect()
    }
}

/// Bytes in base 64, without padding.
mod as_base64 {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        let bits: Vec<u8> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
        let digit = |six: &[u8]| {
            let number = (0..6).fold(0, |sum, at| sum << 1 | six.get(at).copied().unwrap_or(0));
            char::from(DIGITS[usize::from(number)])
        };
        to.serialize_str(&bits.chunks(6).map(digit).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let mut bits = Vec::new();
        for digit in String::deserialize(from)?.bytes() {
            let number = DIGITS.iter().position(|it| *it == digit);
            let number = number.ok_or_else(|| D::Error::custom("this is no digit of base 64"))?;
            bits.extend((0..6).rev().map(|at| u8::from(number >> at & 1 == 1)));
        }
        Ok(bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect())
    }
}

/// The examples: of an enum, with the key that holds it.
macro_rules! explained {
    ($($rule:ident $(in $key:ident)? before { $($before:tt)* } after { $($after:tt)* })*) => {
        /// The example of every page about drift.
        pub fn explained() -> Vec<Explained> {
            vec![$(Explained {
                rule: stringify!($rule).replace('_', "-"),
                code: [stringify!($($before)*), stringify!($($after)*)],
                before: $rule::before::descriptor(),
                after: $rule::after::descriptor(),
            }),*]
        }

        $(mod $rule {
            side! { before $(in $key)? $($before)* }
            side! { after $(in $key)? $($after)* }
        })*
    };
}

macro_rules! side {
    ($side:ident $(#[$attribute:meta])* struct $name:ident { $($field:tt)* }) => {
        #[allow(dead_code, unused_imports, reason = "it is compared, and not used; and not each needs all")]
        pub(super) mod $side {
            use super::super::*;

            #[derive(Serialize, Deserialize, Checkpoint)]
            #[checkpoint(job = "explained")]
            $(#[$attribute])*
            struct $name { $($field)* }

            pub(in super::super) fn descriptor() -> Descriptor {
                Descriptor::of::<$name>()
            }
        }
    };
    ($side:ident in $key:ident $(#[$attribute:meta])* enum $name:ident { $($variant:tt)* }) => {
        #[allow(dead_code, unused_imports, reason = "it is compared, and not used; and not each needs all")]
        pub(super) mod $side {
            use super::super::*;

            #[derive(Serialize, Deserialize, Checkpoint)]
            $(#[$attribute])*
            enum $name { $($variant)* }

            #[derive(Serialize, Deserialize, Checkpoint)]
            #[checkpoint(job = "explained")]
            struct Holder {
                $key: $name,
            }

            pub(in super::super) fn descriptor() -> Descriptor {
                Descriptor::of::<Holder>()
            }
        }
    };
}

explained! {
    field_added
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
        }
    }
    after {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            #[serde(default)]
            total_prs_processed: u64,
        }
    }

    required_field_added
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
        }
    }
    after {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            current_repository: String,
        }
    }

    field_removed
    before {
        struct JiraCheckpoint {
            last_issue_key: String,
            last_jql: Option<String>,
        }
    }
    after {
        struct JiraCheckpoint {
            last_issue_key: String,
        }
    }

    required_field_removed
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            current_repository: String,
        }
    }
    after {
        struct GithubCheckpoint {
            last_pr_cursor: String,
        }
    }

    field_renamed
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
        }
    }
    after {
        struct GithubCheckpoint {
            pr_cursor: String,
        }
    }

    value_lost
    before {
        struct GithubCheckpoint {
            last_commit_cursor: Option<String>,
        }
    }
    after {
        struct GithubCheckpoint {
            commit_cursor: Option<String>,
        }
    }

    field_became_required
    before {
        struct JiraCheckpoint {
            max_results: Option<u32>,
        }
    }
    after {
        struct JiraCheckpoint {
            max_results: u32,
        }
    }

    field_became_optional
    before {
        struct GithubCheckpoint {
            current_repository: String,
        }
    }
    after {
        struct GithubCheckpoint {
            current_repository: Option<String>,
        }
    }

    type_changed
    before {
        struct JiraCheckpoint {
            batch_number: String,
        }
    }
    after {
        struct JiraCheckpoint {
            batch_number: u64,
        }
    }

    range_changed
    before {
        struct GithubCheckpoint {
            total_prs_processed: u64,
        }
    }
    after {
        struct GithubCheckpoint {
            total_prs_processed: u32,
        }
    }

    text_changed
    before {
        struct JiraCheckpoint {
            last_sync_date: String,
        }
    }
    after {
        struct JiraCheckpoint {
            last_sync_date: Timestamp,
        }
    }

    variant_added in sync_type
    before {
        enum SyncType {
            Full,
            Incremental,
        }
    }
    after {
        enum SyncType {
            Full,
            Incremental,
            Delta,
        }
    }

    variant_removed in sync_type
    before {
        enum SyncType {
            Full,
            Incremental,
            Delta,
        }
    }
    after {
        enum SyncType {
            Full,
            Incremental,
        }
    }

    variant_renamed in sync_type
    before {
        enum SyncType {
            Full,
            Incremental,
        }
    }
    after {
        enum SyncType {
            Full,
            Increment,
        }
    }

    tagging_changed in position
    before {
        enum Position {
            Offset { at: u64 },
            Cursor { after: String },
        }
    }
    after {
        #[serde(tag = "kind")]
        enum Position {
            Offset { at: u64 },
            Cursor { after: String },
        }
    }

    length_changed
    before {
        struct GithubCheckpoint {
            window: (u64, u64),
        }
    }
    after {
        struct GithubCheckpoint {
            window: (u64, u64, u64),
        }
    }

    uniqueness_changed
    before {
        struct JiraCheckpoint {
            projects_processed: Vec<String>,
        }
    }
    after {
        struct JiraCheckpoint {
            projects_processed: BTreeSet<String>,
        }
    }

    unknown_keys_refused
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            current_repository: Option<String>,
        }
    }
    after {
        #[serde(deny_unknown_fields)]
        struct GithubCheckpoint {
            last_pr_cursor: String,
        }
    }

    default_changed
    before {
        struct JiraCheckpoint {
            #[serde(default = "fifty")]
            page_size: u64,
        }
    }
    after {
        struct JiraCheckpoint {
            #[serde(default = "hundred")]
            page_size: u64,
        }
    }

    name_reused
    before {
        struct GithubCheckpoint {
            /// Where the next page of pull requests begins.
            cursor: Option<String>,
        }
    }
    after {
        struct GithubCheckpoint {
            /// Where the next page of reviews begins.
            cursor: Option<String>,
        }
    }

    encoding_changed
    before {
        struct GithubCheckpoint {
            #[serde(with = "as_hex")]
            #[schemars(with = "String")]
            token: Vec<u8>,
        }
    }
    after {
        struct GithubCheckpoint {
            #[serde(with = "as_base64")]
            #[schemars(with = "String")]
            token: Vec<u8>,
        }
    }

    field_not_written
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            total_prs_processed: u64,
        }
    }
    after {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            #[serde(default, skip_serializing)]
            total_prs_processed: u64,
        }
    }

    map_keys_changed
    before {
        struct GithubCheckpoint {
            cursors: BTreeMap<String, String>,
        }
    }
    after {
        struct GithubCheckpoint {
            cursors: BTreeMap<u32, String>,
        }
    }

    contract_changed
    before {
        struct GithubCheckpoint {
            cursors: BTreeMap<String, String>,
        }
    }
    after {
        struct GithubCheckpoint {
            #[schemars(extend("minProperties" = 1))]
            cursors: BTreeMap<String, String>,
        }
    }

    drift_undecided
    before {
        struct JiraCheckpoint {
            #[schemars(regex(pattern = "^[A-Z]+-[0-9]+$"))]
            last_issue_key: String,
        }
    }
    after {
        struct JiraCheckpoint {
            #[schemars(regex(pattern = "^[A-Z][A-Z0-9]*-[0-9]+$"))]
            last_issue_key: String,
        }
    }

    round_trip_loss
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
        }
    }
    after {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            #[serde(default)]
            total_prs_processed: u64,
        }
    }

    acceptance_expired
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            current_repository: String,
        }
    }
    after {
        struct GithubCheckpoint {
            last_pr_cursor: String,
        }
    }

    acceptance_unused
    before {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            current_repository: String,
        }
    }
    after {
        struct GithubCheckpoint {
            last_pr_cursor: String,
            #[serde(default)]
            current_repository: String,
        }
    }
}
