//! What is stored, held against a break: in theory a break may hurt, in these documents it does or does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use checkpoint_schema::registry::Registry;
use serde_json::Value;

use super::change::in_documents;
use crate::could_not_run::{CouldNotRun, cannot};
use crate::judge::Judge;

/// The faults of stored documents, by job and place.
#[derive(Default)]
pub(crate) struct Evidence {
    jobs: BTreeMap<String, OfJob>,
}

#[derive(Default)]
struct OfJob {
    documents: usize,
    /// What the newest type refuses: pointers, each with the documents that it was found in.
    faults: BTreeMap<String, Vec<String>>,
}

/// The stored documents that a break hits.
pub(crate) struct Hits {
    pub(crate) count: usize,
    /// The first few, by what they are called.
    pub(crate) places: Vec<String>,
}

impl Hits {
    /// `hits 3 of 12 stored documents (row 1, row 2, row 7)`
    pub(crate) fn words(&self, documents: usize) -> String {
        let first =
            if self.places.is_empty() { String::new() } else { format!(" ({})", self.places.join(", ")) };
        format!("hits {} of {documents} stored documents{first}", self.count)
    }
}

impl Evidence {
    /// Looks at `document` of the job that `judge` judges, which people know as `name`.
    fn add(&mut self, job: &str, judge: &Judge, name: &str, document: Value) {
        let of_job = self.jobs.entry(job.to_owned()).or_default();
        of_job.documents += 1;
        for pointer in judge.refused_at(document) {
            of_job.faults.entry(pointer).or_default().push(name.to_owned());
        }
    }

    /// How many documents of the job were looked at.
    pub(crate) fn looked_at(&self, job: &str) -> usize {
        self.jobs.get(job).map_or(0, |it| it.documents)
    }

    /// The documents that a break at `place` hits.
    pub(crate) fn of(&self, job: &str, place: &str) -> Hits {
        let place = in_documents(place);
        let steps: Vec<&str> = place.split('/').collect();
        let is_at = |pointer: &str| {
            let found: Vec<&str> = pointer.split('/').collect();
            found.len() >= steps.len()
                && steps.iter().zip(&found).all(|(step, it)| *step == "*" || step == it)
        };
        let mut names: Vec<&String> = self
            .jobs
            .get(job)
            .into_iter()
            .flat_map(|it| {
                it.faults.iter().filter(|(pointer, _)| is_at(pointer)).flat_map(|(_, names)| names)
            })
            .collect();
        names.sort();
        names.dedup();
        Hits { count: names.len(), places: names.into_iter().take(3).cloned().collect() }
    }
}

/// The documents in files and folders: JSON documents, or one a line. Their job is in the path, as a step
/// `<job>` or `<job>-v<N>`, or all are of the only job there is.
pub(crate) fn of_files(registry: &Registry, paths: &[PathBuf]) -> Result<Option<Evidence>, CouldNotRun> {
    if paths.is_empty() {
        return Ok(None);
    }
    let judges = judges(registry)?;
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    let mut evidence = Evidence::default();
    for path in files {
        let job = path.iter().rev().find_map(|step| {
            let step = step.to_string_lossy();
            let name = step.split('.').next().unwrap_or_default();
            let name = name
                .rsplit_once("-v")
                .filter(|(_, number)| number.parse::<u32>().is_ok())
                .map_or(name, |it| it.0);
            registry.find(name).map(|descriptor| descriptor.job())
        });
        let only = (judges.len() == 1).then(|| judges.keys().next().map(String::as_str)).flatten();
        let Some((job, judge)) = job.or(only).and_then(|job| judges.get_key_value(job)) else {
            return Err(CouldNotRun(format!(
                "no step of {} names a registered job: put it into a folder of the job's name",
                path.display()
            )));
        };
        let text = fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
        let broken = |error: serde_json::Error| {
            CouldNotRun(format!("{} holds something that is no JSON: {error}", path.display()))
        };
        if path.extension().is_some_and(|it| it == "ndjson" || it == "jsonl") {
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let document = serde_json::from_str(line).map_err(broken)?;
                evidence.add(job, judge, &format!("{}:{}", path.display(), number + 1), document);
            }
        } else {
            let document = serde_json::from_str(&text).map_err(broken)?;
            evidence.add(job, judge, &path.display().to_string(), document);
        }
    }
    Ok(Some(evidence))
}

/// The files below a folder, sorted; those that `.expect` says are refused are no evidence.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), CouldNotRun> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| cannot("read", path, &error))? {
        entries.push(entry.map_err(|error| cannot("read", path, &error))?.path());
    }
    entries.sort();
    for entry in entries {
        let is_json = entry.extension().is_some_and(|it| it == "json" || it == "ndjson" || it == "jsonl");
        let is_refused = entry.is_dir() && entry.file_name().is_some_and(|name| name == "invalid");
        if (entry.is_dir() && !is_refused) || (is_json && !entry.is_dir()) {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

/// One judge a job.
fn judges(registry: &Registry) -> Result<BTreeMap<String, Judge>, CouldNotRun> {
    let mut judges = BTreeMap::new();
    for descriptor in registry {
        let newest = registry.find(descriptor.job()).unwrap_or(descriptor);
        judges.insert(descriptor.job().to_owned(), Judge::new(*newest)?);
    }
    Ok(judges)
}
