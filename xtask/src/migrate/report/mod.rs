//! The report: what was done with the rows of each job.

mod progress;
mod tally;

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::args::Form;
use super::row::Fault;
use crate::report::ERROR;
pub(crate) use progress::Progress;
pub(crate) use tally::Tally;

/// Where the report goes, and in which form.
pub(crate) struct Teller {
    pub(crate) form: Form,
    pub(crate) dry_run: bool,
}

impl Teller {
    /// A row is left. Programs are told at once, people at the end of the job.
    pub(crate) fn left(&self, job: &str, key: &str, fault: &Fault) {
        if self.form == Form::Json {
            let Fault { kind, pointer, reason } = fault;
            line(&json!({
                "line": "row", "job": job, "key": key, "kind": kind.id(), "pointer": pointer, "reason": reason,
            }));
        }
    }

    /// A job is done.
    pub(crate) fn job(&self, tally: &Tally) {
        // A reader that has gone away (`| head`) has seen enough; the exit code still counts.
        let _ = match self.form {
            Form::Text => self.job_text(tally),
            Form::Json => {
                self.job_json(tally);
                Ok(())
            }
        };
    }

    fn job_text(&self, tally: &Tally) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        Self::changes(&mut out, tally)?;
        self.rows_left(&mut out, tally)?;
        if tally.read == 0 {
            writeln!(out, "{}: no row is of a version before {}", tally.job, tally.version)?;
        }
        for (from, count) in tally.upgraded.iter().filter(|_| !self.dry_run) {
            writeln!(out, "{}, version {from} to {}: {}", tally.job, tally.version, rows(*count))?;
        }
        Ok(())
    }

    fn changes(out: &mut impl Write, tally: &Tally) -> io::Result<()> {
        let (job, version) = (tally.job, tally.version);
        for ((from, differences), example) in tally.changes.sorted() {
            let rows = rows(example.rows);
            writeln!(out, "{job}, version {from} to {version}: {rows}, such as {}", example.key)?;
            if differences.is_empty() {
                writeln!(out, "    nothing but the version")?;
            }
            for (at, difference) in differences.iter().enumerate() {
                let values = example.values.get(at).map(|values| format!(": {values}")).unwrap_or_default();
                writeln!(out, "    {difference}{values}")?;
            }
        }
        if tally.changes.others > 0 {
            writeln!(out, "{job}: {} that differ in further ways", rows(tally.changes.others))?;
        }
        Ok(())
    }

    fn rows_left(&self, out: &mut impl Write, tally: &Tally) -> io::Result<()> {
        for (kind, left) in &tally.left {
            let told = match (self.dry_run, left.rows) {
                (true, _) => "would be left",
                (false, 1) => "left as it was",
                (false, _) => "left as they were",
            };
            writeln!(out, "{ERROR}error[{}]{ERROR:#}: {}: {} {told}", kind.id(), tally.job, rows(left.rows))?;
            for (key, fault) in &left.examples {
                let place = if fault.pointer.is_empty() { "" } else { ": " };
                writeln!(out, "    row {key}: {}{place}{}", fault.pointer, fault.reason)?;
            }
            let more = left.rows.saturating_sub(u64::try_from(left.examples.len()).unwrap_or(0));
            if more > 0 {
                writeln!(out, "    … {more} more (`--format json` tells all)")?;
            }
            writeln!(out, "  = help: {}", kind.help())?;
        }
        Ok(())
    }

    fn job_json(&self, tally: &Tally) {
        for ((from, differences), example) in tally.changes.sorted() {
            let changes: Vec<String> = differences.iter().map(ToString::to_string).collect();
            line(&json!({
                "line": "difference", "job": tally.job, "from": from, "to": tally.version,
                "rows": example.rows, "key": example.key, "changes": changes, "values": example.values,
            }));
        }
        let upgraded: Map<String, Value> =
            tally.upgraded.iter().map(|(from, rows)| (from.to_string(), (*rows).into())).collect();
        let left: Map<String, Value> =
            tally.left.iter().map(|(kind, left)| (kind.id().to_owned(), left.rows.into())).collect();
        line(&json!({
            "line": "job", "job": tally.job, "to": tally.version, "dry_run": self.dry_run, "read": tally.read,
            "upgraded": upgraded, "left": left, "absent": tally.absent, "settled": tally.settled,
        }));
    }

    /// No job has a version before its newest.
    pub(crate) fn nothing(&self) {
        if self.form == Form::Text {
            let words = "nothing to upgrade: no checkpoint that was asked for is above version 1";
            let _ = writeln!(anstream::stdout(), "{words}");
        }
    }

    /// All is done: the last line.
    pub(crate) fn sum(&self, totals: &Totals, progress: &Progress) {
        let Totals { read, upgraded, left, absent, settled } = *totals;
        let (seconds, rate) = (progress.seconds(), progress.rate(read));
        if self.form == Form::Json {
            line(&json!({
                "line": "total", "dry_run": self.dry_run, "read": read, "upgraded": upgraded, "left": left,
                "absent": absent, "settled": settled, "seconds": seconds, "rows_a_second": rate,
            }));
            return;
        }
        let mut parts = match self.dry_run {
            true => vec![format!("would upgrade {}", rows(upgraded)), format!("would leave {left}")],
            false => vec![format!("upgraded {}", rows(upgraded)), format!("left {left}")],
        };
        parts.extend((absent > 0).then(|| format!("{absent} absent")));
        parts.extend((settled > 0).then(|| format!("{settled} settled by others meanwhile")));
        let nothing = if self.dry_run { "; nothing was written" } else { "" };
        let _ = writeln!(
            anstream::stdout(),
            "{}: {} read in {seconds:.1} s, {rate} a second{nothing}",
            parts.join(", "),
            rows(read)
        );
    }
}

/// The counts of all jobs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) read: u64,
    pub(crate) upgraded: u64,
    pub(crate) left: u64,
    pub(crate) absent: u64,
    pub(crate) settled: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, tally: &Tally) {
        self.read += tally.read;
        self.upgraded += tally.all_upgraded();
        self.left += tally.all_left();
        self.absent += tally.absent;
        self.settled += tally.settled;
    }
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn line(line: &Value) {
    let _ = writeln!(anstream::stdout(), "{line}");
}
