//! `schemas/checkpoint.toml`: how grave each kind of break is, for all jobs and for one, and the breaks that have
//! been accepted.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

use crate::could_not_run::{CouldNotRun, cannot};
use crate::rule::Severity;

/// The name of the file in the schema folder.
const FILE: &str = "checkpoint.toml";

/// What the file says, or what holds without one.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    drift: Drift,
    /// Where it stands, or would.
    pub(crate) path: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    drift: Drift,
}

/// A table that says how grave what is, and other things: a flattened table would not know the line of a key.
macro_rules! weights {
    ($(#[$attribute:meta])* $name:ident { $($other:tt)* }) => {
        $(#[$attribute])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct $name {
            backward: Option<Weight>,
            forward: Option<Weight>,
            round_trip: Option<Weight>,
            out_of_contract: Option<Weight>,
            undecided: Option<Weight>,
            value_lost: Option<Weight>,
            no_document_hit: Option<Weight>,
            $($other)*
        }

        impl $name {
            fn of(&self, subject: Subject) -> Option<Weight> {
                match subject {
                    Subject::Backward => self.backward,
                    Subject::Forward => self.forward,
                    Subject::RoundTrip => self.round_trip,
                    Subject::OutOfContract => self.out_of_contract,
                    Subject::Undecided => self.undecided,
                    Subject::ValueLost => self.value_lost,
                    Subject::NoDocumentHit => self.no_document_hit,
                }
            }
        }
    };
}

weights! {
    Drift {
        /// Against every revision that is kept, not only the last.
        transitive: Option<bool>,
        /// By job, in any spelling.
        #[serde(default)]
        job: BTreeMap<String, OfJob>,
        #[serde(default)]
        accept: Vec<Acceptance>,
    }
}

weights! {
    /// What one job says otherwise.
    OfJob {}
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Weight {
    Error,
    Warning,
    Allow,
}

/// A break that is known and meant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    #[serde(deserialize_with = "fingerprint")]
    pub(crate) fingerprint: String,
    #[serde(deserialize_with = "reason")]
    pub(crate) reason: String,
    /// The last day on which it holds.
    #[serde(deserialize_with = "day")]
    pub(crate) expires: NaiveDate,
}

fn fingerprint<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let is_one = text.len() == 16 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    is_one.then_some(text).ok_or_else(|| {
        D::Error::custom(
            "a fingerprint has 16 digits, 0 to 9 and a to f: copy it from what `diff` or `check` says",
        )
    })
}

fn reason<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let is_one = !text.trim().is_empty();
    is_one
        .then_some(text)
        .ok_or_else(|| D::Error::custom("the acceptance has no reason: say why it hurts nobody"))
}

/// A day, as a text or as TOML has days.
fn day<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let no_day = || D::Error::custom("an acceptance expires on a day, such as \"2030-12-31\"");
    match toml::Value::deserialize(from)? {
        toml::Value::String(text) => text.parse().map_err(|_| no_day()),
        toml::Value::Datetime(Datetime { date: Some(date), time: None, offset: None }) => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).ok_or_else(no_day)
        }
        _ => Err(no_day()),
    }
}

/// What can be weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// New code cannot read what old code wrote.
    Backward,
    /// Old code cannot read what new code writes.
    Forward,
    /// Old code that rewrites a document drops what it does not know.
    RoundTrip,
    /// serde reads it, and the contract refuses it.
    OutOfContract,
    /// Neither proved nor refuted.
    Undecided,
    /// serde reads a default where a value is stored.
    ValueLost,
    /// A break that no stored document shows, where stored documents were looked at.
    NoDocumentHit,
}

impl Policy {
    /// The policy of the schema folder.
    pub(crate) fn read(dir: &Path) -> Result<Self, CouldNotRun> {
        let path = dir.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self { path, ..Self::default() });
            }
            Err(error) => return Err(cannot("read", &path, &error)),
        };
        let file: File = toml::from_str(&text).map_err(|error| {
            CouldNotRun(format!("{} is no policy: {}", path.display(), error.to_string().trim()))
        })?;
        Ok(Self { drift: file.drift, path })
    }

    /// Is the type compared with every revision that is kept?
    pub(crate) fn is_transitive(&self) -> bool {
        self.drift.transitive.unwrap_or(true)
    }

    /// How grave is it for the job? `None` is allowed.
    pub(crate) fn weigh(&self, job: &str, subject: Subject) -> Option<Severity> {
        let own = self.drift.job.iter().find(|(name, _)| normal(name) == normal(job));
        let weight = own.and_then(|(_, own)| own.of(subject)).or(self.drift.of(subject));
        match weight {
            Some(Weight::Error) => Some(Severity::Error),
            Some(Weight::Warning) => Some(Severity::Warning),
            Some(Weight::Allow) => None,
            None if subject == Subject::RoundTrip => None,
            None => Some(Severity::Error),
        }
    }

    /// What was accepted.
    pub(crate) fn acceptances(&self) -> &[Acceptance] {
        &self.drift.accept
    }

    /// The jobs that it names.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &str> {
        self.drift.job.keys().map(String::as_str)
    }
}

impl Acceptance {
    /// Is its last day over? Days are of UTC.
    pub(crate) fn is_expired(&self) -> bool {
        self.expires < Utc::now().date_naive()
    }
}

fn normal(job: &str) -> String {
    job.to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::{Policy, Subject};
    use crate::rule::Severity;

    fn policy(text: &str) -> Result<Policy, String> {
        let dir = std::env::temp_dir().join(format!(
            "checkpoint-policy-{:x}",
            text.len() * 31 + text.bytes().map(usize::from).sum::<usize>()
        ));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("checkpoint.toml"), text).unwrap();
        let read = Policy::read(&dir).map_err(|error| error.to_string());
        std::fs::remove_dir_all(&dir).unwrap();
        read
    }

    #[test]
    fn a_job_goes_before_all_and_nothing_said_is_an_error() {
        let policy = policy(
            "[drift]\nforward = \"warning\"\nround-trip = \"warning\"\n[drift.job.\"WEX AD\"]\nforward = \"allow\"\n",
        )
        .unwrap();
        assert_eq!(policy.weigh("github", Subject::Backward), Some(Severity::Error));
        assert_eq!(policy.weigh("github", Subject::Forward), Some(Severity::Warning));
        assert_eq!(policy.weigh("wex_ad", Subject::Forward), None);
        assert_eq!(policy.weigh("wex_ad", Subject::RoundTrip), Some(Severity::Warning));
        assert_eq!(Policy::default().weigh("wex_ad", Subject::RoundTrip), None);
    }

    #[test]
    fn an_acceptance_has_a_reason_and_a_day_on_which_it_ends() {
        let accept =
            |rest: &str| policy(&format!("[[drift.accept]]\nfingerprint = \"00000000000000af\"\n{rest}"));
        let known = accept("reason = \"meant\"\nexpires = \"2020-01-31\"").unwrap();
        assert!(known.acceptances()[0].is_expired());
        let known = accept("reason = \"meant\"\nexpires = \"2999-01-31\"").unwrap();
        assert!(!known.acceptances()[0].is_expired());
        assert!(accept("reason = \"meant\"").unwrap_err().contains("missing field `expires`"));
        assert!(accept("reason = \" \"\nexpires = \"2999-01-31\"").unwrap_err().contains("has no reason"));
        let known = accept("reason = \"meant\"\nexpires = 2999-01-31").unwrap();
        assert!(!known.acceptances()[0].is_expired());
        for expires in ["\"soon\"", "\"\"", "2999", "2999-01-31T00:00:00Z", "2999-02-31"] {
            let error = accept(&format!("reason = \"meant\"\nexpires = {expires}")).unwrap_err();
            assert!(error.contains("line 4"), "{error}");
            assert!(error.contains("2030-12-31") || expires == "2999-02-31", "{error}");
        }
    }

    #[test]
    fn a_fingerprint_that_can_be_none_is_an_error_at_its_line() {
        for wrong in ["", "d8883462d0b2497", "d8883462d0b249766", "D8883462D0B24976", "g8883462d0b24976"] {
            let text = format!(
                "[[drift.accept]]\nreason = \"meant\"\nfingerprint = \"{wrong}\"\nexpires = 2999-01-31\n"
            );
            let error = policy(&text).unwrap_err();
            assert!(error.contains("line 3") && error.contains("a fingerprint has 16 digits"), "{error}");
        }
    }

    #[test]
    fn a_mistake_is_told_at_the_line_of_its_key() {
        for (text, line) in [
            ("[drift]\nforward = \"error\"\nbackwards = \"error\"\n", "line 3"),
            ("[drift]\nforward = \"error\"\nbackward = \"none\"\n", "line 3"),
            ("[drift]\ntransitive = true\n\n[drift.job.github]\nforward = 1\n", "line 5"),
            ("[drift.job.github]\nforward = \"error\"\nforwards = \"error\"\n", "line 3"),
        ] {
            let error = policy(text).unwrap_err();
            assert!(error.contains(line), "{error}");
        }
    }

    #[test]
    fn a_word_that_is_none_of_ours_is_an_error() {
        assert!(policy("[drift]\nbackwards = \"error\"\n").unwrap_err().contains("backwards"));
        assert!(policy("[drift.job.github]\nforwards = \"error\"\n").unwrap_err().contains("forwards"));
        assert!(policy("[drift]\nforward = \"ignore\"\n").unwrap_err().contains("ignore"));
    }
}
