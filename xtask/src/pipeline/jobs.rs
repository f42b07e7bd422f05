//! Who judges which document: every job of the registry in each of its versions, prepared once.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use checkpoint_schema::registry::Registry;
use checkpoint_schema::schema::finish;
use serde_json::Value;

use crate::could_not_run::{CouldNotRun, cannot};
use crate::export::file_name;
use crate::finding::Finding;
use crate::judge::{Judge, Values, read_quickly, upgrade};
use crate::lock;
use crate::rule::Severity;

/// The jobs of a registry.
pub(crate) struct Jobs {
    registry: Registry,
    jobs: Vec<Job>,
}

/// One job, in all its versions.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    /// The file that the schema of the newest version is exported to.
    pub(crate) schema_file: Option<PathBuf>,
    newest: Judge,
    /// Those before; nothing where neither a type nor a schema of that version is left.
    older: BTreeMap<u32, Option<Judge>>,
}

/// What came of a document.
pub(super) enum Verdict {
    /// It is JSON `null`.
    Absent,
    Accepted(Accepted),
    Found(Vec<Finding>),
}

/// A document in which there is nothing to find, and its version.
#[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only `rows` makes samples of documents"))]
pub(super) struct Accepted {
    pub(super) document: Value,
    pub(super) version: u32,
}

impl Jobs {
    /// Those of `registry`. Schemas of versions that have no type any more are looked for in `dir`.
    ///
    /// # Errors
    ///
    /// If a schema is none.
    pub(crate) fn new(registry: &Registry, dir: Option<&Path>) -> Result<Self, CouldNotRun> {
        let mut jobs: Vec<Job> = Vec::new();
        for descriptor in registry {
            let name = descriptor.job();
            let Some(newest) = registry.find(name).filter(|_| jobs.iter().all(|job| job.name != name)) else {
                continue;
            };
            let mut older = BTreeMap::new();
            for version in 1..newest.version() {
                let own = match (registry.find_version(name, version), dir) {
                    (Some(own), _) => Some(Judge::new(*own)?),
                    (None, Some(dir)) => match schema_of(dir, name, version)? {
                        Some((schema, from)) => {
                            Some(Judge::of_schema(newest, version, schema).map_err(|why| {
                                CouldNotRun(format!(
                                    "{from} has no schema of {name} version {version}: {why}"
                                ))
                            })?)
                        }
                        None => None,
                    },
                    (None, None) => None,
                };
                older.insert(version, own);
            }
            let schema_file = dir.map(|dir| dir.join(file_name(name, newest.version())));
            jobs.push(Job { name, schema_file, newest: Judge::new(*newest)?, older });
        }
        Ok(Self { registry: registry.clone(), jobs })
    }

    pub(crate) fn get(&self, job: usize) -> &Job {
        &self.jobs[job]
    }

    /// The job of this name, in any spelling.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let known = self.registry.find(name)?;
        self.jobs.iter().position(|job| job.name == known.job())
    }

    /// The job that a path tells: by the name of the file, or of the innermost folder that is one, with or without
    /// a version: `github-v1/valid/seed.json`, `jira.ndjson.gz`.
    pub(crate) fn of_path(&self, path: &Path) -> Option<usize> {
        path.components().rev().find_map(|component| {
            let Component::Normal(name) = component else { return None };
            let name = name.to_string_lossy();
            let stem = name.split('.').next().unwrap_or_default();
            let job = stem.rsplit_once("-v").filter(|(_, version)| version.parse::<u32>().is_ok());
            self.find(stem).or_else(|| self.find(job?.0))
        })
    }
}

/// The read contract of a version that has no type any more: as it was exported, or as its lock has it last.
fn schema_of(dir: &Path, job: &str, version: u32) -> Result<Option<(Value, String)>, CouldNotRun> {
    let path = dir.join(file_name(job, version));
    match fs::read(&path) {
        Ok(bytes) => {
            let schema = serde_json::from_slice(&bytes)
                .map_err(|error| CouldNotRun(format!("{} is no JSON: {error}", path.display())))?;
            Ok(Some((schema, path.display().to_string())))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let locked = lock::last_read_contract(dir, job, version)?;
            Ok(locked.map(|schema| (finish(schema), "its lock".to_owned())))
        }
        Err(error) => Err(cannot("read", &path, &error)),
    }
}

#[cfg(feature = "postgres")]
impl Job {
    /// The judge of a version; without one of its own, that of the newest.
    fn of_version(&self, version: u32) -> &Judge {
        self.older.get(&version).and_then(Option::as_ref).unwrap_or(&self.newest)
    }

    /// What stands in the schema of a version.
    pub(super) fn schema(&self, version: u32) -> &crate::rows::Schema {
        self.of_version(version).known()
    }

    /// A document of this version with other values, in which there still is nothing to find; `None` if none was
    /// found, or if no schema of the version is left: then nobody knows which of its keys are data.
    pub(crate) fn masked(&self, document: &Value, version: u32) -> Option<Value> {
        let judge = Some(self.of_version(version)).filter(|judge| judge.version == version)?;
        let accepted = |masked: &Value| {
            judge.accepts(masked)
                && (version == self.newest.version || upgrade::accepts(&self.newest, version, masked))
        };
        let masked =
            [1, 0, 10, 100].map(|number| judge.known().masked(document, judge.version_key(), number));
        masked.into_iter().find(accepted)
    }
}

impl Job {
    /// Judges the document `text` by the version that it states.
    pub(super) fn judge(&self, path: &Path, text: &str, values: Values, empty_is_absent: bool) -> Verdict {
        let Some(document) = read_quickly(text) else {
            return Verdict::Found(self.in_full(path, text, values));
        };
        let is_empty = || document.as_object().is_some_and(serde_json::Map::is_empty);
        if document.is_null() || (empty_is_absent && is_empty()) {
            return Verdict::Absent;
        }
        let newest = &self.newest;
        let (accepted, version) = match newest.version_of(&document) {
            Some(version) if version == newest.version => (newest.accepts(&document), version),
            Some(version) => match self.older.get(&version) {
                Some(own) => {
                    let by_own = own.as_ref().is_none_or(|own| own.accepts(&document));
                    (by_own && upgrade::accepts(newest, version, &document), version)
                }
                None => (false, version),
            },
            None => (false, newest.version),
        };
        if accepted {
            return Verdict::Accepted(Accepted { document, version });
        }
        Verdict::Found(self.in_full(path, text, values))
    }

    /// Where the newest type refuses the document, sorted; `None` if it is of another version.
    pub(super) fn refused_at(&self, document: &Value) -> Option<Vec<String>> {
        let newest = &self.newest;
        newest.version_of(document).filter(|version| *version == newest.version)?;
        Some(if newest.accepts(document) { Vec::new() } else { newest.refused_at(document.clone()) })
    }

    /// All that is to be found.
    fn in_full(&self, path: &Path, text: &str, values: Values) -> Vec<Finding> {
        let newest = &self.newest;
        let document: Option<Value> = serde_json::from_str(text).ok();
        match document.and_then(|document| newest.version_of(&document)) {
            Some(found) if found > newest.version => vec![newest.of_newer(path, text, found, values)],
            Some(version) if version < newest.version => {
                let own = self.older.get(&version).and_then(Option::as_ref);
                let mut findings = own.map(|own| own.judge(path, text, values)).unwrap_or_default();
                // What its own type or schema refuses is told once.
                if !findings.iter().any(|finding| finding.severity == Severity::Error) {
                    findings.extend(upgrade::judge(newest, version, path, text, values));
                }
                findings
            }
            _ => newest.judge(path, text, values),
        }
    }
}
