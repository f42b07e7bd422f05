//! What checking stored documents costs, as ratios in one run: `cargo xtask bench`, which brings the peers and names
//! their folder in `CHECKPOINT_BENCH`. Arguments are the parts that are wanted. `CHECKPOINT_CASES` is the number of documents of each job, `CHECKPOINT_MIB` the
//! size of the dump on which memory is measured.
//!
//! Processor time, for other programs may run on the same machine; medians of paired runs. Documents are in
//! `jsonb`'s own text form, one in a hundred is invalid, formats are asserted.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use checkpoint_schema::schema::Contract;
use checkpoint_tests::documents::Run;
use checkpoint_tests::postgres::{Server, Version};
use checkpoint_tests::processor::of_children;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

const JOBS: [&str; 4] = ["github", "jira", "wex_ad", "wex_fabric"];
const RUNS: usize = 5;

fn main() {
    let count = Run::from_environment(100_000).cases;
    let folder = tempfile::tempdir().expect("a folder");
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|it| it == part);
    if is_wanted("process") {
        in_process(count.min(20_000));
    }
    if is_wanted("commands") {
        whole_commands(folder.path(), count);
    }
    if is_wanted("memory") {
        memory();
    }
    if is_wanted("rows") {
        rows(count);
    }
}

/// The `n`th document of a job, in `jsonb`'s text form.
fn document(job: &str, n: usize) -> String {
    let list = |word: &str, count: usize| -> Value {
        (0..count).map(|at| format!("{word}/{}-{at}", n % 977)).collect::<Vec<_>>().into()
    };
    let bad = n % 100 == 99;
    let count = if bad { json!(n.to_string()) } else { json!(n) };
    let document = match job {
        "github" => json!({
            "last_pr_cursor": format!("Y3Vyc29yOnYyOpK5MjAyNC0wMS0xNVQxMjowMDow{n:09}"),
            "current_pr_node_id": format!("PR_kwDOABCDEF4{n}"), "last_commit_cursor": format!("abc123def456{n}"),
            "last_review_cursor": format!("review_cursor_{n}"), "last_comment_cursor": null,
            "repositories_processed": list("acme-corporation/repository", 22),
            "current_repository": format!("acme-corporation/repository-{}", n % 977), "batch_number": n % 40 + 1,
            "total_prs_processed": count, "recovery_mode": n.is_multiple_of(2),
        }),
        "jira" => json!({
            "last_sync_date": "2025-01-15T12:00:00Z", "projects_processed": list("PROJ", 8),
            "current_project": "DEMO", "last_issue_key": format!("DEMO-{n}"), "batch_number": n % 40 + 1,
            "total_issues_processed": count, "last_jql": "project = DEMO AND updated >= '2025-01-15 12:00'",
            "start_at": 100, "max_results": 100,
        }),
        "wex_ad" => json!({
            "last_sync_timestamp": "2025-01-15T12:00:00Z", "users_processed": count, "groups_processed": 25,
            "last_user_id": format!("user_abc{n}"), "last_group_id": format!("group_xyz{n}"),
            "sync_type": "incremental", "delta_token": format!("{n:0>120}"),
        }),
        _ => json!({
            "last_sync_timestamp": "2025-01-15T12:00:00Z", "datasets_processed": list("dataset-of-the-workspace", 14),
            "current_dataset": "dataset3", "last_record_id": format!("rec_{n}"), "batch_number": n % 40 + 1,
            "total_records_processed": count, "workspace_id": "workspace_abc",
            "continuation_token": format!("token_{n:0>60}"),
        }),
    };
    jsonb(&document)
}

/// Keys by length, then bytes; a blank after each comma and colon.
fn jsonb(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(key, _)| (key.len(), (*key).clone()));
            let members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), jsonb(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(array) => format!("[{}]", array.iter().map(jsonb).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn lines(job: &str, count: usize) -> Vec<u8> {
    (0..count).map(|n| document(job, n) + "\n").collect::<String>().into_bytes()
}

/// The processor time of this thread so far.
fn processor() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(text.split_whitespace().next().and_then(|it| it.parse().ok()).expect("a time"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One thread, against `serde_json::Value` and `jsonschema`, which gives the schema's word alone.
fn in_process(count: usize) {
    println!("in one process, base / ours ({count} documents of each job; above 1 is faster than base):");
    let registry = checkpoint_schemas::registry();
    let mut product = 1.0;
    for job in JOBS {
        let schema = registry.find(job).expect("a job").document(Contract::Read);
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
        let lines = lines(job, count);
        let base = || {
            let mut errors = 0;
            for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let value: Value = serde_json::from_slice(line).expect("JSON");
                errors += validator.iter_errors(&value).count();
            }
            errors
        };
        let ours = || {
            let (documents, refused, findings) =
                checkpoint_xtask::__private::judge_lines(&registry, job, &lines).expect("a job");
            assert_eq!((documents, refused), (count as u64, count as u64 / 100));
            findings as usize
        };
        let timed = |work: &dyn Fn() -> usize| {
            let began = processor();
            assert_eq!(work(), count / 100);
            (processor() - began).as_secs_f64()
        };
        let ratios = (0..RUNS).map(|_| timed(&base) / timed(&ours)).collect();
        let ratio = median(ratios);
        product *= ratio;
        println!("  {job:<12} {ratio:.2} ({} bytes a document)", lines.len() / count);
    }
    println!("  geometric mean {:.2}", product.powf(0.25));
}

/// What a command cost.
struct Cost {
    processor: f64,
    wall: f64,
    /// kB.
    memory: u64,
}

/// Runs a command to its end, with what `write` writes on its standard input.
fn run(command: &mut Command, write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send) -> (Cost, String) {
    let (before, began) = (of_children().expect("Linux"), Instant::now());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a program");
    let mut stdin = child.stdin.take().expect("an input");
    let mut stdout = child.stdout.take().expect("an output");
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    let text = thread::scope(|scope| {
        scope.spawn(move || write(&mut stdin));
        let reader = scope.spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        while child.try_wait().expect("a child").is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            memory = line
                .and_then(|line| line.split_whitespace().next()?.parse().ok())
                .unwrap_or(memory)
                .max(memory);
            thread::sleep(Duration::from_millis(2));
        }
        reader.join().expect("a thread").expect("UTF-8")
    });
    (
        Cost {
            processor: (of_children().expect("Linux") - before).as_secs_f64(),
            wall: began.elapsed().as_secs_f64(),
            memory,
        },
        text,
    )
}

fn ours(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
    command.arg("samples").args(args).env_remove("GITHUB_ACTIONS").current_dir("/tmp");
    command
}

/// Whole commands on one file, all findings told, against those of others.
fn whole_commands(folder: &Path, count: usize) {
    let peers = std::env::var_os("CHECKPOINT_BENCH").map(PathBuf::from);
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench");
    println!(
        "whole commands, documents a second of processor time, and memory ({count} documents of each job):"
    );
    for job in JOBS {
        let file = folder.join(format!("{job}.ndjson"));
        fs::write(&file, lines(job, count)).expect("a file");
        let schema = checkpoint_schemas::registry().find(job).expect("a job").document(Contract::Read);
        let schema_file = folder.join(format!("{job}.schema.json"));
        fs::write(&schema_file, schema.to_string()).expect("a file");
        let name = file.to_str().expect("UTF-8");
        let mut commands = vec![
            ("ours, 1 worker", ours(&[name, "--job", job, "-q", "--threads", "1"])),
            ("ours, 2 workers", ours(&[name, "--job", job, "-q", "--threads", "2"])),
        ];
        if let Some(peers) = &peers {
            let mut ajv = Command::new("node");
            ajv.arg(scripts.join("ajv.mjs")).arg(peers).arg(&schema_file).arg(&file);
            let mut msgspec = Command::new(peers.join("venv/bin/python"));
            msgspec.arg(scripts.join("msgspec_lines.py")).args([job, name]);
            // It reads one instance: an array.
            let array = folder.join(format!("{job}.json"));
            let documents: Vec<String> = (0..count).map(|n| document(job, n)).collect();
            fs::write(&array, format!("[{}]", documents.join(","))).expect("a file");
            let list = folder.join(format!("{job}-list.schema.json"));
            let id = schema["$id"].clone();
            fs::write(
                &list,
                json!({"type": "array", "items": {"$ref": id}, "$defs": {"it": schema}}).to_string(),
            )
            .expect("a file");
            let mut cli = Command::new(peers.join("bin/jsonschema-cli"));
            cli.args(["validate", "--assert-format"]).arg(&list).arg("-i").arg(&array);
            commands.extend([("ajv", ajv), ("msgspec", msgspec), ("jsonschema-cli", cli)]);
        }
        let mut first = None;
        for (name, mut command) in commands {
            let runs: Vec<(Cost, String)> = (0..RUNS).map(|_| run(&mut command, |_| Ok(()))).collect();
            for (_, text) in &runs {
                // jsonschema-cli tells no place.
                let is_told = |line: &&str| line.contains("processed") || line.contains("is not of type");
                let told = text.lines().filter(is_told).count();
                assert!(told >= count / 100, "{name} tells {told} findings of {}: {text:.2000}", count / 100);
            }
            let seconds = median(runs.iter().map(|(cost, _)| cost.processor).collect());
            let memory = runs.iter().map(|(cost, _)| cost.memory).max().unwrap_or(0);
            let wall = median(runs.iter().map(|(cost, _)| cost.wall).collect());
            let ours = *first.get_or_insert(seconds);
            println!(
                "  {job:<12} {name:<16} {:>9.0}  {:>5.2} × the processor time of ours; {:>6} MB; wall {wall:.2} s",
                count as f64 / seconds,
                seconds / ours,
                memory / 1000
            );
        }
    }
}

/// The most memory on a large dump, plain and compressed, with one worker and two.
fn memory() {
    let mib = std::env::var("CHECKPOINT_MIB").ok().and_then(|it| it.parse::<usize>().ok()).unwrap_or(2048);
    let block = lines("github", 20_000);
    let times = (mib << 20) / block.len();
    println!("memory on {} MiB through the standard input:", (times * block.len()) >> 20);
    let gzip = || {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&block).expect("memory");
        encoder.finish().expect("memory")
    };
    let zstd = || ruzstd::encoding::compress_to_vec(&block[..], ruzstd::encoding::CompressionLevel::Fastest);
    for threads in ["1", "2"] {
        for (name, packed) in [("plain", block.clone()), ("gzip", gzip()), ("zstd", zstd())] {
            let mut command =
                ours(&["-", "--job", "github", "--input", "ndjson", "-q", "--threads", threads]);
            let (cost, text) = run(&mut command, |out| {
                let mut out = BufWriter::new(out);
                (0..times).try_for_each(|_| out.write_all(&packed))
            });
            let expected = format!("checked {} documents in 1 file, {} refused", times * 20_000, times * 200);
            assert!(text.lines().last().is_some_and(|line| line.starts_with(&expected)), "{text:.2000}");
            println!(
                "  {name:<6} {threads} workers: {} kB; {:.0} MB/s of wall time",
                cost.memory,
                (times * block.len()) as f64 / 1e6 / cost.wall
            );
            assert!(cost.memory < 64 << 10, "more than 64 MB");
        }
    }
    let mut command = ours(&["-", "--job", "github", "--input", "ndjson", "-q"]);
    let (cost, text) = run(&mut command, |out| {
        let mut out = BufWriter::new(out);
        (0..500_000).try_for_each(|_| out.write_all(b"{}\n"))
    });
    assert!(
        text.ends_with("checked 500000 documents in 1 file, 500000 refused: 1000000 errors, 0 warnings\n")
    );
    println!("  a million findings: {} kB, {:.1} s of processor time", cost.memory, cost.processor);
}

/// Rows of a live table, against the server's own `COPY` of it.
fn rows(count: usize) {
    println!("rows, wall time / that of a bare `COPY … TO STDOUT` ({count} rows):");
    for version in [Version::V18, Version::V15] {
        let server = Server::start(version);
        let mut client = server.connect();
        client
            .batch_execute(
                "CREATE TABLE etl_jobs (id bigint PRIMARY KEY, job_name text, checkpoint_data jsonb)",
            )
            .expect("a table");
        let mut writer = client.copy_in("COPY etl_jobs FROM STDIN").expect("a copy");
        for n in 0..count {
            let job = JOBS[n % 4];
            writeln!(writer, "{n}\t{job}\t{}", document(job, n / 4).replace('\\', "\\\\")).expect("a row");
        }
        writer.finish().expect("rows");
        client.batch_execute("VACUUM ANALYZE etl_jobs").expect("done");
        let copy = |client: &mut ::postgres::Client, statement: &str| {
            let began = Instant::now();
            let mut reader = client.copy_out(statement).expect("a copy");
            let mut chunk = vec![0; 1 << 16];
            while reader.read(&mut chunk).expect("its text") > 0 {}
            began.elapsed().as_secs_f64()
        };
        let (mut of_all, mut of_same) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let bare = copy(&mut client, "COPY etl_jobs TO STDOUT");
            let same = copy(
                &mut client,
                "COPY (SELECT t.id::text,t.job_name::text,t.checkpoint_data::text FROM etl_jobs AS t) TO STDOUT",
            );
            let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
            command.args(["rows", "-q"]).env("DATABASE_URL", server.url()).current_dir("/tmp");
            let (cost, text) = run(&mut command, |_| Ok(()));
            assert!(
                text.lines().last().is_some_and(
                    |line| line.starts_with(&format!("checked {count} documents of {count} rows read"))
                ),
                "{text:.2000}"
            );
            of_all.push(cost.wall / bare);
            of_same.push(same / bare);
        }
        println!(
            "  {version}: {:.2}; the same `COPY` with each column cast to text {:.2}",
            median(of_all),
            median(of_same)
        );
    }
}
