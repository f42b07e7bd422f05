//! `check` looks through the sources for checkpoints that the registry lacks.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

const UNLISTED: &str = "\
//! Ünlisted.

pub mod inner {
    #[derive(Checkpoint)]
    #[checkpoint(job = \"acme\", version = 2)]
    pub struct AcmeCheckpoint {}
}
";

const LISTED: &str = "\
#[checkpoint(job = \"github\", version = 1)]
struct GithubCheckpoint;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod inline { #[checkpoint(job = \"of_tests\")] struct Inline; }
";

/// A workspace of two packages, with the registry of the committed jobs.
struct Workspace(TempDir);

impl Workspace {
    fn new() -> Self {
        let workspace = Self(TempDir::new().unwrap());
        workspace.write("Cargo.toml", "[workspace]\nmembers = [\"worker\", \"jobs\"]\nresolver = \"3\"\n");
        workspace.write("worker/src/lib.rs", LISTED);
        workspace.write("worker/src/tests/more.rs", "#[checkpoint(job = \"of_tests\")] struct A;");
        workspace.write("worker/src/tests.rs", "mod more; #[checkpoint(job = \"of_tests\")] struct B;");
        workspace.write("jobs/src/lib.rs", "mod acme; mod half_written;");
        workspace.write("jobs/src/half_written.rs", "struct { // checkpoint");
        workspace.write("jobs/src/acme.rs", UNLISTED);
        for name in ["worker", "jobs"] {
            workspace.manifest(name, "");
        }
        workspace
    }

    fn manifest(&self, name: &str, more: &str) {
        let text = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n{more}");
        self.write(&format!("{name}/Cargo.toml"), &text);
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn check(&self, args: &[&str]) -> Output {
        self.write("schemas/samples/github-v1/valid/a.json", "{}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
        command.arg("check").args(args).current_dir(self.0.path()).output().unwrap()
    }

    fn told(&self, args: &[&str]) -> Vec<String> {
        let text = String::from_utf8(self.check(args).stdout).unwrap();
        text.lines().filter(|line| line.contains("[unregistered-checkpoint]")).map(str::to_owned).collect()
    }
}

#[test]
fn a_type_with_a_job_that_no_registry_lists_is_found_in_any_package() {
    let workspace = Workspace::new();
    let [line] = &workspace.told(&["--quiet"])[..] else { panic!("{:?}", workspace.told(&["--quiet"])) };
    assert!(
        line.starts_with("jobs/src/acme.rs:6:16: error[unregistered-checkpoint]: `AcmeCheckpoint`"),
        "{line}"
    );
    assert!(line.contains("acme version 2"), "{line}");
    let full = String::from_utf8(workspace.check(&["-v"]).stdout).unwrap();
    assert!(
        full.contains("registry![GithubCheckpoint, JiraCheckpoint, WexAdCheckpoint, WexFabricCheckpoint, AcmeCheckpoint]"),
        "{full}"
    );
    assert!(full.contains("note: jobs/src/half_written.rs is not looked through"), "{full}");
}

#[test]
fn another_version_of_a_listed_job_is_another_checkpoint() {
    let workspace = Workspace::new();
    workspace.write("jobs/src/acme.rs", "#[checkpoint(job = \"github\", version = 2)] struct GithubV2;");
    let told = workspace.told(&["--quiet"]);
    assert!(told.len() == 1 && told[0].contains("github version 2"), "{told:?}");
}

#[test]
fn a_package_can_opt_out() {
    let workspace = Workspace::new();
    workspace.manifest("jobs", "[package.metadata.checkpoint]\nscan = false\n");
    assert_eq!(workspace.told(&["--quiet"]), [""; 0]);
    workspace.manifest("jobs", "[package.metadata.checkpoint]\nscan = true\n");
    assert_eq!(workspace.told(&["--quiet"]).len(), 1);
}

#[test]
fn outside_of_a_workspace_there_is_nothing_to_look_through() {
    let workspace = Workspace::new();
    fs::remove_file(workspace.0.path().join("Cargo.toml")).unwrap();
    let output = workspace.check(&["--quiet", "--schemas", "schemas"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(workspace.told(&["--quiet", "--schemas", "schemas"]), [""; 0]);
}

#[test]
fn a_workspace_whose_packages_cannot_be_told_could_not_run() {
    let workspace = Workspace::new();
    workspace.manifest("jobs", "[package");
    let output = workspace.check(&["--quiet"]);
    assert_eq!(output.status.code(), Some(2));
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.contains("does not tell the packages"), "{why}");
}
