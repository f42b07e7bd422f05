//! How long an answer takes on the largest checkpoints that are asked about, as ratios against the least that the
//! program does: `cargo bench --profile dev -p checkpoint-tests --bench diff`. The profile is that in which
//! `cargo xtask` runs; leave it out for an optimized tool.
//!
//! Whole commands; the time is that of the processor, which other programs lengthen least.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use checkpoint_schema::registry;
use checkpoint_tests::jobs_over_time;
use checkpoint_tests::processor::of_children;
use serde_json::{Value, json};
use tempfile::TempDir;

const RUNS: u32 = 9;

fn main() -> ExitCode {
    // The tool of a wide type is this program.
    match env::var(WIDE).as_deref() {
        Ok("texts") => return checkpoint_xtask::main(&registry![texts::Wide]),
        Ok("numbers") => return checkpoint_xtask::main(&registry![numbers::Wide]),
        _ => {}
    }
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, schema: &Value| {
        fs::write(folder.path().join(name), schema.to_string()).expect("a file");
    };
    run(&folder, &["export"]);
    run(&folder, &["lock"]);
    let floor = mean(&folder, &["rules"]);
    println!("start of the program, and nothing more: {} ms", floor.as_millis());

    let half = |at: usize| at == 250;
    write("fields-old.json", &fields(500, |_| "string", Required::None));
    write("fields-new.json", &fields(500, |at| if half(at) { "integer" } else { "string" }, Required::None));
    write("all-new.json", &fields(500, |_| "integer", Required::None));
    write("required-old.json", &fields(500, |_| "string", Required::All));
    write("required-new.json", &fields(500, |_| "integer", Required::All));
    write("tree-old.json", &tree("integer"));
    write("tree-new.json", &tree("string"));
    for (what, old, new) in [
        ("500 fields, one of another type", "fields-old.json", "fields-new.json"),
        ("500 fields, none changed", "fields-old.json", "fields-old.json"),
        ("500 fields, all of another type", "fields-old.json", "all-new.json"),
        ("500 required fields, all of another type", "required-old.json", "required-new.json"),
        ("500 fields, all of another type and all required now", "fields-old.json", "required-new.json"),
        (
            "a type of three that recur in each other, one field of another type",
            "tree-old.json",
            "tree-new.json",
        ),
    ] {
        report(what, mean(&folder, &["diff", old, new]), floor);
    }
    let wide = Tool { program: env::current_exe().expect("this program"), variable: WIDE, schemas: "wide" };
    wide.run(&folder, "texts", &["lock"]);
    report("500 fields of a struct, all of another type", wide.mean(&folder, "numbers", &["diff"]), floor);
    report("500 fields of a struct, none changed", wide.mean(&folder, "texts", &["diff"]), floor);
    revisions(&folder, 50);
    report("50 kept revisions against the type", mean(&folder, &["diff"]), floor);
    ExitCode::SUCCESS
}

fn report(what: &str, took: Duration, floor: Duration) {
    println!("{what}: {} ms, {:.1} × the floor", took.as_millis(), took.as_secs_f64() / floor.as_secs_f64());
}

/// Which keys must be there.
#[derive(Clone, Copy, PartialEq)]
enum Required {
    None,
    All,
}

/// A contract with so many fields, each of its kind; those that may be missing may be `null`, too.
fn fields(count: usize, kind: impl Fn(usize) -> &'static str, required: Required) -> Value {
    let names = || (0..count).map(|number| format!("f{number}"));
    let field = |number: usize| match required {
        Required::None => json!({"type": [kind(number), "null"]}),
        Required::All => json!({"type": kind(number)}),
    };
    let properties: serde_json::Map<_, _> = names().zip((0..count).map(field)).collect();
    let required: Vec<String> = names().filter(|_| required == Required::All).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// The environment variable that tells which wide type is meant.
const WIDE: &str = "CHECKPOINT_BENCH_WIDE";

/// A checkpoint with 500 fields of one type.
macro_rules! wide {
    ($time:ident, $kind:ty, $($name:ident)*) => {
        mod $time {
            use checkpoint_schema::Checkpoint;
            use serde::{Deserialize, Serialize};

            #[derive(Serialize, Deserialize, Checkpoint)]
            #[checkpoint(job = "wide", version = 1)]
            pub(super) struct Wide { $(
                /// One of many.
                pub(super) $name: $kind,
            )* }
        }
    };
}

/// Its fields by name: a macro makes none.
macro_rules! of_500 {
    ($time:ident, $kind:ty) => {
        wide! { $time, $kind,
            f000 f001 f002 f003 f004 f005 f006 f007 f008 f009 f010 f011 f012 f013 f014 f015 f016 f017
            f018 f019 f020 f021 f022 f023 f024 f025 f026 f027 f028 f029 f030 f031 f032 f033 f034 f035
            f036 f037 f038 f039 f040 f041 f042 f043 f044 f045 f046 f047 f048 f049 f050 f051 f052 f053
            f054 f055 f056 f057 f058 f059 f060 f061 f062 f063 f064 f065 f066 f067 f068 f069 f070 f071
            f072 f073 f074 f075 f076 f077 f078 f079 f080 f081 f082 f083 f084 f085 f086 f087 f088 f089
            f090 f091 f092 f093 f094 f095 f096 f097 f098 f099 f100 f101 f102 f103 f104 f105 f106 f107
            f108 f109 f110 f111 f112 f113 f114 f115 f116 f117 f118 f119 f120 f121 f122 f123 f124 f125
            f126 f127 f128 f129 f130 f131 f132 f133 f134 f135 f136 f137 f138 f139 f140 f141 f142 f143
            f144 f145 f146 f147 f148 f149 f150 f151 f152 f153 f154 f155 f156 f157 f158 f159 f160 f161
            f162 f163 f164 f165 f166 f167 f168 f169 f170 f171 f172 f173 f174 f175 f176 f177 f178 f179
            f180 f181 f182 f183 f184 f185 f186 f187 f188 f189 f190 f191 f192 f193 f194 f195 f196 f197
            f198 f199 f200 f201 f202 f203 f204 f205 f206 f207 f208 f209 f210 f211 f212 f213 f214 f215
            f216 f217 f218 f219 f220 f221 f222 f223 f224 f225 f226 f227 f228 f229 f230 f231 f232 f233
            f234 f235 f236 f237 f238 f239 f240 f241 f242 f243 f244 f245 f246 f247 f248 f249 f250 f251
            f252 f253 f254 f255 f256 f257 f258 f259 f260 f261 f262 f263 f264 f265 f266 f267 f268 f269
            f270 f271 f272 f273 f274 f275 f276 f277 f278 f279 f280 f281 f282 f283 f284 f285 f286 f287
            f288 f289 f290 f291 f292 f293 f294 f295 f296 f297 f298 f299 f300 f301 f302 f303 f304 f305
            f306 f307 f308 f309 f310 f311 f312 f313 f314 f315 f316 f317 f318 f319 f320 f321 f322 f323
            f324 f325 f326 f327 f328 f329 f330 f331 f332 f333 f334 f335 f336 f337 f338 f339 f340 f341
            f342 f343 f344 f345 f346 f347 f348 f349 f350 f351 f352 f353 f354 f355 f356 f357 f358 f359
            f360 f361 f362 f363 f364 f365 f366 f367 f368 f369 f370 f371 f372 f373 f374 f375 f376 f377
            f378 f379 f380 f381 f382 f383 f384 f385 f386 f387 f388 f389 f390 f391 f392 f393 f394 f395
            f396 f397 f398 f399 f400 f401 f402 f403 f404 f405 f406 f407 f408 f409 f410 f411 f412 f413
            f414 f415 f416 f417 f418 f419 f420 f421 f422 f423 f424 f425 f426 f427 f428 f429 f430 f431
            f432 f433 f434 f435 f436 f437 f438 f439 f440 f441 f442 f443 f444 f445 f446 f447 f448 f449
            f450 f451 f452 f453 f454 f455 f456 f457 f458 f459 f460 f461 f462 f463 f464 f465 f466 f467
            f468 f469 f470 f471 f472 f473 f474 f475 f476 f477 f478 f479 f480 f481 f482 f483 f484 f485
            f486 f487 f488 f489 f490 f491 f492 f493 f494 f495 f496 f497 f498 f499
        }
    };
}

of_500!(texts, String);
of_500!(numbers, i64);

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

/// A program with the commands of the tool, on types that a variable names.
struct Tool {
    program: PathBuf,
    variable: &'static str,
    schemas: &'static str,
}

fn tool() -> Tool {
    Tool {
        program: env!("CARGO_BIN_EXE_tool").into(),
        variable: jobs_over_time::VARIABLE,
        schemas: "schemas",
    }
}

fn mean(folder: &TempDir, args: &[&str]) -> Duration {
    tool().mean(folder, "first", args)
}

fn run(folder: &TempDir, args: &[&str]) {
    tool().run(folder, "first", args);
}

impl Tool {
    /// The mean of several runs: the processor's time where the system tells it, in hundredths of a second.
    fn mean(&self, folder: &TempDir, time: &str, args: &[&str]) -> Duration {
        let (began, processor) = (Instant::now(), of_children());
        for _ in 0..RUNS {
            self.run(folder, time, args);
        }
        let took = match (processor, of_children()) {
            (Some(before), Some(after)) => after - before,
            _ => began.elapsed(),
        };
        took / RUNS
    }

    /// Runs the tool, which must answer: findings or none.
    fn run(&self, folder: &TempDir, time: &str, args: &[&str]) {
        let mut command = Command::new(&self.program);
        command.env(self.variable, time).current_dir(folder.path()).args(args);
        if args != ["rules"] {
            command.args(["--schemas", self.schemas]);
        }
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the tool");
        assert!(matches!(status.code(), Some(0 | 1)), "{args:?}: {status}");
    }
}
