//! The services that the example workers sync from, as servers of this process: [`Github`], [`Jira`], [`WexAd`] and
//! [`WexFabric`].
//!
//! Each is made of a seed and a size, answers on a free port of `127.0.0.1` until it is dropped, and knows every item
//! that it hands out, so that a test compares. What goes wrong on the way is [`Faults`]' part. Here stands what they
//! share: the thread, the tokens, the pages.

mod faults;
mod github;
mod jira;
mod jql;
mod wex_ad;
mod wex_fabric;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::serve::ListenerExt;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use faults::{Faults, Met};
pub use github::Github;
pub use jira::Jira;
pub use wex_ad::WexAd;
pub use wex_fabric::WexFabric;

use faults::Gate;

/// A server in a thread of its own. It ends when it is dropped, in the midst of whatever it answers.
struct Server {
    address: SocketAddr,
    gate: Arc<Gate>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the routes that `routes` makes of the server's own URL. It fails where the system has no port, no
    /// thread or no event loop left.
    fn start(faults: Faults, routes: impl FnOnce(&str) -> Router) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        // Nothing here waits for an event loop: a server may be started in async code, too.
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = {
            let _here = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let gate = Arc::new(Gate::new(faults));
        let routes = routes(&url(address)).layer(from_fn_with_state(Arc::clone(&gate), faults::pass_or_fail));
        // Without this, the second half of an answer waits for the client to acknowledge the first.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("example server".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::spawn(async { axum::serve(listener, routes).await });
                // An error says that the sender is gone, which is an end, too.
                drop(stopped.await);
            });
        })?;
        Ok(Self { address, gate, stop: Some(stop), thread: Some(thread) })
    }

    fn url(&self) -> String {
        url(self.address)
    }

    fn met(&self) -> Met {
        self.gate.met()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told so itself.
            drop(thread.join());
        }
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// What a client cannot read in a token or cursor, and need not escape in a URL.
fn seal(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The text that [`seal`] was given; `None` of a token that is none of ours.
fn unseal(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Blocking, Error};

    #[test]
    fn a_server_ends_when_it_is_dropped() {
        let server = Server::start(Faults::none(), |_| Router::new()).unwrap();
        let url = server.url();
        let ask = || Blocking::new().unwrap().get::<(), _>(&url, &[], |_| Ok::<_, Error>(()));
        assert!(matches!(ask(), Err(Error::Refused { status: 404, .. })), "it answers");
        drop(server);
        assert!(matches!(ask(), Err(Error::GaveUp { .. })), "nobody listens any more");
    }

    #[test]
    fn a_token_is_read_back_and_anything_else_is_none() {
        assert_eq!(unseal(&seal("users:7")).as_deref(), Some("users:7"));
        for wrong in ["*", "a", "_w", "dXNlcnM6Nw==", "\u{fffd}"] {
            assert_eq!(unseal(wrong), None, "{wrong}");
        }
    }
}
