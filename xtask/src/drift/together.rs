//! The code, asked of many parts at once: a document that holds a value of each is written and read by it as well as
//! one of each would be, and in a large type that is one question in place of hundreds.

use std::collections::BTreeMap;

use serde_json::Value;

use super::code::{Code, Refused};
use super::instances::Instance;
use super::parts::{Around, Part};

/// What the code made of a value among others.
#[derive(Default)]
pub(super) struct Asked {
    /// What the writer writes of it; none where it was not asked.
    pub(super) rewritten: Option<Value>,
    /// Does the reader read it?
    pub(super) is_read: bool,
}

/// Values by the numbers of their parts.
type Values = Vec<(usize, Value)>;

/// So many values that the code refuses are left out, one after the other.
const PATIENCE: usize = 16;

/// What the codes make of values of different parts, by their numbers: of those that can stand in one document with
/// others, and are refused by none.
pub(super) fn ask(
    live: &[(&Part, &Instance)],
    writer: Option<&Code>,
    reader: Option<&Code>,
) -> BTreeMap<usize, Asked> {
    let mut asked = BTreeMap::new();
    if live.len() < 2 || (writer.is_none() && reader.is_none()) {
        return asked;
    }
    let is_written = |(part, instance): &(&Part, &Instance)| {
        part.validators().is_some_and(|(writes, _)| writes.is_valid(&instance.value))
    };
    let (keys, values): (Vec<_>, Vec<_>) = live
        .iter()
        .enumerate()
        .filter(|(_, one)| is_written(one))
        .map(|(number, (_, instance))| (number, instance.value.clone()))
        .partition(|(number, _)| live[*number].0.has_inner());
    let part = |number: usize| live[number].0;
    // What stands in the place of others is asked after these.
    for mut rest in [values, keys] {
        for _ in 0..BATCHES {
            let (batch, others) = compatible(rest, part);
            if batch.len() < 2 {
                break;
            }
            asked.extend(batch_of(batch, part, writer, reader));
            rest = others;
        }
    }
    asked
}

/// So many documents are tried, each with what could not stand in the one before.
const BATCHES: usize = 8;

fn batch_of<'p>(
    written: Values,
    part: impl Fn(usize) -> &'p Part + Copy,
    writer: Option<&Code>,
    reader: Option<&Code>,
) -> BTreeMap<usize, Asked> {
    let (written, document) = match writer {
        None => (written, None),
        Some(code) => {
            match without_refused(written, part, |around| &around.written, |document| code.rewrite(document))
            {
                Some((written, document)) => (written, Some(document)),
                None => return BTreeMap::new(),
            }
        }
    };
    let of_writer = |number: usize, value: Value| match &document {
        None => Some(value),
        Some(document) => document.pointer(part(number).pointer()).cloned(),
    };
    let values: Values =
        written.into_iter().filter_map(|(number, value)| Some((number, of_writer(number, value)?))).collect();
    let mut asked: BTreeMap<usize, Asked> = BTreeMap::new();
    if document.is_some() {
        for (number, value) in &values {
            asked.insert(*number, Asked { rewritten: Some(value.clone()), is_read: false });
        }
    }
    if let Some(code) = reader {
        let accepted = values.into_iter().filter(|(number, value)| {
            part(*number).validators().is_some_and(|(_, reads)| reads.is_valid(value))
        });
        let read =
            without_refused(accepted.collect(), part, |around| &around.read, |document| code.read(document));
        for (number, _) in read.map(|(read, ())| read).unwrap_or_default() {
            asked.entry(number).or_default().is_read = true;
        }
    }
    asked
}

/// The values that can stand in one document: none in the place of another, and none in an object of another kind.
/// And the others.
fn compatible<'p>(values: Values, part: impl Fn(usize) -> &'p Part) -> (Values, Values) {
    let mut objects: BTreeMap<&str, Option<*const Around>> = BTreeMap::new();
    let mut taken: BTreeMap<&str, ()> = BTreeMap::new();
    let mut fits = |number: usize| {
        let part = part(number);
        let Some(around) = part.around() else { return false };
        let is_free = !taken.contains_key(part.pointer())
            && !objects.contains_key(part.pointer())
            && around.iter().all(|(pointer, object)| {
                !taken.contains_key(pointer) && objects.get(pointer).is_none_or(|known| known == object)
            });
        if is_free {
            taken.insert(part.pointer(), ());
            objects.extend(around);
        }
        is_free
    };
    values.into_iter().partition(|(number, _)| fits(*number))
}

/// What `code` makes of a document with all the values, but for some that it refuses; none where it refuses more.
fn without_refused<'p, T>(
    mut values: Values,
    part: impl Fn(usize) -> &'p Part,
    around: fn(&Around) -> &serde_json::Map<String, Value>,
    code: impl Fn(&Value) -> Result<T, Refused>,
) -> Option<(Values, T)> {
    for _ in 0..PATIENCE {
        let (first, others) = values.split_first()?;
        let mut document = part(first.0).document(first.1.clone(), around);
        for (number, value) in others {
            part(*number).put_into(&mut document, value.clone(), around);
        }
        let refused = match code(&document) {
            Ok(made) => return Some((values, made)),
            Err(refused) => refused.pointer,
        };
        let is_refused = |number: usize| {
            let rest = refused.strip_prefix(part(number).pointer());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let at = values.iter().position(|(number, _)| is_refused(*number))?;
        values.remove(at);
    }
    None
}
