//! `export`: the schema files and their index, written or compared.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use checkpoint_schema::registry::{Descriptor, Registry};
use checkpoint_schema::schema::{Contract, to_canonical_string};
use similar::TextDiff;

use crate::could_not_run::{CouldNotRun, cannot};
use crate::finding::Finding;
use crate::index;
use crate::report::{Report, plural};
use crate::rule::Rule;

const SUFFIX: &str = ".schema.json";
const INDEX: &str = "README.md";

/// A file that the tool generates.
struct Generated {
    path: PathBuf,
    text: String,
}

/// Which schemas are exported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Finished,
    Raw,
}

impl Form {
    fn mend(self) -> &'static str {
        match self {
            Form::Finished => "run `cargo xtask export`, and commit what it writes",
            Form::Raw => "run `cargo xtask export --raw`, and commit what it writes",
        }
    }

    fn other(self) -> Form {
        match self {
            Form::Finished => Form::Raw,
            Form::Raw => Form::Finished,
        }
    }

    /// What is wrong with a file that has a schema of this form.
    fn out_of_place(self) -> &'static str {
        match self {
            Form::Finished => "this is the schema that `export` writes without `--raw`",
            Form::Raw => "this is the schema that `--raw` exports",
        }
    }
}

/// Writes every generated file that differs.
pub(crate) fn write(registry: &Registry, dir: &Path, form: Form) -> Result<Report, CouldNotRun> {
    fs::create_dir_all(dir).map_err(|error| cannot("create", dir, &error))?;
    let files = generated(registry, dir, form);
    let mut findings = orphans(registry, &files, dir)?;
    let mut written = 0;
    for file in &files {
        match stored(&file.path)? {
            Some(text) if text == file.text => {}
            Some(text) if is_foreign(file, &text) => findings.push(foreign(file)),
            _ => {
                fs::write(&file.path, &file.text).map_err(|error| cannot("write", &file.path, &error))?;
                written += 1;
            }
        }
    }
    let summary = format!("exported {}, {written} written", plural(files.len(), "file"));
    Ok(Report { findings, summary, ..Report::default() })
}

/// Compares every generated file with what is stored.
pub(crate) fn check(registry: &Registry, dir: &Path, form: Form) -> Result<Report, CouldNotRun> {
    let files = generated(registry, dir, form);
    let others = generated(registry, dir, form.other());
    let mut findings = Vec::new();
    for (file, other) in files.iter().zip(&others) {
        match stored(&file.path)? {
            Some(text) if text == file.text => {}
            Some(text) if is_foreign(file, &text) => findings.push(foreign(file)),
            Some(text) => findings.push(
                Finding::of_file(
                    Rule::ExportChanged,
                    &file.path,
                    if text == other.text {
                        form.other().out_of_place()
                    } else {
                        "the Rust type has changed since the export"
                    },
                )
                .detail(diff(("stored", &text), ("generated", &file.text)))
                .help(form.mend()),
            ),
            None => findings.push(
                Finding::of_file(Rule::ExportMissing, &file.path, "this file has not been exported")
                    .help(form.mend()),
            ),
        }
    }
    findings.extend(orphans(registry, &files, dir)?);
    let summary = format!("compared {}", plural(files.len(), "exported file"));
    Ok(Report { findings, summary, ..Report::default() })
}

fn generated(registry: &Registry, dir: &Path, form: Form) -> Vec<Generated> {
    let mut files: Vec<_> = registry
        .iter()
        .map(|descriptor| Generated {
            path: dir.join(file_name(descriptor.job(), descriptor.version())),
            text: to_canonical_string(&match form {
                Form::Finished => descriptor.document(Contract::Read),
                Form::Raw => descriptor.raw_document(Contract::Read),
            }),
        })
        .collect();
    files.push(Generated { path: dir.join(INDEX), text: index::markdown(registry) });
    files
}

/// `github-v1.schema.json`
pub(crate) fn file_name(job: &str, version: u32) -> String {
    format!("{job}-v{version}{SUFFIX}")
}

/// Schema files that no registered checkpoint makes. The tool removes nothing: a kept file may be the last
/// record of what is stored. That of an older version stays, for as long as its job is known.
fn orphans(registry: &Registry, files: &[Generated], dir: &Path) -> Result<Vec<Finding>, CouldNotRun> {
    let known: BTreeSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot("read", dir, &error)),
    };
    let mut orphans = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| cannot("read", dir, &error))?.path();
        let title = path.file_name().and_then(OsStr::to_str).and_then(|name| name.strip_suffix(SUFFIX));
        if title.is_some_and(|title| !is_older(registry, title)) && !known.contains(path.as_path()) {
            orphans.push(path);
        }
    }
    orphans.sort();
    Ok(orphans
        .into_iter()
        .map(|path| {
            let help = format!(
                "list its type in the registry, or delete the file if nothing of it is stored any more: `git rm {}`",
                path.display()
            );
            Finding::of_file(Rule::ExportOrphan, path, "no registered checkpoint has this schema").help(help)
        })
        .collect())
}

/// Is `github-v1` an older version of a registered job?
fn is_older(registry: &Registry, title: &str) -> bool {
    title.rsplit_once("-v").is_some_and(|(job, version)| {
        let newest = registry.iter().filter(|d| d.job() == job).map(Descriptor::version).max();
        version.parse::<u32>().is_ok_and(|version| newest.is_some_and(|newest| newest > version))
    })
}

/// An index that somebody wrote by hand is not overwritten.
fn is_foreign(file: &Generated, stored: &str) -> bool {
    file.path.ends_with(INDEX) && !stored.starts_with(index::FIRST_LINE)
}

fn foreign(file: &Generated) -> Finding {
    Finding::of_file(Rule::ExportForeign, &file.path, "the index would replace a file that was not generated")
        .help("move its text to another file, delete it and run `cargo xtask export`")
}

/// The file's text; `None` if there is no such file.
fn stored(path: &Path) -> Result<Option<String>, CouldNotRun> {
    match fs::read(path) {
        // What is not UTF-8 is different from what is generated, and that is all that is asked.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", path, &error)),
    }
}

/// Two texts, each with what it is called.
pub(crate) fn diff(old: (&str, &str), new: (&str, &str)) -> String {
    TextDiff::from_lines(old.1, new.1).unified_diff().header(old.0, new.0).to_string()
}
