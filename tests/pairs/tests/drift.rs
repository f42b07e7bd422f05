//! The verdict on every change of the corpus of pairs, held to what serde does.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_pairs::{self as pairs, Pair, Truth};
use checkpoint_xtask::__private::{Answer, told};

/// What a verdict is worth beside the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Right,
    /// Something breaks, and the verdict is that nothing does.
    WrongSafe,
    /// Nothing breaks, and the verdict is that something does; or the contract alone, and the verdict is serde.
    FalseAlarm,
    /// The kind of break is another one.
    OtherHarm,
    Undecided,
}

fn worth(truth: Truth, answer: &Answer) -> Worth {
    match (truth, answer) {
        (_, Answer::Undecided(_)) => Worth::Undecided,
        (Truth::Reads, Answer::Safe)
        | (Truth::OutOfContract, Answer::OutOfContract(_))
        | (Truth::Unreadable, Answer::Unreadable(_)) => Worth::Right,
        (_, Answer::Safe) => Worth::WrongSafe,
        (Truth::Reads, _) => Worth::FalseAlarm,
        _ => Worth::OtherHarm,
    }
}

/// The verdicts of all pairs, each direction apart, with the code of these sides at hand.
fn verdicts(code: [bool; 2]) -> Vec<(String, Worth, Truth, Answer)> {
    let mut all = Vec::new();
    for Pair { name, old, new, backward, forward, .. } in pairs::all() {
        let told = told(&old.descriptor, &new.descriptor, code);
        all.push((format!("{name} backward"), worth(backward, &told.backward), backward, told.backward));
        all.push((format!("{name} forward"), worth(forward, &told.forward), forward, told.forward));
    }
    all
}

fn listed(verdicts: &[(String, Worth, Truth, Answer)], worth: Worth) -> Vec<String> {
    verdicts
        .iter()
        .filter(|it| it.1 == worth)
        .map(|(name, _, truth, answer)| format!("{name}: {truth:?}, told {answer:?}"))
        .collect()
}

/// What nothing is proved of, even where both codes are executed: patterns of the same texts in other words, and
/// functions of which no schema tells what they refuse.
const UNDECIDED: [&str; 6] = [
    "constraints::pattern_loosened backward",
    "collections::u32_keys_to_i64 backward",
    "encodings::change_function backward",
    "encodings::change_function forward",
    "encodings::neutral_function backward",
    "encodings::u64_to_duration_in_seconds backward",
];

/// What is undecided besides where the contracts alone are known: times without an offset are of a format that the
/// standard does not have, and a schema does not bound the keys of a map.
const UNDECIDED_WITHOUT_CODE: [&str; 6] = [
    "collections::u32_keys_to_u64 forward",
    "encodings::i64_to_datetime_in_seconds backward",
    "encodings::string_to_function backward",
    "presence::add_option_with_function backward",
    "texts::naive_to_datetime forward",
    "texts::naive_to_timestamp forward",
];

/// Says how often the verdict is worth what. No break is called safe, and no safe change a break; what is not
/// decided is known.
fn judge(verdicts: &[(String, Worth, Truth, Answer)], known: &[&str]) {
    let of = |worth| listed(verdicts, worth);
    for worth in [Worth::WrongSafe, Worth::FalseAlarm, Worth::OtherHarm, Worth::Undecided] {
        println!("{worth:?}: {}", of(worth).len());
        for line in of(worth) {
            println!("    {line}");
        }
    }
    println!("{} verdicts", verdicts.len());
    assert!(verdicts.len() >= 240);
    assert_eq!(of(Worth::WrongSafe), [""; 0]);
    assert_eq!(of(Worth::FalseAlarm), [""; 0]);
    let undecided: BTreeSet<&str> =
        verdicts.iter().filter(|it| it.1 == Worth::Undecided).map(|it| it.0.as_str()).collect();
    assert_eq!(undecided, known.iter().copied().collect());
}

#[test]
fn with_both_codes_at_hand_no_break_is_called_safe_and_no_safe_change_a_break() {
    let verdicts = verdicts([true, true]);
    judge(&verdicts, &UNDECIDED);
    assert_eq!(listed(&verdicts, Worth::OtherHarm), [""; 0]);
}

#[test]
fn by_contracts_alone_no_break_is_called_safe_and_no_safe_change_a_break() {
    judge(&verdicts([false, false]), &[UNDECIDED, UNDECIDED_WITHOUT_CODE].concat());
}

/// The changes by name, and the directions in which one of the pairs shows that it breaks.
const CHANGES: &[(&str, &[&str])] = &[
    ("[contract-changed]", &["backward", "forward"]),
    ("[default-changed]", &[]),
    ("[encoding-changed]", &["backward", "forward"]),
    ("[field-added]", &["backward", "forward"]),
    ("[field-became-optional]", &["forward"]),
    ("[field-became-required]", &["backward"]),
    ("[field-not-written]", &[]),
    ("[field-removed]", &["backward", "forward"]),
    ("[field-renamed]", &["backward", "forward"]),
    ("[length-changed]", &["backward", "forward"]),
    ("[map-keys-changed]", &["backward", "forward"]),
    ("[range-changed]", &["backward", "forward"]),
    ("[required-field-added]", &["backward"]),
    ("[required-field-removed]", &["backward", "forward"]),
    ("[tagging-changed]", &["backward", "forward"]),
    ("[text-changed]", &["backward", "forward"]),
    ("[type-changed]", &["backward", "forward"]),
    ("[uniqueness-changed]", &["backward", "forward"]),
    ("[unknown-keys-refused]", &[]),
    ("[value-lost]", &["backward", "forward"]),
    ("[variant-added]", &["forward"]),
    ("[variant-removed]", &["backward"]),
    ("[variant-renamed]", &["backward", "forward"]),
];

#[test]
fn every_kind_of_change_is_named_and_breaks_in_the_directions_that_it_can() {
    let mut named: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for pair in pairs::all() {
        for (rule, _, directions) in told(&pair.old.descriptor, &pair.new.descriptor, [true, true]).changes {
            named.entry(format!("[{rule}]")).or_default().extend(directions);
        }
    }
    let named: Vec<(&str, Vec<&str>)> = named
        .iter()
        .map(|(rule, directions)| (rule.as_str(), directions.iter().copied().collect()))
        .collect();
    let expected: Vec<(&str, Vec<&str>)> =
        CHANGES.iter().map(|(rule, directions)| (*rule, directions.to_vec())).collect();
    assert_eq!(named, expected);
}

#[test]
fn a_row_of_the_table_is_told_by_its_name_at_its_place() {
    for (name, rule, place) in [
        ("presence::add_option", "field-added", "/b"),
        ("renames::with_alias", "field-renamed", "/b"),
        ("numbers::u64_to_u32", "range-changed", "/a"),
        ("variants::add_internal_to_other", "variant-added", "/a/*/<Page>"),
    ] {
        let pair = pairs::all().into_iter().find(|pair| pair.name == name).expect(name);
        let told = told(&pair.old.descriptor, &pair.new.descriptor, [true, true]);
        assert!(told.changes.iter().any(|it| it.0 == rule && it.1 == place), "{name}: {:?}", told.changes);
    }
}

#[test]
fn neutral_edits_are_no_change_at_all() {
    for pair in pairs::all().into_iter().filter(|pair| pair.name.starts_with("neutral::")) {
        let told = told(&pair.old.descriptor, &pair.new.descriptor, [true, true]);
        let is_neutral = pair.backward == Truth::Reads && pair.forward == Truth::Reads;
        if is_neutral {
            assert!(matches!(told.backward, Answer::Safe), "{}: {told:?}", pair.name);
            assert!(matches!(told.forward, Answer::Safe), "{}: {told:?}", pair.name);
        }
    }
}
