//! The verdict on every change of the corpus of pairs, held to what serde does.

use checkpoint_tests::pairs::{self, Pair, Truth};
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

#[test]
fn with_both_codes_at_hand_no_break_is_called_safe_and_few_safe_changes_a_break() {
    let verdicts = verdicts([true, true]);
    let of = |worth| listed(&verdicts, worth);
    for worth in [Worth::WrongSafe, Worth::FalseAlarm, Worth::OtherHarm, Worth::Undecided] {
        println!("{worth:?}: {}", of(worth).len());
        for line in of(worth) {
            println!("    {line}");
        }
    }
    println!("{} verdicts", verdicts.len());
    assert!(verdicts.len() >= 240);
    assert_eq!(of(Worth::WrongSafe), [""; 0]);
    assert_eq!(of(Worth::OtherHarm), [""; 0]);
    assert!(of(Worth::FalseAlarm).len() * 20 <= verdicts.len());
}

#[test]
fn by_contracts_alone_no_break_is_called_safe_and_few_safe_changes_a_break() {
    let verdicts = verdicts([false, false]);
    let of = |worth| listed(&verdicts, worth);
    for worth in [Worth::WrongSafe, Worth::FalseAlarm, Worth::OtherHarm, Worth::Undecided] {
        println!("{worth:?}: {}", of(worth).len());
        for line in of(worth) {
            println!("    {line}");
        }
    }
    assert_eq!(of(Worth::WrongSafe), [""; 0]);
    assert!(of(Worth::FalseAlarm).len() * 20 <= verdicts.len());
}
