//! For programs: one finding a line. `finding.schema.json`, beside this crate's manifest, describes it.

use std::io::{self, Write};

use serde_json::json;

use crate::finding::Finding;

pub(super) fn write(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let place = &finding.place;
    let position = place.excerpt.as_ref().map(|excerpt| excerpt.position);
    let line = json!({
        "rule": finding.rule.id(),
        "severity": finding.severity.name(),
        "path": place.path.to_string_lossy(),
        "line": position.map(|position| position.line),
        "column": position.map(|position| position.column),
        "row": place.row,
        "pointer": place.pointer,
        "message": finding.message,
        "help": finding.help,
        "detail": finding.in_full(),
        "drift": finding.drift,
    });
    writeln!(out, "{line}")
}
