//! The inputs that a command line names: files, folders, patterns, lists and the standard input.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::could_not_run::{CouldNotRun, cannot};
use crate::report::plural;

/// The endings of files that are looked at in a folder.
const ENDINGS: [&str; 7] = ["json", "ndjson", "jsonl", "csv", "copy", "tsv", "sql"];

/// One stream of documents.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// As it is told in findings.
    pub(crate) path: PathBuf,
    /// Is it the standard input?
    pub(crate) is_stdin: bool,
    /// Its length in bytes, where it has one.
    pub(crate) size: Option<u64>,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) inputs: Vec<Input>,
    /// What was passed over.
    pub(crate) notes: Vec<String>,
}

/// Finds what `sources` and the list of them name, in their order; there must be something.
///
/// # Errors
///
/// If something that is named is not there, or nothing is found.
pub(crate) fn find(sources: &[String], list: Option<&Path>) -> Result<Found, CouldNotRun> {
    let mut found = Found::default();
    for source in sources {
        found.add(source)?;
    }
    if let Some(list) = list {
        for source in lines(list)? {
            found.add(&source)?;
        }
    }
    if found.inputs.is_empty() {
        let named: Vec<&str> = sources.iter().map(String::as_str).collect();
        return Err(CouldNotRun(format!(
            "nothing to check: no file was found in {}; in a folder these are looked at: {}, each also with `.gz` \
             or `.zst` after it",
            if named.is_empty() { "the list".to_owned() } else { named.join(", ") },
            ENDINGS.map(|ending| format!("*.{ending}")).join(", ")
        )));
    }
    Ok(found)
}

/// The lines of a file list; `-` is the standard input.
fn lines(list: &Path) -> Result<Vec<String>, CouldNotRun> {
    let reader: Box<dyn Read> = if list == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(fs::File::open(list).map_err(|error| cannot("read", list, &error))?)
    };
    let lines =
        BufReader::new(reader).lines().filter(|line| line.as_ref().map_or(true, |line| !line.is_empty()));
    lines.collect::<Result<_, _>>().map_err(|error| cannot("read", list, &error))
}

impl Found {
    fn add(&mut self, source: &str) -> Result<(), CouldNotRun> {
        if source == "-" {
            self.inputs.push(Input { path: "stdin".into(), is_stdin: true, size: None });
            return Ok(());
        }
        let path = Path::new(source);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(metadata) => {
                self.file(path, &metadata);
                Ok(())
            }
            Err(_) if source.contains(['*', '?', '[']) => self.pattern(source),
            Err(error) => Err(cannot("read", path, &error)),
        }
    }

    fn file(&mut self, path: &Path, metadata: &fs::Metadata) {
        // A pipe has no length.
        let size = metadata.is_file().then_some(metadata.len());
        self.inputs.push(Input { path: path.to_owned(), is_stdin: false, size });
    }

    fn pattern(&mut self, pattern: &str) -> Result<(), CouldNotRun> {
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
        let paths = glob::glob_with(pattern, options)
            .map_err(|error| CouldNotRun(format!("the pattern {pattern} cannot be read: {error}")))?;
        let before = self.inputs.len();
        for path in paths {
            let path = path.map_err(|error| CouldNotRun(error.to_string()))?;
            let metadata = fs::metadata(&path).map_err(|error| cannot("read", &path, &error))?;
            if !metadata.is_dir() {
                self.file(&path, &metadata);
            }
        }
        if self.inputs.len() == before {
            return Err(CouldNotRun(format!("nothing to check: no file matches {pattern}")));
        }
        Ok(())
    }

    /// All that is in a folder and below it, sorted, without hidden files; links to folders are not followed.
    fn folder(&mut self, dir: &Path) -> Result<(), CouldNotRun> {
        let (mut pending, mut passed_over) = (vec![dir.to_owned()], 0_usize);
        while let Some(dir) = pending.pop() {
            let mut folders = Vec::new();
            for (path, kind) in entries(&dir)? {
                if kind.is_dir() {
                    folders.push(path);
                } else if !is_known(&path) {
                    passed_over += 1;
                } else if let Ok(metadata) = fs::metadata(&path)
                    && metadata.is_file()
                {
                    self.file(&path, &metadata);
                }
            }
            pending.extend(folders.into_iter().rev());
        }
        if passed_over > 0 {
            self.notes.push(format!(
                "{} below {} passed over",
                plural(passed_over, "other file"),
                dir.display()
            ));
        }
        Ok(())
    }
}

fn entries(dir: &Path) -> Result<Vec<(PathBuf, fs::FileType)>, CouldNotRun> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| cannot("read", dir, &error))? {
        let entry = entry.map_err(|error| cannot("read", dir, &error))?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            found.push((entry.path(), entry.file_type().map_err(|error| cannot("read", dir, &error))?));
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(found)
}

/// The ending that says what is in a file, without that of its compression.
pub(super) fn ending(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let name = [".gz", ".zst", ".zstd"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    Path::new(name).extension().and_then(OsStr::to_str).map(str::to_owned)
}

fn is_known(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
