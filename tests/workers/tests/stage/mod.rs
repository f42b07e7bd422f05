//! Worker processes on a database and a service, which are killed, stopped and cut off.
#![allow(dead_code, reason = "each test uses a part")]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use checkpoint_tests::postgres::{Database, Server};
use postgres::Client;
use serde_json::Value;

/// So long a worker's claim lasts that gives no sign of life: longer than a step of a worker on a busy machine, and
/// short, since whoever comes after a killed one waits for it.
pub(crate) const LEASE: Duration = Duration::from_millis(200);

/// The example's tables, and the row 1 of a job.
pub(crate) fn database<'a>(server: &'a Server, job: &str) -> Database<'a> {
    let database = server.database();
    let mut client = database.connect();
    client.batch_execute(checkpoint_workers::SCHEMA).expect("tables");
    client.execute("INSERT INTO etl_jobs (id, job_name) VALUES (1, $1)", &[&job]).expect("a row");
    database
}

/// A worker that runs.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts the worker of a job.
    pub(crate) fn start(job: &str, database: &str, api: &str, lease: Duration) -> Self {
        Self::with(job, database, api, lease, &[])
    }

    /// The same with further arguments.
    pub(crate) fn with(job: &str, database: &str, api: &str, lease: Duration, more: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_worker"))
            .arg(job.replace('_', "-"))
            .args(["--database-url", database, "--api", api])
            .args(["--lease", &lease.as_millis().to_string()])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        Self { child }
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: it is gone without a word. Had it ended by itself before?
    pub(crate) fn kill(mut self) -> Option<ExitStatus> {
        let ended = self.child.try_wait().expect("its state");
        if ended.is_none() {
            self.child.kill().expect("it is killed");
            self.child.wait().expect("its end");
        }
        ended
    }

    /// SIGSTOP or SIGCONT.
    pub(crate) fn signal(&self, name: &str) {
        // The shell's own, since a small system has no other.
        let script = ["-c", "kill -s \"$0\" \"$1\"", name, &self.id().to_string()];
        let sent = Command::new("/bin/sh").args(script).stderr(Stdio::null()).status();
        // It may have ended by itself.
        let _ = sent.expect("a shell");
    }

    /// How it has ended by itself, and what it said, if it has.
    pub(crate) fn ended(&mut self) -> Option<(Option<i32>, String)> {
        let status = self.child.try_wait().expect("its state")?;
        let mut said = String::new();
        let errors = self.child.stderr.as_mut().expect("a pipe");
        errors.read_to_string(&mut said).expect("its words");
        Some((status.code(), said))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that fails leaves nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often each item was handled.
pub(crate) fn handled(client: &mut Client) -> BTreeMap<String, i32> {
    let rows = client.query("SELECT item, times FROM items", &[]).expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The document of the row 1, which is valid.
pub(crate) fn document(client: &mut Client, job: &str) -> Value {
    let row = client.query_one("SELECT checkpoint_data FROM etl_jobs WHERE id = 1", &[]).expect("a row");
    let document: Value = row.get::<_, Option<Value>>(0).expect("a document");
    let validated = checkpoint_schemas::registry().validate(job, &document);
    assert!(validated.is_ok(), "{document}: {validated:?}");
    document
}

/// The number of the process that has the row, by its mark.
pub(crate) fn holder(client: &mut Client) -> Option<u32> {
    let row = client.query_one("SELECT claimed_by FROM etl_jobs WHERE id = 1", &[]).expect("a row");
    let mark: Option<String> = row.get(0);
    mark?.strip_prefix("process ")?.split(' ').next()?.parse().ok()
}
