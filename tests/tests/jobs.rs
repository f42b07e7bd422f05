//! The four jobs say what the seed document says: its fields, its descriptions, its required fields.

use checkpoint_schema::schema::Contract;
use serde_json::{Value, json};

/// What the seed says of one job.
struct Job {
    name: &'static str,
    /// Each field with its description.
    fields: &'static [(&'static str, &'static str)],
    required: &'static [&'static str],
}

const SEED: &[Job] = &[
    Job {
        name: "github",
        fields: &[
            ("last_pr_cursor", "GitHub GraphQL cursor for PR pagination"),
            ("current_pr_node_id", "Current PR being processed (for mid-PR recovery)"),
            ("last_commit_cursor", "Cursor for commits within current PR"),
            ("last_review_cursor", "Cursor for reviews within current PR"),
            ("last_comment_cursor", "Cursor for comments within current PR"),
            ("repositories_processed", "List of completed repositories"),
            ("current_repository", "Repository currently being processed"),
            ("batch_number", "Current batch number (for batched processing)"),
            ("total_prs_processed", "Running count of PRs processed"),
            ("recovery_mode", "Flag indicating recovery from interruption"),
        ],
        required: &["current_repository", "last_pr_cursor"],
    },
    Job {
        name: "jira",
        fields: &[
            ("last_sync_date", "Last successful sync timestamp (ISO 8601)"),
            ("projects_processed", "List of completed projects"),
            ("current_project", "Project currently being processed"),
            ("last_issue_key", "Last issue processed (for recovery)"),
            ("batch_number", "Current batch number"),
            ("total_issues_processed", "Running count"),
            ("last_jql", "Last JQL query executed"),
            ("start_at", "Jira pagination offset"),
            ("max_results", "Jira pagination page size"),
        ],
        required: &["last_issue_key", "last_sync_date"],
    },
    Job {
        name: "wex_ad",
        fields: &[
            ("last_sync_timestamp", "Last successful sync"),
            ("users_processed", "Count of users synced"),
            ("groups_processed", "Count of groups synced"),
            ("last_user_id", "Last user processed (for pagination)"),
            ("last_group_id", "Last group processed (for pagination)"),
            ("sync_type", "`full` or `incremental`"),
            ("delta_token", "AD delta query token for incremental sync"),
        ],
        required: &["delta_token", "last_sync_timestamp"],
    },
    Job {
        name: "wex_fabric",
        fields: &[
            ("last_sync_timestamp", "Last successful sync"),
            ("datasets_processed", "List of completed datasets"),
            ("current_dataset", "Dataset currently being processed"),
            ("last_record_id", "Last record processed"),
            ("batch_number", "Current batch number"),
            ("total_records_processed", "Running count"),
            ("workspace_id", "Fabric workspace identifier"),
            ("continuation_token", "Fabric API continuation token"),
        ],
        required: &["last_sync_timestamp", "workspace_id"],
    },
];

fn schema(job: &str) -> Value {
    checkpoint_schemas::registry().find(job).unwrap().document(Contract::Read)
}

#[test]
fn every_field_of_the_seed_is_there_with_its_description() {
    for Job { name: job, fields, .. } in SEED {
        let schema = schema(job);
        let properties = schema["properties"].as_object().unwrap();
        let mut keys: Vec<_> = properties.keys().map(String::as_str).collect();
        let mut expected: Vec<_> = fields.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        expected.sort_unstable();
        assert_eq!(keys, expected, "{job}");
        for (key, description) in *fields {
            let told = properties[*key]["description"].as_str().unwrap();
            assert!(told.starts_with(description), "{job}.{key} says {told:?}, the seed {description:?}");
        }
    }
}

#[test]
fn what_the_seed_requires_is_required_and_nothing_else() {
    for Job { name: job, required, .. } in SEED {
        let mut stated: Vec<_> = schema(job)["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect();
        stated.sort();
        assert_eq!(stated, *required, "{job}");
    }
}

#[test]
fn timestamps_are_date_times_counters_are_unsigned_and_sync_type_is_a_choice() {
    for Job { name: job, fields, .. } in SEED {
        let schema = schema(job);
        for (key, _) in *fields {
            let property = &schema["properties"][key];
            if key.starts_with("last_sync") {
                assert_eq!(property["format"], "date-time", "{job}.{key}");
            }
            let is_list = property["type"] == "array";
            if !is_list && (key.ends_with("_processed") || matches!(*key, "batch_number" | "start_at")) {
                assert_eq!(
                    (&property["type"], &property["minimum"]),
                    (&json!("integer"), &json!(0)),
                    "{job}.{key}"
                );
            }
        }
    }
    assert_eq!(schema("wex_ad")["$defs"]["SyncType"]["enum"], json!(["full", "incremental"]));
}

#[test]
fn a_job_is_found_by_any_spelling_of_its_name() {
    let registry = checkpoint_schemas::registry();
    for (spelling, job) in [
        ("GitHub", "github"),
        ("Jira", "jira"),
        ("WEX AD", "wex_ad"),
        ("wex-fabric", "wex_fabric"),
        ("Wex_Fabric", "wex_fabric"),
    ] {
        assert_eq!(registry.find(spelling).map(|d| d.job()), Some(job), "{spelling}");
    }
    for unknown in ["", "git hub", "wexad", "github "] {
        assert!(registry.find(unknown).is_none(), "{unknown:?} was found");
    }
    assert_eq!(registry.find_version("WEX AD", 1).map(|d| d.version()), Some(1));
    assert!(registry.find_version("WEX AD", 2).is_none());
}
