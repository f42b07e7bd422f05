//! How much of the processor's time programs took.

use std::fs;
use std::time::Duration;

/// The processor's time that the programs took which this one has started and seen end (proc(5), fields 16 and
/// 17, in hundredths of a second).
pub fn of_children() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(13);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((next()? + next()?) * 10))
}
