//! For a comment on a pull request: a table of what was found, and below it each finding with what shows it and
//! what mends it, folded up.

use std::io::{self, Write};

use super::github::cell;
use super::{Report, text};
use crate::finding::Finding;
use crate::rule::Severity;

/// A comment has at most 65,536 characters.
const FINDINGS: usize = 40;

pub(super) fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "### {}\n", cell(&report.last_line()))?;
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | rule | place | finding |\n|---|---|---|---|")?;
    for finding in report.findings.iter().take(FINDINGS) {
        writeln!(
            out,
            "| {} | `{}` | `{}` | {} |",
            sign(finding.severity),
            finding.rule.id(),
            cell(finding.place.pointer.as_deref().unwrap_or_default()),
            cell(&finding.message)
        )?;
    }
    for finding in report.findings.iter().take(FINDINGS).filter(|it| it.severity != Severity::Note) {
        details(out, finding)?;
    }
    if report.findings.len() > FINDINGS {
        writeln!(out, "\n{} more are in the log.", report.findings.len() - FINDINGS)?;
    }
    Ok(())
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
    if let Some(detail) = &finding.detail {
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
    use super::write;
    use crate::finding::Finding;
    use crate::report::Report;
    use crate::rule::Rule;

    #[test]
    fn a_finding_is_a_row_and_what_shows_it_is_folded_up() {
        let finding = Finding::of_file(Rule::RequiredFieldAdded, "lock/a.json", "none → a | b\nc")
            .pointer("/a")
            .help("mend it")
            .detail("{\"a\": \"```\"}");
        let report = Report { findings: vec![finding], summary: "compared".to_owned(), ..Report::default() };
        let mut out = Vec::new();
        write(&mut out, &report).unwrap();
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
