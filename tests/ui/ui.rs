//! What the derive refuses, and the words in which it does: one `refused/<fault>.rs` a fault, with the compiler's
//! whole output beside it. `accepted/` holds what must not be refused.
//!
//! After a change of words: `TRYBUILD=overwrite cargo test -p checkpoint-ui`, and read the diff.

// Two runs: cases of which all are refused are compiled at once.

#[test]
fn every_fault_is_told_with_its_mend() {
    trybuild::TestCases::new().compile_fail("refused/*.rs");
}

#[test]
fn what_is_no_fault_is_accepted() {
    trybuild::TestCases::new().pass("accepted/*.rs");
}
