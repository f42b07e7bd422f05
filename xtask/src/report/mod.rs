//! What a command found, and the ways to tell it: finding by finding, as they come.

mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod teller;
mod text;

use std::process::ExitCode;

use crate::finding::Finding;
use crate::rule::{Rule, Severity};

pub(crate) use teller::Teller;
#[cfg(feature = "postgres")]
pub(crate) use text::ERROR;

/// The answer of a command.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    /// What was done, for the last line: "checked 12 samples of 4 checkpoints".
    pub(crate) summary: String,
    /// What was not done, and why that is no finding; told where everything is.
    pub(crate) notes: Vec<String>,
    /// What must be read even where nothing else is: told last, in a line or two each.
    pub(crate) conclusions: Vec<String>,
}

/// What is told after the findings: the parts of a [`Report`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending<'a> {
    pub(crate) summary: &'a str,
    pub(crate) notes: &'a [String],
    pub(crate) conclusions: &'a [String],
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: with the lines that are meant, and what to do.
    Text,
    /// For programs: one finding a line, as `xtask/finding.schema.json` describes.
    Json,
    /// For GitHub Actions: annotations of the lines that are meant.
    Github,
    /// For a comment on a pull request: a table, and below it each finding with what shows it.
    Markdown,
    /// For CI servers that read the XML of JUnit: one test case a finding.
    Junit,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
}

/// How much to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// One line a finding.
    Quiet,
    Normal,
    /// Everything, however much it is.
    Verbose,
}

/// How many findings there are of each rule and severity.
#[derive(Clone, Debug)]
pub(crate) struct Counts([[u64; Severity::ALL.len()]; Rule::ALL.len()]);

impl Default for Counts {
    fn default() -> Self {
        Self([[0; Severity::ALL.len()]; Rule::ALL.len()])
    }
}

impl Counts {
    fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        findings.iter().for_each(|finding| counts.add(finding));
        counts
    }

    fn add(&mut self, finding: &Finding) {
        self.0[finding.rule as usize][finding.severity as usize] += 1;
    }

    /// How many findings of this severity each rule has.
    fn iter(&self, severity: Severity) -> impl DoubleEndedIterator<Item = (Rule, u64)> {
        Rule::ALL.iter().copied().zip(self.0.iter().map(move |counts| counts[severity as usize]))
    }

    pub(crate) fn of_severity(&self, severity: Severity) -> u64 {
        self.iter(severity).map(|(_, count)| count).sum()
    }

    pub(crate) fn all(&self) -> u64 {
        self.0.iter().flatten().sum()
    }

    /// The last line: what was done and what came of it.
    fn last_line(&self, summary: &str) -> String {
        match (self.of_severity(Severity::Error), self.of_severity(Severity::Warning)) {
            (0, 0) => format!("{summary}: no findings"),
            (errors, warnings) => {
                format!("{summary}: {}, {}", plural(errors, "error"), plural(warnings, "warning"))
            }
        }
    }

    /// What an error makes of a command.
    pub(crate) fn exit(&self) -> ExitCode {
        if self.of_severity(Severity::Error) == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
    }
}

/// Tells the report in the form that was asked for; the exit code says whether it holds an error.
///
/// In a GitHub workflow, the text is followed by its annotations and written to the step's summary, too.
pub(crate) fn tell(report: &Report, format: Format, verbosity: Verbosity) -> ExitCode {
    let mut teller = Teller::new(format, verbosity).of(report.findings.len());
    report.findings.iter().for_each(|finding| teller.tell(finding));
    let Report { summary, notes, conclusions, .. } = report;
    teller.end(Ending { summary, notes, conclusions }).exit()
}

/// The report for people without colours, and without a word of commands that not everybody has.
pub(crate) fn plain(report: &Report) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    let all = report.findings.len();
    for (at, finding) in report.findings.iter().enumerate() {
        // Memory takes all that is written to it.
        let _ = text::write(&mut out, finding, (at, Some(all)), Verbosity::Normal);
    }
    let last = Counts::of(&report.findings).last_line(&report.summary);
    String::from_utf8_lossy(&out.into_inner()).into_owned() + &last + "\n"
}

/// Tells why there is no report.
pub(crate) fn tell_error(message: &str) {
    text::write_error(&mut anstream::stderr(), message);
}

/// Tells what is odd, and no finding.
pub(crate) fn warn(message: &str) {
    use std::io::Write;
    let _ = writeln!(anstream::stderr(), "warning: {message}");
}

impl Report {
    /// With what another part of the same command found.
    pub(crate) fn add(&mut self, other: Report) {
        self.findings.extend(other.findings);
        self.notes.extend(other.notes);
        self.conclusions.extend(other.conclusions);
        match (self.summary.is_empty(), other.summary.is_empty()) {
            (_, true) => {}
            (true, false) => self.summary = other.summary,
            (false, false) => self.summary = format!("{}, {}", self.summary, other.summary),
        }
    }

    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn plural(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}
