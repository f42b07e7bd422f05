//! Finished schemas in other languages: the same verdicts, and types that lose no field.
//!
//! `cargo xtask test` installs what this needs and says where, in `CHECKPOINT_INTEROP`. The drivers stand in
//! `tests/interop`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use checkpoint_corpus::subjects::{self, Subject, file_name};
use checkpoint_schema::schema::{Contract, finish, generates_badly};
use checkpoint_tests::documents::{Documents, Run};
use serde_json::{Value, json};

/// Generated documents of each type, beside its samples.
const CASES: usize = 100;

/// Types whose schema does not have every field that serde writes, because schemars was told so.
const TOLD_TO_HIDE: [&str; 1] = ["annotations::ForSchemaOnly"];

/// Types with a field that serde writes and ignores where it reads: it is not in the read contract.
const WRITTEN_ALONE: [&str; 1] = ["presence::Skips"];

/// A field that pydantic writes in another spelling: `http://a` as `http://a/`.
const RESPELT_IN_PYTHON: [(&str, &str); 1] = [("annotations::Validated", "url")];

/// Samples that serde reads and the schema refuses, for a time without an offset: told as a warning.
const WITHOUT_OFFSET: [(&str, usize); 1] = [("jira-v1", 1)];

/// Types of which Python models lose a field; `check` warns of them.
const LOST_IN_PYTHON: [&str; 1] = ["flatten::FlattenedEnums"];

#[test]
fn ajv_and_python_give_the_same_verdict_as_rust() {
    let run = Run::from_environment(CASES);
    eprintln!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    let folder = Folder::new("verdicts");
    let mut cases = Vec::new();
    for subject in subjects::all() {
        let schema = finish(subject.raw(Contract::Read));
        let mut documents: Vec<Value> = subject.samples.iter().chain(&subject.refused).cloned().collect();
        let mut generator = Documents::new(run.seed, &schema, &subject.samples);
        documents.extend((0..run.cases).map(|_| generator.next_document()));
        folder.write(&subject, "schema", &schema);
        folder.write(&subject, "documents", &Value::from(documents.clone()));
        cases.push((subject, schema, documents));
    }
    let ajv = folder.node("ajv.mjs");
    let python = folder.python("verdicts.py");

    let (mut same, mut refused, mut beyond_doubles, mut faults) = (0, 0, 0, Vec::new());
    for (subject, schema, documents) in &cases {
        let rust = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
        let verdicts = [("Ajv", &ajv), ("Python", &python)].map(|(who, verdicts)| {
            let of_all = &verdicts[&file_name(&subject.name)];
            let list = of_all.as_array().unwrap_or_else(|| panic!("{}: {who}: {of_all}", subject.name));
            assert_eq!(list.len(), documents.len(), "{}: {who}", subject.name);
            (who, list)
        });
        for (at, document) in documents.iter().enumerate() {
            let valid = rust.is_valid(document);
            refused += usize::from(!valid);
            for (who, list) in &verdicts {
                if *who == "Ajv" && has_integer_beyond_doubles(document) {
                    beyond_doubles += 1;
                } else if list[at] == valid {
                    same += 1;
                } else {
                    faults
                        .push(format!("{}: Rust says {valid}, {who} {}: {document}", subject.name, list[at]));
                }
            }
        }
    }
    eprintln!(
        "{} types, {same} verdicts the same, {refused} documents refused; {beyond_doubles} left out for Ajv, \
         with integers that JavaScript rounds",
        cases.len()
    );
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
    assert!(refused * 5 > same / 2 && beyond_doubles * 2 < same, "the documents are not near the schemas");
}

/// JavaScript reads numbers as doubles: beyond 2^53 it compares others than stand there.
fn has_integer_beyond_doubles(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.as_f64().is_some_and(|number| number.abs() >= 9_007_199_254_740_992.0)
        }
        Value::Array(array) => array.iter().any(has_integer_beyond_doubles),
        Value::Object(object) => object.values().any(has_integer_beyond_doubles),
        _ => false,
    }
}

#[test]
fn python_models_lose_no_field_and_type_check() {
    for contract in [Contract::Read, Contract::Write] {
        let folder = Folder::new(&format!("python-{contract:?}"));
        let subjects = of_contract(&folder, contract);
        let models = folder.python("models.py");
        let mut faults = Vec::new();
        for (subject, schema) in &subjects {
            let written = &models[&file_name(&subject.name)];
            let Some(written) = written.as_array() else {
                faults.push(format!("{}: {written}", subject.name));
                continue;
            };
            assert_eq!(written.len(), subject.samples.len(), "{}", subject.name);
            for (sample, written) in subject.samples.iter().zip(written) {
                let mut written = written.clone();
                for (_, key) in RESPELT_IN_PYTHON.iter().filter(|(name, _)| *name == subject.name) {
                    assert_ne!(written[key], sample[key], "{} keeps its spelling", subject.name);
                    assert_eq!(written[key].is_string(), sample[key].is_string(), "{}", subject.name);
                    written[key] = sample[key].clone();
                }
                // What serde reads from both is the same: another spelling of a time is none of another time.
                let (before, after) = (subject.read(sample), subject.read(&written));
                let is_lost = before.is_err() || before != after;
                let is_known = [&LOST_IN_PYTHON[..], &TOLD_TO_HIDE].concat().contains(&subject.name.as_str());
                if is_lost != is_known {
                    let lost = if is_lost { "lost" } else { "kept, and said to be lost" };
                    faults.push(format!("{}, {contract:?}: {lost}: {sample} is {written}", subject.name));
                }
            }
            let is_told = !generates_badly(schema).is_empty();
            if LOST_IN_PYTHON.contains(&subject.name.as_str()) && !is_told {
                faults.push(format!("{}: nobody is warned of it", subject.name));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        let mypy = folder.run(&python(), &["-m", "mypy", "--no-incremental", "models"].map(Into::into));
        let errors = mypy.err().unwrap_or_default();
        // The generator writes the default of a nested struct as a dict, which pydantic turns into the model.
        let is_default = |line: &&str| {
            line.ends_with("[assignment]") && line.contains("(expression has type \"dict[")
                || line.starts_with("Found ")
        };
        let errors: Vec<_> = errors.lines().filter(|line| !is_default(line)).collect();
        assert!(errors.is_empty(), "mypy refuses the models:\n{}", errors.join("\n"));
        eprintln!("{contract:?}: {} types", subjects.len());
    }
}

#[test]
fn typescript_types_have_every_field_and_type_check() {
    for contract in [Contract::Read, Contract::Write] {
        let folder = Folder::new(&format!("typescript-{contract:?}"));
        let mut mistyped = 0;
        let subjects = of_contract(&folder, contract);
        for (subject, schema) in &subjects {
            // An object without a key that it must have, and one with a key that it has not.
            let mut wrong = Vec::new();
            let sample = subject.samples.first().and_then(Value::as_object).cloned();
            let is_plain = schema["properties"].is_object() && schema.get("additionalProperties").is_none();
            if let (Some(sample), true) = (sample, is_plain) {
                let mut more = sample.clone();
                more.insert("unknown_to_every_type".to_owned(), json!(1));
                wrong.push(Value::Object(more));
                if let Some(key) = schema["required"][0].as_str() {
                    let mut less = sample;
                    less.remove(key);
                    wrong.push(Value::Object(less));
                }
            }
            mistyped += wrong.len();
            folder.write(subject, "mistyped", &Value::from(wrong));
        }
        let faults = folder.node("typescript.mjs");
        assert_eq!(faults, json!({}));
        let compiler = packages().join("node_modules/typescript/lib/tsc.js");
        let settings = json!({
            "compilerOptions": {"strict": true, "noEmit": true, "types": [], "target": "es2022"},
            "include": ["types"],
        });
        fs::write(folder.0.join("tsconfig.json"), settings.to_string()).unwrap();
        assert_eq!(fs::read_dir(folder.0.join("types")).unwrap().count(), subjects.len());
        let compiled = folder.run("node".as_ref(), &[compiler.into(), "--project".into(), ".".into()]);
        let mut errors = compiled.err().unwrap_or_default();
        let hidden = TOLD_TO_HIDE.iter().chain(WRITTEN_ALONE.iter().filter(|_| contract == Contract::Read));
        for name in hidden {
            // One line an error; each must be there.
            let file = format!("types/{}.ts(", file_name(name));
            let (known, others): (Vec<_>, Vec<_>) = errors.lines().partition(|line| line.starts_with(&file));
            assert!(!known.is_empty(), "{name} hides nothing any more");
            errors = others.join("\n");
        }
        assert!(errors.is_empty(), "{errors}");
        eprintln!("{contract:?}: {} types, {mistyped} mistakes refused", subjects.len());
        assert!(mistyped > 100, "too few");
    }
}

/// Writes the schemas of one contract, and the samples: serde writes those, and reads them.
fn of_contract(folder: &Folder, contract: Contract) -> Vec<(Subject, Value)> {
    let with_schema = |mut subject: Subject| {
        let schema = finish(subject.raw(contract));
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        if contract == Contract::Write {
            // A stored sample may lack what serde writes.
            let written: Vec<_> =
                subject.samples.iter().map(|sample| subject.read(sample).unwrap()).collect();
            subject.samples = written;
        }
        let all = subject.samples.len();
        subject.samples.retain(|sample| validator.is_valid(sample));
        let known = WITHOUT_OFFSET.iter().find(|(name, _)| *name == subject.name);
        let refused = known.filter(|_| contract == Contract::Read).map_or(0, |(_, number)| *number);
        assert_eq!(all - subject.samples.len(), refused, "{}: samples are refused", subject.name);
        folder.write(&subject, "schema", &schema);
        folder.write(&subject, "samples", &Value::from(subject.samples.clone()));
        (subject, schema)
    };
    subjects::all().into_iter().map(with_schema).collect()
}

/// Where the packages are.
fn packages() -> PathBuf {
    let dir = std::env::var_os("CHECKPOINT_INTEROP").map(PathBuf::from);
    dir.expect(
        "CHECKPOINT_INTEROP is not set: `cargo xtask test` installs what these tests need, and sets it",
    )
}

fn python() -> PathBuf {
    packages().join("venv/bin/python")
}

/// A folder of schemas for one test, and what the drivers make of it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = packages().join("work").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, subject: &Subject, kind: &str, value: &Value) {
        let path = self.0.join(format!("{}.{kind}.json", file_name(&subject.name)));
        fs::write(path, value.to_string()).unwrap();
    }

    fn node(&self, driver: &str) -> Value {
        self.drive("node".as_ref(), driver)
    }

    fn python(&self, driver: &str) -> Value {
        self.drive(&python(), driver)
    }

    fn drive(&self, program: &Path, driver: &str) -> Value {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("../interop").join(driver);
        let text = self.run(program, &[driver.into(), self.0.clone().into()]);
        let text = text.unwrap_or_else(|errors| panic!("{errors}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Standard output; on failure both outputs.
    fn run(&self, program: &Path, args: &[OsString]) -> Result<String, String> {
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.0).env("PYTHONDONTWRITEBYTECODE", "1");
        let output = command.output().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if output.status.success() { Ok(out) } else { Err(format!("{out}{err}")) }
    }
}

/// Names of files are made from names of types: two must not be the same.
#[test]
fn every_type_has_a_file_of_its_own() {
    let mut names = BTreeMap::new();
    for subject in subjects::all() {
        if let Some(other) = names.insert(file_name(&subject.name), subject.name.clone()) {
            panic!("{other} and {} are one file", subject.name);
        }
    }
}
