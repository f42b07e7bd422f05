//! Who runs a server: PostgreSQL refuses to be run by root.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Accounts without privileges, the best first; initdb wants one that has a name.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// The account of a server and its files.
pub(super) enum Account {
    /// The one that runs the tests.
    Ours,
    /// Another, because the tests are run by root.
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// The account for the servers of this process, which has just created the folder `ours`.
    pub(super) fn for_servers(ours: &Path) -> Self {
        let owner = fs::metadata(ours).unwrap_or_else(|error| panic!("{}: {error}", ours.display())).uid();
        if owner != 0 {
            return Self::Ours;
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = UNPRIVILEGED.iter().find_map(|name| parse(&accounts, name));
        found.unwrap_or_else(|| {
            panic!("PostgreSQL refuses to be run by root, and /etc/passwd has none of {UNPRIVILEGED:?}")
        })
    }

    /// A program that it runs in `dir`.
    pub(super) fn command(&self, program: impl AsRef<OsStr>, dir: &Path) -> Command {
        let mut command = Command::new(program);
        if let Self::Other { uid, gid } = self {
            command.uid(*uid).gid(*gid);
        }
        // Not in the folder of the tests: it may be closed to the account.
        command.current_dir(dir);
        command
    }

    /// Makes a file, folder or link its own.
    pub(super) fn give(&self, path: &Path) {
        if let Self::Other { uid, gid } = self {
            let given = lchown(path, Some(*uid), Some(*gid));
            given.unwrap_or_else(|error| panic!("cannot give {} away: {error}", path.display()));
        }
    }
}

/// The account `name` in a text like that of `/etc/passwd`.
fn parse(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| match line.split(':').collect::<Vec<_>>()[..] {
        [found, _, uid, gid, ..] if found == name => {
            Some(Account::Other { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
        }
        _ => None,
    })
}
