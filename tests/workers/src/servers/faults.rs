//! What goes wrong between a server and its client, drawn from a seed: which request meets what is the same in every
//! run that asks in the same order.

use std::collections::HashMap;
use std::future::ready;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fastrand::Rng;
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::time::sleep;

/// So often in a row the same request fails at most, and is answered then: a client that tries once more than this gets
/// on, however many others ask something else meanwhile.
const MOST_IN_A_ROW: u32 = 3;

/// Of so many throttled requests, one is told to wait a second; the others may come again at once.
const ONE_WAITS_OF: u32 = 32;

/// The most bytes that a client may send.
const LONGEST_BODY: usize = 1 << 20;

/// How often a server fails, and how: the probabilities that a request meets each fault, 0 to 1. Where they add up to
/// more than 1, the later ones come short.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faults {
    /// With the count of requests it decides what a request meets.
    pub seed: u64,
    /// Answered `429 Too Many Requests` with `Retry-After: 0`, sometimes `1` (whole seconds are the standard's).
    pub throttled: f64,
    /// Answered `500 Internal Server Error` or `502 Bad Gateway`.
    pub failed: f64,
    /// Answered as it should be, but the connection is closed in the midst of the answer.
    pub cut: f64,
    /// Answered as it should be, some milliseconds late.
    pub slow: f64,
}

impl Faults {
    /// Every request is answered, at once.
    pub const fn none() -> Self {
        Self { seed: 0, throttled: 0.0, failed: 0.0, cut: 0.0, slow: 0.0 }
    }

    /// Every fourth request fails, and one in ten of them all is slow: worse than the real services on a bad day.
    pub const fn often(seed: u64) -> Self {
        Self { seed, throttled: 0.1, failed: 0.08, cut: 0.07, slow: 0.1 }
    }
}

/// How many requests a server has had, and how many of them met which fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// All that came.
    pub requests: u64,
    /// Those that were answered 429.
    pub throttled: u64,
    /// Those that were answered 500 or 502.
    pub failed: u64,
    /// Those whose answer was cut.
    pub cut: u64,
    /// Those that were answered late.
    pub slow: u64,
}

/// Where every request passes, or does not.
pub(super) struct Gate {
    faults: Faults,
    state: Mutex<Draws>,
}

struct Draws {
    random: Rng,
    /// How often each request has failed since it was answered last; one that is not here was answered.
    in_a_row: HashMap<Asked, u32>,
    met: Met,
}

/// What tells a request from others: a hash of all that it asks.
type Asked = u64;

/// What one request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Pass,
    Throttled { seconds: u8 },
    Failed(StatusCode),
    Cut,
    Slow(Duration),
}

impl Gate {
    pub(super) fn new(faults: Faults) -> Self {
        let random = Rng::with_seed(faults.seed);
        Self { faults, state: Mutex::new(Draws { random, in_a_row: HashMap::new(), met: Met::default() }) }
    }

    pub(super) fn met(&self) -> Met {
        self.state().met
    }

    fn state(&self) -> MutexGuard<'_, Draws> {
        // Counts and a generator: there is no half-done state to fear.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, asked: Asked) -> Fate {
        let Faults { seed: _, throttled, failed, cut, slow } = self.faults;
        let mut state = self.state();
        // Two draws for each request, whatever comes of them: the next request's do not depend on it.
        let (drawn, detail) = (state.random.f64(), state.random.u32(..));
        let fate = if drawn < throttled {
            Fate::Throttled { seconds: u8::from(detail % ONE_WAITS_OF == 0) }
        } else if drawn < throttled + failed {
            let statuses = [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::BAD_GATEWAY];
            Fate::Failed(statuses[usize::from(detail % 2 == 0)])
        } else if drawn < throttled + failed + cut {
            Fate::Cut
        } else if drawn < throttled + failed + cut + slow {
            Fate::Slow(Duration::from_millis(u64::from(1 + detail % 8)))
        } else {
            Fate::Pass
        };
        let fails = !matches!(fate, Fate::Pass | Fate::Slow(_));
        let in_a_row = state.in_a_row.remove(&asked).unwrap_or_default();
        let fate = if fails && in_a_row == MOST_IN_A_ROW { Fate::Pass } else { fate };
        let met = &mut state.met;
        met.requests += 1;
        let failed = match fate {
            Fate::Pass => None,
            Fate::Slow(_) => {
                met.slow += 1;
                None
            }
            Fate::Throttled { .. } => Some(&mut met.throttled),
            Fate::Failed(_) => Some(&mut met.failed),
            Fate::Cut => Some(&mut met.cut),
        };
        if let Some(count) = failed {
            *count += 1;
            state.in_a_row.insert(asked, in_a_row + 1);
        }
        fate
    }
}

/// Lets a request pass to the server's routes, or fails it.
pub(super) async fn pass_or_fail(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut asked = DefaultHasher::new();
    (&head.method, &head.uri, &body).hash(&mut asked);
    let request = Request::from_parts(head, Body::from(body));
    match gate.draw(asked.finish()) {
        Fate::Pass => next.run(request).await,
        Fate::Slow(late) => {
            sleep(late).await;
            next.run(request).await
        }
        Fate::Throttled { seconds } => {
            let again = [(RETRY_AFTER, seconds.to_string())];
            let message = json!({ "message": "Too many requests: ask again later." });
            (StatusCode::TOO_MANY_REQUESTS, again, Json(message)).into_response()
        }
        Fate::Failed(status) => (status, "The server is in trouble.").into_response(),
        Fate::Cut => cut(next.run(request).await).await,
    }
}

/// The answer with its full length announced and half of it sent.
async fn cut(whole: Response) -> Response {
    let (mut head, body) = whole.into_parts();
    // The servers' own answers are in memory, whole; they cannot fail to be read.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    let half = Ok(body.slice(..body.len() / 2));
    // The first half leaves before the connection ends.
    let end = async {
        sleep(Duration::from_millis(1)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    };
    Response::from_parts(head, Body::from_stream(stream::once(ready(half)).chain(stream::once(end))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(faults: Faults, requests: usize) -> Vec<Fate> {
        let gate = Gate::new(faults);
        (0..requests).map(|_| gate.draw(0)).collect()
    }

    #[test]
    fn the_same_seed_is_the_same_fate() {
        assert_eq!(fates(Faults::often(1), 500), fates(Faults::often(1), 500));
        assert_ne!(fates(Faults::often(1), 500), fates(Faults::often(2), 500));
    }

    #[test]
    fn each_fault_comes_as_often_as_stated() {
        let gate = Gate::new(Faults::often(3));
        (0..100_000).for_each(|_| _ = gate.draw(0));
        let Met { requests, throttled, failed, cut, slow } = gate.met();
        assert_eq!(requests, 100_000);
        // A little fewer than 10,000, 8,000 and 7,000: those that would be a fourth in a row pass.
        for (met, stated) in [(throttled, 10_000), (failed, 8_000), (cut, 7_000), (slow, 10_000)] {
            assert!(met.abs_diff(stated) < 500, "{met} of {stated}");
        }
    }

    #[test]
    fn no_request_fails_more_than_three_times_in_a_row() {
        let always = Faults { throttled: 0.5, cut: 0.5, ..Faults::none() };
        for (request, fate) in fates(always, 400).into_iter().enumerate() {
            assert_eq!(fate == Fate::Pass, request % 4 == 3, "request {request}: {fate:?}");
        }
        let gate = Gate::new(always);
        for round in 1..=4 {
            for asked in 0..50 {
                assert_eq!(
                    gate.draw(asked) == Fate::Pass,
                    round == 4,
                    "request {asked} for the {round}. time"
                );
            }
        }
    }

    #[test]
    fn without_faults_every_request_passes() {
        assert!(fates(Faults::none(), 1000).iter().all(|fate| *fate == Fate::Pass));
    }
}
