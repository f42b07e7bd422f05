//! The command: job by job, batch by batch.

use std::collections::BTreeSet;
use std::process::ExitCode;

use checkpoint_schema::registry::{Descriptor, Registry};
use checkpoint_schema::schema::Contract;
use postgres::Client;

use super::MigrateArgs;
use super::report::{Progress, Tally, Teller, Totals};
use super::row::{Decision, Fault, Rules, decide};
use super::server::{Change, OneByOne, Outcome, Reader, Row, Statements, Target, swap};
use crate::could_not_run::CouldNotRun;
use crate::database::connect;
use crate::judge::has_secrets;

/// Upgrades the rows of the checkpoints of `registry`, and tells what it did.
///
/// # Errors
///
/// What keeps it from going on. What was upgraded before stays so.
pub(crate) fn run(registry: &Registry, args: &MigrateArgs) -> Result<ExitCode, CouldNotRun> {
    let jobs = jobs(registry, &args.jobs)?;
    if args.table.no_job_column && jobs.len() != 1 {
        return Err(CouldNotRun(
            "without a column for the job all rows are of one job: name it with `--job`, once".to_owned(),
        ));
    }
    let (teller, mut totals) = (Teller { form: args.format, dry_run: args.dry_run }, Totals::default());
    let mut progress = Progress::begin();
    // A version 1 has nothing before it.
    let mut jobs = jobs.into_iter().filter(|descriptor| descriptor.version() > 1).peekable();
    if jobs.peek().is_none() {
        teller.nothing();
        return Ok(ExitCode::SUCCESS);
    }
    let mut client = connect(args.database_url.as_deref(), "checkpoint migrate")?;
    let target = Target::find(&mut client, &args.table)?;
    for descriptor in jobs {
        let statements = target.statements(descriptor);
        // Nobody knows where in an older layout a secret stands: no value of such a type is told.
        let quoting = args.show_values && !has_secrets(&descriptor.document(Contract::Read));
        let rules = Rules { descriptor, empty_is_absent: args.table.empty_is_absent, quoting };
        let job = Job { rules, statements: &statements, args, teller: &teller };
        let tally = job.upgrade(&mut client, &mut progress)?;
        teller.job(&tally);
        progress.done(&tally);
        totals.add(&tally);
    }
    teller.sum(&totals, &progress);
    Ok(if totals.left == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The newest checkpoint of each job that was named; of every job if none was.
fn jobs<'r>(registry: &'r Registry, named: &[String]) -> Result<Vec<&'r Descriptor>, CouldNotRun> {
    let all: BTreeSet<&str> = registry.iter().map(Descriptor::job).collect();
    let unknown = |name: &str| {
        let known = all.iter().copied().collect::<Vec<_>>().join(", ");
        CouldNotRun(format!("the registry has no job `{name}`: it has {known}"))
    };
    if named.is_empty() {
        let newest = all.iter().filter_map(|job| registry.find(job));
        return Ok(newest.filter(|descriptor| descriptor.version() > 1).collect());
    }
    let mut found: Vec<&Descriptor> = Vec::new();
    for name in named {
        let descriptor = registry.find(name).ok_or_else(|| unknown(name))?;
        if !found.iter().any(|other| other.job() == descriptor.job()) {
            found.push(descriptor);
        }
    }
    Ok(found)
}

/// The rows of one job.
struct Job<'a> {
    rules: Rules<'a>,
    statements: &'a Statements,
    args: &'a MigrateArgs,
    teller: &'a Teller,
}

impl Job<'_> {
    fn upgrade(&self, client: &mut Client, progress: &mut Progress) -> Result<Tally, CouldNotRun> {
        let mut tally = Tally::new(self.rules.descriptor);
        let mut reader = Reader::new(self.statements, self.rules.descriptor, self.args.batch);
        loop {
            let rows = reader.next(client)?;
            if rows.is_empty() {
                return Ok(tally);
            }
            let changes = self.decide(rows, &mut tally);
            self.write(client, &changes, &mut tally)?;
            progress.tell(&tally);
        }
    }

    /// What is to be written; everything else is counted.
    fn decide(&self, rows: Vec<Row>, tally: &mut Tally) -> Vec<Change> {
        let Rules { descriptor, quoting, .. } = self.rules;
        let mut changes = Vec::new();
        for Row { key, document } in rows {
            tally.read += 1;
            match decide(self.rules, document.as_deref()) {
                Decision::Absent => tally.absent += 1,
                Decision::Current => tally.settled += 1,
                Decision::Left(fault) => self.left(tally, &key, fault),
                Decision::Upgrade(upgrade) if self.args.dry_run => {
                    tally.upgraded(upgrade.from);
                    tally.changes.add(descriptor, &key, &upgrade, quoting);
                }
                Decision::Upgrade(upgrade) => changes.push(Change {
                    from: upgrade.from,
                    key,
                    old: document.unwrap_or_default(),
                    new: upgrade.new.to_string(),
                }),
            }
        }
        changes
    }

    fn write(&self, client: &mut Client, changes: &[Change], tally: &mut Tally) -> Result<(), CouldNotRun> {
        if changes.is_empty() {
            return Ok(());
        }
        let written = swap(client, self.statements, changes)?;
        let mut others = OneByOne::new(self.statements, self.rules);
        for change in changes {
            if written.contains(&change.key) {
                tally.upgraded(change.from);
                continue;
            }
            match others.upgrade(client, &change.key)? {
                Outcome::Upgraded(from) => tally.upgraded(from),
                Outcome::Absent => tally.absent += 1,
                Outcome::Current | Outcome::Gone => tally.settled += 1,
                Outcome::Left(fault) => self.left(tally, &change.key, fault),
            }
        }
        Ok(())
    }

    fn left(&self, tally: &mut Tally, key: &str, fault: Fault) {
        self.teller.left(self.rules.descriptor.job(), key, &fault);
        tally.left(key, fault);
    }
}
