//! Documents judged while they are read: a thread reads and cuts, workers judge, and what they find comes out in
//! the order of the input.
//!
//! Whatever the input is, only so many blocks are under way, of so many bytes, and each has only so many findings
//! that nobody has taken yet: who is ahead waits.

mod block;
mod feed;
mod in_process;
mod jobs;
mod progress;
mod run;
mod tally;
mod work;

pub(crate) use block::Stream;
pub(crate) use feed::{Ended, feed};
pub use in_process::judge_lines;
pub(crate) use jobs::Jobs;
pub(crate) use progress::Progress;
pub(crate) use run::{Feed, Outcome, run, stop_by_signal};
pub(crate) use tally::Tally;
pub(crate) use work::{Part, Worker};
