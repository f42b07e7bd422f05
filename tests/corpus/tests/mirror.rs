//! The schema that the derive makes through its hidden mirror is the one that schemars' own derive makes
//! from the same definition.

use checkpoint_corpus::{self as corpus, Entry, Style};
use checkpoint_schema::schema::Contract;
use serde_json::Value;

const STYLES: [Style; 3] = [Style::Draft2020, Style::Inline, Style::OpenApi3];
const CONTRACTS: [Contract; 2] = [Contract::Read, Contract::Write];

/// Compares texts, so that the order of keys counts too.
fn assert_same(entry: &Entry, what: &str, ours: &Value, theirs: &Value) {
    let text = |schema: &Value| format!("{schema:#}");
    assert!(
        text(ours) == text(theirs),
        "{}, {what}\nours: {}\ntheirs: {}",
        entry.name,
        text(ours),
        text(theirs)
    );
}

#[test]
fn the_corpus_has_at_least_sixty_types() {
    let corpus = corpus::all();
    let mut names: Vec<_> = corpus.iter().map(|entry| &entry.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), corpus.len(), "a type stands twice in the corpus");
    assert!(corpus.len() >= 60, "{} types", corpus.len());
}

#[test]
fn both_contracts_of_every_type_are_schemars_own() {
    for entry in corpus::all() {
        for style in STYLES {
            for contract in CONTRACTS {
                let ours = (entry.ours.document)(style, contract);
                let theirs = (entry.theirs.document)(style, contract);
                assert_same(&entry, &format!("{style:?}, {contract:?}"), &ours, &theirs);
            }
        }
    }
}

#[test]
fn every_type_is_the_same_field_of_another_type() {
    for entry in corpus::all() {
        for style in STYLES {
            for contract in CONTRACTS {
                let ours = (entry.ours.held)(style, contract);
                let theirs = (entry.theirs.held)(style, contract);
                assert_same(&entry, &format!("as a field, {style:?}, {contract:?}"), &ours, &theirs);
            }
        }
    }
}

#[test]
fn names_and_kinds_of_every_type_are_schemars_own() {
    for entry in corpus::all() {
        let (ours, theirs) = (entry.ours, entry.theirs);
        assert_eq!((ours.name)(), (theirs.name)(), "name of {}", entry.name);
        assert_eq!((ours.inline)(), (theirs.inline)(), "inline of {}", entry.name);
        assert_eq!((ours.is_option)(), (theirs.is_option)(), "is_option of {}", entry.name);
        // The ids start with the module, in which alone the two may differ.
        let their_id = (theirs.id)().replace("::theirs::", "::ours::");
        assert_eq!((ours.id)(), their_id, "id of {}", entry.name);
    }
}

#[test]
fn samples_meet_both_contracts() {
    let mut faults = Vec::new();
    for entry in corpus::all() {
        for contract in CONTRACTS {
            let schema = (entry.ours.document)(Style::Draft2020, contract);
            let validator = jsonschema::validator_for(&schema).unwrap();
            for sample in &entry.samples {
                for fault in validator.iter_errors(&sample.document) {
                    faults.push(format!("{}, {contract:?}: {fault} in {}", entry.name, sample.document));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
