//! [diesel](https://docs.rs/diesel) 2.3, which blocks: `&mut PgConnection`, and what its pool gives as
//! `&mut *connection`.

use ::diesel::deserialize::{self, QueryableByName};
use ::diesel::pg::{Pg, PgConnection};
use ::diesel::result::{DatabaseErrorKind, Error as DieselError};
use ::diesel::row::{Field as _, NamedRow, Row};
use ::diesel::serialize::{self, IsNull, Output, ToSql};
use ::diesel::sql_types::{BigInt, Integer, Jsonb, Text, Uuid};
use ::diesel::{RunQueryDsl as _, sql_query};
use std::io::Write as _;

use super::{Cell, DriverError, Executor, Request, Rows, Step, encode};
use crate::{FieldError, Param, Statement};

/// What goes wrong with this driver.
pub type Error = super::Error<DieselError>;

/// On this connection, in its transaction if it has begun one. After an error that the server gave, that can only
/// be rolled back.
impl Executor for &mut PgConnection {
    type Error = DieselError;
    type Answer<T: 'static> = Result<T, Error>;

    fn run<T: 'static>(self, mut request: Request<T>) -> Result<T, Error> {
        request.span().inside(|| {
            loop {
                let (statement, pending) = request.begin()?;
                match pending.finish(rows(self, statement)) {
                    Step::Done(result) => return result,
                    Step::Next(next) => request = *next,
                }
            }
        })
    }
}

fn rows(connection: &mut PgConnection, statement: Statement) -> Result<Rows, DieselError> {
    let (text, params) = statement.into_parts();
    let mut query = sql_query(&*text).into_boxed::<Pg>();
    for param in params {
        query = match &param {
            Param::Jsonb(_) => query.bind::<Jsonb, _>(Bound(param)),
            Param::Text(_) => query.bind::<Text, _>(Bound(param)),
            Param::BigInt(_) => query.bind::<BigInt, _>(Bound(param)),
            Param::Integer(_) => query.bind::<Integer, _>(Bound(param)),
            Param::Uuid(_) => query.bind::<Uuid, _>(Bound(param)),
        };
    }
    Ok(query.load::<Cells>(connection)?.into_iter().map(|Cells(cells)| cells).collect())
}

/// A parameter as the driver takes it.
#[derive(Debug)]
struct Bound(Param);

macro_rules! to_sql {
    ($($kind:ty)*) => {$(
        impl ToSql<$kind, Pg> for Bound {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let mut bytes = Vec::new();
                encode(&self.0, &mut bytes)?;
                out.write_all(&bytes)?;
                Ok(IsNull::No)
            }
        }
    )*};
}

to_sql!(BigInt Integer Jsonb Text Uuid);

/// The values of a row, whatever they are.
struct Cells(Vec<Option<Cell>>);

impl QueryableByName<Pg> for Cells {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let of = |at: usize| {
            let field = Row::get(row, at).ok_or("a column is missing")?;
            let value = field.value();
            Ok(value.map(|value| Cell::new(value.get_oid().get(), value.as_bytes())))
        };
        (0..row.field_count()).map(of).collect::<deserialize::Result<_>>().map(Self)
    }
}

impl DriverError for DieselError {
    fn refusal(&self) -> Option<FieldError> {
        match self {
            Self::DatabaseError(_, told) => FieldError::from_postgres(told.message()),
            _ => None,
        }
    }

    /// diesel does not tell the SQLSTATE: what its kinds do not tell is looked for in the words of libpq and of the
    /// server, in English.
    fn is_transient(&self) -> bool {
        match self {
            Self::BrokenTransactionManager => true,
            Self::DatabaseError(kind, told) => match kind {
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::UnableToSendCommand => true,
                _ => GONE.iter().any(|words| told.message().contains(words)),
            },
            _ => false,
        }
    }
}

/// How they say that a connection is gone, or that the transaction is to be run again.
const GONE: [&str; 9] = [
    "server closed the connection",
    "terminating connection",
    "could not receive data from server",
    "could not send data to server",
    "no connection to the server",
    "connection not open",
    "SSL connection has been closed",
    "SSL SYSCALL error",
    "deadlock detected",
];

#[cfg(test)]
mod tests {
    use super::{DatabaseErrorKind, DieselError, DriverError as _};

    #[test]
    fn a_connection_that_is_gone_may_be_made_anew_and_a_mistake_remains_one() {
        let error = |kind, message: &str| DieselError::DatabaseError(kind, Box::new(message.to_owned()));
        let gone = "server closed the connection unexpectedly\n\tThis probably means the server terminated";
        assert!(error(DatabaseErrorKind::Unknown, gone).is_transient());
        assert!(error(DatabaseErrorKind::SerializationFailure, "").is_transient());
        assert!(DieselError::BrokenTransactionManager.is_transient());
        assert!(!error(DatabaseErrorKind::Unknown, "syntax error").is_transient());
        assert!(!error(DatabaseErrorKind::UniqueViolation, "").is_transient());
        assert!(!DieselError::NotFound.is_transient());
    }
}
