//! The command line: what can be asked, and the exit code of the answer.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use checkpoint_schema::registry::Registry;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::could_not_run::CouldNotRun;
use crate::drift::{self, Detail, Question, Sources};
use crate::export::Form;
use crate::migrate::MigrateArgs;
use crate::report::{self, Format, Verbosity};
use crate::scan::Scope;
use crate::workspace::{shorten, workspace_root};
use crate::{append, check, explain, export, migrate, rows, samples};

/// Exports checkpoint schemas and checks stored samples against them.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands of the tool. A workspace with commands of its own flattens them into its own enum.
#[derive(Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Check that the exported schemas are current, and every sample against its schema and its Rust type
    ///
    /// Samples stand in `samples/<job>-v<N>/valid/*.json` and `samples/<job>-v<N>/invalid/*.json` below the
    /// schema folder. Beside each invalid sample, `<name>.expect` lists the findings that it must give, one
    /// `rule pointer` a line; beside a valid one, the warnings that are known.
    ///
    /// Exit codes: 0 clean (warnings allowed), 1 findings, 2 could not run or nothing to check.
    Check(CheckArgs),
    /// Write the schema of every registered checkpoint, and the index of all
    ///
    /// Files that no checkpoint has any more are told, and never deleted.
    ///
    /// Exit codes: 0 clean, 1 findings, 2 could not run.
    Export(ExportArgs),
    /// Append a revision to the lock of every checkpoint that has changed since its last one
    ///
    /// A lock, `lock/<job>-v<N>.json` below the schema folder, keeps what a type wrote and read, revision by
    /// revision. No command changes a revision, and `check` compares them with what git has. Where only
    /// descriptions or the names of types have changed, nothing is appended; nor where old and new workers could
    /// not read each other, unless `checkpoint.toml` says that it is no error, or accepts it.
    ///
    /// Exit codes: 0 clean, 1 findings, 2 could not run.
    Lock(LockArgs),
    /// Tell what a changed type breaks, for whom, with a document that proves it and what mends it
    ///
    /// Compares each registered type with every revision in the locks, in both directions: new code reads what
    /// old code wrote (backward), old code reads what new code writes (forward). Documents of older versions are
    /// taken through the upgrade chain. `checkpoint.toml` in the schema folder says how grave a break is, and
    /// which are accepted.
    ///
    /// Exit codes: 0 nothing grave, 1 findings, 2 could not run.
    Diff(Box<DiffArgs>),
    /// Check stored documents wherever they are kept: dumps, files, folders, streams
    ///
    /// JSON documents one after another, in arrays or one a line; `COPY` text and CSV of `pg_dump` and `psql`; each
    /// also in gzip or zstd. A JSON object with the key `checkpoint_data` is a row, any other value is a document.
    /// The job is what `--job` says, or what stands under `job_name` in the row, or the path: `github-v1/…`,
    /// `jira.ndjson`. A document is judged by the version that it states, and an older one through the upgrade
    /// chain, too. Values are shown; those of `secret` fields never are.
    ///
    /// Exit codes: 0 clean (warnings allowed), 1 findings, 2 could not run, was interrupted, or nothing to check.
    Samples(Box<SamplesCommand>),
    /// Check the rows of a live table
    ///
    /// The server copies them out in one statement of a transaction that reads only, so that whoever writes goes on,
    /// and one state of the table is seen. Rows without a document are counted; jobs that no registry knows are
    /// listed. No value of a row is told unless `--show-values` asks for it. The connection is encrypted as
    /// `sslmode` and `sslrootcert` say, of the URL or of the environment (`PGSSLMODE`, `PGSSLROOTCERT`).
    ///
    /// Exit codes: 0 clean (warnings allowed), 1 findings, 2 could not run to the end, was interrupted, or no rows.
    Rows(Box<RowsCommand>),
    /// Upgrade stored rows to the newest version of their layout, while workers go on
    ///
    /// Rows are read in batches by key, upgraded by the type's own chain, and written where nobody has changed
    /// them meanwhile; the others are taken one by one. No write of a worker is lost. Rows that cannot be
    /// upgraded are left as they were, and told with key, place and reason. What is done stands in the table
    /// alone: end the command at any point, and run it again. Rows that programs of an older version write
    /// meanwhile are for the next run.
    ///
    /// Exit codes: 0 all are upgraded (or would be), 1 rows are left that could not be, 2 could not run.
    Migrate(MigrateArgs),
    /// Read documents on standard input and tell of each what its type makes of it
    ///
    /// One `{"job": …, "document": …}` a line. `diff --build` asks the tool of another revision in this way.
    #[command(hide = true)]
    Judge,
    /// Tell what a finding means, why it matters and what mends it
    Explain {
        /// The name in brackets behind `error` or `warning`, such as `wrong-type`.
        rule: String,
    },
    /// List every kind of finding
    Rules,
    /// Print a completion script for a shell
    Completions {
        /// The shell to complete in.
        shell: clap_complete::Shell,
    },
}

/// Arguments of `check`.
#[derive(Args)]
pub struct CheckArgs {
    /// A commit or branch whose locks must be kept, too, besides those behind `HEAD`: `origin/main`.
    #[arg(long, value_name = "REF")]
    baseline: Option<String>,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    output: Output,
}

/// Arguments of `export`.
#[derive(Args)]
pub struct ExportArgs {
    /// Write nothing: show what would change, and fail if anything would.
    #[arg(long)]
    check: bool,
    /// The schemas as schemars makes them, without the changes that make them good for other languages' tools.
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    output: Output,
}

/// Arguments of `lock`.
#[derive(Args)]
pub struct LockArgs {
    /// The jobs to lock, in any spelling [default: all].
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    output: Output,
}

/// Arguments of `diff`.
#[derive(Args)]
pub struct DiffArgs {
    /// What is compared instead of the types: two files, the old one and the new one, each a lock or a JSON Schema.
    #[arg(value_name = "FILE", num_args = 2, conflicts_with_all = ["against", "jobs", "samples", "database_url"])]
    files: Vec<PathBuf>,
    /// What to compare with: `git:<ref>`, `git:<ref>:<path>`, a lock, a schema, or a folder of them [default: the
    /// locks].
    #[arg(long, value_name = "BASELINE")]
    against: Option<String>,
    /// Only this job, in any spelling; may be given more than once.
    #[arg(long = "job", value_name = "JOB")]
    jobs: Vec<String>,
    /// Stored documents to weigh each break by, as `samples` takes them: files, folders, patterns.
    #[arg(long, value_name = "SOURCE", num_args = 1..)]
    samples: Vec<String>,
    /// A database whose rows to weigh each break by, as a URL or as `key=value` pairs.
    #[arg(long, value_name = "URL", help_heading = "Rows to weigh breaks by")]
    database_url: Option<String>,
    #[command(flatten, next_help_heading = "Rows to weigh breaks by")]
    which: rows::Which,
    /// Build the code of the git revision in `--against`, in a folder below `target`, and have it read what the
    /// types write; without it the old side is known by its contracts alone.
    #[arg(long, requires = "against")]
    build: bool,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    output: Output,
}

impl DiffArgs {
    /// Is a database to be asked?
    pub fn asks_a_database(&self) -> bool {
        self.database_url.is_some()
    }
}

/// Arguments of `samples`.
#[derive(Args)]
pub struct SamplesCommand {
    #[command(flatten)]
    args: samples::SamplesArgs,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    output: Output,
}

/// Arguments of `rows`.
#[derive(Args)]
pub struct RowsCommand {
    #[command(flatten)]
    args: rows::RowsArgs,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    output: Output,
}

/// How to tell what was found.
#[derive(Args)]
struct Output {
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// When to use colours; `NO_COLOR` and `CLICOLOR_FORCE` count where this says `auto`.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,
    /// One line a finding.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Every finding and every diff in full, however many there are.
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Output {
    fn set_colours(&self) {
        match self.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }

    fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}

/// Where the schemas are.
#[derive(Args)]
struct Folder {
    /// The folder of the exported schemas [default: `schemas` in the root of the cargo workspace].
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

impl Command {
    /// Runs the command on the checkpoints of `registry`, and tells on standard output what it found.
    pub fn run(self, registry: &Registry) -> ExitCode {
        let outcome = match self {
            Command::Check(CheckArgs { baseline, folder, output }) => report(&output, || {
                let root = workspace_root();
                let scope = root.is_ok().then_some(Scope::Workspace);
                let dir = folder.within(|| root)?;
                check::run(registry, &dir, baseline.as_deref(), scope)
            }),
            Command::Export(ExportArgs { check, raw, folder, output }) => report(&output, || {
                let dir = folder.find()?;
                let form = if raw { Form::Raw } else { Form::Finished };
                if check { export::check(registry, &dir, form) } else { export::write(registry, &dir, form) }
            }),
            Command::Lock(LockArgs { jobs, folder, output }) => {
                report(&output, || append::run(registry, &folder.find()?, &jobs))
            }
            Command::Diff(args) => {
                let DiffArgs { files, against, jobs, samples, database_url, which, build, folder, output } =
                    *args;
                let alone = [("--where", which.condition.is_some()), ("--sample", which.sample.is_some())];
                if let (None, Some((option, _))) =
                    (&database_url, alone.iter().find(|(_, is_given)| *is_given))
                {
                    let message =
                        format!("`{option}` chooses rows of a database: name it with `--database-url`");
                    Cli::command().error(ErrorKind::MissingRequiredArgument, message).exit();
                }
                report(&output, || {
                    if let [old, new] = files.as_slice() {
                        // Two files need no workspace; the policy is that of the folder, where there is one.
                        let dir = folder.find().unwrap_or_else(|_| PathBuf::from("schemas"));
                        return drift::compare_files(&dir, old, new, Detail::All);
                    }
                    let dir = folder.find()?;
                    let question = Question {
                        dir: &dir,
                        against: against.as_deref(),
                        jobs: &jobs,
                        stored: Sources {
                            files: &samples,
                            rows: database_url.as_deref().map(|url| (url, &which)),
                            job: if let [job] = jobs.as_slice() { Some(job) } else { None },
                        },
                        table: which.table.jobs(),
                        build,
                        detail: Detail::All,
                    };
                    drift::compare(registry, &question)
                })
            }
            Command::Samples(command) => {
                let SamplesCommand { args, folder, output } = *command;
                output.set_colours();
                // The folder is asked for schemas of older versions alone.
                let dir = folder.find().ok();
                samples::check_stored(registry, dir.as_deref(), args, (output.format, output.verbosity()))
            }
            Command::Rows(command) => {
                let RowsCommand { args, folder, output } = *command;
                output.set_colours();
                let dir = folder.find().ok();
                rows::run(registry, dir.as_deref(), &args, (output.format, output.verbosity()))
            }
            Command::Migrate(args) => migrate::run(registry, &args),
            Command::Judge => drift::judge(registry, std::io::stdin().lock(), std::io::stdout().lock())
                .map(|()| ExitCode::SUCCESS),
            Command::Explain { rule } => explain::explain(&rule).map(|()| ExitCode::SUCCESS),
            Command::Rules => {
                explain::rules();
                Ok(ExitCode::SUCCESS)
            }
            Command::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut Cli::command(), "checkpoint-xtask", &mut script);
                let _ = std::io::stdout().write_all(&script);
                Ok(ExitCode::SUCCESS)
            }
        };
        outcome.unwrap_or_else(|error| {
            report::tell_error(&error.to_string());
            ExitCode::from(2)
        })
    }
}

fn report(
    output: &Output,
    work: impl FnOnce() -> Result<report::Report, CouldNotRun>,
) -> Result<ExitCode, CouldNotRun> {
    output.set_colours();
    Ok(report::tell(&work()?, output.format, output.verbosity()))
}

impl Folder {
    fn find(&self) -> Result<PathBuf, CouldNotRun> {
        self.within(workspace_root)
    }

    fn within(&self, root: impl FnOnce() -> Result<PathBuf, CouldNotRun>) -> Result<PathBuf, CouldNotRun> {
        match &self.schemas {
            Some(dir) => Ok(dir.clone()),
            None => Ok(shorten(root()?.join("schemas"))),
        }
    }
}
