//! The committed samples: `samples/<job>-v<N>/{valid,invalid}/*.json`, found, judged and held against what
//! they are said to be.

mod expect;
mod stored;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use checkpoint_schema::registry::{Descriptor, Registry};
use checkpoint_schema::stored::Upgrade;

use crate::could_not_run::{CouldNotRun, cannot};
use crate::finding::Finding;
use crate::judge::{Judge, Values, upgrade};
use crate::report::Report;
use crate::report::plural;
use crate::rule::{Rule, Severity};

pub(crate) use stored::{How, SamplesArgs, check_stored};
#[cfg(feature = "postgres")]
pub(crate) use stored::{Told, unknown};

/// A larger file is refused unread: samples are committed, and PostgreSQL itself stores no `jsonb` of more
/// than 255 MiB.
const MAX_BYTES: u64 = 64 << 20;

const LAYOUT: &str =
    "samples stand in `samples/<job>-v<N>/valid/` or `samples/<job>-v<N>/invalid/`, as `<name>.json`";

/// What the folder of a sample says about it.
#[derive(Clone, Copy, PartialEq)]
enum Claim {
    Valid,
    Invalid,
}

/// Those who judge the samples of one folder.
struct Judges {
    /// The version that the folder names.
    version: u32,
    /// By the type of this version; none if only documents of it are left.
    own: Option<Judge>,
    /// By the newest type of the job, if that is another.
    newest: Option<Judge>,
}

impl Judges {
    /// `None` if no type of the registry has the job, or none this version or a newer one.
    fn of(registry: &Registry, folder: &str) -> Result<Option<Self>, CouldNotRun> {
        let Some((job, version)) = parse_folder(folder) else { return Ok(None) };
        let own = registry.find_version(job, version);
        let newest = registry.find(job).filter(|newest| newest.version() > version && version > 0);
        if own.is_none() && newest.is_none() {
            return Ok(None);
        }
        let judge = |descriptor: &Descriptor| Judge::new(*descriptor);
        Ok(Some(Self { version, own: own.map(judge).transpose()?, newest: newest.map(judge).transpose()? }))
    }

    fn job(&self) -> Option<&'static str> {
        self.own.as_ref().or(self.newest.as_ref()).and_then(Judge::descriptor).map(Descriptor::job)
    }

    /// `None` if nobody is left who could refuse an invalid sample.
    fn judge(&self, claim: Claim, path: &Path) -> Option<Vec<Finding>> {
        if claim == Claim::Invalid && self.own.is_none() {
            return None;
        }
        let text = match read(path) {
            Ok(text) => text,
            Err(finding) => return Some(expect::compare(claim, path, vec![*finding])),
        };
        let mut findings = match &self.own {
            Some(own) => expect::compare(claim, path, own.judge(path, &text, Values::Shown)),
            None => Vec::new(),
        };
        // What its own type refuses is told once.
        let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        if let (Some(newest), Claim::Valid, false) = (&self.newest, claim, refused) {
            findings.extend(upgrade::judge(newest, self.version, path, &text, Values::Shown));
        }
        Some(findings)
    }
}

/// Checks every sample below `schemas`; there must be one.
pub(crate) fn check(registry: &Registry, schemas: &Path) -> Result<Report, CouldNotRun> {
    let root = schemas.join("samples");
    if !root.is_dir() {
        return Err(CouldNotRun(format!("there is no folder {}: {LAYOUT}", root.display())));
    }
    check_folders(registry, &root)?
        .ok_or_else(|| CouldNotRun(format!("no sample was found below {}: {LAYOUT}", root.display())))
}

/// The same where there are samples, and nothing where there are none.
pub(crate) fn check_if_any(registry: &Registry, schemas: &Path) -> Result<Report, CouldNotRun> {
    let root = schemas.join("samples");
    let report = if root.is_dir() { check_folders(registry, &root)? } else { None };
    Ok(report.unwrap_or_default())
}

/// `None` if there is nothing to check.
fn check_folders(registry: &Registry, root: &Path) -> Result<Option<Report>, CouldNotRun> {
    let mut report = Report::default();
    let mut checked = 0;
    let mut sampled = Vec::new();
    for path in entries(root)? {
        if !path.is_dir() {
            report.findings.push(misplaced(&path));
            continue;
        }
        let Some(judges) = Judges::of(registry, &name_of(&path))? else {
            report.findings.push(unknown_job(registry, &path));
            continue;
        };
        let count = check_folder(&judges, &path, &mut report)?;
        checked += count;
        if count > 0 {
            sampled.extend(judges.job().map(|job| (job, judges.version)));
        }
    }
    if checked == 0 && report.findings.is_empty() {
        return Ok(None);
    }
    for descriptor in registry {
        let job = descriptor.job();
        if !sampled.contains(&(job, descriptor.version())) {
            report.findings.push(no_sample(job, descriptor.version(), "this checkpoint has no sample", root));
        }
        // Older versions whose types are gone. That of the newest one knows them all.
        let newest = registry.find(job).map_or(0, Descriptor::version);
        for from in descriptor.upgrades().iter().map(Upgrade::from).filter(|_| descriptor.version() == newest)
        {
            if !sampled.contains(&(job, from)) && registry.find_version(job, from).is_none() {
                let message = format!("nothing shows that documents of version {from} survive their upgrade");
                report.findings.push(no_sample(job, from, &message, root));
            }
        }
    }
    report.summary = format!("checked {}", plural(checked, "sample"));
    Ok(Some(report))
}

/// The samples of one checkpoint. Returns how many were looked at.
fn check_folder(judges: &Judges, dir: &Path, report: &mut Report) -> Result<usize, CouldNotRun> {
    let (mut checked, mut passed_over) = (0, 0);
    let findings = &mut report.findings;
    for path in entries(dir)? {
        let claim = match name_of(&path).as_str() {
            "valid" => Claim::Valid,
            "invalid" => Claim::Invalid,
            _ => {
                findings.push(misplaced(&path));
                continue;
            }
        };
        if !path.is_dir() {
            findings.push(misplaced(&path));
            continue;
        }
        for sample in entries(&path)? {
            match sample.extension().and_then(OsStr::to_str) {
                Some("json") => match judges.judge(claim, &sample) {
                    Some(found) => {
                        checked += 1;
                        findings.extend(found);
                    }
                    None => passed_over += 1,
                },
                Some("expect") if sample.with_extension("json").exists() => {}
                _ => findings.push(misplaced(&sample)),
            }
        }
    }
    if passed_over > 0 {
        report.notes.push(format!(
            "{} in {} passed over: no registered type is of this version",
            plural(passed_over, "invalid sample"),
            dir.display()
        ));
    }
    Ok(checked)
}

/// The text of a file, or the finding that it is none.
fn read(path: &Path) -> Result<String, Box<Finding>> {
    let unreadable = |why: String| Box::new(Finding::of_file(Rule::FileUnreadable, path, why));
    let metadata = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !metadata.is_file() {
        let finding = unreadable("this is no file".to_owned());
        return Err(Box::new(
            finding.help("a sample is one JSON document in one file: rename or remove this"),
        ));
    }
    if metadata.len() > MAX_BYTES {
        let message =
            format!("{} bytes; samples of more than {MAX_BYTES} bytes are not read", metadata.len());
        let finding = Finding::of_file(Rule::FileTooLarge, path, message);
        return Err(Box::new(finding.help("keep a small document that shows the same")));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        // Up to the fault the replaced text is the file's own.
        let text = String::from_utf8_lossy(error.as_bytes());
        let finding = Finding::of_file(Rule::NotJson, path, "this byte is not UTF-8").at(&text, at..at + 1);
        Box::new(finding.help("JSON is UTF-8 (RFC 8259, 8.1): save the file in it"))
    })
}

/// `github` and 1, of `github-v1`.
fn parse_folder(name: &str) -> Option<(&str, u32)> {
    let (job, version) = name.rsplit_once("-v")?;
    Some((job, version.parse().ok()?))
}

fn misplaced(path: &Path) -> Finding {
    Finding::of_file(Rule::SampleMisplaced, path, "this is no sample, and stands among them").help(LAYOUT)
}

fn unknown_job(registry: &Registry, path: &Path) -> Finding {
    let known: Vec<_> = registry.iter().map(|d| format!("{}-v{}", d.job(), d.version())).collect();
    Finding::of_file(Rule::SampleUnknownJob, path, "no registered checkpoint has this job and version")
        .help(format!("list its type in the registry, or rename the folder to one of: {}", known.join(", ")))
}

fn no_sample(job: &str, version: u32, message: &str, root: &Path) -> Finding {
    let folder = root.join(format!("{job}-v{version}"));
    Finding::of_file(Rule::SampleNone, &folder, message)
        .help(format!("save a stored document as {}/valid/<name>.json", folder.display()))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a folder holds, sorted, without hidden files.
fn entries(dir: &Path) -> Result<Vec<PathBuf>, CouldNotRun> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| cannot("read", dir, &error))? {
        let path = entry.map_err(|error| cannot("read", dir, &error))?.path();
        if !name_of(&path).starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
