//! [sqlx](https://docs.rs/sqlx) 0.9.

use std::pin::Pin;

use ::sqlx::encode::{Encode, IsNull};
use ::sqlx::error::BoxDynError;
use ::sqlx::postgres::types::Oid;
use ::sqlx::postgres::{
    PgArgumentBuffer, PgArguments, PgConnection, PgPool, PgRow, PgTypeInfo, PgValueFormat,
};
use ::sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, Executor as _, Postgres, Row as _, Transaction, Type,
    ValueRef as _,
};

use super::error::is_transient;
use super::{Cell, DriverError, Executor, Request, Rows, Step, encode};
use crate::{FieldError, Param, Statement};

/// What goes wrong with this driver.
pub type Error = super::Error<::sqlx::Error>;

/// What comes of it, when it is awaited.
pub type Answer<'c, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'c>>;

/// Each statement by itself, on a connection of the pool.
impl<'c> Executor for &'c PgPool {
    type Error = ::sqlx::Error;
    type Answer<T: 'static> = Answer<'c, T>;

    fn run<T: 'static>(self, mut request: Request<T>) -> Answer<'c, T> {
        Box::pin(request.span().around(async move {
            loop {
                let (statement, pending) = request.begin()?;
                let rows = match self.acquire().await {
                    Ok(mut connection) => rows(&mut connection, statement).await,
                    Err(error) => Err(error),
                };
                match pending.finish(rows) {
                    Step::Done(result) => return result,
                    Step::Next(next) => request = *next,
                }
            }
        }))
    }
}

/// On this connection, in its transaction if it has begun one.
impl<'c> Executor for &'c mut PgConnection {
    type Error = ::sqlx::Error;
    type Answer<T: 'static> = Answer<'c, T>;

    fn run<T: 'static>(self, mut request: Request<T>) -> Answer<'c, T> {
        Box::pin(request.span().around(async move {
            loop {
                let (statement, pending) = request.begin()?;
                match pending.finish(rows(&mut *self, statement).await) {
                    Step::Done(result) => return result,
                    Step::Next(next) => request = *next,
                }
            }
        }))
    }
}

/// In this transaction. After an error that the server gave, it can only be rolled back.
impl<'c> Executor for &'c mut Transaction<'_, Postgres> {
    type Error = ::sqlx::Error;
    type Answer<T: 'static> = Answer<'c, T>;

    fn run<T: 'static>(self, request: Request<T>) -> Answer<'c, T> {
        let connection: &'c mut PgConnection = self;
        connection.run(request)
    }
}

async fn rows(connection: &mut PgConnection, statement: Statement) -> Result<Rows, ::sqlx::Error> {
    let (text, params) = statement.into_parts();
    let mut arguments = PgArguments::default();
    for param in params {
        arguments.add(Bound(param)).map_err(::sqlx::Error::Encode)?;
    }
    // The text is made by this crate: names are quoted, and every value is bound.
    let query = ::sqlx::query_with(AssertSqlSafe(text), arguments);
    connection.fetch_all(query).await?.iter().map(cells).collect()
}

fn cells(row: &PgRow) -> Result<Vec<Option<Cell>>, ::sqlx::Error> {
    let of = |at: usize| {
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            return Ok(None);
        }
        let refused = |why: BoxDynError| ::sqlx::Error::ColumnDecode { index: at.to_string(), source: why };
        if value.format() != PgValueFormat::Binary {
            return Err(refused("the server sent text, not the binary form".into()));
        }
        let oid = row.column(at).type_info().oid().map_or(0, |Oid(oid)| oid);
        Ok(Some(Cell::new(oid, value.as_bytes().map_err(refused)?)))
    };
    (0..row.len()).map(of).collect()
}

/// A parameter as the driver takes it.
struct Bound(Param);

impl Encode<'_, Postgres> for Bound {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Self(param) = self;
        encode(param, buffer)?;
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.0.oid())))
    }
}

impl Type<Postgres> for Bound {
    /// Not asked for: each value tells its own.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(super::oid::JSONB))
    }
}

impl DriverError for ::sqlx::Error {
    fn refusal(&self) -> Option<FieldError> {
        FieldError::from_postgres(self.as_database_error()?.message())
    }

    fn is_transient(&self) -> bool {
        match self {
            Self::Io(_) | Self::PoolTimedOut | Self::WorkerCrashed => true,
            Self::Database(error) => error.code().is_some_and(|code| is_transient(&code)),
            _ => false,
        }
    }
}
