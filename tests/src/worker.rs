//! A crate in another repository, made from nothing in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The root of this workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A crate outside the workspace. The workspace's lock file keeps cargo to the versions it already has.
pub struct Worker(TempDir);

impl Worker {
    /// The crate `worker` with these lines of `[dependencies]`, and of the tables that follow; in them
    /// `ROOT` is the root of this workspace.
    pub fn new(dependencies: &str) -> Self {
        let worker = Self(TempDir::new().unwrap());
        fs::copy(root().join("Cargo.lock"), worker.path("Cargo.lock")).unwrap();
        let manifest = format!(
            "[package]\nname = \"worker\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
        );
        worker.write("Cargo.toml", &manifest.replace("ROOT", &root().display().to_string()));
        worker
    }

    /// With this file, whose folders are made.
    pub fn with(self, name: &str, text: &str) -> Self {
        self.write(name, text);
        self
    }

    /// A place in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, whose folders are made.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// cargo in the worker's folder, offline.
    pub fn cargo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(args)
            .current_dir(self.0.path())
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", root().join("target/worker"))
            // What cargo sets for this test, and what is set around it, is not meant for the worker.
            .env_remove("RUSTFLAGS")
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("CHECKPOINT_UPDATE");
        command
    }

    /// Runs cargo, which must succeed, and returns what it prints.
    pub fn prints(&self, args: &[&str]) -> String {
        let output = self.cargo(args).output().unwrap();
        assert!(output.status.success(), "cargo {args:?}:\n{}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// All that a command printed.
pub fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
