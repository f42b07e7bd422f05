//! Documents judged while they are read: a thread reads and cuts, workers judge, and what they find comes out in
//! the order of the input.
//!
//! Whatever the input is, only so many blocks are under way, of so many bytes, and each has only so many findings
//! that nobody has taken yet: who is ahead waits.

mod block;
mod feed;
mod files;
mod in_process;
mod jobs;
mod progress;
mod run;
mod signs;
mod tally;
mod work;

#[cfg(feature = "postgres")]
pub(crate) use block::Stream;
#[cfg(feature = "postgres")]
pub(crate) use feed::{Ended, feed};
pub(crate) use files::Files;
pub use in_process::judge_lines;
pub(crate) use jobs::Jobs;
pub(crate) use progress::Progress;
pub(crate) use run::{Feed, Outcome, run, stop_by_signal};
pub(crate) use signs::{Hits, Seen, Sign, Signs};
pub(crate) use tally::Tally;
pub(crate) use work::{Aim, Part, Worker};
