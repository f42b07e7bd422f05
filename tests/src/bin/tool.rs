//! The tool as another workspace has it: its library, on a registry of one's own. The tests run it.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkpoint_tests::jobs_over_time::tool()
}
