//! Indexes for filters and orders, made by the code that renders these: PostgreSQL uses an index on an
//! expression only for the same expression.

use std::fmt;
use std::marker::PhantomData;

use super::render::ordered;
use super::subject::Subject;
use crate::field::{FieldError, kind};
use crate::sql::{identifier, literal};

/// An index that makes filters or an order on the documents of the checkpoint `R` fast:
/// [`index`](crate::Path::index), [`Order::index`](super::Order::index) and
/// [`document_index`](crate::Path::document_index).
///
/// Any index on the column ends PostgreSQL's heap-only updates of its rows, so an index has its price on each
/// write.
#[must_use = "an index is made by its statement"]
pub struct Index<R> {
    on: Result<On, FieldError>,
    document: PhantomData<fn() -> R>,
}

#[derive(Clone, Debug)]
enum On {
    Document,
    Value(Subject),
    Order { subject: Subject, order: kind::Order, descending: bool },
}

/// The column that an index is made on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'a> {
    /// The table as it stands in SQL, with its schema if it has one.
    pub(crate) table: &'a str,
    /// The table's own name, not quoted.
    pub(crate) table_name: &'a str,
    /// The column's name, not quoted.
    pub(crate) name: &'a str,
}

impl<R> Index<R> {
    pub(super) fn of_document() -> Self {
        Self { on: Ok(On::Document), document: PhantomData }
    }

    pub(super) fn of_value(subject: Result<Subject, FieldError>) -> Self {
        Self { on: subject.map(On::Value), document: PhantomData }
    }

    pub(super) fn of_order(by: Result<(Subject, kind::Order), FieldError>, descending: bool) -> Self {
        let on = by.map(|(subject, order)| On::Order { subject, order, descending });
        Self { on, document: PhantomData }
    }

    /// The statement that makes the index, if there is none of its name.
    ///
    /// A top-level field's index on its value is named after it, `etl_jobs_checkpoint_data_batch_number_idx`;
    /// the name of any other has a hash of what it indexes, so that two never have one name.
    pub(crate) fn ddl(&self, on: Column<'_>) -> Result<String, FieldError> {
        let column = identifier(on.name);
        let (subject, expression, direction) = match self.on.as_ref().map_err(Clone::clone)? {
            On::Document => {
                let name = name(&on, &[], "path_ops", None);
                let name = identifier(&name);
                let table = on.table;
                return Ok(format!(
                    "CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin ({column} jsonb_path_ops)"
                ));
            }
            On::Value(subject) => (subject, subject.expression(&column), ""),
            On::Order { subject, order, descending } => {
                let direction = if *descending { " DESC NULLS LAST" } else { "" };
                (subject, ordered(subject, *order, &column), direction)
            }
        };
        let element = format!("({expression}){direction}");
        let words = subject.words();
        let told = match words.as_slice() {
            // The name tells all of it.
            [key] => is_plain(key) && element == format!("({column}->{})", literal(key)),
            _ => false,
        };
        let name = identifier(&name(&on, &words, "idx", (!told).then_some(element.as_str())));
        Ok(format!("CREATE INDEX IF NOT EXISTS {name} ON {} ({element})", on.table))
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// PostgreSQL cuts names after 63 bytes (its manual, 4.1.1), which could make one of two.
const LONGEST_NAME: usize = 63;

/// `table_column_words_suffix`; with a hash before the suffix where `untold` is what the words do not tell,
/// or where the name would be too long.
fn name(on: &Column<'_>, words: &[String], suffix: &str, untold: Option<&str>) -> String {
    let mut stem = format!("{}_{}", on.table_name, on.name);
    for word in words {
        stem.push('_');
        stem.extend(word.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
    }
    let whole = format!("{stem}_{suffix}");
    if untold.is_none() && whole.len() <= LONGEST_NAME {
        return whole;
    }
    let hash = hash(&format!("{whole} {}", untold.unwrap_or_default()));
    let end = format!("_{hash:08x}_{suffix}");
    stem.truncate(stem.floor_char_boundary(LONGEST_NAME - end.len()));
    stem + &end
}

/// FNV-1a: the same on every machine and in every version.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl<R> Clone for Index<R> {
    fn clone(&self) -> Self {
        Self { on: self.on.clone(), document: PhantomData }
    }
}

/// The statement for a table `documents` with a column `document`.
impl<R> fmt::Debug for Index<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = Column { table: "documents", table_name: "documents", name: "document" };
        match self.ddl(on) {
            Ok(sql) => f.debug_tuple("Index").field(&sql).finish(),
            Err(fault) => f.debug_tuple("Index").field(&fault).finish(),
        }
    }
}
