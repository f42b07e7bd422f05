//! `check`: what CI runs.

use std::path::Path;

use checkpoint_schema::JobTable;
use checkpoint_schema::registry::Registry;

use crate::could_not_run::CouldNotRun;
use crate::drift::{self, Detail, Question, Sources};
use crate::report::Report;
use crate::scan::Scope;
use crate::{export, guards, lock, samples, scan};

/// The exported files and the locks against the types, what the types and the sources themselves show, then
/// the samples against the types.
pub(crate) fn run(
    registry: &Registry,
    dir: &Path,
    baseline: Option<&str>,
    scope: Option<Scope<'_>>,
) -> Result<Report, CouldNotRun> {
    let mut report = without_samples(registry, dir, baseline, scope)?;
    report.add(samples::check(registry, dir)?);
    report.add(drift(registry, dir)?);
    Ok(report)
}

/// The same, and samples only where there are any.
pub(crate) fn without_samples(
    registry: &Registry,
    dir: &Path,
    baseline: Option<&str>,
    scope: Option<Scope<'_>>,
) -> Result<Report, CouldNotRun> {
    let mut report = export::check(registry, dir, export::Form::Finished)?;
    report.findings.extend(guards::check(registry, dir));
    if let Some(scope) = scope {
        report.add(scan::check(registry, scope)?);
    }
    report.add(lock::check(registry, dir, baseline)?);
    Ok(report)
}

/// The types against every kept layout. It comes last: what it finds must not be overlooked.
pub(crate) fn drift(registry: &Registry, dir: &Path) -> Result<Report, CouldNotRun> {
    let question = Question {
        dir,
        against: None,
        jobs: &[],
        stored: Sources::none(),
        table: JobTable::default(),
        build: false,
        detail: Detail::Faults,
    };
    let report = drift::compare(registry, &question)?;
    // That the locks are compared with the types was said.
    Ok(Report { summary: String::new(), ..report })
}
