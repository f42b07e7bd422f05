//! git, asked about a folder: what it says does not depend on who asks, and it fetches nothing.

use std::fs;
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
            // Nothing is fetched, not even what a partial clone left out.
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
        output(&mut self.command(args))
    }

    /// The same, as text.
    pub(crate) fn text(&self, args: &[&str]) -> Result<String, String> {
        self.output(args).map(|output| String::from_utf8_lossy(&output).into_owned())
    }

    /// Writes the files of a commit into a new folder, of which the repository knows nothing.
    pub(crate) fn check_out(&self, commit: &str, folder: &Path) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        let top = self.text(&["rev-parse", "--show-toplevel"])?;
        let top = Git { dir: Path::new(top.trim_end_matches('\n')) };
        // Under its name it stands when it is whole.
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let (new, index) =
            (folder.with_file_name(format!("{name}.new")), folder.with_file_name(format!("{name}.index")));
        if new.exists() {
            fs::remove_dir_all(&new).map_err(failed)?;
        }
        fs::create_dir_all(&new).map_err(failed)?;
        for args in [
            vec!["read-tree", commit],
            vec!["checkout-index", "--all", &format!("--prefix={}/", new.display())],
        ] {
            let mut command = top.command(&args);
            output(command.env("GIT_INDEX_FILE", &index))?;
        }
        let _ = fs::remove_file(&index);
        fs::rename(&new, folder).map_err(failed)
    }

    /// The commit that a name stands for.
    pub(crate) fn commit(&self, name: &str) -> Option<String> {
        let commit = format!("{name}^{{commit}}");
        let output = self.output(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).ok()?;
        Some(String::from_utf8_lossy(&output).trim().to_owned())
    }
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("git does not start: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let words = String::from_utf8_lossy(&output.stderr);
        Err(words.lines().next().unwrap_or("git failed").to_owned())
    }
}
