//! The code of a side: serde on the real type, in this process, or in the tool of another revision.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use checkpoint_schema::registry::{Descriptor, Registry};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::could_not_run::CouldNotRun;
use crate::git::Git;
use crate::workspace::{cargo, target_dir};

/// Where documents are read and written by the real type.
#[derive(Clone)]
pub(crate) enum Code {
    /// In this process.
    Here(Descriptor),
    /// By the tool of another revision, which was built.
    Built { job: String, tool: Arc<Tool> },
}

/// Why a document is not read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refused {
    pub(crate) pointer: String,
    pub(crate) reason: String,
}

impl Code {
    /// What it writes of what it has read.
    pub(crate) fn rewrite(&self, document: &Value) -> Result<Value, Refused> {
        match self {
            Code::Here(descriptor) => descriptor
                .rewrite(document)
                .map_err(|it| Refused { pointer: it.pointer().to_owned(), reason: it.reason().to_owned() }),
            Code::Built { job, tool } => tool.ask(job, document),
        }
    }

    /// Why it does not read the document; at which place is not asked.
    pub(crate) fn reason(&self, document: &Value) -> Option<String> {
        match self {
            Code::Here(descriptor) => descriptor.__reason(document),
            Code::Built { .. } => self.rewrite(document).err().map(|refused| refused.reason),
        }
    }

    /// Does it read the document?
    pub(crate) fn read(&self, document: &Value) -> Result<(), Refused> {
        match self {
            Code::Here(descriptor) => descriptor
                .read(document)
                .map_err(|it| Refused { pointer: it.pointer().to_owned(), reason: it.reason().to_owned() }),
            Code::Built { .. } => self.rewrite(document).map(drop),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Code::Here(descriptor) => descriptor.fmt(f),
            Code::Built { job, .. } => write!(f, "{job} of another revision"),
        }
    }
}

/// A running `judge` of another revision.
pub(crate) struct Tool {
    pipes: Mutex<Pipes>,
}

struct Pipes {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// One question to `judge`, a line.
#[derive(Serialize, Deserialize)]
struct Asked {
    job: String,
    document: Value,
}

/// Its answer.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answered {
    Rewritten(Value),
    Refused(Refused),
}

impl Tool {
    /// Builds the tool of `commit` in a folder of its own below the target folder, and starts it.
    pub(crate) fn build(root: &Path, commit: &str) -> Result<Self, CouldNotRun> {
        let failed = |what: &str, why: String| {
            CouldNotRun(format!(
                "the tool of {commit} could not be built: {what}: {why}; leave out `--build` to compare with its contracts alone"
            ))
        };
        let checkout = target_dir()?.join("checkpoint-base").join(commit);
        let git = Git { dir: root };
        // The workspace may be a folder of the repository.
        let prefix = git.text(&["rev-parse", "--show-prefix"]).map_err(|why| failed("git rev-parse", why))?;
        if !checkout.exists() {
            git.check_out(commit, &checkout).map_err(|why| failed("git checkout", why))?;
        }
        let run = |args: &[&str]| {
            let mut command = Command::new(cargo());
            command
                .args(args)
                .current_dir(checkout.join(prefix.trim_end_matches('\n')))
                // One for each commit: to cargo, a package of a workspace is the same wherever that stands, and
                // of two in one target folder it may take what was built of the other.
                .env("CARGO_TARGET_DIR", checkout.join("target"))
                // What cargo set for this process is not meant for that one.
                .env_remove("CARGO_MANIFEST_DIR");
            command
        };
        let mut child = run(&["xtask", "judge"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed("cargo", error.to_string()))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("cargo", "it has no pipes".to_owned()));
        };
        let mut pipes = Pipes { child, to, from: BufReader::new(from) };
        // It greets when it is built and knows the command.
        let mut greeting = String::new();
        match pipes.from.read_line(&mut greeting) {
            Ok(_) if greeting.trim() == GREETING => Ok(Self { pipes: Mutex::new(pipes) }),
            _ => Err(failed(
                "`cargo xtask judge`",
                "it does not build there, or is older than this command".to_owned(),
            )),
        }
    }

    fn ask(&self, job: &str, document: &Value) -> Result<Value, Refused> {
        let gone = |why: String| Refused {
            pointer: String::new(),
            reason: format!("the tool of the other revision is gone: {why}"),
        };
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = Asked { job: job.to_owned(), document: document.clone() };
        let asked = serde_json::to_string(&asked).map_err(|error| gone(error.to_string()))?;
        let mut answer = String::new();
        let told = writeln!(pipes.to, "{asked}").and_then(|()| pipes.to.flush());
        told.and_then(|()| pipes.from.read_line(&mut answer)).map_err(|error| gone(error.to_string()))?;
        match serde_json::from_str(&answer) {
            Ok(Answered::Rewritten(document)) => Ok(document),
            Ok(Answered::Refused(refused)) => Err(refused),
            Err(error) => Err(gone(error.to_string())),
        }
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        let pipes = self.pipes.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = pipes.child.kill();
        let _ = pipes.child.wait();
    }
}

/// The first line of `judge`.
const GREETING: &str = "checkpoint judge 1";

/// `judge`: reads a document a line, and answers each with a line: what the type writes of it, or why it does not
/// read it.
pub(crate) fn judge(registry: &Registry, from: impl BufRead, mut to: impl Write) -> Result<(), CouldNotRun> {
    let failed = |error: std::io::Error| CouldNotRun(format!("judge: {error}"));
    writeln!(to, "{GREETING}").and_then(|()| to.flush()).map_err(failed)?;
    for line in from.lines() {
        let line = line.map_err(failed)?;
        let asked: Asked = serde_json::from_str(&line).map_err(|error| {
            CouldNotRun(format!("judge reads {{\"job\": …, \"document\": …}} a line: {error}"))
        })?;
        let answer = match registry.get(&asked.job) {
            Ok(descriptor) => match Code::Here(*descriptor).rewrite(&asked.document) {
                Ok(document) => Answered::Rewritten(document),
                Err(refused) => Answered::Refused(refused),
            },
            Err(unknown) => {
                Answered::Refused(Refused { pointer: String::new(), reason: unknown.to_string() })
            }
        };
        let answer = serde_json::to_string(&answer).map_err(|error| CouldNotRun(error.to_string()))?;
        writeln!(to, "{answer}").and_then(|()| to.flush()).map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::judge;
    use checkpoint_schema::registry;
    use checkpoint_schemas::GithubCheckpoint;

    fn answers(asked: &str) -> Result<String, String> {
        let mut told = Vec::new();
        judge(&registry![GithubCheckpoint], asked.as_bytes(), &mut told)
            .map_err(|error| error.to_string())?;
        Ok(String::from_utf8(told).unwrap())
    }

    #[test]
    fn each_line_is_answered_by_the_type() {
        let told = answers(
            "{\"job\": \"GitHub\", \"document\": {\"last_pr_cursor\": \"c\", \"current_repository\": \"r\", \"gone\": 1}}\n\
             {\"job\": \"github\", \"document\": {\"last_pr_cursor\": 1}}\n\
             {\"job\": \"none\", \"document\": {}}\n",
        )
        .unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 4, "{told}");
        assert!(lines[1].contains("\"rewritten\"") && lines[1].contains("\"batch_number\":1"), "{told}");
        assert!(!lines[1].contains("gone"), "{told}");
        assert!(lines[2].contains("\"refused\"") && lines[2].contains("/last_pr_cursor"), "{told}");
        assert!(lines[3].contains("there is no job"), "{told}");
    }

    #[test]
    fn what_is_no_question_ends_it_with_a_reason() {
        assert!(answers("{}\n").unwrap_err().contains("missing field"));
    }
}
