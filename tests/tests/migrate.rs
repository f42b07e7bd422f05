//! `migrate`: every row that can be upgraded is, every other one stays as it was and is told, and no write of a
//! running worker is lost, wherever the command is killed.
//!
//! `CHECKPOINT_CASES=200 cargo xtask test -p checkpoint-tests --test migrate -- --nocapture` kills it two hundred
//! times; `CHECKPOINT_SEED` repeats a run.

use std::collections::BTreeMap;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ::postgres::{Client, GenericClient};
use checkpoint_schema::field::Reason;
use checkpoint_schema::table::Outcome;
use checkpoint_schema::{Checkpoint, JobTable, Stored};
use checkpoint_tests::documents::Run;
use checkpoint_tests::ledger::{first, second, third};
#[cfg(target_os = "linux")]
use checkpoint_tests::memory::watch;
use checkpoint_tests::postgres::{self, Database, Server};
use checkpoint_tests::random::Random;
use checkpoint_tests::statements::{outcome, refusal};
use serde_json::{Value, json};

/// The tool, which knows the database only by the environment: nothing of the caller's.
fn tool(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    command.arg("migrate").args(args).env("DATABASE_URL", url).env_remove("GITHUB_ACTIONS");
    command
}

/// Runs it, which must end with `exit`, and returns what it says on standard output.
#[track_caller]
fn migrate(url: &str, args: &[&str], exit: i32) -> String {
    let output = tool(url, args).output().unwrap();
    assert_eq!(output.status.code(), Some(exit), "{}{}", stdout(&output), stderr(&output));
    stdout(&output)
}

/// It could not run, and says this.
#[track_caller]
fn refuses(url: &str, args: &[&str], words: &str) {
    let output = tool(url, args).output().unwrap();
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{}{told}", stdout(&output));
    assert!(told.contains(words), "{words:?} is not in: {told}");
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A database with the seed's table, whose key is of this type.
fn table<'s>(server: &'s Server, id: &str) -> (Database<'s>, Client) {
    let database = server.database();
    let mut client = database.connect();
    let create = format!(
        "CREATE TABLE etl_jobs (id {id} PRIMARY KEY, job_name text, checkpoint_data jsonb, seen int DEFAULT 0)"
    );
    client.batch_execute(&create).unwrap();
    (database, client)
}

fn put(client: &mut Client, id: &str, job: &str, document: Option<&str>) {
    let insert = "INSERT INTO etl_jobs SELECT (jsonb_populate_record(NULL::etl_jobs, \
                  jsonb_build_object('id', $1::text))).id, $2, $3::text::jsonb";
    client.execute(insert, &[&id, &job, &document]).unwrap();
}

/// Every document as the server writes it, by key.
fn all(client: &mut Client) -> BTreeMap<String, Option<String>> {
    let rows = client.query("SELECT id::text, checkpoint_data::text FROM etl_jobs", &[]).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn stored(client: &mut Client, id: &str) -> Value {
    let document = all(client).remove(id).unwrap();
    document.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}

fn v1(total: u64) -> Value {
    json!({"total": total, "cursor": format!("c{total}"), "done": [1, 2], "marks": {"acme/api": "7"}})
}

fn v2(total: u64) -> Value {
    json!({"checkpoint_version": 2, "total": total, "cursor": {"token": format!("c{total}"), "page": 4}})
}

/// Rows that must be left, with the kind, and what is told of the place and the reason.
const LEFT: [(&str, &str, &str, &str); 12] = [
    (r#"{"checkpoint_version": 9}"#, "newer", "/checkpoint_version", "the document is of version 9"),
    (r#"{"total": 12345678901234567890123, "cursor": "c"}"#, "inexact", "/total", "a number of more digits"),
    (r#"{"total": 1, "cursor": "c", "rate": [0.12345678901234567890123]}"#, "inexact", "/rate/0", "a number"),
    (r#"["secret"]"#, "no-object", "", "expected object, found array"),
    (r#""secret""#, "no-object", "", "expected object, found string"),
    (r#"{"checkpoint_version": "secret"}"#, "no-version", "/checkpoint_version", "expected a whole number"),
    (r#"{"checkpoint_version": 0}"#, "no-version", "/checkpoint_version", "expected a whole number from 1"),
    (
        r#"{"checkpoint_version": 2, "total": 1, "cursor": {"token": "t", "page": "secret"}}"#,
        "unreadable",
        "/cursor/page",
        "as version 2: invalid type: string, expected u32",
    ),
    (r#"{"checkpoint_version": 2}"#, "unreadable", "", "as version 2: missing field `total`"),
    (r#"{"total": "secret", "cursor": "c"}"#, "step-result", "/total", "what the step from version 1 gives"),
    (r#"{"total": 1, "cursor": ["secret"]}"#, "step-failed", "", "the step from version 1 gave an error"),
    (r#"{"total": 1, "cursor": "panic"}"#, "step-failed", "", "a step of the chain panicked"),
];

/// Rows of every kind. The first hundred can be upgraded.
fn fill(client: &mut Client) {
    for id in 0..50 {
        put(client, &id.to_string(), "ledger", Some(&v1(id).to_string()));
        put(client, &(id + 50).to_string(), "Ledger", Some(&v2(id).to_string()));
    }
    for (at, (document, ..)) in LEFT.iter().enumerate() {
        put(client, &(200 + at).to_string(), "ledger", Some(document));
    }
    let third = json!({"checkpoint_version": 3, "anything": true}).to_string();
    for (id, job, document) in [
        ("300", "ledger", None),
        ("301", "ledger", Some("null")),
        ("302", "ledger", Some(third.as_str())),
        ("303", "plain", Some(r#"{"page": 1}"#)),
        ("304", "unknown", Some(r#"{"total": 1, "cursor": "c"}"#)),
        ("305", "NOTES", Some(r#"{"note": "n", "kept": 1.50}"#)),
        ("306", "notes", Some(r#"{"_v": 2.0, "text": "n"}"#)),
    ] {
        put(client, id, job, document);
    }
}

#[test]
fn every_row_that_can_be_upgraded_is_and_every_other_stays_as_it_was() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "bigint");
        fill(&mut client);
        let before = all(&mut client);
        let told = migrate(&database.url(), &["--batch", "7"], 1);
        let after = all(&mut client);
        for (id, document) in &after {
            let number: u64 = id.parse().unwrap();
            let read = || serde_json::from_str::<Value>(document.as_ref().unwrap()).unwrap();
            match number {
                0..50 => assert_eq!(
                    read(),
                    json!({
                        "checkpoint_version": 3, "counts": {"total": number},
                        "position": {"token": format!("c{number}"), "page": 1},
                        "done": ["1", "2"], "marks": {"acme/api": 7},
                    })
                ),
                50..100 => assert_eq!(
                    read(),
                    json!({
                        "checkpoint_version": 3, "counts": {"total": number - 50},
                        "position": {"token": format!("c{}", number - 50), "page": 4}, "done": [], "marks": {},
                    })
                ),
                305 => assert_eq!(read(), json!({"_v": 2, "text": "n", "kept": 1.5})),
                _ => assert_eq!(Some(document), before.get(id), "{id}"),
            }
        }
        for line in [
            "ledger, version 1 to 3: 50 rows",
            "ledger, version 2 to 3: 50 rows",
            "notes, version 1 to 2: 1 row",
        ] {
            assert!(told.lines().any(|it| it == line), "{line}: {told}");
        }
        let last = told.lines().last().unwrap();
        assert!(last.starts_with("upgraded 101 rows, left 12, 2 absent: 115 rows read in "), "{told}");
        assert!(last.ends_with(" a second"), "{told}");

        // A table may have `{}` for an absent document.
        put(&mut client, "400", "ledger", Some("{}"));
        let told = migrate(&database.url(), &["--empty-is-absent"], 1);
        assert!(told.contains("upgraded 0 rows, left 12, 3 absent: 15 rows read in "), "{told}");
        client.execute("DELETE FROM etl_jobs WHERE id = 400", &[]).unwrap();

        // What is done is passed over.
        let again = migrate(&database.url(), &[], 1);
        assert!(again.contains("upgraded 0 rows, left 12, 2 absent: 14 rows read in "), "{again}");
        assert_eq!(all(&mut client), after);
    });
}

#[test]
fn a_row_that_is_left_is_told_with_key_kind_place_and_reason_and_without_its_values() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "bigint");
        fill(&mut client);
        let lines = |args: &[&str]| -> Vec<Value> {
            let mut all = vec!["--format", "json", "--dry-run"];
            all.extend(args);
            let told = migrate(&database.url(), &all, 1);
            told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        for args in [&[][..], &["--show-values"]] {
            let told = lines(args);
            for (at, (document, kind, pointer, reason)) in LEFT.iter().enumerate() {
                let key = (200 + at).to_string();
                let row = told.iter().find(|line| line["line"] == "row" && line["key"] == key.as_str());
                let row = row.unwrap_or_else(|| panic!("{document} is not told"));
                assert_eq!(
                    (&row["job"], &row["kind"], &row["pointer"]),
                    (&json!("ledger"), &json!(kind), &json!(pointer))
                );
                let told = row["reason"].as_str().unwrap();
                assert!(!args.is_empty() || told.starts_with(reason), "{told}");
                // Of arrays and strings that are no object the type is told, and nothing quotes them.
                let quotes = !args.is_empty() && document.contains("secret") && *kind != "no-object";
                assert_eq!(told.contains("secret"), quotes, "{told}");
            }
            let total = told.last().unwrap();
            assert_eq!(
                (&total["line"], &total["upgraded"], &total["left"]),
                (&json!("total"), &json!(101), &json!(12))
            );
            assert!(total["rows_a_second"].as_u64().unwrap() > 0);
        }
    });
}

#[test]
fn a_dry_run_shows_each_kind_of_difference_and_writes_nothing() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "bigint");
        fill(&mut client);
        // Another kind: no marks.
        put(&mut client, "500", "ledger", Some(r#"{"total": 5, "cursor": "c", "done": []}"#));
        let before = all(&mut client);
        let written = |client: &mut Client| -> i64 {
            client.query_one("SELECT count(DISTINCT xmin::text) FROM etl_jobs", &[]).unwrap().get(0)
        };
        let versions = written(&mut client);
        let told = migrate(&database.url(), &["--dry-run"], 1);
        let expected = "ledger, version 1 to 3: 50 rows, such as 0
    /counts added
    /cursor removed
    /done/*: integer → string
    /marks/*: string → integer
    /position added
    /total removed
";
        assert!(told.contains(expected), "{told}");
        assert!(told.contains("ledger, version 1 to 3: 1 row, such as 500\n"), "{told}");
        assert!(told.contains("ledger, version 2 to 3: 50 rows, such as 50\n"), "{told}");
        assert!(
            told.contains("notes, version 1 to 2: 1 row, such as 305\n    /note removed\n    /text added\n"),
            "{told}"
        );
        assert!(
            told.contains("error[newer]: ledger: 1 row would be left\n    row 200: /checkpoint_version: the"),
            "{told}"
        );
        assert!(told.lines().last().unwrap().ends_with(" a second; nothing was written"), "{told}");
        assert!(!told.contains("secret"), "{told}");
        let told = migrate(&database.url(), &["--dry-run", "--show-values"], 1);
        assert!(told.contains("    /marks/*: string → integer: \"7\" → 7\n"), "{told}");
        assert_eq!(all(&mut client), before);
        assert_eq!(written(&mut client), versions);
    });
}

/// What it says, and the most memory that it had, in kB.
#[cfg(target_os = "linux")]
fn peak(url: &str) -> (String, u64) {
    let (output, peak) = watch(tool(url, &[]).stdout(Stdio::piped()).spawn().unwrap());
    assert!(output.status.success());
    (stdout(&output), peak)
}

/// The benchmark `migrate` shows the same with a million rows.
#[test]
#[cfg(target_os = "linux")]
fn ten_times_the_rows_take_no_more_memory() {
    postgres::each(|server| {
        let peaks = [3_000, 30_000].map(|rows| {
            let (database, mut client) = table(server, "int");
            let fill = format!(
                "INSERT INTO etl_jobs SELECT n, 'ledger', jsonb_build_object('total', n, 'cursor', \
                 repeat(n::text, 100)) FROM generate_series(1, {rows}) AS n"
            );
            client.batch_execute(&fill).unwrap();
            let (told, peak) = peak(&database.url());
            assert!(told.contains(&format!("upgraded {rows} rows, left 0: {rows} rows read")), "{told}");
            peak
        });
        println!("{peaks:?} kB");
        // The documents of the second are 15 MB, and as much again with the new ones.
        assert!(peaks[0] > 0 && peaks[1] < peaks[0] + 4_000, "{peaks:?} kB");
    });
}

/// Rows are read by bytes, too: the memory is that of a few batches of 4 MB, however many rows there are.
#[test]
#[cfg(target_os = "linux")]
fn large_documents_are_read_a_few_at_a_time() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "int");
        let fill = "INSERT INTO etl_jobs SELECT n, 'ledger', jsonb_build_object('total', n, 'cursor', \
                    repeat(n::text, 300000)) FROM generate_series(1, 200) AS n";
        client.batch_execute(fill).unwrap();
        let (told, peak) = peak(&database.url());
        assert!(told.contains("upgraded 200 rows, left 0: 200 rows read"), "{told}");
        // The documents together are 150 MB, and twice that with the new ones.
        assert!((1..80_000).contains(&peak), "{peak} kB");
        println!("{peak} kB: {told}");
    });
}

#[test]
fn keys_of_any_type_with_an_order_page_through_the_table() {
    postgres::each(|server| {
        for (kind, key) in [
            ("integer", "n"),
            ("text", "'k''\"' || n"),
            ("varchar(9)", "n"),
            ("character(9)", "n"),
            ("uuid", "md5(n::text)"),
            ("numeric", "n / 3.0"),
            ("timestamptz", "to_timestamp(n * 12345.678)"),
            ("mood", "(ARRAY['ok', 'sad', 'a b'])[n]"),
            ("\"Small\"", "n"),
        ] {
            let database = server.database();
            let mut client = database.connect();
            client
                .batch_execute(
                    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'a b'); CREATE DOMAIN \"Small\" AS int",
                )
                .unwrap();
            let rows = if kind == "mood" { 3 } else { 200 };
            let sql = format!(
                "CREATE TABLE etl_jobs (id {kind} PRIMARY KEY, job_name text, checkpoint_data jsonb); \
                 INSERT INTO etl_jobs SELECT ({key})::{kind}, 'ledger', jsonb_build_object('total', n, 'cursor', 'c') \
                 FROM generate_series(1, {rows}) AS n"
            );
            client.batch_execute(&sql).unwrap_or_else(|error| panic!("{kind}: {error:?}"));
            let told = migrate(&database.url(), &["--batch", "2"], 0);
            assert!(
                told.contains(&format!("upgraded {rows} rows, left 0: {rows} rows read")),
                "{kind}: {told}"
            );
        }
    });
}

#[test]
fn every_name_can_be_another() {
    postgres::each(|server| {
        let database = server.database();
        let mut client = database.connect();
        client
            .batch_execute(
                "CREATE SCHEMA \"my jobs\"; CREATE TYPE \"my jobs\".kind AS ENUM ('Ledger'); \
                 CREATE TABLE \"my jobs\".\"T\"\"able\" (\"the key\" int, other int NOT NULL, k \"my jobs\".kind, \
                 \"D\" jsonb, UNIQUE (other)); \
                 INSERT INTO \"my jobs\".\"T\"\"able\" VALUES (1, 2, 'Ledger', '{\"total\": 1, \"cursor\": \"c\"}')",
            )
            .unwrap();
        let names = ["--schema", "my jobs", "--table", "T\"able", "--document-column", "D"];
        let with = |args: &[&'static str]| [&names[..], args].concat();
        let url = database.url();
        refuses(
            &url,
            &with(&["--id-column", "the key", "--job-column", "k"]),
            "has no unique index of its own",
        );
        refuses(
            &url,
            &with(&["--id-column", "other"]),
            "has no column `job_name`: name the column of the job",
        );
        refuses(&url, &with(&["--id-column", "other", "--no-job-column"]), "name it with `--job`, once");
        let told = migrate(&url, &with(&["--id-column", "other", "--job-column", "k", "--dry-run"]), 0);
        assert!(told.contains("would upgrade 1 row, would leave 0"), "{told}");
        migrate(&url, &with(&["--id-column", "other", "--no-job-column", "--job", "LEDGER"]), 0);
        let version =
            client.query_one("SELECT \"D\"->>'checkpoint_version' FROM \"my jobs\".\"T\"\"able\"", &[]);
        assert_eq!(version.unwrap().get::<_, String>(0), "3");
    });
}

#[test]
fn what_keeps_it_from_running_is_told_and_the_password_is_not() {
    postgres::each(|server| {
        let database = server.database();
        let url = database.url();
        refuses(&url, &[], "there is no table \"etl_jobs\" in the database: name it with `--table`");
        let mut client = database.connect();
        client
            .batch_execute("CREATE TABLE etl_jobs (id int UNIQUE, job_name text, checkpoint_data json)")
            .unwrap();
        refuses(&url, &[], "cannot be the key of its rows: it may be NULL");
        client.batch_execute("ALTER TABLE etl_jobs ALTER id SET NOT NULL").unwrap();
        refuses(&url, &[], "is of type json, and a document is stored as jsonb");
        refuses(&url, &["--id-column", "key"], "has no column `key`: name it with `--id-column`");
        refuses(&url, &["--job", "ledgr"], "the registry has no job `ledgr`: it has ledger, notes, plain");
        refuses("", &[], "no database is named");
        assert_eq!(
            migrate("", &["--job", "plain"], 0),
            "nothing to upgrade: no checkpoint that was asked for is above version 1\n"
        );
        for url in [
            "postgresql://u:hunter2@localhost:1/x",
            "postgresql://u:hunter2@localhost:1/x?sslmode=require",
            "postgresql://u:hunter2@h/x?sslmode=nonsense",
            "host=h password=a hunter2=b",
            "postgresql://u:hunter2@h:port/x",
            "postgresql://u:p@hunter2@localhost:1/x",
        ] {
            let output = tool(url, &[]).output().unwrap();
            assert_eq!(output.status.code(), Some(2));
            let told = stderr(&output);
            assert!(!told.contains("hunter2"), "{told}");
            assert_eq!(told.contains("the `sslmode` is not known"), url.contains("nonsense"), "{told}");
        }
        // The option goes before the environment.
        let nowhere = ["--database-url", "host=/nowhere user=u port=7"];
        refuses(&url, &nowhere, "cannot connect to the database at /nowhere, port 7: ");
        refuses("localhost", &[], "write it as `postgresql://user@host:5432/database`");
    });
}

#[test]
fn a_user_without_the_privileges_is_told_which() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "int");
        put(&mut client, "1", "ledger", Some(&v1(1).to_string()));
        // Of the whole server, where others may run the same.
        let role = format!("checkpoint_test_{}", std::process::id());
        client.batch_execute(&format!("CREATE ROLE {role}; GRANT {role} TO CURRENT_USER")).unwrap();
        let url = match database.url() {
            url if url.contains("://") => format!("{url}&options=-crole%3D{role}"),
            pairs => format!("{pairs} options=-crole={role}"),
        };
        let denied = "permission denied for table etl_jobs (SQLSTATE 42501); the user needs SELECT on the table, \
                      and UPDATE unless it is a `--dry-run`";
        refuses(&url, &["--dry-run"], denied);
        client.batch_execute(&format!("GRANT SELECT ON etl_jobs TO {role}")).unwrap();
        let told = migrate(&url, &["--dry-run"], 0);
        assert!(told.contains("would upgrade 1 row, would leave 0"), "{told}");
        refuses(&url, &[], denied);
        client.batch_execute(&format!("GRANT UPDATE ON etl_jobs TO {role}")).unwrap();
        migrate(&url, &[], 0);
        client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
    });
}

#[test]
fn a_row_that_the_server_refuses_keeps_no_other_from_being_upgraded() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "int");
        for id in 0..30 {
            put(&mut client, &id.to_string(), "ledger", Some(&v1(id).to_string()));
        }
        client
            .batch_execute(
                "ALTER TABLE etl_jobs ADD CONSTRAINT small CHECK (checkpoint_data#>>'{counts,total}' IS DISTINCT FROM '7'); \
                 CREATE FUNCTION veto() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF OLD.id = 8 THEN RETURN NULL; END IF; \
                 IF OLD.id = 9 THEN RAISE EXCEPTION 'no, %', OLD.checkpoint_data; END IF; RETURN NEW; END $$; \
                 CREATE TRIGGER veto BEFORE UPDATE ON etl_jobs FOR EACH ROW EXECUTE FUNCTION veto()",
            )
            .unwrap();
        let told = migrate(&database.url(), &["--batch", "10"], 1);
        assert!(told.contains("upgraded 27 rows, left 3: 30 rows read"), "{told}");
        for line in [
            "    row 7: the constraint small refuses it (SQLSTATE 23514)",
            "    row 8: a trigger, a rule or a policy keeps the row as it is",
            "    row 9: the server refuses it (SQLSTATE P0001)",
        ] {
            assert!(told.lines().any(|it| it == line), "{told}");
        }
        assert_eq!(stored(&mut client, "7"), v1(7));
    });
}

#[test]
fn a_row_that_somebody_holds_is_waited_for_and_at_last_told_as_busy() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "int");
        for id in 0..40 {
            put(&mut client, &id.to_string(), "ledger", Some(&v1(id).to_string()));
        }
        let mut holder = database.connect();
        let mut held = holder.transaction().unwrap();
        held.execute("UPDATE etl_jobs SET seen = 1 WHERE id IN (3, 4, 5)", &[]).unwrap();
        let output = tool(&database.url(), &[]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let told = stdout(&output);
        assert!(
            told.contains("error[busy]: ledger: 3 rows left as they were\n    row 3: somebody else held"),
            "{told}"
        );
        // It has waited for longer than the time between two lines of progress.
        let progress = stderr(&output);
        assert!(progress.starts_with("ledger: 40 rows read, 37 upgraded, 3 left, "), "{progress}");
        assert!(progress.ends_with(" rows a second\n"), "{progress}");
        assert!(told.contains("upgraded 37 rows, left 3: 40 rows read"), "{told}");
        // One who lets go in time is waited for, and what he wrote is there.
        let change =
            "UPDATE etl_jobs SET checkpoint_data = jsonb_set(checkpoint_data, '{total}', '99') WHERE id = 4";
        held.execute(change, &[]).unwrap();
        let told = thread::scope(|scope| {
            let running = scope.spawn(|| migrate(&database.url(), &[], 0));
            thread::sleep(Duration::from_millis(700));
            held.commit().unwrap();
            running.join().unwrap()
        });
        assert!(told.contains("upgraded 3 rows, left 0: 3 rows read"), "{told}");
        assert_eq!(stored(&mut client, "4")["counts"]["total"], 99);
        let seen = client.query_one("SELECT count(*) FROM etl_jobs WHERE seen = 1", &[]).unwrap();
        assert_eq!(seen.get::<_, i64>(0), 3);
    });
}

#[test]
fn what_others_made_of_a_row_while_it_was_waited_for_is_what_counts() {
    postgres::each(|server| {
        let (database, mut client) = table(server, "int");
        for id in 0..8 {
            put(&mut client, &id.to_string(), "ledger", Some(&v1(id).to_string()));
        }
        let mut holder = database.connect();
        let mut held = holder.transaction().unwrap();
        held.batch_execute("SELECT FROM etl_jobs FOR UPDATE").unwrap();
        let set = |id: i32, document: Value| (id, Some(document.to_string()));
        let broken = json!({"total": "five", "cursor": "c"});
        let newest = json!({
            "checkpoint_version": 3, "counts": {"total": 2}, "position": {"token": "t"}, "done": [], "marks": {}
        });
        let (told, after) = thread::scope(|scope| {
            let running = scope.spawn(|| migrate(&database.url(), &[], 1));
            // It waits for a row.
            let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND \
                         datname = current_database()";
            while client.query_one(waits, &[]).unwrap().get::<_, i64>(0) == 0 {
                assert!(!running.is_finished());
            }
            for (id, document) in [
                (1, None),
                set(2, newest.clone()),
                set(3, v2(3)),
                set(4, broken.clone()),
                set(5, json!(null)),
            ] {
                let put = "UPDATE etl_jobs SET checkpoint_data = $2::text::jsonb WHERE id = $1";
                held.execute(put, &[&id, &document]).unwrap();
            }
            held.batch_execute(
                "DELETE FROM etl_jobs WHERE id = 6; UPDATE etl_jobs SET job_name = 'other' WHERE id = 7",
            )
            .unwrap();
            held.commit().unwrap();
            (running.join().unwrap(), all(&mut client))
        });
        assert!(
            told.contains("error[step-result]: ledger: 1 row left as it was\n    row 4: /total"),
            "{told}"
        );
        let last = "upgraded 2 rows, left 1, 2 absent, 3 settled by others meanwhile: 8 rows read";
        assert!(told.lines().last().unwrap().starts_with(last), "{told}");
        let text = |id: &str| after[id].as_deref().map(|text| serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(text("0").unwrap()["position"], json!({"token": "c0", "page": 1}));
        assert_eq!(text("1"), None);
        assert_eq!(text("2"), Some(newest));
        assert_eq!(text("3").unwrap()["position"], json!({"token": "c3", "page": 4}));
        assert_eq!(text("4"), Some(broken));
        assert_eq!(text("5"), Some(Value::Null));
        assert!(!after.contains_key("6"));
        assert_eq!(text("7"), Some(v1(7)));
    });
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Write {
    Done,
    /// The row is of another version.
    Refused,
}

/// One more in the total of a row: a typed write of a program of this version.
fn increment(client: &mut impl GenericClient, version: u32, id: i32) -> Write {
    let jobs = JobTable::default();
    let statement = match version {
        1 => jobs.update(first::Ledger::fields().total().increment(1)).id(id).statement(),
        2 => jobs.update(second::Ledger::fields().total().increment(1)).id(id).statement(),
        _ => jobs.update(third::Ledger::fields().counts().total().increment(1)).id(id).statement(),
    };
    match outcome(client, &statement.unwrap()) {
        Ok(outcome) => {
            assert_eq!(outcome, Outcome::Updated, "row {id}");
            Write::Done
        }
        Err(error) => match refusal(&error).reason() {
            Reason::Version { found, expected } if found != expected && *expected == version => {
                Write::Refused
            }
            other => panic!("row {id}: {other:?}"),
        },
    }
}

/// A program of the newest version writes back what it has read and upgraded, if nobody was faster.
fn write_back(client: &mut Client, id: i32) -> bool {
    let jobs = JobTable::default();
    let row = client.query_one("SELECT checkpoint_data FROM etl_jobs WHERE id = $1", &[&id]).unwrap();
    let row: Option<Value> = row.get(0);
    let Stored::Upgraded { document, .. } = jobs.read::<third::Ledger>(row.as_ref()).unwrap() else {
        return false;
    };
    let statement = jobs.compare_and_set(id, row.as_ref(), &document).unwrap().statement();
    match outcome(client, &statement).unwrap() {
        Outcome::Updated => true,
        Outcome::GuardFailed => false,
        other => panic!("row {id}: {other}"),
    }
}

/// Counts what it wrote, row by row.
#[derive(Default)]
struct Written {
    totals: BTreeMap<i32, u64>,
    seen: BTreeMap<i32, i32>,
    by_version: [u64; 3],
    refused: u64,
    written_back: u64,
}

impl Written {
    fn add(&mut self, other: Self) {
        for (id, count) in other.totals {
            *self.totals.entry(id).or_default() += count;
        }
        for (id, count) in other.seen {
            *self.seen.entry(id).or_default() += count;
        }
        for (sum, count) in self.by_version.iter_mut().zip(other.by_version) {
            *sum += count;
        }
        self.refused += other.refused;
        self.written_back += other.written_back;
    }

    fn note(&mut self, version: u32, id: i32, write: Write) {
        match write {
            Write::Done => {
                *self.totals.entry(id).or_default() += 1;
                self.by_version[version as usize - 1] += 1;
            }
            Write::Refused => self.refused += 1,
        }
    }
}

/// A worker of one version: one row after the other, some of them often.
fn worker(database: &Database, version: u32, seed: u64, rows: usize, stop: &AtomicBool) -> Written {
    let (mut client, mut random, mut written) = (database.connect(), Random::new(seed), Written::default());
    while !stop.load(Ordering::Relaxed) {
        let often = random.one_in(2);
        let id = if often { random.below(rows / 50) * 50 } else { random.below(rows) };
        let id = i32::try_from(id).unwrap();
        let write = increment(&mut client, version, id);
        written.note(version, id, write);
        if version == 3 && write == Write::Refused && random.one_in(20) {
            written.written_back += u64::from(write_back(&mut client, id));
        }
        thread::sleep(Duration::from_micros(500));
    }
    written
}

/// One who writes several rows in a transaction, in the order against that of the keys, and holds them a while;
/// rows of any version, and another column beside.
fn holder(database: &Database, seed: u64, rows: usize, stop: &AtomicBool) -> Written {
    let (mut client, mut random, mut written) = (database.connect(), Random::new(seed), Written::default());
    while !stop.load(Ordering::Relaxed) {
        let last = 5 + random.below(rows - 5);
        let mut transaction = client.transaction().unwrap();
        for id in (last - 5..last).rev().map(|id| i32::try_from(id).unwrap()) {
            let seen = "UPDATE etl_jobs SET seen = seen + 1 WHERE id = $1";
            assert_eq!(transaction.execute(seen, &[&id]).unwrap(), 1);
            *written.seen.entry(id).or_default() += 1;
            let writes = [1, 2, 3].map(|version| {
                let mut savepoint = transaction.transaction().unwrap();
                let write = increment(&mut savepoint, version, id);
                if write == Write::Done {
                    savepoint.commit().unwrap();
                }
                written.note(version, id, write);
                write
            });
            // Nobody else writes it now, and it is of one version.
            let done = writes.iter().filter(|write| **write == Write::Done).count();
            assert_eq!(done, 1, "row {id}: {writes:?}");
        }
        thread::sleep(Duration::from_millis(5));
        transaction.commit().unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    written
}

/// How many rows are of the newest version.
fn newest(client: &mut Client) -> usize {
    let count = "SELECT count(*) FROM etl_jobs WHERE checkpoint_data->'checkpoint_version' = '3'";
    let count: i64 = client.query_one(count, &[]).unwrap().get(0);
    usize::try_from(count).unwrap()
}

#[test]
fn killed_anywhere_and_run_again_it_leaves_the_table_of_one_clean_run_and_no_write_is_lost() {
    let run = Run::from_environment(20);
    let rows = 100 * run.cases;
    postgres::each(|server| {
        let (database, mut client) = table(server, "int");
        let mut random = Random::new(run.seed);
        let fill = format!(
            "INSERT INTO etl_jobs SELECT n, 'ledger', CASE n % 3 WHEN 0 THEN jsonb_build_object('checkpoint_version', \
             2, 'total', n, 'cursor', jsonb_build_object('token', 'c' || n)) ELSE jsonb_build_object('total', n, \
             'cursor', 'c' || n, 'done', jsonb_build_array(n)) END FROM generate_series(0, {rows} - 1) AS n"
        );
        client.batch_execute(&fill).unwrap();
        for (at, (document, ..)) in LEFT.iter().enumerate() {
            put(&mut client, &(rows + at).to_string(), "ledger", Some(document));
        }
        client
            .batch_execute(
                "CREATE TABLE clean (LIKE etl_jobs INCLUDING ALL); INSERT INTO clean SELECT * FROM etl_jobs",
            )
            .unwrap();
        migrate(&database.url(), &["--table", "clean"], 1);

        let stop = AtomicBool::new(false);
        let (mut written, mut killed, mut at_work) = (Written::default(), 0, 0);
        let told = thread::scope(|scope| {
            let stop = &stop;
            let (database, seed) = (&database, run.seed);
            let mut writers: Vec<_> = (1..=3)
                .map(|version| scope.spawn(move || worker(database, version, seed + 7, rows, stop)))
                .collect();
            writers.push(scope.spawn(move || holder(database, seed + 8, rows, stop)));
            // Whatever fails, the writers end.
            let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                for _ in 0..run.cases {
                    let mut tool = tool(&database.url(), &["--batch", "20"]);
                    let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
                    // One in five before its work has come to anything; the others once it has got somewhere,
                    // however fast the machine is.
                    let far = if random.one_in(5) { 0 } else { 1 + random.below(50) };
                    let (before, mut done) = (newest(&mut client), 0);
                    while done < far && child.try_wait().unwrap().is_none() {
                        thread::sleep(Duration::from_millis(1));
                        done = newest(&mut client).saturating_sub(before);
                    }
                    let pause = u64::try_from(random.below(20_000)).unwrap();
                    thread::sleep(Duration::from_micros(pause));
                    if child.try_wait().unwrap().is_none() {
                        killed += 1;
                        at_work += usize::from(done > 0);
                    }
                    // SIGKILL.
                    child.kill().unwrap();
                    child.wait().unwrap();
                }
                migrate(&database.url(), &[], 1)
            }));
            stop.store(true, Ordering::Relaxed);
            for writer in writers {
                written.add(writer.join().unwrap());
            }
            told.unwrap()
        });
        let last = told.lines().last().unwrap();
        println!(
            "CHECKPOINT_SEED={} CHECKPOINT_CASES={}: killed {killed} times, {at_work} of them at work; writes by version {:?}, {} refused, {} \
             written back; {last}",
            run.seed, run.cases, written.by_version, written.refused, written.written_back
        );
        assert!(at_work > run.cases / 2, "it is killed while it works: {at_work} of {} times", run.cases);
        let Written { by_version, refused, written_back, .. } = &written;
        let all = by_version.iter().chain([refused, written_back]);
        assert!(all.clone().all(|count| *count > 0), "{:?}", all.collect::<Vec<_>>());

        let both = "SELECT a.id, a.checkpoint_data::text, b.checkpoint_data::text, a.seen FROM etl_jobs AS a \
                    FULL JOIN clean AS b USING (id) ORDER BY 1";
        let found = client.query(both, &[]).unwrap();
        assert_eq!(found.len(), rows + LEFT.len());
        for row in found {
            let (id, stored, clean): (i32, String, String) = (row.get(0), row.get(1), row.get(2));
            if usize::try_from(id).unwrap() >= rows {
                assert_eq!(stored, clean, "row {id}");
                continue;
            }
            let [stored, mut expected] =
                [stored, clean].map(|text| serde_json::from_str::<Value>(&text).unwrap());
            let total = &mut expected["counts"]["total"];
            *total = (total.as_u64().unwrap() + written.totals.get(&id).copied().unwrap_or(0)).into();
            assert_eq!(stored, expected, "row {id}, seed {}", run.seed);
            assert_eq!(row.get::<_, i32>(3), written.seen.get(&id).copied().unwrap_or(0), "row {id}");
        }
    });
}
