//! A point in time as checkpoints store it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, SubsecRound, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

/// A UTC timestamp, stored as an RFC 3339 date-time.
///
/// **Written** always in one spelling of fixed width, `2025-01-15T12:00:00.000000Z`, so that the order of
/// the stored texts is the order in time. Precision is the microsecond, as in PostgreSQL's `timestamptz`;
/// what is finer is cut off when the value is made.
///
/// **Read** from any RFC 3339 date-time. A date-time *without* an offset is taken as UTC: Python's
/// `datetime.utcnow().isoformat()`, with which older workers stored their checkpoints, writes none. The
/// schema says `format: date-time`, which such values do not meet, so a check of stored samples reports
/// them, and the worker still resumes from them.
///
/// ```
/// use checkpoint_schema::Timestamp;
///
/// let python: Timestamp = serde_json::from_str(r#""2025-01-15T12:00:00.123456""#)?;
/// let rust: Timestamp = serde_json::from_str(r#""2025-01-15T13:00:00.123456+01:00""#)?;
/// assert_eq!(python, rust);
/// assert_eq!(serde_json::to_string(&rust)?, r#""2025-01-15T12:00:00.123456Z""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// 1970-01-01T00:00:00Z, from where the seed's jobs start when nothing is stored.
    pub const UNIX_EPOCH: Self = Self(DateTime::UNIX_EPOCH);
}

impl Default for Timestamp {
    /// [`UNIX_EPOCH`](Timestamp::UNIX_EPOCH): with `#[serde(default)]`, a sync starts there when nothing is stored.
    fn default() -> Self {
        Self::UNIX_EPOCH
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(6))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

impl Deref for Timestamp {
    type Target = DateTime<Utc>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

/// A text that is no [`Timestamp`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampError(Fault);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    NotRfc3339(chrono::ParseError),
    Year(i32),
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::NotRfc3339(error) => write!(f, "no RFC 3339 date-time: {error}"),
            Fault::Year(year) => write!(f, "RFC 3339 has the years 0 to 9999, and this is in {year} (UTC)"),
        }
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// Can it be written? RFC 3339 has four digits for a year.
    fn checked(self) -> Result<Self, TimestampError> {
        match self.0.year() {
            0..=9999 => Ok(self),
            year => Err(TimestampError(Fault::Year(year))),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// The same texts as serde reads.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = match DateTime::parse_from_rfc3339(text) {
            Ok(time) => time.with_timezone(&Utc),
            Err(error) => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
                .map_err(|_| TimestampError(Fault::NotRfc3339(error)))?
                .and_utc(),
        };
        Self::from(time).checked()
    }
}

impl Serialize for Timestamp {
    /// Fails for a year that RFC 3339 does not have, since it could not be read back.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.checked().map_err(ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 date-time")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(|error| E::custom(format_args!("{text:?}: {error}")))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }

    fn schema_id() -> Cow<'static, str> {
        Cow::Borrowed("checkpoint_schema::Timestamp")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn written_order_is_time_order() {
        let mut times: Vec<Timestamp> =
            ["2025-01-15T12:00:00Z", "2025-01-15T12:00:00.5Z", "2025-01-15T11:59:59.999999Z"]
                .iter()
                .map(|text| text.parse().unwrap())
                .collect();
        times.sort();
        let mut texts: Vec<String> = times.iter().map(Timestamp::to_string).collect();
        texts.sort();
        assert_eq!(texts, times.iter().map(Timestamp::to_string).collect::<Vec<_>>());
    }

    #[test]
    fn a_value_made_from_finer_time_reads_back_equal() {
        let time = Timestamp::from(chrono::DateTime::from_timestamp_nanos(1_736_942_400_123_456_789));
        assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
    }

    #[test]
    fn a_year_that_rfc_3339_does_not_have_is_refused_on_both_sides() {
        assert!("9999-12-31T23:59:59Z".parse::<Timestamp>().is_ok());
        for text in ["9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00", "+10000-01-01T00:00:00"] {
            let error = text.parse::<Timestamp>().unwrap_err().to_string();
            assert!(error.contains("years 0 to 9999"), "{text}: {error}");
        }
        let late = Timestamp::from(chrono::DateTime::<chrono::Utc>::MAX_UTC);
        assert!(serde_json::to_string(&late).unwrap_err().to_string().contains("years 0 to 9999"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "2025-01-15", "2025-13-15T12:00:00", "infinity", "2025-01-15T12:00"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text:?} was read");
        }
    }
}
