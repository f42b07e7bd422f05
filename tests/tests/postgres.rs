//! The servers that tests start are private and leave nothing behind; and a path finds in them what it names.
//!
//! `cargo xtask test` brings the servers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ::postgres::{Client, NoTls};
use checkpoint_schema::Checkpoint;
use checkpoint_tests::postgres::{self, Server, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Set where a test runs itself in another process, to hold a server there until it is killed.
const HOLD: &str = "CHECKPOINT_TEST_HOLDS_A_SERVER";

fn setting(url: &str, name: &str) -> String {
    let mut client = Client::connect(url, NoTls).unwrap();
    client.query_one(&format!("SHOW {name}"), &[]).unwrap().get(0)
}

fn socket_dir(server: &Server) -> PathBuf {
    server.socket_dir().expect("the server is private").to_owned()
}

/// The process that a server says it is.
fn pid(dir: &Path) -> String {
    let file = std::fs::read_to_string(dir.join("data/postmaster.pid")).unwrap();
    file.lines().next().unwrap().to_owned()
}

fn is_alive(pid: &str) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // A process that nobody has asked for yet is gone all the same.
    !state.is_empty() && !state.contains(") Z ")
}

#[test]
fn every_version_is_the_one_it_is_called() {
    for version in Version::ALL {
        let began = Instant::now();
        let server = Server::start(version);
        eprintln!("{version} took {:?}", began.elapsed());
        let number: u32 = setting(&server.url(), "server_version_num").parse().unwrap();
        assert_eq!(number / 10_000, version.major());
        for (name, value) in [("server_encoding", "UTF8"), ("lc_collate", "C.UTF-8"), ("TimeZone", "UTC")] {
            let shown = if name == "lc_collate" {
                let query = "SELECT datcollate FROM pg_database WHERE datname = current_database()";
                server.connect().query_one(query, &[]).unwrap().get(0)
            } else {
                setting(&server.url(), name)
            };
            assert_eq!(shown, value, "{name} of {version}");
        }
    }
}

#[test]
fn two_servers_at_once_are_apart() {
    // Started at once, so that they also make what they are copied from at once.
    let start = || Server::start(Version::V18);
    let (first, second) = std::thread::scope(|scope| {
        let (first, second) = (scope.spawn(start), scope.spawn(start));
        (first.join().unwrap(), second.join().unwrap())
    });
    first.connect().batch_execute("CREATE TABLE here ()").unwrap();
    let table = "SELECT to_regclass('here') IS NOT NULL";
    let [here, there] =
        [&first, &second].map(|server| -> bool { server.connect().query_one(table, &[]).unwrap().get(0) });
    assert!(here && !there);
    assert_eq!(setting(&first.url(), "listen_addresses"), "", "a port is open to others");
    drop(first);
    assert_eq!(setting(&second.url(), "port"), "5432", "the other one goes on");
}

#[test]
fn nothing_is_left_of_a_server() {
    for version in Version::ALL {
        let server = Server::start(version);
        let dir = socket_dir(&server);
        let (pid, client) = (pid(&dir), server.connect());
        assert!(is_alive(&pid) && !client.is_closed());
        drop(server);
        assert!(!is_alive(&pid) && !dir.exists(), "{version}: {} is there", dir.display());
    }
}

#[test]
fn nothing_is_left_of_a_server_after_a_panic() {
    let mut left = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let server = Server::start(Version::V15);
        let dir = socket_dir(&server);
        left = Some((pid(&dir), dir));
        panic!("on purpose");
    }));
    assert!(outcome.is_err());
    let (pid, dir) = left.unwrap();
    assert!(!is_alive(&pid) && !dir.exists());
}

#[test]
fn nothing_is_left_of_a_server_when_the_tests_are_killed() {
    if std::env::var_os(HOLD).is_some() {
        let server = Server::start(Version::V18);
        // A line of its own, among those of the harness.
        println!("\nholds {}", socket_dir(&server).display());
        loop {
            std::thread::park();
        }
    }
    let mut holder = Command::new(std::env::current_exe().unwrap());
    holder.args(["--exact", "--nocapture", "nothing_is_left_of_a_server_when_the_tests_are_killed"]);
    let mut holder = holder.env(HOLD, "1").stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(holder.stdout.take().unwrap()).lines().map_while(Result::ok);
    let dir = { lines }.find_map(|line| line.strip_prefix("holds ").map(PathBuf::from));
    let dir = dir.expect("the other process started no server");
    let pid = pid(&dir);
    assert!(is_alive(&pid));
    // SIGKILL: nothing of the process itself can clean up.
    holder.kill().unwrap();
    holder.wait().unwrap();
    let began = Instant::now();
    while is_alive(&pid) || dir.exists() {
        assert!(began.elapsed() < Duration::from_secs(60), "{} is still there", dir.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn databases_on_one_server_are_apart_and_dropped() {
    postgres::each(|server| {
        let (first, second) = (server.database(), server.database());
        for url in [server.url(), first.url(), second.url()] {
            let mut client = Client::connect(&url, NoTls).unwrap();
            client.batch_execute("CREATE TABLE here ()").unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(setting(&url, "server_encoding"), "UTF8");
        }
        let urls = [first.url(), second.url()];
        // A connection that is still there must not keep the database.
        let _client = second.connect();
        drop((first, second));
        for url in urls {
            assert!(Client::connect(&url, NoTls).is_err(), "{url} is still there");
        }
    });
}

#[test]
fn tests_that_share_a_server_have_databases_of_their_own() {
    for version in Version::ALL {
        let (first, second) = (Server::shared(version), Server::shared(version));
        assert_eq!(first.socket_dir(), second.socket_dir());
        let url = first.url();
        assert_ne!(url, second.url());
        drop(first);
        assert!(Client::connect(&url, NoTls).is_err(), "{url} is still there");
        second.connect().batch_execute("SELECT 1").unwrap();
    }
}

#[test]
fn on_another_server_tests_have_a_database_of_their_own() {
    let other = Server::start(Version::V15);
    let by_words = format!("host={} user=postgres dbname=postgres", socket_dir(&other).display());
    for url in [other.url(), by_words] {
        let server = Server::at(&url);
        assert!(server.socket_dir().is_none());
        server.connect().batch_execute("CREATE TABLE here ()").unwrap();
        server.database().connect().batch_execute("CREATE TABLE here ()").unwrap();
        drop(server);
        let left = "SELECT to_regclass('here') IS NOT NULL, (SELECT count(*) FROM pg_database)";
        let left = other.connect().query_one(left, &[]).unwrap();
        assert_eq!((left.get(0), left.get(1)), (false, 3_i64), "{url}");
    }
}

/// A checkpoint with keys that its type does not know.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "postgres", version = 1)]
struct Keyed {
    by_key: BTreeMap<String, u64>,
    #[serde(rename = "a \"b\" {c}, \\d")]
    awkward: Vec<u64>,
}

/// What a key may be, and what the notations have signs of their own for.
const KEYS: [&str; 36] = [
    "",
    " ",
    " sp ",
    "a",
    "A",
    "a,b",
    "a{b}",
    "{}",
    "a\"b",
    "\"",
    "a\\b",
    "\\",
    "\\\"",
    "\\u0041",
    "it's",
    "''",
    "$",
    "$x",
    "$1",
    "@",
    "*",
    "**",
    "a.b",
    "a[0]",
    "0",
    "-1",
    "null",
    "NULL",
    "true",
    "last",
    "ключ",
    "🦀",
    "é",
    "\t\n\r\u{8}\u{c}",
    "\u{1}\u{1f}\u{7f}",
    "\u{2028}\u{feff}",
];

#[test]
fn a_path_finds_what_it_names() {
    let by_key: BTreeMap<String, u64> = KEYS.iter().map(|key| (*key).to_owned()).zip(1..).collect();
    assert_eq!(by_key.len(), KEYS.len(), "a key stands there twice");
    let document = serde_json::to_value(Keyed { by_key, awkward: vec![70, 80] }).unwrap();
    let path = Keyed::fields().by_key();
    let mut places: Vec<_> =
        KEYS.iter().zip(1..).map(|(key, value)| (path.key(*key), json!(value))).collect();
    let awkward = Keyed::fields().awkward();
    places.extend([(awkward.at(0).__retype(), json!(70)), (awkward.at(1).__retype(), json!(80))]);

    postgres::each(|server| {
        let mut client = server.connect();
        for (path, value) in &places {
            let (text_array, jsonpath) = (path.text_array().unwrap(), path.jsonpath().unwrap());
            let by_array =
                client.query_one("SELECT $1::jsonb #> $2::text::text[]", &[&document, &text_array]);
            let by_array: Option<Value> =
                by_array.unwrap_or_else(|error| panic!("{text_array}: {error}")).get(0);
            assert_eq!(by_array.as_ref(), Some(value), "{text_array}");

            let query = "SELECT jsonb_path_query($1::jsonb, ('strict ' || $2::text)::jsonpath)";
            let found = client.query(query, &[&document, &jsonpath]);
            let found = found.unwrap_or_else(|error| panic!("{jsonpath}: {error}"));
            let found: Vec<Value> = found.iter().map(|row| row.get(0)).collect();
            assert_eq!(found, std::slice::from_ref(value), "{jsonpath}");
        }
    });
}
