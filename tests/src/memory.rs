//! How much memory a process has had.

use std::fs;
use std::process::{Child, Output};
use std::thread;
use std::time::Duration;

/// Waits for the process, and gives what it said on what was piped, with the most memory that it had at once, in
/// kB (`VmHWM` of Linux; 0 elsewhere).
///
/// # Panics
///
/// If it cannot be waited for.
pub fn watch(mut child: Child) -> (Output, u64) {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(peak);
        thread::sleep(Duration::from_millis(5));
    }
    (child.wait_with_output().expect("its words"), peak)
}
