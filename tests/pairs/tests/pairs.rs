//! What each pair says of its two directions is what happens: serde reads, and the contract judges, what the
//! other side stores.
//!
//! `CHECKPOINT_CASES=10000` is the full run; `CHECKPOINT_SEED` repeats another one.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_pairs::{self as pairs, Pair, ReadContract, Side, Truth, table};
use checkpoint_schema::schema::Contract;
use checkpoint_tests::documents::{Documents, Run};
use checkpoint_tests::json::same;
use serde_json::Value;

/// Documents of each side of a pair where nothing else is said.
const CASES: usize = 300;

#[test]
fn every_direction_is_what_serde_and_the_contract_make_of_it() {
    let run = Run::from_environment(CASES);
    eprintln!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    let mut tally = Tally::default();
    for pair in pairs::all() {
        execute(&pair, "backward", (&pair.old, &pair.new), pair.backward, &run, &mut tally);
        execute(&pair, "forward", (&pair.new, &pair.old), pair.forward, &run, &mut tally);
    }
    eprintln!("{} documents; {:?}", tally.documents, tally.truths);
    eprintln!("only serde refuses: {:#?}", tally.unseen);
    assert!(tally.faults.is_empty(), "{} faults\n{}", tally.faults.len(), tally.faults.join("\n"));
}

#[derive(Default)]
struct Tally {
    documents: usize,
    truths: BTreeMap<Truth, usize>,
    /// Directions in which serde refuses documents and the contract refuses none.
    unseen: Vec<String>,
    faults: Vec<String>,
}

fn execute(
    pair: &Pair,
    direction: &str,
    (writer, reader): (&Side, &Side),
    truth: Truth,
    run: &Run,
    tally: &mut Tally,
) {
    *tally.truths.entry(truth).or_default() += 1;
    let mut fault = |what: String| tally.faults.push(format!("{}, {direction}: {what}", pair.name));
    let contracts = (ReadContract::of(&writer.descriptor), ReadContract::of(&reader.descriptor));
    for document in &writer.written {
        if let Err(why) = own(writer, &contracts.0, document) {
            fault(format!("the side itself does not read {document}: {why}"));
        }
    }
    let generated = generated(writer, &contracts.0, run);
    let (shown, found) = (
        worst(reader, &contracts.1, &writer.written),
        worst(reader, &contracts.1, writer.written.iter().chain(&generated)),
    );
    if shown.0 != truth {
        fault(format!("said to be {truth:?}, and the given values show {shown:?}"));
    } else if found.0 != truth {
        fault(format!("said to be {truth:?}, and a generated document shows {found:?}"));
    }
    let mut documents = writer.written.iter().chain(&generated);
    if found.0 == Truth::Unreadable
        && documents.all(|document| contracts.1.finished_accepts(document).is_ok())
    {
        tally.unseen.push(format!("{}, {direction}", pair.name));
    }
    tally.documents += writer.written.len() + generated.len();
}

/// Is the document one that the side stores, and resumes from?
fn own(side: &Side, contract: &ReadContract, document: &Value) -> Result<(), String> {
    let again = (side.reread)(document)?;
    if !same(&again, document) {
        return Err(format!("it writes {again}"));
    }
    contract.accepts(document)
}

/// Documents that the side stores, by way of what it reads.
fn generated(side: &Side, contract: &ReadContract, run: &Run) -> Vec<Value> {
    let schema = side.descriptor.raw_document(Contract::Write);
    let mut documents = Documents::new(run.seed, &schema, &side.written);
    let mut stored = Vec::new();
    for _ in 0..run.cases {
        // What the code stores against its own contract is no matter of a change.
        stored
            .extend((side.reread)(&documents.next_document()).ok().filter(|it| contract.accepts(it).is_ok()));
    }
    stored
}

/// The worst of what the reader makes of the documents, and where it does.
fn worst<'d>(
    reader: &Side,
    contract: &ReadContract,
    documents: impl IntoIterator<Item = &'d Value>,
) -> (Truth, String) {
    let mut worst = (Truth::Reads, String::new());
    for document in documents {
        let (truth, why) = match reader.descriptor.read(document) {
            Err(error) => (Truth::Unreadable, error.to_string()),
            Ok(()) => {
                let verdicts = (contract.accepts(document), contract.finished_accepts(document));
                // What serde reads is within the bounds that the exported contract adds.
                assert_eq!(verdicts.0.is_ok(), verdicts.1.is_ok(), "{:?}: {document}", reader.descriptor);
                match verdicts.0 {
                    Err(error) => (Truth::OutOfContract, error),
                    Ok(()) => continue,
                }
            }
        };
        if truth > worst.0 {
            worst = (truth, format!("{document}: {why}"));
        }
    }
    worst
}

#[test]
fn every_row_of_the_table_has_pairs_in_numbers() {
    let pairs = pairs::all();
    let mut names = BTreeSet::new();
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in &pairs {
        assert!(names.insert(pair.name), "{} stands twice", pair.name);
        *rows.entry(pair.row).or_default() += 1;
    }
    eprintln!("{} pairs: {rows:#?}", pairs.len());
    for row in table::ROWS {
        assert!(rows.get(row).is_some_and(|count| *count >= 2), "the row {row:?} has {:?}", rows.get(row));
    }
    assert!(pairs.len() >= 125, "{} pairs", pairs.len());
}
