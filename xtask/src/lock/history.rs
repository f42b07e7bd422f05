//! The lock files that git has: offline, from what is in the clone.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;

use super::file::{Lock, Revision};
use crate::could_not_run::CouldNotRun;
use crate::git::Git;

/// What was published of each lock file, by its name.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) files: BTreeMap<String, Published>,
    /// Why nothing, or not everything, is known.
    pub(super) note: Option<Note>,
}

/// Why there is no history to compare with.
#[derive(Debug)]
pub(super) enum Note {
    /// There is none here, which is no fault.
    None(String),
    /// There is one, and git does not show it.
    Unreadable(String),
}

/// The revisions of one file, each as the first commit that had it, and that commit.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) revisions: Vec<(Revision, String)>,
    /// So many of them are behind `HEAD`, and must be in the file; those of the baseline alone may be yet to
    /// come.
    pub(super) due: usize,
}

/// What happened to a file in a commit: its content's id.
struct Change {
    commit: String,
    file: String,
    blob: String,
}

/// The lock files in `schemas/lock`, by the commits that `HEAD` goes back to on its own line (first parents),
/// the oldest first: what a branch did before it was merged was not published yet.
///
/// Those of `baseline` come first: where the two lines have different revisions of one number, its own is the
/// published one.
pub(super) fn of(schemas: &Path, baseline: Option<&str>) -> Result<History, CouldNotRun> {
    let git = Git { dir: schemas };
    if let Err(note) = inside(&git) {
        return match (note, baseline) {
            (Note::None(why) | Note::Unreadable(why), Some(baseline)) => {
                Err(CouldNotRun(format!("there is no baseline `{baseline}`: {why}")))
            }
            (note, None) => Ok(History { note: Some(note), ..History::default() }),
        };
    }
    let mut history = History::default();
    let mut lines = Vec::new();
    if let Some(baseline) = baseline {
        let Some(commit) = git.commit(baseline) else {
            return Err(CouldNotRun(format!(
                "git knows no commit `{baseline}` here: fetch it first, such as by `git fetch origin main`, or name another with `--baseline REF`"
            )));
        };
        lines.push((commit, false));
    }
    match git.commit("HEAD") {
        Some(commit) => lines.push((commit, true)),
        None => history.note = Some(Note::None("the repository has no commit yet".to_owned())),
    }
    for (commit, is_own) in lines {
        let read = changes(&git, &commit).and_then(|changes| {
            let contents = contents(&git, &changes)?;
            Ok((changes, contents))
        });
        match read {
            Ok((changes, contents)) => {
                for change in changes {
                    // Another tool's format, or what was repaired since, publishes nothing.
                    if let Some(Ok(lock)) = contents.get(&change.blob).map(|text| Lock::parse(text)) {
                        history.files.entry(change.file).or_default().add(lock, &change.commit, is_own);
                    }
                }
            }
            Err(why) => history.note = Some(Note::Unreadable(why)),
        }
    }
    Ok(history)
}

impl Published {
    /// A file that contradicts what was published before it was a mistake of its time, and publishes nothing.
    fn add(&mut self, lock: Lock, commit: &str, is_own: bool) {
        if self.revisions.iter().zip(&lock.revisions).any(|((known, _), revision)| known != revision) {
            return;
        }
        if is_own {
            self.due = self.due.max(lock.revisions.len());
        }
        let known = self.revisions.len();
        self.revisions
            .extend(lock.revisions.into_iter().skip(known).map(|revision| (revision, commit.to_owned())));
    }
}

/// Is the folder in a repository?
fn inside(git: &Git<'_>) -> Result<(), Note> {
    match git.output(&["rev-parse", "--git-dir"]) {
        Ok(_) => Ok(()),
        Err(why)
            if why.contains("not a git repository")
                || why.contains("does not start")
                || why.contains("cannot change to") =>
        {
            Err(Note::None(why))
        }
        Err(why) => Err(Note::Unreadable(why)),
    }
}

/// Every change of a file in `lock/`, the oldest first.
fn changes(git: &Git<'_>, commit: &str) -> Result<Vec<Change>, String> {
    let output = git.output(&[
        "-c",
        "log.showRoot=true",
        "-c",
        "log.showSignature=false",
        "log",
        "--first-parent",
        "-m",
        "--reverse",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--no-color",
        "--relative",
        "--format=%x01%H",
        commit,
        "--",
        "lock",
    ])?;
    let output = String::from_utf8_lossy(&output);
    let mut changes = Vec::new();
    let mut commit = "";
    let mut blob = None;
    // `\u{1}<commit>`, then for each file `:<modes> <old id> <new id> <letter>` and its path.
    for token in output.split('\0') {
        let token = token.trim_start_matches('\n');
        if let Some(id) = token.strip_prefix('\u{1}') {
            commit = id.trim();
        } else if let Some(raw) = token.strip_prefix(':') {
            blob = raw.split(' ').nth(3);
        } else if let Some(blob) = blob.take().filter(|id| id.bytes().any(|byte| byte != b'0'))
            && let Some(file) = token.strip_prefix("lock/")
        {
            changes.push(Change { commit: commit.to_owned(), file: file.to_owned(), blob: blob.to_owned() });
        }
    }
    Ok(changes)
}

/// The texts of the files in `changes`, by their ids.
fn contents(git: &Git<'_>, changes: &[Change]) -> Result<BTreeMap<String, String>, String> {
    let mut ids: Vec<String> = changes.iter().map(|change| change.blob.clone()).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let failed = |error: std::io::Error| format!("git cat-file: {error}");
    let mut command = git.command(&["cat-file", "--batch"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(failed)?;
    let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("git cat-file has no pipes".to_owned());
    };
    let asked = ids.join("\n") + "\n";
    // It answers while it is asked: both pipes must move.
    let asking = std::thread::spawn(move || to.write_all(asked.as_bytes()));
    let contents = answers(BufReader::new(from), ids.len()).map_err(failed);
    let _ = asking.join();
    let _ = child.wait();
    let contents = contents?;
    if contents.len() < ids.len() {
        return Err("the clone lacks some of the earlier lock files".to_owned());
    }
    Ok(contents)
}

/// `<id> blob <size>`, the content and a newline, `count` times; or `<id> missing`.
fn answers(mut from: impl BufRead, count: usize) -> std::io::Result<BTreeMap<String, String>> {
    let mut contents = BTreeMap::new();
    for _ in 0..count {
        let mut head = String::new();
        from.read_line(&mut head)?;
        let mut words = head.split_whitespace();
        let (Some(id), Some("blob"), Some(size)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let size: u64 = size.parse().map_err(std::io::Error::other)?;
        let mut bytes = Vec::new();
        from.by_ref().take(size).read_to_end(&mut bytes)?;
        from.read_line(&mut String::new())?;
        contents.insert(id.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(contents)
}
