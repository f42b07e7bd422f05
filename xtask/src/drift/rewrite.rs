//! What is stored, changed as a changed type needs it: typed changes as SQL, in batches.
//!
//! The changes are those that workers make, so that each is right whatever state a document is in, and never made
//! to a document of another version.

use std::collections::BTreeMap;

use checkpoint_schema::field::Entry;
use checkpoint_schema::table::{__literal as literal, Parts};
use checkpoint_schema::{Checkpoint, FieldError, Filter, JobTable, Path, Statement, Update, pointer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::{Change, in_documents};
use super::layout::Layout;
use crate::rule::Rule;

/// So many rows are changed at a time.
const BATCH: usize = 1000;

/// A document of any type.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "any", version = 1)]
struct Any {
    #[serde(flatten)]
    values: BTreeMap<String, Value>,
}

/// One of its values.
type Place = Path<Any, Value, Entry>;

/// The SQL that changes the rows of `table` as `change` needs it, which is one of the type `new`; none where only a
/// new version helps.
pub(super) fn rewrite(change: &Change, new: &Layout, table: &JobTable) -> Option<String> {
    let to = change.pointer();
    let (update, rows) = match change.rule {
        Rule::FieldRenamed | Rule::ValueLost => {
            let (from, to) = (at(&in_documents(change.from.as_deref()?))?, at(&to)?);
            (to.rename_from(&from), from.exists() & to.is_missing())
        }
        Rule::FieldRemoved | Rule::RequiredFieldRemoved | Rule::NameReused => {
            let gone = at(&to)?;
            (gone.unset(), gone.exists())
        }
        Rule::DefaultChanged => {
            let (old, missing) = (serde_json::from_str::<Value>(&change.old).ok()?, at(&to)?);
            if !is_read(new, &to, &old) {
                return None;
            }
            (missing.set_default(&old), missing.is_missing())
        }
        _ => return None,
    };
    sql(&update.into(), &rows, &to, new, table).ok()
}

/// Does the type read the value there?
fn is_read(new: &Layout, place: &str, value: &Value) -> bool {
    let Some(mut document) = new.least().cloned() else { return false };
    let Some((parent, key)) = place.rsplit_once('/') else { return false };
    if let Some(object) = document.pointer_mut(parent).and_then(Value::as_object_mut) {
        object.insert(pointer::unescape(key), value.clone());
    }
    new.reads(&document)
}

fn sql(
    update: &Update<Any>,
    rows: &Filter<Any>,
    place: &str,
    new: &Layout,
    table: &JobTable,
) -> Result<String, FieldError> {
    let Parts { table, id, document, of_job, .. } = table.__parts(&new.job);
    let column = format!("t.{document}");
    let changed = update.__expression_of_version(&column, (new.version_key, new.version))?;
    let is_meant = rows.condition(&column)?;
    let mut beside = format!("jsonb_typeof({column}) = 'object'");
    if let Some((parent, _)) = place.rsplit_once('/').filter(|(parent, _)| !parent.is_empty()) {
        let parent = literal(&at(parent).map_or_else(|| Ok(String::new()), |parent| parent.text_array())?);
        beside += &format!(" AND jsonb_typeof({column} #> {parent}) = 'object'");
    }
    let version = literal(new.version_key);
    beside += &match new.version {
        1 => format!(" AND COALESCE({column}->{version}, '1') = '1'"),
        stated => format!(" AND {column}->{version} = '{stated}'"),
    };
    Ok(format!(
        "UPDATE {table} AS t SET {document} = {}\nWHERE t.{id} IN (\n    SELECT t.{id} FROM {table} AS t WHERE {of_job} AND \
         {beside}\n    AND {}\n    ORDER BY t.{id} LIMIT {BATCH} FOR UPDATE\n); -- again, until it changes no row",
        with_operands(&changed),
        with_operands(&is_meant)
    ))
}

/// The place of a JSON Pointer without `*`.
fn at(pointer: &str) -> Option<Place> {
    let mut steps = pointer.split('/').skip(1);
    let mut place = Any::fields().values().key(&key(steps.next()?)?);
    for step in steps {
        place = place.__retype::<BTreeMap<String, Value>, Entry>().key(&key(step)?);
    }
    Some(place)
}

/// A key of an object. That of an element is one of a list, which no single place stands for.
fn key(step: &str) -> Option<String> {
    (step != "*").then(|| pointer::unescape(step))
}

/// The text with its operands in place of their numbers.
fn with_operands(statement: &Statement) -> String {
    let (mut text, mut rest) = (String::new(), statement.text());
    while let Some(at) = rest.find(['\'', '"', '$']) {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let quote = &found[..1];
        let length = match quote {
            "$" => {
                let digits = found[1..].bytes().take_while(u8::is_ascii_digit).count();
                let number = found[1..=digits].parse::<usize>().ok();
                match number.and_then(|number| statement.params().get(number.checked_sub(1)?)) {
                    Some(param) => text.push_str(&literal(&param.to_string())),
                    None => text.push_str(&found[..=digits]),
                }
                1 + digits
            }
            // A quote within is twice there: two texts, one behind the other.
            _ => {
                let length = found[1..].find(quote).map_or(found.len(), |end| end + 2);
                text.push_str(&found[..length]);
                length
            }
        };
        rest = &found[length..];
    }
    text + rest
}
