//! Finished schemas accept and refuse what raw ones do: generated and mutated documents of every type of the
//! corpus and of the jobs, through both.
//!
//! `CHECKPOINT_CASES=10000` is the full run; `CHECKPOINT_SEED` repeats another one.

use checkpoint_corpus::subjects::{self, Subject};
use checkpoint_schema::Checkpoint;
use checkpoint_schema::schema::{Contract, finish};
use checkpoint_tests::documents::{Documents, Run};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Documents of each type where nothing else is said: seconds in a debug build.
const CASES: usize = 1_000;

/// Types where serde reads a document although an integer in it is beyond the bounds that the schema tells,
/// and what serde does with that integer.
const READ_NEVERTHELESS: [(&str, Fate); 3] = [
    // `schemars(with = …)` names integers where serde reads any JSON value.
    ("annotations::ForSchemaOnly", Fate::Kept),
    // To serde, a flattened `Option` whose fields do not fit is `None`. The raw schema refuses a text there,
    // too, which serde takes for `None` as well.
    ("flatten::FlattenedOption", Fate::Lost),
    // A field with `skip_deserializing`: written, and ignored where it is read.
    ("presence::Skips", Fate::Lost),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// It is not in what serde writes again.
    Lost,
}

/// Types whose schema accepts every document, so that none is refused.
const ACCEPTS_ALL: [&str; 1] = ["annotations::WholeSchemaWith"];

#[test]
fn raw_and_finished_schemas_give_the_same_verdict() {
    let run = Run::from_environment(CASES);
    eprintln!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    let mut tally = Tally::default();
    for subject in subjects::all() {
        compare(&subject, &run, &mut tally);
    }
    eprintln!("{tally:?}");
    assert!(tally.faults.is_empty(), "{}", tally.faults.join("\n"));
    // A bound that nobody meets would show nothing of bounds.
    assert!(tally.beyond_bounds * 200 > tally.documents, "{tally:?}");
}

/// To the struct, the tag is an unknown key; serde takes it away first, and schemars knows.
#[test]
fn a_tagged_newtype_of_a_struct_that_denies_unknown_keys_is_accepted() {
    #[derive(Serialize, Deserialize, Checkpoint)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        number: u32,
    }
    #[derive(Serialize, Deserialize, Checkpoint)]
    #[serde(tag = "kind")]
    enum Tagged {
        Strict(Strict),
    }
    let document = json!({"kind": "Strict", "number": 1});
    assert!(serde_json::from_value::<Tagged>(document.clone()).is_ok());
    let raw = schemars::schema_for!(Tagged).to_value();
    let finished = finish(raw.clone());
    assert!(validator(&raw).is_valid(&document) && validator(&finished).is_valid(&document));
}

#[derive(Debug, Default)]
struct Tally {
    types: usize,
    documents: usize,
    accepted: usize,
    refused: usize,
    beyond_bounds: usize,
    faults: Vec<String>,
}

fn compare(subject: &Subject, run: &Run, tally: &mut Tally) {
    let name = &subject.name;
    let raw = subject.raw(Contract::Read);
    let contracts = [Contract::Read, Contract::Write].map(|contract| {
        let raw = subject.raw(contract);
        (contract, validator(&raw), validator(&finish(raw)))
    });
    let mut documents = Documents::new(run.seed, &raw, &subject.samples);
    let (mut accepted, mut refused) = (0, 0);
    let stored = subject.samples.iter().chain(&subject.refused).cloned().collect::<Vec<_>>();
    let mut stored = stored.into_iter();
    for _ in 0..run.cases.max(stored.len()) {
        let document = stored.next().unwrap_or_else(|| documents.next_document());
        for (contract, raw, finished) in &contracts {
            let verdicts = (raw.is_valid(&document), finished.is_valid(&document));
            if *contract == Contract::Read {
                *(if verdicts.0 { &mut accepted } else { &mut refused }) += 1;
            }
            let fault = match verdicts {
                (true, true) | (false, false) => continue,
                (false, true) => "only the finished schema accepts",
                (true, false) if !finished.iter_errors(&document).all(|error| is_beyond_a_type(&error)) => {
                    "only the finished schema refuses, for more than an integer beyond its type:"
                }
                (true, false) if !is_beyond_serde(subject, &document) => {
                    "the finished schema refuses for an integer beyond its type, and serde reads"
                }
                (true, false) => {
                    tally.beyond_bounds += 1;
                    continue;
                }
            };
            tally.faults.push(format!("{name}, {contract:?}: {fault} {document}"));
        }
    }
    tally.types += 1;
    tally.documents += accepted + refused;
    tally.accepted += accepted;
    tally.refused += refused;
    // A tenth of each shows that the documents are near the schema.
    let least = (accepted + refused) / 10;
    let is_sound = accepted >= least && (refused >= least || ACCEPTS_ALL.contains(&name.as_str()));
    if !is_sound {
        tally.faults.push(format!("{name}: {accepted} documents are accepted and {refused} refused"));
    }
}

/// Does serde refuse the document as well, or is it known why it does not?
fn is_beyond_serde(subject: &Subject, document: &Value) -> bool {
    let Ok(written) = subject.read(document) else { return true };
    match READ_NEVERTHELESS.iter().find(|(name, _)| *name == subject.name) {
        Some((_, Fate::Kept)) => true,
        Some((_, Fate::Lost)) => written != *document,
        None => false,
    }
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(schema).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// Is the document refused because an integer is beyond the bounds of a Rust type?
fn is_beyond_a_type(error: &ValidationError<'_>) -> bool {
    let of_branches = |branches: &[Vec<ValidationError<'static>>]| {
        branches.iter().any(|branch| branch.iter().all(is_beyond_a_type))
    };
    match error.kind() {
        ValidationErrorKind::Minimum { limit } => {
            [i64::from(i32::MIN), i64::MIN].iter().any(|least| limit == least)
        }
        ValidationErrorKind::Maximum { limit } => {
            let most =
                [u64::from(i32::MAX.unsigned_abs()), u32::MAX.into(), i64::MAX.unsigned_abs(), u64::MAX];
            most.iter().any(|most| limit == most)
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            of_branches(context)
        }
        _ => false,
    }
}
