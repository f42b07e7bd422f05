//! How long an answer takes on the largest checkpoints that are asked about, as ratios against the least that the
//! program does: `cargo bench --profile dev -p checkpoint-tests --bench diff`. The profile is that in which
//! `cargo xtask` runs; leave it out for an optimized tool.
//!
//! Whole commands; the time is that of the processor, which other programs lengthen least.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use checkpoint_tests::jobs_over_time;
use checkpoint_tests::processor::of_children;
use serde_json::{Value, json};
use tempfile::TempDir;

mod wide;

const RUNS: u32 = 9;

fn main() -> ExitCode {
    // The tool of a wide type is this program.
    if let Ok(time) = env::var(WIDE) {
        return wide::tool(&time);
    }
    let folder = TempDir::new().expect("a folder");
    run(&folder, &["export"]);
    run(&folder, &["lock"]);
    let floor = mean(&folder, &["rules"]).processor;
    println!("start of the program, and nothing more: {} ms", floor.as_millis());
    schemas(&folder, floor);
    types(&folder, floor);
    revisions(&folder.path().join("schemas/lock/drift-v1.json"), 50);
    report("50 kept revisions against the type", mean(&folder, &["diff"]), floor);
    ExitCode::SUCCESS
}

/// Two schemas, and no code.
fn schemas(folder: &TempDir, floor: Duration) {
    let half = |at: usize| at == 250;
    let texts = || fields(500, |_| json!("string"), Required::None);
    let numbers = || fields(500, |_| json!("integer"), Required::None);
    let required = || fields(500, |_| json!("string"), Required::All);
    let none = || fields(0, |_| json!("string"), Required::None);
    let one_other = || fields(500, |at| json!(if half(at) { "integer" } else { "string" }), Required::None);
    for (what, old, new) in [
        ("500 fields, one of another type", texts(), one_other()),
        ("500 fields, none changed", texts(), texts()),
        ("500 fields, all of another type", texts(), numbers()),
        ("500 fields, all removed", texts(), none()),
        ("500 fields, all required now", texts(), required()),
        (
            "500 required fields, all of another type",
            required(),
            fields(500, |_| json!("integer"), Required::All),
        ),
        (
            "500 fields, all of another type and all required now",
            texts(),
            fields(500, |_| json!("integer"), Required::All),
        ),
        ("500 fields, all renamed", named("field_a", texts()), named("field_b", texts())),
        ("500 required fields, all renamed", named("field_a", required()), named("field_b", required())),
        (
            "500 required fields, all removed and as many others added",
            named("a", required()),
            named("zz", required()),
        ),
        ("500 defaults, all changed", defaults("a"), defaults("b")),
        ("500 enums, each with a name more", enums(&["one", "two"]), enums(&["one", "two", "three"])),
        ("500 enums, each with another name", enums(&["one", "two"]), enums(&["one", "three"])),
        (
            "500 objects of one kind, one field of which is of another type",
            objects("integer"),
            objects("string"),
        ),
        (
            "a type of three that recur in each other, one field of another type",
            tree("integer", 1),
            tree("string", 1),
        ),
        ("500 fields of such a type", tree("integer", 500), tree("string", 500)),
    ] {
        let write = |name: &str, schema: Value| {
            fs::write(folder.path().join(name), schema.to_string()).expect("a file");
        };
        write("old.json", old);
        write("new.json", new);
        report(what, mean(folder, &["diff", "old.json", "new.json"]), floor);
    }
}

/// A type of so many fields, whose code is executed, against its lock.
fn types(folder: &TempDir, floor: Duration) {
    for (number, (what, old, new)) in [
        ("all of another type", "texts", "numbers"),
        ("none changed", "texts", "texts"),
        ("all removed", "texts", "nothing"),
        ("all added", "nothing", "texts"),
        ("all required now", "options", "texts"),
        ("all optional now", "texts", "options"),
        ("all renamed", "texts", "renamed"),
        ("half of them renamed", "texts", "half_renamed"),
        ("each an enum with a name more", "enums", "more_names"),
        ("each an enum with another name", "enums", "other_names"),
        ("each a type that recurs in itself, a field of which is of another type", "trees", "other_trees"),
    ]
    .into_iter()
    .enumerate()
    {
        let wide = Tool {
            program: env::current_exe().expect("this program"),
            variable: WIDE,
            schemas: format!("wide{number}"),
        };
        wide.run(folder, old, &["lock"]);
        report(&format!("500 fields of a struct, {what}"), wide.mean(folder, new, &["diff"]), floor);
        if what == "none changed" {
            revisions(&folder.path().join(format!("wide{number}/lock/wide-v1.json")), 50);
            report("50 kept revisions of a struct of 500 fields", wide.mean(folder, new, &["diff"]), floor);
        }
    }
}

fn report(what: &str, took: Took, floor: Duration) {
    let Took { processor, wall } = took;
    let times = processor.as_secs_f64() / floor.as_secs_f64();
    println!(
        "{what}: {} ms, {times:.1} × the floor; {} ms by the clock",
        processor.as_millis(),
        wall.as_millis()
    );
}

/// The environment variable that tells which wide type is meant.
const WIDE: &str = "CHECKPOINT_BENCH_WIDE";

/// Which keys must be there.
#[derive(Clone, Copy, PartialEq)]
enum Required {
    None,
    All,
}

/// A contract with so many fields, each of its kind; those that may be missing may be `null`, too.
fn fields(count: usize, kind: impl Fn(usize) -> Value, required: Required) -> Value {
    let names = || (0..count).map(|number| format!("f{number}"));
    let field = |number: usize| match required {
        Required::None => json!({"type": [kind(number), "null"]}),
        Required::All => json!({"type": kind(number)}),
    };
    let properties: serde_json::Map<_, _> = names().zip((0..count).map(field)).collect();
    let required: Vec<String> = names().filter(|_| required == Required::All).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// The same contract, its fields' names beginning otherwise.
fn named(beginning: &str, contract: Value) -> Value {
    let text = contract.to_string().replace("\"f", &format!("\"{beginning}_"));
    serde_json::from_str(&text).expect("a contract")
}

/// A contract with 500 fields, each of which is this text where it is missing.
fn defaults(text: &str) -> Value {
    each(|_| json!({"type": "string", "default": text}))
}

/// A contract with 500 fields, each one of these names.
fn enums(names: &[&str]) -> Value {
    each(|_| json!({"enum": names}))
}

/// A contract with 500 fields, each an object with a field of that kind.
fn objects(kind: &str) -> Value {
    each(
        |_| json!({"type": "object", "properties": {"a": {"type": kind}, "b": {"type": "string"}}, "required": ["a"]}),
    )
}

fn each(field: impl Fn(usize) -> Value) -> Value {
    let properties: serde_json::Map<_, _> =
        (0..500).map(|number| (format!("f{number}"), field(number))).collect();
    json!({"type": "object", "properties": properties})
}

/// Objects that hold each other, in lists, maps and choices, under so many fields.
fn tree(kind: &str, fields: usize) -> Value {
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
    let mut contract = match fields {
        1 => json!({"$ref": "#/$defs/A"}),
        _ => each(|_| json!({"$ref": "#/$defs/A"})),
    };
    let definitions = json!({
        "A": node("B", json!({"type": "integer"})),
        "B": node("C", json!({"type": kind})),
        "C": node("A", json!({"type": "boolean"})),
    });
    contract["$defs"] = definitions;
    contract
}

/// Has the lock keep so many revisions, each with a field of its own.
fn revisions(lock_file: &Path, count: u64) {
    let mut lock: Value = serde_json::from_slice(&fs::read(lock_file).expect("a lock")).expect("JSON");
    let first = lock["revisions"][0].clone();
    for number in 2..=count {
        let mut revision = first.clone();
        revision["revision"] = number.into();
        for contract in ["read", "write"] {
            revision[contract]["properties"][format!("old{number}")] = json!({"type": ["string", "null"]});
        }
        lock["revisions"].as_array_mut().expect("revisions").push(revision);
    }
    fs::write(lock_file, lock.to_string()).expect("a file");
}

/// How long a command takes.
struct Took {
    /// The processor's time, in hundredths of a second, where the system tells it.
    processor: Duration,
    wall: Duration,
}

/// A program with the commands of the tool, on types that a variable names.
struct Tool {
    program: PathBuf,
    variable: &'static str,
    schemas: String,
}

fn tool() -> Tool {
    Tool {
        program: env!("CARGO_BIN_EXE_tool").into(),
        variable: jobs_over_time::VARIABLE,
        schemas: "schemas".to_owned(),
    }
}

fn mean(folder: &TempDir, args: &[&str]) -> Took {
    tool().mean(folder, "first", args)
}

fn run(folder: &TempDir, args: &[&str]) {
    tool().run(folder, "first", args);
}

impl Tool {
    /// The means of several runs.
    fn mean(&self, folder: &TempDir, time: &str, args: &[&str]) -> Took {
        let (began, processor) = (Instant::now(), of_children());
        for _ in 0..RUNS {
            self.run(folder, time, args);
        }
        let wall = began.elapsed() / RUNS;
        let processor = match (processor, of_children()) {
            (Some(before), Some(after)) => (after - before) / RUNS,
            _ => wall,
        };
        Took { processor, wall }
    }

    /// Runs the tool, which must answer: findings or none.
    fn run(&self, folder: &TempDir, time: &str, args: &[&str]) {
        let mut command = Command::new(&self.program);
        command.env(self.variable, time).current_dir(folder.path()).args(args);
        if args != ["rules"] {
            command.args(["--schemas", self.schemas.as_str()]);
        }
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the tool");
        assert!(matches!(status.code(), Some(0 | 1)), "{args:?}: {status}");
    }
}
