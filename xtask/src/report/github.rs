//! For GitHub Actions: workflow commands that annotate lines, and the summary of the step.
//!
//! GitHub shows a few annotations of a step and drops the rest without a word, so both forms are capped
//! here and say so.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::{Counts, text};
use crate::finding::Finding;
use crate::rule::Severity;

/// More annotations than that are summed up in one.
pub(super) const ANNOTATIONS: usize = 50;
/// Rows of the table in the summary.
pub(super) const ROWS: usize = 100;

/// One annotation.
pub(super) fn write(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let place = &finding.place;
    let command = match finding.severity {
        Severity::Note => "notice",
        graver => graver.name(),
    };
    write!(out, "::{command} file={}", property(&place.path.to_string_lossy()))?;
    if let Some(excerpt) = &place.excerpt {
        write!(out, ",line={},col={}", excerpt.position.line, excerpt.position.column)?;
    }
    writeln!(out, ",title={}::{}", property(finding.rule.id()), data(&message(finding)))
}

/// What is told after the last annotation.
pub(super) fn write_end(out: &mut impl Write, counts: &Counts) -> io::Result<()> {
    match beyond(counts, ANNOTATIONS) {
        0 => Ok(()),
        more => writeln!(out, "::notice::{more} more findings are not annotated; the log has them all"),
    }
}

/// How many findings are left when so many are told.
pub(super) fn beyond(counts: &Counts, told: usize) -> u64 {
    counts.all().saturating_sub(u64::try_from(told).unwrap_or(u64::MAX))
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

/// Appends the report to the file that GitHub shows below the step; `first` are its first findings.
pub(super) fn append_summary(
    first: &[Finding],
    counts: &Counts,
    summary: &str,
    path: &Path,
) -> io::Result<()> {
    let mut out = OpenOptions::new().append(true).create(true).open(path)?;
    write_summary(&mut out, first, counts, summary)
}

fn write_summary(out: &mut impl Write, first: &[Finding], counts: &Counts, summary: &str) -> io::Result<()> {
    writeln!(out, "### {}\n", cell(&counts.last_line(summary)))?;
    if first.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | place | finding | what to do |\n|---|---|---|---|")?;
    for finding in first.iter().take(ROWS) {
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
    match beyond(counts, ROWS) {
        0 => Ok(()),
        more => writeln!(out, "\n{more} more findings are not listed here; the log has them all."),
    }
}

/// Text that stays in its table cell and is no markup.
pub(super) fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::{ANNOTATIONS, ROWS, write, write_end, write_summary};
    use crate::finding::Finding;
    use crate::report::Counts;
    use crate::rule::Rule;

    fn findings(count: usize) -> Vec<Finding> {
        let finding = Finding::of_file(Rule::WrongType, "a,b:c.json", "100% | wrong\nhere <b>")
            .at("{\n  1}", 4..5)
            .pointer("/a")
            .help("mend it");
        vec![finding; count]
    }

    fn written(print: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn annotations_are_escaped_and_point_at_the_line() {
        assert_eq!(
            written(|out| write(out, &findings(1)[0])),
            "::error file=a%2Cb%3Ac.json,line=2,col=3,title=wrong-type::/a: 100%25 | wrong%0Ahere <b>%0Ahelp: mend it\n"
        );
    }

    #[test]
    fn many_findings_are_capped_and_the_cap_is_told() {
        assert_eq!(
            written(|out| write_end(out, &Counts::of(&findings(ANNOTATIONS + 10)))),
            "::notice::10 more findings are not annotated; the log has them all\n"
        );
        assert_eq!(written(|out| write_end(out, &Counts::of(&findings(ANNOTATIONS)))), "");

        let many = findings(ROWS + 30);
        let summary = written(|out| write_summary(out, &many, &Counts::of(&many), "checked"));
        assert!(summary.starts_with("### checked: 130 errors, 0 warnings\n"));
        assert!(
            summary
                .contains("| error `wrong-type` | a,b:c.json:2 | /a: 100% \\| wrong here &lt;b> | mend it |")
        );
        assert!(summary.ends_with("\n30 more findings are not listed here; the log has them all.\n"));
    }
}
