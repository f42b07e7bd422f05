//! A worker crate in another repository: what it must depend on, what it compiles, and that its choice of
//! serde_json features changes no schema.

use std::fs;

use checkpoint_tests::worker::{Worker, root};

#[test]
fn a_worker_needs_serde_and_checkpoint_schema_and_nothing_else() {
    let worker = Worker::new(
        "serde = { version = \"1\", features = [\"derive\"] }\ncheckpoint-schema = { path = \"ROOT/checkpoint-schema\" }",
    )
    .with("src/main.rs", include_str!("../fixtures/worker.rs"));
    assert_eq!(worker.prints(&["run", "--quiet"]), "urn:checkpoint:worker:v2 /cursors/issues/token\n");

    let tree = worker.prints(&["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    println!("{tree}");
    let mut crates: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "worker")
        .collect();
    crates.sort_unstable();
    crates.dedup();
    // serde, serde_json, schemars, serde_path_to_error, smallvec, our two crates, and what those need.
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
            "smallvec",
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
    )
    .with("src/main.rs", include_str!("../fixtures/preserve_order.rs"));
    let printed = worker.prints(&["run", "--quiet"]);
    let exported: String = checkpoint_schemas::registry()
        .iter()
        .map(|d| root().join(format!("schemas/{}-v{}.schema.json", d.job(), d.version())))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(printed, exported);
}

/// Optimised, each crate has the constant of a field for itself.
#[test]
fn one_entry_that_two_crates_change_is_one() {
    let worker = Worker::new(
        "serde = { version = \"1\", features = [\"derive\"] }\n\
         checkpoint-schema = { path = \"ROOT/checkpoint-schema\" }",
    )
    .with("src/lib.rs", include_str!("../fixtures/parts_lib.rs"))
    .with("src/main.rs", include_str!("../fixtures/parts.rs"));
    assert_eq!(worker.prints(&["run", "--quiet", "--release"]), "the same\n");
}
