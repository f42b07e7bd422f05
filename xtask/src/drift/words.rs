//! A break between two layouts, in words for people and in data for programs.

use std::path::Path;
use std::sync::Arc;

use super::comparison::{Break, Direction};
use super::layout::Layout;
use super::verdict::{Harm, Witness};
use crate::finding::{self, Drift};
use crate::rule::Rule;

/// The two that are compared.
pub(super) struct Sides<'a> {
    /// Where the old one stands.
    pub(super) path: &'a Path,
    pub(super) old: &'a Layout,
    pub(super) new: &'a Layout,
}

impl Sides<'_> {
    fn writer(&self, direction: Direction) -> &Layout {
        match direction {
            Direction::Backward => self.old,
            Direction::Forward => self.new,
        }
    }

    fn reader(&self, direction: Direction) -> &Layout {
        match direction {
            Direction::Backward => self.new,
            Direction::Forward => self.old,
        }
    }

    /// What has changed, and whom it breaks.
    pub(super) fn summary(&self, of: &Break<'_>, rule: Rule) -> String {
        let what = match of.change {
            Some(change) => format!("{}: {} → {}", name(change.rule), change.old, change.new),
            None => "another contract".to_owned(),
        };
        let mut parts = vec![format!("{} v{}: {what}", self.new.job, self.new.version)];
        for direction in Direction::BOTH {
            let Some((_, witness)) = of.witnesses.iter().find(|(of, _)| *of == direction) else { continue };
            let (reader, writer) = (&self.reader(direction).name, &self.writer(direction).name);
            parts.push(match witness.harm {
                Harm::Unreadable => {
                    let (name, words) = (direction.name(), direction.words());
                    format!("{name}: {reader} cannot read what {writer} writes: {words}")
                }
                Harm::OutOfContract => {
                    format!(
                        "{}: {reader} reads what {writer} writes, and its contract refuses it",
                        direction.name()
                    )
                }
            });
        }
        for (direction, undecided) in &of.undecided {
            parts.push(format!("{}: undecided, {}", direction.name(), undecided.why));
        }
        match rule {
            Rule::ValueLost => parts
                .push(format!("{} reads a default where {} stored a value", self.new.name, self.old.name)),
            Rule::FieldAdded if of.witnesses.is_empty() => {
                parts.push("safe; an old worker that rewrites whole documents drops it".to_owned())
            }
            _ if of.witnesses.is_empty() && of.undecided.is_empty() => {
                parts.push("both directions can be read".to_owned())
            }
            _ => {}
        }
        parts.join("; ")
    }

    /// The same, for programs.
    pub(super) fn drift(&self, of: &Break<'_>, fingerprint: String, accepted: bool) -> Drift {
        let broken = of.witnesses.iter().map(|(direction, witness)| finding::Verdict {
            direction: direction.name(),
            verdict: match witness.harm {
                Harm::Unreadable => "unreadable",
                Harm::OutOfContract => "out-of-contract",
            },
            witness: Some(Arc::clone(&witness.document.value)),
            reason: witness.reason.clone(),
            executed: witness.executed,
        });
        let undecided = of.undecided.iter().map(|(direction, undecided)| finding::Verdict {
            direction: direction.name(),
            verdict: "undecided",
            witness: None,
            reason: undecided.why.clone(),
            executed: false,
        });
        let (old_place, new_place) = match of.change {
            Some(change) => (change.old_place(), change.new_place()),
            None => (Some(of.place()), Some(of.place())),
        };
        Drift {
            job: self.new.job.clone(),
            version: self.new.version,
            fingerprint,
            accepted,
            old_place: old_place.map(str::to_owned),
            new_place: new_place.map(str::to_owned),
            verdicts: broken.chain(undecided).collect(),
        }
    }

    pub(super) fn shown(&self, direction: Direction, witness: &Witness) -> String {
        let by = if witness.executed {
            "shown by its code"
        } else {
            "by its contract alone: its code is not at hand"
        };
        format!(
            "{}, {by}:\n    {}\n    {}\n",
            direction.name(),
            shorten(witness.document.beginning()),
            shorten(&witness.reason)
        )
    }

    /// All that somebody needs who reads nothing else.
    pub(super) fn conclusion(&self, of: &Break<'_>, place: &str, edit: &str) -> String {
        let shown = of.witnesses.first().map(|(direction, witness)| {
            format!(
                "{} refuses {} ({})",
                self.reader(*direction).name,
                shorten(witness.document.beginning()),
                shorten(&witness.reason)
            )
        });
        format!(
            "{}: {place}: {}. To mend it: {edit}",
            self.new.job,
            shown.unwrap_or_else(|| self.summary(of, of.change.map_or(Rule::ContractChanged, |it| it.rule)))
        )
    }
}

/// The rule in words.
fn name(rule: Rule) -> String {
    rule.id().replace('-', " ")
}

pub(super) fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// So many characters are shown of a document.
const SHOWN: usize = 300;

/// Longer documents are shown by their beginning.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// 64 bits of what the finding is, by FNV-1a: the same as long as the change is the same, whatever revision shows
/// it.
pub(super) fn fingerprint(sides: &Sides<'_>, of: &Break<'_>, rule: Rule) -> String {
    let directions: Vec<&str> = of.witnesses.iter().map(|(direction, _)| direction.name()).collect();
    let (old, new) = of.change.map_or(("", ""), |change| (&change.old, &change.new));
    let version = sides.new.version.to_string();
    let parts = [&sides.new.job, &version, rule.id(), of.place(), &directions.join(","), old, new];
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.join("\u{0}").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
