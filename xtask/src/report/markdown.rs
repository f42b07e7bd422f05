//! For a comment on a pull request: a table of what was found, and below it each finding with what shows it and
//! what mends it, folded up.

use std::io::{self, Write};

use super::github::{beyond, cell};
use super::{Counts, text};
use crate::finding::Finding;
use crate::rule::Severity;

/// A comment has at most 65,536 characters.
pub(super) const FINDINGS: usize = 40;

/// The whole report; `first` are its first findings.
pub(super) fn write(
    out: &mut impl Write,
    first: &[Finding],
    counts: &Counts,
    summary: &str,
) -> io::Result<()> {
    writeln!(out, "### {}\n", cell(&counts.last_line(summary)))?;
    if first.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | rule | place | finding |\n|---|---|---|---|")?;
    for finding in first.iter().take(FINDINGS) {
        writeln!(
            out,
            "| {} | `{}` | `{}` | {} |",
            sign(finding.severity),
            finding.rule.id(),
            cell(finding.place.pointer.as_deref().unwrap_or_default()),
            cell(&finding.message)
        )?;
    }
    for finding in first.iter().take(FINDINGS).filter(|it| it.severity != Severity::Note) {
        details(out, finding)?;
    }
    match beyond(counts, FINDINGS) {
        0 => Ok(()),
        more => writeln!(out, "\n{more} more are in the log."),
    }
}

fn details(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    writeln!(
        out,
        "\n<details><summary><code>{}</code> {}</summary>\n",
        finding.rule.id(),
        cell(&text::title(finding))
    )?;
    if let Some(help) = &finding.help {
        writeln!(out, "**To mend it:** {help}\n")?;
    }
    if let Some(detail) = finding.in_full() {
        // A fence that nothing inside can end.
        let longest = detail.split(|it| it != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        writeln!(out, "{fence}text\n{detail}\n{fence}\n")?;
    }
    writeln!(out, "`cargo xtask explain {}` tells more.\n</details>", finding.rule.id())
}

fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Note => "✅",
    }
}

#[cfg(test)]
mod tests {
    use super::{FINDINGS, write};
    use crate::finding::Finding;
    use crate::report::Counts;
    use crate::rule::Rule;

    #[test]
    fn beyond_the_first_ones_the_others_are_counted() {
        let findings = vec![Finding::of_file(Rule::RequiredFieldAdded, "a", "b"); FINDINGS + 2];
        // As many as are kept, and those that the summary of a workflow keeps besides.
        for first in [&findings[..FINDINGS], &findings[..]] {
            let mut out = Vec::new();
            write(&mut out, first, &Counts::of(&findings), "compared").unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text.matches("| ❌ |").count(), FINDINGS);
            assert!(text.ends_with("\n2 more are in the log.\n"), "{text}");
        }
    }

    #[test]
    fn a_finding_is_a_row_and_what_shows_it_is_folded_up() {
        let finding = Finding::of_file(Rule::RequiredFieldAdded, "lock/a.json", "none → a | b\nc")
            .pointer("/a")
            .help("mend it")
            .detail("{\"a\": \"```\"}");
        let findings = [finding];
        let mut out = Vec::new();
        write(&mut out, &findings, &Counts::of(&findings), "compared").unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "### compared: 1 error, 0 warnings\n\n| | rule | place | finding |\n|---|---|---|---|\n\
             | ❌ | `required-field-added` | `/a` | none → a \\| b c |\n\
             \n<details><summary><code>required-field-added</code> /a: none → a \\| b c</summary>\n\n\
             **To mend it:** mend it\n\n````text\n{\"a\": \"```\"}\n````\n\n\
             `cargo xtask explain required-field-added` tells more.\n</details>\n"
        );
    }
}
