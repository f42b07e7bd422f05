//! For people: a finding in a few lines, and a last line that sums up.

use std::io::{self, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use super::Report;
use crate::cli::CouldNotRun;
use crate::finding::{Finding, Severity};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// Prints the report; the exit code says whether it holds an error.
pub(crate) fn print(report: &Report) -> ExitCode {
    let errors = report.count(Severity::Error);
    // A reader that has gone away (`| head`) has seen enough; the exit code still counts.
    let _ = write(&mut anstream::stdout().lock(), report);
    if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

pub(crate) fn print_error(error: &CouldNotRun) {
    let _ = writeln!(anstream::stderr(), "{ERROR}error:{ERROR:#} {error}");
}

fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(out, finding)?;
    }
    let errors = report.count(Severity::Error);
    let warnings = report.count(Severity::Warning);
    match (errors, warnings) {
        (0, 0) => writeln!(out, "{}: no findings", report.summary),
        _ => {
            writeln!(out, "{}: {}, {}", report.summary, plural(errors, "error"), plural(warnings, "warning"))
        }
    }
}

fn write_finding(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let (style, severity) = match finding.rule.severity() {
        Severity::Error => (ERROR, "error"),
        Severity::Warning => (WARNING, "warning"),
    };
    write!(out, "{}", finding.place.path.display())?;
    if let Some(position) = finding.place.position {
        write!(out, ":{}:{}", position.line, position.column)?;
    }
    write!(out, ": {style}{severity}[{}]{style:#}: ", finding.rule.id())?;
    match finding.place.pointer.as_deref() {
        None | Some("") => {}
        Some(pointer) => write!(out, "{pointer}: ")?,
    }
    writeln!(out, "{}", finding.message)?;
    for line in finding.detail.iter().flat_map(|detail| detail.lines()) {
        match line.as_bytes().first() {
            Some(b'-') => writeln!(out, "    {REMOVED}{line}{REMOVED:#}")?,
            Some(b'+') => writeln!(out, "    {ADDED}{line}{ADDED:#}")?,
            _ => writeln!(out, "    {line}")?,
        }
    }
    if let Some(help) = &finding.help {
        writeln!(out, "  {HELP}help:{HELP:#} {help}")?;
    }
    Ok(())
}

/// `1 error`, `2 errors`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}
