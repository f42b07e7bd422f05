//! For GitHub Actions: workflow commands that annotate lines, and the summary of the step.
//!
//! GitHub shows a few annotations of a step and drops the rest without a word, so both forms are capped
//! here and say so.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::{Report, text};
use crate::finding::Finding;
use crate::rule::Severity;

/// More annotations than that are summed up in one.
const ANNOTATIONS: usize = 50;
/// Rows of the table in the summary.
const ROWS: usize = 100;

pub(super) fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for finding in report.findings.iter().take(ANNOTATIONS) {
        let place = &finding.place;
        let command = match finding.severity {
            Severity::Note => "notice",
            graver => graver.name(),
        };
        write!(out, "::{command} file={}", property(&place.path.to_string_lossy()))?;
        if let Some(excerpt) = &place.excerpt {
            write!(out, ",line={},col={}", excerpt.position.line, excerpt.position.column)?;
        }
        writeln!(out, ",title={}::{}", property(finding.rule.id()), data(&message(finding)))?;
    }
    if report.findings.len() > ANNOTATIONS {
        let more = report.findings.len() - ANNOTATIONS;
        writeln!(out, "::notice::{more} more findings are not annotated; the log has them all")?;
    }
    Ok(())
}

fn message(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", text::title(finding)),
        None => text::title(finding),
    }
}

/// The value of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Appends the report to the file that GitHub shows below the step.
pub(super) fn append_summary(report: &Report, path: &Path) -> io::Result<()> {
    let mut out = OpenOptions::new().append(true).create(true).open(path)?;
    write_summary(&mut out, report)
}

fn write_summary(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "### {}\n", cell(&report.last_line()))?;
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | place | finding | what to do |\n|---|---|---|---|")?;
    for finding in report.findings.iter().take(ROWS) {
        let place = &finding.place;
        let position = place.excerpt.as_ref().map(|excerpt| format!(":{}", excerpt.position.line));
        writeln!(
            out,
            "| {} `{}` | {}{} | {} | {} |",
            finding.severity.name(),
            finding.rule.id(),
            cell(&place.path.to_string_lossy()),
            position.unwrap_or_default(),
            cell(&text::title(finding)),
            cell(finding.help.as_deref().unwrap_or_default()),
        )?;
    }
    if report.findings.len() > ROWS {
        writeln!(
            out,
            "\n{} more findings are not listed here; the log has them all.",
            report.findings.len() - ROWS
        )?;
    }
    Ok(())
}

/// Text that stays in its table cell and is no markup.
pub(super) fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::{write, write_summary};
    use crate::finding::Finding;
    use crate::report::Report;
    use crate::rule::Rule;

    fn report(count: usize) -> Report {
        let finding = Finding::of_file(Rule::WrongType, "a,b:c.json", "100% | wrong\nhere <b>")
            .at("{\n  1}", 4..5)
            .pointer("/a")
            .help("mend it");
        Report { findings: vec![finding; count], summary: "checked".to_owned(), ..Report::default() }
    }

    fn written(print: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn annotations_are_escaped_and_point_at_the_line() {
        assert_eq!(
            written(|out| write(out, &report(1))),
            "::error file=a%2Cb%3Ac.json,line=2,col=3,title=wrong-type::/a: 100%25 | wrong%0Ahere <b>%0Ahelp: mend it\n"
        );
    }

    #[test]
    fn many_findings_are_capped_and_the_cap_is_told() {
        let annotations = written(|out| write(out, &report(60)));
        assert_eq!(annotations.lines().count(), 51);
        assert!(
            annotations.ends_with("::notice::10 more findings are not annotated; the log has them all\n")
        );

        let summary = written(|out| write_summary(out, &report(130)));
        assert!(summary.starts_with("### checked: 130 errors, 0 warnings\n"));
        assert!(
            summary
                .contains("| error `wrong-type` | a,b:c.json:2 | /a: 100% \\| wrong here &lt;b> | mend it |")
        );
        assert!(summary.ends_with("\n30 more findings are not listed here; the log has them all.\n"));
    }
}
