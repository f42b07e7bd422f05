//! Everything that the workers did by hand in SQL and Python, each beside its one line here:
//! `cargo run -p checkpoint-schemas --example seed`.
//!
//! It needs no server: statements are text and parameters, and updates and filters run in memory, too.

use std::error::Error;
use std::fmt::Display;

use checkpoint_schema::patterns::Batches;
use checkpoint_schema::{Checkpoint, JobTable, Statement, Timestamp, Update};
use checkpoint_schemas::{GithubCheckpoint, JiraCheckpoint};
use serde::Deserialize;
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    writing()?;
    patterns()?;
    asking()?;
    looking_after()
}

fn writing() -> Outcome {
    let jobs = JobTable::default();
    let github = GithubCheckpoint::fields();
    let jira = JiraCheckpoint::fields();

    show(
        "Save a checkpoint during processing",
        r#"checkpoint_data = {"last_pr_cursor": pr_cursor, "current_repository": repo_name,
                   "batch_number": current_batch, "recovery_mode": False}
await db.execute("UPDATE etl_jobs SET checkpoint_data = %s WHERE id = %s",
                 (json.dumps(checkpoint_data), job_id))"#,
        &jobs
            .update([
                github.last_pr_cursor().set("Y3Vyc29y"),
                github.current_repository().set("acme/api"),
                github.batch_number().set(5u64),
                github.recovery_mode().set(false),
            ])
            .id(1)
            .statement()?,
    );
    show(
        "Update a checkpoint after a successful batch",
        r#"checkpoint_data = {"last_sync_date": datetime.utcnow().isoformat(),
                   "total_issues_processed": checkpoint.get('total_issues_processed', 0) + len(issues),
                   "last_issue_key": issues[-1]['key']}
await db.execute("UPDATE etl_jobs SET checkpoint_data = %s, … WHERE id = %s", (json.dumps(checkpoint_data), job_id))"#,
        &jobs
            .update([
                jira.last_sync_date().advance("2025-01-15T12:00:00Z".parse::<Timestamp>()?),
                jira.total_issues_processed().increment(100),
                jira.last_issue_key().set("DEMO-1234"),
            ])
            .of_job()
            .statement()?,
    );
    show(
        "Update a single field",
        r#"UPDATE etl_jobs SET checkpoint_data = jsonb_set(COALESCE(checkpoint_data, '{}'),
    '{last_sync_date}', '"2025-01-15T12:00:00Z"') WHERE id = 1;"#,
        &jobs
            .update(jira.last_sync_date().set("2025-01-15T12:00:00Z".parse::<Timestamp>()?))
            .id(1)
            .statement()?,
    );
    show(
        "Add a repository to the processed list",
        r#"UPDATE etl_jobs SET checkpoint_data = jsonb_set(COALESCE(checkpoint_data, '{}'), '{repositories_processed}',
    COALESCE(checkpoint_data->'repositories_processed', '[]'::jsonb) || '"repo_new"'::jsonb) WHERE id = 1;"#,
        &jobs.update(github.repositories_processed().push_unique("repo_new")).id(1).statement()?,
    );
    show(
        "Increment a counter",
        r#"UPDATE etl_jobs SET checkpoint_data = jsonb_set(COALESCE(checkpoint_data, '{}'), '{total_issues_processed}',
    to_jsonb(COALESCE((checkpoint_data->>'total_issues_processed')::int, 0) + 100)) WHERE id = 1;"#,
        &jobs.update(jira.total_issues_processed().increment(100)).id(1).statement()?,
    );
    Ok(())
}

fn patterns() -> Outcome {
    let stored = json!({
        "last_sync_date": "2025-01-15T12:00:00",
        "last_issue_key": "DEMO-1",
        "batch_number": 3,
    });
    let jira = JiraCheckpoint::fields();
    say(
        "Pattern 1: where an incremental sync starts",
        "return checkpoint_data.get('last_sync_date', '1970-01-01T00:00:00Z')",
        jira.last_sync_date().get(&stored)?.unwrap_or_default(),
    );
    show(
        "Pattern 1: update it after a successful sync; never backwards",
        r#"UPDATE etl_jobs SET checkpoint_data = jsonb_set(COALESCE(checkpoint_data, '{}'), '{last_sync_date}', %s), …
(f'"{new_timestamp}"', job_id)"#,
        &JobTable::default()
            .update(jira.last_sync_date().advance("2025-01-16T12:00:00Z".parse::<Timestamp>()?))
            .id(2)
            .statement()?,
    );

    let stored =
        json!({"last_pr_cursor": "Y3Vyc29y", "current_repository": "acme/api", "last_review_cursor": "r9"});
    let github = GithubCheckpoint::fields();
    say(
        "Pattern 2: the cursor of the next page",
        "return checkpoint_data.get(f\"last_{entity_type}_cursor\")",
        format!("{:?}", github.last_review_cursor().some().get(&stored)?),
    );
    show(
        "Pattern 2: save a cursor",
        r#"UPDATE etl_jobs SET checkpoint_data = jsonb_set(COALESCE(checkpoint_data, '{}'), %s, %s) WHERE id = %s
(f'{{{cursor_key}}}', f'"{cursor}"', job_id)"#,
        &JobTable::default().update(github.last_review_cursor().some().set("r10")).id(1).statement()?,
    );

    // Reading gives every default, also of what is not stored.
    let checkpoint = GithubCheckpoint::deserialize(&stored)?;
    say(
        "Pattern 3: the state of a batch",
        r#"return {'batch_number': checkpoint_data.get('batch_number', 1), …,
        'recovery_mode': checkpoint_data.get('recovery_mode', False)}"#,
        format!("batch {} recovering: {}", checkpoint.batch_number, checkpoint.recovery_mode),
    );
    // Where the job has these fields under keys of its own; `patterns::Batches` flattened brings its own.
    let batches = Batches::at(github.batch_number(), github.total_prs_processed(), github.recovery_mode());
    let by_hand = r#"checkpoint_data = {'batch_number': batch_number, 'total_items_processed': items_processed,
                   'recovery_mode': False, …}
await db.execute("UPDATE etl_jobs SET checkpoint_data = %s WHERE id = %s", (json.dumps(checkpoint_data), job_id))"#;
    show(
        "Pattern 3: a batch is open",
        "(nothing: the flag is never raised)",
        &JobTable::default().update(batches.enter()).id(1).statement()?,
    );
    show(
        "Pattern 3: save a page, and nothing else",
        by_hand,
        &JobTable::default()
            .update([batches.advance(100), github.last_pr_cursor().set("Y3Vyc29y")])
            .id(1)
            .statement()?,
    );
    show(
        "Pattern 3: complete the batch, and note the repository: each once, the last thousand",
        by_hand,
        &JobTable::default()
            .update(batches.complete().and_all(github.repositories_processed().push_recent("acme/api", 1000)))
            .id(1)
            .statement()?,
    );
    let mut next = checkpoint.clone();
    (next.batch_number, next.total_prs_processed) = (2, 100);
    show(
        "Pattern 3: save what has changed between two values, and nothing else",
        by_hand,
        &JobTable::default().update(Update::between(&checkpoint, &next)).id(1).statement()?,
    );
    Ok(())
}

fn asking() -> Outcome {
    let jobs = JobTable::default();
    let f = GithubCheckpoint::fields();
    let questions = [
        (
            "Find jobs in recovery mode",
            "SELECT * FROM etl_jobs WHERE checkpoint_data->>'recovery_mode' = 'true';",
            f.recovery_mode().eq(true),
        ),
        (
            "Find jobs that processed a repository",
            "SELECT * FROM etl_jobs WHERE checkpoint_data->'repositories_processed' ? 'repo1';",
            f.repositories_processed().contains("repo1"),
        ),
        (
            "Find jobs with batch_number > 5",
            "SELECT * FROM etl_jobs WHERE (checkpoint_data->>'batch_number')::int > 5;",
            f.batch_number().gt(5u64),
        ),
    ];
    // A row whose batch number is a text: the seed's third query fails on it, for all rows.
    let stored = json!({"recovery_mode": true, "repositories_processed": ["repo1"], "batch_number": "6"});
    for (title, original, filter) in questions {
        show(title, original, &jobs.select().filter(filter.clone()).statement()?);
        println!("in memory: {}\n", filter.matches(&stored)?);
    }
    Ok(())
}

fn looking_after() -> Outcome {
    let jobs = JobTable::default();
    show(
        "View checkpoint data",
        "SELECT id, job_name, jsonb_pretty(checkpoint_data) as checkpoint FROM etl_jobs WHERE job_name = 'GitHub';",
        &jobs.view::<GithubCheckpoint>().statement()?,
    );
    show(
        "Reset a checkpoint",
        "UPDATE etl_jobs SET checkpoint_data = NULL, retry_count = 0, error_message = NULL WHERE id = 1;",
        &jobs.reset(1).statement(),
    );
    let stored: Value = json!({"last_pr_cursor": "Y3Vyc29y", "current_repository": 5});
    say(
        "Validate a checkpoint",
        "return all(field in checkpoint_data for field in ['last_pr_cursor', 'current_repository'])",
        match checkpoint_schemas::registry().find("GitHub").map(|github| github.read(&stored)) {
            Some(Err(fault)) => fault.to_string(),
            _ => "it can be read".to_owned(),
        },
    );
    Ok(())
}

fn show(title: &str, original: &str, statement: &Statement) {
    println!("# {title}\n\nby hand:\n{original}\n\nhere:\n{}", statement.text());
    for (at, param) in statement.params().iter().enumerate() {
        println!("-- ${} = {param}", at + 1);
    }
    println!();
}

fn say(title: &str, original: &str, answer: impl Display) {
    println!("# {title}\n\nby hand:\n{original}\n\nhere: {answer}\n");
}
