//! The Jira job.

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};

use crate::first_batch;

/// Recovery state of the Jira job, which syncs the issues updated since its last run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "jira", version = 1)]
pub struct JiraCheckpoint {
    /// Last successful sync timestamp (ISO 8601).
    pub last_sync_date: Timestamp,
    /// List of completed projects.
    #[serde(default)]
    pub projects_processed: Vec<String>,
    /// Project currently being processed.
    pub current_project: Option<String>,
    /// Last issue processed (for recovery).
    pub last_issue_key: String,
    /// Current batch number.
    #[serde(default = "first_batch")]
    pub batch_number: u64,
    /// Running count.
    #[serde(default)]
    pub total_issues_processed: u64,
    /// Last JQL query executed.
    pub last_jql: Option<String>,
    /// Jira pagination offset.
    #[serde(default)]
    pub start_at: u64,
    /// Jira pagination page size; the job's own where it is not stored.
    pub max_results: Option<u32>,
}
