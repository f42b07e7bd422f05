//! `diff`, and the part of `check` that is about drift, on the command line: what they say, and the exit code.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use checkpoint_tests::jobs_over_time;
use checkpoint_tests::repository::{Repository, code, told};
use serde_json::{Value, json};
use tempfile::TempDir;

fn locked() -> Repository {
    Repository::locked(env!("CARGO_BIN_EXE_tool"))
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

/// The fingerprint that a report of one break offers.
fn fingerprint(text: &str) -> String {
    let (_, rest) = text.split_once("fingerprint = \"").expect("a fingerprint");
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn the_last_lines_of_a_check_that_fails_name_the_job_the_field_the_witness_and_the_mend() {
    let repository = locked();
    assert_eq!(code(&repository.run("first", &["check"])), 0);
    assert_eq!(code(&repository.run("required_added", &["export"])), 0);
    let output = repository.run("required_added", &["check"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let text = told(&output);
    let last: Vec<&str> = text.lines().rev().take(3).collect();
    says(
        &last.join("\n"),
        &[
            "drift: /page: ",
            "refuses {\"batch\":",
            "missing field `page`",
            "put `#[serde(default)]` on `page` in `DriftCheckpoint`",
        ],
    );
}

#[test]
fn a_layout_that_breaks_what_is_locked_is_not_locked_unless_somebody_accepts_it() {
    let repository = locked();
    let lock = || fs::read_to_string(repository.path("schemas/lock/drift-v1.json")).unwrap();
    let before = lock();
    let output = repository.run("required_added", &["lock"]);
    let text = told(&output);
    assert_eq!(code(&output), 1, "{text}");
    says(
        &text,
        &[
            "error[required-field-added]: /page",
            "put `#[serde(default)]` on `page`",
            "or, as a new version:",
            "or accept it in schemas/checkpoint.toml",
            "no revision of drift is locked",
            "locked: none; unchanged: none; refused: drift-v1: 1 error, 0 warnings",
        ],
    );
    assert_eq!(lock(), before);
    repository.policy(&format!(
        "[[drift.accept]]\nfingerprint = \"{}\"\nreason = \"nothing is stored yet\"\nexpires = \"2999-12-31\"\n",
        fingerprint(&text)
    ));
    says(&told(&repository.run("required_added", &["lock"])), &["locked: drift-v1 revision 2"]);
    assert_ne!(lock(), before);
    // Another version is another lock, in which nothing is broken.
    repository.policy("");
    let output = repository.run("next_version", &["lock"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    says(&told(&output), &["locked: drift-v2 revision 1"]);
}

#[test]
fn a_break_comes_before_the_advice_to_lock_it() {
    let repository = locked();
    let text = told(&repository.run("required_added", &["check"]));
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing in:\n{text}"));
    assert!(at("error[required-field-added]") < at("warning[lock-behind]"), "{text}");
    says(&text, &["help: mend the break above first"]);
    // What breaks nothing can be locked.
    let text = told(&repository.run("skip_added", &["check"]));
    says(&text, &["warning[lock-behind]", "help: run `cargo xtask lock`, and commit what it writes"]);
}

#[test]
fn programs_are_told_the_job_the_verdicts_the_witness_and_the_fingerprint() {
    let repository = locked();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("xtask/finding.schema.json");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    schema["additionalProperties"] = false.into();
    schema["properties"]["drift"]["additionalProperties"] = false.into();
    schema["properties"]["drift"]["properties"]["verdicts"]["items"]["additionalProperties"] = false.into();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let lines = |time: &str, command: &str| -> Vec<Value> {
        let output = repository.run(time, &[command, "--format", "json"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &lines {
            let errors: Vec<String> = validator.iter_errors(line).map(|it| it.to_string()).collect();
            assert_eq!(errors, [""; 0], "{line}");
        }
        lines
    };
    let text = repository.diff("required_added", &[], 1);
    for command in ["diff", "check"] {
        let told = lines("required_added", command);
        let of_rule = |rule: &str| told.iter().find(|line| line["rule"] == rule).unwrap();
        let drift = &of_rule("required-field-added")["drift"];
        assert_eq!(drift["job"], "drift");
        assert_eq!(drift["version"], 1);
        assert_eq!(drift["fingerprint"], fingerprint(&text));
        assert_eq!(drift["accepted"], false);
        assert_eq!((&drift["old_place"], &drift["new_place"]), (&Value::Null, &json!("/page")));
        let [backward, forward] = &drift["verdicts"].as_array().unwrap()[..] else { panic!("{drift}") };
        assert_eq!(
            backward,
            &json!({
                "direction": "backward", "verdict": "unreadable", "executed": true,
                "witness": {"batch": 0, "mode": {"kind": "full"}, "rate": 0.5, "started": ""},
                "reason": "missing field `page`",
            })
        );
        assert_eq!((&forward["direction"], &forward["executed"]), (&json!("forward"), &json!(false)));
        assert_eq!(forward["witness"]["page"], 0);
        if command == "check" {
            assert_eq!(of_rule("lock-behind")["drift"], Value::Null);
        }
    }
    let renamed = &lines("started_renamed", "diff")[0]["drift"];
    assert_eq!((&renamed["old_place"], &renamed["new_place"]), (&json!("/started"), &json!("/begun")));
    let undecided = schemas(
        json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^a+$"}}}),
        json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^a{1,}$"}}}),
    );
    let output = undecided.run("first", &["diff", "old.json", "new.json", "--format", "json"]);
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["drift"]["verdicts"][0]["verdict"], "undecided");
    assert_eq!(line["drift"]["verdicts"][0]["witness"], Value::Null);
}

#[test]
fn breaks_are_told_in_every_form_of_a_report() {
    let repository = locked();
    let of = |format: &str| repository.diff("required_added", &["--format", format], 1);
    let annotations = of("github");
    let [annotation] = &annotations.lines().collect::<Vec<_>>()[..] else { panic!("{annotations}") };
    says(
        annotation,
        &[
            "::error file=schemas/lock/drift-v1.json,title=required-field-added::/page: drift v1: required field added",
            "the new code cannot read what the old code stored",
            "old workers that still run cannot read what the new code writes",
            "%0Ahelp: put `#[serde(default)]` on `page`",
        ],
    );
    let junit = of("junit");
    says(
        &junit,
        &[
            "tests=\"1\" failures=\"1\"",
            "<testcase classname=\"schemas/lock/drift-v1.json\" name=\"required-field-added /page\"",
            "<failure type=\"required-field-added\"",
            "missing field `page`",
            "fingerprint = &quot;",
        ],
    );
    // One opening mark for each closing one.
    let opened = junit.matches("<testcase").count();
    assert_eq!(opened, junit.matches("</testcase>").count(), "{junit}");
    let markdown = of("markdown");
    says(
        &markdown,
        &[
            "### compared 1 kept layout with the types: 1 error, 0 warnings\n\n",
            "| ❌ | `required-field-added` | `/page` |",
            "**To mend it:** put `#[serde(default)]`",
            "missing field `page`",
            "fingerprint = \"",
            "`cargo xtask explain required-field-added` tells more.\n</details>",
        ],
    );
    assert_eq!(markdown.matches("```").count() % 2, 0, "{markdown}");
}

#[test]
fn words_names_of_types_and_the_order_of_fields_break_nothing() {
    let repository = locked();
    for time in ["first", "other_words", "fields_swapped", "types_renamed"] {
        says(&repository.diff(time, &[], 0), &["compared 1 kept layout with the types: no findings"]);
    }
}

#[test]
fn a_break_is_told_with_its_witness_its_mend_and_the_version_that_would_be_next() {
    let repository = locked();
    let text = repository.diff("required_added", &[], 1);
    says(
        &text,
        &[
            "error[required-field-added]: /page: drift v1: required field added",
            "backward: the type `DriftCheckpoint` cannot read what revision 1 writes",
            "shown by its code",
            "version = 2, upgrade(from = 1, with = v1_to_v2)",
            "fn v1_to_v2(mut old: Value) -> Result<Value, &'static str> {",
            "fingerprint = \"",
        ],
    );
    let json = repository.run("required_added", &["diff", "--format", "json"]);
    let lines: Vec<Value> = String::from_utf8(json.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["rule"], "required-field-added");
    assert_eq!(lines[0]["severity"], "error");
    let markdown = repository.diff("required_added", &["--format", "markdown"], 1);
    says(
        &markdown,
        &["| ❌ | `required-field-added` | `/page` |", "<details><summary>", "**To mend it:** put"],
    );
}

#[test]
fn the_policy_weighs_each_direction_and_a_break_is_accepted_until_a_day() {
    let repository = locked();
    repository.policy("[drift]\nbackward = \"warning\"\nforward = \"warning\"\n");
    says(&repository.diff("required_added", &[], 0), &["warning[required-field-added]"]);
    repository.policy("[drift.job.drift]\nbackward = \"allow\"\nforward = \"allow\"\n");
    says(&repository.diff("required_added", &[], 0), &["note[required-field-added]"]);

    repository.policy("");
    let fingerprint = fingerprint(&repository.diff("required_added", &[], 1));
    let accept = |expires: &str| {
        format!(
            "[[drift.accept]]\nfingerprint = \"{fingerprint}\"\nreason = \"nothing is stored yet\"\nexpires = \"{expires}\"\n"
        )
    };
    repository.policy(&accept("2999-12-31"));
    says(&repository.diff("required_added", &[], 0), &["note[required-field-added]"]);
    repository.policy(&accept("2020-01-31"));
    says(
        &repository.diff("required_added", &[], 1),
        &["error[acceptance-expired]", "accepted until 2020-01-31 because nothing is stored yet"],
    );
    repository.policy(&accept("2999-12-31"));
    says(&repository.diff("first", &[], 0), &["warning[acceptance-unused]", "remove the acceptance"]);

    repository.policy("[drift]\nforwards = \"error\"\n");
    says(&repository.diff("first", &[], 2), &["checkpoint.toml is no policy", "forwards"]);
    repository.policy("[drift.job.nobody]\nforward = \"error\"\n");
    says(&repository.diff("first", &[], 2), &["names a job `nobody`, which no registered checkpoint has"]);
}

#[test]
fn what_is_stored_weighs_a_break() {
    let repository = locked();
    fs::create_dir_all(repository.path("dump/drift")).unwrap();
    fs::write(repository.path("dump/drift/rows.ndjson"), "{\"batch\": 1}\n\n{\"batch\": 2, \"page\": 1}\n")
        .unwrap();
    says(
        &repository.diff("required_added", &["--samples", "dump"], 1),
        &["hits 1 of 2 stored documents (dump/drift/rows.ndjson:1)"],
    );
    fs::write(repository.path("dump/drift/rows.ndjson"), "{\"batch\": 2, \"page\": 1}\n").unwrap();
    // What is stored tells nothing of what old code cannot read of the new.
    repository.policy("[drift]\nno-document-hit = \"warning\"\n");
    says(&repository.diff("required_added", &["--samples", "dump"], 1), &["error[required-field-added]"]);
    repository.policy("[drift]\nno-document-hit = \"warning\"\nforward = \"allow\"\n");
    says(
        &repository.diff("required_added", &["--samples", "dump"], 0),
        &["warning[required-field-added]", "hits 0 of 1 stored documents"],
    );
    says(&repository.diff("required_added", &[], 1), &["error[required-field-added]"]);
    fs::write(repository.path("dump/drift/rows.ndjson"), "{\n").unwrap();
    says(
        &repository.diff("required_added", &["--samples", "dump"], 2),
        &["dump/drift/rows.ndjson:1 cannot be weighed by: this is no JSON"],
    );
    says(&repository.diff("first", &["--samples", "none.json"], 2), &["cannot read none.json"]);
    fs::write(repository.path("dump/drift/rows.ndjson"), "").unwrap();
    says(
        &repository.diff("required_added", &["--samples", "dump"], 2),
        &["no stored document is of a job that the registry has"],
    );
}

#[test]
fn what_is_stored_is_read_as_the_dumps_of_samples_are() {
    let repository = locked();
    let rows = "1\tdrift\t{\"batch\": 1}\n2\tdrift\t{\"batch\": 2, \"page\": 1}\n3\tother\t{}\n4\tdrift\t\\N\n\
                5\tdrift\t{\"checkpoint_version\": 2}\n";
    let dump = format!("COPY public.etl_jobs (id, job_name, checkpoint_data) FROM stdin;\n{rows}\\.\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(dump.as_bytes()).unwrap();
    fs::write(repository.path("dump.sql.gz"), packed.finish().unwrap()).unwrap();
    says(
        &repository.diff("required_added", &["--samples", "dump.sql.gz"], 1),
        &[
            "hits 1 of 2 stored documents (dump.sql.gz:2)",
            "compared 1 kept layout with the types, weighed by 2 stored documents, 1 absent, 1 of other versions, \
             1 of unknown jobs: ",
        ],
    );
    // The refused samples of the folder are stored nowhere.
    let invalid = repository.path("schemas/samples/drift-v1/invalid");
    fs::create_dir_all(&invalid).unwrap();
    fs::write(invalid.join("a.json"), "{\"batch\": true}").unwrap();
    says(
        &repository.diff("required_added", &["--samples", "schemas/samples"], 1),
        &[
            "hits 1 of 1 stored documents (schemas/samples/drift-v1/valid/empty.json:1)",
            "weighed by 1 stored document: ",
        ],
    );
}

#[test]
fn a_silent_change_hits_the_documents_that_hold_or_lack_the_value() {
    let repository = locked();
    fs::write(
        repository.path("drift.ndjson"),
        "{\"started\": \"a\"}\n{\"batch\": 1}\n{\"batch\": 2, \"started\": null}\n",
    )
    .unwrap();
    let weighed = ["--samples", "drift.ndjson"];
    says(
        &repository.diff("default_changed", &weighed, 0),
        &["warning[default-changed]: /batch", "hits 1 of 3 stored documents (drift.ndjson:1)"],
    );
    says(
        &repository.diff("started_renamed", &weighed, 1),
        &["error[value-lost]: /begun", "hits 2 of 3 stored documents (drift.ndjson:1, drift.ndjson:3)"],
    );
    // No document lacks it, and so nobody need look.
    fs::write(repository.path("drift.ndjson"), "{\"batch\": 1}\n").unwrap();
    repository.policy("[drift]\nno-document-hit = \"allow\"\n");
    says(&repository.diff("default_changed", &weighed, 0), &["note[default-changed]: /batch"]);
    fs::write(repository.path("drift.ndjson"), "{\"started\": \"a\"}\n{}\n").unwrap();
    repository.lock_whatever_breaks("started_gone");
    says(
        &repository.diff("first", &weighed, 1),
        &["warning[name-reused]: /started", "hits 1 of 2 stored documents (drift.ndjson:1)"],
    );
}

#[test]
fn a_baseline_is_a_commit_a_folder_a_lock_or_a_schema_of_another_tool() {
    let repository = locked();
    repository.git(&["init", "--quiet", "--initial-branch=main"]);
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "-m", "first"]);
    fs::remove_dir_all(repository.path("schemas/lock")).unwrap();
    for against in ["git:HEAD", "git:main:schemas", "git:HEAD:schemas/lock/drift-v1.json"] {
        let text = repository.diff("required_added", &["--against", against], 1);
        says(&text, &["error[required-field-added]: /page", "lock/drift-v1.json"]);
    }
    let foreign = r#"{"type": "object", "properties": {"batch": {"type": "integer", "minimum": 0}}, "required": ["batch"]}"#;
    fs::create_dir_all(repository.path("theirs")).unwrap();
    fs::write(repository.path("theirs/drift-v1.json"), foreign).unwrap();
    for against in ["theirs", "theirs/drift-v1.json"] {
        says(
            &repository.diff("required_added", &["--against", against], 1),
            &["/page", "theirs/drift-v1.json"],
        );
    }
    for (against, why) in [
        ("git:nowhere", "git knows no commit `nowhere`"),
        ("nowhere", "cannot read nowhere"),
        ("schemas/samples", "holds no lock and no schema of a registered job"),
        ("schemas/samples/drift-v1/valid/empty.json", "holds no lock and no schema"),
    ] {
        says(&repository.diff("first", &["--against", against], 2), &[why]);
    }
}

#[test]
fn two_files_are_compared_by_what_they_say() {
    let repository = locked();
    let write = |name: &str, text: &str| fs::write(repository.path(name), text).unwrap();
    write("old.json", r#"{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}"#);
    write("new.json", r#"{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}"#);
    says(
        &repository.diff("first", &["old.json", "new.json"], 1),
        &["error[type-changed]: /a", "by its contract alone: its code is not at hand"],
    );
    says(
        &repository.diff("first", &["old.json", "old.json"], 0),
        &["compared old.json with old.json: no findings"],
    );
    write("new.json", "[1]");
    says(&repository.diff("first", &["old.json", "new.json"], 2), &["neither a lock nor a JSON Schema"]);
    write("new.json", "{\"type\": 7}");
    says(&repository.diff("first", &["old.json", "new.json"], 2), &["it is no JSON Schema"]);
}

#[test]
fn two_files_need_no_workspace_and_no_schema_folder() {
    let folder = TempDir::new().unwrap();
    let schema = r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#;
    fs::write(folder.path().join("old.json"), schema).unwrap();
    let diff = |old: &str, new: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
        command.env(jobs_over_time::VARIABLE, "first").current_dir(folder.path());
        command.args(["diff", old, new]).output().unwrap()
    };
    let output = diff("old.json", "old.json");
    assert_eq!(code(&output), 0, "{}", told(&output));
    // A document is no schema that allows everything.
    fs::write(folder.path().join("sample.json"), r#"{"batch": 1, "rate": 0.5}"#).unwrap();
    for (old, new) in [("sample.json", "old.json"), ("old.json", "sample.json")] {
        let output = diff(old, new);
        assert_eq!(code(&output), 2, "{}", told(&output));
        says(&told(&output), &["sample.json is no JSON Schema", "`batch`, `rate`. Is it a document?"]);
    }
    // Two jobs have nothing to do with each other.
    for job in ["one", "other"] {
        let schema = format!(r#"{{"$id": "urn:checkpoint:{job}:v1", "type": "object"}}"#);
        fs::write(folder.path().join(format!("{job}.json")), schema).unwrap();
    }
    says(
        &told(&diff("one.json", "other.json")),
        &["warning: one.json is of the job one and other.json of other"],
    );
    assert!(!told(&diff("one.json", "old.json")).contains("warning:"));
}

#[test]
fn a_baseline_that_cannot_be_read_is_told_with_what_was_meant() {
    let repository = locked();
    says(&repository.diff("first", &["--against", "main"], 2), &["cannot read main"]);
    says(
        &repository.diff("first", &["--against", "git:main"], 2),
        &["`git:main` is a commit of the repository that schemas is in, and there is none"],
    );
    repository.git(&["init", "--quiet", "--initial-branch=main"]);
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "-m", "first"]);
    says(
        &repository.diff("first", &["--against", "main"], 2),
        &["cannot read main", "the commit of that name is `--against git:main`"],
    );
    for against in ["git:HEAD", "git:HEAD:schemas", "git:HEAD:schemas/lock"] {
        says(
            &repository.diff("required_added", &["--against", against], 1),
            &["\n--> HEAD:schemas/lock/drift-v1.json\n"],
        );
    }
    let lock = repository.path("schemas/lock/drift-v1.json");
    let text = fs::read_to_string(&lock).unwrap();
    for broken in [format!("{text}<<<<<<<"), text.replace("\"format\": 1", "\"format\": 7")] {
        fs::write(&lock, broken).unwrap();
        says(
            &repository.diff("first", &[], 2),
            &[
                "drift-v1.json can be compared with nothing: this is no lock: ",
                "`git checkout HEAD -- schemas/lock/",
            ],
        );
    }
}

#[test]
fn rows_cannot_be_chosen_without_a_database() {
    let repository = locked();
    for option in [["--where", "t.id > 5"], ["--sample", "1%"]] {
        says(
            &repository.diff("first", &option, 2),
            &[&format!("`{}` chooses rows of a database: name it with `--database-url`", option[0]), "Usage"],
        );
    }
    // Of the table a mend tells.
    says(&repository.diff("started_gone", &["--table", "jobs"], 1), &["UPDATE \"jobs\""]);
}

#[test]
fn the_version_with_the_step_that_a_break_offers_mends_it() {
    let repository = locked();
    let text = repository.diff("required_added", &[], 1);
    says(
        &text,
        &[
            "#[checkpoint(job = \"drift\", version = 2, upgrade(from = 1, with = v1_to_v2))]",
            "it.insert(\"page\".to_owned(), todo!(\"what a stored document means that lacks it\"));",
        ],
    );
    assert_eq!(code(&repository.run("page_in_version_2", &["lock"])), 0);
    let text = repository.diff("page_in_version_2", &[], 0);
    says(&text, &["compared 2 kept layouts with the types: no findings"]);
}

#[test]
fn documents_of_an_older_version_go_through_the_chain() {
    let repository = locked();
    says(
        &repository.diff("next_version", &[], 0),
        &[
            "warning[upgrade-fails]: a document of version 1 of the job drift, such as revision 1 may have stored, \
             cannot be upgraded to version 2",
            "no batch comes before the first",
            "\"batch\":0",
            "have the steps of `DriftCheckpoint`, `upgrade(from = …, with = …)`, take this document, too",
        ],
    );
}

#[test]
fn an_added_field_is_told_where_the_policy_asks_for_round_trips() {
    let repository = locked();
    let write = |name: &str, text: &str| fs::write(repository.path(name), text).unwrap();
    write("old.json", r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#);
    write(
        "new.json",
        r#"{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}"#,
    );
    let diff = |exit| repository.diff("first", &["old.json", "new.json"], exit);
    says(&diff(0), &["note[field-added]: /b"]);
    repository.policy("[drift]\nround-trip = \"error\"\n");
    says(&diff(1), &["error[round-trip-loss]: /b", "an old worker that rewrites whole documents drops it"]);
}

#[test]
fn what_nothing_is_proved_of_is_never_taken_for_safe() {
    let repository = locked();
    let write = |name: &str, pattern: &str| {
        let schema = format!(
            r#"{{"type": "object", "properties": {{"a": {{"type": "string", "pattern": "{pattern}"}}}}}}"#
        );
        fs::write(repository.path(name), schema).unwrap();
    };
    // The same texts, in other words.
    write("old.json", "^a+$");
    write("new.json", "^a{1,}$");
    says(
        &repository.diff("first", &["old.json", "new.json"], 1),
        &["error[drift-undecided]: /a", "backward: undecided, neither a proof", "forward: undecided"],
    );
    repository.policy("[drift]\nundecided = \"warning\"\n");
    says(&repository.diff("first", &["old.json", "new.json"], 0), &["warning[drift-undecided]: /a"]);
}

#[test]
fn a_name_that_is_used_again_reads_what_was_stored_under_it() {
    let repository = locked();
    repository.lock_whatever_breaks("started_gone");
    says(&repository.diff("first", &[], 1), &["warning[name-reused]: /started", "in revision 1"]);
}

#[test]
fn hundreds_of_fields_and_dozens_of_revisions_are_answered() {
    let repository = locked();
    let schema = |kind: &str| {
        let mut properties = serde_json::Map::new();
        for number in 0..500 {
            let kind = if number == 77 { kind } else { "string" };
            properties.insert(format!("f{number}"), serde_json::json!({"type": [kind, "null"]}));
        }
        serde_json::json!({"type": "object", "properties": properties}).to_string()
    };
    fs::write(repository.path("old.json"), schema("string")).unwrap();
    fs::write(repository.path("new.json"), schema("integer")).unwrap();
    says(
        &repository.diff("first", &["old.json", "new.json"], 1),
        &["error[type-changed]: /f77", "1 error, 0 warnings"],
    );

    let path = repository.path("schemas/lock/drift-v1.json");
    let mut lock: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let first = lock["revisions"][0].clone();
    for number in 2..=50 {
        let mut revision = first.clone();
        revision["revision"] = number.into();
        for contract in ["read", "write"] {
            revision[contract]["properties"][format!("old{number}")] =
                serde_json::json!({"type": ["string", "null"]});
        }
        lock["revisions"].as_array_mut().unwrap().push(revision);
    }
    fs::write(&path, lock.to_string()).unwrap();
    let text = repository.diff("first", &[], 1);
    says(&text, &["compared 50 kept layouts with the types", "/old2", "/old50"]);
}

#[test]
fn of_five_hundred_changed_fields_each_is_told_wherever_they_stand() {
    let fields = |kind: Value, required: bool| {
        let names: Vec<String> = (0..500).map(|number| format!("f{number:03}")).collect();
        let properties: serde_json::Map<_, _> =
            names.iter().map(|name| (name.clone(), kind.clone())).collect();
        let required = if required { names } else { Vec::new() };
        json!({"type": "object", "properties": properties, "required": required})
    };
    let kind = |kind: &str| json!({"type": kind});
    let bounded = |format: &str| json!({"type": "integer", "format": format, "minimum": 0});
    let names = |names: [&str; 2]| json!({"enum": names});
    let optional = |kind: &str| json!({"type": [kind, "null"]});
    let within = |around: fn(Value) -> Value| {
        [around(fields(kind("string"), true)), around(fields(kind("integer"), true))]
    };
    let object = |inner: Value| json!({"type": "object", "properties": {"in": inner}, "required": ["in"]});
    for (what, [old, new], found) in [
        (
            "another type",
            [fields(optional("string"), false), fields(optional("integer"), false)],
            "500 errors",
        ),
        ("another type, required", within(|fields| fields), "500 errors"),
        (
            "another type and required now",
            [fields(optional("string"), false), fields(kind("integer"), true)],
            "1000 errors",
        ),
        ("narrower", [fields(bounded("uint64"), true), fields(bounded("uint32"), true)], "500 errors"),
        (
            "another variant",
            [fields(names(["full", "part"]), true), fields(names(["full", "some"]), true)],
            "500 errors",
        ),
        ("in an object", within(object), "500 errors"),
        ("in a list", within(|it| json!({"type": "array", "items": it})), "500 errors"),
        ("in an option", within(|it| json!({"anyOf": [it, {"type": "null"}]})), "500 errors"),
        ("in a map", within(|it| json!({"type": "object", "additionalProperties": it})), "500 errors"),
        (
            "in a variant",
            within(|mut it| {
                it["properties"]["kind"] = json!({"const": "wide"});
                it["required"].as_array_mut().unwrap().push("kind".into());
                let other = json!({"type": "object", "properties": {"kind": {"const": "other"}}, "required": ["kind"]});
                json!({"oneOf": [other, it]})
            }),
            "500 errors",
        ),
    ] {
        let repository = schemas(old, new);
        let text = repository.diff("first", &["old.json", "new.json"], 1);
        assert!(text.contains(&format!(": {found}, 0 warnings")), "{what}: {}", text.lines().last().unwrap());
        assert!(!text.contains("undecided"), "{what}");
    }
}

#[test]
fn a_recursive_type_is_compared_with_itself_changed() {
    let repository = locked();
    let node = |value: &str, more: &str| {
        format!(
            r##"{{"$ref": "#/$defs/Node", "$defs": {{"Node": {{"type": "object", "properties": {{"v": {{"type": "{value}"}}, "next": {{"anyOf": [{{"$ref": "#/$defs/Node"}}, {{"type": "null"}}]}}{more}}}, "required": ["v"]}}}}}}"##
        )
    };
    fs::write(repository.path("old.json"), node("integer", "")).unwrap();
    fs::write(repository.path("new.json"), node("integer", r#", "label": {"type": ["string", "null"]}"#))
        .unwrap();
    says(&repository.diff("first", &["old.json", "new.json"], 0), &["note[field-added]: /label"]);
    fs::write(repository.path("new.json"), node("string", "")).unwrap();
    says(&repository.diff("first", &["old.json", "new.json"], 1), &["error[type-changed]: /v"]);
}

/// Two schemas, compared.
fn schemas(old: Value, new: Value) -> Repository {
    let repository = locked();
    fs::write(repository.path("old.json"), old.to_string()).unwrap();
    fs::write(repository.path("new.json"), new.to_string()).unwrap();
    repository
}

#[test]
fn of_several_breaks_at_one_place_each_is_told_and_accepted_by_itself() {
    let of = |names: Value| json!({"type": "object", "properties": {"mode": {"enum": names}}, "required": ["mode"]});
    let repository = schemas(of(json!(["full", "weekly", "monthly"])), of(json!(["full"])));
    let files = ["old.json", "new.json"];
    let text = repository.diff("first", &files, 1);
    for name in ["weekly", "monthly"] {
        says(
            &text,
            &[&format!("error[variant-removed]: /mode/<{name}>"), &format!("{{\"mode\":\"{name}\"}}")],
        );
    }
    says(&text, &["2 errors, 0 warnings"]);
    let accepted = format!(
        "[[drift.accept]]\nfingerprint = \"{}\"\nreason = \"never stored\"\nexpires = \"2999-12-31\"\n",
        fingerprint(&text)
    );
    repository.policy(&accepted);
    let text = repository.diff("first", &files, 1);
    says(&text, &["accepted until 2999-12-31: never stored", "1 error, 0 warnings"]);

    // A choice is refused as a whole: what stands in it is not safe for that.
    let of = |x: &str, y: &str, more: Value| {
        let mut inner = json!({"x": {"type": x}, "y": {"type": y}});
        inner.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"type": "object", "properties": {"a": {"anyOf": [{"type": "object", "properties": inner, "required": ["x", "y"]}, {"type": "null"}]}}})
    };
    let repository = schemas(
        of("string", "string", json!({})),
        of("integer", "integer", json!({"z": {"type": "boolean"}})),
    );
    let text = repository.diff("first", &files, 1);
    says(
        &text,
        &["error[type-changed]: /a/x", "error[type-changed]: /a/y", "note[field-added]: /a/z", "2 errors"],
    );
    let told: Vec<&str> = text.lines().filter(|line| line.contains("both directions can be read")).collect();
    assert_eq!(told, [""; 0], "{text}");
}

#[test]
fn a_renamed_variant_is_mended_by_its_own_name() {
    let of = |name: &str| json!({"type": "object", "properties": {"mode": {"enum": ["part", name]}}, "required": ["mode"]});
    let repository = schemas(of("fully"), of("full"));
    let text = repository.diff("first", &["old.json", "new.json"], 1);
    says(
        &text,
        &[
            "put `#[serde(alias = \"fully\")]` on `full`",
            "// Where /mode says \"fully\", it is to say \"full\".",
        ],
    );
    assert!(!text.contains("remove(\"mode\")"), "{text}");
}

#[test]
fn a_default_that_the_new_type_refuses_is_written_nowhere() {
    let of = |kind: &str, default: Value| json!({"type": "object", "properties": {"mode": {"type": kind, "default": default}}});
    let files = ["old.json", "new.json"];
    let refused = schemas(of("string", json!("a")), of("integer", json!(1)));
    assert!(!refused.diff("first", &files, 1).contains("UPDATE"));
    let read = schemas(of("string", json!("a")), of("string", json!("b")));
    says(
        &read.diff("first", &files, 0),
        &[
            "warning[default-changed]: /mode",
            "UPDATE",
            "`jobs.update(f.mode().set_default(…)).filter(Filter::everything())`",
        ],
    );
}

#[test]
fn skipping_what_is_the_default_changes_no_default() {
    let repository = locked();
    let text = repository.diff("skip_added", &[], 0);
    assert!(!text.contains("default-changed"), "{text}");
}

#[test]
fn nothing_compared_is_no_success_and_no_sample_hides_no_break() {
    let repository = locked();
    let output = repository.run("first", &["diff"]);
    assert_eq!(code(&output), 0);
    fs::remove_dir_all(repository.path("schemas/samples")).unwrap();
    assert_eq!(code(&repository.run("first", &["check"])), 2);
    let output = repository.run("required_added", &["check"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    says(&told(&output), &["error[required-field-added]", "warning[sample-none]"]);
    fs::remove_dir_all(repository.path("schemas/lock")).unwrap();
    says(
        &repository.diff("first", &[], 2),
        &[
            "there is nothing to compare the types with: schemas/lock holds no lock of them",
            "`cargo xtask lock`",
        ],
    );
}

#[test]
fn what_is_stored_of_another_job_and_what_is_no_document_weigh_nothing() {
    let repository = locked();
    fs::create_dir_all(repository.path("dump")).unwrap();
    fs::write(repository.path("dump/rows.ndjson"), "{\"batch\": 1}\n").unwrap();
    let fails = ["no stored document is of a job that the registry has"];
    says(&repository.diff("required_added", &["--samples", "dump"], 2), &fails);
    says(
        &repository.diff("required_added", &["--samples", "dump", "--job", "drift"], 1),
        &["hits 1 of 1 stored documents"],
    );
    says(&repository.diff("required_added", &["--samples", "schemas/lock"], 2), &fails);
}
