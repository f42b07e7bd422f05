//! The Node and Python packages that the interop tests need, at the versions that `tests/interop` pins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Programs that must be there already, how to ask whether they are, and their Debian packages.
const PROGRAMS: [(&str, &[&str], &str); 3] = [
    ("node", &["--version"], "nodejs"),
    ("npm", &["--version"], "npm"),
    ("python3", &["-c", "import ensurepip, venv"], "python3 python3-venv"),
];

/// Installs the packages under `target/interop`, unless they are there, and returns that folder.
///
/// # Errors
///
/// What is missing, or could not be installed, in words for people.
pub(crate) fn install() -> Result<PathBuf, String> {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tool.parent().unwrap_or(tool);
    let pinned = root.join("tests/interop");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let dir = absolute(&target.join("interop"))?;

    let missing: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(name, args, _)| !answers(name, args))
        .map(|(.., package)| *package)
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "the interop tests need Node, npm and Python with venv: `apt-get install {}`, or run \
             `cargo test --workspace`, which leaves those tests out",
            missing.join(" ")
        ));
    }

    let mut wanted = String::new();
    for name in ["package.json", "package-lock.json", "requirements.txt"] {
        let path = pinned.join(name);
        wanted += &fs::read_to_string(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
    }
    // Written last, so that a half installed folder is no installed one.
    let stamp = dir.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(dir);
    }

    eprintln!("installing the packages of the interop tests in {}", dir.display());
    let io = |error: std::io::Error| format!("cannot write to {}: {error}", dir.display());
    fs::create_dir_all(&dir).map_err(io)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(pinned.join(name), dir.join(name)).map_err(io)?;
    }
    run(&dir, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    run(&dir, "python3", &["-m", "venv", "--clear", "venv"])?;
    let requirements = absolute(&pinned.join("requirements.txt"))?;
    // All that is needed is listed: with `--no-deps` pip takes nothing else.
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"];
    let requirements = requirements.to_string_lossy();
    run(&dir, "venv/bin/python", &[&pip[..], &[&requirements]].concat())?;
    fs::write(&stamp, wanted).map_err(io)?;
    Ok(dir)
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("cannot find {}: {error}", path.display()))
}

fn answers(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn run(dir: &Path, program: &str, args: &[&str]) -> Result<(), String> {
    let path = if program.contains('/') { dir.join(program) } else { program.into() };
    let status = Command::new(path).args(args).current_dir(dir).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!(
            "`{program} {}` failed: the interop tests take packages from npm and PyPI once, which needs the \
             network; `cargo test --workspace` leaves those tests out",
            args.join(" ")
        )),
        Err(error) => Err(format!("{program} could not be started: {error}")),
    }
}
