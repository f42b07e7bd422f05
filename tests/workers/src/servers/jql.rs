//! The part of JQL, Jira's query language, that an incremental sync speaks:
//! `project = DEMO AND updated >= '2025-01-15 12:00' AND updated < '2025-01-15 12:05' ORDER BY updated ASC, key ASC`,
//! each part of it optional.
//!
//! Whatever else it may be in Jira, here it is an error, worded as Jira words it where Jira has an error for it.

use std::iter::Peekable;
use std::vec::IntoIter;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// Which issues, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// The key of the only project whose issues are asked for, in capitals.
    pub(super) project: Option<String>,
    /// The issues updated at that moment or later.
    pub(super) updated_from: Option<DateTime<Utc>>,
    /// The issues updated before that moment.
    pub(super) updated_before: Option<DateTime<Utc>>,
    /// What they are sorted by, first things first.
    pub(super) order: Vec<Order>,
}

/// One thing to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) by: Column,
    pub(super) descending: bool,
}

/// A field that sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Updated,
    Key,
}

impl Query {
    /// Reads JQL. An error is the text for Jira's `errorMessages`.
    pub(super) fn parse(jql: &str) -> Result<Self, String> {
        let mut tokens = tokens(jql)?.into_iter().peekable();
        let mut query = Self::default();
        if !is_word(tokens.peek(), "ORDER") && tokens.peek().is_some() {
            query.condition(&mut tokens)?;
            while is_word(tokens.peek(), "AND") {
                tokens.next();
                query.condition(&mut tokens)?;
            }
        }
        if is_word(tokens.peek(), "ORDER") {
            tokens.next();
            match tokens.next() {
                by if is_word(by.as_ref(), "BY") => query.order.push(order(&mut tokens)?),
                other => return Err(unexpected("'by'", other.as_ref())),
            }
            while tokens.next_if_eq(&Token::Sign(",".to_owned())).is_some() {
                query.order.push(order(&mut tokens)?);
            }
        }
        match tokens.next() {
            None => Ok(query),
            other => Err(unexpected("'AND', 'ORDER BY' or the end of the query", other.as_ref())),
        }
    }

    fn condition(&mut self, tokens: &mut Peekable<IntoIter<Token>>) -> Result<(), String> {
        let field = match tokens.next() {
            Some(Token::Word(field) | Token::Quoted(field)) => field,
            other => return Err(unexpected("a field", other.as_ref())),
        };
        let operator = match tokens.next() {
            Some(Token::Sign(operator)) if operator != "," => operator,
            other => return Err(unexpected("operator", other.as_ref())),
        };
        let value = match tokens.next() {
            Some(Token::Word(value) | Token::Quoted(value)) => value,
            other => return Err(unexpected("a value", other.as_ref())),
        };
        match (field.to_lowercase().as_str(), operator.as_str()) {
            ("project", "=") => self.project = Some(value.to_uppercase()),
            ("updated" | "updateddate", ">=") => self.updated_from = Some(date(&value)?),
            ("updated" | "updateddate", "<") => self.updated_before = Some(date(&value)?),
            ("project", _) => {
                return Err("This server knows no operator but '=' for the field 'project'.".to_owned());
            }
            ("updated" | "updateddate", _) => {
                return Err(
                    "This server knows no operator but '>=' and '<' for the field 'updated'.".to_owned()
                );
            }
            _ => return Err(no_field(&field)),
        }
        Ok(())
    }
}

/// A date as JQL writes it, in UTC: to the minute, or the start of a day.
pub(super) fn date(text: &str) -> Result<DateTime<Utc>, String> {
    let to_the_minute = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let day = |format| NaiveDate::parse_from_str(text, format).ok()?.and_hms_opt(0, 0, 0);
    (to_the_minute("%Y-%m-%d %H:%M").or_else(|| to_the_minute("%Y/%m/%d %H:%M")))
        .or_else(|| day("%Y-%m-%d"))
        .or_else(|| day("%Y/%m/%d"))
        .map(|date| date.and_utc())
        .ok_or_else(|| {
            format!(
                "Date value '{text}' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
                 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
            )
        })
}

fn order(tokens: &mut Peekable<IntoIter<Token>>) -> Result<Order, String> {
    let by = match tokens.next() {
        Some(Token::Word(field) | Token::Quoted(field)) => match field.to_lowercase().as_str() {
            "updated" | "updateddate" => Column::Updated,
            "key" | "issuekey" => Column::Key,
            _ => return Err(no_field(&field)),
        },
        other => return Err(unexpected("a field", other.as_ref())),
    };
    let descending = is_word(tokens.peek(), "DESC");
    if descending || is_word(tokens.peek(), "ASC") {
        tokens.next();
    }
    Ok(Order { by, descending })
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    /// An operator, or a comma.
    Sign(String),
}

fn tokens(jql: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = jql.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => {
                let inner = &rest[1..];
                let end = inner.find(first).ok_or_else(|| {
                    format!("Error in the JQL Query: The quoted string '{inner}' has not been completed.")
                })?;
                (Token::Quoted(inner[..end].to_owned()), end + 2)
            }
            ',' => (Token::Sign(",".to_owned()), 1),
            _ => {
                let is_sign = |c: char| "=<>!~".contains(c);
                let in_sign = is_sign(first);
                let ends = |c: char| c.is_whitespace() || ",'\"".contains(c) || is_sign(c) != in_sign;
                let end = rest.find(ends).unwrap_or(rest.len());
                let text = rest[..end].to_owned();
                (if in_sign { Token::Sign(text) } else { Token::Word(text) }, end)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// Keywords are words in any case; in quotes they are none.
fn is_word(token: Option<&Token>, keyword: &str) -> bool {
    matches!(token, Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword))
}

fn unexpected(expected: &str, found: Option<&Token>) -> String {
    match found {
        Some(Token::Word(text) | Token::Quoted(text) | Token::Sign(text)) => {
            format!("Error in the JQL Query: Expecting {expected} but got '{text}'.")
        }
        None => format!("Error in the JQL Query: Expecting {expected} before the end of the query."),
    }
}

fn no_field(field: &str) -> String {
    format!("Field '{field}' does not exist or you do not have permission to view it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn what_a_sync_asks_is_read() {
        let by = |by| Order { by, descending: false };
        assert_eq!(
            Query::parse(
                "project = DEMO AND updated >= '2025-01-15 12:00' AND updated < '2025-01-15 12:05' \
                 ORDER BY updated ASC, key ASC"
            ),
            Ok(Query {
                project: Some("DEMO".to_owned()),
                updated_from: Some(at("2025-01-15T12:00:00Z")),
                updated_before: Some(at("2025-01-15T12:05:00Z")),
                order: vec![by(Column::Updated), by(Column::Key)],
            })
        );
        assert_eq!(
            Query::parse("updatedDate>=\"2025/01/15\"and project=\"demo\" order by key desc"),
            Ok(Query {
                project: Some("DEMO".to_owned()),
                updated_from: Some(at("2025-01-15T00:00:00Z")),
                updated_before: None,
                order: vec![Order { by: Column::Key, descending: true }],
            })
        );
        assert_eq!(Query::parse("  "), Ok(Query::default()));
    }

    #[test]
    fn anything_else_is_an_error_of_jira() {
        for (jql, error) in [
            ("project DEMO", "Error in the JQL Query: Expecting operator but got 'DEMO'."),
            ("project = 'DEMO", "Error in the JQL Query: The quoted string 'DEMO' has not been completed."),
            ("project =", "Error in the JQL Query: Expecting a value before the end of the query."),
            ("project = DEMO AND", "Error in the JQL Query: Expecting a field before the end of the query."),
            (
                "projectss = DEMO",
                "Field 'projectss' does not exist or you do not have permission to view it.",
            ),
            ("ORDER BY summary", "Field 'summary' does not exist or you do not have permission to view it."),
            ("ORDER updated", "Error in the JQL Query: Expecting 'by' but got 'updated'."),
            ("ORDER BY updated,", "Error in the JQL Query: Expecting a field before the end of the query."),
            (
                "project = DEMO OR project = TEST",
                "Error in the JQL Query: Expecting 'AND', 'ORDER BY' or the end of the query but got 'OR'.",
            ),
            ("project ~ DEMO", "This server knows no operator but '=' for the field 'project'."),
            (
                "updated > '2025-01-15'",
                "This server knows no operator but '>=' and '<' for the field 'updated'.",
            ),
            (
                "updated >= '2025-01-15T12:00:00Z'",
                "Date value '2025-01-15T12:00:00Z' for field 'updated' is invalid. Valid formats include: \
                 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', \
                 '4w 2d'.",
            ),
        ] {
            assert_eq!(Query::parse(jql), Err(error.to_owned()), "{jql}");
        }
    }

    #[test]
    fn no_text_is_too_odd() {
        let parts = [
            "project",
            "=",
            " ",
            "'",
            "\"",
            ",",
            "é",
            ">=",
            "ORDER",
            "BY",
            "AND",
            "\u{2028}",
            "2025-01-15",
            "💥",
        ];
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..20_000 {
            let jql: String = (0..random.usize(..9)).map(|_| parts[random.usize(..parts.len())]).collect();
            drop(Query::parse(&jql));
        }
    }
}
