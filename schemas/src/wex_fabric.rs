//! The WEX Fabric job.

use checkpoint_schema::{Checkpoint, Timestamp};
use serde::{Deserialize, Serialize};

use crate::first_batch;

/// Recovery state of the WEX Fabric job, which reads the datasets of a workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "wex_fabric", version = 1)]
pub struct WexFabricCheckpoint {
    /// Last successful sync.
    pub last_sync_timestamp: Timestamp,
    /// List of completed datasets.
    #[serde(default)]
    pub datasets_processed: Vec<String>,
    /// Dataset currently being processed.
    pub current_dataset: Option<String>,
    /// Last record processed.
    pub last_record_id: Option<String>,
    /// Current batch number.
    #[serde(default = "first_batch")]
    pub batch_number: u64,
    /// Running count.
    #[serde(default)]
    pub total_records_processed: u64,
    /// Fabric workspace identifier.
    pub workspace_id: String,
    /// Fabric API continuation token.
    pub continuation_token: Option<String>,
}
