//! The WEX Active Directory, as Microsoft Graph tells its changes: delta queries over users and groups.
//!
//! `GET /v1.0/directoryObjects/delta` begins a *round*: all users, then all groups, in pages of
//! `{"value": [{"@odata.type", "id", "displayName"}], "@odata.nextLink": "…/delta?$skiptoken=…"}`. The last page has
//! `"@odata.deltaLink": "…/delta?$deltatoken=…"` in the next link's place; asked later, that link begins a round of
//! what has changed since this one began. As with Graph, the server decides how large a page is, and a page may be
//! empty though others follow.
//!
//! One endpoint for both, since the checkpoint has one `delta_token`. (Graph has it: with
//! `$filter=isof('microsoft.graph.user') or isof('microsoft.graph.group')`, which is not read here; and Graph promises
//! no order.) A worker keeps in `delta_token` what follows the `?` of the link to go on with, be it a next link or a
//! delta link, and begins with an empty one; `last_user_id` and `last_group_id` say how far it got in that page.
//!
//! A token of another shape is status 400. Tokens given out before [`WexAd::forget_tokens`] are status 410 with
//! `{"error": {"code": "syncStateNotFound", …}}` and a `Location` without a token: a full sync is due. (Graph knows
//! both, a 410 for a moved directory, that code for a token of seven days.) Objects are never deleted here.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use fastrand::Rng;
use serde_json::{Value, json};

use super::{Faults, Met, Server, seal, unseal};

/// Where delta queries are asked, below the server's URL.
const PATH: &str = "/v1.0/directoryObjects/delta";

/// The most objects of one page.
const MOST_OF_A_PAGE: usize = 20;

/// The users and groups of one directory.
pub struct WexAd {
    server: Server,
    directory: Arc<Mutex<Directory>>,
}

struct Directory {
    random: Rng,
    /// The users, then the groups.
    objects: Vec<Object>,
    /// Goes up with every [`WexAd::change`]; a round goes from one moment to another.
    now: u64,
    /// Goes up with every [`WexAd::forget_tokens`]; a token of an earlier one is forgotten.
    generation: u64,
}

struct Object {
    kind: &'static str,
    id: String,
    changed: u64,
}

impl WexAd {
    /// A server with `size` users and a group for every five of them, one at least.
    pub fn start(seed: u64, size: usize, faults: Faults) -> io::Result<Self> {
        let objects = |kind: &'static str, count: usize| {
            (1..=count).map(move |n| Object { kind, id: format!("{kind}_{n}"), changed: 1 })
        };
        let objects = objects("user", size).chain(objects("group", 1 + size / 5)).collect();
        let directory = Directory { random: Rng::with_seed(seed), objects, now: 1, generation: 1 };
        let directory = Arc::new(Mutex::new(directory));
        let state = Arc::clone(&directory);
        let routes = |url: &str| {
            let delta_url = format!("{url}{PATH}");
            let ask = async move |State(directory): State<Arc<Mutex<Directory>>>,
                                  Query(query): Query<HashMap<String, String>>| {
                answer(&lock(&directory), &delta_url, &query)
            };
            Router::new().route(PATH, get(ask)).with_state(state)
        };
        Ok(Self { server: Server::start(faults, routes)?, directory })
    }

    /// Where it listens: `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What its clients have met so far.
    pub fn met(&self) -> Met {
        self.server.met()
    }

    /// The ids of all users (`user_1`, …), then of all groups (`group_1`, …): what a full sync hands out, each once.
    pub fn items(&self) -> Vec<String> {
        self.directory().objects.iter().map(|object| object.id.clone()).collect()
    }

    /// Changes `count` users that it draws, all of them if there are fewer, and gives their ids in the order of the
    /// directory: after a round that ended before, the next one from its delta link hands out exactly them, each once.
    /// A round that is under way leaves out those it has not come to; the next one has them all.
    pub fn change(&self, count: usize) -> Vec<String> {
        self.directory().change(count)
    }

    /// Forgets every token given out so far.
    pub fn forget_tokens(&self) {
        self.directory().generation += 1;
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        lock(&self.directory)
    }
}

fn lock(directory: &Mutex<Directory>) -> MutexGuard<'_, Directory> {
    // Each object is whole at every moment.
    directory.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Directory {
    fn change(&mut self, count: usize) -> Vec<String> {
        self.now += 1;
        let users = self.objects.iter_mut().filter(|object| object.kind == "user");
        for user in self.random.choose_multiple(users, count) {
            user.changed = self.now;
        }
        let changed = self.objects.iter().filter(|object| object.changed == self.now);
        changed.map(|object| object.id.clone()).collect()
    }

    /// The page at `place`, and what follows it.
    fn page(&self, place: Place) -> (Vec<Value>, Token) {
        let Place { since, until, page, from } = place;
        // Every fifth page is empty, if it is not the last.
        let size = if page % 5 == 3 { 0 } else { MOST_OF_A_PAGE };
        let mut asked = (self.objects.iter().enumerate().skip(from))
            .filter(|(_, object)| since < object.changed && object.changed <= until)
            .peekable();
        let value = asked.by_ref().take(size).map(|(_, object)| object.json()).collect();
        match asked.peek() {
            Some((next, _)) => (value, Token::Skip(Place { since, until, page: page + 1, from: *next })),
            None => (value, Token::Delta { since: until }),
        }
    }
}

impl Object {
    fn json(&self) -> Value {
        let name = format!("{} as of change {}", self.id, self.changed);
        json!({ "@odata.type": format!("#microsoft.graph.{}", self.kind), "id": self.id, "displayName": name })
    }
}

/// A place in a round: the objects changed after `since` and not after `until`, from the `from`th on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    since: u64,
    until: u64,
    page: u64,
    from: usize,
}

/// What a token says, beside the generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// A round goes on.
    Skip(Place),
    /// A new round may begin, of what has changed since then.
    Delta { since: u64 },
}

impl Token {
    /// As it stands in a link, its name included.
    fn seal(self, generation: u64) -> (&'static str, String) {
        match self {
            Self::Skip(Place { since, until, page, from }) => {
                ("$skiptoken", seal(&format!("skip {generation} {since} {until} {page} {from}")))
            }
            Self::Delta { since } => ("$deltatoken", seal(&format!("delta {generation} {since}"))),
        }
    }

    /// The generation and the token that [`seal`](Self::seal) was given; `None` of anything else.
    fn unseal(name: &str, token: &str) -> Option<(u64, Self)> {
        let text = unseal(token)?;
        let mut words = text.split(' ');
        let kind = words.next()?;
        let numbers: Vec<u64> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
        match (name, kind, numbers.as_slice()) {
            ("$skiptoken", "skip", &[generation, since, until, page, from]) => {
                let from = from.try_into().ok()?;
                // `page` counts on: what cannot have been counted is no token of ours.
                let place = Place { since, until, page, from };
                (page < u64::MAX).then_some((generation, Self::Skip(place)))
            }
            ("$deltatoken", "delta", &[generation, since]) => Some((generation, Self::Delta { since })),
            _ => None,
        }
    }
}

fn answer(directory: &Directory, url: &str, query: &HashMap<String, String>) -> Response {
    let Directory { now, generation, .. } = *directory;
    let begin = |since| Place { since, until: now, page: 0, from: 0 };
    let given = ["$skiptoken", "$deltatoken"].into_iter().find_map(|name| Some((name, query.get(name)?)));
    let place = match given {
        // The `Location` of a 410 has an empty token.
        None => begin(0),
        Some(("$deltatoken", token)) if token.is_empty() => begin(0),
        Some((name, token)) => match Token::unseal(name, token) {
            None => return refuse(StatusCode::BAD_REQUEST, "Request_BadRequest", "Badly formed token."),
            Some((given, _)) if given != generation => {
                let message = "The sync state generation is not found. The delta token is expired and data must be \
                               synchronized again.";
                let anew = [(LOCATION, format!("{url}?$deltatoken="))];
                return (anew, refuse(StatusCode::GONE, "syncStateNotFound", message)).into_response();
            }
            Some((_, Token::Skip(place))) => place,
            Some((_, Token::Delta { since })) => begin(since),
        },
    };
    let (value, next) = directory.page(place);
    let (name, token) = next.seal(generation);
    let link = match next {
        Token::Skip(_) => "@odata.nextLink",
        Token::Delta { .. } => "@odata.deltaLink",
    };
    Json(json!({ "value": value, link: format!("{url}?{name}={token}") })).into_response()
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Blocking, Error};

    fn ask(url: &str) -> Result<Value, Error> {
        Blocking::new()?.get(url, &[], |_| Ok::<_, Error>(()))
    }

    /// What a round hands out, page by page, and its delta link.
    fn round(mut url: String) -> (Vec<Vec<String>>, String) {
        let mut pages = Vec::new();
        loop {
            let page = ask(&url).unwrap();
            let ids = page["value"]
                .as_array()
                .unwrap()
                .iter()
                .map(|object| object["id"].as_str().unwrap().to_owned());
            pages.push(ids.collect());
            if let Some(link) = page["@odata.deltaLink"].as_str() {
                assert!(page.get("@odata.nextLink").is_none());
                return (pages, link.to_owned());
            }
            url = page["@odata.nextLink"].as_str().unwrap().to_owned();
        }
    }

    fn start(ad: &WexAd) -> String {
        ad.url() + PATH
    }

    #[test]
    fn a_full_round_gives_each_object_once() {
        for (seed, size, faults) in
            [(1, 0, Faults::none()), (2, 200, Faults::none()), (3, 200, Faults::often(3))]
        {
            let ad = WexAd::start(seed, size, faults).unwrap();
            let (pages, _) = round(start(&ad));
            assert_eq!(pages.concat(), ad.items());
            assert_eq!(ad.items().len(), size + size / 5 + 1);
            assert_eq!(pages.iter().any(Vec::is_empty), size > 0, "an empty page amid the others");
        }
    }

    #[test]
    fn a_round_from_a_delta_link_gives_what_changed() {
        let ad = WexAd::start(4, 150, Faults::often(4)).unwrap();
        let (_, link) = round(start(&ad));
        let (nothing, link) = round(link);
        assert_eq!(nothing.concat(), [""; 0]);
        let (first, second) = (ad.change(60), ad.change(2));
        assert_eq!((first.len(), second.len()), (60, 2));
        let (pages, link) = round(link);
        let both = ad.items().into_iter().filter(|id| first.contains(id) || second.contains(id));
        assert_eq!(pages.concat(), both.collect::<Vec<_>>(), "each once, if it changed twice, too");
        assert_eq!(ad.change(1000).len(), 150, "no more than there are");
        assert_eq!(round(link).0.concat().len(), 150);
    }

    #[test]
    fn what_changes_amid_a_round_is_in_the_next() {
        let ad = WexAd::start(5, 100, Faults::none()).unwrap();
        let first = ask(&start(&ad)).unwrap();
        let changed = ad.change(100);
        let (rest, link) = round(first["@odata.nextLink"].as_str().unwrap().to_owned());
        assert!(rest.concat().iter().all(|id| id.starts_with("group_")), "{rest:?}");
        assert_eq!(round(link).0.concat(), changed);
    }

    #[test]
    fn a_forgotten_token_is_gone_and_a_full_round_is_due() {
        let ad = WexAd::start(6, 50, Faults::none()).unwrap();
        let skip = ask(&start(&ad)).unwrap()["@odata.nextLink"].as_str().unwrap().to_owned();
        let (_, delta) = round(start(&ad));
        ad.forget_tokens();
        for link in [skip, delta] {
            match ask(&link) {
                Err(Error::Refused { status: 410, body, message, .. }) => {
                    assert!(message.starts_with("The sync state generation is not found."), "{message}");
                    let body: Value = serde_json::from_str(&body).unwrap();
                    assert_eq!(body["error"]["code"], "syncStateNotFound");
                }
                other => panic!("{link}: {other:?}"),
            }
            let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
            let answer = client.get(&link).send().unwrap();
            assert_eq!(answer.headers()[LOCATION], format!("{}?$deltatoken=", start(&ad)));
        }
        let (pages, delta) = round(format!("{}?$deltatoken=", start(&ad)));
        assert_eq!(pages.concat(), ad.items());
        assert_eq!(round(delta).0.concat(), [""; 0], "new tokens are good");
    }

    #[test]
    fn a_token_of_another_shape_is_a_bad_request() {
        let ad = WexAd::start(7, 5, Faults::none()).unwrap();
        let (_, delta) = round(start(&ad));
        let token = delta.split_once("$deltatoken=").unwrap().1;
        let last = u64::MAX;
        for query in [
            "$deltatoken=abc123def456".to_owned(),
            "$skiptoken=".to_owned(),
            // A delta token is no skip token.
            format!("$skiptoken={token}"),
            format!("$skiptoken={}", seal(&format!("skip 1 0 1 {last} 0"))),
            format!("$deltatoken={}", seal("delta 1 -1")),
        ] {
            match ask(&format!("{}?{query}", start(&ad))) {
                Err(Error::Refused { status: 400, message, .. }) => {
                    assert_eq!(message, "Badly formed token.")
                }
                other => panic!("{query}: {other:?}"),
            }
        }
        // A place beyond every object is odd, but harmless.
        let beyond = format!("{}?$skiptoken={}", start(&ad), seal(&format!("skip 1 0 1 0 {last}")));
        assert_eq!(round(beyond).0.concat(), [""; 0]);
    }
}
