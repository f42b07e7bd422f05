//! What ends a command without a report: exit code 2.

use std::fmt;
use std::path::Path;

/// Why the tool could not do its work.
#[derive(Debug)]
pub(crate) struct CouldNotRun(pub(crate) String);

impl fmt::Display for CouldNotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The system refuses to `what` the file or folder at `path`.
pub(crate) fn cannot(what: &str, path: &Path, error: &std::io::Error) -> CouldNotRun {
    CouldNotRun(format!("cannot {what} {}: {error}", path.display()))
}
