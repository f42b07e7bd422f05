//! Date-times as `advance` compares them: the spellings that both Rust and PostgreSQL take for the same time.

use chrono::{DateTime, Utc};

/// The spellings as a POSIX regular expression: RFC 3339 in capitals, the offset optional (UTC where it is
/// missing, as in `Timestamp`), the years 1 to 9999, no leap seconds. `infinity` is none of them, nor is
/// anything that `timestamptz` would take by the session's settings.
pub(crate) const PATTERN: &str = concat!(
    r"^(?!0000)(?:[0-9]{4}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
    r"|[0-9]{4}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    r"|[0-9]{4}-02-(?:0[1-9]|1[0-9]|2[0-8])",
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)",
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]+)?",
    r"(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])?$"
);

/// Is there an offset at the end?
pub(crate) const OFFSET: &str = "(?:Z|[+-][0-9]{2}:[0-9]{2})$";

/// With an offset, so that no time zone is asked, and in microseconds, so that nothing is rounded.
pub(crate) fn spelled(text: &str) -> String {
    parse(text)
        .map_or_else(|| text.to_owned(), |time| time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
}

/// The time, cut off to microseconds as in PostgreSQL; `None` for other texts than [`PATTERN`]'s.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let is = |at: usize, wanted: u8| bytes.get(at) == Some(&wanted);
    let shape = digits(0..4)
        && is(4, b'-')
        && digits(5..7)
        && is(7, b'-')
        && digits(8..10)
        && is(10, b'T')
        && digits(11..13)
        && is(13, b':')
        && digits(14..16)
        && is(16, b':')
        && digits(17..19);
    if !shape || &bytes[..4] == b"0000" || &bytes[17..19] > b"59".as_slice() {
        return None;
    }
    let mut end = 19;
    if is(end, b'.') {
        end += 1;
        let fraction = bytes[end..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if fraction == 0 {
            return None;
        }
        end += fraction;
    }
    let (time, offset) = (&text[..end.min(26)], &text[end..]);
    let offset = match offset.as_bytes() {
        [] | [b'Z'] => "Z",
        // PostgreSQL has offsets of less than 16 hours.
        [b'+' | b'-', a, b, b':', c, d]
            if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit())
                && (*a == b'0' || (*a == b'1' && *b <= b'5'))
                && *c <= b'5' =>
        {
            offset
        }
        _ => return None,
    };
    Some(DateTime::parse_from_rfc3339(&format!("{time}{offset}")).ok()?.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn spellings_of_one_time_are_equal_and_finer_than_a_microsecond_is_cut_off() {
        let time = parse("2025-01-15T12:00:00.123456Z").unwrap();
        for text in [
            "2025-01-15T12:00:00.123456",
            "2025-01-15T12:00:00.1234569Z",
            "2025-01-15T13:30:00.123456+01:30",
            "2025-01-15T12:00:00.123456-00:00",
        ] {
            assert_eq!(parse(text), Some(time), "{text}");
        }
    }

    #[test]
    fn what_the_two_sides_could_see_differently_is_no_time() {
        for text in [
            "",
            "infinity",
            "now",
            "2025-01-15",
            "2025-01-15T12:00",
            "2025-01-15 12:00:00Z",
            "2025-01-15t12:00:00z",
            "2025-02-29T00:00:00Z",
            "2025-01-15T24:00:00Z",
            "2025-01-15T23:59:60Z",
            "0000-01-01T00:00:00Z",
            "2025-01-15T12:00:00.Z",
            "2025-01-15T12:00:00+16:00",
            "2025-01-15T12:00:00Zü",
            "２025-01-15T12:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("2024-02-29T00:00:00Z").is_some());
    }
}
