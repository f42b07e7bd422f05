//! Validation at run time: by the whole contract and serde, all findings at once, and never for a job that
//! nobody knows.

use std::collections::BTreeMap;

use checkpoint_schema::registry::ValidateError;
use checkpoint_schema::stored::Reason;
use checkpoint_schema::{Checkpoint, ReadError, Stored, Timestamp, registry};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Everything of which serde knows nothing.
#[derive(Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "ward", version = 2, upgrade(from = 1, with = pages_from_one))]
#[serde(deny_unknown_fields)]
struct Ward {
    #[schemars(range(min = 1, max = 99))]
    page: u32,
    #[serde(default, alias = "since")]
    synced: Option<Timestamp>,
    #[serde(default, alias = "by_name")]
    cursors: BTreeMap<String, Cursor>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
struct Cursor {
    #[serde(alias = "tok")]
    #[schemars(length(min = 1))]
    token: String,
}

fn pages_from_one(mut old: Value) -> Result<Value, String> {
    let page = old["page"].as_u64().ok_or("the page is no number")?;
    old["page"] = (page + 1).into();
    Ok(old)
}

/// The findings, each as its place and whether it is serde's.
fn findings(error: &ReadError) -> Vec<String> {
    match error.reason() {
        Reason::Invalid { findings, .. } => findings.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn validated(document: Value) -> Result<Stored<Ward>, ReadError> {
    let found = Stored::<Ward>::read_validated(Some(&document));
    // By the name of the job it is the same.
    match (&found, registry![Ward].validate("Ward", &document)) {
        (Ok(_), Ok(())) => {}
        (Err(error), Err(ValidateError::Document(same))) => assert_eq!(*error, same),
        other => panic!("{other:?}"),
    }
    found
}

#[test]
fn all_findings_are_told_at_once_and_each_mistake_once() {
    let error = validated(json!({
        "checkpoint_version": 2,
        "page": 100,
        "since": "2025-01-15T12:00:00",
        "by_name": {"a/b": {"tok": ""}, "c": {"token": 5}, "d": {}},
        "more": 1,
    }))
    .unwrap_err();
    assert_eq!(
        findings(&error),
        [
            "the document: Additional properties are not allowed ('more' was unexpected)",
            "/by_name/a~1b/tok: \"\" is shorter than 1 character",
            "/by_name/c/token: 5 is not of type \"string\"",
            "/by_name/d/token: \"token\" is a required property",
            "/page: 100 is greater than the maximum of 99",
            "/since: \"2025-01-15T12:00:00\" is not a \"date-time\"",
        ]
    );
    assert!(
        error.to_string().starts_with(
            "the document of the job `ward` is no valid version 2: the document: Additional properties"
        ),
        "{error}"
    );
}

#[test]
fn what_only_serde_refuses_is_a_finding_too() {
    // To a schema `5.0` is an integer.
    let error = validated(json!({"checkpoint_version": 2, "page": 5.0})).unwrap_err();
    assert_eq!(findings(&error), ["/page: invalid type: floating point `5.0`, expected u32"]);
    // A key and its alias.
    let twice = json!({"checkpoint_version": 2, "page": 5, "cursors": {}, "by_name": {}});
    let found = findings(&validated(twice).unwrap_err());
    assert!(found.iter().any(|finding| finding.starts_with("the document: ")), "{found:?}");
}

#[test]
fn what_is_upgraded_is_validated_as_the_chain_makes_it() {
    let good = validated(json!({"page": 98})).unwrap();
    assert_eq!((good.upgraded_from(), good.document().map(|it| it.page)), (Some(1), Some(99)));
    let error = validated(json!({"page": 99})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document of the job `ward`, upgraded from version 1, is no valid version 2: /page: 100 is greater than the maximum of 99"
    );
}

#[test]
fn without_validation_serde_alone_decides() {
    let document = json!({"checkpoint_version": 2.0, "page": 1000, "since": "2025-01-15T12:00:00"});
    let read = Stored::<Ward>::read(Some(&document)).unwrap().into_option().unwrap();
    assert_eq!((read.page, read.synced.is_some()), (1000, true));
    assert_eq!(findings(&validated(document).unwrap_err()).len(), 2);
}

#[test]
fn absent_is_valid_and_versions_are_told_as_when_reading() {
    assert_eq!(Stored::<Ward>::read_validated(None), Ok(Stored::Absent));
    assert_eq!(validated(Value::Null), Ok(Stored::Absent));
    let reason = |document| validated(document).unwrap_err().reason().clone();
    assert_eq!(reason(json!({"checkpoint_version": 9})), Reason::Newer { found: 9 });
    assert_eq!(
        reason(json!({"checkpoint_version": "2"})),
        Reason::NoVersion { found: "the string \"2\"".into() }
    );
    assert_eq!(reason(json!([1])), Reason::NoObject { found: "array" });
    assert!(matches!(reason(json!({"page": "5"})), Reason::StepFailed { from: 1, .. }));
}

/// The seed's `validate_checkpoint` took every document of a job that it did not know.
#[test]
fn a_job_that_nobody_knows_is_an_error_that_names_those_that_there_are() {
    let registry = checkpoint_schemas::registry();
    let github = json!({"last_pr_cursor": "c", "current_repository": "r"});
    for spelling in ["GitHub", "github", "GITHUB"] {
        assert_eq!(registry.validate(spelling, &github), Ok(()));
    }
    assert_eq!(
        registry.validate("git hub", &github).unwrap_err().to_string(),
        "there is no job `git hub`: the registry has github, jira, wex_ad, wex_fabric"
    );
    let Err(ValidateError::UnknownJob(unknown)) = registry.validate("", &Value::Null) else {
        panic!("no job has no name")
    };
    assert_eq!((unknown.job(), unknown.known().len()), ("", 4));
    assert_eq!(
        registry![].get("github").unwrap_err().to_string(),
        "there is no job `github`: the registry has none"
    );
}

/// What the seed asks for, and more than the presence of keys.
#[test]
fn the_documents_of_the_seed_are_judged_by_their_types() {
    let registry = checkpoint_schemas::registry();
    for (job, keys) in [
        ("GitHub", ["last_pr_cursor", "current_repository"]),
        ("Jira", ["last_sync_date", "last_issue_key"]),
        ("WEX AD", ["last_sync_timestamp", "delta_token"]),
        ("WEX Fabric", ["last_sync_timestamp", "workspace_id"]),
    ] {
        let Err(ValidateError::Document(error)) = registry.validate(job, &json!({})) else { panic!("{job}") };
        let found = findings(&error);
        for key in keys {
            assert!(
                found.iter().any(|finding| finding.starts_with(&format!("/{key}: "))),
                "{job}: {found:?}"
            );
        }
        assert_eq!(found.len(), 2, "{job}: {found:?}");
        let wrong: Value =
            keys.iter().map(|key| ((*key).to_owned(), json!(5))).collect::<serde_json::Map<_, _>>().into();
        assert!(registry.validate(job, &wrong).is_err(), "{job}");
    }
}
