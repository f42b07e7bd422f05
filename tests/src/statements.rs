//! Statements of checkpoint-schema for the driver of the tests.

use checkpoint_schema::Param;
use postgres::types::ToSql;

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
                other => panic!("the tests bind no {}", other.type_name()),
            }
        })
        .collect()
}

/// The same, as its functions take them.
pub fn borrowed(params: &[Box<dyn ToSql + Sync>]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(AsRef::as_ref).collect()
}
