//! Incremental sync: everything up to a time is done, and the next sync starts there.

use checkpoint_derive::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::field::Slot;
use crate::{Change, Timestamp};

/// Up to when everything has been synced, under the key `last_sync_date`. To be flattened.
///
/// Under another key, a `#[serde(default)]` field of type [`Timestamp`] does the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "crate")]
pub struct IncrementalSync {
    /// Up to when everything has been synced; 1970-01-01 before the first sync.
    #[serde(default)]
    pub last_sync_date: Timestamp,
}

impl IncrementalSync {
    /// The time from which on the next sync asks for what has changed: 1970-01-01T00:00:00Z before the first one.
    pub fn start(&self) -> Timestamp {
        self.last_sync_date
    }
}

impl<R, S: Slot> IncrementalSyncFields<R, S> {
    /// Everything up to `to` has been synced. Never goes back, whoever comes last: see
    /// [`Path::advance`](crate::Path::advance).
    ///
    /// Take `to` from before the source is asked, or from the last item that it gave: what changes while the sync
    /// runs belongs to the next one.
    pub fn advance(&self, to: Timestamp) -> Change<R> {
        self.last_sync_date().advance(to)
    }
}
