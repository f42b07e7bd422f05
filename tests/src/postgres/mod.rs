//! PostgreSQL for tests: private servers, each with its data in a folder of its own, gone with the test.
//!
//! ```no_run
//! use checkpoint_tests::postgres;
//!
//! postgres::each(|server| {
//!     let row = server.connect().query_one("SELECT 1", &[]).unwrap();
//!     assert_eq!(row.get::<_, i32>(0), 1);
//! });
//! ```
//!
//! [`each`] runs a test on every [`Version`], or on the server that `DATABASE_URL` names; in both cases in a
//! database of the test's own. A machine without the servers fails the test, and the failure says what to do.
//!
//! A start takes a quarter of a second, and more than a second where the file system is slow to make its thousand
//! files. So [`each`] takes two servers that all tests of the process share; [`Server::start`] is for tests
//! that need one to themselves. Both kinds end with the process, however that ends.

mod account;
mod data;
mod keeper;
mod programs;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ::postgres::{Client, Config, NoTls};
use tempfile::TempDir;

use account::Account;
use keeper::Keeper;
use programs::Programs;

/// The user that owns everything on a private server.
const SUPERUSER: &str = "postgres";

/// Far longer than a start takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A major version that the tests run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The oldest that is supported.
    V15,
    /// The newest.
    V18,
}

impl Version {
    /// Every one, the oldest first.
    pub const ALL: [Version; 2] = [Version::V15, Version::V18];

    /// Its number, as in `15.18`.
    pub fn major(self) -> u32 {
        match self {
            Version::V15 => 15,
            Version::V18 => 18,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL {}", self.major())
    }
}

/// Runs `test` on [`Server::shared`] of every version; where `DATABASE_URL` is set, once, on [that
/// server](Server::at). A failure names the server.
///
/// # Panics
///
/// If `test` does, or if there is no server.
pub fn each(test: impl Fn(&Server)) {
    match std::env::var("DATABASE_URL") {
        Ok(url) if !url.is_empty() => on(&Server::at(&url), &test),
        _ => Version::ALL.iter().for_each(|version| on(&Server::shared(*version), &test)),
    }
}

fn on(server: &Server, test: impl Fn(&Server)) {
    /// Tells it while a panic passes: beside the panic's own message, which stays as it is.
    struct Named<'a>(&'a Server);

    impl Drop for Named<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("it failed on {}", self.0.name);
            }
        }
    }

    let _named = Named(server);
    test(server);
}

/// A running server, and a database of the test's own in it. When it is dropped, what is the test's own goes:
/// the database, or the whole server with its data and its socket.
pub struct Server {
    name: String,
    place: Place,
    // In the order in which they end.
    home: Option<Temporary>,
    own: Option<Own>,
}

/// A server of a test's own. In the order in which it ends.
struct Own {
    /// The last is that of the running server, the others those of servers that were ended before it.
    keepers: Vec<Keeper>,
    programs: Programs,
    account: Account,
    _dir: TempDir,
}

impl Drop for Own {
    fn drop(&mut self) {
        // The first one takes the folder away.
        while let Some(keeper) = self.keepers.pop() {
            drop(keeper);
        }
    }
}

/// How a server is ended: as `pg_ctl stop` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// It rolls back what is under way, writes everything down, and ends.
    Fast,
    /// It ends at once, and has to recover when it starts.
    Immediate,
}

/// How a server is reached.
#[derive(Clone)]
enum Place {
    /// By the socket in this folder.
    Socket(PathBuf),
    /// By this URL or connection string.
    Named(String),
}

impl Server {
    /// A server of this version for this test alone, whatever `DATABASE_URL` says. Nobody reaches it but
    /// through its socket, and nothing that it stores outlives it.
    ///
    /// # Panics
    ///
    /// If the machine has no server of this version, or it does not start.
    pub fn start(version: Version) -> Self {
        // Not in `TMPDIR`: the path of a socket has room for some hundred bytes, and the server's account must
        // be able to go there.
        let dir = tempfile::Builder::new().prefix("checkpoint-postgres-").tempdir_in("/tmp");
        let dir = dir.unwrap_or_else(|error| panic!("cannot create a folder in /tmp: {error}"));
        let account = Account::for_servers(dir.path());
        account.give(dir.path());
        let programs = Programs::find(version).within_reach(&account, dir.path());
        data::lay(&programs, &account, &dir.path().join("data"));
        let keeper = Keeper::start(&programs, &account, dir.path());
        let name = format!("PostgreSQL {}", programs.number());
        let place = Place::Socket(dir.path().to_owned());
        let own = Own { keepers: vec![keeper], programs, account, _dir: dir };
        let server = Self { name, place, home: None, own: Some(own) };
        server.wait();
        server
    }

    /// Ends the server, which must be the test's own, and starts it again after `pause`, with its data.
    ///
    /// # Panics
    ///
    /// If it is not the test's own, or does not end or start.
    pub fn restart(&mut self, how: Shutdown, pause: Duration) {
        self.stop(how);
        std::thread::sleep(pause);
        let (Some(own), Place::Socket(dir)) = (&mut self.own, &self.place) else { return };
        keeper::forget_end(dir);
        own.keepers.push(Keeper::start(&own.programs, &own.account, dir));
        self.wait();
    }

    /// Ends the server, which must be the test's own.
    ///
    /// # Panics
    ///
    /// If it is not, or does not end.
    pub fn stop(&mut self, how: Shutdown) {
        let (Some(_), Place::Socket(dir)) = (&self.own, &self.place) else {
            panic!("{} is not this test's own", self.name)
        };
        keeper::end(dir, how);
        let began = Instant::now();
        while !keeper::has_ended(dir) {
            assert!(began.elapsed() < PATIENCE, "{} does not end\n{}", self.name, keeper::log(dir));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A new database on the server of this version that the tests of this process share, whatever
    /// `DATABASE_URL` says. The first one starts it.
    ///
    /// # Panics
    ///
    /// If the machine has no server of this version, or it does not start.
    pub fn shared(version: Version) -> Self {
        static V15: OnceLock<Server> = OnceLock::new();
        static V18: OnceLock<Server> = OnceLock::new();
        let server = match version {
            Version::V15 => &V15,
            Version::V18 => &V18,
        };
        // Nothing drops it: it ends with the process.
        let server = server.get_or_init(|| Self::start(version));
        Self::guest(server.name.clone(), server.place.clone(), &server.url())
    }

    /// A new database on the server that this URL or connection string names, as `DATABASE_URL` does. The
    /// connection is not encrypted.
    ///
    /// # Panics
    ///
    /// If the server does not let a database be created.
    pub fn at(url: &str) -> Self {
        Self::guest("the server of DATABASE_URL".to_owned(), Place::Named(url.to_owned()), url)
    }

    fn guest(name: String, place: Place, url: &str) -> Self {
        Self { name, place, home: Some(Temporary::create(url)), own: None }
    }

    /// A connection to the test's own database, as a user who may do everything there; on a server that is not
    /// that of `DATABASE_URL`, everywhere.
    pub fn connect(&self) -> Client {
        connect(&self.url())
    }

    /// A new, empty database, for a test that shares the server with others.
    pub fn database(&self) -> Database<'_> {
        Database { temporary: Temporary::create(&self.url()), server: self }
    }

    /// Where [`connect`](Server::connect) connects to, for other clients.
    pub fn url(&self) -> String {
        self.url_of(self.home.as_ref().map_or("postgres", |home| &home.name))
    }

    /// The folder of the socket, as libpq takes it for a host; `None` where the server is that of
    /// `DATABASE_URL`.
    pub fn socket_dir(&self) -> Option<&Path> {
        match &self.place {
            Place::Socket(dir) => Some(dir),
            Place::Named(_) => None,
        }
    }

    fn url_of(&self, database: &str) -> String {
        match &self.place {
            Place::Socket(dir) => {
                format!("postgresql:///{database}?host={}&user={SUPERUSER}", dir.display())
            }
            Place::Named(url) => with_database(url, database),
        }
    }

    /// Waits until the server lets clients in.
    fn wait(&self) {
        let Some(dir) = self.socket_dir() else { return };
        let config = config(&self.url());
        let began = Instant::now();
        while let Err(error) = config.connect(NoTls) {
            if keeper::has_ended(dir) || began.elapsed() > PATIENCE {
                panic!("{} does not start: {error}\n{}", self.name, keeper::log(dir));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.name).finish()
    }
}

/// A database of one test's own, dropped with this.
pub struct Database<'a> {
    temporary: Temporary,
    server: &'a Server,
}

impl Database<'_> {
    /// A connection to it.
    pub fn connect(&self) -> Client {
        connect(&self.url())
    }

    /// Where it is, for other clients.
    pub fn url(&self) -> String {
        self.server.url_of(&self.temporary.name)
    }
}

/// A database that is there as long as this is.
struct Temporary {
    /// A database beside it, to create and drop it from.
    beside: String,
    name: String,
}

impl Temporary {
    fn create(beside: &str) -> Self {
        // Random, since others may use the same server.
        let name = format!("checkpoint_test_{:016x}", RandomState::new().hash_one(()));
        // What the server copies otherwise may have anything in it, and another encoding.
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        let created = connect(beside).batch_execute(&create);
        created.unwrap_or_else(|error| panic!("{create}: {error}"));
        Self { beside: beside.to_owned(), name }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // No panic on top of a panic.
        let dropped = config(&self.beside).connect(NoTls).and_then(|mut client| client.batch_execute(&drop));
        if let Err(error) = dropped {
            eprintln!("{drop}: {error}");
        }
    }
}

fn connect(url: &str) -> Client {
    config(url).connect(NoTls).unwrap_or_else(|error| panic!("cannot connect to {url}: {error}"))
}

fn config(url: &str) -> Config {
    url.parse().unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// The same server, another database: of two names the last one counts.
fn with_database(url: &str, database: &str) -> String {
    let is_url = url.starts_with("postgresql://") || url.starts_with("postgres://");
    let separator = match (is_url, url.contains('?')) {
        (false, _) => ' ',
        (true, false) => '?',
        (true, true) => '&',
    };
    format!("{url}{separator}dbname={database}")
}
