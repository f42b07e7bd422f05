//! Batches with recovery: a number, a count, and a flag that is up while a batch is open.

use checkpoint_derive::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::field::kind::Amount;
use crate::field::{Defaulted, Encoding, Entered, Settable, Slot};
use crate::{Change, Path, Update};

/// A job that works in batches. To be flattened.
///
/// [`enter`](BatchesFields::enter) raises the flag, [`complete`](BatchesFields::complete) takes it down and counts
/// the batch up, in one change. So a worker that finds the flag up when it starts was interrupted within
/// `batch_number`, and goes on there, from its cursors; one that finds it down begins that batch.
///
/// Under other keys, [`Batches::at`] has the same changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Checkpoint)]
#[checkpoint(crate = "crate")]
pub struct Batches {
    /// The batch that is open, or comes next; the first is 1.
    #[serde(default = "first")]
    pub batch_number: u64,
    /// How many items have been processed, in all batches.
    #[serde(default)]
    pub total_items_processed: u64,
    /// Whether a batch has been entered and not been completed.
    #[serde(default)]
    pub recovery_mode: bool,
}

fn first() -> u64 {
    1
}

impl Default for Batches {
    /// What is read where nothing is stored.
    fn default() -> Self {
        Self { batch_number: first(), total_items_processed: 0, recovery_mode: false }
    }
}

impl Batches {
    /// The same pattern in three fields of any key: the batch number, the count of items, the flag.
    ///
    /// ```
    /// # use checkpoint_schema::{Checkpoint, patterns::Batches};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, Checkpoint)]
    /// # #[checkpoint(job = "github", version = 1)]
    /// # struct GithubCheckpoint {
    /// #     #[serde(default)] batch_number: u32,
    /// #     #[serde(default)] total_prs_processed: u64,
    /// #     recovering: Option<bool>,
    /// # }
    /// let f = GithubCheckpoint::fields();
    /// let batches = Batches::at(f.batch_number(), f.total_prs_processed(), f.recovering().some());
    /// let open = batches.complete().apply(&serde_json::json!({"batch_number": 7, "recovering": true}))?;
    /// assert_eq!(open, serde_json::json!({"batch_number": 8, "recovering": false}));
    /// # Ok::<(), checkpoint_schema::FieldError>(())
    /// ```
    pub fn at<R, N, SN, I, SI, SF>(
        number: Path<R, N, SN>,
        items: Path<R, I, SI>,
        recovering: Path<R, bool, SF>,
    ) -> BatchPaths<R, N, SN, I, SI, SF> {
        BatchPaths { number, items, recovering }
    }
}

/// The fields of [`Batches`] wherever they are: what [`Batches::at`] gives.
///
/// The types are those of the batch number and of the count, each with its slot, and the slot of the flag.
pub struct BatchPaths<R, N, SN, I, SI, SF> {
    number: Path<R, N, SN>,
    items: Path<R, I, SI>,
    recovering: Path<R, bool, SF>,
}

impl<R, N, SN, I, SI, SF> BatchPaths<R, N, SN, I, SI, SF> {
    /// As [`BatchesFields::enter`].
    pub fn enter(&self) -> Change<R>
    where
        SF: Settable<Itself: Slot<Encoding: Encoding<bool>>>,
    {
        self.recovering.set(true)
    }

    /// As [`BatchesFields::advance`].
    pub fn advance<A: Amount<I>>(&self, items: A) -> Change<R>
    where
        SI: Settable<Itself: Entered>,
    {
        self.items.increment(items)
    }

    /// As [`BatchesFields::complete`].
    pub fn complete(&self) -> Update<R>
    where
        i32: Amount<N>,
        SN: Settable<Itself: Entered>,
        SF: Settable<Itself: Slot<Encoding: Encoding<bool>>>,
    {
        Update::from([self.number.increment(1i32), self.recovering.set(false)])
    }
}

impl<R, S: Slot> BatchesFields<R, S> {
    fn paths(&self) -> BatchPaths<R, u64, Defaulted, u64, Defaulted, Defaulted> {
        Batches::at(self.batch_number(), self.total_items_processed(), self.recovery_mode())
    }

    /// The batch is open: the flag stays up until it is completed, however the worker ends.
    ///
    /// Where several workers share a row, only one enters:
    /// `jobs.update(f.batches().enter()).id(42).when(!f.batches().recovery_mode().eq(true))`.
    pub fn enter(&self) -> Change<R> {
        self.paths().enter()
    }

    /// So many items more have been processed: a page, say, saved with its cursor in one update.
    pub fn advance<A: Amount<u64>>(&self, items: A) -> Change<R> {
        self.paths().advance(items)
    }

    /// The batch is through: the next number, and the flag down.
    ///
    /// A worker that does not know whether its last attempt arrived says which batch it means:
    /// `.when(f.batches().batch_number().eq(7))`.
    pub fn complete(&self) -> Update<R> {
        self.paths().complete()
    }
}
