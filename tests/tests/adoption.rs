//! A worker crate in another repository takes the schemas into its tests, and makes the tool its own: both
//! as the README tells it, from nothing.

use std::fs;
use std::process::Command;

use checkpoint_tests::worker::{Worker, told};

const DEPENDENCIES: &str = "\
serde = { version = \"1\", features = [\"derive\"] }
checkpoint-schema = { path = \"ROOT/checkpoint-schema\" }

[dev-dependencies]
checkpoint-xtask = { path = \"ROOT/xtask\" }";

const CHECKPOINT: &str = "\
use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

/// Where the worker goes on.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = \"acme\", version = 1)]
pub struct AcmeCheckpoint {
    /// The page to ask for next.
    pub next_page: String,
}
";

/// One test does all: it is one crate, built once.
#[test]
fn a_repository_adopts_the_schemas_sees_drift_and_mends_it() {
    let worker = Worker::new(DEPENDENCIES)
        .with("src/lib.rs", CHECKPOINT)
        .with("tests/schemas.rs", "checkpoint_xtask::schema_test!(worker::AcmeCheckpoint);\n")
        .with(
            "examples/xtask.rs",
            "fn main() -> std::process::ExitCode {\n    \
             checkpoint_xtask::main(&checkpoint_schema::registry![worker::AcmeCheckpoint])\n}\n",
        )
        .with(".cargo/config.toml", "[alias]\nxtask = \"run --quiet --example xtask --\"\n");
    let test = || worker.cargo(&["test", "--quiet", "--test", "schemas"]);
    let passes = |mut command: Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    let fails = |mut command: Command| {
        let output = command.output().unwrap();
        assert!(!output.status.success(), "it must fail: {}", told(&output));
        told(&output)
    };
    let has = |text: &str, parts: &[&str]| {
        for part in parts {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
    };
    let schema = worker.path("schemas/acme-v1.schema.json");
    let lock = worker.path("schemas/lock/acme-v1.json");

    // Nothing is exported yet; the finding says how to, and it is so. No samples are no fault.
    let text = fails(test());
    has(&text, &["export-missing", "schemas/acme-v1.schema.json", "2 errors, 1 warning"]);
    has(&text, &["`CHECKPOINT_UPDATE=1 cargo test -p worker`"]);
    assert!(!text.contains("cargo xtask"), "there is no such command yet:\n{text}");
    passes(with(test(), "CHECKPOINT_UPDATE", "1"));
    assert!(schema.is_file() && !lock.exists());
    passes(test());

    passes(with(test(), "CHECKPOINT_UPDATE", "lock"));
    assert!(lock.is_file());
    let text = passes(with_arguments(test(), &["--", "--nocapture"]));
    has(&text, &["compared 2 exported files, compared 1 lock: no findings"]);

    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]);
        let output = command.args(args).current_dir(worker.path("")).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", told(&output));
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "-m", "first"]);

    // A changed struct fails with its diff and the command that mends it.
    let changed = CHECKPOINT.replace("next_page: String", "next_page: u32");
    worker.write("src/lib.rs", &changed);
    let text = fails(test());
    has(&text, &["error[export-changed]", "-      \"type\": \"string\"", "+      \"type\": \"integer\""]);
    has(&text, &["warning[lock-behind]", "`CHECKPOINT_UPDATE=lock cargo test -p worker`"]);

    // Where CI is set nothing is written, whatever is asked for.
    let before = fs::read_to_string(&schema).unwrap();
    for value in ["1", "lock"] {
        let text = fails(with(with(test(), "CI", "true"), "CHECKPOINT_UPDATE", value));
        has(&text, &["CHECKPOINT_UPDATE is not heeded, because CI is set", "export-changed"]);
    }
    assert_eq!(fs::read_to_string(&schema).unwrap(), before);
    has(&fails(with(test(), "CHECKPOINT_UPDATE", "yes")), &["CHECKPOINT_UPDATE is `yes`"]);

    // The same by the crate's own tool.
    let text = fails(worker.cargo(&["xtask", "export", "--check"]));
    has(&text, &["error[export-changed]", "-      \"type\": \"string\"", "`cargo xtask export`"]);
    passes(worker.cargo(&["xtask", "export"]));
    // What breaks is locked under a policy that allows it, and not without.
    let text = fails(worker.cargo(&["xtask", "lock"]));
    has(&text, &["error[type-changed]: /next_page", "no revision of acme is locked"]);
    worker.write("schemas/checkpoint.toml", "[drift]\nbackward = \"allow\"\nforward = \"allow\"\n");
    passes(worker.cargo(&["xtask", "lock"]));
    fs::remove_file(worker.path("schemas/checkpoint.toml")).unwrap();
    has(&fs::read_to_string(&lock).unwrap(), &["\"revision\": 2"]);

    // What revision 1 stored the type cannot read: that is told until it is mended, or accepted.
    for command in [test(), worker.cargo(&["xtask", "diff"])] {
        let text = fails(command);
        has(&text, &["error[type-changed]: /next_page", "invalid type: string", "schemas/checkpoint.toml"]);
    }
    // What the type writes, the code of that commit cannot read: by its contract, and when it is built, by itself.
    let against = ["xtask", "diff", "--against", "git:main"];
    let text = fails(worker.cargo(&against));
    has(
        &text,
        &["error[type-changed]: /next_page", "forward, by its contract alone: its code is not at hand"],
    );
    let text = fails(worker.cargo(&[&against[..], &["--build"]].concat()));
    has(
        &text,
        &["error[type-changed]: /next_page", "backward, shown by its code", "forward, shown by its code"],
    );
    assert!(!text.contains("is not at hand"), "{text}");
    let text = fails(worker.cargo(&["xtask", "diff", "--build", "--against", "schemas"]));
    has(&text, &["`--build` builds a git revision: name it with `--against git:<ref>`"]);

    let text = fails(test());
    let (_, fingerprint) = text.split_once("fingerprint = \"").expect("a fingerprint");
    let (fingerprint, _) = fingerprint.split_once('"').unwrap();
    worker.write(
        "schemas/checkpoint.toml",
        &format!(
            "[[drift.accept]]\nfingerprint = \"{fingerprint}\"\nreason = \"nothing is stored yet\"\nexpires = \"2999-12-31\"\n"
        ),
    );
    passes(test());
    worker.write("schemas/samples/acme-v1/valid/second.json", "{\"next_page\": 2}");
    passes(worker.cargo(&["xtask", "check"]));

    // A sample that does not fit, and a type that was forgotten: both ways tell them.
    worker.write("schemas/samples/acme-v1/valid/second.json", "{\"next_page\": \"2\"}");
    let forgotten =
        changed.replace("AcmeCheckpoint", "Forgotten").replace("job = \"acme\"", "job = \"archive\"");
    let (_, forgotten) = forgotten.split_once("\n\n").unwrap();
    worker.write("src/lib.rs", &format!("{changed}\n{forgotten}"));
    for command in [test(), worker.cargo(&["xtask", "check"])] {
        let text = fails(command);
        has(&text, &["error[wrong-type]", "/next_page", "second.json:1:15"]);
        has(
            &text,
            &["error[unregistered-checkpoint]", "src/lib.rs:15:12", "registry![AcmeCheckpoint, Forgotten]"],
        );
    }
}

fn with(mut command: Command, variable: &str, value: &str) -> Command {
    command.env(variable, value);
    command
}

fn with_arguments(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments);
    command
}
