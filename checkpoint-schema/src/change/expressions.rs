//! PostgreSQL's own functions with a typed path and operand, for people who write their own SQL.

use super::build::EncodingOf;
use crate::field::{Encoding, FieldError, Operand, Path, ReadableWhenMissing, Settable};
use crate::sql::{jsonb_literal, literal};

/// The document, or an empty one where it is absent, so that nothing becomes NULL.
fn present(column: &str) -> String {
    format!("COALESCE(NULLIF({column}, 'null'), '{{}}')")
}

/// `column` is the document, an SQL expression that goes into the text as it stands. Path and operand are
/// constants, quoted. These functions do what PostgreSQL does and no more: where an object on the way is
/// missing they change nothing, and one that is no object they may take for an array. [`Update`](crate::Update)
/// is right in those states, too.
impl<R, T, S> Path<R, T, S> {
    /// `jsonb_set(COALESCE(…), path, value)` (PostgreSQL's manual, 9.16): never NULL, since neither the document
    /// nor the value is.
    ///
    /// ```
    /// # use checkpoint_schema::Checkpoint;
    /// # use serde::{Deserialize, Serialize};
    /// #[derive(Serialize, Deserialize, Checkpoint)]
    /// #[checkpoint(job = "jira", version = 1)]
    /// struct JiraCheckpoint {
    ///     last_issue_key: String,
    /// }
    ///
    /// assert_eq!(
    ///     JiraCheckpoint::fields().last_issue_key().jsonb_set("checkpoint_data", "IT'S-1")?,
    ///     r#"jsonb_set(COALESCE(NULLIF(checkpoint_data, 'null'), '{}'), '{"last_issue_key"}'::text[], '"IT''S-1"'::jsonb)"#
    /// );
    /// # Ok::<(), checkpoint_schema::FieldError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An operand that cannot be stored, a map key that is none.
    pub fn jsonb_set(&self, column: &str, value: impl Operand<T>) -> Result<String, FieldError>
    where
        S: Settable,
        EncodingOf<S>: Encoding<T>,
    {
        self.function("jsonb_set", column, value)
    }

    /// `jsonb_insert(COALESCE(…), path, value)`: before the element of a list; as an entry, which must not be
    /// there yet.
    ///
    /// # Errors
    ///
    /// As [`jsonb_set`](Path::jsonb_set).
    pub fn jsonb_insert(&self, column: &str, value: impl Operand<T>) -> Result<String, FieldError>
    where
        S: Settable,
        EncodingOf<S>: Encoding<T>,
    {
        self.function("jsonb_insert", column, value)
    }

    fn function(&self, name: &str, column: &str, value: impl Operand<T>) -> Result<String, FieldError>
    where
        S: Settable,
        EncodingOf<S>: Encoding<T>,
    {
        let path = literal(&self.text_array()?);
        let value = jsonb_literal(&self.written(value.encode::<EncodingOf<S>>())?);
        Ok(format!("{name}({}, {path}::text[], {value})", present(column)))
    }

    /// `COALESCE(…) #- path`: the document without the field.
    ///
    /// # Errors
    ///
    /// A map key that is none.
    pub fn jsonb_delete(&self, column: &str) -> Result<String, FieldError>
    where
        S: Settable<Itself: ReadableWhenMissing>,
    {
        Ok(format!("{} #- {}::text[]", present(column), literal(&self.text_array()?)))
    }
}
