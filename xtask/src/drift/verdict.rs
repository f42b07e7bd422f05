//! Can the reader read what the writer writes? A proof, a document that shows that it cannot, or neither.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::instances::Varied;
use super::layout::Layout;
use super::prepare::{Form, read};
use super::prove::prove;
use super::trial::{Trial, validators};
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
    pub(crate) document: Arc<Document>,
    /// The reader's words.
    pub(crate) reason: String,
    pub(crate) harm: Harm,
    /// Is it the reader's real code that says so, or its contract alone?
    pub(crate) executed: bool,
}

/// A document, which many witnesses may share.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) value: Arc<Value>,
    text: OnceLock<String>,
    beginning: OnceLock<String>,
}

impl Document {
    pub(super) fn new(value: Value) -> Arc<Self> {
        Arc::new(Self { value: Arc::new(value), text: OnceLock::new(), beginning: OnceLock::new() })
    }

    /// Its text on one line.
    pub(crate) fn text(&self) -> &str {
        self.text.get_or_init(|| self.value.to_string())
    }

    /// The first characters of its text: of a large document the rest is not written.
    pub(crate) fn beginning(&self) -> &str {
        self.beginning.get_or_init(|| {
            let mut start = Start { text: Vec::new() };
            // It ends by an error where there is more.
            let _ = serde_json::to_writer(&mut start, &*self.value);
            String::from_utf8_lossy(&start.text).into_owned()
        })
    }
}

/// The first bytes of what is written.
struct Start {
    text: Vec<u8>,
}

/// So many: more than are shown, of four bytes each.
const BEGINNING: usize = 1200;

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() > BEGINNING {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.text.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
    let written = writer.written(Form::Documents);
    let mut words = BTreeSet::new();
    collect_words(written, &mut words);
    let accepted = read(reader, Form::Documents, &words);
    let proof = prove(writer.written(Form::Question), &read(reader, Form::Question, &words));
    let unknown =
        encoded_anew(&writer.facts, &reader.facts).or_else(|| keys_narrowed(&writer.facts, &reader.facts));
    let varied = if unknown.is_some() { Varied::All } else { Varied::Differences };
    let sides = ((writer, &**written), (reader, &*accepted));
    let validators = match validators(sides.0, sides.1) {
        Ok(validators) => validators,
        Err(why) => return Verdict::Undecided(vec![Undecided { place: String::new(), why }]),
    };
    // A proof needs no trial, but where the code is at hand it has the last word.
    let witnesses = match proof.is_ok() && reader.code.is_none() {
        true => Vec::new(),
        false => Trial::new(sides.0, sides.1, validators, varied).run(),
    };
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
