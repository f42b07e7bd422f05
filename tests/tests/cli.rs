//! The tool's promises on the command line: exit codes, what is written, what is said of broken input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A schema folder of its own, exported, with one valid sample.
struct Folder(TempDir);

impl Folder {
    fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn exported() -> Self {
        let folder = Self::empty();
        assert_eq!(code(&folder.run(&["export"])), 0);
        assert_eq!(code(&folder.run(&["lock"])), 0);
        folder.sample("github-v1/valid/good.json", GOOD);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn sample(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.write(&format!("samples/{name}"), bytes);
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = tool();
        command.args(args).arg("--schemas").arg(self.0.path());
        command.output().unwrap()
    }

    /// The findings of `check`, one a line; it must end with `exit`.
    fn check(&self, exit: i32) -> String {
        self.checked(&["check", "--quiet"], exit)
    }

    /// The findings of `check` in full; it must end with `exit`.
    fn check_in_full(&self, exit: i32) -> String {
        self.checked(&["check"], exit)
    }

    fn checked(&self, args: &[&str], exit: i32) -> String {
        let output = self.run(args);
        let text = stdout(&output);
        assert_eq!(code(&output), exit, "{text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }
}

const GOOD: &str = r#"{"last_pr_cursor": "c", "current_repository": "r"}"#;

fn tool() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tool"))
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the tool ended by a signal")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Asserts that the one line that tells of `rule` holds every one of `parts`.
#[track_caller]
fn tells(text: &str, rule: &str, parts: &[&str]) {
    let lines: Vec<_> = text.lines().filter(|line| line.contains(&format!("[{rule}]"))).collect();
    let [line] = lines.as_slice() else { panic!("{} lines tell of {rule} in:\n{text}", lines.len()) };
    for part in parts {
        assert!(line.contains(part), "{part:?} is missing in: {line}");
    }
}

#[test]
fn this_repository_is_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = tool().arg("check").current_dir(root).output().unwrap();
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).ends_with("no findings\n"));
}

#[test]
fn the_workspace_is_found_from_any_folder_below_it() {
    let below = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let output = tool().arg("check").current_dir(below).output().unwrap();
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn outside_a_workspace_it_could_not_run_and_says_what_to_name() {
    let output = tool().arg("check").current_dir(Folder::empty().0.path()).output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("--schemas DIR"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_could_not_run() {
    for args in [&["exprot"][..], &["check", "--chekc"], &[]] {
        assert_eq!(code(&tool().args(args).output().unwrap()), 2, "{args:?}");
    }
}

/// With the feature, `tests/migrate.rs` and `tests/rows.rs` try them.
#[test]
#[cfg(not(feature = "postgres"))]
fn without_a_driver_migrate_and_rows_say_how_to_get_one() {
    for command in ["migrate", "rows"] {
        let output = tool().arg(command).output().unwrap();
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("features = [\"postgres\"]"), "{}", stderr(&output));
    }
}

#[test]
fn nothing_to_check_could_not_run() {
    let folder = Folder::empty();
    assert_eq!(code(&folder.run(&["export"])), 0);
    let output = folder.run(&["check"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("there is no folder"), "{}", stderr(&output));

    fs::create_dir_all(folder.path("samples/github-v1/valid")).unwrap();
    let output = folder.run(&["check"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("no sample was found"), "{}", stderr(&output));
}

#[test]
fn export_writes_what_check_then_accepts_and_writes_nothing_twice() {
    let folder = Folder::empty();
    assert!(stdout(&folder.run(&["export"])).contains("exported 5 files, 5 written"));
    assert!(stdout(&folder.run(&["export"])).contains("exported 5 files, 0 written"));
    assert_eq!(code(&folder.run(&["export", "--check"])), 0);

    let schema = fs::read_to_string(folder.path("github-v1.schema.json")).unwrap();
    assert!(schema.contains("\"$id\": \"urn:checkpoint:github:v1\""));
    assert!(schema.contains("\"$schema\": \"https://json-schema.org/draft/2020-12/schema\""));
    assert!(schema.ends_with("}\n") && !schema.ends_with("\n\n"));
}

#[test]
fn raw_schemas_are_exported_and_compared_where_they_are_asked_for() {
    let folder = Folder::empty();
    assert_eq!(code(&folder.run(&["export", "--raw"])), 0);
    let raw = fs::read_to_string(folder.path("github-v1.schema.json")).unwrap();
    assert!(raw.contains("uint64"), "{raw}");
    assert_eq!(code(&folder.run(&["export", "--raw", "--check"])), 0);
    let text = folder.checked(&["export", "--check", "--quiet"], 1);
    assert_eq!(
        text.matches("[export-changed]: this is the schema that `--raw` exports").count(),
        4,
        "{text}"
    );
    assert_eq!(code(&folder.run(&["export"])), 0);
    assert_eq!(code(&folder.run(&["export", "--check"])), 0);
    assert!(!fs::read_to_string(folder.path("github-v1.schema.json")).unwrap().contains("uint64"));
    assert!(folder.checked(&["export", "--raw", "--check"], 1).contains("run `cargo xtask export --raw`"));
}

#[test]
fn export_check_finds_missing_changed_and_orphan_files_and_writes_none() {
    let folder = Folder::empty();
    assert_eq!(code(&folder.run(&["export"])), 0);
    fs::remove_file(folder.path("jira-v1.schema.json")).unwrap();
    let changed = fs::read_to_string(folder.path("github-v1.schema.json"))
        .unwrap()
        .replace("\"boolean\"", "\"string\"");
    folder.write("github-v1.schema.json", &changed);
    folder.write("gitlab-v1.schema.json", "{}");

    let text = folder.checked(&["export", "--check", "--quiet"], 1);
    tells(&text, "export-missing", &["jira-v1.schema.json"]);
    tells(&text, "export-changed", &["github-v1.schema.json"]);
    tells(&text, "export-orphan", &["gitlab-v1.schema.json"]);
    let text = folder.checked(&["export", "--check"], 1);
    assert!(
        text.contains("-      \"type\": \"string\"") && text.contains("+      \"type\": \"boolean\""),
        "{text}"
    );
    assert!(text.contains("run `cargo xtask export`"), "{text}");
    assert!(text.ends_with("3 errors, 0 warnings\n"), "{text}");

    assert!(!folder.path("jira-v1.schema.json").exists());
    assert_eq!(fs::read_to_string(folder.path("github-v1.schema.json")).unwrap(), changed);

    // Export mends the first two, and deletes nothing.
    tells(&folder.checked(&["export", "--quiet"], 1), "export-orphan", &["gitlab-v1.schema.json"]);
    assert!(folder.path("gitlab-v1.schema.json").exists());
    fs::remove_file(folder.path("gitlab-v1.schema.json")).unwrap();
    assert_eq!(code(&folder.run(&["export", "--check"])), 0);
}

#[test]
fn an_index_written_by_hand_is_not_overwritten() {
    let folder = Folder::empty();
    folder.write("README.md", "# Ours\n");
    tells(&folder.checked(&["export", "--quiet"], 1), "export-foreign", &["README.md"]);
    assert_eq!(fs::read_to_string(folder.path("README.md")).unwrap(), "# Ours\n");
}

#[test]
fn a_finding_has_file_line_column_pointer_and_reason() {
    let folder = Folder::exported();
    folder.sample(
        "github-v1/valid/late.json",
        "{\n  \"last_pr_cursor\": \"naïve\", \"batch_number\": \"5\",\n  \"current_repository\": \"r\"\n}\n",
    );
    let text = folder.check(1);
    tells(
        &text,
        "wrong-type",
        &["late.json:2:46: ", "/batch_number: ", "expected integer, found the string \"5\""],
    );
}

#[test]
fn one_mistake_that_schema_and_serde_both_refuse_is_one_finding() {
    let folder = Folder::exported();
    folder.sample("github-v1/valid/missing.json", r#"{"last_pr_cursor": "c"}"#);
    folder.sample(
        "wex_ad-v1/valid/choice.json",
        r#"{"last_sync_timestamp": "2025-01-15T12:00:00Z", "delta_token": "", "sync_type": "partial"}"#,
    );
    let text = folder.check(1);
    tells(&text, "missing-key", &["missing.json:1:1: ", "/current_repository: "]);
    tells(
        &text,
        "not-allowed",
        &["choice.json:1:81: ", "/sync_type: ", r#""partial" is none of "full", "incremental""#],
    );
    assert!(text.contains(": 2 errors, "), "{text}");
}

#[test]
fn what_only_serde_refuses_is_a_finding() {
    let folder = Folder::exported();
    // To a schema, `50.0` is an integer.
    folder.sample(
        "jira-v1/valid/real.json",
        r#"{"last_sync_date": "2025-01-15T12:00:00Z", "last_issue_key": "D-1", "max_results": 50.0}"#,
    );
    tells(&folder.check(1), "unreadable", &["real.json:1:84: ", "/max_results: ", "JiraCheckpoint", "u32"]);
}

#[test]
fn an_offsetless_timestamp_is_a_warning_where_it_can_be_read() {
    let folder = Folder::exported();
    let document = r#"{"last_sync_date": "2025-01-15T12:00:00.123456", "last_issue_key": "D-1"}"#;
    folder.sample("jira-v1/valid/python.json", document);
    tells(&folder.check(0), "timestamp-without-offset", &["warning", "/last_sync_date: "]);

    // Beside the sample, the warning can be said to be known.
    folder.sample("jira-v1/valid/python.expect", "timestamp-without-offset /last_sync_date\n");
    assert!(!folder.check(0).contains("timestamp-without-offset"));
}

#[test]
fn broken_files_are_findings_and_the_others_are_still_checked() {
    let folder = Folder::exported();
    folder.sample("github-v1/valid/a_unparsable.json", "{\n  \"last_pr_cursor\": \"c\",\n}");
    folder.sample("github-v1/valid/b_empty.json", "");
    folder.sample("github-v1/valid/c_latin1.json", b"{\n  \"last_pr_cursor\": \"\xe9\"}");
    fs::create_dir_all(folder.path("samples/github-v1/valid/d_folder.json")).unwrap();
    folder.sample("github-v1/valid/e_deep.json", "[".repeat(200) + &"]".repeat(200));
    folder.sample("github-v1/valid/f_truncated.json", "{\"last_pr_cursor\": \"c");
    folder.sample("github-v1/valid/g_bom.json", format!("\u{feff}{GOOD}"));
    folder.sample("github-v1/valid/z_last.json", r#"{"last_pr_cursor": 1, "current_repository": "r"}"#);

    let text = folder.check(1);
    let line = |name: &str| {
        let mut lines = text.lines().filter(|line| line.contains(name));
        let line = lines.next().unwrap_or_else(|| panic!("nothing is said of {name} in:\n{text}"));
        assert_eq!(lines.next(), None, "{name} gave more than one finding");
        line
    };
    assert!(line("a_unparsable").contains(":3:1: error[not-json]: trailing comma"), "{text}");
    assert!(line("b_empty").contains(":1:1: error[not-json]: EOF while parsing a value"), "{text}");
    assert!(line("c_latin1").contains(":2:22: error[not-json]: this byte is not UTF-8"), "{text}");
    assert!(line("d_folder").contains("error[file-unreadable]: this is no file"), "{text}");
    assert!(line("e_deep").contains("error[not-json]: recursion limit exceeded"), "{text}");
    assert!(line("f_truncated").contains("error[not-json]: EOF while parsing a string"), "{text}");
    assert!(line("g_bom").contains("error[not-json]"), "{text}");
    assert!(line("z_last").contains("error[wrong-type]: /last_pr_cursor"), "{text}");
    assert!(text.contains("checked 9 samples: 8 errors"), "{text}");
}

#[test]
fn a_sample_of_100_megabytes_is_refused_at_the_stated_limit_without_being_read() {
    let folder = Folder::exported();
    folder.sample("github-v1/valid/huge.json", "");
    let file =
        fs::OpenOptions::new().write(true).open(folder.path("samples/github-v1/valid/huge.json")).unwrap();
    file.set_len(100_000_000).unwrap();
    tells(&folder.check(1), "file-too-large", &["huge.json", "100000000 bytes", "more than 67108864 bytes"]);
}

#[test]
fn a_sample_just_below_the_limit_is_checked() {
    let folder = Folder::exported();
    let cursor = "c".repeat(32 << 20);
    let text = format!(r#"{{"last_pr_cursor": "{cursor}", "current_repository": "r"}}"#);
    folder.sample("github-v1/valid/large.json", text.replace("\"r\"", "7"));
    tells(&folder.check(1), "wrong-type", &["large.json:1:", "/current_repository: ", "found 7"]);
    folder.sample("github-v1/valid/large.json", text);
    folder.check(0);
}

#[test]
fn a_long_value_is_shown_by_its_beginning() {
    let folder = Folder::exported();
    let long = "é".repeat(1 << 20);
    folder.sample(
        "wex_ad-v1/valid/long.json",
        format!(r#"{{"last_sync_timestamp": "{long}", "delta_token": ["{long}"], "sync_type": "{long}"}}"#),
    );
    assert!(folder.check(1).len() < 2_000);
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_samples_does_not_hang_the_check() {
    let folder = Folder::exported();
    let pipe = folder.path("samples/github-v1/valid/pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    tells(&folder.check(1), "file-unreadable", &["pipe.json", "no file"]);
}

#[test]
fn what_is_no_sample_is_told_and_where_samples_stand() {
    let folder = Folder::exported();
    folder.sample("stray.json", GOOD);
    folder.sample("gitlab-v1/valid/x.json", GOOD);
    folder.sample("github-v1/vaild/x.json", GOOD);
    folder.sample("github-v1/valid/x.jsn", GOOD);
    let text = folder.check(1);
    tells(&text, "sample-unknown-job", &["gitlab-v1"]);
    for name in ["stray.json", "vaild", "x.jsn"] {
        assert!(
            text.lines().any(|line| line.contains(name) && line.contains("[sample-misplaced]")),
            "{text}"
        );
    }
    let text = folder.check_in_full(1);
    assert!(text.contains("rename the folder to one of: github-v1, jira-v1"), "{text}");
}

#[test]
fn a_job_without_samples_is_a_warning() {
    let text = Folder::exported().check(0);
    assert_eq!(text.matches("[sample-none]").count(), 3, "{text}");
}

#[test]
fn an_invalid_sample_must_give_exactly_the_findings_it_states() {
    let folder = Folder::exported();
    let bad = r#"{"last_pr_cursor": 1, "current_repository": "r"}"#;
    folder.sample("github-v1/invalid/bad.json", bad);
    let text = folder.check(1);
    tells(&text, "sample-unexpected", &["bad.json", "nothing says which findings"]);
    let text = folder.check_in_full(1);
    assert!(text.contains("    wrong-type /last_pr_cursor\n"), "{text}");

    folder.sample("github-v1/invalid/bad.expect", "wrong-type /last_pr_cursor\n");
    folder.check(0);

    folder.sample("github-v1/invalid/bad.json", bad.replace("\"r\"", "2"));
    let text = folder.check(1);
    tells(&text, "sample-unexpected", &["bad.json", "other findings than it must"]);
    let text = folder.check_in_full(1);
    assert!(text.contains("+wrong-type /current_repository"), "{text}");

    folder.sample("github-v1/invalid/bad.json", GOOD);
    tells(&folder.check(1), "sample-unexpected", &["bad.json", "nothing refuses it"]);
}

#[test]
fn the_committed_jobs_have_valid_and_invalid_samples() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("schemas/samples");
    for descriptor in &checkpoint_schemas::registry() {
        let folder = samples.join(format!("{}-v{}", descriptor.job(), descriptor.version()));
        assert!(folder.join("valid/seed.json").is_file(), "{descriptor:?} lacks the seed's document");
        assert!(
            fs::read_dir(folder.join("invalid")).unwrap().count() >= 2,
            "{descriptor:?} lacks invalid samples"
        );
    }
}

#[test]
fn closed_output_is_no_panic() {
    let folder = Folder::exported();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = tool();
    command.arg("check").arg("--schemas").arg(folder.0.path()).stdout(writer);
    let output = command.output().unwrap();
    assert_eq!(code(&output), 0);
    assert_eq!(stderr(&output), "");
}
