//! The statements about the rows of one job.

use checkpoint_schema::table::Parts;

/// Their texts. Keys go as text, whatever their type.
pub(crate) struct Statements {
    /// The first page.
    pub(crate) first: String,
    /// The page after a key.
    pub(crate) next: String,
    /// Writes documents where the old ones still stand.
    pub(crate) swap: String,
    /// Reads one row, and holds it.
    pub(crate) hold: String,
    /// Writes the row that is held.
    pub(crate) set: String,
}

impl Statements {
    pub(crate) fn new(Parts { table, id, document, of_job, .. }: &Parts, id_type: &str) -> Self {
        // What a page holds is limited by rows ($1) and by bytes ($2), but for its first row. Rows of the newest
        // version ($3, $4) are passed over. `LIMIT` keeps the text from being made again for each use.
        let page = |after: &str| {
            format!(
                "SELECT q.id::text,q.document FROM (SELECT p.id,p.document,COALESCE(sum(octet_length(p.document)) \
                 OVER (ORDER BY p.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),0) AS before FROM \
                 (SELECT t.{id} AS id,t.{document}::text AS document FROM {table} AS t WHERE {after}{of_job} \
                 AND t.{document}->$3::text IS DISTINCT FROM to_jsonb($4::bigint) ORDER BY t.{id} \
                 LIMIT $1::bigint) AS p) AS q WHERE q.before<$2::bigint ORDER BY q.id"
            )
        };
        // The lock first. A row that somebody else holds is skipped: who never waits while holding rows is in no
        // deadlock. The text of the newest version of the row is what counts, and it is compared when the row is
        // locked; so whatever was written since it was read, in this column or not, is not written over. Not
        // `jsonb`'s own `=`, for which 1 and 1.0 are the same, and not `xmin`, which changes with every column.
        // `CASE`, for the planner would join by an equality, and make the text of every row of the table.
        let swap = format!(
            "WITH v AS (SELECT u.id::{id_type} AS id,u.old,u.new FROM unnest($1::text[],$2::text[],$3::text[]) \
             AS u(id,old,new)), target AS MATERIALIZED (SELECT t.{id} AS id,v.new FROM {table} AS t JOIN v \
             ON t.{id}=v.id WHERE {of_job} AND CASE WHEN t.{id}=v.id THEN t.{document}::text COLLATE \"C\"=v.old END ORDER BY t.{id} \
             FOR NO KEY UPDATE OF t SKIP LOCKED) \
             UPDATE {table} AS t SET {document}=target.new::jsonb FROM target WHERE t.{id}=target.id \
             RETURNING t.{id}::text"
        );
        Self {
            first: page(""),
            next: page(&format!("t.{id}>$5::text::{id_type} AND ")),
            swap,
            hold: format!(
                "SELECT t.{document}::text FROM {table} AS t WHERE t.{id}=$1::text::{id_type} AND {of_job} \
                 FOR NO KEY UPDATE"
            ),
            set: format!(
                "UPDATE {table} AS t SET {document}=$2::text::jsonb WHERE t.{id}=$1::text::{id_type}"
            ),
        }
    }
}
