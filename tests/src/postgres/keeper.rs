//! The process of a server, and what ends it: also when the tests are killed.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use super::Shutdown;
use super::account::Account;
use super::programs::Programs;

/// Runs the server until standard input ends, which it does with whoever holds its other end; then nothing is
/// left. A server that ends by itself leaves its folder until then, for its log.
const SCRIPT: &str = r#"
folder=$1
shift
exec 3<&0
"$@" >>log 2>&1 3<&- &
server=$!
{ read -r line <&3; kill -QUIT $server; } &
ender=$!
wait $server
echo $? >ended
kill $ender
read -r line
cd / && rm -rf "$folder"
"#;

/// Nothing that is stored need survive; the same answers on every machine.
const SETTINGS: [&str; 7] = [
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    // In containers, the place of the other kinds is small; and this one goes with the folder.
    "dynamic_shared_memory_type=mmap",
    "TimeZone=UTC",
    "log_timezone=UTC",
];

/// A shell that runs a server as long as this is there.
pub(super) struct Keeper {
    shell: Child,
    lifeline: Option<ChildStdin>,
}

impl Keeper {
    /// Starts the server whose data are in `dir/data`. Its socket is in `dir`.
    pub(super) fn start(programs: &Programs, account: &Account, dir: &Path) -> Self {
        let mut shell = account.command("/bin/sh", dir);
        shell.args(["-c", SCRIPT, "keeper"]).arg(dir).arg(programs.path("postgres"));
        shell.arg("-D").arg(dir.join("data")).arg("-k").arg(dir);
        shell.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // A group of its own: what interrupts the tests in a terminal must not end the shell before the server.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut shell = shell.spawn().unwrap_or_else(|error| panic!("cannot start /bin/sh: {error}"));
        let lifeline = shell.stdin.take();
        Self { shell, lifeline }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // It was started, so there is something to wait for.
        let _ = self.shell.wait();
    }
}

/// Has the server in this folder end; it is not waited for.
pub(super) fn end(dir: &Path, how: Shutdown) {
    let file = dir.join("data/postmaster.pid");
    let first = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let signal = match how {
        Shutdown::Fast => "INT",
        Shutdown::Immediate => "QUIT",
    };
    let number = first.lines().next().unwrap_or_default();
    // The shell's own, since a small system has no other.
    let script = ["-c", "kill -s \"$0\" \"$1\"", signal, number];
    let sent = Command::new("/bin/sh").args(script).status();
    assert!(sent.is_ok_and(|status| status.success()), "the server {number} does not take SIG{signal}");
}

/// A server that is started in this folder has not ended yet.
pub(super) fn forget_end(dir: &Path) {
    let file = dir.join("ended");
    fs::remove_file(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// Has the server in this folder ended?
pub(super) fn has_ended(dir: &Path) -> bool {
    dir.join("ended").exists()
}

/// What the server in this folder has told.
pub(super) fn log(dir: &Path) -> String {
    fs::read_to_string(dir.join("log")).unwrap_or_else(|error| format!("there is no log: {error}"))
}
