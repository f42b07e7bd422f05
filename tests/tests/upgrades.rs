//! `check` takes the samples of every kept version through the upgrade chain of the newest type.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use checkpoint_tests::jobs_over_time;
use tempfile::TempDir;

/// A schema folder of the job `drift`, exported at `time`, with the schema and the lock of version 1 kept.
struct Folder {
    dir: TempDir,
    time: &'static str,
}

/// A document of version 2.
const NEW: &str = r#"{"checkpoint_version": 2, "batch": 0}"#;

impl Folder {
    fn at(time: &'static str) -> Self {
        let folder = Self { dir: TempDir::new().unwrap(), time };
        for (time, args) in [("first", ["export"]), ("first", ["lock"]), (time, ["export"]), (time, ["lock"])]
        {
            let (text, code) = folder.run(time, &args);
            assert_eq!(code, 0, "{text}");
        }
        folder.sample("drift-v2/valid/new.json", NEW);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn sample(&self, name: &str, text: &str) {
        let path = self.path("samples").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, time: &str, args: &[&str]) -> (String, i32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
        command.env(jobs_over_time::VARIABLE, time).current_dir(self.dir.path());
        let output = command.args(args).args(["--schemas", "."]).output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (text, output.status.code().unwrap())
    }

    /// What `check` says, which must be all of these, a line each.
    #[track_caller]
    fn says(&self, expected: &[&str]) {
        let (text, code) = self.run(self.time, &["check", "--quiet"]);
        assert_eq!(code, i32::from(text.contains("error[")), "{text}");
        let found: Vec<&str> =
            text.lines().filter(|line| line.contains("[") && !line.contains("[field-")).collect();
        assert_eq!(found.len(), expected.len(), "{text}");
        for (found, expected) in found.iter().zip(expected) {
            let parts: Vec<&str> = expected.split(" … ").collect();
            assert!(parts.iter().all(|part| found.contains(part)), "{expected:?} is not {found:?}");
        }
    }
}

#[test]
fn samples_of_a_version_whose_type_is_gone_are_upgraded_and_judged_as_the_newest() {
    let folder = Folder::at("next_version");
    // The schema and the lock of version 1 are kept, and nothing is wrong with that; but its step is not tried.
    assert!(folder.path("drift-v1.schema.json").is_file() && folder.path("lock/drift-v1.json").is_file());
    const UNTRIED: &str =
        "drift-v1 … warning[sample-none] … nothing shows that documents of version 1 survive";
    folder.says(&[UNTRIED]);
    // Nobody is left to refuse an invalid one, so it shows nothing.
    folder.sample("drift-v1/invalid/old.json", r#"{"batch": "3"}"#);
    folder.sample("drift-v1/invalid/old.expect", "wrong-type /batch\n");
    folder.says(&[UNTRIED]);
    fs::remove_dir_all(folder.path("samples/drift-v1")).unwrap();
    folder.sample("drift-v1/valid/old.json", r#"{"batch": 3, "mode": {"kind": "full"}}"#);
    folder.sample("drift-v1/valid/stated.json", r#"{"checkpoint_version": 1, "batch": 1}"#);
    folder.says(&[]);
    let (text, _) = folder.run("next_version", &["check"]);
    assert!(text.contains("checked 3 samples"), "{text}");
}

#[test]
fn a_sample_that_does_not_survive_its_upgrade_is_told_where_it_stands() {
    let folder = Folder::at("next_version");
    // A step refuses it.
    folder.sample("drift-v1/valid/a.json", "{\n  \"batch\": 0\n}");
    // serde refuses what the chain gives.
    folder.sample("drift-v1/valid/b.json", r#"{"rate": "fast"}"#);
    // Only the contract does.
    folder.sample("drift-v1/valid/c.json", r#"{"batch": 101}"#);
    folder.says(&[
        "a.json:1:1: error[upgrade-fails] … the document of the job `drift` cannot be upgraded from version 1: no batch comes before the first",
        "b.json:1:1: error[upgrade-fails] … what the step from version 1 gives is no version 2: /rate: invalid type: string \"fast\", expected f64",
        "c.json:1:1: error[upgrade-fails] … upgraded, it is no version 2: /batch: maximum 99, found 100",
    ]);
    let (text, _) = folder.run("next_version", &["check"]);
    assert!(text.contains("mend the steps of `DriftCheckpoint`, which lead from version 1 to 2"), "{text}");
    assert!(text.contains("\"checkpoint_version\": 2"), "the upgraded document is not shown:\n{text}");
}

#[test]
fn samples_stand_in_the_folder_of_their_version() {
    let folder = Folder::at("next_version");
    folder.sample("drift-v1/valid/a.json", NEW);
    folder.sample("drift-v1/valid/b.json", r#"{"checkpoint_version": 9}"#);
    folder.sample("drift-v1/valid/c.json", "null");
    folder.sample("drift-v1/valid/d.json", "{");
    folder.sample("drift-v2/valid/e.json", r#"{"batch": 1}"#);
    folder.sample("drift-v2/valid/f.json", r#"{"checkpoint_version": 1, "batch": 1}"#);
    folder.says(&[
        "v1/valid/a.json … error[upgrade-fails] … this sample is of version 2, and stands among those of version 1",
        "v1/valid/b.json … error[upgrade-fails] … is of version 9",
        "v1/valid/c.json … error[upgrade-fails] … this sample is `null`",
        "v1/valid/d.json … error[not-json]",
        "v2/valid/e.json:1:1: error[missing-key]: /checkpoint_version: … \"checkpoint_version\" is missing",
        "v2/valid/f.json:1:24: error[not-allowed]: /checkpoint_version: expected 2, found 1",
    ]);
    let (text, _) = folder.run("next_version", &["check"]);
    assert!(text.contains("write `\"checkpoint_version\": 2` if it has this layout"), "{text}");
}

#[test]
fn a_version_whose_type_is_still_registered_is_judged_by_it_and_upgraded_besides() {
    let folder = Folder::at("both_versions");
    folder.sample("drift-v1/valid/a.json", r#"{"batch": 0}"#);
    folder.sample("drift-v1/valid/b.json", r#"{"batch": "0"}"#);
    folder.sample("drift-v1/invalid/c.json", r#"{"batch": "0"}"#);
    folder.sample("drift-v1/invalid/c.expect", "wrong-type /batch\n");
    folder.sample("drift-v1/valid/d.json", r#"{"checkpoint_version": 1, "batch": 1}"#);
    folder.sample("drift-v1/valid/e.json", r#"{"checkpoint_version": 2, "batch": 1}"#);
    folder.says(&[
        "a.json … error[upgrade-fails] … no batch comes before the first",
        "b.json … error[wrong-type]: /batch",
        "e.json … error[unreadable]: /checkpoint_version: … the document is of version 2, and the type of 1",
    ]);
}

#[test]
fn invalid_samples_that_nobody_is_left_to_refuse_are_passed_over_and_that_is_said() {
    let folder = Folder::at("next_version");
    folder.sample("drift-v1/invalid/a.json", r#"{"batch": "0"}"#);
    folder.sample("drift-v1/invalid/a.expect", "wrong-type /batch\n");
    folder.sample("drift-v1/valid/b.json", "{}");
    folder.says(&[]);
    let (text, _) = folder.run("next_version", &["check", "-v"]);
    assert!(text.contains("1 invalid sample in ./samples/drift-v1 passed over"), "{text}");
}

#[test]
fn what_is_newer_than_the_newest_type_is_unknown() {
    let folder = Folder::at("next_version");
    folder.sample("drift-v1/valid/a.json", "{}");
    folder.sample("drift-v3/valid/a.json", NEW);
    folder.sample("drift-v0/valid/a.json", NEW);
    folder.says(&["drift-v0 … error[sample-unknown-job]", "drift-v3 … error[sample-unknown-job]"]);
    fs::remove_dir_all(folder.path("samples/drift-v3")).unwrap();
    fs::remove_dir_all(folder.path("samples/drift-v0")).unwrap();
    fs::write(folder.path("drift-v3.schema.json"), "{}").unwrap();
    folder.says(&["drift-v3.schema.json … error[export-orphan]"]);
}
