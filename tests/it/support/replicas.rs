//! A primary and a standby that follows it by streaming replication, with synchronous commits, in a temporary folder without ports.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::postgis::{is_root, run, server_program};

/// How long a start, a promotion or the like may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// One PostgreSQL that listens on a socket in its own folder.
pub struct Node {
    folder: PathBuf,
    child: Option<Child>,
}

pub struct Replicas {
    pub primary: Node,
    pub standby: Node,
    _folder: TempDir,
}

impl Replicas {
    /// Starts both, the standby up to date, with an empty database `guatu`.
    pub fn start() -> Replicas {
        let folder = TempDir::new().expect("a temporary folder");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let mut primary = Node::in_folder(&folder.path().join("primary"));
        let settings = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D"];
        run(server_program("initdb").args(settings).arg(primary.data()));
        primary.start(&["-c", "wal_level=replica", "-c", "max_wal_senders=4"]);
        primary.run("CREATE DATABASE guatu;");
        primary.run_in("guatu", "CREATE EXTENSION postgis;");

        let mut standby = Node::in_folder(&folder.path().join("standby"));
        let mut copying = server_program("pg_basebackup");
        copying.args(["-U", "postgres", "-X", "stream", "-R", "-c", "fast", "-h"]).arg(&primary.folder);
        run(copying.arg("-D").arg(standby.data()));
        // What it needs to be when it has become the primary, it has from the start: it waits for nobody.
        standby.start(&["-c", "hot_standby=on"]);
        // From now on a commit is answered when it is on both.
        primary.run("ALTER SYSTEM SET synchronous_standby_names = '*';");
        primary.run("SELECT pg_reload_conf();");
        wait_until("the standby follows", || {
            primary.run("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync';").trim() == "1"
        });
        Replicas { primary, standby, _folder: folder }
    }

    /// The database, on whichever of the two takes writes.
    pub fn url(&self) -> String {
        let hosts = [&self.primary, &self.standby].map(|node| node.folder.display().to_string().replace('/', "%2F"));
        format!("postgres://postgres@{}/guatu?target_session_attrs=read-write", hosts.join(","))
    }
}

impl Node {
    fn in_folder(folder: &Path) -> Node {
        fs::create_dir(folder).expect("a folder");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder));
        }
        Node { folder: folder.to_owned(), child: None }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts it and waits until it answers.
    pub fn start(&mut self, settings: &[&str]) {
        let mut command = server_program("postgres");
        command
            .args(["-c", "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=32MB"])
            .args(settings);
        command.arg("-k").arg(&self.folder).arg("-D").arg(self.data());
        let log = fs::File::create(self.folder.join("log")).expect("a log");
        let child = command.stdout(Stdio::null()).stderr(log).spawn().expect("PostgreSQL starts");
        self.child = Some(child);
        wait_until("PostgreSQL answers", || {
            self.psql("postgres").args(["-c", "SELECT 1"]).output().is_ok_and(|done| done.status.success())
        });
    }

    /// Ends it as a power cut would: all its processes at once.
    pub fn kill(&mut self) {
        let told = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let Some(postmaster) = told.lines().next() else { return };
        let children = Command::new("pgrep").args(["-P", postmaster]).output().expect("pgrep").stdout;
        let all = String::from_utf8(children).expect("numbers");
        let signalled = Command::new("kill").arg("-KILL").arg(postmaster).args(all.split_whitespace()).status();
        assert!(signalled.is_ok(), "the server cannot be killed");
        self.child.take().map(|mut child| child.wait());
    }

    /// Makes the standby the primary.
    pub fn promote(&self) {
        self.run("SELECT pg_promote();");
    }

    pub fn run(&self, sql: &str) -> String {
        self.run_in("postgres", sql)
    }

    pub fn run_in(&self, database: &str, sql: &str) -> String {
        run(self.psql(database).args(["-v", "ON_ERROR_STOP=1", "-c", sql]))
    }

    fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-A", "-t", "-U", "postgres", "-d", database, "-h"]).arg(&self.folder);
        psql
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it takes too long until {what}");
        sleep(Duration::from_millis(50));
    }
}
