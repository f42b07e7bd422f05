//! `lock`: a revision is appended where workers of all revisions can go on. What breaks them needs a version of its
//! own, or somebody who accepts it.

use std::collections::BTreeSet;
use std::path::Path;

use checkpoint_schema::JobTable;
use checkpoint_schema::registry::Registry;

use crate::could_not_run::CouldNotRun;
use crate::drift::{self, Detail, Question, Sources};
use crate::lock;
use crate::report::Report;
use crate::rule::Severity;

/// Appends a revision to the lock of every checkpoint that has changed, of these jobs or of all, and tells of those
/// that break what is locked.
pub(crate) fn run(registry: &Registry, dir: &Path, jobs: &[String]) -> Result<Report, CouldNotRun> {
    let question = Question {
        dir,
        against: None,
        jobs,
        stored: Sources::none(),
        table: JobTable::default(),
        build: false,
        detail: Detail::Faults,
    };
    let mut breaks = drift::compare(registry, &question)?;
    breaks.findings.retain(|finding| finding.severity == Severity::Error);
    let broken: BTreeSet<&str> =
        breaks.findings.iter().filter_map(|finding| Some(finding.drift.as_ref()?.job.as_str())).collect();
    let mut report = lock::append(registry, dir, jobs, &broken)?;
    if !broken.is_empty() {
        let jobs: Vec<&str> = broken.iter().copied().collect();
        breaks.conclusions.push(format!(
            "no revision of {} is locked: old and new workers of one version must read each other. Mend the break, \
             give the layout a new version, or accept the break in {}; then run `cargo xtask lock` again",
            jobs.join(", "),
            dir.join("checkpoint.toml").display()
        ));
    }
    report.findings.extend(breaks.findings);
    report.conclusions.extend(breaks.conclusions);
    Ok(report)
}
