//! `check`: what CI runs.

use std::path::Path;

use checkpoint_schema::registry::Registry;

use crate::cli::CouldNotRun;
use crate::report::Report;
use crate::{export, guards, samples};

/// The exported files against the types, what the types themselves show, then the samples against both.
pub(crate) fn run(registry: &Registry, dir: &Path) -> Result<Report, CouldNotRun> {
    let mut report = export::check(registry, dir, export::Form::Finished)?;
    report.findings.extend(guards::check(registry, dir));
    let samples = samples::check(registry, dir)?;
    report.findings.extend(samples.findings);
    report.summary = format!("{}, {}", report.summary, samples.summary);
    Ok(report)
}
