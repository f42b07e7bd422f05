//! The GitHub job.

use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::first_batch;

/// Recovery state of the GitHub job, which pages through pull requests and what hangs on them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "github", version = 1)]
pub struct GithubCheckpoint {
    /// GitHub GraphQL cursor for PR pagination.
    pub last_pr_cursor: String,
    /// Current PR being processed (for mid-PR recovery).
    pub current_pr_node_id: Option<String>,
    /// Cursor for commits within current PR.
    pub last_commit_cursor: Option<String>,
    /// Cursor for reviews within current PR.
    pub last_review_cursor: Option<String>,
    /// Cursor for comments within current PR.
    pub last_comment_cursor: Option<String>,
    /// List of completed repositories.
    #[serde(default)]
    pub repositories_processed: Vec<String>,
    /// Repository currently being processed.
    pub current_repository: String,
    /// Current batch number (for batched processing).
    #[serde(default = "first_batch")]
    pub batch_number: u64,
    /// Running count of PRs processed.
    #[serde(default)]
    pub total_prs_processed: u64,
    /// Flag indicating recovery from interruption.
    #[serde(default)]
    pub recovery_mode: bool,
}
