//! `samples`: the same documents give the same findings in whatever form they come, and whatever the bytes are,
//! the command comes to a clear end.
//!
//! `CHECKPOINT_CASES=1000000 cargo test -p checkpoint-tests --test stored` runs the tests of size with a million
//! findings, and as many kilobytes of input.

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use checkpoint_tests::documents::Run;
use checkpoint_tests::jobs_over_time;
use checkpoint_tests::random::Random;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Documents of the job `zoo`, with mistakes of every kind and every character that a form escapes. Two are absent.
const DOCUMENTS: [&str; 18] = [
    r#"{"keepers": 1}"#,
    r#"{"keepers": 1, "species": ["a\\b\"c", "tab\tnew\nline", "\u2028 é 𝄞"], "cages": {"naïve / ~": {"open": true}}}"#,
    r#"{"keepers": 12, "species": ["lynx", "lynx"], "fed_on": "yester\\day", "licence": "a\"b-1"}"#,
    r#"{"keepers": 1, "cages": {"na\tïve / ~": {"open": 1}}, "state": "shut"}"#,
    r#"{"keepers": 1, "gate": {"opne": true}, "action": {"kind": "move", "from": "north", "metres": "10"}}"#,
    r#"{"keepers": 1, "keepers": 2, "kepers": "a,b;c"}"#,
    r#"{"keepers": 1, "fed_on": "2025-01-15T12:00:00"}"#,
    "null",
    "[1, {}]",
    "5",
    r#""a \"text\", with\\all""#,
    "true",
    r#"{"keepers": 1,}"#,
    r#"{"keepers": 01}"#,
    "null",
    "{}",
    r#"{"enclosures": {"x": {"open": "\\N"}}, "keepers": 3}"#,
    r#"{"keepers": 9, "answer": [1, 2], "action": {"kind": "feed", "food": "\\."}}"#,
];

fn zoo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zoo"));
    for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command.arg("samples");
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the tool ended by a signal")
}

/// Runs the tool with `bytes` on its standard input, which it need not read.
fn piped(command: &mut Command, bytes: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let _ = stdin.write_all(bytes);
        });
        child.wait_with_output().unwrap()
    })
}

/// The findings of the JSON form.
fn findings(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What does not depend on the form: rule, pointer, message and help, in order.
fn told(output: &Output) -> Vec<String> {
    let parts = |finding: &Value| {
        ["rule", "pointer", "message", "help"].map(|key| finding[key].to_string()).join(" ")
    };
    findings(output).iter().map(parts).collect()
}

/// The last line of the text form.
fn last_line(output: &Output) -> String {
    stdout(output).lines().last().unwrap_or_default().to_owned()
}

/// As `COPY` writes a value in its text form.
fn copied(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// The same documents in one form.
struct Kept {
    /// The name of the file.
    name: String,
    /// What must be said where the name is not known.
    form: &'static str,
    args: Vec<&'static str>,
    bytes: Vec<u8>,
}

/// The beginning of a frame of zstd with a window of so many powers of two (RFC 8878, 3.1.1.1), and blocks as they
/// are (3.1.1.2), the last of which ends the frame.
fn zstd_frame(window: u8, blocks: &[&[u8]]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0, (window - 10) << 3];
    for (at, block) in blocks.iter().enumerate() {
        frame.extend(zstd_block(block, at + 1 == blocks.len()));
    }
    frame
}

/// Of at most 128 KiB.
fn zstd_block(bytes: &[u8], is_last: bool) -> Vec<u8> {
    let header = (bytes.len() << 3) | usize::from(is_last);
    [&header.to_le_bytes()[..3], bytes].concat()
}

/// Every form of the same documents, plain and compressed in two members.
fn forms() -> Vec<Kept> {
    let rows = |row: &dyn Fn(usize, &str) -> String| -> String {
        DOCUMENTS.iter().enumerate().map(|(at, document)| row(at, document) + "\n").collect()
    };
    let lines = DOCUMENTS.join("\n");
    // JSON has no form for a row whose document is no JSON: there the row is none.
    let objects =
        rows(&|at, it| format!(r#"{{"id": {at}, "job_name": "Zoo", "checkpoint_data": {it}, "x": [0]}}"#));
    let copy = rows(&|at, it| format!("{at}\tzoo\t{}\t\\N", copied(it)));
    let dump = format!(
        "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\nCOPY public.other (id, note) FROM \
         stdin;\n1\t{{}}\n\\.\n\n\nCOPY public.etl_jobs (id, job_name, checkpoint_data, error) FROM \
         stdin;\n{copy}\\.\n\n\n-- PostgreSQL database dump complete\n"
    );
    let csv = rows(&|at, it| format!("{at},zoo,{},", quoted(it)));
    let semicolons = csv.replace(",zoo,", ";zoo;").replace(",\n", ";\r\n");
    let broken: String = DOCUMENTS.join(",\n\n  ");
    let arrays = format!("[{}][{}]", DOCUMENTS[..5].join(","), DOCUMENTS[5..].join(","));
    // Between other values an array is one of documents.
    let separate = DOCUMENTS.map(|it| if it.starts_with('[') { format!("[{it}]") } else { it.to_owned() });
    let separate = separate.join("\n \n\t");
    // A key of the row names the job, and another has the document.
    let named = rows(&|_, it| format!(r#"{{"kind": "zoo", "data": {it}}}"#));
    let kinds = format!("kind,data\n{}", rows(&|_, it| format!("ZOO,{}", quoted(it))));
    let by_number = ["--column", "3", "--job-field", "2"];
    let by_name = ["--column", "data", "--job-field", "kind"];
    // Programs on Windows begin a text with it.
    let mark = "\u{feff}";
    let forms: [(&str, &str, &[&str], String); 21] = [
        ("zoo.ndjson", "ndjson", &[], lines.clone()),
        ("zoo.ndjson", "ndjson", &[], format!("{mark}{lines}")),
        ("zoo.csv", "csv", &[], format!("{mark}checkpoint_data\n{}", rows(&|_, it| quoted(it)))),
        ("zoo-v1.jsonl", "ndjson", &[], lines.clone() + "\n\n  \n"),
        ("zoo", "ndjson", &[], lines.replace('\n', "\r\n")),
        ("zoo.json", "json", &["--input", "json"], separate),
        ("zoo.json", "json", &[], format!(" [{broken}]\n")),
        ("zoo.json", "json", &[], arrays),
        ("zoo.ndjson", "ndjson", &[], objects),
        ("any.ndjson", "ndjson", &["--job-field", "kind", "--column", "data", "--job", "zoo"], named),
        ("dump.sql", "copy", &[], dump.clone()),
        ("any", "copy", &[], dump),
        ("any.copy", "copy", &[], format!("id\tjob_name\tcheckpoint_data\terror\n{copy}")),
        ("any", "copy", &["--column", "3", "--job-field", "2", "--id-column", "1"], copy.clone()),
        ("any.tsv", "copy", &by_number, copy + "\\.\n"),
        ("zoo.copy", "copy", &[], rows(&|_, it| copied(it))),
        ("any.csv", "csv", &[], format!("id,job_name,checkpoint_data,error\n{csv}")),
        ("any.csv", "csv", &[], format!("id;job_name;\"checkpoint_data\";error\r\n{semicolons}")),
        ("any.csv", "csv", &by_number, csv),
        ("any.csv", "csv", &by_name, kinds),
        ("zoo.csv", "csv", &[], rows(&|_, it| quoted(it))),
    ];
    let mut all = Vec::new();
    for (name, form, args, text) in forms {
        let (bytes, args) = (text.into_bytes(), args.to_vec());
        let (first, second) = bytes.split_at(bytes.len() / 2);
        for (ending, pack) in [(".gz", gzip as fn(&[u8]) -> Vec<u8>), (".zst", zstd)] {
            let bytes = [pack(first), pack(second)].concat();
            all.push(Kept { name: format!("{name}{ending}"), form, args: args.clone(), bytes });
        }
        all.push(Kept { name: name.to_owned(), form, args, bytes });
    }
    all
}

/// The tables of a live database are in `rows.rs`.
#[test]
fn every_form_gives_the_same_findings_for_the_same_documents_wherever_it_comes_from() {
    let folder = TempDir::new().unwrap();
    let run = |source: &[&str], args: &[&str]| {
        zoo().current_dir(folder.path()).args(source).args(args).output().unwrap()
    };
    fs::write(folder.path().join("zoo.ndjson"), DOCUMENTS.join("\n")).unwrap();
    let expected = run(&["zoo.ndjson"], &["--format", "json"]);
    let expected_findings = told(&expected);
    assert_eq!(code(&expected), 1, "{}", stderr(&expected));
    assert_eq!(expected_findings.len(), 19);
    // The findings of `check`, which judges one document a file, and in the same order.
    assert_eq!(expected_findings, by_check());
    fs::create_dir(folder.path().join("in")).unwrap();
    for Kept { name, form, args, bytes } in forms() {
        let plain = name.trim_end_matches(".gz").trim_end_matches(".zst");
        let (path, is_packed, is_known) = (format!("in/{name}"), plain != name, plain.contains('.'));
        fs::write(folder.path().join(&path), &bytes).unwrap();
        fs::write(folder.path().join("list"), format!("\n{path}\n")).unwrap();
        let shown = || match is_packed {
            true => format!("{name} {args:?}"),
            false => format!("{name} {args:?}:\n{}", String::from_utf8_lossy(&bytes)),
        };
        let as_json = [&args[..], &["--format", "json"]].concat();
        // A file, a pattern, a list; and a folder, in which only known endings are looked at.
        let sources = [&[path.as_str()][..], &["in/*"], &["--files-from", "list"], &["in"]];
        for source in &sources[..if is_known { 4 } else { 3 }] {
            let output = run(source, &as_json);
            assert_eq!(told(&output), expected_findings, "{source:?} {}{}", stderr(&output), shown());
            assert_eq!(code(&output), 1);
            for finding in findings(&output) {
                assert_eq!(finding["path"], json!(path), "{}", shown());
            }
        }
        let last = "checked 16 documents in 1 file, 2 absent, 12 refused: 17 errors, 2 warnings";
        assert_eq!(last_line(&run(&[&path], &args)), last, "{}", shown());
        // The standard input, whose name tells neither form nor job.
        let mut command = zoo();
        command.arg("-").args(&args);
        for (option, value) in [("--input", form), ("--job", "ZOO")] {
            if !args.contains(&option) {
                command.args([option, value]);
            }
        }
        let output = piped(command.args(["--format", "json"]), &bytes);
        assert_eq!(told(&output), expected_findings, "{}{}", stderr(&output), shown());
        fs::remove_file(folder.path().join(path)).unwrap();
    }
}

/// What `check` finds in the same documents, but for those that are absent: it knows none.
fn by_check() -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zoo"));
        command.args(args).arg("--schemas").arg(folder.path()).current_dir(folder.path()).output().unwrap()
    };
    assert!(run(&["export"]).status.success());
    let samples = folder.path().join("samples/zoo-v1/valid");
    fs::create_dir_all(&samples).unwrap();
    for (at, document) in DOCUMENTS.iter().enumerate().filter(|(_, document)| **document != "null") {
        fs::write(samples.join(format!("{at:02}.json")), document).unwrap();
    }
    let output = run(&["check", "--format", "json"]);
    let of_samples = |finding: &&Value| finding["path"].as_str().unwrap().contains("samples/zoo-v1/valid/");
    let parts = |finding: &Value| {
        ["rule", "pointer", "message", "help"].map(|key| finding[key].to_string()).join(" ")
    };
    findings(&output).iter().filter(of_samples).map(parts).collect()
}

#[test]
fn a_finding_stands_where_it_is_written_in_every_form() {
    let at = |args: &[&str], text: &str| -> Vec<(u64, u64, Value)> {
        let mut command = zoo();
        command.arg("-").args(["--job", "zoo", "--format", "json"]).args(args);
        let found = findings(&piped(&mut command, text.as_bytes()));
        let place =
            |it: &Value| (it["line"].as_u64().unwrap(), it["column"].as_u64().unwrap(), it["row"].clone());
        found.iter().map(place).collect()
    };
    let bad = r#"{"keepers": "é", "gate": {"open": 1}}"#;
    assert_eq!(
        at(&[], &format!("{{\"keepers\": 1}}\n{bad}\n")),
        [(2, 13, json!(null)), (2, 35, json!(null))]
    );
    let pretty = "[{\n  \"keepers\":\n    \"é\"}, {\"keepers\": 0}]";
    assert_eq!(at(&[], pretty), [(3, 5, json!(null)), (3, 23, json!(null))]);
    let row = format!(r#"{{"id": "k", "checkpoint_data": {bad}}}"#);
    assert_eq!(at(&["--input", "ndjson"], &row), [(1, 44, json!("k")), (1, 66, json!("k"))]);
    // In the dump, each backslash stands twice.
    let dump = "COPY t (id, checkpoint_data) FROM stdin;\n7\t{\"keepers\": 1}\n8\t{\"licence\": \"\\\\\"\", \"keepers\": 0}\n\\.\n";
    assert_eq!(at(&["--input", "copy"], dump), [(3, 15, json!("8")), (3, 33, json!("8"))]);
    let csv = "id,checkpoint_data\n7,\"{\n\"\"keepers\"\": \"\"0\"\"}\"\n";
    assert_eq!(at(&["--input", "csv"], csv), [(3, 14, json!("7"))]);
}

#[test]
fn files_folders_patterns_and_lists_are_found_and_nothing_at_all_could_not_run() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("zoo-v1/valid/a.json", DOCUMENTS[0]);
    write("zoo-v1/valid/a.expect", "");
    write("zoo-v1/.hidden/b.json", "{}");
    write("careless.ndjson", "{}\n");
    write("zoo/deeper/c.json.gz", "{}");
    write("empty/d.txt", "");
    let run = |args: &[&str]| zoo().args(args).current_dir(folder.path()).output().unwrap();
    // The job comes from the path; sorted, the folders after the files.
    let output = run(&[".", "--format", "json"]);
    let found: Vec<String> =
        findings(&output).iter().map(|it| format!("{} {}", it["path"], it["pointer"])).collect();
    assert_eq!(
        found,
        [
            r#""./careless.ndjson" "/position""#,
            r#""./careless.ndjson" "/last_run_at""#,
            r#""./zoo/deeper/c.json.gz" "/keepers""#
        ]
    );
    for (args, line) in [
        (&["zoo-v1"][..], "checked 1 document in 1 file: no findings"),
        (&["zoo*/*/*.json"], "checked 1 document in 1 file: no findings"),
        (
            &["zoo-v1/valid/a.json", "careless.ndjson"],
            "checked 2 documents in 2 files, 1 refused: 2 errors, 0 warnings",
        ),
    ] {
        assert_eq!(last_line(&run(args)), line);
    }
    write("list", "zoo-v1\n\ncareless.ndjson\n");
    let line = last_line(&run(&["--files-from", "list"]));
    assert!(line.starts_with("checked 2 documents in 2 files"), "{line}");
    assert_eq!(
        last_line(&piped(zoo().args(["--files-from", "-"]).current_dir(folder.path()), b"zoo-v1\n")),
        "checked 1 document in 1 file: no findings"
    );

    for (args, words) in [
        (&["nowhere.json"][..], "cannot read nowhere.json"),
        (&["nowhere*.json"], "no file matches nowhere*.json"),
        (&["empty"], "no file was found in empty"),
        (&["empty/d.txt", "--job", "zoo"], "there is no document"),
        (&["empty/d.txt", "--job", "zo"], "there is no job `zo`: the registry has careless, zoo"),
        (&["zoo-v1", "--files-from", "none"], "cannot read none"),
        (&[], "required"),
    ] {
        let output = run(args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(stderr(&output).contains(words), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn jobs_that_no_registry_knows_are_listed_and_fail_nothing_unless_there_are_no_others() {
    let rows = "{\"job_name\": \"ark\", \"checkpoint_data\": {}}\n{\"job_name\": \"ark\", \"checkpoint_data\": null}\n\
                {\"job_name\": \"ZOO\", \"checkpoint_data\": {\"keepers\": 1}}\n{\"keepers\": 1}\n";
    let output = piped(zoo().arg("-").args(["--input", "ndjson", "-q"]), rows.as_bytes());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains(
            "stdin: warning[job-unknown]: 2 documents of the job \"ark\", which no registered type has"
        ),
        "{text}"
    );
    assert!(text.contains("warning[job-unknown]: 1 document of which nothing tells the job"), "{text}");
    assert!(
        text.ends_with("checked 1 document in 1 file, 3 of unknown jobs: 0 errors, 2 warnings\n"),
        "{text}"
    );
    let output = piped(zoo().arg("-").args(["--input", "ndjson"]), b"{}\n");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("name it with `--job`"), "{}", stderr(&output));
}

#[test]
fn each_version_is_judged_by_its_own_schema_and_through_the_chain() {
    let folder = TempDir::new().unwrap();
    let run = |time: &str, args: &[&str], bytes: &[u8]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
        command.env(jobs_over_time::VARIABLE, time).current_dir(folder.path());
        piped(command.args(args).args(["--schemas", "."]), bytes)
    };
    let documents = [
        r#"{"checkpoint_version": 2, "batch": 0}"#,
        r#"{"checkpoint_version": 2.0, "batch": "0"}"#,
        r#"{"checkpoint_version": 9}"#,
        r#"{"checkpoint_version": "2"}"#,
        r#"{"batch": 3, "cursor": "c"}"#,
        r#"{"batch": "3"}"#,
        "{",
    ]
    .join("\n");
    let judge = |time: &str| {
        let output = run(
            time,
            &["samples", "-", "--job", "drift", "--input", "ndjson", "--format", "json"],
            documents.as_bytes(),
        );
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        let line = |it: &Value| {
            format!(
                "{} {} {}",
                it["line"],
                it["rule"].as_str().unwrap(),
                it["pointer"].as_str().unwrap_or_default()
            )
        };
        findings(&output).iter().map(line).collect::<Vec<String>>()
    };
    let newest =
        ["2 wrong-type /batch", "3 version-newer /checkpoint_version", "4 wrong-type /checkpoint_version"];
    // Without a schema of version 1, only the chain knows it.
    let by_chain = judge("next_version");
    assert_eq!(by_chain[..3], newest);
    assert!(by_chain.iter().any(|it| it.starts_with("6 upgrade-fails")), "{by_chain:?}");
    // As its type, as its exported schema, and as its lock: the same.
    let by_type = judge("both_versions");
    assert_eq!(by_type[..3], newest);
    assert!(by_type.iter().any(|it| it == "6 wrong-type /batch"), "{by_type:?}");
    assert_eq!(code(&run("first", &["lock"], b"")), 0);
    let by_lock = judge("next_version");
    assert_eq!(by_lock, by_type);
    assert_eq!(code(&run("first", &["export"], b"")), 0);
    fs::remove_dir_all(folder.path().join("lock")).unwrap();
    assert_eq!(judge("next_version"), by_type);
    fs::write(folder.path().join("drift-v1.schema.json"), "{").unwrap();
    let output = run("next_version", &["samples", "-", "--job", "drift"], documents.as_bytes());
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("drift-v1.schema.json is no JSON"), "{}", stderr(&output));
}

/// Lines of about a kilobyte that pass, but for each hundredth.
fn lines(count: usize) -> Vec<u8> {
    let mut text = String::new();
    for at in 0..count {
        let keepers = if at % 100 == 99 { 0 } else { 1 };
        let species: Vec<String> = (0..40).map(|n| format!("\"species {at} {n} of some length\"")).collect();
        text += &format!("{{\"keepers\": {keepers}, \"species\": [{}]}}\n", species.join(", "));
    }
    text.into_bytes()
}

#[test]
fn one_bad_byte_anywhere_is_no_panic_and_costs_no_more_than_its_line() {
    let run = Run::from_environment(60);
    let (good, mut random) = (lines(20), Random::new(run.seed));
    for _ in 0..run.cases.min(2_000) {
        let (at, byte) = (random.below(good.len()), random.below(256) as u8);
        let mut bytes = good.clone();
        bytes[at] = byte;
        let breaks = bytes.iter().filter(|byte| **byte == b'\n').count();
        let output = piped(zoo().arg("-").args(["--job", "zoo", "--input", "ndjson", "-q"]), &bytes);
        let shown = || format!("byte {at} is {byte}: {}{}", stdout(&output), stderr(&output));
        assert!(code(&output) <= 1 && stderr(&output).is_empty(), "{}", shown());
        // A line break more is a document more, unless it stands beside another.
        let documents: usize = last_line(&output).split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(documents == breaks || documents + 1 == breaks, "{}", shown());
        // The same in other forms: a clear end, and no more documents than there are.
        let array = [
            b"[",
            &bytes
                .strip_suffix(b"\n")
                .unwrap_or(&bytes)
                .split(|it| *it == b'\n')
                .collect::<Vec<_>>()
                .join(&b",\n"[..])[..],
            b"]",
        ]
        .concat();
        let end = |form: &str, bytes: &[u8]| -> usize {
            let output = piped(zoo().arg("-").args(["--job", "zoo", "--input", form, "-q"]), bytes);
            let shown = || format!("{form}: byte {at} is {byte}: {}{}", stdout(&output), stderr(&output));
            assert!(code(&output) <= 1 && stderr(&output).is_empty(), "{}", shown());
            last_line(&output).split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        assert!(end("json", &array) <= 21);
        // In a dump every line is a row, the last one too where it has lost its end.
        let rows = end("copy", &[b"COPY t (checkpoint_data) FROM stdin;\n", &bytes[..], b"\\.\n"].concat());
        assert_eq!(rows, breaks + usize::from(!bytes.ends_with(b"\n")), "byte {at} is {byte}");
        // A quote may take the rows that follow along, but no row is made of nothing.
        let mut csv = b"checkpoint_data\n".to_vec();
        for line in good.split_inclusive(|it| *it == b'\n') {
            csv.extend(quoted(std::str::from_utf8(line).unwrap().trim_end()).into_bytes());
            csv.push(b'\n');
        }
        let at_row = 16 + random.below(csv.len() - 16);
        csv[at_row] = byte;
        assert!(end("csv", &csv) <= 21);
    }
}

#[test]
fn a_compressed_file_that_is_damaged_is_told_and_what_stands_before_is_counted() {
    let folder = TempDir::new().unwrap();
    let good = lines(2_000);
    for (name, packed) in [("zoo.ndjson.gz", gzip(&good)), ("zoo.ndjson.zst", zstd(&good))] {
        let path = folder.path().join(name);
        let second = folder.path().join("zoo.json");
        fs::write(&second, DOCUMENTS[0]).unwrap();
        let check = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            zoo().arg(&path).arg(&second).arg("-q").output().unwrap()
        };
        let whole = last_line(&check(&packed));
        assert_eq!(whole, "checked 2001 documents in 2 files, 20 refused: 20 errors, 0 warnings", "{name}");
        for length in [packed.len() - 1, packed.len() - 9, packed.len() / 2, 20, 5] {
            let output = check(&packed[..length]);
            let text = stdout(&output);
            assert_eq!(code(&output), 1, "{name} of {length} bytes: {text}");
            assert!(
                text.contains(&format!("{name}: error[file-unreadable]: it cannot be read to its end")),
                "{text}"
            );
            // The other file is read all the same.
            let count: u64 = last_line(&output).split_whitespace().nth(1).unwrap().parse().unwrap();
            assert!((1..=2001).contains(&count), "{text}");
            assert!(length < packed.len() / 2 || count > 500, "{text}");
        }
        let mut random = Random::new(7);
        for _ in 0..20 {
            let mut bytes = packed.clone();
            let at = 12 + random.below(bytes.len() - 12);
            bytes[at] ^= 1 << random.below(8);
            let output = check(&bytes);
            assert!(
                code(&output) <= 1 && stderr(&output).is_empty(),
                "{name}, byte {at}: {}",
                stderr(&output)
            );
            assert!(last_line(&output).starts_with("checked "), "{}", stdout(&output));
            // The checksum tells, unless the bit has no meaning.
            let told = stdout(&output).contains("[file-unreadable]: it cannot be read to its end");
            assert!(told || last_line(&output) == whole, "{name}, byte {at}: {}", stdout(&output));
        }
    }
}

#[test]
fn dumps_in_other_forms_say_what_makes_text_of_them() {
    let output = piped(zoo().args(["-", "--job", "zoo", "-q"]), b"PGDMP\x01\x0e\x00");
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains("[file-unreadable]: this is a dump in PostgreSQL's own format: `pg_restore"),
        "{}",
        stdout(&output)
    );
    let output = piped(zoo().args(["-", "--job", "zoo", "-q", "--input", "csv"]), b"id,data\n1,{}\n");
    assert!(
        stdout(&output).contains("there is no column `checkpoint_data`: the columns are id, data; name"),
        "{}",
        stdout(&output)
    );
    let output = piped(zoo().args(["-", "--job", "zoo", "-q", "--input", "copy"]), b"1\t{}\n");
    assert!(
        stdout(&output).contains("its rows have 2 columns, and nothing names them"),
        "{}",
        stdout(&output)
    );
    let output = piped(
        zoo().args(["-", "--job", "zoo", "-q", "--input", "copy"]),
        b"COPY t (id, checkpoint_data) FROM stdin;\n1\t{}\n1\t{}\t2\n2",
    );
    let text = stdout(&output);
    assert!(
        text.contains("stdin:3:1: error[record-broken]: the row has 3 columns, and must have 2"),
        "{text}"
    );
    assert!(
        text.contains("stdin:4:2: error[record-broken]: the dump ends among the rows of a table")
            || text.contains("stdin:4:1: error[record-broken]"),
        "{text}"
    );
}

/// A child, and the most memory that it had so far in kB, as long as it runs.
fn peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Runs the tool on what `write` writes, and returns its peak memory in kB.
fn measured(
    args: &[&str],
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send,
) -> (u64, Output) {
    let mut child =
        zoo().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut memory = 0;
    let text = thread::scope(|scope| {
        let writer = scope.spawn(move || write(&mut stdin));
        let reader = scope.spawn(move || {
            // Only the end is kept.
            let (mut last, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
            loop {
                match std::io::Read::read(&mut stdout, &mut chunk).unwrap() {
                    0 => return last,
                    count => last.extend_from_slice(&chunk[..count]),
                }
                let surplus = last.len().saturating_sub(1 << 12);
                last.drain(..surplus);
            }
        });
        while child.try_wait().unwrap().is_none() {
            memory = peak(&child).unwrap_or(memory).max(memory);
            thread::sleep(Duration::from_millis(5));
        }
        writer.join().unwrap().unwrap();
        reader.join().unwrap()
    });
    let mut output = child.wait_with_output().unwrap();
    output.stdout = text;
    (memory, output)
}

/// The bound of the issue, in kB.
const MEMORY: u64 = 64 << 10;

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_below_64_megabytes_whatever_the_input_and_the_workers() {
    let count = Run::from_environment(40_000).cases.clamp(10_000, 2_000_000);
    let block = lines(1_000);
    for threads in ["1", "2"] {
        for pack in [None, Some(gzip as fn(&[u8]) -> Vec<u8>), Some(zstd)] {
            let block = pack.map_or_else(|| block.clone(), |pack| pack(&block));
            let times = count / 1_000;
            let args = ["-", "--job", "zoo", "--input", "ndjson", "-q", "--threads", threads];
            let (memory, output) = measured(&args, |out| (0..times).try_for_each(|_| out.write_all(&block)));
            let expected =
                format!("checked {} documents in 1 file, {} refused: {0} errors", times * 1_000, times * 10);
            let line = last_line(&output);
            assert!(line.starts_with(expected.split(": ").next().unwrap()), "{line}");
            println!("{count} documents, {threads} workers: {memory} kB");
            assert!(memory < MEMORY, "{memory} kB with {threads} workers");
        }
        // One frame, with the largest window that is held.
        let args = ["-", "--job", "zoo", "--input", "ndjson", "-q", "--threads", threads];
        let (memory, output) = measured(&args, |out| {
            out.write_all(&zstd_frame(24, &[]))?;
            for _ in 0..count / 1_000 {
                for bytes in block.chunks(128 << 10) {
                    out.write_all(&zstd_block(bytes, false))?;
                }
            }
            out.write_all(&zstd_block(b"", true))
        });
        let line = last_line(&output);
        assert!(
            line.starts_with(&format!("checked {} documents in 1 file, ", count / 1_000 * 1_000)),
            "{line}"
        );
        println!("{count} documents, {threads} workers, a window of 16 MiB: {memory} kB");
        assert!(memory < MEMORY, "{memory} kB with {threads} workers");
    }
}

#[test]
fn a_compressed_file_that_would_need_much_memory_is_refused_with_what_to_do() {
    let check = |window| {
        piped(zoo().args(["-", "--job", "zoo", "-q"]), &zstd_frame(window, &[b"{\"keepers\"", b": 1}"]))
    };
    let output = check(24);
    assert_eq!(
        (code(&output), last_line(&output).as_str()),
        (0, "checked 1 document in 1 file: no findings")
    );
    let output = check(25);
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains(
            "[file-unreadable]: it cannot be read to its end: it must be held 32 MiB at a time, and 16 MiB are held: \
             unpack it with `zstd -dc --long=31`, into the standard input"
        ),
        "{}",
        stdout(&output)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_of_200_megabytes_is_counted_and_passed_over_without_being_held() {
    let (memory, output) = measured(&["-", "--job", "zoo", "--input", "ndjson", "-q"], |out| {
        out.write_all(b"{\"keepers\": 1}\n{\"keepers\": 1, \"species\": [\"")?;
        let chunk = vec![b'x'; 1 << 20];
        (0..200).try_for_each(|_| out.write_all(&chunk))?;
        out.write_all(b"\"]}\n{\"keepers\": 2}\n{\"keepers\": 0}\n")
    });
    let text = stdout(&output);
    assert_eq!(code(&output), 1, "{text}");
    assert!(text.contains("stdin:2:1: error[document-too-large]: 209715232 bytes; records of more than 16777216 bytes are not read"), "{text}");
    assert!(text.contains("stdin:4:13: error[out-of-range]: /keepers"), "{text}");
    assert!(text.ends_with("checked 4 documents in 1 file, 2 refused: 2 errors, 0 warnings\n"), "{text}");
    assert!(memory < MEMORY, "{memory} kB");
}

#[cfg(target_os = "linux")]
#[test]
fn a_million_findings_are_told_and_none_is_kept() {
    let count = Run::from_environment(50_000).cases;
    for format in ["json", "text", "junit", "sarif", "github"] {
        let line = format!("{{\"keepers\": 1, \"species\": [{}]}}\n", vec!["1"; 100].join(","));
        let args = ["-", "--job", "zoo", "--input", "ndjson", "--format", format];
        let (memory, output) =
            measured(&args, |out| (0..count / 100).try_for_each(|_| out.write_all(line.as_bytes())));
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        let text = stdout(&output);
        // Of each element the type, and of the list that its elements are the same.
        let all = count / 100 * 101;
        if format == "text" {
            assert!(text.ends_with(&format!(": {all} errors, 0 warnings\n")), "{text}");
        }
        if format == "github" {
            assert!(
                text.ends_with(&format!(
                    "::notice::{} more findings are not annotated; the log has them all\n",
                    all - 50
                )),
                "{text}"
            );
        }
        assert!(memory < MEMORY, "{format}: {memory} kB");
    }
}

#[test]
fn findings_come_in_the_order_of_the_input_however_many_judge() {
    // Blocks that are quick to judge follow on blocks that are slow.
    let mut text = String::new();
    let mut expected = Vec::new();
    for line in 1..=30_000 {
        let slow = line / 3_000 % 2 == 0;
        let species = if slow { r#","species":["a","b","c","d","e","f","g","h"]"# } else { "" };
        let bad = if slow { line % 2 == 0 } else { line % 97 == 0 };
        text += &format!("{{\"keepers\":{}{species}}}\n", if bad { 0 } else { 1 });
        expected.extend(bad.then_some(line));
    }
    for threads in ["1", "2", "5"] {
        let args = ["-", "--job", "zoo", "--input", "ndjson", "--format", "json", "--threads", threads];
        let output = piped(zoo().args(args), text.as_bytes());
        let lines: Vec<u64> = findings(&output).iter().map(|it| it["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, expected, "{threads} threads");
    }
}

#[test]
fn a_closed_pipe_ends_the_command_with_what_is_known() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut child = zoo()
        .args(["-", "--job", "zoo", "--input", "ndjson"])
        .stdin(Stdio::piped())
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Far more than is read before it is known.
    let mut stdin = child.stdin.take().unwrap();
    let line = b"{}\n".repeat(1_000);
    let written = (0..20_000).take_while(|_| stdin.write_all(&line).is_ok()).count();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (1, ""));
    assert!(written < 20_000, "all was read");
}

/// Has it said what it does on SIGINT and SIGTERM?
#[cfg(target_os = "linux")]
fn catches_signals(child: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & 0x4002 == 0x4002
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_with_the_counts_so_far() {
    for signal in ["-INT", "-TERM"] {
        let mut child = zoo()
            .args(["-", "--job", "zoo", "--input", "ndjson", "-q"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // More than one block, of which the first must be through; the standard input stays open.
        stdin.write_all(&lines(1_000)).unwrap();
        while !catches_signals(&child) {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(200));
        assert!(Command::new("kill").arg(signal).arg(child.id().to_string()).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert!(last_line(&output).starts_with("ended early: checked "), "{}", stdout(&output));
        assert!(
            stderr(&output).contains("it was interrupted; the counts are those so far"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn the_report_for_ci_servers_has_a_failure_for_each_error() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("zoo.ndjson"), DOCUMENTS.join("\n")).unwrap();
    let output = zoo().args(["zoo.ndjson", "--format", "junit"]).current_dir(folder.path()).output().unwrap();
    let text = stdout(&output);
    assert_eq!(code(&output), 1);
    assert_eq!(text.matches("<failure ").count(), 17, "{text}");
    assert!(
        text.contains(
            "classname=\"zoo.ndjson\" name=\"out-of-range /keepers\" file=\"zoo.ndjson\" line=\"3\""
        ),
        "{text}"
    );
    assert!(text.ends_with("</testsuites>\n"));
}

/// The rules that only stored documents trigger, for the test that looks for one of each: `[record-broken]`,
/// `[document-too-large]`, `[job-unknown]`, `[version-newer]` and `[further-findings]`.
#[test]
fn the_findings_of_one_document_have_an_end() {
    let species = vec!["1"; 1_500].join(",");
    let text = format!(
        "{{\"checkpoint_version\": 2, \"keepers\": 1}}\n{{\"keepers\": 1, \"species\": [{species}]}}\n"
    );
    let output = piped(zoo().args(["-", "--job", "zoo", "--input", "ndjson", "-q"]), text.as_bytes());
    let text = stdout(&output);
    assert!(text.contains("stdin:1:24: error[version-newer]: /checkpoint_version: the document is of version 2, and `zoo-v1` is the newest that is registered"), "{text}");
    assert!(
        text.contains("stdin:2:1: error[further-findings]: 501 more findings of this document are not told"),
        "{text}"
    );
    assert!(text.ends_with("checked 2 documents in 1 file, 2 refused: 1002 errors, 0 warnings\n"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_with_a_million_mistakes_costs_no_more_than_its_values() {
    let numbers: Vec<String> = (0..1_000_000).map(|at| at.to_string()).collect();
    let keys: Vec<String> = (0..300_000).map(|at| format!("\"k{at}\":1")).collect();
    for (document, rule) in [
        (format!("{{\"keepers\":1,\"species\":[{}]}}\n", numbers.join(",")), "wrong-type"),
        (format!("{{\"keepers\":1,{}}}\n", keys.join(",")), "ignored-key"),
        (format!("{{\"keepers\":1,\"gate\":{{\"open\":true,{}}}}}\n", keys.join(",")), "unknown-key"),
        (format!("{{\"keepers\":1,{}}}\n", vec![r#""species":[]"#; 1_000_000].join(",")), "duplicate-key"),
    ] {
        let args = ["-", "--job", "zoo", "--input", "ndjson", "-q"];
        let (memory, output) = measured(&args, |out| out.write_all(document.as_bytes()));
        let text = stdout(&output);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(text.contains(&format!("[{rule}]: ")), "{text:.2000}");
        assert!(text.ends_with(" warnings\n"), "{text}");
        println!("{rule}: {memory} kB of a document of {} kB", document.len() / 1000);
        assert!(memory < 256 << 10, "{rule}: {memory} kB");
    }
    // What is not told is said.
    let document = format!("{{\"keepers\":1,\"species\":[{}]}}\n", vec!["1"; 50_001].join(","));
    let output = piped(zoo().args(["-", "--job", "zoo", "--input", "ndjson", "-q"]), document.as_bytes());
    assert!(
        stdout(&output).contains(
            "[further-findings]: only the first findings of a document with more than 50000 values are told\n"
        ),
        "{}",
        stdout(&output)
    );
}

#[test]
fn secrets_are_told_nowhere_and_the_schema_says_that_they_are_write_only() {
    let folder = TempDir::new().unwrap();
    let vault = |args: &[&str], bytes: &[u8]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zoo"));
        command.env("CHECKPOINT_TESTS_SECRETS", "1").env_remove("GITHUB_ACTIONS").current_dir(folder.path());
        piped(command.args(args).args(["--schemas", "."]), bytes)
    };
    assert_eq!(code(&vault(&["export"], b"")), 0);
    let schema: Value =
        serde_json::from_slice(&fs::read(folder.path().join("vault-v2.schema.json")).unwrap()).unwrap();
    for (pointer, secret) in [
        ("/properties/token", true),
        ("/properties/keys", true),
        ("/properties/page", false),
        ("/properties/doors", false),
        ("/$defs/Door/properties/code", true),
    ] {
        assert_eq!(
            schema.pointer(pointer).unwrap().get("writeOnly").is_some(),
            secret,
            "{pointer}: {schema}"
        );
    }
    // Each has the word in a secret, or under a key that may be a misspelt one, and something to find beside it.
    let documents = [
        r#"{"checkpoint_version": 2, "token": ["hunter2"], "page": "hidden?"}"#,
        r#"{"checkpoint_version": 2, "token": "hunter2", "page": -1}"#,
        r#"{"checkpoint_version": 2, "tok": "hunter2", "page": -1}"#,
        r#"{"checkpoint_version": 2, "tokne": "hunter2", "page": 1}"#,
        r#"{"checkpoint_version": 2, "token": "t", "keys": {"hunter2": "hunter2"}, "page": 1.5}"#,
        r#"{"checkpoint_version": 2, "token": "t", "doors": [{"code": {"digits": "hunter2"}}], "page": 1}"#,
        r#"{"checkpoint_version": 2, "token": "t", "doors": [{"code": "hunter2", "name": 5}], "page": 1}"#,
        r#"{"checkpoint_version": 3, "token": "hunter2"}"#,
        r#"{"checkpoint_version": "two", "token": "hunter2", "page": 1}"#,
        r#"{"token": "hunter2", "page": "none"}"#,
        r#"{"token": "hunter2", "page": 5000000000}"#,
        r#"{"checkpoint_version": 2, "token": "hunter2", "token": "hunter2", "page": 1}"#,
        r#"{"token": "hunter2", "page": 1"#,
    ];
    for format in ["text", "json", "github", "junit", "sarif"] {
        for document in documents {
            let output = vault(
                &["samples", "-", "--job", "vault", "--input", "ndjson", "-v", "--format", format],
                document.as_bytes(),
            );
            assert_eq!(code(&output), 1, "{document}: {}{}", stdout(&output), stderr(&output));
            // The key of a map is a key: it is part of the place.
            let text = stdout(&output).replace("/keys/hunter2", "/keys/…");
            assert!(!text.contains("hunter2"), "{document}: {text}");
        }
    }
    // What is not secret is shown, and so is where it stands.
    let output = vault(&["samples", "-", "--job", "vault", "--input", "ndjson"], documents[1].as_bytes());
    let text = stdout(&output);
    assert!(text.contains(r#"{"checkpoint_version": 2, "token": •••, "page": -1}"#), "{text}");
    assert!(text.contains("stdin:1:55") && text.contains("found -1"), "{text}");
}
