//! How a worker asks a service: [`Client`] in async code, [`Blocking`] in a plain thread.
//!
//! What fails for the moment is asked again: `429 Too Many Requests` after the time that it states, every 5xx, and
//! connections that are refused, time out or break, after a short pause that grows. Whatever else a service refuses is
//! an error at once, with what it said. Before each pause the worker's hook is called, which renews its lease:
//! `client.get(&url, &[], |_| claim.renew().execute(&pool)).await?`.
//!
//! Only what may be asked twice belongs here: the service may have acted on the try whose answer was lost.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// So often a request is tried, the first time included.
pub const TRIES: u32 = 8;

/// The pause after the first try that failed; each further one is twice as long.
pub const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// What is sent, and what is to come back.
const JSON: &str = "application/json";

/// So long one try may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The client of an async worker.
#[derive(Clone, Debug)]
pub struct Client(reqwest::Client);

impl Client {
    /// A client without connections yet.
    pub fn new() -> Result<Self, Error> {
        let client = reqwest::Client::builder().no_proxy().timeout(TIME_LIMIT).build();
        client.map(Self).map_err(|error| Error::Unsent(error.into()))
    }

    /// Gets `url` with the names and values of `query` added, and reads the answer's JSON as a `T`. `before_pause` is
    /// given the length of each pause; where it fails, so does the request.
    pub async fn get<T, E, F>(
        &self,
        url: &str,
        query: &[(&str, &str)],
        before_pause: impl FnMut(Duration) -> F,
    ) -> Result<T, Error>
    where
        T: DeserializeOwned,
        E: Into<HookError>,
        F: Future<Output = Result<(), E>>,
    {
        self.ask(Ask::get(url, query)?, before_pause).await
    }

    /// Posts `body` as JSON to `url`, and reads the answer as [`get`](Self::get) does.
    pub async fn post<T, E, F>(
        &self,
        url: &str,
        body: &Value,
        before_pause: impl FnMut(Duration) -> F,
    ) -> Result<T, Error>
    where
        T: DeserializeOwned,
        E: Into<HookError>,
        F: Future<Output = Result<(), E>>,
    {
        self.ask(Ask::post(url, body)?, before_pause).await
    }

    async fn ask<T, E, F>(&self, ask: Ask, mut before_pause: impl FnMut(Duration) -> F) -> Result<T, Error>
    where
        T: DeserializeOwned,
        E: Into<HookError>,
        F: Future<Output = Result<(), E>>,
    {
        let mut tries = Tries::of(&ask);
        loop {
            match tries.judge(self.reply(&ask).await)? {
                Next::Done(answer) => return Ok(answer),
                Next::Pause(pause) => {
                    before_pause(pause).await.map_err(|error| Error::Hook(error.into()))?;
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    async fn reply(&self, Ask { method, url, body }: &Ask) -> Result<Reply, reqwest::Error> {
        let mut request = self.0.request(method.clone(), url.clone()).header(ACCEPT, JSON);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, JSON).body(body.clone());
        }
        let response = request.send().await?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        Ok(Reply { status, retry_after, body: response.bytes().await?.to_vec() })
    }
}

/// The client of a worker without async.
#[derive(Clone, Debug)]
pub struct Blocking(reqwest::blocking::Client);

impl Blocking {
    /// A client without connections yet. Not to be made, used or dropped in async code.
    pub fn new() -> Result<Self, Error> {
        let client = reqwest::blocking::Client::builder().no_proxy().timeout(TIME_LIMIT).build();
        client.map(Self).map_err(|error| Error::Unsent(error.into()))
    }

    /// As [`Client::get`].
    pub fn get<T: DeserializeOwned, E: Into<HookError>>(
        &self,
        url: &str,
        query: &[(&str, &str)],
        before_pause: impl FnMut(Duration) -> Result<(), E>,
    ) -> Result<T, Error> {
        self.ask(&Ask::get(url, query)?, before_pause)
    }

    /// As [`Client::post`].
    pub fn post<T: DeserializeOwned, E: Into<HookError>>(
        &self,
        url: &str,
        body: &Value,
        before_pause: impl FnMut(Duration) -> Result<(), E>,
    ) -> Result<T, Error> {
        self.ask(&Ask::post(url, body)?, before_pause)
    }

    fn ask<T: DeserializeOwned, E: Into<HookError>>(
        &self,
        ask: &Ask,
        mut before_pause: impl FnMut(Duration) -> Result<(), E>,
    ) -> Result<T, Error> {
        let mut tries = Tries::of(ask);
        loop {
            match tries.judge(self.reply(ask))? {
                Next::Done(answer) => return Ok(answer),
                Next::Pause(pause) => {
                    before_pause(pause).map_err(|error| Error::Hook(error.into()))?;
                    std::thread::sleep(pause);
                }
            }
        }
    }

    fn reply(&self, Ask { method, url, body }: &Ask) -> Result<Reply, reqwest::Error> {
        let mut request = self.0.request(method.clone(), url.clone()).header(ACCEPT, JSON);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, JSON).body(body.clone());
        }
        let response = request.send()?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        Ok(Reply { status, retry_after, body: response.bytes()?.to_vec() })
    }
}

/// What a hook fails with: every error that can go to another thread, and every text.
pub type HookError = Box<dyn StdError + Send + Sync>;

/// Why there is no answer.
#[derive(Debug)]
pub enum Error {
    /// The service refuses this request, and would again: a status that is neither a success nor one to try again.
    Refused {
        /// What was asked, without its query.
        url: String,
        /// The HTTP status, mostly 4xx.
        status: u16,
        /// The message in the body, as each of the four services writes it; else the start of the body.
        message: String,
        /// The whole body.
        body: String,
    },
    /// No try succeeded.
    GaveUp {
        /// What was asked, without its query.
        url: String,
        /// How often.
        tries: u32,
        /// What the last try failed with.
        last: String,
    },
    /// The answer is no JSON of the shape that the worker reads.
    Unreadable {
        /// What was asked, without its query.
        url: String,
        /// What the JSON reader says.
        source: serde_json::Error,
    },
    /// The request cannot be sent as it is: its URL is at fault, or the system has no client.
    Unsent(Box<dyn StdError + Send + Sync>),
    /// The hook failed: the worker is to stop.
    Hook(HookError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { url, status, message, .. } => write!(f, "{url} refuses with {status}: {message}"),
            Self::GaveUp { url, tries, last } => {
                write!(f, "{url} did not answer in {tries} tries; the last: {last}")
            }
            Self::Unreadable { url, .. } => write!(f, "{url} answers with something else than expected"),
            Self::Unsent(_) => write!(f, "the request could not be sent"),
            Self::Hook(_) => write!(f, "the worker stops while it waits to ask again"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Refused { .. } | Self::GaveUp { .. } => None,
            Self::Unreadable { source, .. } => Some(source),
            Self::Unsent(source) | Self::Hook(source) => Some(&**source),
        }
    }
}

/// What is asked, for as many tries as it takes.
struct Ask {
    method: Method,
    url: Url,
    /// JSON, if the method takes any.
    body: Option<String>,
}

impl Ask {
    fn get(url: &str, query: &[(&str, &str)]) -> Result<Self, Error> {
        let mut url = parse(url)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(Self { method: Method::GET, url, body: None })
    }

    fn post(url: &str, body: &Value) -> Result<Self, Error> {
        Ok(Self { method: Method::POST, url: parse(url)?, body: Some(body.to_string()) })
    }
}

fn parse(url: &str) -> Result<Url, Error> {
    Url::parse(url).map_err(|error| Error::Unsent(error.into()))
}

/// What a service said on one try.
struct Reply {
    status: u16,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// What follows a try.
enum Next<T> {
    Done(T),
    Pause(Duration),
}

/// The tries of one request: the one place that says what is tried again, how often and after which pause.
struct Tries {
    url: String,
    made: u32,
}

impl Tries {
    fn of(ask: &Ask) -> Self {
        let mut url = ask.url.clone();
        // A query may hold tokens, which belong in no message.
        url.set_query(None);
        Self { url: url.into(), made: 0 }
    }

    fn judge<T: DeserializeOwned>(&mut self, tried: Result<Reply, reqwest::Error>) -> Result<Next<T>, Error> {
        self.made += 1;
        let url = || self.url.clone();
        match tried {
            Ok(Reply { status: 200..=299, body, .. }) => match serde_json::from_slice(&body) {
                Ok(answer) => Ok(Next::Done(answer)),
                Err(source) => Err(Error::Unreadable { url: url(), source }),
            },
            Ok(Reply { status: status @ (429 | 500..), retry_after, body }) => {
                self.again(retry_after, || format!("{status} {}", message(&String::from_utf8_lossy(&body))))
            }
            Ok(Reply { status, body, .. }) => {
                let body = String::from_utf8_lossy(&body).into_owned();
                Err(Error::Refused { url: url(), status, message: message(&body), body })
            }
            Err(error) if error.is_builder() => Err(Error::Unsent(error.into())),
            Err(error) => self.again(None, || chain(&error.without_url())),
        }
    }

    /// The pause before the next try, never shorter than the service asks for; or the end.
    fn again<T>(&self, asked: Option<Duration>, last: impl FnOnce() -> String) -> Result<Next<T>, Error> {
        if self.made == TRIES {
            return Err(Error::GaveUp { url: self.url.clone(), tries: self.made, last: last() });
        }
        let grown = FIRST_PAUSE * 2_u32.pow(self.made - 1);
        Ok(Next::Pause(asked.map_or(grown, |asked| asked.max(grown))))
    }
}

/// The whole seconds of `Retry-After`. Its other form, a date, none of the four services sends; it counts as none.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// What a body says to people: `message` as GitHub and Fabric write it, `error.message` as Graph, `errorMessages` as
/// Jira; else its first 200 characters.
fn message(body: &str) -> String {
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    let places = ["/message", "/error/message", "/errorMessages/0"];
    match places.iter().find_map(|place| json.pointer(place)?.as_str()) {
        Some(message) => message.to_owned(),
        None => body.chars().take(200).collect(),
    }
}

/// An error with its causes, which is where reqwest says what happened.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::future::ready;

    use serde_json::json;

    use super::*;
    use crate::servers::{Faults, Github, Met, WexFabric};

    fn go_on(_: Duration) -> Result<(), Error> {
        Ok(())
    }

    fn noted(pauses: &mut Vec<Duration>, pause: Duration) -> Result<(), Error> {
        pauses.push(pause);
        Ok(())
    }

    fn repositories(hub: &Github) -> (String, Value) {
        let query = json!({ "query": "query Repositories", "variables": { "first": 100 } });
        (format!("{}/graphql", hub.url()), query)
    }

    /// Each fault was met, and each try that failed was followed by a pause. (Seed 1 has all of it, a wait of a second
    /// included.)
    fn all_met(met: Met, answers: usize, pauses: &[Duration]) {
        let Met { requests, throttled, failed, cut, slow } = met;
        assert!(throttled > 0 && failed > 0 && cut > 0 && slow > 0, "{met:?}");
        assert_eq!(usize::try_from(throttled + failed + cut).unwrap(), pauses.len(), "{met:?}");
        assert_eq!(usize::try_from(requests).unwrap(), answers + pauses.len());
        assert!(pauses.contains(&FIRST_PAUSE) && pauses.contains(&(FIRST_PAUSE * 2)), "it grows");
        assert!(pauses.contains(&Duration::from_secs(1)), "a service that asks for a second gets it");
    }

    #[test]
    fn a_blocking_client_survives_every_fault() {
        let hub = Github::start(1, 0, Faults::often(1)).unwrap();
        let (url, query) = repositories(&hub);
        let client = Blocking::new().unwrap();
        let mut pauses = Vec::new();
        let answers: BTreeSet<String> = (0..300)
            .map(|_| {
                let note = |pause| noted(&mut pauses, pause);
                client.post::<Value, _>(&url, &query, note).unwrap().to_string()
            })
            .collect();
        assert_eq!(answers.len(), 1, "always the same, and whole");
        all_met(hub.met(), 300, &pauses);
    }

    #[tokio::test]
    async fn an_async_client_survives_every_fault() {
        let fabric = WexFabric::start(1, 100, Faults::often(1)).unwrap();
        let url = format!("{}/v1/workspaces/{}/datasets", fabric.url(), fabric.workspace_id());
        let client = Client::new().unwrap();
        let mut pauses = Vec::new();
        let mut answers = BTreeSet::new();
        for _ in 0..300 {
            let note = |pause| ready(noted(&mut pauses, pause));
            answers.insert(client.get::<Value, _, _>(&url, &[], note).await.unwrap().to_string());
        }
        assert_eq!(answers.len(), 1, "always the same, and whole");
        all_met(fabric.met(), 300, &pauses);
    }

    /// A lease that is renewed by reference, as a claim is.
    struct Lease;

    impl Lease {
        async fn renew(&self) -> Result<(), Error> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_worker_with_a_lease_can_be_a_task() {
        async fn work(url: String) -> Result<Value, Error> {
            let lease = Lease;
            Client::new()?.get(&url, &[], |_| lease.renew()).await
        }
        let fabric = WexFabric::start(1, 0, Faults::none()).unwrap();
        let url = format!("{}/v1/workspaces/{}/datasets", fabric.url(), fabric.workspace_id());
        assert_eq!(tokio::spawn(work(url)).await.unwrap().unwrap()["value"][0]["id"], "dataset1");
    }

    #[test]
    fn a_service_that_never_answers_is_given_up() {
        let nobody = Github::start(1, 0, Faults::none()).unwrap().url();
        let mut pauses = Vec::new();
        let error = Blocking::new()
            .unwrap()
            .get::<(), _>(&format!("{nobody}/?token=x"), &[], |pause| noted(&mut pauses, pause));
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640].map(Duration::from_millis));
        let error = error.unwrap_err();
        assert!(matches!(error, Error::GaveUp { tries: 8, .. }));
        let text = error.to_string();
        assert!(text.starts_with(&format!("{nobody}/ did not answer in 8 tries; the last: ")), "{text}");
        assert!(text.to_lowercase().contains("connection refused"), "{text}");
    }

    #[test]
    fn a_refusal_is_not_asked_again() {
        let fabric = WexFabric::start(1, 0, Faults::none()).unwrap();
        let url = format!("{}/v1/workspaces/none/datasets", fabric.url());
        let error = Blocking::new().unwrap().get::<(), _>(&url, &[("a", "b")], go_on).unwrap_err();
        assert_eq!(error.to_string(), format!("{url} refuses with 404: The workspace none was not found."));
        assert_eq!(fabric.met().requests, 1);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        let hub = Github::start(1, 0, Faults::none()).unwrap();
        let (url, query) = repositories(&hub);
        let error = Blocking::new().unwrap().post::<Vec<u8>, _>(&url, &query, go_on).unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
        assert_eq!(hub.met().requests, 1);
    }

    #[test]
    fn a_request_that_cannot_be_sent_is_an_error_at_once() {
        for url in ["", "no url", "http://"] {
            let error = Blocking::new().unwrap().get::<(), _>(url, &[], go_on).unwrap_err();
            assert!(matches!(error, Error::Unsent(_)), "{url}: {error:?}");
        }
    }

    #[tokio::test]
    async fn a_hook_that_fails_ends_the_request() {
        let hub = Github::start(1, 0, Faults { throttled: 1.0, ..Faults::none() }).unwrap();
        let (url, query) = repositories(&hub);
        let lost = |_| ready(Err("the lease is lost"));
        let error = Client::new().unwrap().post::<Value, _, _>(&url, &query, lost).await.unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "the lease is lost");
        assert_eq!(hub.met().requests, 1);
    }

    #[test]
    fn the_message_is_found_where_each_service_puts_it() {
        for (body, expected) in [
            (r#"{"message": "Problems parsing JSON"}"#, "Problems parsing JSON"),
            (r#"{"error": {"code": "x", "message": "Badly formed token."}}"#, "Badly formed token."),
            (r#"{"errorMessages": ["No such field."], "errors": {}}"#, "No such field."),
            ("<html>", "<html>"),
            ("", ""),
        ] {
            assert_eq!(message(body), expected);
        }
        assert_eq!(message(&"é".repeat(500)).chars().count(), 200);
    }
}
