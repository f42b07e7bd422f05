//! What every worker is told, and how it ends.

use std::cell::Cell;
use std::error::Error as StdError;
use std::fmt;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use checkpoint_schema::driver::{DriverError, Error};
use checkpoint_schema::table::Outcome;

use crate::http;

/// What a worker is told.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// Where the checkpoint is, and the items go
    #[arg(long, value_name = "URL", env = "DATABASE_URL")]
    pub database_url: String,
    /// Where the service is
    #[arg(long, value_name = "URL")]
    pub api: String,
    /// The row of the job in `etl_jobs`
    #[arg(long, value_name = "KEY", default_value_t = 1)]
    pub row: i64,
    /// So long the row stays this worker's without a sign of life
    #[arg(long, value_name = "MILLISECONDS", default_value = "60000", value_parser = milliseconds)]
    pub lease: Duration,
    /// Give up when the database cannot be reached for so long
    #[arg(long, value_name = "MILLISECONDS", default_value = "30000", value_parser = milliseconds)]
    pub patience: Duration,
    #[arg(skip)]
    last_success: LastSuccess,
}

/// When the database did last what it was asked.
#[derive(Clone, Debug)]
struct LastSuccess(Cell<Instant>);

impl Default for LastSuccess {
    fn default() -> Self {
        Self(Cell::new(Instant::now()))
    }
}

fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_millis)
}

impl Settings {
    /// How long to wait until the row is asked for again that another worker has.
    pub fn turn(&self) -> Duration {
        (self.lease / 10).min(Duration::from_secs(1))
    }

    /// The database has done what it was asked.
    pub fn succeeded(&self) {
        self.last_success.0.set(Instant::now());
    }
}

/// Why a worker does not go on.
#[derive(Debug)]
pub enum Stop {
    /// Another worker has the row by now: nothing of this one's last step was stored.
    Lost,
    /// A newer program has upgraded the checkpoint: this one has nothing to do any more.
    Newer(String),
    /// The connection is gone, or the server asks to try again.
    Transient(String),
    /// Anything else.
    Failed(Box<dyn StdError + Send + Sync>),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost => f.write_str("another worker has the row by now"),
            Self::Newer(why) | Self::Transient(why) => f.write_str(why),
            Self::Failed(error) => f.write_str(&http::chain(&**error)),
        }
    }
}

impl StdError for Stop {}

impl<E: DriverError + Send + Sync> From<Error<E>> for Stop {
    fn from(error: Error<E>) -> Self {
        match error.outcome() {
            Some(Outcome::ClaimLost) => Self::Lost,
            _ if error.is_newer_version() => Self::Newer(error.to_string()),
            _ if error.is_transient() => Self::Transient(error.to_string()),
            _ => Self::Failed(error.into()),
        }
    }
}

macro_rules! of_drivers {
    ($($error:ty)*) => {$(
        impl From<$error> for Stop {
            fn from(error: $error) -> Self {
                Error::from(error).into()
            }
        }
    )*};
}

of_drivers!(sqlx::Error tokio_postgres::Error diesel::result::Error);

impl From<diesel::ConnectionError> for Stop {
    fn from(error: diesel::ConnectionError) -> Self {
        match error {
            // The server is starting, or going. libpq ends its texts with a line feed.
            diesel::ConnectionError::BadConnection(why) => Self::Transient(why.trim_end().to_owned()),
            // diesel says something of its own first, and may be cut off there, too.
            diesel::ConnectionError::CouldntSetupConfiguration(error) => error.into(),
            error => Self::Failed(error.into()),
        }
    }
}

impl From<http::Error> for Stop {
    fn from(error: http::Error) -> Self {
        match error {
            http::Error::Hook(stop) => match stop.downcast::<Self>() {
                Ok(stop) => *stop,
                Err(error) => Self::Failed(error),
            },
            error => Self::Failed(error.into()),
        }
    }
}

/// Runs a worker to its end. Where the database goes away it is run again, and goes on from the checkpoint, as long as
/// the database is not away for longer than the worker's patience.
///
/// Exit codes: 0 it is done, 1 it failed, 3 another worker has the row, 4 a newer program has upgraded it.
pub fn keep(settings: &Settings, mut run: impl FnMut() -> Result<(), Stop>) -> ExitCode {
    settings.succeeded();
    loop {
        let stop = match run() {
            Ok(()) => return ExitCode::SUCCESS,
            Err(stop) => stop,
        };
        eprintln!("error: {stop}");
        match stop {
            Stop::Lost => return ExitCode::from(3),
            Stop::Newer(_) => return ExitCode::from(4),
            Stop::Failed(_) => return ExitCode::FAILURE,
            Stop::Transient(_) if settings.last_success.0.get().elapsed() > settings.patience => {
                return ExitCode::FAILURE;
            }
            Stop::Transient(_) => sleep(Duration::from_millis(100)),
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::ConnectionError;
    use diesel::result::{DatabaseErrorKind, Error as DieselError};

    use super::Stop;

    #[test]
    fn a_connection_that_is_cut_while_it_is_made_is_made_anew() {
        let told = |told: &str| {
            let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(told.to_owned()));
            Stop::from(ConnectionError::CouldntSetupConfiguration(error))
        };
        let cut = told("terminating connection due to administrator command");
        assert!(matches!(cut, Stop::Transient(_)), "{cut:?}");
        assert!(matches!(told("unrecognized configuration parameter"), Stop::Failed(_)));
    }
}
