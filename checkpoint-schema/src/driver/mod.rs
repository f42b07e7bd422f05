//! Running the statements: on the pools, connections and transactions of the driver that a program has.
//!
//! Each driver is a feature: `sqlx`, `tokio-postgres`, `postgres`, `diesel`. What runs a statement is handed to
//! it, and says by its type how it answers: with the result, or with a future of it.
//!
//! ```
//! # #[cfg(feature = "sqlx")]
//! # mod example {
//! use checkpoint_schema::driver::sqlx::Error;
//! use checkpoint_schema::{Checkpoint, JobTable, Stored};
//! use serde::{Deserialize, Serialize};
//! use sqlx::PgPool;
//!
//! #[derive(Serialize, Deserialize, Checkpoint)]
//! #[checkpoint(job = "github", version = 1)]
//! struct GithubCheckpoint {
//!     last_pr_cursor: String,
//!     #[serde(default)]
//!     total_prs_processed: u64,
//! }
//!
//! async fn page(jobs: &JobTable, pool: &PgPool) -> Result<(), Error> {
//!     let f = GithubCheckpoint::fields();
//!     let stored: Stored<GithubCheckpoint> = jobs.load(42).fetch(pool).await?;
//!     let cursor = stored.into_option().map(|stored| stored.last_pr_cursor);
//!     // … fetch the page after `cursor`, and in the transaction in which its items are stored:
//!     let mut tx = pool.begin().await?;
//!     jobs.update([f.last_pr_cursor().set("Y3Vyc29y"), f.total_prs_processed().increment(100)])
//!         .id(42)
//!         .execute(&mut tx)
//!         .await?;
//!     tx.commit().await?;
//!     Ok(())
//! }
//! # }
//! ```
//!
//! | feature | on what | answers with |
//! |---|---|---|
//! | `sqlx` | `&PgPool`, `&mut PgConnection`, `&mut Transaction<'_, Postgres>` | a future |
//! | `tokio-postgres` | `&Client`, `&Transaction<'_>`, and so what pools of them give | a future |
//! | `postgres` | `&mut Client`, `&mut Transaction<'_>` | a `Result` |
//! | `diesel` | `&mut PgConnection`, also inside its transactions | a `Result` |
//!
//! - `execute` gives what was done, `fetch` what is stored: the methods of [the statements](crate::table).
//! - What was not done is an [`Error`]: `?` never passes for a change that was not made.
//! - Another driver is an [`Executor`] of some forty lines.
//!
//! With the feature `tracing`, every use is a span `checkpoint.load`, `.select`, `.update`, `.upgrade`, `.reset`
//! or `.claim` with the job, the row and the paths that are changed, and what came of it an event: at `DEBUG`
//! that it was done, at `INFO` an upgrade, at `WARN` a conflict or what was refused. No value is ever in them,
//! nor the key of a map, which is `*`.

mod about;
mod claim;
mod error;
mod methods;
mod request;
#[cfg(feature = "tracing")]
mod trace;
mod wire;

#[cfg(feature = "diesel")]
pub mod diesel;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod postgres_types;
#[cfg(feature = "sqlx")]
pub mod sqlx;
#[cfg(feature = "tokio-postgres")]
pub mod tokio_postgres;

pub(crate) use about::{About, Operation};
pub use claim::Claim;
pub(crate) use error::Failure;
pub use error::{DriverError, Error, ErrorKind};
pub(crate) use request::Next;
pub use request::{Pending, Request, Step};
pub use wire::{Cell, Rows, encode, oid};

/// What runs statements: a pool, a connection or a transaction of a driver.
///
/// An implementation asks the [request](Request) for a statement, hands back what the driver gives for it, and
/// goes on until there is no further one:
///
/// ```
/// use checkpoint_schema::driver::{DriverError, Error, Executor, Request, Rows, Step};
/// use checkpoint_schema::{FieldError, Statement};
///
/// /// A connection of your own.
/// struct Connection;
/// # #[derive(Debug)]
/// # struct Broken;
/// # impl std::fmt::Display for Broken {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("broken") }
/// # }
/// # impl std::error::Error for Broken {}
/// # impl DriverError for Broken {
/// #     fn refusal(&self) -> Option<FieldError> { None }
/// #     fn is_transient(&self) -> bool { true }
/// # }
/// # impl Connection {
/// #     fn query(&mut self, _: &Statement) -> Result<Rows, Broken> { Err(Broken) }
/// # }
///
/// impl Executor for &mut Connection {
///     type Error = Broken;
///     type Answer<T: 'static> = Result<T, Error<Broken>>;
///
///     fn run<T: 'static>(self, mut request: Request<T>) -> Self::Answer<T> {
///         loop {
///             let (statement, pending) = request.begin()?;
///             match pending.finish(self.query(&statement)) {
///                 Step::Done(result) => return result,
///                 Step::Next(next) => request = *next,
///             }
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not run statements",
    label = "no pool, connection or transaction of a driver",
    note = "features `sqlx`, `tokio-postgres`, `postgres` and `diesel` of `checkpoint-schema` bring a driver each",
    note = "sqlx: `&PgPool`, `&mut PgConnection`, `&mut Transaction`; tokio-postgres: `&Client`, `&Transaction`; postgres: `&mut Client`, `&mut Transaction`; diesel: `&mut PgConnection`"
)]
pub trait Executor: Sized {
    /// The driver's own error.
    type Error: DriverError;

    /// What running gives: of a blocking driver `Result<T, Error<Self::Error>>`, else a future of that.
    type Answer<T: 'static>;

    /// Runs the statements of the request until it has its result.
    fn run<T: 'static>(self, request: Request<T>) -> Self::Answer<T>;
}
