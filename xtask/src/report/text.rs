//! For people: each finding with the line that is meant, and last lines that sum up and say how to go on.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use anstream::adapter::strip_str;
use anstyle::{AnsiColor, Style};

use super::{Counts, Ending, Verbosity, plural};
use crate::finding::Finding;
use crate::rule::{Rule, Severity};

pub(crate) const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::BrightGreen.on_default().bold();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// So many findings are shown with their lines; the others in one line each.
const SNIPPETS: usize = 30;
/// So many lines of a diff are shown.
const DETAIL: usize = 60;

/// One finding: the `at`th, from 0, of so many, if that is known.
pub(super) fn write(
    out: &mut impl Write,
    finding: &Finding,
    (at, all): (usize, Option<usize>),
    verbosity: Verbosity,
) -> io::Result<()> {
    let with_lines = match verbosity {
        Verbosity::Quiet => 0,
        Verbosity::Normal => SNIPPETS,
        Verbosity::Verbose => usize::MAX,
    };
    if at < with_lines {
        return snippet(out, finding, verbosity);
    }
    if at == with_lines && verbosity > Verbosity::Quiet {
        let rest = all.map(|all| format!("{} ", all - at)).unwrap_or_default();
        writeln!(out, "{rest}more, in one line each (`-v` shows all of them in full):")?;
    }
    line(out, finding)
}

/// The last lines.
pub(super) fn write_end(
    out: &mut impl Write,
    counts: &Counts,
    ending: Ending<'_>,
    verbosity: Verbosity,
) -> io::Result<()> {
    if let Some(rule) = most_frequent(counts).filter(|_| verbosity > Verbosity::Quiet) {
        writeln!(
            out,
            "Each `help` says what to do; `cargo xtask explain {}` tells more, and so for every name in brackets.",
            rule.id()
        )?;
    }
    for line in ending.conclusions {
        writeln!(out, "{line}")?;
    }
    for note in ending.notes.iter().filter(|_| verbosity == Verbosity::Verbose) {
        writeln!(out, "note: {note}")?;
    }
    writeln!(out, "{}", counts.last_line(ending.summary))
}

/// The rule that most findings are of: the one to explain first.
fn most_frequent(counts: &Counts) -> Option<Rule> {
    let of = |severity| {
        let found = counts.iter(severity).rev().filter(|(_, count)| *count > 0);
        found.max_by_key(|(_, count)| *count).map(|(rule, _)| rule)
    };
    Severity::ALL.iter().find_map(|severity| of(*severity))
}

pub(super) fn write_error(out: &mut impl Write, message: &str) {
    let _ = writeln!(out, "{ERROR}error{ERROR:#}: {message}");
}

/// What is wrong, with the pointer in front.
pub(super) fn title(finding: &Finding) -> String {
    match finding.place.pointer.as_deref() {
        None | Some("") => finding.message.clone(),
        Some(pointer) => format!("{pointer}: {}", finding.message),
    }
}

fn snippet(out: &mut impl Write, finding: &Finding, verbosity: Verbosity) -> io::Result<()> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let path = finding.place.shown();
    let mut elements: Vec<Element> = Vec::new();
    match &finding.place.excerpt {
        None => elements.push(Origin::path(path).into()),
        Some(excerpt) => {
            let position = excerpt.position;
            let snippet = Snippet::source(excerpt.text.as_str())
                .line_start(position.line)
                .annotation(AnnotationKind::Primary.span(excerpt.span.clone()));
            // Of a line that is cut, the renderer would count the columns from the cut.
            if excerpt.cut {
                elements.push(Origin::path(path).line(position.line).char_column(position.column).into());
                if !excerpt.text.is_empty() {
                    elements.push(snippet.into());
                }
            } else {
                elements.push(snippet.path(path).into());
            }
        }
    }
    let mut footer = finding.help.as_deref();
    if finding.detail.is_none()
        && let Some(help) = footer.take()
    {
        elements.push(Level::HELP.message(help).into());
    }
    let group = level.primary_title(title(finding)).id(finding.rule.id()).elements(elements);
    let rendered = Renderer::styled().render(&[group]);
    for line in rendered.lines() {
        // A source without a path is taken for one of a second file, which has this mark and no name.
        if strip_str(line).to_string().trim() != ":::" {
            writeln!(out, "{line}")?;
        }
    }
    if let Some(detail) = &finding.detail {
        let limit = if verbosity == Verbosity::Verbose { usize::MAX } else { DETAIL };
        write_detail(out, detail, limit)?;
    }
    if let Some(help) = footer {
        writeln!(out, "  = help: {help}")?;
    }
    if let Some(otherwise) = &finding.otherwise {
        write_detail(out, otherwise, usize::MAX)?;
    }
    writeln!(out)
}

fn write_detail(out: &mut impl Write, detail: &str, limit: usize) -> io::Result<()> {
    let lines = detail.lines().count();
    for line in detail.lines().take(limit) {
        match line.as_bytes().first() {
            Some(b'-') => writeln!(out, "    {REMOVED}{line}{REMOVED:#}")?,
            Some(b'+') => writeln!(out, "    {ADDED}{line}{ADDED:#}")?,
            _ => writeln!(out, "    {line}")?,
        }
    }
    if lines > limit {
        writeln!(out, "    … {} more (`-v` shows them)", plural(lines - limit, "line"))?;
    }
    Ok(())
}

fn line(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let place = &finding.place;
    write!(out, "{}", place.path.display())?;
    if let Some(excerpt) = &place.excerpt {
        write!(out, ":{}:{}", excerpt.position.line, excerpt.position.column)?;
    }
    if let Some(row) = &place.row {
        write!(out, " (row {row})")?;
    }
    let severity = finding.severity;
    let style = match severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
        Severity::Note => NOTE,
    };
    writeln!(out, ": {style}{}[{}]{style:#}: {}", severity.name(), finding.rule.id(), title(finding))
}
