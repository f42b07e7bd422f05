//! What a command found, and the ways to tell it.

mod github;
mod json;
mod markdown;
mod text;

use std::process::ExitCode;

use crate::finding::Finding;
use crate::rule::Severity;

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

/// Tells the report in the form that was asked for; the exit code says whether it holds an error.
///
/// In a GitHub workflow, the text is followed by its annotations and written to the step's summary, too.
pub(crate) fn tell(report: &Report, format: Format, verbosity: Verbosity) -> ExitCode {
    let mut out = anstream::stdout().lock();
    let in_workflow = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    // A reader that has gone away (`| head`) has seen enough; the exit code still counts.
    let _ = match format {
        Format::Text => text::write(&mut out, report, verbosity),
        Format::Json => json::write(&mut out, report),
        Format::Github => github::write(&mut out, report),
        Format::Markdown => markdown::write(&mut out, report),
    };
    if in_workflow {
        if format == Format::Text {
            let _ = github::write(&mut out, report);
        }
        if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY")
            && let Err(error) = github::append_summary(report, path.as_ref())
        {
            warn(&format!("the step summary could not be written: {error}"));
        }
    }
    if report.count(Severity::Error) == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// The report for people without colours, and without a word of commands that not everybody has.
pub(crate) fn plain(report: &Report) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    // Memory takes all that is written to it.
    let _ = text::write_findings(&mut out, report, Verbosity::Normal);
    String::from_utf8_lossy(&out.into_inner()).into_owned() + &report.last_line() + "\n"
}

/// Tells why there is no report.
pub(crate) fn tell_error(message: &str) {
    text::write_error(&mut anstream::stderr(), message);
}

fn warn(message: &str) {
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

    /// The last line: what was done and what came of it.
    pub(super) fn last_line(&self) -> String {
        match (self.count(Severity::Error), self.count(Severity::Warning)) {
            (0, 0) => format!("{}: no findings", self.summary),
            (errors, warnings) => {
                format!("{}: {}, {}", self.summary, plural(errors, "error"), plural(warnings, "warning"))
            }
        }
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}
