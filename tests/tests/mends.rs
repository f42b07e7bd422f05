//! Drift on a live table: its rows weigh a break, and the SQL that `diff` offers mends them as typed changes would.

use ::postgres::Client;
use checkpoint_tests::postgres::{self, Database, Server};
use checkpoint_tests::repository::Repository;
use serde_json::{Value, json};

/// What `diff` says of the rows of a table.
fn diff(repository: &Repository, time: &str, url: &str, args: &[&str], exit: i32) -> String {
    repository.diff(time, &[&["--database-url", url], args].concat(), exit)
}

fn locked() -> Repository {
    Repository::locked(env!("CARGO_BIN_EXE_tool"))
}

/// The statement that a report offers for what is stored.
fn offered(text: &str) -> String {
    let (_, rest) = text.split_once("or, in what is stored").unwrap_or_else(|| panic!("no SQL in:\n{text}"));
    let statement: Vec<&str> = rest.lines().skip(1).take_while(|line| line.starts_with("        ")).collect();
    statement.join("\n")
}

/// A table of jobs by other names, with these documents.
fn table<'a>(server: &'a Server, documents: &[(&str, Option<Value>)]) -> (Database<'a>, Client) {
    let database = server.database();
    let mut client = database.connect();
    client
        .batch_execute(
            "CREATE SCHEMA \"the jobs\"; CREATE TABLE \"the jobs\".\"job's\" (key int PRIMARY KEY, job text, state jsonb)",
        )
        .unwrap();
    for (key, (job, document)) in (1_i32..).zip(documents) {
        let insert = "INSERT INTO \"the jobs\".\"job's\" VALUES ($1, $2, $3)";
        client.execute(insert, &[&key, job, document]).unwrap();
    }
    (database, client)
}

const NAMES: [&str; 10] = [
    "--schema",
    "the jobs",
    "--table",
    "job's",
    "--id-column",
    "key",
    "--job-column",
    "job",
    "--document-column",
    "state",
];

fn stored(client: &mut Client) -> Vec<Option<Value>> {
    let rows = client.query("SELECT state FROM \"the jobs\".\"job's\" ORDER BY key", &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn the_rows_of_a_table_weigh_a_break() {
    let repository = locked();
    postgres::each(|server| {
        let (database, mut client) = table(
            server,
            &[
                ("drift", Some(json!({"batch": 1}))),
                ("Drift", Some(json!({"batch": 2, "page": 1}))),
                ("other", Some(json!({}))),
                ("drift", None),
                ("drift", Some(json!({"checkpoint_version": 2}))),
                ("drift", Some(json!({}))),
            ],
        );
        let url = database.url();
        let text = diff(&repository, "required_added", &url, &NAMES, 1);
        assert!(text.contains("hits 2 of 3 stored documents (row 1, row 6)"), "{text}");
        let some = [&NAMES[..], &["--where", "t.key < 6"]].concat();
        let text = diff(&repository, "required_added", &url, &some, 1);
        assert!(text.contains("hits 1 of 2 stored documents (row 1)"), "{text}");
        let none = [&NAMES[..], &["--where", "t.key < 0"]].concat();
        let text = diff(&repository, "required_added", &url, &none, 2);
        assert!(text.contains("the table has no row that `--where` asks for"), "{text}");
        // A table that is not there, and a database.
        let text = diff(&repository, "required_added", &url, &["--table", "the jobs.x"], 2);
        assert!(text.contains("two options: `--schema the jobs --table x`"), "{text}");
        let text = diff(&repository, "required_added", &url, &[], 2);
        assert!(text.contains("the table cannot be read"), "{text}");
        client.batch_execute("DROP SCHEMA \"the jobs\" CASCADE").unwrap();
        let text = diff(&repository, "required_added", "postgresql://localhost:1/none", &NAMES, 2);
        assert!(text.contains("error: "), "{text}");
    });
}

/// The states in which a document can be, before and after a mend: job, document, what becomes of it.
type States = Vec<(&'static str, Option<Value>, Option<Value>)>;

#[test]
fn the_sql_that_is_offered_changes_what_is_meant_and_nothing_else() {
    let untouched = |job: &'static str, document: Value| (job, Some(document.clone()), Some(document));
    let others = || -> States {
        vec![
            ("drift", None, None),
            untouched("drift", json!(null)),
            untouched("drift", json!(["started"])),
            untouched("drift", json!("started")),
            untouched("other", json!({"started": "then"})),
            untouched("other", json!({})),
            untouched("drift", json!({"checkpoint_version": 2, "started": "then"})),
            untouched("drift", json!({"checkpoint_version": 2})),
        ]
    };
    let renamed: States = vec![
        (
            "drift",
            Some(json!({"started": "it's \\ $1", "batch": 3})),
            Some(json!({"begun": "it's \\ $1", "batch": 3})),
        ),
        ("DRIFT", Some(json!({"started": null})), Some(json!({"begun": null}))),
        (
            "drift",
            Some(json!({"checkpoint_version": 1, "started": 1})),
            Some(json!({"checkpoint_version": 1, "begun": 1})),
        ),
        // Which of the two is meant, a person decides.
        untouched("drift", json!({"started": "a", "begun": "b"})),
        untouched("drift", json!({"batch": 1})),
    ];
    let gone: States = vec![
        ("drift", Some(json!({"started": "then", "batch": 3})), Some(json!({"batch": 3}))),
        ("drift", Some(json!({"started": null})), Some(json!({}))),
        untouched("drift", json!({"batch": 1})),
    ];
    let defaulted: States = vec![
        ("drift", Some(json!({})), Some(json!({"batch": 1}))),
        ("drift", Some(json!({"started": "then"})), Some(json!({"batch": 1, "started": "then"}))),
        untouched("drift", json!({"batch": 2})),
        untouched("drift", json!({"batch": null})),
    ];
    let repository = locked();
    postgres::each(|server| {
        for (time, exit, states) in
            [("started_renamed", 1, &renamed), ("started_gone", 1, &gone), ("default_changed", 0, &defaulted)]
        {
            let states: States = states.iter().cloned().chain(others()).collect();
            let before: Vec<_> = states.iter().map(|(job, before, _)| (*job, before.clone())).collect();
            let after: Vec<_> = states.iter().map(|(_, _, after)| after.clone()).collect();
            let (database, mut client) = table(server, &before);
            let statement = offered(&diff(&repository, time, &database.url(), &NAMES, exit));
            let changed = client.execute(&statement, &[]).unwrap();
            assert_eq!(stored(&mut client), after, "{statement}");
            let meant = states.iter().filter(|(_, before, after)| before != after).count();
            assert_eq!(changed, u64::try_from(meant).unwrap(), "{statement}");
            // Again, until it changes no row.
            assert_eq!(client.execute(&statement, &[]).unwrap(), 0);
        }
    });
}

#[test]
fn more_rows_than_a_batch_take_more_runs() {
    let repository = locked();
    let server = Server::start(postgres::Version::V18);
    let (database, mut client) = table(&server, &[]);
    client
        .batch_execute(
            "INSERT INTO \"the jobs\".\"job's\" SELECT n, 'drift', '{\"started\": \"then\"}' FROM generate_series(1, 2500) n",
        )
        .unwrap();
    let statement = offered(&diff(&repository, "started_gone", &database.url(), &NAMES, 1));
    let runs: Vec<u64> = (0..4).map(|_| client.execute(&statement, &[]).unwrap()).collect();
    assert_eq!(runs, [1000, 1000, 500, 0]);
}
