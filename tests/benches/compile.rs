//! What the derive costs a worker's build: `cargo check` of a crate with 100 structs of 20 fields, after its
//! source was touched, above serde's derives alone and beside schemars':
//! `cargo bench --profile dev -p checkpoint-tests --bench compile`; with `-- sqlx` beside sqlx's `FromRow`, too,
//! whose crates are downloaded for it.
//!
//! Where the system tells it (Linux), the processor's time counts, which other programs lengthen least.

use std::fmt::Write;
use std::fs;
use std::time::Instant;

use checkpoint_tests::processor::of_children;
use checkpoint_tests::worker::{Worker, told};

const STRUCTS: usize = 100;
const RUNS: usize = 9;

/// Twenty fields of the types that checkpoints have, with the attributes that serde knows.
const FIELDS: [(&str, &str); 20] = [
    ("", "last_cursor: String"),
    ("#[serde(default)]", "batch_number: u32"),
    ("#[serde(default)]", "total_processed: u64"),
    ("#[serde(default)]", "recovery_mode: bool"),
    ("", "last_error: Option<String>"),
    ("#[serde(default)]", "repositories_processed: Vec<String>"),
    ("#[serde(default)]", "cursors: BTreeMap<String, String>"),
    ("#[serde(default)]", "counts: BTreeMap<String, u64>"),
    ("", "share: f64"),
    ("", "page: i64"),
    ("#[serde(default)]", "page_size: u16"),
    ("#[serde(alias = \"organisation\")]", "organization: String"),
    ("#[serde(skip_serializing_if = \"Option::is_none\")]", "since: Option<i64>"),
    ("", "until: Option<i64>"),
    ("", "etag: Option<String>"),
    ("#[serde(default)]", "failed: Vec<u64>"),
    ("#[serde(rename = \"rateLimit\")]", "rate_limit: u32"),
    ("", "started_by: String"),
    ("#[serde(default)]", "attempts: u8"),
    ("", "complete: bool"),
];

struct Variant {
    name: &'static str,
    dependencies: &'static str,
    /// Beside serde's two.
    derive: &'static str,
    attribute: &'static str,
}

const VARIANTS: [Variant; 3] = [
    Variant { name: "serde", dependencies: "", derive: "", attribute: "" },
    Variant {
        name: "serde and Checkpoint",
        dependencies: "checkpoint-schema = { path = \"ROOT/checkpoint-schema\" }",
        derive: ", checkpoint_schema::Checkpoint",
        attribute: "#[checkpoint(job = \"job_{at}\", version = 1)]",
    },
    Variant {
        name: "serde and schemars",
        dependencies: "schemars = { version = \"~1.2\", default-features = false, features = [\"derive\", \"std\"] }",
        derive: ", schemars::JsonSchema",
        attribute: "",
    },
];

const SQLX: Variant = Variant {
    name: "serde and sqlx",
    dependencies: "sqlx = { version = \"=0.8.6\", default-features = false, features = [\"derive\", \"postgres\"] }",
    derive: ", sqlx::FromRow",
    attribute: "",
};

fn main() {
    let mut variants = Vec::from(VARIANTS);
    let with_sqlx = std::env::args().any(|arg| arg == "sqlx");
    if with_sqlx {
        variants.push(SQLX);
    }
    let workers: Vec<Worker> = variants.iter().map(worker).collect();
    for (worker, variant) in workers.iter().zip(&variants) {
        // Everything that the crate depends on; sqlx may have to be fetched.
        let mut command = worker.cargo(&["check", "--quiet"]);
        if variant.name == SQLX.name {
            command.env("CARGO_NET_OFFLINE", "false");
        }
        let output = command.output().expect("cargo starts");
        assert!(output.status.success(), "{}:\n{}", variant.name, told(&output));
    }
    let mut times = vec![Vec::new(); workers.len()];
    for run in 0..RUNS {
        for (worker, times) in workers.iter().zip(&mut times) {
            times.push(touched(worker, run));
        }
    }
    println!("cargo check of {STRUCTS} structs of {} fields, medians of {RUNS} runs in turn", FIELDS.len());
    for (variant, mine) in variants.iter().zip(&times) {
        let pairs = || mine.iter().zip(&times[0]);
        println!(
            "{}: {:.2} s, {:+.2} s above serde alone, {:.2} × it",
            variant.name,
            median(mine.iter().copied()),
            median(pairs().map(|(mine, serde)| mine - serde)),
            median(pairs().map(|(mine, serde)| mine / serde)),
        );
    }
    println!("the goal of Checkpoint: at most +0.50 s, and less than sqlx");
}

fn worker(variant: &Variant) -> Worker {
    let dependencies = format!(
        "serde = {{ version = \"1\", features = [\"derive\"] }}\n{}\n\n[lib]\npath = \"lib.rs\"",
        variant.dependencies
    );
    Worker::new(&dependencies).with("lib.rs", &source(variant))
}

fn source(variant: &Variant) -> String {
    let mut source = String::from("#![allow(dead_code)]\nuse std::collections::BTreeMap;\n");
    for at in 0..STRUCTS {
        let attribute = variant.attribute.replace("{at}", &at.to_string());
        let _ = write!(
            source,
            "\n/// Recovery state of job {at}.\n#[derive(serde::Serialize, serde::Deserialize{})]\n{attribute}\n\
             pub struct Job{at}Checkpoint {{\n",
            variant.derive
        );
        for (attribute, field) in FIELDS {
            let _ = writeln!(source, "    /// Part of the state.\n    {attribute}\n    pub {field},");
        }
        source.push_str("}\n");
    }
    source
}

/// The seconds of `cargo check`, once the source is another.
fn touched(worker: &Worker, run: usize) -> f64 {
    let path = worker.path("lib.rs");
    let mut source = fs::read_to_string(&path).expect("the source");
    let _ = writeln!(source, "// run {run}");
    fs::write(&path, source).expect("the source");
    let (start, processor) = (Instant::now(), of_children());
    let output = worker.cargo(&["check", "--quiet"]).output().expect("cargo starts");
    assert!(output.status.success(), "{}", told(&output));
    match (processor, of_children()) {
        (Some(before), Some(after)) => (after - before).as_secs_f64(),
        _ => start.elapsed().as_secs_f64(),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
