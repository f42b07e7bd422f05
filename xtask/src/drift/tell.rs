//! A comparison as findings: each break with its witness, its weight by the policy, its mend, and the fingerprint
//! by which it can be accepted.

use std::collections::BTreeSet;
use std::path::Path;

use checkpoint_schema::JobTable;

use super::change::Change;
use super::comparison::{Break, Comparison, Direction};
use super::evidence::{Evidence, sign};
use super::layout::Layout;
use super::mend;
use super::policy::{Policy, Subject};
use super::rewrite::rewrite;
use super::verdict::Harm;
use super::words::{Sides, fingerprint, indented};
use crate::finding::Finding;
use crate::rule::{Rule, Severity};

/// What is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// What must be looked at.
    Faults,
    /// Every change.
    All,
}

/// The findings of many comparisons.
pub(crate) struct Teller<'a> {
    pub(crate) policy: &'a Policy,
    /// Where rows are that a mend changes.
    table: JobTable,
    pub(crate) detail: Detail,
    /// Of what was told already: a change is told of the first baseline that shows it.
    pub(crate) told: BTreeSet<String>,
    /// Of acceptances that were met.
    pub(crate) used: BTreeSet<String>,
    /// How many breaks are accepted.
    pub(crate) accepted: usize,
    pub(crate) findings: Vec<Finding>,
    pub(crate) conclusions: Vec<String>,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(policy: &'a Policy, table: JobTable, detail: Detail) -> Self {
        Self {
            policy,
            table,
            detail,
            told: BTreeSet::new(),
            used: BTreeSet::new(),
            accepted: 0,
            findings: Vec::new(),
            conclusions: Vec::new(),
        }
    }

    /// Tells what came of `comparison`, of which the old side stands in `path`.
    pub(crate) fn tell(
        &mut self,
        path: &Path,
        old: &Layout,
        new: &Layout,
        comparison: &Comparison,
        reused: &[Change],
        evidence: Option<&Evidence>,
    ) {
        let both = Sides { path, old, new };
        for one in comparison.breaks() {
            self.one(&both, &one, evidence);
        }
        for change in reused {
            self.one(&both, &Break::by_itself(change), evidence);
        }
    }

    fn one(&mut self, sides: &Sides<'_>, of: &Break<'_>, evidence: Option<&Evidence>) {
        let rule = match (of.change, of.witnesses.is_empty()) {
            (_, true) if !of.undecided.is_empty() => Rule::DriftUndecided,
            (Some(change), _) => change.rule,
            (None, _) => Rule::ContractChanged,
        };
        let rule = match (rule, self.policy.weigh(&sides.new.job, Subject::RoundTrip)) {
            (Rule::FieldAdded, Some(_)) if of.witnesses.is_empty() => Rule::RoundTripLoss,
            (rule, _) => rule,
        };
        let fingerprint = fingerprint(sides, of, rule);
        if !self.told.insert(fingerprint.clone()) {
            return;
        }
        let job = &sides.new.job;
        let hits = evidence
            .filter(|evidence| evidence.looked_at(job) > 0)
            .and_then(|evidence| Some((evidence.hits(job, &sign(of)?), evidence.looked_at(job))));
        let is_hit = hits.as_ref().is_none_or(|(hits, _)| hits.count > 0);
        let mut severity = self.severity(job, of, rule, is_hit);
        let accepted = self.policy.acceptances().iter().find(|it| it.fingerprint == fingerprint);
        let mut is_accepted = false;
        if let (Some(accepted), Some(_)) = (accepted, severity) {
            self.used.insert(fingerprint.clone());
            if !accepted.is_expired() {
                severity = None;
                is_accepted = true;
            }
        }
        let severity = match (severity, self.detail) {
            (Some(severity), _) => severity,
            (None, Detail::All) => Severity::Note,
            (None, Detail::Faults) => return,
        };
        if severity == Severity::Note && self.detail == Detail::Faults {
            return;
        }
        let type_name = match &sides.new.code {
            Some(_) => format!("`{}`", sides.new.type_name()),
            None => format!("the type of {}", sides.new.name),
        };
        let edit = mend::edit(of, &type_name);
        let place = if of.place().is_empty() { "the document" } else { of.place() };
        let mut message = sides.summary(of, rule);
        if let (Some(accepted), true) = (accepted, is_accepted) {
            message.push_str(&format!("; accepted until {}: {}", accepted.expires, accepted.reason));
            self.accepted += 1;
        }
        if let Some((hits, documents)) = &hits {
            message.push_str(&format!("; {}", hits.words(*documents)));
        }
        let mut finding = Finding::of_file(rule, sides.path, message).pointer(of.place());
        finding.severity = severity;
        finding.drift = Some(Box::new(sides.drift(of, fingerprint.clone(), is_accepted)));
        let mut detail = String::new();
        for (direction, witness) in &of.witnesses {
            detail.push_str(&sides.shown(*direction, witness));
        }
        if severity != Severity::Note {
            if let Some(expired) = accepted.filter(|accepted| accepted.is_expired()) {
                detail.push_str(&format!("accepted until {} because {}\n", expired.expires, expired.reason));
            }
            let mut otherwise = String::new();
            if !of.witnesses.is_empty() {
                otherwise.push_str("or, as a new version:\n");
                otherwise.push_str(&indented(&mend::version(of, job, sides.new.version)));
            }
            otherwise.push_str(&format!(
                "or accept it in {}:\n    [[drift.accept]]\n    fingerprint = \"{fingerprint}\"\n    reason = \"\"      # why \
                 it hurts nobody\n    expires = \"\"     # the last day on which that holds: \"2030-12-31\"\n",
                self.policy.path.display()
            ));
            if let Some(sql) = of.change.and_then(|change| rewrite(change, sides.new, &self.table)) {
                otherwise.push_str("or, in what is stored, once no worker of the old layout writes:\n");
                otherwise.push_str(&indented(&sql));
            }
            finding.otherwise = Some(otherwise.trim_end().to_owned());
            finding = finding.help(edit.clone());
        }
        if !detail.is_empty() {
            finding = finding.detail(detail.trim_end());
        }
        if severity == Severity::Error {
            self.conclusions.push(sides.conclusion(of, place, &edit));
        }
        if accepted.is_some_and(super::policy::Acceptance::is_expired) && severity != Severity::Note {
            let accepted_finding = Finding::of_file(
                Rule::AcceptanceExpired,
                self.policy.path.clone(),
                format!("the acceptance of {fingerprint} has expired: {} at {place} of {job}", rule.id()),
            )
            .help("mend the break, or give the acceptance another day");
            self.findings.push(accepted_finding);
        }
        self.findings.push(finding);
    }

    /// How grave; `None` is what nobody need look at. What is stored tells only of what new code reads.
    fn severity(&self, job: &str, of: &Break<'_>, rule: Rule, is_hit: bool) -> Option<Severity> {
        let by_evidence = |severity| match is_hit {
            true => severity,
            false => lesser(severity, self.policy.weigh(job, Subject::NoDocumentHit)),
        };
        let of_direction = |direction: Direction, severity| match direction {
            Direction::Backward => by_evidence(severity),
            Direction::Forward => severity,
        };
        let broken = of.witnesses.iter().map(|(direction, witness)| {
            let by_direction = self.policy.weigh(
                job,
                match direction {
                    Direction::Backward => Subject::Backward,
                    Direction::Forward => Subject::Forward,
                },
            );
            let weight = match witness.harm {
                Harm::Unreadable => by_direction,
                Harm::OutOfContract => lesser(by_direction, self.policy.weigh(job, Subject::OutOfContract)),
            };
            of_direction(*direction, weight)
        });
        let undecided = of
            .undecided
            .iter()
            .map(|(direction, _)| of_direction(*direction, self.policy.weigh(job, Subject::Undecided)));
        let own = match rule {
            Rule::ValueLost => by_evidence(self.policy.weigh(job, Subject::ValueLost)),
            Rule::DefaultChanged | Rule::NameReused => by_evidence(Some(Severity::Warning)),
            Rule::RoundTripLoss => self.policy.weigh(job, Subject::RoundTrip),
            _ => None,
        };
        broken.chain(undecided).chain([own]).flatten().min_by_key(|severity| *severity as u8)
    }

    /// Acceptances that nothing was found of.
    pub(crate) fn unused(&mut self) {
        for accepted in self.policy.acceptances().iter().filter(|it| !self.used.contains(&it.fingerprint)) {
            let finding = Finding::of_file(
                Rule::AcceptanceUnused,
                self.policy.path.clone(),
                format!(
                    "nothing is found of {}, which is accepted because {}",
                    accepted.fingerprint, accepted.reason
                ),
            )
            .help("remove the acceptance; if the break is still there, it has another fingerprint, which `diff` tells");
            self.findings.push(finding);
        }
    }
}

/// The less grave of two.
fn lesser(a: Option<Severity>, b: Option<Severity>) -> Option<Severity> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if (a as u8) > (b as u8) { a } else { b }),
        _ => None,
    }
}
