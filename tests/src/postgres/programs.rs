//! Where the programs of PostgreSQL are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Version;
use super::account::Account;
use super::data;
use crate::worker;

/// The folder with `postgres` and `initdb` of one version.
pub(super) struct Programs {
    bin: PathBuf,
    /// Its number, and often who built it: `15.18 (Debian 15.18-0+deb12u1)`.
    number: String,
}

impl Programs {
    /// Those of `version`: where the environment says they are, where `cargo xtask test` has brought them, or
    /// where the system has them. Another version is never taken for it.
    pub(super) fn find(version: Version) -> Self {
        let major = version.major();
        let variable = format!("CHECKPOINT_PG{major}_BIN");
        if let Some(bin) = env::var_os(&variable) {
            let bin = PathBuf::from(bin);
            let named = Self::check(&bin, version);
            return named.unwrap_or_else(|why| panic!("{variable} is {}: {why}", bin.display()));
        }
        let mut tried = String::new();
        for bin in places(version) {
            match Self::check(&bin, version) {
                Ok(programs) => return programs,
                Err(why) => tried += &format!("\n  {}: {why}", bin.display()),
            }
        }
        panic!(
            "this test needs {version}, and it is not on this machine: `cargo xtask test` brings it for Linux on \
             x86-64; or `apt-get install postgresql-{major}` where Debian has that version; or name the folder of \
             its programs in {variable}. Tried:{tried}"
        );
    }

    fn check(bin: &Path, version: Version) -> Result<Self, String> {
        let output = Command::new(bin.join("postgres")).arg("--version").output();
        let output = output.map_err(|error| format!("postgres: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        let answer = String::from_utf8_lossy(&output.stdout);
        let number = answer.trim().trim_start_matches("postgres (PostgreSQL) ");
        if major(number) != Some(version.major()) {
            return Err(format!("this is {number}"));
        }
        if !bin.join("initdb").is_file() {
            return Err("there is no initdb".to_owned());
        }
        Ok(Self { bin: bin.to_owned(), number: number.to_owned() })
    }

    /// The same, where `account` can run them: a checkout in a home folder may be closed to it. Then they are
    /// copied to `dir`.
    pub(super) fn within_reach(self, account: &Account, dir: &Path) -> Self {
        let answers = |programs: &Self| {
            let output = account.command(programs.path("postgres"), dir).arg("--version").output();
            output.is_ok_and(|output| output.status.success())
        };
        if answers(&self) {
            return self;
        }
        // They find their libraries and other files from where they are.
        let whole = self.bin.parent().unwrap_or(&self.bin);
        data::copy(whole, &dir.join("programs"), account);
        let copy = Self { bin: dir.join("programs/bin"), number: self.number };
        assert!(
            answers(&copy),
            "the account of the server cannot run the programs in {}",
            self.bin.display()
        );
        copy
    }

    /// One of them.
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }

    /// The number of their version, and often who built them.
    pub(super) fn number(&self) -> &str {
        &self.number
    }
}

/// The folder under `target` of what `cargo xtask test` brings, and of what is made once.
pub(super) fn home() -> PathBuf {
    match env::var_os("CHECKPOINT_POSTGRES") {
        Some(home) => home.into(),
        None => worker::root().join("target/postgres"),
    }
}

/// Folders that may have the programs, the surest first.
fn places(version: Version) -> Vec<PathBuf> {
    let major = version.major();
    let mut places = Vec::new();
    places.extend(env::var_os("PG_BIN").map(PathBuf::from));
    places.push(home().join(format!("node_modules/postgres-{major}/native/bin")));
    places.push(format!("/usr/lib/postgresql/{major}/bin").into());
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    places.extend(env::split_paths(&path).filter(|folder| folder.join("postgres").is_file()));
    places
}

/// The major version in `18.4`, or in `19beta1`.
fn major(number: &str) -> Option<u32> {
    let end = number.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}
