//! What the tool says of mistakes: the right rule at the right place, once, and what to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A schema folder of the zoo's registry, exported.
struct Zoo(TempDir);

impl Zoo {
    fn new() -> Self {
        let zoo = Self(TempDir::new().unwrap());
        assert!(zoo.run(&["export"]).status.success());
        zoo
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The zoo with one sample, said to be valid.
    fn with(document: &str) -> Self {
        let zoo = Self::new();
        zoo.write("samples/zoo-v1/valid/it.json", document);
        zoo
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zoo"));
        // Outside of a workspace no sources are scanned.
        command.args(args).arg("--schemas").arg(self.0.path()).current_dir(self.0.path());
        for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn text(&self, args: &[&str]) -> String {
        String::from_utf8(self.run(args).stdout).unwrap()
    }

    /// The findings in the JSON form.
    fn findings(&self) -> Vec<Value> {
        let lines = self.text(&["check", "--format", "json"]);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Rule, line, column and pointer of each finding in the sample.
    fn of_sample(&self) -> Vec<(String, u64, u64, String)> {
        self.findings()
            .into_iter()
            .filter(|finding| finding["path"].as_str().unwrap().ends_with("it.json"))
            .map(|finding| {
                let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
                let number = |key: &str| finding[key].as_u64().unwrap_or_default();
                (text("rule"), number("line"), number("column"), text("pointer"))
            })
            .collect()
    }
}

#[track_caller]
fn gives(document: &str, expected: &[(&str, u64, u64, &str)]) {
    let found = Zoo::with(document).of_sample();
    let found: Vec<_> = found.iter().map(|(r, l, c, p)| (r.as_str(), *l, *c, p.as_str())).collect();
    assert_eq!(found, expected);
}

const EIGHT_MISTAKES: &str = r#"{
  "keepers": 12,
  "species": ["lynx", "lynx"],
  "fed_on": "yesterday",
  "licence": "ab-1",
  "action": {"kind": "move", "from": "north", "metres": "10"},
  "gate": {"opne": true},
  "cages": {"naïve / ~": {"open": 1}},
  "state": "shut"
}
"#;

#[test]
fn eight_mistakes_are_eight_findings_at_their_places_and_the_end_says_what_to_do() {
    gives(
        EIGHT_MISTAKES,
        &[
            ("out-of-range", 2, 14, "/keepers"),
            ("not-unique", 3, 14, "/species"),
            ("bad-format", 4, 13, "/fed_on"),
            ("bad-format", 5, 14, "/licence"),
            ("wrong-type", 6, 57, "/action/metres"),
            ("missing-key", 7, 12, "/gate/open"),
            ("wrong-type", 8, 35, "/cages/naïve ~1 ~0/open"),
            ("not-allowed", 9, 12, "/state"),
        ],
    );
    let text = Zoo::with(EIGHT_MISTAKES).text(&["check"]);
    let last: Vec<_> = text.lines().rev().take(2).collect();
    assert!(last[0].contains("checked 1 sample: 8 errors, "), "{text}");
    assert_eq!(
        last[1],
        "Each `help` says what to do; `cargo xtask explain wrong-type` tells more, and so for every name in brackets."
    );
    let findings = text.matches("\nerror[").count() + text.matches("\nwarning[").count() + 1;
    assert_eq!(text.matches("= help: ").count(), findings, "a finding has no help:\n{text}");
    assert!(text.contains("= help: write it without quotes: 10"), "{text}");
    assert!(text.contains("= help: rename \"opne\" to \"open\""), "{text}");
}

#[test]
fn the_text_shows_the_line_and_marks_what_is_meant() {
    let text = Zoo::with("{\n  \"keepers\": \"naïve\", \"state\": 5\n}\n").text(&["check"]);
    let expected = "it.json:2:32\n  |\n2 |   \"keepers\": \"naïve\", \"state\": 5\n  |                                ^\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_mistake_in_a_choice_is_told_in_the_branch_that_was_meant() {
    // By the tag.
    gives(
        r#"{"keepers": 1, "action": {"kind": "feed", "food": 5}}"#,
        &[("wrong-type", 1, 51, "/action/food")],
    );
    // A tag that no branch has.
    gives(r#"{"keepers": 1, "action": {"kind": "fed"}}"#, &[("not-allowed", 1, 35, "/action/kind")]);
    // No tag.
    gives(r#"{"keepers": 1, "action": {"food": "hay"}}"#, &[("missing-key", 1, 26, "/action/kind")]);
    // An `Option`'s null never counts: the lone branch is entered.
    gives(r#"{"keepers": 1, "gate": {"open": null}}"#, &[("wrong-type", 1, 33, "/gate/open")]);
    gives(r#"{"keepers": 1, "gate": 5}"#, &[("wrong-type", 1, 24, "/gate")]);
    // Told by its shape alone, nobody knows which was meant.
    gives(r#"{"keepers": 1, "answer": {}}"#, &[("no-match", 1, 26, "/answer")]);
}

#[test]
fn unknown_keys_are_a_warning_where_serde_ignores_them_and_an_error_where_it_refuses() {
    gives(
        r#"{"keepers": 1, "licens": "AB-1", "gate": {"open": true, "shut": false}}"#,
        &[("ignored-key", 1, 16, "/licens"), ("unknown-key", 1, 57, "/gate/shut")],
    );
    let text = Zoo::with(r#"{"keepers": 1, "licens": "AB-1"}"#).text(&["check"]);
    assert!(text.contains("= help: did you mean \"licence\"?"), "{text}");
}

#[test]
fn an_alias_is_a_known_key_and_its_findings_stand_where_it_stands() {
    gives(r#"{"keepers": 1, "enclosures": {"north": {"open": true}}}"#, &[]);
    gives(
        r#"{"keepers": 1, "enclosures": {"north": {"open": 2}}}"#,
        &[("wrong-type", 1, 49, "/enclosures/north/open")],
    );
    // Both at once serde refuses, and no schema can say so.
    gives(r#"{"keepers": 1, "cages": {}, "enclosures": {}}"#, &[("unreadable", 1, 1, "")]);
}

#[test]
fn a_key_that_stands_twice_is_a_finding_at_the_last() {
    gives(r#"{"keepers": 1, "keepers": 2}"#, &[("duplicate-key", 1, 16, "/keepers")]);
}

#[test]
fn a_mistake_in_two_megabytes_on_one_line_is_told_in_less_than_a_kilobyte() {
    let long = "x".repeat(1 << 20);
    let document = format!(
        r#"{{"species": ["{long}"], "keepers": "many", "licence": null, "cages": {{"{long}": {{"open": true}}}}}}"#
    );
    let zoo = Zoo::with(&document);
    zoo.write("samples/careless-v1/valid/it.json", r#"{"position": 1, "last_run_at": ""}"#);
    let text = zoo.text(&["check"]);
    let of_sample = text.split("\n\n").find(|part| part.contains("zoo-v1/valid/it.json")).unwrap();
    assert!(of_sample.len() < 1_024, "{} bytes", of_sample.len());
    assert!(
        of_sample.contains("it.json:1:1048606") && of_sample.contains("\"keepers\": \"many\""),
        "{of_sample}"
    );
}

#[test]
fn many_findings_are_shown_by_the_first_and_counted_whole() {
    let species = vec!["1"; 500].join(",");
    let zoo = Zoo::with(&format!(r#"{{"keepers": 1, "species": [{species}]}}"#));
    let text = zoo.text(&["check"]);
    assert!(text.contains("more, in one line each (`-v` shows all of them in full):"), "{text}");
    assert!(text.contains("checked 1 sample: 501 errors"), "{text}");
    let shown = text.matches("\n1 | ").count();
    assert!((20..30).contains(&shown), "{shown} findings are shown with their line");
    assert_eq!(zoo.text(&["check", "-v"]).matches("\n1 | ").count(), 501);
    assert_eq!(zoo.text(&["check", "-q"]).lines().filter(|line| line.contains("error[")).count(), 501);
}

#[test]
fn every_json_line_meets_the_published_schema() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("xtask/finding.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let strict = {
        let mut schema = schema.clone();
        schema["additionalProperties"] = false.into();
        schema
    };
    let validator = jsonschema::options().should_validate_formats(true).build(&strict).unwrap();
    let zoo = Zoo::with(EIGHT_MISTAKES);
    fs::remove_file(zoo.0.path().join("careless-v1.schema.json")).unwrap();
    let findings = zoo.findings();
    assert!(findings.len() > 11, "{findings:?}");
    for finding in findings {
        if let Err(error) = validator.validate(&finding) {
            panic!("{error} in {finding}");
        }
    }
}

#[test]
fn in_a_github_workflow_lines_are_annotated_and_the_summary_is_written() {
    let zoo = Zoo::with(r#"{"keepers": "1"}"#);
    let summary = zoo.0.path().join("summary.md");
    let mut command = zoo.command(&["check"]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let annotation = text.lines().find(|line| line.starts_with("::error file=")).unwrap();
    assert!(
        annotation.ends_with("it.json,line=1,col=13,title=wrong-type::/keepers: expected integer, found the string \"1\"%0Ahelp: write it without quotes: 1"),
        "{annotation}"
    );
    assert!(text.contains("error[wrong-type]: /keepers"), "the text stands beside the annotations: {text}");
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.contains("| error `wrong-type` |"), "{summary}");

    // Asked for by name, the annotations stand alone.
    let text = zoo.text(&["check", "--format", "github"]);
    assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
}

#[test]
fn colours_are_used_where_they_are_asked_for() {
    let zoo = Zoo::with(r#"{"keepers": "1"}"#);
    assert!(!zoo.text(&["check"]).contains('\u{1b}'));
    assert!(zoo.text(&["check", "--color", "always"]).contains("\u{1b}["));
    let mut command = zoo.command(&["check"]);
    let output = command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!String::from_utf8(output.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn rules_explain_themselves_and_a_misspelt_rule_is_guessed() {
    let zoo = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_zoo")).args(args).output().unwrap();
    for line in String::from_utf8(zoo(&["rules"]).stdout).unwrap().lines() {
        let id = line.split_whitespace().next().unwrap();
        let page = zoo(&["explain", id]);
        assert!(page.status.success());
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.starts_with(id) && page.contains("## What mends it"), "{page}");
    }
    let output = zoo(&["explain", "wrong-tpye"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean `wrong-type`?"));
}

#[test]
fn completions_are_scripts_of_the_shell() {
    let output = Command::new(env!("CARGO_BIN_EXE_zoo")).args(["completions", "bash"]).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("complete -F"));
}

#[test]
fn a_careless_type_is_told_of_the_practices_that_it_breaks() {
    let zoo = Zoo::with(r#"{"keepers": 1}"#);
    let of_rule = |rule: &str| -> Vec<(String, String, String)> {
        let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let findings = zoo.findings().into_iter().filter(|finding| finding["rule"] == rule);
        findings
            .map(|finding| (text(&finding, "severity"), text(&finding, "pointer"), text(&finding, "help")))
            .collect()
    };
    for (rule, key, help) in [
        ("timestamp-as-text", "last_run_at", "checkpoint_schema::Timestamp"),
        ("timestamp-as-number", "last_sync_date", "checkpoint_schema::Timestamp"),
        ("untyped-field", "issue", "one Rust type"),
        ("no-recovery-flag", "batch_number", "patterns::Batches"),
        ("field-undocumented", "position", "doc comment"),
    ] {
        let found = of_rule(rule);
        let [(severity, pointer, advice)] = &found[..] else { panic!("{rule}: {found:?}") };
        assert_eq!((severity.as_str(), pointer.as_str()), ("warning", &*format!("/properties/{key}")));
        assert!(advice.contains(help), "{advice}");
    }
    assert_eq!(zoo.run(&["check"]).status.code(), Some(0), "advice fails nothing");

    // What is locked is decided.
    assert!(zoo.run(&["lock"]).status.success());
    assert_eq!(of_rule("no-recovery-flag"), []);
    assert_eq!(of_rule("untyped-field").len(), 1);
}

/// Rules that need a git history, a workspace, several versions or streams, with the tests that trigger them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("acceptance-expired", include_str!("diff.rs")),
    ("acceptance-unused", include_str!("diff.rs")),
    ("contract-changed", include_str!("../pairs/tests/drift.rs")),
    ("default-changed", include_str!("../pairs/tests/drift.rs")),
    ("document-too-large", include_str!("stored.rs")),
    ("drift-undecided", include_str!("diff.rs")),
    ("encoding-changed", include_str!("../pairs/tests/drift.rs")),
    ("field-added", include_str!("../pairs/tests/drift.rs")),
    ("field-became-optional", include_str!("../pairs/tests/drift.rs")),
    ("field-became-required", include_str!("../pairs/tests/drift.rs")),
    ("field-not-written", include_str!("../pairs/tests/drift.rs")),
    ("field-removed", include_str!("../pairs/tests/drift.rs")),
    ("field-renamed", include_str!("../pairs/tests/drift.rs")),
    ("further-findings", include_str!("stored.rs")),
    ("job-unknown", include_str!("stored.rs")),
    ("length-changed", include_str!("../pairs/tests/drift.rs")),
    ("lock-behind", include_str!("locks.rs")),
    ("lock-malformed", include_str!("locks.rs")),
    ("lock-orphan", include_str!("locks.rs")),
    ("lock-rewritten", include_str!("locks.rs")),
    ("map-keys-changed", include_str!("../pairs/tests/drift.rs")),
    ("name-reused", include_str!("diff.rs")),
    ("range-changed", include_str!("../pairs/tests/drift.rs")),
    ("record-broken", include_str!("stored.rs")),
    ("required-field-added", include_str!("../pairs/tests/drift.rs")),
    ("required-field-removed", include_str!("../pairs/tests/drift.rs")),
    ("round-trip-loss", include_str!("diff.rs")),
    ("tagging-changed", include_str!("../pairs/tests/drift.rs")),
    ("text-changed", include_str!("../pairs/tests/drift.rs")),
    ("type-changed", include_str!("../pairs/tests/drift.rs")),
    ("uniqueness-changed", include_str!("../pairs/tests/drift.rs")),
    ("unknown-keys-refused", include_str!("../pairs/tests/drift.rs")),
    ("unregistered-checkpoint", include_str!("scan.rs")),
    ("upgrade-fails", include_str!("upgrades.rs")),
    ("value-lost", include_str!("../pairs/tests/drift.rs")),
    ("variant-added", include_str!("../pairs/tests/drift.rs")),
    ("variant-removed", include_str!("../pairs/tests/drift.rs")),
    ("variant-renamed", include_str!("../pairs/tests/drift.rs")),
    ("version-newer", include_str!("stored.rs")),
];

/// One folder with every mistake that files and documents can have.
#[test]
fn every_rule_is_triggered_by_the_mistake_that_it_names() {
    let zoo = Zoo::with(EIGHT_MISTAKES);
    let sample = |name: &str, bytes: &[u8]| zoo.write(&format!("samples/zoo-v1/{name}"), bytes);
    sample(
        "valid/a.json",
        br#"{"keepers": 1, "keepers": 1, "licens": "", "gate": {"open": true, "x": 1}, "answer": "?"}"#,
    );
    sample("valid/b.json", br#"{"keepers": 1, "cages": {}, "enclosures": {}}"#);
    sample("valid/c.json", br#"{"keepers": 1, "fed_on": "2025-01-15T12:00:00"}"#);
    sample("valid/d.json", b"{");
    sample("valid/e.txt", b"{}");
    sample("invalid/f.json", br#"{"keepers": 1}"#);
    fs::create_dir_all(zoo.0.path().join("samples/zoo-v1/valid/g.json")).unwrap();
    sample("valid/h.json", b"");
    let huge =
        fs::OpenOptions::new().write(true).open(zoo.0.path().join("samples/zoo-v1/valid/h.json")).unwrap();
    huge.set_len(65 << 20).unwrap();
    zoo.write("samples/ark-v1/valid/a.json", "{}");
    zoo.write("ark-v1.schema.json", "{}");
    zoo.write("zoo-v1.schema.json", "{}");
    zoo.write("README.md", "ours");
    fs::remove_file(zoo.0.path().join("careless-v1.schema.json")).unwrap();

    let triggered: BTreeSet<String> =
        zoo.findings().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
    let rules = Command::new(env!("CARGO_BIN_EXE_zoo")).arg("rules").output().unwrap();
    let all: BTreeSet<String> = String::from_utf8(rules.stdout)
        .unwrap()
        .lines()
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect();
    let mut missing: Vec<_> = all.difference(&triggered).map(String::as_str).collect();
    missing.retain(|id| {
        let tests = ELSEWHERE.iter().find(|(rule, _)| rule == id);
        !tests.is_some_and(|(_, tests)| tests.contains(&format!("[{id}]")))
    });
    assert!(missing.is_empty(), "no mistake here triggers {missing:?}");
}
