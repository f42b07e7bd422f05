//! `check`: what CI runs.

use std::collections::BTreeSet;
use std::path::Path;

use checkpoint_schema::JobTable;
use checkpoint_schema::registry::Registry;

use crate::could_not_run::CouldNotRun;
use crate::drift::{self, Detail, Question, Sources};
use crate::finding::Finding;
use crate::report::Report;
use crate::rule::{Rule, Severity};
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
    let samples = samples::check(registry, dir);
    let drift = drift(registry, dir)?;
    let has_error = |report: &Report| report.findings.iter().any(|it| it.severity == Severity::Error);
    match samples {
        Ok(samples) => report.add(samples),
        // That there is no sample must not hide what is wrong.
        Err(nothing) if has_error(&report) || has_error(&drift) => {
            let finding = Finding::of_file(Rule::SampleNone, dir.join("samples"), nothing.to_string());
            report.findings.push(finding.help("save a stored document of each job as a sample"));
        }
        Err(nothing) => return Err(nothing),
    }
    report.add_drift(drift);
    Ok(report)
}

impl Report {
    /// With what a changed type breaks. That comes before the advice to lock the change: who follows it first would
    /// keep what is broken.
    pub(crate) fn add_drift(&mut self, drift: Report) {
        let broken: BTreeSet<&Path> = drift
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.place.path.as_path())
            .collect();
        let is_behind = |finding: &Finding| {
            finding.rule == Rule::LockBehind && broken.contains(finding.place.path.as_path())
        };
        let (behind, others) =
            std::mem::take(&mut self.findings).into_iter().partition::<Vec<_>, _>(is_behind);
        self.findings = others;
        self.add(drift);
        self.findings.extend(behind.into_iter().map(|finding| {
            finding.help(
                "mend the break above first, or give the layout a new version: `cargo xtask lock` refuses it",
            )
        }));
    }
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
