//! The WEX AD job.

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};

/// Recovery state of the WEX AD job, which syncs the users and groups of an Active Directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_ad", version = 1)]
pub struct WexAdCheckpoint {
    /// Last successful sync.
    pub last_sync_timestamp: Timestamp,
    /// Count of users synced.
    #[serde(default)]
    pub users_processed: u64,
    /// Count of groups synced.
    #[serde(default)]
    pub groups_processed: u64,
    /// Last user processed (for pagination).
    pub last_user_id: Option<String>,
    /// Last group processed (for pagination).
    pub last_group_id: Option<String>,
    /// `full` or `incremental`.
    #[serde(default)]
    pub sync_type: SyncType,
    /// AD delta query token for incremental sync.
    pub delta_token: String,
}

/// How much a run of the WEX AD job syncs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Checkpoint)]
#[serde(rename_all = "snake_case")]
pub enum SyncType {
    /// Everything, from the start. What a checkpoint that does not say is taken for: it loses nothing.
    #[default]
    Full,
    /// What changed since the delta token was given out.
    Incremental,
}
