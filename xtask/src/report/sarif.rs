//! For code scanning: SARIF 2.1.0, the OASIS standard.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::{Counts, text};
use crate::finding::Finding;
use crate::rule::Rule;

/// More results than that are counted: GitHub takes 25,000 of a run, and refuses larger files.
pub(super) const RESULTS: usize = 10_000;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole report; `first` are its first findings.
pub(super) fn write(
    out: &mut impl Write,
    first: &[Finding],
    counts: &Counts,
    summary: &str,
) -> io::Result<()> {
    let rules: Vec<Value> = Rule::ALL.iter().map(|rule| described(*rule)).collect();
    let driver = json!({"name": "checkpoint", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
    let mut notifications = vec![notification("note", &counts.last_line(summary))];
    let beyond = counts.all().saturating_sub(u64::try_from(first.len()).unwrap_or(u64::MAX));
    if beyond > 0 {
        let words = format!("{beyond} more findings are not listed here; `--format json` tells all");
        notifications.push(notification("warning", &words));
    }
    let invocation = json!({"executionSuccessful": true, "toolExecutionNotifications": notifications});
    writeln!(out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{")?;
    writeln!(out, "\"tool\":{{\"driver\":{driver}}},\"columnKind\":\"unicodeCodePoints\",")?;
    writeln!(out, "\"invocations\":[{invocation}],\"results\":[")?;
    for (at, finding) in first.iter().enumerate() {
        writeln!(out, "{}{}", result(finding), if at + 1 < first.len() { "," } else { "" })?;
    }
    writeln!(out, "]}}]}}")
}

fn described(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "shortDescription": {"text": rule.title()},
        "help": {"text": rule.page(), "markdown": rule.page()},
        "defaultConfiguration": {"level": rule.severity().name()},
    })
}

fn notification(level: &str, words: &str) -> Value {
    json!({"level": level, "message": {"text": words}})
}

fn result(finding: &Finding) -> Value {
    let place = &finding.place;
    let mut physical = json!({"artifactLocation": {"uri": uri(place.file())}});
    if let Some(excerpt) = &place.excerpt {
        let position = excerpt.position;
        physical["region"] = json!({"startLine": position.line, "startColumn": position.column});
    }
    let mut location = json!({"physicalLocation": physical});
    let row = place
        .row
        .as_ref()
        .map(|row| json!({"name": row, "kind": "row", "fullyQualifiedName": place.shown()}));
    let member =
        place.pointer.as_ref().map(|pointer| json!({"fullyQualifiedName": pointer, "kind": "member"}));
    let logical: Vec<Value> = row.into_iter().chain(member).collect();
    if !logical.is_empty() {
        location["logicalLocations"] = logical.into();
    }
    let mut words = text::title(finding);
    for more in [finding.help.clone(), finding.in_full()].into_iter().flatten() {
        words += "\n";
        words += &more;
    }
    let index = Rule::ALL.iter().position(|rule| *rule == finding.rule);
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": index,
        "level": finding.severity.name(),
        "message": {"text": words},
        "locations": [location],
    })
}

/// The path as a reference (RFC 3986): relative where the path is.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut uri = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    // The first part of a relative reference has no colon (4.2).
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            other => uri += &format!("%{other:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{result, uri, write};
    use crate::finding::Finding;
    use crate::report::Counts;
    use crate::rule::{Rule, Severity};
    use serde_json::Value;
    use std::path::Path;

    #[test]
    fn the_level_is_that_of_the_finding_and_not_of_its_rule() {
        for (severity, level) in
            [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        {
            let mut finding = Finding::of_file(Rule::WrongType, "a", "b");
            finding.severity = severity;
            assert_eq!(result(&finding)["level"], level);
            let mut out = Vec::new();
            let counts = Counts::of(std::slice::from_ref(&finding));
            write(&mut out, &[finding], &counts, "compared").unwrap();
            let told: Value = serde_json::from_slice(&out).unwrap();
            assert_eq!(told["runs"][0]["results"][0]["level"], level);
        }
    }

    #[test]
    fn a_path_is_a_reference() {
        assert_eq!(uri(Path::new("a b/c:d%é.json")), "a%20b/c%3Ad%25%C3%A9.json");
        assert_eq!(uri(Path::new("/x")), "file:///x");
    }
}
