//! git, asked about a folder: what it says does not depend on who asks, and it fetches nothing.

use std::path::Path;
use std::process::{Command, Stdio};

/// The repository that a folder is in.
pub(crate) struct Git<'a> {
    pub(crate) dir: &'a Path,
}

impl Git<'_> {
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .arg("-C")
            .arg(self.dir)
            .args(args)
            .env("LC_ALL", "C")
            // Nothing is fetched, not even what a partial clone left out, and nothing is written.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        // A hook's own repository, in words that hold in its folder only.
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"] {
            command.env_remove(variable);
        }
        command
    }

    /// What it says; if it fails, the first line of its reason.
    pub(crate) fn output(&self, args: &[&str]) -> Result<Vec<u8>, String> {
        let output = self.command(args).output().map_err(|error| format!("git does not start: {error}"))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            let words = String::from_utf8_lossy(&output.stderr);
            Err(words.lines().next().unwrap_or("git failed").to_owned())
        }
    }

    /// The same, as text.
    pub(crate) fn text(&self, args: &[&str]) -> Result<String, String> {
        self.output(args).map(|output| String::from_utf8_lossy(&output).into_owned())
    }

    /// The commit that a name stands for.
    pub(crate) fn commit(&self, name: &str) -> Option<String> {
        let commit = format!("{name}^{{commit}}");
        let output = self.output(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).ok()?;
        Some(String::from_utf8_lossy(&output).trim().to_owned())
    }
}
