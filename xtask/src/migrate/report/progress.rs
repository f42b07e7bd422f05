//! How far the work is, on standard error.

use std::io::Write;
use std::time::{Duration, Instant};

use super::tally::Tally;

/// The time between two lines.
const EVERY: Duration = Duration::from_secs(2);

/// The time since the work began, and when it was last told.
pub(crate) struct Progress {
    began: Instant,
    told: Instant,
    /// Rows of the jobs that are done.
    before: u64,
}

impl Progress {
    pub(crate) fn begin() -> Self {
        let now = Instant::now();
        Self { began: now, told: now, before: 0 }
    }

    /// Tells where the work is, if that has not been told for a while.
    pub(crate) fn tell(&mut self, tally: &Tally) {
        if self.told.elapsed() < EVERY {
            return;
        }
        self.told = Instant::now();
        let _ = writeln!(
            anstream::stderr(),
            "{}: {} rows read, {} upgraded, {} left, {} rows a second",
            tally.job,
            tally.read,
            tally.all_upgraded(),
            tally.all_left(),
            self.rate(self.before + tally.read)
        );
    }

    /// A job is done.
    pub(crate) fn done(&mut self, tally: &Tally) {
        self.before += tally.read;
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Rows a second.
    pub(crate) fn rate(&self, rows: u64) -> u64 {
        let micros = self.began.elapsed().as_micros().max(1);
        u64::try_from(u128::from(rows) * 1_000_000 / micros).unwrap_or(u64::MAX)
    }
}
