//! Statements of checkpoint-schema for the driver of the tests.

use checkpoint_schema::table::Outcome;
use checkpoint_schema::{FieldError, Param, Statement};
use postgres::types::ToSql;
use postgres::{Error, GenericClient, Row};

/// The parameters as the driver takes them.
pub fn bound(params: &[Param]) -> Vec<Box<dyn ToSql + Sync>> {
    params
        .iter()
        .map(|param| -> Box<dyn ToSql + Sync> {
            match param {
                Param::Jsonb(value) => Box::new(value.clone()),
                Param::Text(text) => Box::new(text.clone()),
                Param::BigInt(number) => Box::new(*number),
                Param::Integer(number) => Box::new(*number),
                Param::Uuid(id) => Box::new(id.parse::<uuid::Uuid>().expect("a UUID")),
                other => panic!("the tests bind no {}", other.type_name()),
            }
        })
        .collect()
}

/// The same, as its functions take them.
pub fn borrowed(params: &[Box<dyn ToSql + Sync>]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(AsRef::as_ref).collect()
}

/// What the statement returns.
///
/// # Errors
///
/// The server's.
pub fn query(client: &mut impl GenericClient, statement: &Statement) -> Result<Vec<Row>, Error> {
    let params = bound(statement.params());
    client.query(statement.text(), &borrowed(&params))
}

/// What came of a statement about one row.
///
/// # Errors
///
/// The server's.
///
/// # Panics
///
/// If it does not return exactly one row with an outcome.
pub fn outcome(client: &mut impl GenericClient, statement: &Statement) -> Result<Outcome, Error> {
    let rows = query(client, statement)?;
    let [row] = rows.as_slice() else { panic!("{} rows, not one", rows.len()) };
    Ok(row.get::<_, &str>("outcome").parse().expect("an outcome"))
}

/// The error of this project that a statement has raised.
///
/// # Panics
///
/// For every other error.
pub fn refusal(error: &Error) -> FieldError {
    let told = error.as_db_error().unwrap_or_else(|| panic!("no error of the server: {error:?}"));
    assert_eq!(told.code().code(), "22023", "{told:?}");
    FieldError::from_postgres(told.message()).unwrap_or_else(|| panic!("not ours: {told:?}"))
}
