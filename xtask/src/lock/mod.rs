//! The locks: `schemas/lock/<job>-v<N>.json`, in which every revision of a checkpoint is kept as it was. A
//! revision is appended by `lock` and changed by nothing; `check` sees to it.

pub(crate) mod facts;
pub(crate) mod file;
mod history;
pub(crate) mod meaning;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use checkpoint_schema::registry::{Descriptor, Registry};

use crate::could_not_run::{CouldNotRun, cannot};
use crate::export::diff;
use crate::finding::Finding;
use crate::report::{Report, plural};
use crate::rule::Rule;
use file::{Lock, Revision, file_name};
use history::{Note, Published};

const MEND: &str = "run `cargo xtask lock`, and commit what it writes";

/// Appends a revision to the lock of every checkpoint that has changed; of these jobs, or of all, but for those
/// that `broken` names.
pub(crate) fn append(
    registry: &Registry,
    dir: &Path,
    jobs: &[String],
    broken: &BTreeSet<&str>,
) -> Result<Report, CouldNotRun> {
    let mut chosen = Vec::new();
    for job in jobs {
        let descriptor = registry.get(job).map_err(|unknown| CouldNotRun(unknown.to_string()))?;
        chosen.push(descriptor.job());
    }
    let folder = dir.join("lock");
    let history = history::of(dir, None)?;
    let mut report = Report::default();
    let mut written = Vec::new();
    let mut unchanged = Vec::new();
    let mut refused = Vec::new();
    for descriptor in registry.iter().filter(|d| jobs.is_empty() || chosen.contains(&d.job())) {
        let name = file_name(descriptor.job(), descriptor.version());
        let path = folder.join(&name);
        let mut revisions = match Lock::read(&path) {
            None => Vec::new(),
            Some(Ok(lock)) => lock.revisions,
            Some(Err(why)) => {
                report.findings.push(malformed(&path, &why));
                continue;
            }
        };
        if let Some(rewritten) = history.files.get(&name).and_then(|it| rewritten(&path, it, &revisions)) {
            report.findings.push(rewritten);
            continue;
        }
        let now = Revision::of(descriptor, revisions.len() + 1);
        let title = format!("{}-v{}", descriptor.job(), descriptor.version());
        if revisions.last().is_some_and(|last| last.means(&now)) {
            unchanged.push(title);
            continue;
        }
        if broken.contains(descriptor.job()) && !revisions.is_empty() {
            refused.push(title);
            continue;
        }
        written.push(format!("{title} revision {}", now.revision));
        revisions.push(now);
        fs::create_dir_all(&folder).map_err(|error| cannot("create", &folder, &error))?;
        file::write(&path, descriptor, &revisions)?;
    }
    let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    report.summary = format!("locked: {}; unchanged: {}", list(&written), list(&unchanged));
    if !refused.is_empty() {
        report.summary += &format!("; refused: {}", list(&refused));
    }
    Ok(report)
}

/// Has the checkpoint a lock? One that cannot be read is one.
pub(crate) fn exists(dir: &Path, descriptor: &Descriptor) -> bool {
    Lock::read(&dir.join("lock").join(file_name(descriptor.job(), descriptor.version()))).is_some()
}

/// The read contract of the last revision of a lock, as schemars made it; `None` if there is no lock.
pub(crate) fn last_read_contract(
    dir: &Path,
    job: &str,
    version: u32,
) -> Result<Option<serde_json::Value>, CouldNotRun> {
    let path = dir.join("lock").join(file_name(job, version));
    match Lock::read(&path) {
        None => Ok(None),
        Some(Ok(lock)) => Ok(lock.revisions.last().map(Revision::read_contract)),
        Some(Err(why)) => Err(CouldNotRun(format!("{} is no lock: {why}", path.display()))),
    }
}

/// The locks against the types, and against what git has of them, `baseline` included.
pub(crate) fn check(registry: &Registry, dir: &Path, baseline: Option<&str>) -> Result<Report, CouldNotRun> {
    let folder = dir.join("lock");
    let history = history::of(dir, baseline)?;
    let mut report = Report::default();
    let stored = files(&folder)?;
    let expected = registry.iter().map(|d| file_name(d.job(), d.version()));
    let names: BTreeSet<String> =
        stored.iter().cloned().chain(history.files.keys().cloned()).chain(expected).collect();
    for name in names {
        report.findings.extend(of_file(registry, &folder.join(&name), &name, history.files.get(&name)));
    }
    report.summary = format!("compared {}", plural(stored.len(), "lock"));
    match history.note {
        Some(Note::None(why)) => {
            report.notes.push(format!("the locks have no history to compare with: {why}"))
        }
        Some(Note::Unreadable(why)) => report.summary.push_str(&format!(" (not with their history: {why})")),
        None => {}
    }
    Ok(report)
}

fn of_file(registry: &Registry, path: &Path, name: &str, published: Option<&Published>) -> Option<Finding> {
    let stored = match Lock::read(path) {
        Some(Err(why)) => return Some(malformed(path, &why)),
        Some(Ok(lock)) => Some(lock),
        None => None,
    };
    let revisions = stored.as_ref().map_or(&[][..], |lock| &lock.revisions);
    if let Some(finding) = published.and_then(|published| rewritten(path, published, revisions)) {
        return Some(finding);
    }
    let descriptor = registry.iter().find(|d| file_name(d.job(), d.version()) == name);
    match (descriptor, &stored) {
        (Some(descriptor), None) => Some(missing(path, descriptor)),
        (Some(descriptor), Some(lock)) => behind(path, descriptor, lock),
        (None, Some(lock)) => orphan(path, registry, lock),
        (None, None) => None,
    }
}

fn missing(path: &Path, descriptor: &Descriptor) -> Finding {
    let message = format!("`{}` has no lock: its next change cannot be compared", descriptor.type_name());
    Finding::of_file(Rule::LockMissing, path, message).help(MEND)
}

fn behind(path: &Path, descriptor: &Descriptor, lock: &Lock) -> Option<Finding> {
    let last = lock.revisions.last()?;
    let now = Revision::of(descriptor, last.revision + 1);
    if last.means(&now) {
        return None;
    }
    let message =
        format!("`{}` has changed since its last revision, number {}", descriptor.type_name(), last.revision);
    let detail = diff(("locked", &last.text_of_meaning()), ("the type", &now.text_of_meaning()));
    Some(Finding::of_file(Rule::LockBehind, path, message).detail(detail).help(MEND))
}

/// A lock of an older version stays, for as long as its job is known: documents of it may be stored.
fn orphan(path: &Path, registry: &Registry, lock: &Lock) -> Option<Finding> {
    if registry.find(&lock.job).is_some_and(|newest| newest.version() > lock.version) {
        return None;
    }
    let message = format!("no registered checkpoint is version {} of the job {}", lock.version, lock.job);
    let help = "list its type in the registry; the lock itself stays, as the record of what may be stored";
    Some(Finding::of_file(Rule::LockOrphan, path, message).help(help))
}

fn malformed(path: &Path, why: &str) -> Finding {
    Finding::of_file(Rule::LockMalformed, path, format!("this is no lock: {why}")).help(format!(
        "take back the change of the file: `git checkout HEAD -- {path}`; if a merge left both sides in it, keep theirs (`git checkout --theirs -- {path}`) and run `cargo xtask lock`",
        path = path.display()
    ))
}

/// Is a published revision not in the file any more, or another?
fn rewritten(path: &Path, published: &Published, revisions: &[Revision]) -> Option<Finding> {
    let short = |commit: &str| commit.chars().take(12).collect::<String>();
    let (message, detail) = published.revisions.iter().enumerate().find_map(|(index, (known, commit))| {
        match revisions.get(index) {
            Some(revision) if revision == known => None,
            Some(revision) => Some((
                format!("revision {} is not the one that commit {} added", index + 1, short(commit)),
                Some(diff(("published", &known.text()), ("stored", &revision.text()))),
            )),
            None if index < published.due => {
                Some((format!("revision {}, which commit {} added, is gone", index + 1, short(commit)), None))
            }
            // Of the baseline, and still to come here.
            None => None,
        }
    })?;
    let last = published.revisions.last().map(|(_, commit)| short(commit)).unwrap_or_default();
    let help = format!(
        "bring back what was published: `git checkout {last} -- {}`; then `cargo xtask lock` appends the type as it is now",
        path.display()
    );
    let finding = Finding::of_file(Rule::LockRewritten, path, message).help(help);
    Some(match detail {
        Some(detail) => finding.detail(detail),
        None => finding,
    })
}

/// The names of the lock files in the folder, hidden and other files aside.
fn files(folder: &Path) -> Result<BTreeSet<String>, CouldNotRun> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(cannot("read", folder, &error)),
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let path: PathBuf = entry.map_err(|error| cannot("read", folder, &error))?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if name.ends_with(".json") && !name.starts_with('.') {
            names.insert(name.to_owned());
        }
    }
    Ok(names)
}
