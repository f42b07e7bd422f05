//! What a sample must give: nothing worse than a warning if it is valid, and what its `.expect` file lists
//! if there is one.

use std::fs;
use std::path::Path;

use super::Claim;
use crate::finding::Finding;
use crate::rule::{Rule, Severity};

/// The findings to report for a sample that gave `found`.
pub(super) fn compare(claim: Claim, path: &Path, found: Vec<Finding>) -> Vec<Finding> {
    let expect_path = path.with_extension("expect");
    let expected = match fs::read_to_string(&expect_path) {
        Ok(text) => Some(lines(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return vec![Finding::of_file(Rule::FileUnreadable, expect_path, error.to_string())],
    };
    let shown = shown(&found);
    let refused = found.iter().any(|finding| finding.severity == Severity::Error);
    match (claim, expected) {
        (Claim::Valid, None) => found,
        // Beside a valid sample, the file says which warnings are known.
        (Claim::Valid, Some(expected)) if expected == shown && !refused => Vec::new(),
        (Claim::Valid, Some(_)) if refused => found,
        (Claim::Invalid, _) if !refused => vec![
            Finding::of_file(
                Rule::SampleUnexpected,
                path,
                "this sample is said to be invalid, and nothing refuses it",
            )
            .help("move it to `valid`, or make the type refuse it"),
        ],
        (Claim::Invalid, Some(expected)) if expected == shown => Vec::new(),
        (_, Some(expected)) => vec![differs(path, &expected, &shown)],
        (Claim::Invalid, None) => vec![
            Finding::of_file(
                Rule::SampleUnexpected,
                path,
                "nothing says which findings this invalid sample must give",
            )
            .detail(shown.join("\n"))
            .help(format!("if these are the right ones, write them to {}", expect_path.display())),
        ],
    }
}

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<_> =
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    lines.sort();
    lines
}

/// `rule pointer`, as `.expect` files have it; sorted.
fn shown(found: &[Finding]) -> Vec<String> {
    let mut shown: Vec<_> = found
        .iter()
        .map(|finding| {
            let pointer = finding.place.pointer.as_deref().unwrap_or_default();
            format!("{} {pointer}", finding.rule.id()).trim_end().to_owned()
        })
        .collect();
    shown.sort();
    shown
}

fn differs(path: &Path, expected: &[String], shown: &[String]) -> Finding {
    let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let (expected, shown) = (text(expected), text(shown));
    let diff = similar::TextDiff::from_lines(&expected, &shown)
        .unified_diff()
        .header("expected", "found")
        .to_string();
    Finding::of_file(Rule::SampleUnexpected, path, "this sample gives other findings than it must")
        .detail(diff)
        .help(format!("mend the sample, or {}", path.with_extension("expect").display()))
}
