//! How long an answer takes on the largest checkpoints that are asked about, as ratios against the least that the
//! program does: `cargo bench --profile dev -p checkpoint-tests --bench diff`. The profile is that in which
//! `cargo xtask` runs; leave it out for an optimized tool.
//!
//! Whole commands; the time is that of the processor, which other programs lengthen least.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use checkpoint_tests::jobs_over_time;
use checkpoint_tests::processor::of_children;
use serde_json::{Value, json};
use tempfile::TempDir;

const RUNS: u32 = 9;

fn main() {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, schema: &Value| {
        fs::write(folder.path().join(name), schema.to_string()).expect("a file");
    };
    run(&folder, &["export"]);
    run(&folder, &["lock"]);
    let floor = mean(&folder, &["rules"]);
    println!("start of the program, and nothing more: {} ms", floor.as_millis());

    write("fields-old.json", &fields(500, "string"));
    write("fields-new.json", &fields(500, "integer"));
    write("tree-old.json", &tree("integer"));
    write("tree-new.json", &tree("string"));
    for (what, old, new) in [
        ("500 fields, one of another type", "fields-old.json", "fields-new.json"),
        ("500 fields, none changed", "fields-old.json", "fields-old.json"),
        (
            "a type of three that recur in each other, one field of another type",
            "tree-old.json",
            "tree-new.json",
        ),
    ] {
        report(what, mean(&folder, &["diff", old, new]), floor);
    }
    revisions(&folder, 50);
    report("50 kept revisions against the type", mean(&folder, &["diff"]), floor);
}

fn report(what: &str, took: Duration, floor: Duration) {
    println!("{what}: {} ms, {:.1} × the floor", took.as_millis(), took.as_secs_f64() / floor.as_secs_f64());
}

/// A contract with so many fields, of which one has the type `kind`.
fn fields(count: usize, kind: &str) -> Value {
    let field = |number: usize| {
        let kind = if number == count / 2 { kind } else { "string" };
        (format!("f{number}"), json!({"type": [kind, "null"]}))
    };
    json!({"type": "object", "properties": (0..count).map(field).collect::<serde_json::Map<_, _>>()})
}

/// Objects that hold each other, in lists, maps and choices.
fn tree(kind: &str) -> Value {
    let node = |next: &str, more: Value| {
        let next = json!({"$ref": format!("#/$defs/{next}")});
        json!({
            "type": "object",
            "properties": {
                "value": more,
                "one": {"anyOf": [next, {"type": "null"}]},
                "many": {"type": "array", "items": next},
                "named": {"type": "object", "additionalProperties": next},
            },
            "required": ["value"],
        })
    };
    json!({"$ref": "#/$defs/A", "$defs": {
        "A": node("B", json!({"type": "integer"})),
        "B": node("C", json!({"type": kind})),
        "C": node("A", json!({"type": "boolean"})),
    }})
}

/// Has the lock keep so many revisions, each with a field of its own.
fn revisions(folder: &TempDir, count: u64) {
    let path = folder.path().join("schemas/lock/drift-v1.json");
    let mut lock: Value = serde_json::from_slice(&fs::read(&path).expect("a lock")).expect("JSON");
    let first = lock["revisions"][0].clone();
    for number in 2..=count {
        let mut revision = first.clone();
        revision["revision"] = number.into();
        for contract in ["read", "write"] {
            revision[contract]["properties"][format!("old{number}")] = json!({"type": ["string", "null"]});
        }
        lock["revisions"].as_array_mut().expect("revisions").push(revision);
    }
    fs::write(path, lock.to_string()).expect("a file");
}

/// The mean of several runs: the processor's time where the system tells it, in hundredths of a second.
fn mean(folder: &TempDir, args: &[&str]) -> Duration {
    let (began, processor) = (Instant::now(), of_children());
    for _ in 0..RUNS {
        run(folder, args);
    }
    let took = match (processor, of_children()) {
        (Some(before), Some(after)) => after - before,
        _ => began.elapsed(),
    };
    took / RUNS
}

/// Runs the tool, which must answer: findings or none.
fn run(folder: &TempDir, args: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
    command.env(jobs_over_time::VARIABLE, "first").current_dir(folder.path()).args(args);
    if args != ["rules"] {
        command.args(["--schemas", "schemas"]);
    }
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the tool");
    assert!(matches!(status.code(), Some(0 | 1)), "{args:?}: {status}");
}
