//! What the types are compared with: the locks, those of a git revision, files and folders.

use std::fs;
use std::path::{Path, PathBuf};

use checkpoint_schema::registry::Registry;
use serde_json::{Map, Value};

use super::layout::Layout;
use crate::could_not_run::{CouldNotRun, cannot};
use crate::git::Git;
use crate::lock::file::Lock;

/// All that is known of one version of one job.
pub(crate) struct Baseline {
    /// Where it stands.
    pub(crate) path: PathBuf,
    pub(crate) job: String,
    pub(crate) version: u32,
    /// The oldest first.
    pub(crate) layouts: Vec<Layout>,
}

/// The baselines in `against`: `git:<ref>`, `git:<ref>:<path>`, a file, or a folder; without it, the locks, of
/// which `check` tells by itself that one is none.
pub(crate) fn read(
    registry: &Registry,
    dir: &Path,
    against: Option<&str>,
    passes_over: PassesOver,
) -> Result<Vec<Baseline>, CouldNotRun> {
    let files = match against {
        None => in_folder(&dir.join("lock"))?,
        Some(source) => match source.strip_prefix("git:") {
            Some(rest) => in_git(dir, rest)?,
            None => in_path(Path::new(source)).map_err(|error| match (Git { dir }).commit(source) {
                Some(_) => {
                    CouldNotRun(format!("{error}; the commit of that name is `--against git:{source}`"))
                }
                None => error,
            })?,
        },
    };
    let mut baselines = Vec::new();
    for (path, text) in files {
        match parse(registry, path, &text) {
            Ok(baseline) => baselines.extend(baseline),
            Err(_) if passes_over == PassesOver::Malformed => {}
            Err(error) => return Err(error),
        }
    }
    if let (Some(source), true) = (against, baselines.is_empty()) {
        return Err(CouldNotRun(format!("`{source}` holds no lock and no schema of a registered job")));
    }
    Ok(baselines)
}

/// What is said of a file that is neither a lock nor a schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassesOver {
    Nothing,
    /// Another part of the command tells of it.
    Malformed,
}

/// One schema or lock.
pub(crate) fn read_file(path: &Path) -> Result<Vec<Layout>, CouldNotRun> {
    let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    let (_, _, layouts) = layouts(path, &text, (UNSTATED, 1))?;
    if let Some(document) = layouts.first().filter(|layout| !is_schema(&layout.read)) {
        return Err(no_schema(path, &document.read));
    }
    Ok(layouts)
}

/// The job of a schema that does not say whose it is.
pub(super) const UNSTATED: &str = "schema";

/// Does it say anything that JSON Schema knows? An empty one says that anything is allowed.
fn is_schema(value: &Value) -> bool {
    let says = |object: &Map<String, Value>| object.keys().any(|key| KEYWORDS.contains(&key.as_str()));
    value.as_object().is_none_or(|object| object.is_empty() || says(object))
}

/// Keywords that a schema of an object has at least one of.
const KEYWORDS: &[&str] = &[
    "$defs",
    "$id",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "definitions",
    "enum",
    "if",
    "items",
    "not",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "type",
    "unevaluatedProperties",
];

fn no_schema(path: &Path, document: &Value) -> CouldNotRun {
    let keys = document.as_object().into_iter().flat_map(Map::keys).take(3);
    let keys: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
    CouldNotRun(format!(
        "{} is no JSON Schema: it has none of its keywords, but {}. Is it a document? `cargo xtask samples {}` judges \
         documents",
        path.display(),
        keys.join(", "),
        path.display()
    ))
}

type Files = Vec<(PathBuf, String)>;

fn in_path(path: &Path) -> Result<Files, CouldNotRun> {
    let metadata = fs::metadata(path).map_err(|error| cannot("read", path, &error))?;
    if metadata.is_dir() {
        let locks = in_folder(&path.join("lock"))?;
        return if locks.is_empty() { in_folder(path) } else { Ok(locks) };
    }
    let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    Ok(vec![(path.to_owned(), text)])
}

/// The JSON files of a folder, sorted; none where there is no such folder.
fn in_folder(folder: &Path) -> Result<Files, CouldNotRun> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| cannot("read", folder, &error))? {
        let path = entry.map_err(|error| cannot("read", folder, &error))?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_file() && !is_hidden && path.extension().is_some_and(|it| it == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
        Ok((path, text))
    };
    paths.into_iter().map(read).collect()
}

/// `<ref>` or `<ref>:<path>`; the path is one of the repository, and the schema folder where none is said.
fn in_git(dir: &Path, source: &str) -> Result<Files, CouldNotRun> {
    let (reference, path) = match source.split_once(':') {
        Some((reference, path)) => (reference, Some(path)),
        None => (source, None),
    };
    commit(dir, reference)?;
    let git = Git { dir };
    // Names are told from the top of the repository, wherever the schema folder is.
    let list = |path: &str| -> Result<Vec<String>, CouldNotRun> {
        let listed = git
            .text(&["ls-tree", "-r", "--name-only", "--full-name", "-z", reference, "--", path])
            .map_err(|why| CouldNotRun(format!("git does not list `{source}`: {why}")))?;
        Ok(listed.split('\0').filter(|name| name.ends_with(".json")).map(str::to_owned).collect())
    };
    // Paths are relative to the schema folder; one of the repository begins at its top.
    let named = match path {
        Some(path) => list(&format!(":/{path}")).or_else(|_| list(path))?,
        None => list("lock")?,
    };
    let named = if named.is_empty() && path.is_none() { list(".")? } else { named };
    // Of a folder with locks, these; else the schemas, and none of its samples.
    let locks: Vec<String> = named.iter().filter(|name| is_in_lock(name)).cloned().collect();
    let named = match (locks.is_empty(), named.len()) {
        (false, _) => locks,
        (true, 1) => named,
        (true, _) => named.into_iter().filter(|name| !name.contains("samples/")).collect(),
    };
    let show = |name: String| {
        let text = git
            .text(&["show", &format!("{reference}:{name}")])
            .map_err(|why| CouldNotRun(format!("git does not show {name} of `{reference}`: {why}")))?;
        Ok((PathBuf::from(format!("{reference}:{name}")), text))
    };
    named.into_iter().map(show).collect()
}

/// Does the file stand in a folder `lock`?
fn is_in_lock(name: &str) -> bool {
    name.starts_with("lock/") || name.contains("/lock/")
}

/// The commit that a name stands for.
pub(crate) fn commit(dir: &Path, reference: &str) -> Result<String, CouldNotRun> {
    let git = Git { dir };
    git.commit(reference).ok_or_else(|| match git.output(&["rev-parse", "--git-dir"]) {
        Ok(_) => CouldNotRun(format!(
            "git knows no commit `{reference}` here: fetch it first, such as by `git fetch origin main`"
        )),
        Err(why) => CouldNotRun(format!(
            "`git:{reference}` is a commit of the repository that {} is in, and there is none: {why}",
            dir.display()
        )),
    })
}

/// A lock or a schema, if its job is known.
fn parse(registry: &Registry, path: PathBuf, text: &str) -> Result<Option<Baseline>, CouldNotRun> {
    let stem = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem.rsplit(['/', ':']).next().unwrap_or_default();
    let stem = stem.trim_end_matches(".json").trim_end_matches(".schema");
    let (name, version) =
        match stem.rsplit_once("-v").and_then(|(job, number)| Some((job, number.parse().ok()?))) {
            Some((job, version)) => (job.to_owned(), version),
            None => (stem.to_owned(), registry.find(stem).map_or(1, |descriptor| descriptor.version())),
        };
    let (job, version, layouts) = layouts(&path, text, (&name, version))?;
    let is_known = registry.find(&job).is_some();
    if let Some(document) = layouts.first().filter(|layout| is_known && !is_schema(&layout.read)) {
        return Err(no_schema(&path, &document.read));
    }
    // A schema of something else stands in the folder, too.
    Ok(registry.find(&job).map(|descriptor| Baseline {
        path,
        job: descriptor.job().to_owned(),
        version,
        layouts,
    }))
}

/// The job, the version and the layouts of a file. What a schema does not say of itself, its name does.
fn layouts(path: &Path, text: &str, named: (&str, u32)) -> Result<(String, u32, Vec<Layout>), CouldNotRun> {
    let broken = |why: String| CouldNotRun(format!("{} can be compared with nothing: {why}", path.display()));
    let no_lock = |why: String| {
        broken(format!(
            "this is no lock: {why}. Take back what was changed in it, such as by `git checkout HEAD -- {}`",
            path.display()
        ))
    };
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) if path.parent().is_some_and(|folder| folder.ends_with("lock")) => {
            return Err(no_lock(error.to_string()));
        }
        Err(error) => return Err(broken(format!("this is no JSON: {error}"))),
    };
    if value.get("revisions").is_some() {
        let lock = Lock::parse(text).map_err(no_lock)?;
        let (job, version) = (lock.job, lock.version);
        let layouts = lock
            .revisions
            .into_iter()
            .map(|revision| {
                let name = format!("revision {}", revision.revision);
                Layout::of_revision(&job, version, name, revision)
            })
            .collect();
        return Ok((job, version, layouts));
    }
    if !matches!(value, Value::Object(_) | Value::Bool(_)) {
        return Err(broken("it is neither a lock nor a JSON Schema".to_owned()));
    }
    jsonschema::meta::validate(&value).map_err(|error| broken(format!("it is no JSON Schema: {error}")))?;
    let id = value.get("$id").and_then(Value::as_str).and_then(|id| id.strip_prefix("urn:checkpoint:"));
    let stated = id.and_then(|id| {
        let (job, version) = id.trim_end_matches(":write").rsplit_once(":v")?;
        Some((job.to_owned(), version.parse().ok()?))
    });
    let (job, version) = stated.unwrap_or_else(|| (named.0.to_owned(), named.1));
    let name = path.display().to_string();
    Ok((job.clone(), version, vec![Layout::of_schema(&job, version, name, value)]))
}
