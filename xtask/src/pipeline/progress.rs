//! How far the work is, on standard error: a bar where somebody looks at it, else a line now and then.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};

use super::tally::Tally;

/// The time between two lines.
const EVERY: Duration = Duration::from_secs(10);

pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    began: Instant,
    told: Instant,
    /// Bytes that have been read, as they are stored; none where documents are counted instead.
    read: Option<Arc<AtomicU64>>,
    /// All there are, if that is known.
    total: Option<u64>,
}

impl Progress {
    /// Of a work that reads `total` bytes, if that is known, and counts them in `read`.
    pub(crate) fn of_bytes(read: &Arc<AtomicU64>, total: Option<u64>) -> Self {
        Self::begin(Some(Arc::clone(read)), total)
    }

    /// Of a work that takes so many documents, if that is known.
    #[cfg(feature = "postgres")]
    pub(crate) fn of_documents(total: Option<u64>) -> Self {
        Self::begin(None, total)
    }

    fn begin(read: Option<Arc<AtomicU64>>, total: Option<u64>) -> Self {
        let now = Instant::now();
        let bar = std::io::stderr().is_terminal().then(|| bar(total, read.is_some()));
        Self { bar, began: now, told: now, read, total }
    }

    /// Tells where the work is.
    pub(crate) fn tell(&mut self, tally: &Tally, findings: u64) {
        let done = self.read.as_ref().map_or_else(|| tally.seen(), |read| read.load(Ordering::Relaxed));
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.set_message(format!("{} documents, {findings} findings", tally.seen()));
            return;
        }
        if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            let done = Done { count: done, total: self.total, of_bytes: self.read.is_some() };
            let line = line(&done, self.began.elapsed(), tally.seen(), findings);
            let _ = writeln!(anstream::stderr(), "{line}");
        }
    }

    /// Does something that may write to the same terminal.
    pub(crate) fn aside(&self, work: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(work),
            None => work(),
        }
    }

    /// The work is over, and nothing of the bar stays.
    pub(crate) fn end(&self) -> Duration {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.began.elapsed()
    }
}

fn bar(total: Option<u64>, of_bytes: bool) -> ProgressBar {
    let rate = if of_bytes { "{binary_bytes_per_sec}" } else { "{per_sec}" };
    let (bar, template) = match total {
        Some(total) => {
            (ProgressBar::new(total), format!("{{wide_bar}} {{percent}}% {rate}, {{eta}} left: {{msg}}"))
        }
        None => (ProgressBar::new_spinner(), format!("{{spinner}} {rate}: {{msg}}")),
    };
    // A template that cannot be read leaves the bar as it is.
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// How much is done.
struct Done {
    count: u64,
    total: Option<u64>,
    of_bytes: bool,
}

fn line(done: &Done, elapsed: Duration, documents: u64, findings: u64) -> String {
    let Done { count, total, of_bytes } = *done;
    let rate = u64::try_from(u128::from(count) * 1_000 / elapsed.as_millis().max(1)).unwrap_or(u64::MAX);
    let told = |count: u64| if of_bytes { HumanBytes(count).to_string() } else { count.to_string() };
    let done = match total.filter(|total| *total > 0) {
        Some(total) => {
            let left = Duration::from_secs(total.saturating_sub(count) / rate.max(1));
            format!("{}%, {} left", u128::from(count) * 100 / u128::from(total), HumanDuration(left))
        }
        None => format!("{} read", told(count)),
    };
    format!("{done}, {}/s: {documents} documents, {findings} findings", told(rate))
}

#[cfg(test)]
mod tests {
    use super::{Done, line};
    use std::time::Duration;

    #[test]
    fn a_line_has_the_rate_and_what_is_left_where_the_end_is_known() {
        let second = Duration::from_secs(1);
        let bytes = |count, total| Done { count, total, of_bytes: true };
        assert_eq!(
            line(&bytes(1 << 20, Some(4 << 20)), second, 100, 2),
            "25%, 3 seconds left, 1.00 MiB/s: 100 documents, 2 findings"
        );
        assert_eq!(
            line(&bytes(1 << 20, None), second, 1, 0),
            "1.00 MiB read, 1.00 MiB/s: 1 documents, 0 findings"
        );
        assert_eq!(
            line(&bytes(0, Some(0)), Duration::ZERO, 0, 0),
            "0 B read, 0 B/s: 0 documents, 0 findings"
        );
        let rows = Done { count: 50, total: Some(200), of_bytes: false };
        assert_eq!(line(&rows, second, 50, 1), "25%, 3 seconds left, 50/s: 50 documents, 1 findings");
    }
}
