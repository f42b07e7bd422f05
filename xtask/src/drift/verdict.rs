//! Can the reader read what the writer writes? A proof, a document that shows that it cannot, or neither.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_schema::pointer::member;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::instances::{self, Instance};
use super::layout::Layout;
use super::prepare::{Form, integer, read, write};
use super::prove::prove;
use crate::lock::facts::{Fact, Is};

/// The answer.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// All that is written can be read.
    Safe,
    /// What is written cannot all be read.
    Breaks {
        /// Of each place some, the worst and then the shortest first.
        witnesses: Vec<Witness>,
        /// The places that are not proved, shown by a witness or not.
        open: Vec<Undecided>,
    },
    /// Neither a proof nor a witness was found: never taken for safe.
    Undecided(Vec<Undecided>),
}

/// What was neither proved nor refuted.
#[derive(Clone, Debug)]
pub(crate) struct Undecided {
    /// A JSON Pointer, in which `*` is any key or index.
    pub(crate) place: String,
    pub(crate) why: String,
}

/// A document that the writer writes and the reader does not accept.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    /// Where it is refused: a JSON Pointer, in which `*` is any key or index.
    pub(crate) place: String,
    pub(crate) document: Value,
    /// The reader's words.
    pub(crate) reason: String,
    pub(crate) harm: Harm,
    /// Is it the reader's real code that says so, or its contract alone?
    pub(crate) executed: bool,
}

/// What a break means for a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Harm {
    /// serde refuses the document: a worker cannot resume from it.
    Unreadable,
    /// serde reads it, the contract refuses it: it breaks where documents are validated.
    OutOfContract,
}

/// Can `reader` read what `writer` writes?
pub(crate) fn decide(writer: &Layout, reader: &Layout) -> Verdict {
    let written = write(writer, Form::Documents);
    let mut words = BTreeSet::new();
    collect_words(&written, &mut words);
    let accepted = read(reader, Form::Documents, &words);
    let proof = prove(&write(writer, Form::Question), &read(reader, Form::Question, &words));
    let unknown =
        encoded_anew(&writer.facts, &reader.facts).or_else(|| keys_narrowed(&writer.facts, &reader.facts));
    let documents = match &unknown {
        Some(_) => instances::of_all(&written, &accepted),
        None => instances::of(&written, &accepted),
    };
    let trial = match Trial::new(writer, reader, documents, &written, &accepted) {
        Ok(trial) => trial,
        Err(why) => return Verdict::Undecided(vec![Undecided { place: String::new(), why }]),
    };
    // A proof needs no trial, but where the code is at hand it has the last word.
    let witnesses = if proof.is_ok() && reader.code.is_none() { Vec::new() } else { trial.run() };
    let open = proof.err().unwrap_or_default();
    let open: Vec<Undecided> = open.into_iter().map(Undecided::at).chain(unknown).collect();
    match (witnesses.is_empty(), open.is_empty()) {
        (true, true) => Verdict::Safe,
        (true, false) => Verdict::Undecided(open),
        (false, _) => Verdict::Breaks { witnesses, open },
    }
}

impl Undecided {
    /// What is neither proved nor refuted.
    pub(crate) fn at(place: String) -> Self {
        let why = "neither a proof that all of it can be read was found, nor a document that cannot";
        Self { place, why: why.to_owned() }
    }
}

/// A field that is read by functions of its own, and was not written by the same: no schema tells what these take.
fn encoded_anew(writer: &[Fact], reader: &[Fact]) -> Option<Undecided> {
    let fact = reader.iter().find(|fact| matches!(fact.is, Is::EncodedBy(_)) && !writer.contains(fact))?;
    let Is::EncodedBy(functions) = &fact.is else { return None };
    let why = format!("it is read by `{functions}`, of which the schema does not tell what it refuses");
    Some(Undecided { place: fact.at.clone(), why })
}

/// Integer keys that are read as another type of integer: a schema knows that they are digits, and no bound.
fn keys_narrowed(writer: &[Fact], reader: &[Fact]) -> Option<Undecided> {
    let range = |integer: &str| -> Option<(i128, i128)> {
        Some(match integer {
            "i8" => (i8::MIN.into(), i8::MAX.into()),
            "i16" => (i16::MIN.into(), i16::MAX.into()),
            "i32" => (i32::MIN.into(), i32::MAX.into()),
            "i64" | "isize" => (i64::MIN.into(), i64::MAX.into()),
            "u8" => (0, u8::MAX.into()),
            "u16" => (0, u16::MAX.into()),
            "u32" => (0, u32::MAX.into()),
            "u64" | "usize" => (0, u64::MAX.into()),
            _ => return None,
        })
    };
    reader.iter().find_map(|fact| {
        let Is::Keys(read) = &fact.is else { return None };
        let written = writer.iter().find_map(|other| match &other.is {
            Is::Keys(written) if other.at == fact.at => Some(written),
            _ => None,
        })?;
        let is_within = match (range(written), range(read)) {
            (Some(written), Some(read)) => read.0 <= written.0 && written.1 <= read.1,
            _ => written == read,
        };
        let why = format!(
            "its keys are read as {read}, and were written as {written}: no schema tells how great they are"
        );
        (!is_within).then(|| Undecided { place: fact.at.clone(), why })
    })
}

/// Every key and every constant.
fn collect_words(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Array(array) => array.iter().for_each(|value| collect_words(value, words)),
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => words.extend(properties.keys().cloned()),
                    ("const", Value::String(word)) => {
                        words.insert(word.clone());
                    }
                    _ => {}
                }
                collect_words(value, words);
            }
        }
        _ => {}
    }
}

/// Documents of the writer, held against the reader.
struct Trial<'a> {
    writer: &'a Layout,
    reader: &'a Layout,
    documents: Vec<Instance>,
    writes: Validator,
    reads: Validator,
    /// A document that is read, from which what is refused elsewhere is mended.
    readable: Option<Value>,
}

/// One refusal of a document.
struct Refusal {
    pointer: String,
    /// The reader's words, where they were asked for.
    reason: String,
    /// Does the keyword bound a value that its type could hold?
    is_bound: bool,
}

impl<'a> Trial<'a> {
    fn new(
        writer: &'a Layout,
        reader: &'a Layout,
        documents: Vec<Instance>,
        written: &Value,
        accepted: &Value,
    ) -> Result<Self, String> {
        let validator = |layout: &Layout, schema: &Value| {
            jsonschema::options()
                .should_validate_formats(true)
                .build(schema)
                .map_err(|error| format!("the contract of {} is itself invalid: {error}", layout.name))
        };
        Ok(Self {
            writer,
            reader,
            documents,
            writes: validator(writer, written)?,
            reads: validator(reader, accepted)?,
            readable: instances::of(accepted, accepted).into_iter().next().map(|first| first.value),
        })
    }

    fn run(&self) -> Vec<Witness> {
        let mut by_place: BTreeMap<String, BTreeMap<String, Witness>> = BTreeMap::new();
        for instance in &self.documents {
            let Some(document) = self.as_written(&instance.value) else { continue };
            // Where something else is varied, it is the same that is refused.
            let is_news = |pointer: &str| {
                let place = general(pointer, &instance.varied);
                let known = by_place.get(&place).map_or(0, BTreeMap::len);
                known == 0 || (known < EACH && is_near(&instance.varied, &place))
            };
            let refusals = self.refusals(&document, &is_news);
            for refusal in refusals.iter().filter(|refusal| !refusal.reason.is_empty()) {
                let place = general(&refusal.pointer, &instance.varied);
                let witness = self.witness(place, &document, refusal, &refusals);
                let known = by_place.entry(witness.place.clone()).or_default();
                let better = known.get(&witness.reason).is_none_or(|known| rank(&witness) < rank(known));
                if better {
                    known.insert(witness.reason.clone(), witness);
                }
            }
        }
        let sorted = |known: BTreeMap<String, Witness>| {
            let mut witnesses: Vec<Witness> = known.into_values().collect();
            witnesses.sort_by_cached_key(rank);
            witnesses
        };
        by_place.into_values().flat_map(sorted).collect()
    }

    /// The document, if the writer writes it; where its code is at hand, as that does.
    fn as_written(&self, document: &Value) -> Option<Value> {
        if !self.writes.is_valid(document) {
            return None;
        }
        match &self.writer.code {
            None => Some(document.clone()),
            Some(code) => code.rewrite(document).ok(),
        }
    }

    /// All that is refused; with reasons, which take long to write, at the places that are asked for.
    fn refusals(&self, document: &Value, is_asked: &dyn Fn(&str) -> bool) -> Vec<Refusal> {
        let mut refusals: Vec<Refusal> =
            self.reads.iter_errors(document).flat_map(|error| of_schema(&error, is_asked)).collect();
        if let Some(refused) = self.reader.code.as_ref().and_then(|code| code.read(document).err())
            && refusals.is_empty()
        {
            refusals.push(Refusal { pointer: refused.pointer, reason: refused.reason, is_bound: false });
        }
        refusals
    }

    fn witness(&self, place: String, document: &Value, refusal: &Refusal, all: &[Refusal]) -> Witness {
        let witness = |reason: &str, harm, executed| Witness {
            place: place.clone(),
            document: document.clone(),
            reason: reason.to_owned(),
            harm,
            executed,
        };
        let Some(code) = &self.reader.code else {
            let harm = if refusal.is_bound { Harm::OutOfContract } else { Harm::Unreadable };
            return witness(&refusal.reason, harm, false);
        };
        // serde stops at its first mistake: the others are mended, so that this one is judged.
        let mut mended = document.clone();
        for other in all.iter().filter(|other| other.pointer != refusal.pointer) {
            mend(&mut mended, &other.pointer, self.readable.as_ref());
        }
        match code.read(&mended) {
            Err(refused) => witness(&refused.reason, Harm::Unreadable, true),
            Ok(()) => witness(&refusal.reason, Harm::OutOfContract, true),
        }
    }
}

/// So many witnesses are kept of a place, each refused for another reason: of several names that are not read, each
/// has its own.
const EACH: usize = 64;

/// Is one of the places at the other, or below?
fn is_near(a: &str, b: &str) -> bool {
    a.split('/').zip(b.split('/')).all(|(a, b)| a == b || a == "*" || b == "*")
}

/// The worst first, then the shortest.
fn rank(witness: &Witness) -> (Harm, usize, String) {
    let text = witness.document.to_string();
    (witness.harm, text.len(), text)
}

/// Puts what the reader reads in the place of what it refuses.
fn mend(document: &mut Value, pointer: &str, readable: Option<&Value>) {
    let value = readable.and_then(|readable| readable.pointer(pointer)).cloned();
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let key = checkpoint_schema::pointer::unescape(key);
    match (document.pointer_mut(parent), value) {
        (Some(Value::Object(object)), Some(value)) => {
            object.insert(key, value);
        }
        (Some(Value::Object(object)), None) => {
            object.remove(&key);
        }
        _ => {}
    }
}

fn of_schema(error: &ValidationError<'_>, is_asked: &dyn Fn(&str) -> bool) -> Vec<Refusal> {
    let pointer = error.instance_path().as_str().to_owned();
    let refusal = |pointer: String, is_bound| {
        let reason = if is_asked(&pointer) { error.to_string() } else { String::new() };
        Refusal { pointer, reason, is_bound }
    };
    match error.kind() {
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![refusal(member(&pointer, key), false)]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|key| refusal(member(&pointer, key), false)).collect()
        }
        Kind::Minimum { limit } | Kind::Maximum { limit } => {
            vec![refusal(pointer, !is_of_a_type(limit))]
        }
        // One character, or as many elements as a tuple has, may be a type's own.
        Kind::MinLength { limit } | Kind::MaxLength { limit } => vec![refusal(pointer, *limit > 1)],
        Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. }
        | Kind::MultipleOf { .. }
        | Kind::MinProperties { .. }
        | Kind::MaxProperties { .. }
        | Kind::Pattern { .. }
        | Kind::UniqueItems => vec![refusal(pointer, true)],
        _ => vec![refusal(pointer, false)],
    }
}

/// Is the limit where a Rust integer ends, so that it may be no `range` but the type?
fn is_of_a_type(limit: &Value) -> bool {
    let ends: [i128; 12] = [
        0,
        1,
        u8::MAX.into(),
        u16::MAX.into(),
        u32::MAX.into(),
        i8::MIN.into(),
        i8::MAX.into(),
        i16::MIN.into(),
        i16::MAX.into(),
        i32::MIN.into(),
        i32::MAX.into(),
        i64::MAX.into(),
    ];
    integer(limit).is_none_or(|limit| ends.contains(&limit))
}

/// The pointer, with `*` where the place that was varied has it.
fn general(pointer: &str, varied: &str) -> String {
    let steps: Vec<&str> = varied.split('/').collect();
    let general: Vec<&str> = pointer
        .split('/')
        .enumerate()
        .map(|(at, step)| if steps.get(at) == Some(&"*") { "*" } else { step })
        .collect();
    general.join("/")
}
