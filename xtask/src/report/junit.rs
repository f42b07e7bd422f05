//! For CI servers: the XML that JUnit's reporters write, one test case a finding.
//!
//! There is no standard; these are the elements and attributes that Jenkins, GitLab and GitHub's actions read. An
//! error is a failure. A warning or a note is a case that passes and says something.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Counts, text};
use crate::finding::Finding;
use crate::rule::Severity;

/// More findings than that are one case: servers hold them all in memory.
pub(super) const CASES: usize = 10_000;

/// The whole report; `first` are its first findings.
pub(super) fn write(
    out: &mut impl Write,
    first: &[Finding],
    counts: &Counts,
    summary: &str,
) -> io::Result<()> {
    let failures = first.iter().filter(|finding| finding.severity == Severity::Error).count();
    let beyond = counts.all().saturating_sub(u64::try_from(first.len()).unwrap_or(u64::MAX));
    let more_fail = beyond > 0 && counts.exit() != std::process::ExitCode::SUCCESS;
    let failures = failures + usize::from(more_fail);
    let tests = (first.len() + usize::from(beyond > 0)).max(1);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"checkpoint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    let name = escaped(&counts.last_line(summary));
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    )?;
    first.iter().try_for_each(|finding| case(out, finding))?;
    if beyond > 0 {
        writeln!(out, "    <testcase classname=\"checkpoint\" name=\"{beyond} more findings\">")?;
        let message = "they are not listed here; `--format json` tells all";
        match more_fail {
            true => writeln!(out, "      <failure type=\"further-findings\" message=\"{message}\"/>")?,
            false => writeln!(out, "      <system-out>{message}</system-out>")?,
        }
        writeln!(out, "    </testcase>")?;
    }
    if first.is_empty() {
        writeln!(out, "    <testcase classname=\"checkpoint\" name=\"{}\"/>", escaped(summary))?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn case(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let place = &finding.place;
    let path = escaped(&place.path.to_string_lossy());
    let mut name = finding.rule.id().to_owned();
    if let Some(pointer) = place.pointer.as_deref().filter(|pointer| !pointer.is_empty()) {
        let _ = write!(name, " {pointer}");
    }
    if let Some(row) = &place.row {
        let _ = write!(name, " (row {row})");
    }
    write!(out, "    <testcase classname=\"{path}\" name=\"{}\" file=\"{path}\"", escaped(&name))?;
    let position = place.excerpt.as_ref().map(|excerpt| excerpt.position);
    if let Some(position) = position {
        write!(out, " line=\"{}\"", position.line)?;
    }
    let title = text::title(finding);
    let mut words = place.path.to_string_lossy().into_owned();
    if let Some(position) = position {
        let _ = write!(words, ":{}:{}", position.line, position.column);
    }
    let _ = write!(words, ": {title}");
    for more in [finding.help.as_ref().map(|help| format!("help: {help}")), finding.in_full()] {
        let _ = more.map(|more| write!(words, "\n{more}"));
    }
    let words = escaped(&words);
    match finding.severity {
        Severity::Error => writeln!(
            out,
            ">\n      <failure type=\"{}\" message=\"{}\">{words}</failure>\n    </testcase>",
            finding.rule.id(),
            escaped(&title)
        ),
        Severity::Warning | Severity::Note => {
            writeln!(out, ">\n      <system-out>{words}</system-out>\n    </testcase>")
        }
    }
}

/// Text that is no markup, in an attribute, too; characters that XML 1.0 does not have (2.2) are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, write};
    use crate::finding::Finding;
    use crate::report::Counts;
    use crate::rule::{Rule, Severity};

    fn xml(first: &[Finding], counts: &Counts) -> String {
        let mut out = Vec::new();
        write(&mut out, first, counts, "checked 2 documents").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_error_is_a_failure_a_warning_passes_and_nothing_is_markup() {
        let findings = [
            Finding::of_file(Rule::WrongType, "a&b.json", "<no> \"x\"\u{1}")
                .at("{}", 0..1)
                .pointer("/a")
                .help("do"),
            Finding::of_file(Rule::IgnoredKey, "b.json", "ignored"),
        ];
        let text = xml(&findings, &Counts::of(&findings));
        for part in [
            "<testsuites name=\"checkpoint\" tests=\"2\" failures=\"1\" errors=\"0\">",
            "<testcase classname=\"a&amp;b.json\" name=\"wrong-type /a\" file=\"a&amp;b.json\" line=\"1\">",
            "message=\"/a: &lt;no&gt; &quot;x&quot;\u{fffd}\"",
            "<system-out>b.json: ignored</system-out>",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn a_finding_that_the_policy_made_a_note_is_no_failure() {
        let mut note = Finding::of_file(Rule::WrongType, "a.json", "compatible");
        note.severity = Severity::Note;
        let findings = [note];
        let text = xml(&findings, &Counts::of(&findings));
        assert!(text.contains("failures=\"0\"") && !text.contains("<failure"), "{text}");
        assert!(text.contains("<system-out>a.json: compatible</system-out>"), "{text}");
    }

    #[test]
    fn without_findings_one_case_passes_and_beyond_the_first_ones_one_case_counts() {
        assert!(xml(&[], &Counts::default()).contains("tests=\"1\" failures=\"0\""));
        let all = vec![Finding::of_file(Rule::WrongType, "a", "b"); 5];
        let text = xml(&all[..2], &Counts::of(&all));
        assert!(
            text.contains("name=\"3 more findings\"") && text.contains("tests=\"3\" failures=\"3\""),
            "{text}"
        );
    }

    #[test]
    fn what_stands_in_an_attribute_keeps_its_lines() {
        assert_eq!(escaped("a\n\"b\"\t'c'"), "a&#10;&quot;b&quot;&#9;'c'");
    }
}
