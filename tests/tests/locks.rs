//! Locks: a revision is appended when a type has changed, and nothing published is ever rewritten.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use checkpoint_tests::jobs_over_time;
use serde_json::Value;
use tempfile::TempDir;

/// A repository with a schema folder, whose checkpoints are those of the tool `drifting`: the job `drift`,
/// as it was at a `time`.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self::without_git();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn without_git() -> Self {
        let repository = Self(TempDir::new().unwrap());
        // What these tests append may break what is locked: whether it does is the matter of others.
        fs::create_dir_all(repository.schemas()).unwrap();
        let allowed = "[drift]\nbackward = \"allow\"\nforward = \"allow\"\n";
        fs::write(repository.schemas().join("checkpoint.toml"), allowed).unwrap();
        // There must be something to check.
        let samples = repository.schemas().join("samples/drift-v1/valid");
        fs::create_dir_all(&samples).unwrap();
        fs::write(samples.join("empty.json"), "{}").unwrap();
        repository
    }

    /// With revision 1 committed.
    fn locked() -> Self {
        let repository = Self::new();
        repository.lock("first", 0);
        repository.commit("lock");
        repository
    }

    fn schemas(&self) -> PathBuf {
        self.0.path().join("schemas")
    }

    fn file(&self) -> PathBuf {
        self.schemas().join("lock/drift-v1.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn edit(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{from} is missing in:\n{text}");
        fs::write(self.file(), text.replace(from, to)).unwrap();
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.0.path())
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    fn run(&self, time: &str, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
        command.env(jobs_over_time::VARIABLE, time).current_dir(self.0.path());
        command.args(args).arg("--schemas").arg("schemas").output().unwrap()
    }

    #[track_caller]
    fn lock(&self, time: &str, exit: i32) -> String {
        let output = self.run(time, &["lock", "--quiet"]);
        told(&output, exit)
    }

    /// What `check` says of locks.
    #[track_caller]
    fn check(&self, time: &str, args: &[&str]) -> String {
        let args: Vec<&str> = ["check", "--quiet"].iter().chain(args).copied().collect();
        let output = self.run(time, &args);
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("[lock-")).collect();
        lines.join("\n")
    }
}

#[track_caller]
fn told(output: &Output, exit: i32) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{text}{errors}");
    text + &errors
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[test]
fn a_revision_is_appended_for_each_change_and_nothing_is_written_without_one() {
    let repository = Repository::without_git();
    says(&repository.check("first", &[]), &["lock/drift-v1.json: warning[lock-missing]"]);
    says(&repository.lock("first", 0), &["locked: drift-v1 revision 1; unchanged: none"]);
    let first = repository.text();
    says(&repository.lock("first", 0), &["locked: none; unchanged: drift-v1"]);
    assert_eq!(repository.text(), first);
    assert_eq!(repository.check("first", &[]), "");

    says(&repository.check("field_added", &[]), &["warning[lock-behind]", "its last revision, number 1"]);
    says(&repository.lock("field_added", 0), &["locked: drift-v1 revision 2"]);
    assert_eq!(repository.check("field_added", &[]), "");
    let (then, now) = (first.trim_end(), repository.text());
    let kept = then.strip_suffix("    }\n  ],\n  \"version\": 1\n}").unwrap();
    assert!(now.starts_with(kept), "the first revision has other bytes than before");
    let lock: Value = serde_json::from_str(&now).unwrap();
    let numbers: Vec<_> = lock["revisions"].as_array().unwrap().iter().map(|it| &it["revision"]).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn what_only_people_read_is_no_change_and_what_only_serde_knows_is() {
    let repository = Repository::without_git();
    repository.lock("first", 0);
    for time in ["other_words", "fields_swapped", "types_renamed"] {
        assert_eq!(repository.check(time, &[]), "", "{time}");
        says(&repository.lock(time, 0), &["unchanged: drift-v1"]);
    }
    for time in ["alias_added", "other_added", "skip_added", "default_changed", "unwritten_default"] {
        says(&repository.check(time, &[]), &["warning[lock-behind]"]);
    }
}

#[test]
fn the_whole_revision_is_kept_in_canonical_bytes() {
    let repository = Repository::without_git();
    repository.lock("first", 0);
    let lock: Value = serde_json::from_str(&repository.text()).unwrap();
    assert_eq!((&lock["format"], &lock["job"], &lock["version"]), (&1.into(), &"drift".into(), &1.into()));
    let revision = &lock["revisions"][0];
    assert_eq!(revision["read"]["$id"], "urn:checkpoint:drift:v1");
    assert_eq!(revision["write"]["$id"], "urn:checkpoint:drift:v1:write");
    // Sorted, whatever the order of the fields.
    assert_eq!(revision["write"]["required"], serde_json::json!(["batch", "mode", "rate", "started"]));
    assert_eq!(revision["read"]["properties"]["rate"]["default"], 0.1 + 0.2);
    assert!(revision["facts"].as_array().unwrap().iter().any(|it| it["is"] == "deny_unknown_fields"));
    let text = repository.text();
    let keys: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("  \"")?.split('"').next()).collect();
    assert_eq!(keys, ["format", "job", "revisions", "version"]);
}

#[test]
fn one_job_is_locked_by_any_spelling_and_an_unknown_one_could_not() {
    let repository = Repository::without_git();
    told(&repository.run("first", &["lock", "drift2"]), 2);
    says(&told(&repository.run("first", &["lock", "nope"]), 2), &["no job `nope`: the registry has drift"]);
    assert!(!repository.file().exists());
    says(&told(&repository.run("first", &["lock", "DRIFT"]), 0), &["locked: drift-v1 revision 1"]);
}

#[test]
fn export_touches_no_lock() {
    let repository = Repository::without_git();
    repository.lock("first", 0);
    let before = repository.text();
    told(&repository.run("field_added", &["export"]), 0);
    assert_eq!(repository.text(), before);
}

#[test]
fn a_file_that_is_no_lock_is_told_and_never_overwritten() {
    let repository = Repository::without_git();
    repository.lock("first", 0);
    repository.lock("field_added", 0);
    let good = repository.text();
    let broken = [
        ("{\n", "{,", "key must be a string"),
        ("\"format\": 1", "\"format\": 2", "its format is 2, and this tool knows 1"),
        ("\"format\": 1,\n", "", "does not state its `format`"),
        ("\"revision\": 2", "\"revision\": 1", "revision 1 stands where revision 2 must"),
        ("\"revision\": 2", "\"revision\": 3", "revision 3 stands where revision 2 must"),
        ("\"job\": \"drift\"", "\"job\": \"other\"", "whose name is other-v1.json"),
        ("\"job\": \"drift\"", "\"job\": \"drift\",\n  \"job\": \"drift\"", "duplicate field `job`"),
        ("\"facts\": [", "\"fatcs\": [", "unknown field `fatcs`"),
        ("\"version\": 1\n}", "\"version\": 1\n}\n<<<<<<<", "trailing characters"),
    ];
    for (from, to, why) in broken {
        fs::write(repository.file(), &good).unwrap();
        repository.edit(from, to);
        let bad = repository.text();
        says(&repository.check("field_added", &[]), &["error[lock-malformed]", why]);
        says(&repository.lock("alias_added", 1), &["error[lock-malformed]", why]);
        assert_eq!(repository.text(), bad);
    }
    fs::write(repository.file(), &good).unwrap();
    fs::write(repository.schemas().join("lock/stray.json"), "{\"format\": 1}").unwrap();
    says(&repository.check("field_added", &[]), &["lock/stray.json: error[lock-malformed]"]);
}

#[test]
fn a_lock_without_a_type_is_told_unless_its_job_has_a_later_version() {
    let repository = Repository::without_git();
    repository.lock("first", 0);
    fs::copy(repository.file(), repository.schemas().join("lock/gone-v1.json")).unwrap();
    let gone = repository.schemas().join("lock/gone-v1.json");
    fs::write(&gone, fs::read_to_string(&gone).unwrap().replace("\"job\": \"drift\"", "\"job\": \"gone\""))
        .unwrap();
    let text = repository.check("first", &[]);
    says(&text, &["lock/gone-v1.json: warning[lock-orphan]"]);
    assert_eq!(text.lines().count(), 1, "{text}");

    repository.lock("next_version", 0);
    assert!(!repository.check("next_version", &[]).contains("drift"));
}

#[test]
fn what_git_has_must_stay_as_it_is() {
    let repository = Repository::locked();
    assert_eq!(repository.check("first", &[]), "");
    let good = repository.text();

    // Layout is none of it.
    fs::write(repository.file(), good.replace("\n  ", "\r\n\t")).unwrap();
    assert_eq!(repository.check("first", &[]), "");

    repository.edit("\"deny_unknown_fields\"", "\"flattened\"");
    says(
        &repository.check("first", &[]),
        &["error[lock-rewritten]", "revision 1 is not the one that commit"],
    );
    // Not even once it is committed; nor does `lock` write on top of it.
    repository.commit("rewrite");
    says(&repository.check("first", &[]), &["error[lock-rewritten]"]);
    says(&repository.lock("field_added", 1), &["error[lock-rewritten]"]);

    // The mend that the finding shows.
    let full = told(&repository.run("first", &["check"]), 1);
    let command = full.split('`').find(|it| it.starts_with("git checkout")).unwrap();
    repository.git(&command.split(' ').skip(1).collect::<Vec<_>>());
    assert_eq!(repository.text(), good);
    assert_eq!(repository.check("first", &[]), "");
    repository.commit("bring back");
    assert_eq!(repository.check("first", &[]), "");
    says(&repository.lock("field_added", 0), &["drift-v1 revision 2"]);
}

#[test]
fn what_was_added_on_top_of_a_rewrite_was_not_published() {
    let repository = Repository::locked();
    let good = repository.text();
    repository.lock("field_added", 0);
    repository.edit("\"deny_unknown_fields\"", "\"flattened\"");
    repository.commit("rewrite, and append");
    fs::write(repository.file(), good).unwrap();
    assert_eq!(repository.check("first", &[]), "");
}

#[test]
fn a_published_revision_or_lock_cannot_be_removed() {
    let repository = Repository::locked();
    let first = repository.text();
    repository.lock("field_added", 0);
    repository.commit("second");
    fs::write(repository.file(), first).unwrap();
    says(&repository.check("first", &[]), &["error[lock-rewritten]", "revision 2, which commit", "is gone"]);
    fs::remove_file(repository.file()).unwrap();
    says(&repository.check("first", &[]), &["error[lock-rewritten]", "revision 1, which commit", "is gone"]);
    // A new first revision would take the place of the old.
    says(&repository.lock("first", 1), &["error[lock-rewritten]"]);
    assert!(!repository.file().exists());
    repository.commit("remove");
    says(&repository.check("first", &[]), &["error[lock-rewritten]"]);
}

#[test]
fn the_published_line_decides_between_two_branches() {
    let repository = Repository::locked();
    repository.git(&["checkout", "--quiet", "-b", "mine"]);
    repository.lock("field_added", 0);
    repository.commit("mine");
    let mine = repository.text();
    // Mine is ahead of main, and that is how it should be.
    assert_eq!(repository.check("field_added", &["--baseline", "main"]), "");

    repository.git(&["checkout", "--quiet", "main"]);
    repository.lock("alias_added", 0);
    repository.commit("theirs");
    let theirs = repository.text();

    repository.git(&["checkout", "--quiet", "mine"]);
    assert_eq!(repository.check("field_added", &[]), "");
    says(&repository.check("field_added", &["--baseline", "main"]), &["error[lock-rewritten]", "revision 2"]);

    // Resolved in favour of mine it is still wrong, and in favour of theirs it is right.
    let merge = |text: &str| {
        repository.git(&["merge", "--quiet", "--no-commit", "-s", "ours", "main"]);
        fs::write(repository.file(), text).unwrap();
        repository.commit("merge");
    };
    merge(&mine);
    says(&repository.check("field_added", &["--baseline", "main"]), &["error[lock-rewritten]"]);
    repository.git(&["reset", "--quiet", "--hard", "HEAD^1"]);
    merge(&theirs);
    assert_eq!(repository.check("alias_added", &["--baseline", "main"]), "");

    // Once merged, main sees one line only.
    repository.git(&["checkout", "--quiet", "main"]);
    repository.git(&["merge", "--quiet", "--no-ff", "mine"]);
    assert_eq!(repository.check("alias_added", &[]), "");
}

#[test]
fn a_branch_that_is_behind_its_baseline_has_rewritten_nothing() {
    let repository = Repository::locked();
    repository.git(&["branch", "behind"]);
    repository.lock("field_added", 0);
    repository.commit("ahead");
    repository.git(&["checkout", "--quiet", "behind"]);
    assert_eq!(repository.check("first", &["--baseline", "main"]), "");
}

#[test]
fn a_baseline_that_git_does_not_know_could_not_run() {
    let repository = Repository::locked();
    for name in ["origin/main", "--output=x"] {
        let output = repository.run("first", &["check", &format!("--baseline={name}")]);
        says(&told(&output, 2), &["git knows no commit", name]);
    }
    let output = Repository::without_git().run("first", &["check", "--baseline", "main"]);
    says(&told(&output, 2), &["there is no baseline `main`"]);
}

#[test]
fn a_shallow_clone_compares_with_what_it_has() {
    let repository = Repository::locked();
    repository.lock("field_added", 0);
    repository.commit("second");
    let clone = Repository(TempDir::new().unwrap());
    let url = format!("file://{}", repository.0.path().display());
    clone.git(&["clone", "--quiet", "--depth", "1", &url, "."]);
    assert_eq!(clone.check("field_added", &[]), "");
    clone.edit("\"deny_unknown_fields\"", "\"flattened\"");
    says(&clone.check("field_added", &[]), &["error[lock-rewritten]"]);
}

#[test]
fn without_git_nothing_is_said_but_on_demand() {
    let repository = Repository::without_git();
    told(&repository.run("first", &["export"]), 0);
    repository.lock("first", 0);
    let note = "the locks have no history to compare with";
    assert!(!told(&repository.run("first", &["check"]), 0).contains(note));
    says(&told(&repository.run("first", &["check", "-v"]), 0), &[note, "not a git repository"]);

    // A repository in which nothing was committed is as good as none.
    repository.git(&["init", "--quiet"]);
    told(&repository.run("first", &["check"]), 0);
}

#[test]
fn the_hook_of_another_repository_does_not_lead_astray() {
    let repository = Repository::locked();
    repository.edit("\"deny_unknown_fields\"", "\"flattened\"");
    let output = Command::new(env!("CARGO_BIN_EXE_tool"))
        .env(jobs_over_time::VARIABLE, "first")
        .env("GIT_DIR", ".git")
        .env("GIT_INDEX_FILE", ".git/index")
        .current_dir(repository.0.path())
        .args(["check", "--quiet", "--schemas", "schemas"])
        .output()
        .unwrap();
    says(&told(&output, 1), &["error[lock-rewritten]"]);
}

#[test]
fn the_committed_jobs_are_locked() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("schemas/lock");
    for descriptor in &checkpoint_schemas::registry() {
        let file = folder.join(format!("{}-v{}.json", descriptor.job(), descriptor.version()));
        assert!(file.is_file(), "{descriptor:?} has no lock");
    }
}
