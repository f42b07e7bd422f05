//! Lists of what has been processed: each item once, the newest last, and never more than the cap.

use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::stored_as::stored_as;
use crate::field::{Direct, Encoding, Entered, Operand, Plain, Settable};
use crate::{Change, Filter, Path, Update};

/// The last `CAP` items that were processed, each once, the newest at the end: `["repo1", "repo2"]`.
///
/// The field is `#[serde(default)]`, so that the first item makes the list. A longer list that is stored, by
/// whoever, is read whole; the next [`done`](Path::done) cuts it. Where the cap is only for one statement to know,
/// the field is a `Vec`, and has [`push_recent`](Path::push_recent).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Processed<T, const CAP: usize>(Vec<T>);

impl<T, const CAP: usize> Processed<T, CAP> {
    /// Is `item` among them? One that was processed more than `CAP` items ago is not.
    pub fn is_done<Q>(&self, item: &Q) -> bool
    where
        T: PartialEq<Q>,
        Q: ?Sized,
    {
        self.0.iter().any(|processed| processed == item)
    }
}

impl<T, const CAP: usize> Default for Processed<T, CAP> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const CAP: usize> Deref for Processed<T, CAP> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

stored_as! { [T, const CAP: usize] Processed<T, CAP> => Vec<T>, if T: JsonSchema + Field; }

impl<R, T, const CAP: usize, S> Path<R, Processed<T, CAP>, S> {
    fn list(&self) -> Path<R, Vec<T>, S> {
        self.clone().retype()
    }

    /// `item` is done: it becomes the newest of the list, wherever it stood, and what is beyond the cap goes.
    pub fn done(&self, item: impl Operand<T>) -> Update<R>
    where
        S: Settable<Itself: Entered>,
        T: Serialize + DeserializeOwned,
    {
        const { assert!(CAP > 0, "a list that is capped at 0 holds nothing") };
        self.list().push_recent(item, CAP)
    }

    /// `item` is to be processed again.
    pub fn undone(&self, item: impl Operand<T>) -> Change<R>
    where
        S: Settable<Itself: Entered>,
        T: Serialize + DeserializeOwned,
    {
        self.list().remove(item)
    }

    /// The stored list has `item`.
    pub fn is_done(&self, item: impl Operand<T>) -> Filter<R>
    where
        S: Direct,
        Plain: Encoding<T>,
    {
        self.list().contains(item)
    }
}
