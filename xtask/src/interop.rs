//! The Node and Python packages that the interop tests need, at the versions that `tests/interop` pins.

use std::path::PathBuf;

use crate::packages::{NODE, NPM, PYTHON, Packages};

/// Installs the packages under `target/interop`, unless they are there, and returns that folder.
///
/// # Errors
///
/// What is missing, or could not be installed, in words for people.
pub(crate) fn install() -> Result<PathBuf, String> {
    let packages = Packages::of("interop")?;
    packages.need(&[NODE, NPM, PYTHON])?;
    packages.once(&["package.json", "package-lock.json", "requirements.txt"], || {
        packages.npm()?;
        packages.run("python3", &["-m", "venv", "--clear", "venv"])?;
        // All that is needed is listed: with `--no-deps` pip takes nothing else.
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"];
        let requirements = packages.pinned("requirements.txt");
        packages.run("venv/bin/python", &[&pip[..], &[&requirements.to_string_lossy()]].concat())
    })?;
    Ok(packages.dir().to_owned())
}
