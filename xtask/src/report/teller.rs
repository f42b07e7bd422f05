//! One report, told while it is made: however many findings there are, little of it is kept.

use std::io::{self, BufWriter, Write};

use super::{Counts, Ending, Format, Verbosity, github, json, junit, markdown, sarif, text, warn};
use crate::finding::Finding;

/// The report of one command.
pub(crate) struct Teller {
    out: BufWriter<Box<dyn Write>>,
    format: Format,
    verbosity: Verbosity,
    in_workflow: bool,
    /// How many findings there will be, if that is known.
    expected: Option<usize>,
    counts: Counts,
    /// The first findings, for what is written at the end.
    kept: Vec<Finding>,
    keep: usize,
    closed: bool,
}

impl Teller {
    /// A report on standard output.
    pub(crate) fn new(format: Format, verbosity: Verbosity) -> Self {
        let in_workflow = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let for_form = match format {
            Format::Junit => junit::CASES,
            Format::Sarif => sarif::RESULTS,
            Format::Markdown => markdown::FINDINGS,
            Format::Text | Format::Json | Format::Github => 0,
        };
        let for_workflow = if in_workflow { github::ROWS.max(github::ANNOTATIONS) } else { 0 };
        let keep = for_form.max(for_workflow);
        Self {
            out: BufWriter::new(Box::new(anstream::stdout().lock())),
            format,
            verbosity,
            in_workflow,
            expected: None,
            counts: Counts::default(),
            kept: Vec::new(),
            keep,
            closed: false,
        }
    }

    /// So many findings will be told.
    pub(crate) fn of(self, findings: usize) -> Self {
        Self { expected: Some(findings), ..self }
    }

    /// What has been told so far.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Has the reader gone away? A reader that has (`| head`) has seen enough; the exit code still counts.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// The next finding.
    pub(crate) fn tell(&mut self, finding: &Finding) {
        let at = usize::try_from(self.counts.all()).unwrap_or(usize::MAX);
        self.counts.add(finding);
        if self.kept.len() < self.keep {
            self.kept.push(finding.clone());
        }
        if self.closed {
            return;
        }
        let written = match self.format {
            Format::Text => text::write(&mut self.out, finding, (at, self.expected), self.verbosity),
            Format::Json => json::write(&mut self.out, finding),
            Format::Github if at < github::ANNOTATIONS => github::write(&mut self.out, finding),
            // They have a frame around them.
            Format::Github | Format::Markdown | Format::Junit | Format::Sarif => Ok(()),
        };
        self.closed |= written.is_err();
    }

    /// What was told can be seen from now on.
    pub(crate) fn flush(&mut self) {
        self.closed |= !self.closed && self.out.flush().is_err();
    }

    /// All was told.
    pub(crate) fn end(mut self, ending: Ending<'_>) -> Counts {
        if !self.closed {
            let _ = self.write_end(ending);
        }
        if self.in_workflow
            && let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY")
            && let Err(error) =
                github::append_summary(&self.kept, &self.counts, ending.summary, path.as_ref())
        {
            warn(&format!("the step summary could not be written: {error}"));
        }
        self.counts
    }

    fn write_end(&mut self, ending: Ending<'_>) -> io::Result<()> {
        let Self { out, kept, counts, .. } = self;
        let summary = ending.summary;
        match self.format {
            Format::Text => {
                text::write_end(out, counts, ending, self.verbosity)?;
                if self.in_workflow {
                    kept.iter()
                        .take(github::ANNOTATIONS)
                        .try_for_each(|finding| github::write(out, finding))?;
                    github::write_end(out, counts)?;
                }
            }
            Format::Json => {}
            Format::Github => github::write_end(out, counts)?,
            Format::Markdown => markdown::write(out, kept, counts, summary)?,
            Format::Junit => junit::write(out, kept, counts, summary)?,
            Format::Sarif => sarif::write(out, kept, counts, summary)?,
        }
        out.flush()
    }
}
