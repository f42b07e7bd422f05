//! Services that change while a worker is in the midst of its run: nothing is lost.

mod stage;

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use ::postgres::Client;
use checkpoint_tests::postgres::{self, Server, Version};
use checkpoint_workers::http::{self, Blocking};
use checkpoint_workers::servers::{Faults, Jira, WexAd};
use serde_json::{Value, json};
use stage::Process;

const LEASE: Duration = Duration::from_secs(10);

/// Runs the worker to its end; `amid` is done once it has handled so many items.
fn run(job: &str, database: &postgres::Database, api: &str, when: i64, amid: impl FnOnce()) {
    let mut client = database.connect();
    let mut amid = Some(amid);
    let mut process = Process::start(job, &database.url(), api, LEASE);
    let began = Instant::now();
    loop {
        if let Some((code, said)) = process.ended() {
            assert_eq!(code, Some(0), "{said}");
            assert!(amid.is_none(), "it was done too soon");
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "it does not come to an end");
        let handled: i64 = client.query_one("SELECT count(*) FROM items", &[]).expect("a count").get(0);
        if handled >= when
            && let Some(amid) = amid.take()
        {
            amid();
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn slow() -> Faults {
    Faults { seed: 1, slow: 1.0, ..Faults::none() }
}

/// The state of each issue, as the service has it.
fn issues(jira: &Jira) -> BTreeMap<String, String> {
    let mut issues = BTreeMap::new();
    let client = Blocking::new().expect("a client");
    let url = format!("{}/rest/api/2/search", jira.url());
    loop {
        let start = issues.len().to_string();
        let page: Value =
            client.get(&url, &[("startAt", &start)], |_| Ok::<_, http::Error>(())).expect("a page");
        let found = page["issues"].as_array().expect("issues");
        if found.is_empty() {
            return issues;
        }
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        issues.extend(found.iter().map(|issue| (text(&issue["key"]), text(&issue["fields"]["updated"]))));
    }
}

fn stored(client: &mut Client) -> BTreeMap<String, String> {
    let rows = client.query("SELECT item, state FROM items", &[]).expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// An issue that is updated leaves the window, and all that come after it move up.
#[test]
fn jira_is_read_again_where_issues_have_moved() {
    let server = Server::shared(Version::V18);
    let database = stage::database(&server, "jira");
    let mut client = database.connect();
    let jira = Jira::start(3, 600, slow()).expect("a service");
    run("jira", &database, &jira.url(), 60, || drop(jira.touch(200)));
    // What was updated meanwhile is the next run's.
    run_again("jira", &database, &jira.url());
    assert_eq!(stored(&mut client), issues(&jira));
    let document = stage::document(&mut client, "jira");
    let times: i32 = stage::handled(&mut client).values().sum();
    assert_eq!(document["total_issues_processed"], times);
    assert!((600..=800).contains(&times), "{times}");
}

fn run_again(job: &str, database: &postgres::Database, api: &str) {
    run(job, database, api, 0, || ());
}

/// The checkpoint may say how large a page is, and even the smallest comes to its end.
#[test]
fn jira_is_read_with_pages_of_any_size() {
    let server = Server::shared(Version::V18);
    for size in [0, 1, 2, 1000] {
        let database = stage::database(&server, "jira");
        let mut client = database.connect();
        let document = json!({
            "last_sync_date": "1970-01-01T00:00:00.000000Z", "last_issue_key": "", "max_results": size
        });
        client.execute("UPDATE etl_jobs SET checkpoint_data = $1", &[&document]).expect("a row");
        let jira = Jira::start(4, 60, Faults::none()).expect("a service");
        run_again("jira", &database, &jira.url());
        assert_eq!(stored(&mut client), issues(&jira), "pages of {size}");
    }
}

#[test]
fn a_directory_that_forgets_its_tokens_amid_a_round_is_synced_in_full() {
    let server = Server::shared(Version::V18);
    let database = stage::database(&server, "wex_ad");
    let mut client = database.connect();
    let directory = WexAd::start(5, 500, slow()).expect("a service");
    run("wex_ad", &database, &directory.url(), 100, || directory.forget_tokens());
    let handled = stage::handled(&mut client);
    assert_eq!(handled.keys().cloned().collect::<Vec<_>>(), {
        let mut items = directory.items();
        items.sort();
        items
    });
    assert!(
        handled.values().all(|times| (1..=2).contains(times)) && handled.values().any(|times| *times == 2)
    );
    let document = stage::document(&mut client, "wex_ad");
    assert_eq!(document["sync_type"], "incremental");
    let users: i32 =
        handled.iter().filter(|(item, _)| item.starts_with("user_")).map(|(_, times)| times).sum();
    assert_eq!(document["users_processed"], users);
}
