//! The types against their baselines: `diff`, and the part of `check` that is about drift.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use checkpoint_schema::registry::{Descriptor, Registry};
use checkpoint_schema::{JobTable, Stored};

use super::baseline::{self, Baseline, PassesOver};
use super::change::{self, Change};
use super::code::{Code, Tool};
use super::comparison::{Break, Comparison};
use super::evidence::{Evidence, Sources, sign};
use super::instances::{self, Varied};
use super::layout::Layout;
use super::policy::Policy;
use super::prepare::Form;
use super::tell::{Detail, Teller};
use crate::could_not_run::CouldNotRun;
use crate::finding::Finding;
use crate::pipeline::Signs;
use crate::report::{Report, plural};
use crate::rule::{Rule, Severity};
use crate::workspace::workspace_root;

/// What is compared with what.
pub(crate) struct Question<'a> {
    pub(crate) dir: &'a Path,
    /// `git:<ref>`, a file, a folder; without it, the locks.
    pub(crate) against: Option<&'a str>,
    /// Of these jobs, or of all.
    pub(crate) jobs: &'a [String],
    /// Stored documents.
    pub(crate) stored: Sources<'a>,
    /// Where rows are that a mend changes.
    pub(crate) table: JobTable,
    /// Build the code of the git revision in `against`, and have it judge.
    pub(crate) build: bool,
    pub(crate) detail: Detail,
}

/// Every registered type against what is known of its job.
pub(crate) fn compare(registry: &Registry, question: &Question<'_>) -> Result<Report, CouldNotRun> {
    let policy = Policy::read(question.dir)?;
    if let Some(unknown) = policy.jobs().find(|job| registry.find(job).is_none()) {
        return Err(CouldNotRun(format!(
            "{} names a job `{unknown}`, which no registered checkpoint has",
            policy.path.display()
        )));
    }
    let mut chosen = Vec::new();
    for job in question.jobs {
        chosen.push(registry.get(job).map_err(|unknown| CouldNotRun(unknown.to_string()))?.job());
    }
    let tool = match (question.build, question.against.and_then(|it| it.strip_prefix("git:"))) {
        (false, _) => None,
        (true, Some(source)) => {
            let reference = source.split(':').next().unwrap_or_default();
            let commit = baseline::commit(question.dir, reference)?;
            Some(Arc::new(Tool::build(&workspace_root()?, &commit)?))
        }
        (true, None) => {
            return Err(CouldNotRun(
                "`--build` builds a git revision: name it with `--against git:<ref>`".to_owned(),
            ));
        }
    };
    let passes_over = match question.detail {
        Detail::Faults => PassesOver::Malformed,
        Detail::All => PassesOver::Nothing,
    };
    let mut report = Report::default();
    let mut compared = Vec::new();
    let mut through_the_chain = Vec::new();
    for mut baseline in baseline::read(registry, question.dir, question.against, passes_over)? {
        if !chosen.is_empty() && !chosen.contains(&baseline.job.as_str()) {
            continue;
        }
        let Some(descriptor) =
            registry.iter().filter(|it| it.job() == baseline.job).max_by_key(|it| it.version())
        else {
            continue;
        };
        // The code of the revision is that of its last layout.
        if let (Some(tool), Some(last)) = (&tool, baseline.layouts.last_mut()) {
            last.code = Some(Code::Built { job: baseline.job.clone(), tool: Arc::clone(tool) });
        }
        if baseline.version == descriptor.version() {
            compared.extend(of_one_version(&policy, descriptor, &baseline));
        } else if baseline.version < descriptor.version() {
            // `check` takes the samples of older versions, which are stored: a step may refuse what is not.
            if question.detail == Detail::All {
                through_the_chain.push((descriptor, baseline));
            }
        } else {
            report.notes.push(format!(
                "{} is of version {}, and the newest type of {}",
                baseline.path.display(),
                baseline.version,
                descriptor.version()
            ));
        }
    }
    let mut signs = Signs::new();
    for one in compared.iter().filter(|_| !question.stored.are_none()) {
        signs.entry(one.new.job.clone()).or_default().extend(one.breaks().iter().filter_map(sign));
    }
    let evidence = Evidence::of(registry, &question.stored, signs)?;
    let mut teller = Teller::new(&policy, question.table.clone(), question.detail);
    let mut count = compared.len();
    for Compared { path, old, new, comparison, reused } in &compared {
        teller.tell(path, old, new, comparison, reused, evidence.as_ref());
    }
    for (descriptor, baseline) in through_the_chain {
        count += baseline.layouts.len();
        teller.findings.extend(in_the_chain(descriptor, &baseline));
    }
    if question.jobs.is_empty() && question.against.is_none() {
        teller.unused();
    }
    if question.detail == Detail::All && count == 0 {
        return Err(CouldNotRun(format!(
            "there is nothing to compare the types with: {} holds no lock of them. Run `cargo xtask lock` and commit \
             it, or name a baseline with `--against`",
            question.dir.join("lock").display()
        )));
    }
    let accepted = teller.accepted;
    report.findings = teller.findings;
    report.conclusions = teller.conclusions;
    report.summary = format!("compared {} with the types", plural(count, "kept layout"));
    if accepted > 0 {
        report.summary += &format!(", {accepted} accepted");
    }
    if let Some(evidence) = evidence {
        report.summary += &format!(", {}", evidence.summary());
        report.notes.extend(evidence.notes);
    }
    Ok(report)
}

/// Two files, each a lock or a schema; of a lock its last revision.
pub(crate) fn compare_files(
    dir: &Path,
    old: &Path,
    new: &Path,
    detail: Detail,
) -> Result<Report, CouldNotRun> {
    let policy = Policy::read(dir)?;
    let last = |path: &Path| -> Result<Layout, CouldNotRun> {
        let layout = baseline::read_file(path)?.pop();
        let layout = layout.ok_or_else(|| CouldNotRun(format!("{} holds no revision", path.display())))?;
        Ok(Layout { name: path.display().to_string(), ..layout })
    };
    let (before, after) = (last(old)?, last(new)?);
    if before.job != after.job && ![&before.job, &after.job].contains(&&baseline::UNSTATED.to_owned()) {
        crate::report::warn(&format!(
            "{} is of the job {} and {} of {}: no worker of one reads what one of the other stores",
            old.display(),
            before.job,
            new.display(),
            after.job
        ));
    }
    let mut teller = Teller::new(&policy, JobTable::default(), detail);
    let comparison = Comparison::of(&before, &after);
    teller.tell(old, &before, &after, &comparison, &[], None);
    Ok(Report {
        findings: teller.findings,
        conclusions: teller.conclusions,
        summary: format!("compared {} with {}", old.display(), new.display()),
        ..Report::default()
    })
}

/// A kept layout, and the type.
struct Compared {
    /// Where the old one stands.
    path: PathBuf,
    old: Layout,
    new: Layout,
    comparison: Comparison,
    /// Names that the type uses again.
    reused: Vec<Change>,
}

impl Compared {
    fn breaks(&self) -> Vec<Break<'_>> {
        let mut breaks = self.comparison.breaks();
        breaks.extend(self.reused.iter().map(Break::by_itself));
        breaks
    }
}

fn of_one_version(policy: &Policy, descriptor: &Descriptor, baseline: &Baseline) -> Vec<Compared> {
    let new = Layout::of_type(descriptor);
    // The last first: what it shows is told of it.
    let kept: Vec<&Layout> = baseline.layouts.iter().rev().collect();
    let kept = if policy.is_transitive() { &kept[..] } else { &kept[..kept.len().min(1)] };
    let one = |(number, old): (usize, &&Layout)| {
        let reused = match number {
            0 => change::reused(&baseline.layouts[..baseline.layouts.len().saturating_sub(1)], old, &new),
            _ => Vec::new(),
        };
        let comparison = Comparison::of(old, &new);
        Compared { path: baseline.path.clone(), old: (*old).clone(), new: new.clone(), comparison, reused }
    };
    kept.iter().enumerate().map(one).collect()
}

/// Documents of every kept layout of an older version, through the type's upgrade chain.
fn in_the_chain(descriptor: &Descriptor, baseline: &Baseline) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layout in &baseline.layouts {
        let written = layout.written(Form::Documents);
        let Ok(validator) = jsonschema::options().should_validate_formats(true).build(written) else {
            continue;
        };
        let refused = instances::of(written, written, "", Varied::Differences)
            .into_iter()
            .map(|instance| instance.value)
            .filter(|document| validator.is_valid(document))
            .find_map(|document| match descriptor.upgrade(Some(&document)) {
                Ok(Stored::Upgraded { .. }) => None,
                Ok(_) => Some((document, "it is taken for another version".to_owned())),
                Err(error) => Some((document, error.to_string())),
            });
        if let Some((document, why)) = refused {
            let message = format!(
                "a document of version {} of the job {}, such as {} may have stored, cannot be upgraded to version {}: {why}",
                baseline.version,
                baseline.job,
                layout.name,
                descriptor.version()
            );
            let mut finding = Finding::of_file(Rule::UpgradeFails, &baseline.path, message)
                .detail(document.to_string())
                .help(format!(
                    "have the steps of `{}`, `upgrade(from = …, with = …)`, take this document, too; whether one like it is \
                     stored, `cargo xtask migrate --dry-run` shows",
                    descriptor.type_name()
                ));
            finding.severity = Severity::Warning;
            findings.push(finding);
            break;
        }
    }
    findings
}
