//! A folder with schemas and locks, and the tool of [`jobs_over_time`] in it, at one time or
//! another.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::jobs_over_time;

/// A repository with a schema folder, whose checkpoint is that of the tool at a time.
pub struct Repository {
    folder: TempDir,
    tool: PathBuf,
}

impl Repository {
    /// With the first revision exported and locked by the program at `tool`, `env!("CARGO_BIN_EXE_tool")`, and one
    /// sample.
    pub fn locked(tool: impl AsRef<Path>) -> Self {
        let repository = Self { folder: TempDir::new().unwrap(), tool: tool.as_ref().to_owned() };
        fs::create_dir_all(repository.path("schemas/samples/drift-v1/valid")).unwrap();
        fs::write(repository.path("schemas/samples/drift-v1/valid/empty.json"), "{}").unwrap();
        assert_eq!(code(&repository.run("first", &["export"])), 0);
        assert_eq!(code(&repository.run("first", &["lock"])), 0);
        repository
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command of the tool at the time.
    pub fn run(&self, time: &str, args: &[&str]) -> Output {
        let mut command = Command::new(&self.tool);
        command.env(jobs_over_time::VARIABLE, time).current_dir(self.folder.path()).args(args);
        command.args(["--schemas", "schemas"]).output().unwrap()
    }

    /// What `diff` says; it must end with `exit`.
    #[track_caller]
    pub fn diff(&self, time: &str, args: &[&str], exit: i32) -> String {
        let output = self.run(time, &[&["diff"], args].concat());
        let text = told(&output);
        assert_eq!(code(&output), exit, "{text}");
        text
    }

    /// Locks a layout that is not compatible, under a policy that allows it, and takes the policy back.
    #[track_caller]
    pub fn lock_whatever_breaks(&self, time: &str) {
        self.policy("[drift]\nbackward = \"allow\"\nforward = \"allow\"\n");
        assert_eq!(code(&self.run(time, &["lock"])), 0);
        self.policy("");
    }

    /// Writes the policy.
    pub fn policy(&self, text: &str) {
        fs::write(self.path("schemas/checkpoint.toml"), text).unwrap();
    }

    /// A command of git.
    pub fn git(&self, args: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]);
        let output = command.current_dir(self.folder.path()).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", told(&output));
    }
}

/// The exit code of a command.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// All that a command says.
pub fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
