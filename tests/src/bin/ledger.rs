//! The tool of the newest program of the job `ledger`, for the tests of `migrate`.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkpoint_xtask::main(&checkpoint_tests::ledger::registry())
}
