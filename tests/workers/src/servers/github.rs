//! GitHub, as its GraphQL API pages: repositories, the pull requests of each, and the commits, reviews and comments of
//! each pull request.
//!
//! `POST /graphql` takes `{"query": "query PullRequests($name: String!, …) {…}", "variables": {…}}`. The operation's
//! name says what is asked; the rest of the query is not read, and every answer has the fields below. `first` (1 to
//! 100) and `after` are variables of each operation:
//!
//! | operation | further variables | connection in `data` |
//! |---|---|---|
//! | `Repositories` | | `viewer.repositories`, whose nodes have a `name`, too |
//! | `PullRequests` | `name` of the repository | `repository.pullRequests` |
//! | `Commits`, `Reviews`, `Comments` | `id` of the pull request | `node.commits`, `node.reviews`, `node.comments` |
//!
//! A connection is `{"edges": [{"cursor", "node": {"id"}}], "pageInfo": {"endCursor", "hasNextPage"}}`. As with GitHub,
//! what is wrong in a query is an answer with status 200 and `{"errors": [{"type", "path", "message"}]}`. A cursor is
//! good for the connection that gave it out, and for no other: a worker that mixes up its cursors is told. (So
//! strict GitHub does not promise to be.)

use std::io;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use fastrand::Rng;
use serde_json::{Value, json};

use super::{Faults, Met, Server, seal, unseal};

/// The largest page, as with GitHub.
const MOST_OF_A_PAGE: u64 = 100;

/// Repositories of one owner, by the names `repo1`, `repo2` and so on.
pub struct Github {
    server: Server,
    repositories: Arc<[Repository]>,
}

struct Repository {
    name: String,
    pull_requests: Vec<PullRequest>,
}

struct PullRequest {
    id: String,
    commits: Vec<String>,
    reviews: Vec<String>,
    comments: Vec<String>,
}

impl Github {
    /// A server with `size` pull requests in four repositories, of which the second is empty. A pull request has 1 to
    /// 12 commits; a third of them has no reviews and another third no comments, the others up to 8 and up to 16.
    pub fn start(seed: u64, size: usize, faults: Faults) -> io::Result<Self> {
        let repositories: Arc<[Repository]> = repositories(seed, size).into();
        let state = Arc::clone(&repositories);
        let routes = |_: &str| Router::new().route("/graphql", post(graphql)).with_state(state);
        Ok(Self { server: Server::start(faults, routes)?, repositories })
    }

    /// Where it listens: `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What its clients have met so far.
    pub fn met(&self) -> Met {
        self.server.met()
    }

    /// The node ids of all pull requests, commits, reviews and comments; each is there once. They begin with `PR_`,
    /// `PURC_`, `PRR_` and `IC_`, as GitHub's do.
    pub fn items(&self) -> Vec<String> {
        let pull_requests = self.repositories.iter().flat_map(|repository| &repository.pull_requests);
        pull_requests
            .flat_map(|pr| [&pr.id].into_iter().chain(&pr.commits).chain(&pr.reviews).chain(&pr.comments))
            .cloned()
            .collect()
    }
}

fn repositories(seed: u64, size: usize) -> Vec<Repository> {
    let mut random = Rng::with_seed(seed);
    let mut repositories: Vec<_> =
        (1..=4).map(|n| Repository { name: format!("repo{n}"), pull_requests: Vec::new() }).collect();
    for number in 1..=size {
        let ids = |kind: &str, count: u32| (1..=count).map(|n| format!("{kind}_{number}_{n}")).collect();
        let pull_request = PullRequest {
            id: format!("PR_{number}"),
            commits: ids("PURC", random.u32(1..=12)),
            reviews: ids("PRR", random.u32(0..=12).saturating_sub(4)),
            comments: ids("IC", random.u32(0..=24).saturating_sub(8)),
        };
        repositories[[0, 2, 3][random.usize(..3)]].pull_requests.push(pull_request);
    }
    repositories
}

async fn graphql(State(repositories): State<Arc<[Repository]>>, body: String) -> Response {
    match serde_json::from_str(&body) {
        Ok(request) => Json(answer(&repositories, &request)).into_response(),
        Err(_) => {
            (StatusCode::BAD_REQUEST, Json(json!({ "message": "Problems parsing JSON" }))).into_response()
        }
    }
}

/// The whole answer to one request: `data`, or `errors`.
fn answer(repositories: &[Repository], request: &Value) -> Value {
    let Some(query) = request["query"].as_str() else {
        return json!({ "errors": [{ "message": "A query attribute must be specified and must be a string." }] });
    };
    let variables = &request["variables"];
    let found = Connection::find(repositories, operation(query), variables);
    match found.and_then(|connection| Ok((connection.page(variables)?, connection.path))) {
        Ok((page, [root, field])) => json!({ "data": { root: { field: page } } }),
        Err(Fault { place: None, message }) => json!({ "errors": [{ "message": message }] }),
        Err(Fault { place: Some(Place { kind, root, field }), message }) => {
            let path: Vec<_> = [root].into_iter().chain(field).collect();
            json!({ "data": { root: null }, "errors": [{ "type": kind, "path": path, "message": message }] })
        }
    }
}

/// The operation's name: the word after `query`. Empty where there is none.
fn operation(query: &str) -> &str {
    let mut words = query.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.find(|word| *word == "query").and_then(|_| words.next()).unwrap_or_default()
}

/// An error as GitHub words it.
struct Fault {
    /// `None` where the query is at fault as a whole.
    place: Option<Place>,
    message: String,
}

/// The type of an error, and its path in `data`.
struct Place {
    kind: &'static str,
    root: &'static str,
    field: Option<&'static str>,
}

impl Fault {
    fn not_found(root: &'static str, what: &str) -> Self {
        let place = Some(Place { kind: "NOT_FOUND", root, field: None });
        Self { place, message: format!("Could not resolve to a {what}") }
    }
}

/// What is paged through.
struct Connection {
    /// Where it stands in `data`.
    path: [&'static str; 2],
    /// What makes it another connection than those of the same path.
    owner: String,
    nodes: Vec<Value>,
}

impl Connection {
    fn find(repositories: &[Repository], operation: &str, variables: &Value) -> Result<Self, Fault> {
        let text = |name: &str| variables[name].as_str().unwrap_or_default();
        match operation {
            "Repositories" => {
                let node =
                    |Repository { name, .. }: &Repository| json!({ "id": format!("R_{name}"), "name": name });
                let nodes = repositories.iter().map(node).collect();
                Ok(Self { path: ["viewer", "repositories"], owner: String::new(), nodes })
            }
            "PullRequests" => {
                let name = text("name");
                let repository = repositories.iter().find(|repository| repository.name == name);
                let repository = repository.ok_or_else(|| {
                    Fault::not_found("repository", &format!("Repository with the name '{name}'."))
                })?;
                let nodes = repository.pull_requests.iter().map(|PullRequest { id, .. }| json!({ "id": id }));
                let path = ["repository", "pullRequests"];
                Ok(Self { path, owner: name.to_owned(), nodes: nodes.collect() })
            }
            "Commits" | "Reviews" | "Comments" => {
                let id = text("id");
                let mut pull_requests = repositories.iter().flat_map(|repository| &repository.pull_requests);
                let pull_request = pull_requests.find(|pull_request| pull_request.id == id);
                let pull_request = pull_request
                    .ok_or_else(|| Fault::not_found("node", &format!("node with the global id of '{id}'")))?;
                let (field, ids) = match operation {
                    "Commits" => ("commits", &pull_request.commits),
                    "Reviews" => ("reviews", &pull_request.reviews),
                    _ => ("comments", &pull_request.comments),
                };
                let nodes = ids.iter().map(|id| json!({ "id": id })).collect();
                Ok(Self { path: ["node", field], owner: id.to_owned(), nodes })
            }
            _ => Err(Fault { place: None, message: format!("No operation named \"{operation}\"") }),
        }
    }

    /// The page that `first` and `after` ask for.
    fn page(&self, variables: &Value) -> Result<Value, Fault> {
        let [root, field] = self.path;
        let fault = |kind, message| Fault { place: Some(Place { kind, root, field: Some(field) }), message };
        let first = variables["first"].as_u64().ok_or_else(|| {
            let message = format!(
                "You must provide a `first` or `last` value to properly paginate the `{field}` connection."
            );
            fault("MISSING_PAGINATION_BOUNDARIES", message)
        })?;
        if first > MOST_OF_A_PAGE {
            let message = format!(
                "Requesting {first} records on the `{field}` connection exceeds the `first` limit of \
                 {MOST_OF_A_PAGE} records."
            );
            return Err(fault("EXCESSIVE_PAGINATION", message));
        }
        let start = match &variables["after"] {
            Value::Null => 0,
            after => after.as_str().and_then(|cursor| self.position(cursor)).ok_or_else(|| {
                let message =
                    format!("`{}` does not appear to be a valid cursor.", after.as_str().unwrap_or_default());
                fault("INVALID_CURSOR_ARGUMENTS", message)
            })?,
        };
        let size = usize::try_from(first).unwrap_or(usize::MAX);
        let edges: Vec<Value> = (self.nodes.iter().enumerate().skip(start).take(size))
            .map(|(at, node)| json!({ "cursor": self.cursor(at + 1), "node": node }))
            .collect();
        let end = edges.last().map(|edge| edge["cursor"].clone());
        let has_next = start + edges.len() < self.nodes.len();
        Ok(json!({ "edges": edges, "pageInfo": { "endCursor": end, "hasNextPage": has_next } }))
    }

    /// The cursor of the `position`th node, counted from 1; what follows it begins at that index.
    fn cursor(&self, position: usize) -> String {
        seal(&format!("cursor:v2:{}/{}:{position}", self.owner, self.path[1]))
    }

    /// What [`cursor`](Self::cursor) was given, if it was this connection's.
    fn position(&self, cursor: &str) -> Option<usize> {
        let position: usize = unseal(cursor)?.rsplit_once(':')?.1.parse().ok()?;
        (1..=self.nodes.len()).contains(&position).then_some(position).filter(|at| self.cursor(*at) == cursor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::{Blocking, Error};

    fn ask(hub: &Github, operation: &str, variables: Value) -> Value {
        let request =
            json!({ "query": format!("query {operation}($first: Int!) {{ … }}"), "variables": variables });
        Blocking::new()
            .unwrap()
            .post(&format!("{}/graphql", hub.url()), &request, |_| Ok::<_, Error>(()))
            .unwrap()
    }

    /// The nodes of a whole connection, page by page.
    fn nodes(hub: &Github, operation: &str, mut variables: Value, place: &str) -> Vec<Value> {
        let mut nodes = Vec::new();
        variables["first"] = json!(3);
        loop {
            let answer = ask(hub, operation, variables.clone());
            let page = answer.pointer(place).unwrap_or_else(|| panic!("{answer}"));
            nodes.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()));
            if page["pageInfo"]["hasNextPage"] == false {
                return nodes;
            }
            variables["after"] = page["pageInfo"]["endCursor"].clone();
        }
    }

    fn read_all(hub: &Github) -> Vec<String> {
        let mut items = Vec::new();
        for repository in nodes(hub, "Repositories", json!({}), "/data/viewer/repositories") {
            let name = json!({ "name": repository["name"] });
            for pull_request in nodes(hub, "PullRequests", name, "/data/repository/pullRequests") {
                items.push(pull_request["id"].clone());
                for (operation, place) in [
                    ("Commits", "/data/node/commits"),
                    ("Reviews", "/data/node/reviews"),
                    ("Comments", "/data/node/comments"),
                ] {
                    let ids = nodes(hub, operation, json!({ "id": pull_request["id"] }), place);
                    items.extend(ids.into_iter().map(|node| node["id"].clone()));
                }
            }
        }
        items.into_iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn paging_gives_each_item_once() {
        for (seed, size, faults) in
            [(1, 0, Faults::none()), (2, 20, Faults::none()), (3, 20, Faults::often(3))]
        {
            let hub = Github::start(seed, size, faults).unwrap();
            assert_eq!(read_all(&hub), hub.items());
            assert_eq!(hub.items().iter().collect::<BTreeSet<_>>().len(), hub.items().len(), "each id once");
        }
    }

    #[test]
    fn sizes_are_of_every_kind() {
        let repositories = repositories(1, 60);
        assert!(repositories[1].pull_requests.is_empty());
        let pull_requests: Vec<_> =
            repositories.iter().flat_map(|repository| &repository.pull_requests).collect();
        assert_eq!(pull_requests.len(), 60);
        for sizes in [|pr: &PullRequest| pr.reviews.len(), |pr: &PullRequest| pr.comments.len()] {
            assert!(pull_requests.iter().any(|pr| sizes(pr) == 0));
            assert!(pull_requests.iter().any(|pr| sizes(pr) > 6));
        }
    }

    #[test]
    fn what_is_wrong_is_an_error_of_graphql() {
        let hub = Github::start(1, 20, Faults::none()).unwrap();
        let whole = ask(&hub, "PullRequests", json!({ "name": "repo1", "first": 2 }));
        let pull_requests = &whole["data"]["repository"]["pullRequests"];
        let of_pull_requests = &pull_requests["pageInfo"]["endCursor"];
        let id = &pull_requests["edges"][0]["node"]["id"];
        let commit =
            &ask(&hub, "Commits", json!({ "id": id, "first": 1 }))["data"]["node"]["commits"]["edges"][0];
        for (operation, variables, kind, message) in [
            (
                "PullRequests",
                json!({ "name": "repo1", "first": 2, "after": "invalid" }),
                "INVALID_CURSOR_ARGUMENTS",
                "`invalid` does not appear to be a valid cursor.",
            ),
            (
                "PullRequests",
                json!({ "name": "repo1", "first": 2, "after": "" }),
                "INVALID_CURSOR_ARGUMENTS",
                "`` does not appear to be a valid cursor.",
            ),
            // Cursors of another pull request, of another field, of another repository.
            (
                "Commits",
                json!({ "id": "PR_1", "first": 2, "after": seal("cursor:v2:PR_2/commits:1") }),
                "INVALID_CURSOR_ARGUMENTS",
                "",
            ),
            (
                "Reviews",
                json!({ "id": id, "first": 2, "after": commit["cursor"] }),
                "INVALID_CURSOR_ARGUMENTS",
                "",
            ),
            (
                "PullRequests",
                json!({ "name": "repo3", "first": 2, "after": of_pull_requests }),
                "INVALID_CURSOR_ARGUMENTS",
                "",
            ),
            (
                "Commits",
                json!({ "id": "PR_0", "first": 2 }),
                "NOT_FOUND",
                "Could not resolve to a node with the global id of 'PR_0'",
            ),
            (
                "PullRequests",
                json!({ "name": "repo9", "first": 2 }),
                "NOT_FOUND",
                "Could not resolve to a Repository with the name 'repo9'.",
            ),
            (
                "Repositories",
                json!({}),
                "MISSING_PAGINATION_BOUNDARIES",
                "You must provide a `first` or `last` value to properly paginate the `repositories` connection.",
            ),
            (
                "Repositories",
                json!({ "first": 101 }),
                "EXCESSIVE_PAGINATION",
                "Requesting 101 records on the `repositories` connection exceeds the `first` limit of 100 records.",
            ),
        ] {
            let answer = ask(&hub, operation, variables.clone());
            let error = &answer["errors"][0];
            assert_eq!(error["type"], kind, "{operation} {variables}: {answer}");
            assert!(
                error["message"].as_str().unwrap().contains(message),
                "{operation} {variables}: {answer}"
            );
        }
        let unknown = ask(&hub, "Users", json!({ "first": 1 }));
        assert_eq!(unknown["errors"][0]["message"], "No operation named \"Users\"");
    }

    #[test]
    fn no_body_is_too_odd() {
        let hub = Github::start(1, 3, Faults::none()).unwrap();
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        for (body, status) in [
            ("", 400),
            ("{", 400),
            ("null", 200),
            ("[1]", 200),
            (r#"{"query": 5}"#, 200),
            (r#"{"query": "query"}"#, 200),
            (r#"{"query": "{ viewer { login } }", "variables": []}"#, 200),
            (r#"{"query": "query Commits", "variables": {"id": [], "first": -1, "after": {}}}"#, 200),
            (r#"{"query": "query Repositories", "variables": {"first": 1e99}}"#, 200),
        ] {
            let answer = client.post(format!("{}/graphql", hub.url())).body(body).send().unwrap();
            assert_eq!(answer.status(), status, "{body}");
            let answer: Value = serde_json::from_slice(&answer.bytes().unwrap()).unwrap();
            assert!(
                answer["errors"][0]["message"].is_string() || answer["message"].is_string(),
                "{body}: {answer}"
            );
        }
    }
}
