//! The connection, its transactions, and what its errors mean.

use std::env;
use std::error::Error as _;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::{Client, Config, Error, IsolationLevel, NoTls, Transaction};

use crate::could_not_run::CouldNotRun;

/// How long a statement waits for a lock, in milliseconds, before somebody else is called busy.
pub(crate) const LOCK_PATIENCE: u32 = 2_000;

/// How long a statement may take: a batch is done in well under a second, but a batch of a table where nearly
/// nothing is left to do reads on until it is full.
const STATEMENT: &str = "10min";

/// Connects to the server of the URL, or of `DATABASE_URL`.
///
/// # Errors
///
/// In words without the URL, which may have a password.
pub(crate) fn connect(url: Option<&str>) -> Result<Client, CouldNotRun> {
    let from_environment = || env::var("DATABASE_URL").ok().filter(|url| !url.is_empty());
    let Some(url) = url.map(str::to_owned).or_else(from_environment) else {
        return Err(CouldNotRun(
            "no database is named: give `--database-url URL`, or set DATABASE_URL".to_owned(),
        ));
    };
    let no_tls = || {
        CouldNotRun(
            "the connection would have to be encrypted, and `migrate` cannot do that: run it where \
             `sslmode=disable` or `prefer` is accepted, such as beside the server or through an SSH tunnel"
                .to_owned(),
        )
    };
    let mut config: Config = url.parse().map_err(|error| match words_of_url(&error) {
        words if words.contains("sslmode") => no_tls(),
        words => CouldNotRun(format!(
            "the URL of the database cannot be read: {words}; write it as `postgresql://user@host:5432/database`"
        )),
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(no_tls());
    }
    if config.get_application_name().is_none() {
        config.application_name("checkpoint migrate");
    }
    let place = place(&config)?;
    config
        .connect(NoTls)
        .map_err(|error| CouldNotRun(format!("cannot connect to the database{place}: {}", words(&error))))
}

/// Where the server is, in words.
fn place(config: &Config) -> Result<String, CouldNotRun> {
    let mut places = Vec::new();
    for (at, host) in config.get_hosts().iter().enumerate() {
        let host = match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        };
        if host.contains('@') {
            // What was taken for the host is the end of the password.
            return Err(CouldNotRun(
                "the URL of the database cannot be read: it has more than one `@`; write one in a password as `%40`"
                    .to_owned(),
            ));
        }
        // One port is that of all hosts.
        let ports = config.get_ports();
        let port = ports.get(at).or(ports.first()).unwrap_or(&5432);
        places.push(format!("{host}, port {port}"));
    }
    Ok(if places.is_empty() { String::new() } else { format!(" at {}", places.join("; ")) })
}

/// The driver names an option that it does not know; it may be the end of a password with a space.
fn words_of_url(error: &Error) -> String {
    match words(error) {
        words if words.contains("unknown option") => {
            "it has an option that is not known; a value with a space needs quotes".to_owned()
        }
        words => words,
    }
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A transaction of its own for one piece of work, with the settings that the work needs. They end with it, so
/// that nothing is left behind in a connection that a pooler shares.
pub(crate) fn begin(
    client: &mut Client,
    access: Access,
    lock_patience: u32,
) -> Result<Transaction<'_>, Error> {
    let mut transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::ReadCommitted)
        .read_only(access == Access::Read)
        .start()?;
    // A plan for whatever the parameters are would read the whole table for a page of it.
    transaction.batch_execute(&format!(
        "SET LOCAL statement_timeout = '{STATEMENT}'; SET LOCAL lock_timeout = {lock_patience}; \
         SET LOCAL plan_cache_mode = force_custom_plan"
    ))?;
    Ok(transaction)
}

/// What an error of the server asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The same again may succeed: a deadlock, a serialization failure.
    Again,
    /// Somebody holds a lock.
    Locked,
    /// It does not take one of the documents.
    Refused,
    /// Nothing can be done here.
    Fatal,
}

pub(crate) fn meaning(error: &Error) -> Meaning {
    let Some(code) = error.code() else { return Meaning::Fatal };
    match code {
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => Meaning::Again,
        &SqlState::LOCK_NOT_AVAILABLE => Meaning::Locked,
        // Data exceptions, constraints, views with a check option, what a trigger raises.
        code if ["22", "23", "44", "P0"].iter().any(|class| code.code().starts_with(class)) => {
            Meaning::Refused
        }
        _ => Meaning::Fatal,
    }
}

/// The pause before the same is tried again.
pub(crate) fn pause(tries: u32) {
    std::thread::sleep(Duration::from_millis(20 << tries.min(6)));
}

/// What the server says; it never quotes a row in its message, only in its detail, and that is left out. What
/// triggers and constraints raise is another matter: see [`refusal`].
pub(crate) fn words(error: &Error) -> String {
    if let Some(told) = error.as_db_error() {
        return format!("{} (SQLSTATE {})", told.message(), told.code().code());
    }
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words += &format!(": {inner}");
        source = inner.source();
    }
    words
}

/// Why the server refuses a document; its message, which may quote a value, only if `quoting`.
pub(crate) fn refusal(error: &Error, quoting: bool) -> String {
    match error.as_db_error() {
        Some(told) if !quoting => match told.constraint() {
            Some(constraint) => {
                format!("the constraint {constraint} refuses it (SQLSTATE {})", told.code().code())
            }
            None => format!("the server refuses it (SQLSTATE {})", told.code().code()),
        },
        _ => words(error),
    }
}

/// The work cannot go on.
pub(crate) fn lost(error: &Error) -> CouldNotRun {
    let words = words(error);
    if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        return CouldNotRun(format!(
            "the work could not go on: {words}; the user needs SELECT on the table, and UPDATE unless it is a \
             `--dry-run`"
        ));
    }
    CouldNotRun(format!(
        "the work could not go on: {words}; what was upgraded stays so, and the command goes on from there when \
         it is run again"
    ))
}
