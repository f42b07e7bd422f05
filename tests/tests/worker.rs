//! A worker crate in another repository: what it must depend on, what it compiles, and that its choice of
//! serde_json features changes no schema.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A crate outside the workspace. The workspace's lock file keeps cargo to the versions it already has.
struct Worker(TempDir);

impl Worker {
    fn new(dependencies: &str, main: &str) -> Self {
        let worker = Self(TempDir::new().unwrap());
        let dir = worker.0.path();
        fs::create_dir(dir.join("src")).unwrap();
        fs::write(dir.join("src/main.rs"), main).unwrap();
        fs::copy(root().join("Cargo.lock"), dir.join("Cargo.lock")).unwrap();
        let manifest = format!(
            "[package]\nname = \"worker\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
        );
        fs::write(dir.join("Cargo.toml"), manifest.replace("ROOT", &root().display().to_string())).unwrap();
        worker
    }

    /// Runs cargo in the worker's folder and returns what it prints.
    fn cargo(&self, args: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .args(args)
            .arg("--offline")
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", root().join("target/worker"))
            // What cargo sets for this test is not meant for the worker's build.
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        assert!(output.status.success(), "cargo {args:?}:\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn a_worker_needs_serde_and_checkpoint_schema_and_nothing_else() {
    let worker = Worker::new(
        "serde = { version = \"1\", features = [\"derive\"] }\ncheckpoint-schema = { path = \"ROOT/checkpoint-schema\" }",
        include_str!("../fixtures/worker.rs"),
    );
    assert_eq!(worker.cargo(&["run", "--quiet"]), "urn:checkpoint:worker:v2 /cursors/issues/token\n");

    let tree = worker.cargo(&["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    println!("{tree}");
    let mut crates: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "worker")
        .collect();
    crates.sort_unstable();
    crates.dedup();
    // serde, serde_json, schemars, serde_path_to_error, our two crates, and what those need.
    assert_eq!(
        crates,
        [
            "checkpoint-derive",
            "checkpoint-schema",
            "dyn-clone",
            "itoa",
            "memchr",
            "proc-macro2",
            "quote",
            "ref-cast",
            "ref-cast-impl",
            "schemars",
            "schemars_derive",
            "serde",
            "serde_core",
            "serde_derive",
            "serde_derive_internals",
            "serde_json",
            "serde_path_to_error",
            "syn",
            "unicode-ident",
            "zmij",
        ]
    );
}

#[test]
fn a_schema_has_the_same_bytes_whatever_features_serde_json_has() {
    let worker = Worker::new(
        "serde_json = { version = \"1\", features = [\"preserve_order\"] }\n\
         checkpoint-schema = { path = \"ROOT/checkpoint-schema\" }\n\
         checkpoint-schemas = { path = \"ROOT/schemas\" }",
        include_str!("../fixtures/preserve_order.rs"),
    );
    let printed = worker.cargo(&["run", "--quiet"]);
    let exported: String = checkpoint_schemas::registry()
        .iter()
        .map(|d| root().join(format!("schemas/{}-v{}.schema.json", d.job(), d.version())))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(printed, exported);
}
