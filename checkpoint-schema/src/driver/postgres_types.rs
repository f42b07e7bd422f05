//! What `tokio-postgres` and `postgres` have in common: the one is the other with a runtime of its own.

use std::error::Error as _;
use std::io;

#[cfg(not(feature = "tokio-postgres"))]
use ::postgres as driver;
#[cfg(feature = "tokio-postgres")]
use ::tokio_postgres as driver;
use bytes::BytesMut;
use driver::Row;
use driver::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::error::is_transient;
use super::{Cell, DriverError, Rows, encode};
use crate::{FieldError, Param};

type Fault = Box<dyn std::error::Error + Sync + Send>;

/// A parameter as the drivers take it.
#[derive(Debug)]
pub(super) struct Bound(Param);

impl ToSql for Bound {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        let mut bytes = Vec::new();
        encode(&self.0, &mut bytes)?;
        out.extend_from_slice(&bytes);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The parameters, owned.
pub(super) fn bound(params: Vec<Param>) -> Vec<(Bound, Type)> {
    let typed = |param: Param| {
        let kind = Type::from_oid(param.oid()).unwrap_or(Type::JSONB);
        (Bound(param), kind)
    };
    params.into_iter().map(typed).collect()
}

/// The same, as the drivers' functions take them.
pub(super) fn borrowed(params: &[(Bound, Type)]) -> Vec<(&(dyn ToSql + Sync), Type)> {
    params.iter().map(|(param, kind)| (param as &(dyn ToSql + Sync), kind.clone())).collect()
}

/// A value as the server sent it.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Self, Fault> {
        Ok(Self(bytes))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

pub(super) fn cells(rows: &[Row]) -> Result<Rows, driver::Error> {
    let of_row = |row: &Row| {
        let of = |(at, column): (usize, &driver::Column)| {
            let raw: Option<Raw> = row.try_get(at)?;
            Ok(raw.map(|Raw(bytes)| Cell::new(column.type_().oid(), bytes)))
        };
        row.columns().iter().enumerate().map(of).collect()
    };
    rows.iter().map(of_row).collect()
}

/// The driver makes an `io::Error` of what it cannot encode or parse, too.
fn is_lost(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| {
        !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
    })
}

impl DriverError for driver::Error {
    fn refusal(&self) -> Option<FieldError> {
        FieldError::from_postgres(self.as_db_error()?.message())
    }

    fn is_transient(&self) -> bool {
        match self.code() {
            Some(code) => is_transient(code.code()),
            None => self.is_closed() || self.source().is_some_and(is_lost),
        }
    }
}
