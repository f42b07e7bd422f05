//! WEX Fabric, as Microsoft Fabric pages: the datasets of a workspace, and the records of each, by continuation token.
//!
//! - `GET /v1/workspaces/{workspace}/datasets`: objects `{"id", "displayName", "type"}`.
//! - `GET /v1/workspaces/{workspace}/datasets/{dataset}/records`: objects `{"id"}`.
//!
//! Both answer `{"value": […], "continuationToken": "…", "continuationUri": "…"}` and take `?continuationToken=`; on
//! the last page both are null. The server decides how large a page is. A token is good for the list that gave it out.
//!
//! What is wrong is `{"requestId", "errorCode", "message"}`: status 404 with `WorkspaceNotFound` or `EntityNotFound`,
//! 400 with `InvalidInput` for a token. (The records' path and these codes are the example's own: Fabric has other ways
//! to its data, and its documentation names no code for a wrong token.)

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use fastrand::Rng;
use serde_json::{Value, json};

use super::{Faults, Met, Server, seal, unseal};

/// The only workspace.
const WORKSPACE: &str = "workspace_abc";

/// The number of datasets; the second is empty.
const DATASETS: usize = 6;

/// The most datasets of one page: fewer than there are.
const DATASETS_OF_A_PAGE: usize = 4;

/// The most records of one page.
const RECORDS_OF_A_PAGE: usize = 20;

/// The datasets of one workspace, `dataset1` to `dataset6`.
pub struct WexFabric {
    server: Server,
    datasets: Arc<[Dataset]>,
}

struct Workspace {
    url: String,
    datasets: Arc<[Dataset]>,
}

struct Dataset {
    id: String,
    records: Vec<String>,
}

impl WexFabric {
    /// A server with `size` records, dealt to six datasets of which the second stays empty.
    pub fn start(seed: u64, size: usize, faults: Faults) -> io::Result<Self> {
        let datasets: Arc<[Dataset]> = datasets(seed, size).into();
        let state = Arc::clone(&datasets);
        let routes = |url: &str| {
            let workspace = Workspace { url: url.to_owned(), datasets: state };
            Router::new()
                .route("/v1/workspaces/{workspace}/datasets", get(list_datasets))
                .route("/v1/workspaces/{workspace}/datasets/{dataset}/records", get(list_records))
                .with_state(Arc::new(workspace))
        };
        Ok(Self { server: Server::start(faults, routes)?, datasets })
    }

    /// Where it listens: `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What its clients have met so far.
    pub fn met(&self) -> Met {
        self.server.met()
    }

    /// The id of the only workspace.
    pub fn workspace_id(&self) -> &'static str {
        WORKSPACE
    }

    /// The ids of all records (`rec_1`, …), dataset by dataset; each is there once.
    pub fn items(&self) -> Vec<String> {
        self.datasets.iter().flat_map(|dataset| &dataset.records).cloned().collect()
    }
}

fn datasets(seed: u64, size: usize) -> Vec<Dataset> {
    let mut random = Rng::with_seed(seed);
    let dataset = |n| Dataset { id: format!("dataset{n}"), records: Vec::new() };
    let mut datasets: Vec<_> = (1..=DATASETS).map(dataset).collect();
    for number in 1..=size {
        let at = random.usize(1..DATASETS);
        // The second is passed over.
        let at = if at == 1 { 0 } else { at };
        datasets[at].records.push(format!("rec_{number}"));
    }
    datasets
}

async fn list_datasets(
    State(fabric): State<Arc<Workspace>>,
    Path(workspace): Path<String>,
    list: Uri,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if workspace != WORKSPACE {
        return no_workspace(&workspace);
    }
    let node = |Dataset { id, .. }: &Dataset| json!({ "id": id, "displayName": id, "type": "Dataset" });
    let list = List {
        url: format!("{}{}", fabric.url, list.path()),
        nodes: &fabric.datasets,
        size: DATASETS_OF_A_PAGE,
    };
    list.answer(node, &query)
}

async fn list_records(
    State(fabric): State<Arc<Workspace>>,
    Path((workspace, dataset)): Path<(String, String)>,
    list: Uri,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if workspace != WORKSPACE {
        return no_workspace(&workspace);
    }
    let Some(dataset) = fabric.datasets.iter().find(|candidate| candidate.id == dataset) else {
        let message = format!("The dataset {dataset} is not in this workspace.");
        return refuse(StatusCode::NOT_FOUND, "EntityNotFound", &message);
    };
    let list = List {
        url: format!("{}{}", fabric.url, list.path()),
        nodes: &dataset.records,
        size: RECORDS_OF_A_PAGE,
    };
    list.answer(|id| json!({ "id": id }), &query)
}

/// What is paged through.
struct List<'a, T> {
    /// Where it is asked for; the tokens hold it.
    url: String,
    nodes: &'a [T],
    /// The most nodes of one page.
    size: usize,
}

impl<T> List<'_, T> {
    fn answer(&self, node: impl Fn(&T) -> Value, query: &HashMap<String, String>) -> Response {
        let start = match query.get("continuationToken") {
            None => 0,
            Some(token) => match self.position(token) {
                Some(position) => position,
                None => {
                    let message = "The continuation token is invalid.";
                    return refuse(StatusCode::BAD_REQUEST, "InvalidInput", message);
                }
            },
        };
        let value: Vec<_> = self.nodes.iter().skip(start).take(self.size).map(node).collect();
        let end = start + value.len();
        let token = (end < self.nodes.len()).then(|| self.token(end));
        let uri = token.as_ref().map(|token| format!("{}?continuationToken={token}", self.url));
        Json(json!({ "value": value, "continuationToken": token, "continuationUri": uri })).into_response()
    }

    /// Where the page after `position` nodes begins.
    fn token(&self, position: usize) -> String {
        seal(&format!("{} {position}", self.url))
    }

    /// What [`token`](Self::token) was given, if it was this list's.
    fn position(&self, token: &str) -> Option<usize> {
        let position: usize = unseal(token)?.rsplit_once(' ')?.1.parse().ok()?;
        (position < self.nodes.len() && self.token(position) == token).then_some(position)
    }
}

fn no_workspace(workspace: &str) -> Response {
    let message = format!("The workspace {workspace} was not found.");
    refuse(StatusCode::NOT_FOUND, "WorkspaceNotFound", &message)
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let request = "00000000-0000-0000-0000-000000000000";
    (status, Json(json!({ "requestId": request, "errorCode": code, "message": message }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Blocking, Error};

    fn ask(url: &str, query: &[(&str, &str)]) -> Result<Value, Error> {
        Blocking::new()?.get(url, query, |_| Ok::<_, Error>(()))
    }

    fn datasets_url(fabric: &WexFabric) -> String {
        format!("{}/v1/workspaces/{}/datasets", fabric.url(), fabric.workspace_id())
    }

    /// The ids of a list, page by page, by token and by URI in turns.
    fn ids(url: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut page = ask(url, &[]).unwrap();
        loop {
            let values = page["value"].as_array().unwrap();
            ids.extend(values.iter().map(|value| value["id"].as_str().unwrap().to_owned()));
            let Some(token) = page["continuationToken"].as_str() else {
                assert_eq!(page["continuationUri"], Value::Null);
                return ids;
            };
            page = match ids.len() % 3 {
                0 => ask(page["continuationUri"].as_str().unwrap(), &[]).unwrap(),
                _ => ask(url, &[("continuationToken", token)]).unwrap(),
            };
        }
    }

    #[test]
    fn paging_gives_each_record_once() {
        for (seed, size, faults) in
            [(1, 0, Faults::none()), (2, 300, Faults::none()), (3, 300, Faults::often(3))]
        {
            let fabric = WexFabric::start(seed, size, faults).unwrap();
            let url = datasets_url(&fabric);
            let datasets = ids(&url);
            assert_eq!(datasets, ["dataset1", "dataset2", "dataset3", "dataset4", "dataset5", "dataset6"]);
            let records = datasets.iter().map(|dataset| ids(&format!("{url}/{dataset}/records")));
            let records: Vec<_> = records.collect();
            assert!(records[1].is_empty());
            assert_eq!(records.concat(), fabric.items());
            assert_eq!(fabric.items().len(), size);
        }
    }

    #[test]
    fn what_is_wrong_has_an_error_code() {
        let fabric = WexFabric::start(1, 200, Faults::none()).unwrap();
        let url = datasets_url(&fabric);
        let of_datasets = ask(&url, &[]).unwrap()["continuationToken"].as_str().unwrap().to_owned();
        let records = format!("{url}/dataset1/records");
        for (url, token, status, code) in [
            (&url, "token_xyz", 400, "InvalidInput"),
            (&url, "", 400, "InvalidInput"),
            (&records, of_datasets.as_str(), 400, "InvalidInput"),
            (&records, seal(&format!("{records} 999999")).as_str(), 400, "InvalidInput"),
            (&format!("{url}/dataset7/records"), "", 404, "EntityNotFound"),
            (&format!("{}/v1/workspaces/x/datasets", fabric.url()), "", 404, "WorkspaceNotFound"),
        ] {
            match ask(url, &[("continuationToken", token)]) {
                Err(Error::Refused { status: given, body, .. }) => {
                    let body: Value = serde_json::from_str(&body).unwrap();
                    assert_eq!((given, &body["errorCode"]), (status, &json!(code)), "{url} {token}");
                }
                other => panic!("{url} {token}: {other:?}"),
            }
        }
    }
}
