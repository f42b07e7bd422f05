//! `rows`: a live table is judged as a dump of it is, whoever writes meanwhile, and no value of a row is told.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ::postgres::Client;
use checkpoint_tests::postgres::{self, Database, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The tool, which knows the database only by the environment: nothing of the caller's.
fn tool(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    command.arg("rows").args(args).env("DATABASE_URL", url).env_remove("GITHUB_ACTIONS");
    // Outside of a workspace no folder of schemas is found.
    command.current_dir("/tmp");
    command
}

/// Runs it, which must end with `exit`, and returns what it says on standard output.
#[track_caller]
fn rows(url: &str, args: &[&str], exit: i32) -> String {
    let output = tool(url, args).output().unwrap();
    assert_eq!(output.status.code(), Some(exit), "{}{}", stdout(&output), stderr(&output));
    stdout(&output)
}

#[track_caller]
fn last_line(url: &str, args: &[&str], exit: i32) -> String {
    rows(url, args, exit).lines().last().unwrap_or_default().to_owned()
}

/// It could not run to the end, and says this.
#[track_caller]
fn fails(url: &str, args: &[&str], words: &str) -> String {
    let output = tool(url, args).output().unwrap();
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{}{told}", stdout(&output));
    assert!(told.contains(words), "{words:?} is not in: {told}");
    stdout(&output)
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Findings: rule, pointer, and a part of the message.
type Expected = &'static [(&'static str, &'static str, &'static str)];

/// Key, job, document, and what is found: rule, pointer, message without its values.
const ROWS: [(&str, Option<&str>, Option<&str>, Expected); 12] = [
    (
        "a",
        Some("ledger"),
        Some(
            r#"{"checkpoint_version": 3, "counts": {"total": 1}, "position": {"token": "t"}, "done": [], "marks": {}}"#,
        ),
        &[],
    ),
    ("b", Some("LEDGER"), Some(r#"{"total": 1, "cursor": "c\t\"\\x"}"#), &[]),
    (
        "c\t\\N",
        Some("plain"),
        Some(r#"{"page": "hunter2"}"#),
        &[("wrong-type", "/page", "expected integer, found a string")],
    ),
    (
        "d",
        Some("plain"),
        Some(r#"{"page": -4711}"#),
        &[("out-of-range", "/page", "minimum 0, found a number")],
    ),
    ("e", Some("plain"), None, &[]),
    ("f", Some("plain"), Some("null"), &[]),
    ("g", Some("unknown"), Some(r#"{"page": "hunter2"}"#), &[]),
    ("h", None, Some(r#"{"page": "hunter2"}"#), &[]),
    ("i", Some("plain"), Some(r#"["hunter2"]"#), &[("wrong-type", "", "expected object, found an array")]),
    (
        "j",
        Some("ledger"),
        Some(r#"{"checkpoint_version": 9, "x": "hunter2"}"#),
        &[(
            "version-newer",
            "/checkpoint_version",
            "the document is of version 9, and `ledger-v3` is the newest that is registered",
        )],
    ),
    (
        "k",
        Some("ledger"),
        Some(r#"{"total": 1, "cursor": ["hunter2"]}"#),
        &[("upgrade-fails", "", "the step from version 1 gave an error")],
    ),
    (
        "l",
        Some("plain"),
        Some(r#"{"page": 1, "pgae": "hunter2"}"#),
        &[("ignored-key", "/pgae", "the type has no key \"pgae\", and serde ignores it")],
    ),
];

/// A database with the seed's table.
fn table(server: &Server) -> (Database<'_>, Client) {
    let database = server.database();
    let mut client = database.connect();
    let create = "CREATE TABLE etl_jobs (id text PRIMARY KEY, job_name text, checkpoint_data jsonb, seen int DEFAULT 0)";
    client.batch_execute(create).unwrap();
    (database, client)
}

fn put(client: &mut Client, id: &str, job: Option<&str>, document: Option<&str>) {
    let insert = "INSERT INTO etl_jobs VALUES ($1, $2, $3::text::json)";
    client.execute(insert, &[&id, &job, &document]).unwrap();
}

fn fill(client: &mut Client) {
    for (id, job, document, _) in ROWS {
        put(client, id, job, document);
    }
}

#[test]
fn every_row_is_judged_by_its_job_and_told_by_its_key_without_its_values() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        fill(&mut client);
        let url = database.url();
        let found: Vec<Value> = rows(&url, &["--format", "json"], 1)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut expected: Vec<Value> = Vec::new();
        for (id, _, _, findings) in ROWS {
            expected.extend(findings.iter().map(|(rule, pointer, _)| json!([id, rule, pointer])));
        }
        let parts = |it: &Value| json!([it["row"], it["rule"], it["pointer"]]);
        let of_rows: Vec<Value> = found.iter().filter(|it| !it["row"].is_null()).map(parts).collect();
        assert_eq!(of_rows, expected);
        for finding in &found {
            assert_eq!(finding["path"], "etl_jobs");
            assert_eq!(finding["line"], Value::Null);
            let id = finding["row"].as_str().unwrap_or_default();
            let of_row = ROWS.iter().find(|(key, ..)| *key == id).map(|row| row.3).unwrap_or_default();
            let message = finding["message"].as_str().unwrap();
            assert!(id.is_empty() || of_row.iter().any(|(_, _, words)| message.contains(words)), "{finding}");
        }
        let unknown: Vec<&str> = found
            .iter()
            .filter(|it| it["rule"] == "job-unknown")
            .map(|it| it["message"].as_str().unwrap())
            .collect();
        assert_eq!(unknown.len(), 2, "{unknown:?}");
        assert!(unknown.iter().any(|it| it.contains("1 document of the job \"unknown\"")), "{unknown:?}");

        let last = last_line(&url, &[], 1);
        assert_eq!(
            last,
            "checked 8 documents of 12 rows read, 2 absent, 2 of unknown jobs, 5 refused: 5 errors, 3 warnings"
        );
        for format in ["text", "json", "github", "junit", "sarif"] {
            let told = rows(&url, &["--format", format, "-v"], 1);
            assert!(!told.contains("hunter2") && !told.contains("4711"), "{told}");
            // A step of the ledger panics by one value, and quotes another.
            let told = rows(&url, &["--format", format, "--show-values"], 1);
            assert!(told.contains("hunter2") && told.contains("4711"), "{told}");
        }
    });
}

/// What does not depend on where a document is kept.
fn of_documents(told: &str) -> Vec<Value> {
    let finding = |line: &str| -> Value {
        let mut finding: Value = serde_json::from_str(line).unwrap();
        for key in ["path", "line", "column"] {
            finding.as_object_mut().unwrap().remove(key).unwrap();
        }
        finding
    };
    told.lines().map(finding).collect()
}

/// What `samples` says of `bytes` on its standard input.
fn samples(bytes: &[u8], args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    command.args(["samples", "-"]).args(args).env_remove("GITHUB_ACTIONS").current_dir("/tmp");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    stdout(&output)
}

#[test]
fn a_table_gives_the_same_findings_as_every_dump_that_the_server_makes_of_it() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        // Of `json`, which keeps a text as it is written.
        client.batch_execute("ALTER TABLE etl_jobs ALTER checkpoint_data TYPE json").unwrap();
        fill(&mut client);
        for (id, job, document) in [
            ("\"m\"", "plain", "{\"page\": 1, \"page\": 2}"),
            ("n,;", "PLAIN", "{\r\n\t\"page\": \"a\\\\b\\\"\u{e9}\\u00e9\\n\",\n\"pgae\": [\"\\\\N\"]}"),
            ("o\n", "ledger", "{\"total\": 1, \"cursor\": \"panic\"}"),
            ("p", "notes", "{\"_v\": 2, \"text\": \"\\\\.\", \"x\": 1}"),
        ] {
            put(&mut client, id, Some(job), Some(document));
        }
        let url = database.url();
        let shown = rows(&url, &["--format", "json", "--show-values"], 1);
        let expected = of_documents(&shown);
        assert_eq!(expected.len(), 13, "{shown}");
        // Without values, the same places.
        let places = |findings: &[Value]| -> Vec<Value> {
            findings.iter().map(|it| json!([it["row"], it["rule"], it["severity"], it["pointer"]])).collect()
        };
        let output = tool(&url, &["--format", "json"]).output().unwrap();
        // A step panics, and nothing but the finding tells it: its words may quote a value.
        assert_eq!((output.status.code(), stderr(&output)), (Some(1), String::new()));
        assert!(shown.contains("panicked, at tests/src/ledger.rs:"), "{shown}");
        let masked = of_documents(&stdout(&output));
        assert_eq!(places(&masked), places(&expected));
        let counts = |line: &str| line.split_once(", ").unwrap().1.to_owned();
        let expected_counts = counts(&last_line(&url, &[], 1));

        let mut copied = |what: &str| {
            let mut bytes = Vec::new();
            client.copy_out(&format!("COPY {what}")).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let text = copied("etl_jobs TO STDOUT");
        // As `pg_dump` writes it.
        let dump = [
            &b"--\n-- PostgreSQL database dump\n--\n\nCOPY public.etl_jobs (id, job_name, checkpoint_data, seen) FROM stdin;\n"[..],
            &text,
            b"\\.\n\n\n",
        ]
        .concat();
        let mut objects =
            copied("(SELECT row_to_json(t) FROM etl_jobs AS t) TO STDOUT (FORMAT csv, QUOTE E'\\x01')");
        objects.retain(|byte| *byte != 1);
        for (form, args, bytes) in [
            ("copy", &[][..], dump),
            ("copy", &["--column", "3", "--job-field", "2", "--id-column", "1"], text),
            ("copy", &[], copied("etl_jobs TO STDOUT (HEADER)")),
            ("csv", &[], copied("etl_jobs TO STDOUT (FORMAT csv, HEADER)")),
            ("csv", &[], copied("etl_jobs TO STDOUT (FORMAT csv, HEADER, DELIMITER ';', FORCE_QUOTE *)")),
            ("json", &[], objects),
        ] {
            let args = [&["--input", form], args].concat();
            let told = samples(&bytes, &[&args[..], &["--format", "json"]].concat());
            assert_eq!(of_documents(&told), expected, "{args:?}: {}", String::from_utf8_lossy(&bytes));
            let last = samples(&bytes, &args).lines().last().unwrap().to_owned();
            assert_eq!(counts(&last), expected_counts, "{args:?}");
        }
    });
}

#[test]
fn a_result_for_code_scanning_stands_at_a_file_of_the_workspace() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        fill(&mut client);
        let told =
            rows(&database.url(), &["--format", "sarif", "--schemas", "db/schemas", "--job", "plain"], 1);
        let report: Value = serde_json::from_str(&told).unwrap();
        let results = report["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 4);
        for result in results {
            let location = &result["locations"][0];
            assert_eq!(
                location["physicalLocation"]["artifactLocation"]["uri"],
                "db/schemas/plain-v1.schema.json"
            );
            assert_eq!(location["logicalLocations"][0]["kind"], "row");
        }
    });
}

#[test]
fn rows_are_chosen_by_job_condition_share_and_names() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        fill(&mut client);
        let url = database.url();
        for (args, exit, line) in [
            (
                &["--job", "Plain"][..],
                1,
                "checked 4 documents of 6 rows read, 2 absent, 3 refused: 3 errors, 1 warning",
            ),
            (
                &["--job", "plain", "--job", "ledger", "--where", "t.id < 'c' -- the first"],
                0,
                "checked 2 documents of 2 rows read: no findings",
            ),
            (
                &["--sample", "100%", "--where", "id = 'a' OR id = 'b'"],
                0,
                "checked 2 documents of 2 rows read: no findings",
            ),
            (&["--where", "id = 'e'"], 0, "checked 0 documents of 1 row read, 1 absent: no findings"),
        ] {
            assert_eq!(last_line(&url, args, exit), line, "{args:?}");
        }
        let create = "CREATE SCHEMA \"s s\"; CREATE TABLE \"s s\".\"T t\" (\"K k\" int, \"D d\" json); \
                      INSERT INTO \"s s\".\"T t\" VALUES (1, '{\"page\": 1}'), (2, '{}'), (3, '{\"page\": []}')";
        client.batch_execute(create).unwrap();
        let named = [
            "--schema",
            "s s",
            "--table",
            "T t",
            "--id-column",
            "K k",
            "--document-column",
            "D d",
            "--no-job-column",
        ];
        let all = |more: &[&'static str]| [&named[..], more].concat();
        assert_eq!(
            last_line(&url, &all(&["--job", "plain"]), 1),
            "checked 3 documents of 3 rows read, 2 refused: 2 errors, 0 warnings"
        );
        assert_eq!(
            last_line(&url, &all(&["--job", "plain", "--empty-is-absent"]), 1),
            "checked 2 documents of 3 rows read, 1 absent, 1 refused: 1 error, 0 warnings"
        );
        client.batch_execute("INSERT INTO etl_jobs SELECT 'x' || n, 'plain', '{\"page\": 1}' FROM generate_series(1, 20000) n").unwrap();
        let line = last_line(&url, &["--sample", "5%", "--where", "id LIKE 'x%'"], 0);
        let count: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!((700..1300).contains(&count), "{line}");

        fails(&url, &all(&[]), "name it with `--job`, once");
        fails(&url, &["--job", "nobody"], "there is no job `nobody`: the registry has ledger, notes, plain");
        fails(&url, &["--table", "nothing"], "relation \"nothing\" does not exist");
        fails(&url, &["--document-column", "nothing"], "nothing");
        fails(&url, &["--where", "nonsense"], "nonsense");
        fails(&url, &["--where", "false"], "nothing to check: there is no document");
        fails(&url, &["--where", "t.job_name = 'unknown'"], "no document is of a job that the registry has");
        fails(&url, &["--sample", "0%"], "such as `1%`");
        fails(&url, &["--pull", "1"], "`--schemas DIR`");
        fails("", &[], "no database is named");
    });
}

#[test]
fn a_table_that_is_being_written_is_seen_in_one_state_and_nobody_waits() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        client.batch_execute("INSERT INTO etl_jobs SELECT n::text, 'plain', '{\"page\": 1}' FROM generate_series(1, 5000) n").unwrap();
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut client = database.connect();
                let mut writes = 0_u64;
                while !stop.load(Ordering::Relaxed) {
                    // Each leaves as many rows as there were, and all of them valid.
                    let swap = "WITH gone AS (DELETE FROM etl_jobs WHERE id = (SELECT min(id) FROM etl_jobs) RETURNING 1) \
                                INSERT INTO etl_jobs SELECT $1, 'plain', '{\"page\": 2}' FROM gone";
                    assert_eq!(client.execute(swap, &[&format!("new {writes}")]).unwrap(), 1);
                    writes += 1;
                }
                writes
            });
            for _ in 0..5 {
                assert_eq!(
                    last_line(&database.url(), &[], 0),
                    "checked 5000 documents of 5000 rows read: no findings"
                );
            }
            stop.store(true, Ordering::Relaxed);
            assert!(writer.join().unwrap() > 0);
        });
    });
}

/// Rows that the server gives slowly: all the time of the test.
const SLOWLY: [&str; 2] = ["--where", "pg_sleep(0.02) IS NOT NULL"];

#[test]
fn a_connection_that_is_lost_and_a_statement_that_takes_too_long_end_with_the_counts_so_far() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        // So wide that the server sends some before it has all.
        client
            .batch_execute("INSERT INTO etl_jobs SELECT n::text, 'plain', jsonb_build_object('page', n, 'x', repeat('x', 20000)) FROM generate_series(1, 600) n")
            .unwrap();
        let url = database.url();
        let child = tool(&url, &[&SLOWLY[..], &["-q"]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let began = Instant::now();
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'checkpoint rows' \
                   AND datname = current_database() AND query LIKE 'COPY%' AND query_start < clock_timestamp() - interval '2 s'";
        while client.query_one(end, &[]).unwrap().get::<_, i64>(0) == 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "it does not read");
            thread::sleep(Duration::from_millis(50));
        }
        let output = child.wait_with_output().unwrap();
        let (told, errors) = (stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(2), "{told}{errors}");
        assert!(
            errors.contains("the table could not be read to its end: ")
                && errors.contains("the counts are those so far"),
            "{errors}"
        );
        assert!(told.lines().last().unwrap().starts_with("ended early: checked "), "{told}");

        let told = fails(&url, &[&SLOWLY[..], &["--timeout", "300ms", "-q"]].concat(), "statement timeout");
        assert!(told.contains("ended early: "), "{told}");

        // The signal ends it, too, although the server has nothing to say.
        let child = tool(&url, &["--where", "pg_sleep(60) IS NOT NULL"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(700));
        assert!(Command::new("kill").arg("-INT").arg(child.id().to_string()).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("it was interrupted"), "{}", stderr(&output));
    });
}

/// Passes a connection on to the server's socket, and drops it after so many bytes of what the server says; returns
/// its port.
fn dropping(socket: PathBuf, after: u64) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let server = UnixStream::connect(socket).unwrap();
        let (mut said, mut heard) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || io::copy(&mut client.try_clone().unwrap(), &mut server.try_clone().unwrap()));
        let _ = io::copy(&mut Read::by_ref(&mut said).take(after), &mut heard);
        let _ = heard.shutdown(std::net::Shutdown::Both);
    });
    port
}

#[test]
fn a_connection_that_is_dropped_without_a_word_ends_with_the_counts_so_far() {
    let server = Server::shared(postgres::Version::V18);
    let (_database, mut client) = table(&server);
    client
        .batch_execute("INSERT INTO etl_jobs SELECT n::text, 'plain', jsonb_build_object('page', -n) FROM generate_series(1, 100000) n")
        .unwrap();
    let name: String = client.query_one("SELECT current_database()::text", &[]).unwrap().get(0);
    let Some(socket) = server.socket_dir().map(|dir| dir.join(".s.PGSQL.5432")) else {
        panic!("a server of the tests' own listens on a socket")
    };
    let port = dropping(socket, 2 << 20);
    let url = format!("postgresql://postgres@localhost:{port}/{name}?hostaddr=127.0.0.1&sslmode=disable");
    let output = tool(&url, &["-q"]).output().unwrap();
    let (told, errors) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(
        errors.contains("the table could not be read to its end: ") && errors.contains("so far"),
        "{errors}"
    );
    let last = told.lines().last().unwrap();
    let count: usize =
        last.strip_prefix("ended early: checked ").unwrap().split(' ').next().unwrap().parse().unwrap();
    // All that came is counted, and told: every row is refused.
    assert!((20_000..100_000).contains(&count), "{last}");
    assert!(last.contains(&format!("{count} refused: {count} errors")), "{last}");
    assert_eq!(told.lines().count(), count + 1);
}

#[test]
fn nothing_is_written_whatever_the_condition_says() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        fill(&mut client);
        client.batch_execute("CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS bool LANGUAGE sql AS 'DELETE FROM etl_jobs RETURNING true'").unwrap();
        let url = database.url();
        fails(&url, &["--where", "nextval('s') > 0"], "read-only transaction");
        fails(&url, &["--where", "f()"], "read-only transaction");
        fails(
            &url,
            &["--where", "true)) TO STDOUT; DROP TABLE etl_jobs; COPY (SELECT (1"],
            "multiple commands",
        );
        assert_eq!(client.query("SELECT FROM etl_jobs", &[]).unwrap().len(), ROWS.len());
    });
}

#[test]
fn samples_are_pulled_one_of_each_shape_with_other_values_and_they_are_valid() {
    postgres::each(|server| {
        let (database, mut client) = table(server);
        fill(&mut client);
        for (id, document) in [("m", r#"{"page": 4711}"#), ("n", r#"{"page": 4712}"#)] {
            put(&mut client, id, Some("plain"), Some(document));
        }
        let marks = json!({"checkpoint_version": 3, "counts": {"total": 4711}, "position": {"token": "hunter2", "page": 2},
                           "done": ["hunter2", "hunter2"], "marks": {"hunter2": 1, "hunter3": 2}});
        put(&mut client, "o", Some("ledger"), Some(&marks.to_string()));
        let folder = TempDir::new().unwrap();
        let schemas = folder.path().to_str().unwrap();
        let run = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
            let output =
                command.args(args).args(["--schemas", schemas]).current_dir(folder.path()).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
            stdout(&output)
        };
        run(&["export"]);
        run(&["lock"]);
        // Without a schema of version 1 nobody knows which of its keys are data.
        let told = rows(
            &database.url(),
            &["--pull", "5", "--schemas", schemas, "-v", "--job", "ledger", "--where", "id = 'b'"],
            0,
        );
        assert!(
            told.contains("1 document of ledger version 1 left out") && told.contains(", pulled 0 samples"),
            "{told}"
        );
        let first = json!({"type": "object", "required": ["total", "cursor"], "properties": {
            "total": {"type": "integer"}, "cursor": {"type": "string"}, "done": true, "marks": true,
        }});
        fs::write(folder.path().join("ledger-v1.schema.json"), first.to_string()).unwrap();
        let pull = |wanted: &str| last_line(&database.url(), &["--pull", wanted, "--schemas", schemas], 1);
        assert!(pull("1").contains(", pulled 3 samples, "), "one of ledger v1, ledger v3 and plain");
        let line = pull("5");
        // The first ones are there already.
        assert!(line.contains(", pulled 1 sample, "), "{line}");
        let mut texts = String::new();
        for name in ["ledger-v1", "ledger-v3", "plain-v1"] {
            let entries = fs::read_dir(folder.path().join("samples").join(name).join("valid")).unwrap();
            let paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            assert_eq!(paths.len(), if name == "ledger-v3" { 2 } else { 1 }, "{paths:?}");
            texts.extend(paths.iter().map(|path| fs::read_to_string(path).unwrap()));
        }
        assert!(!texts.contains("hunter") && !texts.contains("471"), "{texts}");
        assert!(texts.contains("\"key 1\": 1") && texts.contains("\"masked\""), "{texts}");
        let told = run(&["check"]);
        assert!(told.contains("checked 4 samples: "), "{told}");
    });
}

#[test]
fn what_connects_and_what_does_not_is_told_without_the_password() {
    for (url, words) in [
        ("postgresql://u:hunter2@localhost:1/x", "cannot connect to the database"),
        ("postgresql://u:hunter2@localhost:1/x?sslmode=nonsense", "the `sslmode` is not known"),
        (
            "postgresql://u:hunter2@localhost:1/x?sslrootcert=/nowhere.crt&sslmode=verify-full",
            "cannot read /nowhere.crt",
        ),
        ("host=localhost port=1 user=u password=hunter2 sslmode=require", "cannot connect to the database"),
        ("host=h password=a hunter2=b", "the URL of the database cannot be read"),
    ] {
        let output = tool(url, &[]).output().unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words) && !told.contains("hunter2"), "{told}");
    }
}

/// A certificate for a host, and the root that signed it, as PEM; and what a server needs to show it.
struct Certificate {
    root: String,
    config: Arc<rustls::ServerConfig>,
}

impl Certificate {
    fn of(host: &str) -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let root_key = rcgen::KeyPair::generate().unwrap();
        let root = params.self_signed(&root_key).unwrap();
        let issuer = rcgen::Issuer::new(params, root_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let own =
            rcgen::CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![own.der().clone()],
                rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        Self { root: root.pem(), config: Arc::new(config) }
    }
}

/// Speaks TLS before a server that only listens on a socket; returns its port. It lets nobody through who does
/// not ask for TLS, and ends with the process.
fn encrypted(socket: PathBuf, config: Arc<rustls::ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (socket, config) = (socket.clone(), Arc::clone(&config));
            // A client that ends the handshake is one that does not trust the certificate.
            thread::spawn(move || {
                let _ = pass(client, &socket, config);
            });
        }
    });
    port
}

fn pass(mut client: TcpStream, socket: &Path, config: Arc<rustls::ServerConfig>) -> io::Result<()> {
    let mut request = [0; 8];
    client.read_exact(&mut request)?;
    if request != [0, 0, 0, 8, 4, 210, 22, 47] {
        return Ok(());
    }
    client.write_all(b"S")?;
    let mut server = UnixStream::connect(socket)?;
    let connection = rustls::ServerConnection::new(config).map_err(io::Error::other)?;
    let mut tls = rustls::StreamOwned::new(connection, client);
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(&mut tls.sock)?;
    }
    tls.sock.set_read_timeout(Some(Duration::from_millis(2)))?;
    server.set_read_timeout(Some(Duration::from_millis(2)))?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        for from_client in [true, false] {
            let read = if from_client { tls.read(&mut chunk) } else { server.read(&mut chunk) };
            match read {
                Ok(0) => return Ok(()),
                Ok(count) if from_client => server.write_all(&chunk[..count])?,
                Ok(count) => tls.write_all(&chunk[..count])?,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[test]
fn the_connection_is_encrypted_and_the_server_checked_as_the_url_says() {
    let server = Server::shared(postgres::Version::V18);
    let (database, mut client) = table(&server);
    put(&mut client, "a", Some("plain"), Some(r#"{"page": 1}"#));
    let name: String = client.query_one("SELECT current_database()::text", &[]).unwrap().get(0);
    let socket = server.socket_dir().map(|dir| dir.join(".s.PGSQL.5432"));
    // The shared server has a socket unless it is another's.
    let Some(socket) = socket else { panic!("a server of the tests' own listens on a socket") };
    let (ours, others) = (Certificate::of("localhost"), Certificate::of("elsewhere"));
    let folder = TempDir::new().unwrap();
    let root = |it: &Certificate, name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, &it.root).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (our_root, other_root) = (root(&ours, "ours.crt"), root(&others, "others.crt"));
    let here = encrypted(socket.clone(), ours.config);
    let elsewhere = encrypted(socket, others.config);
    let url = |port: u16, options: &str| {
        format!("postgresql://postgres@localhost:{port}/{name}?hostaddr=127.0.0.1&{options}")
    };
    for (port, options) in [
        (here, "sslmode=prefer".to_owned()),
        (here, "sslmode=require".to_owned()),
        (here, format!("sslmode=require&sslrootcert={our_root}")),
        (here, format!("sslmode=verify-ca&sslrootcert={our_root}")),
        (here, format!("sslmode=verify-full&sslrootcert={our_root}")),
        (elsewhere, "sslmode=require".to_owned()),
        (elsewhere, format!("sslmode=verify-ca&sslrootcert={other_root}")),
    ] {
        assert_eq!(
            last_line(&url(port, &options), &[], 0),
            "checked 1 document of 1 row read: no findings",
            "{options}"
        );
    }
    for (port, options) in [
        (here, "sslmode=disable".to_owned()),
        (here, format!("sslmode=require&sslrootcert={other_root}")),
        (here, format!("sslmode=verify-ca&sslrootcert={other_root}")),
        (elsewhere, format!("sslmode=verify-full&sslrootcert={other_root}")),
        (here, format!("sslmode=verify-full&sslrootcert={}", folder.path().join("none.crt").display())),
    ] {
        fails(&url(port, &options), &[], "");
    }
    // The environment says the same, as for other clients.
    let output = tool(&url(elsewhere, ""), &[])
        .env("PGSSLMODE", "verify-full")
        .env("PGSSLROOTCERT", &other_root)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("certificate"), "{}", stderr(&output));
    drop(database);
}
