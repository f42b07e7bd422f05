//! The data of a new server: made by `initdb` once, then copied.

use std::fs::{self, DirBuilder};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use super::SUPERUSER;
use super::account::Account;
use super::programs::{self, Programs};

/// The same on every machine: not the system's locale. Whoever reaches the socket is let in.
const INITDB: [&str; 7] = [
    "--auth=trust",
    "--username",
    SUPERUSER,
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-instructions",
    "--no-sync",
];

/// Lays the data of a new server into `dir`, which is made.
pub(super) fn lay(programs: &Programs, account: &Account, dir: &Path) {
    let mut hasher = DefaultHasher::new();
    INITDB.hash(&mut hasher);
    let plain = |sign: char| if sign == '.' || sign.is_alphanumeric() { sign } else { '-' };
    let number: String = programs.number().chars().map(plain).collect();
    let template = programs::home().join(format!("templates/{number}-{:016x}", hasher.finish()));
    if !template.is_dir() {
        make(&template, programs, account);
    }
    copy(&template, dir, account);
}

/// Makes the template. Others may be making the same: it appears whole, and the first one stays.
fn make(template: &Path, programs: &Programs, account: &Account) {
    let beside = template.parent().unwrap_or(template);
    fs::create_dir_all(beside).unwrap_or_else(|error| panic!("{}: {error}", beside.display()));
    // Where the account can write.
    let work = tempfile::Builder::new().prefix("checkpoint-initdb-").tempdir_in("/tmp").unwrap();
    account.give(work.path());
    let made = work.path().join("data");
    let mut initdb = account.command(programs.path("initdb"), work.path());
    let output = initdb.args(INITDB).arg("--pgdata").arg(&made).output().unwrap();
    if !output.status.success() {
        panic!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let whole = tempfile::Builder::new().prefix(".new-").tempdir_in(beside).unwrap();
    let copied = whole.path().join("data");
    copy(&made, &copied, &Account::Ours);
    if let Err(error) = fs::rename(&copied, template)
        && !template.is_dir()
    {
        panic!("cannot create {}: {error}", template.display());
    }
}

/// Copies a folder, and gives the copy to `account`.
pub(super) fn copy(from: &Path, to: &Path, account: &Account) {
    let copied = copy_folder(from, to, account);
    copied.unwrap_or_else(|error| panic!("cannot copy {} to {}: {error}", from.display(), to.display()));
}

fn copy_folder(from: &Path, to: &Path, account: &Account) -> io::Result<()> {
    // PostgreSQL refuses data that others may read.
    DirBuilder::new().mode(0o700).create(to)?;
    account.give(to);
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target): (PathBuf, PathBuf) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&source, &target, account)?;
            continue;
        }
        if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
        account.give(&target);
    }
    Ok(())
}
