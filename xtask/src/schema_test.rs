//! `schema_test!`: what `check` does, as a test of a worker crate.

use std::path::Path;

use checkpoint_schema::registry::Registry;

use crate::could_not_run::CouldNotRun;
use crate::report::{self, Report};
use crate::rule::Severity;
use crate::scan::Scope;
use crate::workspace::shorten;
use crate::{append, check, export, samples};

/// Tests that the schemas in the crate's own folder `schemas` are those of these checkpoints.
///
/// It stands alone in a file of the crate's `tests` folder, or beside other tests. It does what
/// `cargo xtask check` does, for one package: the exported schemas are current, the locks are as git has
/// them, the sources have no checkpoint that is not listed, and every sample is accepted; a crate need have
/// no samples.
///
/// `CHECKPOINT_UPDATE=1 cargo test` writes the schemas first, `CHECKPOINT_UPDATE=lock cargo test` also
/// appends to the locks. Where `CI` is set nothing is ever written.
///
/// ```
/// # use checkpoint_schema::Checkpoint;
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Checkpoint)]
/// # #[checkpoint(job = "github")]
/// # struct GithubCheckpoint { last_pr_cursor: String }
/// # #[derive(Serialize, Deserialize, Checkpoint)]
/// # #[checkpoint(job = "jira")]
/// # struct JiraCheckpoint { last_issue_key: String }
/// checkpoint_xtask::schema_test!(GithubCheckpoint, JiraCheckpoint);
/// ```
#[macro_export]
macro_rules! schema_test {
    ($($checkpoint:ty),+ $(,)?) => {
        #[test]
        fn checkpoint_schemas_are_in_order() {
            $crate::__private::schema_test(
                &$crate::__private::registry![$($checkpoint),+],
                ::core::env!("CARGO_MANIFEST_DIR"),
                ::core::env!("CARGO_PKG_NAME"),
            );
        }
    };
}

/// What to write before the check.
#[derive(Clone, Copy, PartialEq)]
enum Update {
    Nothing,
    Export,
    ExportAndLocks,
}

/// The test of the package `name` in the folder `manifest_dir`.
///
/// # Panics
///
/// If there is an error among the findings; that is how a test fails.
#[expect(clippy::panic, reason = "a test fails by a panic")]
pub fn schema_test(registry: &Registry, manifest_dir: &str, name: &str) {
    let outcome = update().and_then(|update| run(registry, Path::new(manifest_dir), update));
    match outcome {
        Err(error) => panic!("{error}"),
        Ok(mut report) => {
            for finding in &mut report.findings {
                finding.help = finding.help.take().map(|help| in_a_test(&help, name));
            }
            // Not to the process's output: the test harness shows what a failed test printed.
            print!("{}", report::plain(&report));
            if report.count(Severity::Error) > 0 {
                panic!("the checkpoint schemas of {name} are not in order: the findings are above");
            }
        }
    }
}

fn update() -> Result<Update, CouldNotRun> {
    let value = std::env::var("CHECKPOINT_UPDATE").unwrap_or_default();
    let update = match value.as_str() {
        "" | "0" => Update::Nothing,
        "1" => Update::Export,
        "lock" => Update::ExportAndLocks,
        other => {
            return Err(CouldNotRun(format!(
                "CHECKPOINT_UPDATE is `{other}`: `1` writes the schemas, `lock` the locks, too"
            )));
        }
    };
    let in_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    if update != Update::Nothing && in_ci {
        println!("CHECKPOINT_UPDATE is not heeded, because CI is set: nothing is written");
        return Ok(Update::Nothing);
    }
    Ok(update)
}

fn run(registry: &Registry, package: &Path, update: Update) -> Result<Report, CouldNotRun> {
    let dir = shorten(package.join("schemas"));
    // What these find, the check finds again.
    if update != Update::Nothing {
        println!("{}", export::write(registry, &dir, export::Form::Finished)?.summary);
    }
    if update == Update::ExportAndLocks {
        println!("{}", append::run(registry, &dir, &[])?.summary);
    }
    let mut report = check::without_samples(registry, &dir, None, Some(Scope::Package(package)))?;
    report.add(samples::check_if_any(registry, &dir)?);
    report.add_drift(check::drift(registry, &dir)?);
    Ok(report)
}

/// The same mend, where there is no `cargo xtask`.
fn in_a_test(help: &str, package: &str) -> String {
    help.replace("cargo xtask export", &format!("CHECKPOINT_UPDATE=1 cargo test -p {package}"))
        .replace("cargo xtask lock", &format!("CHECKPOINT_UPDATE=lock cargo test -p {package}"))
}
