//! Jira, as its search pages: issues of several projects by JQL, from an offset.
//!
//! - `GET /rest/api/2/project`: `[{"id", "key", "name"}]`.
//! - `GET /rest/api/2/serverInfo`: `{"serverTime"}`, in the spelling of `updated`. The server's clock stands a
//!   minute and a half after the minute of the last update.
//! - `GET /rest/api/2/search?jql=…&startAt=…&maxResults=…`:
//!   `{"startAt", "maxResults", "total", "issues": [{"id", "key", "fields": {"updated", "project"}}]}`.
//!   `fields.updated` is ISO 8601 to the millisecond, in UTC: `2025-01-15T12:00:07.250+0000`.
//!
//! Three traits of the real one decide how a worker syncs. `maxResults` is a wish: the server caps it, says so in its
//! answer, and the next page begins after the issues that came. JQL knows minutes, and `updated >= '2025-01-15 12:00'`
//! gives whatever was updated in that minute again. And an offset is a place in a list that is made anew for each
//! request: what is updated meanwhile moves. Here nothing moves but by [`Jira::touch`].
//!
//! What is wrong with a request is status 400 with `{"errorMessages": ["…"], "errors": {}}`. The server reads the JQL
//! of an incremental sync, `project = DEMO AND updated >= '2025-01-15 12:00' AND updated < '2025-01-15 12:05' ORDER BY
//! updated ASC, key ASC` with each part optional; other JQL is such an error.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use fastrand::Rng;
use serde_json::{Value, json};

use super::jql::{self, Column, Order};
use super::{Faults, Met, Server};

/// The projects' keys, in the order of their ids.
const PROJECTS: [&str; 3] = ["DEMO", "PROJ", "TEST"];

/// The most issues of one page, whatever a client wishes; and the number where it wishes none.
const MOST_OF_A_PAGE: usize = 50;

/// Issues of the projects `DEMO`, `PROJ` and `TEST`.
pub struct Jira {
    server: Server,
    issues: Arc<Mutex<Issues>>,
}

struct Issues {
    /// Draws what is touched.
    random: Rng,
    issues: Vec<Issue>,
}

#[derive(Clone)]
struct Issue {
    id: usize,
    project: &'static str,
    number: u32,
    updated: DateTime<Utc>,
}

impl Jira {
    /// A server with `size` issues, dealt to three projects. They were updated from 12:00 of 15 January 2025 on, about
    /// thirty in a minute, many in the same second and some at the same millisecond.
    pub fn start(seed: u64, size: usize, faults: Faults) -> io::Result<Self> {
        let issues = Arc::new(Mutex::new(Issues::new(seed, size)));
        let state = Arc::clone(&issues);
        let routes = |_: &str| {
            let project = get(async || Json(projects()));
            let router = Router::new().route("/rest/api/2/project", project);
            let router = router.route("/rest/api/2/serverInfo", get(server_info));
            router.route("/rest/api/2/search", get(search)).with_state(state)
        };
        Ok(Self { server: Server::start(faults, routes)?, issues })
    }

    /// Where it listens: `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What its clients have met so far.
    pub fn met(&self) -> Met {
        self.server.met()
    }

    /// The keys of all issues, in the order of their last update; each is there once.
    pub fn items(&self) -> Vec<String> {
        self.issues().sorted(&jql::Query { order: BY_UPDATE.to_vec(), ..jql::Query::default() })
    }

    /// The keys of the issues updated at `from` or later, written as in JQL (`2025-01-15 12:00`), in the order of
    /// their update: what a sync from there is to hand out. `None` where `from` is no such date.
    pub fn items_since(&self, from: &str) -> Option<Vec<String>> {
        let updated_from = Some(jql::date(from).ok()?);
        Some(self.issues().sorted(&jql::Query {
            updated_from,
            order: BY_UPDATE.to_vec(),
            ..jql::Query::default()
        }))
    }

    /// Updates `count` issues that it draws, all of them if there are fewer, and gives their keys in the order of
    /// their update. Their `updated` is in later minutes than every other, so that a sync from the last update that
    /// a run has seen finds them, and beside them only what it has seen: the issues of that update's own minute.
    pub fn touch(&self, count: usize) -> Vec<String> {
        self.issues().touch(count)
    }

    fn issues(&self) -> MutexGuard<'_, Issues> {
        lock(&self.issues)
    }
}

const BY_UPDATE: [Order; 2] =
    [Order { by: Column::Updated, descending: false }, Order { by: Column::Key, descending: false }];

fn lock(issues: &Mutex<Issues>) -> MutexGuard<'_, Issues> {
    // Each issue is whole at every moment.
    issues.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Issues {
    fn new(seed: u64, size: usize) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut numbers = [0; PROJECTS.len()];
        let quarters = i64::try_from(size).unwrap_or(i64::MAX / 4000).saturating_mul(8);
        let issues = (0..size)
            .map(|id| {
                let project = random.usize(..PROJECTS.len());
                numbers[project] += 1;
                // Two seconds an issue, in steps of a quarter of a second.
                let updated = START + TimeDelta::milliseconds(250 * random.i64(0..=quarters));
                Issue { id, project: PROJECTS[project], number: numbers[project], updated }
            })
            .collect();
        Self { random, issues }
    }

    fn touch(&mut self, count: usize) -> Vec<String> {
        let minute = self.next_minute();
        let drawn = self.random.choose_multiple(self.issues.iter_mut(), count);
        let touched = drawn.into_iter().enumerate().map(|(n, issue)| {
            issue.updated = minute + TimeDelta::milliseconds(750 * i64::try_from(n).unwrap_or_default());
            issue.key()
        });
        touched.collect()
    }

    /// The minute after that of the last update.
    fn next_minute(&self) -> DateTime<Utc> {
        let latest = self.issues.iter().map(|issue| issue.updated).max().unwrap_or(START);
        latest.duration_trunc(TimeDelta::minutes(1)).unwrap_or(latest) + TimeDelta::minutes(1)
    }

    fn found(&self, query: &jql::Query) -> Vec<&Issue> {
        let asked = |issue: &&Issue| {
            query.project.as_ref().is_none_or(|project| project == issue.project)
                && query.updated_from.is_none_or(|from| issue.updated >= from)
                && query.updated_before.is_none_or(|before| issue.updated < before)
        };
        let mut found: Vec<_> = self.issues.iter().filter(asked).collect();
        // Where the query leaves an order open, the key decides: a page must not depend on chance.
        found.sort_by(|a, b| {
            let orders = query.order.iter().map(|order| order.compare(a, b));
            orders.fold(Ordering::Equal, Ordering::then).then_with(|| Column::Key.compare(a, b))
        });
        found
    }

    fn sorted(&self, query: &jql::Query) -> Vec<String> {
        self.found(query).into_iter().map(Issue::key).collect()
    }
}

/// 12:00 UTC of 15 January 2025.
const START: DateTime<Utc> = DateTime::from_timestamp(1_736_942_400, 0).expect("a moment of this century");

impl Issue {
    fn key(&self) -> String {
        format!("{}-{}", self.project, self.number)
    }

    fn json(&self) -> Value {
        let fields = json!({ "updated": spelled(self.updated), "project": { "key": self.project } });
        json!({ "id": (10_000 + self.id).to_string(), "key": self.key(), "fields": fields })
    }
}

fn spelled(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

impl Order {
    fn compare(self, a: &Issue, b: &Issue) -> Ordering {
        let ascending = self.by.compare(a, b);
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl Column {
    fn compare(self, a: &Issue, b: &Issue) -> Ordering {
        match self {
            Self::Updated => a.updated.cmp(&b.updated),
            Self::Key => (a.project, a.number).cmp(&(b.project, b.number)),
        }
    }
}

fn projects() -> Value {
    let project =
        |(id, key): (usize, &&str)| json!({ "id": (10_000 + id).to_string(), "key": key, "name": key });
    PROJECTS.iter().enumerate().map(project).collect()
}

async fn server_info(State(issues): State<Arc<Mutex<Issues>>>) -> Json<Value> {
    let now = lock(&issues).next_minute() + TimeDelta::seconds(90);
    Json(json!({ "serverTime": spelled(now) }))
}

async fn search(
    State(issues): State<Arc<Mutex<Issues>>>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response {
    match found(&lock(&issues), &parameters) {
        Ok(page) => Json(page).into_response(),
        Err(message) => {
            let body = json!({ "errorMessages": [message], "errors": {} });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

fn found(issues: &Issues, parameters: &HashMap<String, String>) -> Result<Value, String> {
    let number = |name: &str, otherwise: usize| match parameters.get(name) {
        Some(text) => {
            text.parse().map_err(|_| format!("The value '{text}' of '{name}' is no number of issues."))
        }
        None => Ok(otherwise),
    };
    let (start, size) = (number("startAt", 0)?, number("maxResults", MOST_OF_A_PAGE)?.min(MOST_OF_A_PAGE));
    let query = jql::Query::parse(parameters.get("jql").map_or("", String::as_str))?;
    if let Some(project) = query.project.as_ref().filter(|project| !PROJECTS.contains(&project.as_str())) {
        return Err(format!("The value '{project}' does not exist for the field 'project'."));
    }
    let found = issues.found(&query);
    let page: Vec<_> = found.iter().skip(start).take(size).map(|issue| issue.json()).collect();
    Ok(json!({ "startAt": start, "maxResults": size, "total": found.len(), "issues": page }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::{Blocking, Error};

    fn ask(jira: &Jira, jql: &str, start: usize, size: &str) -> Result<Value, Error> {
        let query = [("jql", jql), ("startAt", &start.to_string()), ("maxResults", size)];
        let url = format!("{}/rest/api/2/search", jira.url());
        Blocking::new()?.get(&url, &query, |_| Ok::<_, Error>(()))
    }

    /// The keys that a query finds, page by page.
    fn read(jira: &Jira, jql: &str) -> Vec<String> {
        let mut keys = Vec::new();
        loop {
            let page = ask(jira, jql, keys.len(), "100").unwrap();
            let issues = page["issues"].as_array().unwrap();
            assert!(issues.len() <= 50, "capped");
            assert_eq!(page["maxResults"], 50);
            keys.extend(issues.iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
            if keys.len() >= page["total"].as_u64().unwrap().try_into().unwrap() {
                return keys;
            }
            assert!(!issues.is_empty(), "the worker gets on");
        }
    }

    #[test]
    fn paging_gives_each_issue_once() {
        for (seed, size, faults) in
            [(1, 0, Faults::none()), (2, 400, Faults::none()), (3, 400, Faults::often(3))]
        {
            let jira = Jira::start(seed, size, faults).unwrap();
            assert_eq!(read(&jira, "ORDER BY updated ASC, key ASC"), jira.items());
            let by_project: BTreeSet<_> =
                PROJECTS.iter().flat_map(|key| read(&jira, &format!("project = {key}"))).collect();
            assert_eq!(by_project, jira.items().into_iter().collect());
            assert_eq!(by_project.len(), size);
        }
    }

    #[test]
    fn the_projects_are_listed() {
        let jira = Jira::start(1, 1, Faults::none()).unwrap();
        let url = format!("{}/rest/api/2/project", jira.url());
        let projects: Value = Blocking::new().unwrap().get(&url, &[], |_| Ok::<_, Error>(())).unwrap();
        let keys: Vec<_> = projects.as_array().unwrap().iter().map(|project| &project["key"]).collect();
        assert_eq!(keys, PROJECTS);
    }

    #[test]
    fn what_is_touched_is_what_the_next_sync_finds() {
        let jira = Jira::start(5, 200, Faults::none()).unwrap();
        let all = jira.items();
        let last = ask(&jira, "ORDER BY updated DESC, key DESC", 0, "1").unwrap();
        let seen = last["issues"][0]["fields"]["updated"].as_str().unwrap().to_owned();
        let minute = seen[..16].replace('T', " ");
        let of_the_minute = jira.items_since(&minute).unwrap();
        assert!(of_the_minute.len() > 1, "a minute holds several issues, so its precision matters");
        assert!(all.ends_with(&of_the_minute));

        let touched = jira.touch(7);
        assert_eq!(touched.iter().collect::<BTreeSet<_>>().len(), 7);
        let since = read(&jira, &format!("updated >= '{minute}' ORDER BY updated ASC, key ASC"));
        assert_eq!(Some(&since), jira.items_since(&minute).as_ref());
        assert!(since.ends_with(&touched), "{touched:?} come last");
        let again = &since[..since.len() - touched.len()];
        assert!(again.iter().all(|key| of_the_minute.contains(key)), "else only what that minute held");
        assert_eq!(jira.items().len(), 200, "no issue is new");
        assert!(jira.items().ends_with(&touched));
        assert_eq!(jira.touch(1000).len(), 200, "no more than there are");
        assert_eq!(jira.items_since("yesterday"), None);
    }

    #[test]
    fn what_is_wrong_is_status_400_with_error_messages() {
        let jira = Jira::start(1, 10, Faults::none()).unwrap();
        for (jql, size, expected) in [
            ("project DEMO", "9", "Error in the JQL Query: Expecting operator but got 'DEMO'."),
            ("project = NONE", "9", "The value 'NONE' does not exist for the field 'project'."),
            ("project = DEMO", "-1", "The value '-1' of 'maxResults' is no number of issues."),
        ] {
            match ask(&jira, jql, 0, size) {
                Err(Error::Refused { status: 400, message, body, .. }) => {
                    assert_eq!(message, expected);
                    assert_eq!(body, json!({ "errorMessages": [expected], "errors": {} }).to_string());
                }
                other => panic!("{jql}: {other:?}"),
            }
        }
        let beyond = ask(&jira, "", usize::MAX, "9").unwrap();
        assert_eq!(beyond["issues"], json!([]));
    }
}
