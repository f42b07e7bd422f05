//! Packages that tests need and Rust does not have: pinned in a folder of `tests`, installed once in the
//! folder of the same name under `target`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that must be there already.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// How to ask whether it is there.
    pub(crate) probe: &'static [&'static str],
    /// What has it on Debian.
    pub(crate) debian: &'static str,
}

pub(crate) const NODE: Program = Program { name: "node", probe: &["--version"], debian: "nodejs" };
pub(crate) const NPM: Program = Program { name: "npm", probe: &["--version"], debian: "npm" };
pub(crate) const PYTHON: Program =
    Program { name: "python3", probe: &["-c", "import ensurepip, venv"], debian: "python3 python3-venv" };

/// Pinned packages, and where they go.
pub(crate) struct Packages {
    /// The tests that need them, and of all the two folders.
    tests: &'static str,
    pinned: PathBuf,
    dir: PathBuf,
}

impl Packages {
    /// Those that `tests/<tests>` pins.
    pub(crate) fn of(tests: &'static str) -> Result<Self, String> {
        let tool = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = tool.parent().unwrap_or(tool);
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let pinned = absolute(&root.join("tests").join(tests))?;
        Ok(Self { tests, pinned, dir: absolute(&target.join(tests))? })
    }

    /// The folder that they are installed in.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A file that pins some of them.
    pub(crate) fn pinned(&self, file: &str) -> PathBuf {
        self.pinned.join(file)
    }

    /// Fails unless these programs are there.
    pub(crate) fn need(&self, programs: &[Program]) -> Result<(), String> {
        let missing = programs.iter().filter(|program| !answers(program));
        let missing: Vec<&str> = missing.map(|program| program.debian).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!(
            "the {} tests need `apt-get install {}`, or run `cargo test --workspace`, which leaves those tests out",
            self.tests,
            missing.join(" ")
        ))
    }

    /// Runs `install`, unless it has been run for what these files pin now.
    pub(crate) fn once(
        &self,
        files: &[&str],
        install: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        let mut wanted = String::new();
        for file in files {
            let path = self.pinned(file);
            wanted += &fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
        }
        // Written last, so that a half installed folder is no installed one.
        let stamp = self.dir.join("installed");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        eprintln!("installing the packages of the {} tests in {}", self.tests, self.dir.display());
        fs::create_dir_all(&self.dir).map_err(|error| cannot("create", &self.dir, &error))?;
        install()?;
        fs::write(&stamp, wanted).map_err(|error| cannot("write", &stamp, &error))
    }

    /// Installs what `package-lock.json` pins. No package's own script is run.
    pub(crate) fn npm(&self) -> Result<(), String> {
        for file in ["package.json", "package-lock.json"] {
            let copy = self.dir.join(file);
            fs::copy(self.pinned(file), &copy).map_err(|error| cannot("write", &copy, &error))?;
        }
        self.run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    }

    /// Runs a program in the folder; one with a `/` in its name is one of the folder's own.
    pub(crate) fn run(&self, program: &str, args: &[&str]) -> Result<(), String> {
        // An absolute path stays what it is.
        let path = if program.contains('/') { self.dir.join(program) } else { program.into() };
        let status = Command::new(path).args(args).current_dir(&self.dir).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!(
                "`{program} {}` failed: the {} tests take packages from npm or PyPI once, which needs the \
                 network; `cargo test --workspace` leaves those tests out",
                args.join(" "),
                self.tests
            )),
            Err(error) => Err(format!("{program} could not be started: {error}")),
        }
    }
}

/// The system refuses to `what` the file or folder at `path`.
pub(crate) fn cannot(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| cannot("find", path, &error))
}

fn answers(program: &Program) -> bool {
    let mut command = Command::new(program.name);
    command.args(program.probe).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
