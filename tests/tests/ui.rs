//! What the derive refuses, and the words in which it does: one `tests/ui/<fault>.rs` a fault, with the
//! compiler's whole output beside it. `tests/ui/pass/` holds what must not be refused.
//!
//! After a change of words: `TRYBUILD=overwrite cargo test -p checkpoint-tests --test ui`, and read the diff.

#[test]
fn every_fault_is_told_with_its_mend() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*.rs");
    cases.pass("ui/pass/*.rs");
}
