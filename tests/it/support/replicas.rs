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
    /// Part of the socket's name; a port of the machine only where the settings say so.
    port: u16,
    child: Option<Child>,
    /// Of a node that is alone.
    whole: Option<TempDir>,
}

pub struct Replicas {
    pub primary: Node,
    pub standby: Node,
    _folder: TempDir,
}

impl Replicas {
    /// Starts both, the standby up to date, with an empty database `guatu`.
    pub fn start() -> Replicas {
        let folder = Node::folder_of_postgres();
        let mut primary = Node::in_folder(&folder.path().join("primary"));
        primary.make(&["-c", "wal_level=replica", "-c", "max_wal_senders=4"]);

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
        Node { folder: folder.to_owned(), port: 5_432, child: None, whole: None }
    }

    /// One that may be stopped and started, with an empty database `guatu`.
    pub fn alone() -> Node {
        let folder = Node::folder_of_postgres();
        let mut node = Node::in_folder(&folder.path().join("alone"));
        node.whole = Some(folder);
        node.make(&[]);
        node
    }

    /// As [`Node::alone`], on a loopback port, with TLS by a certificate of `localhost` that another one signs, which is given too.
    pub fn with_tls() -> (Node, PathBuf) {
        let folder = Node::folder_of_postgres();
        let mut node = Node::in_folder(&folder.path().join("alone"));
        let (root, key, certificate) =
            (node.folder.join("root.pem"), node.folder.join("key.pem"), node.folder.join("certificate.pem"));
        let openssl = |script: &str| {
            run(Command::new("sh").args(["-ec", script]).current_dir(&node.folder).stderr(Stdio::null()))
        };
        openssl(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout root.key -out root.pem -days 2 -subj '/CN=a root'
             openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out request.pem -subj '/CN=localhost'
             printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' > extensions
             openssl x509 -req -in request.pem -CA root.pem -CAkey root.key -CAcreateserial -days 2 -extfile extensions -out certificate.pem
             chmod 600 key.pem",
        );
        if is_root() {
            run(Command::new("chown").arg("postgres").args([&key, &certificate]));
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        node.port = free.local_addr().expect("its address").port();
        drop(free);
        node.whole = Some(folder);
        let (key, certificate) =
            (format!("ssl_key_file={}", key.display()), format!("ssl_cert_file={}", certificate.display()));
        let port = format!("port={}", node.port);
        node.make(&["-c", "listen_addresses=localhost", "-c", &port, "-c", "ssl=on", "-c", &key, "-c", &certificate]);
        (node, root)
    }

    fn folder_of_postgres() -> TempDir {
        let folder = TempDir::new().expect("a temporary folder");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        folder
    }

    fn make(&mut self, settings: &[&str]) {
        let words = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D"];
        run(server_program("initdb").args(words).arg(self.data()));
        self.start(settings);
        self.run("CREATE DATABASE guatu;");
        self.run_in("guatu", "CREATE EXTENSION postgis;");
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The database, through the socket.
    pub fn url(&self) -> String {
        format!("postgres://postgres@{}/guatu", self.folder.display().to_string().replace('/', "%2F"))
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

    /// Holds all its processes, or lets them go on, by `STOP` and `CONT`: a server that hangs answers nothing and closes nothing.
    pub fn signal(&self, name: &str) {
        let told = fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let postmaster = told.lines().next().expect("a number").to_owned();
        let children = run(Command::new("pgrep").args(["-P", &postmaster]));
        let all = std::iter::once(postmaster.as_str()).chain(children.split_whitespace());
        run(Command::new("kill").arg(format!("-{name}")).args(all));
    }

    /// Ends it as a power cut would: all its processes at once.
    pub fn kill(&mut self) {
        let told = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let Some(postmaster) = told.lines().next() else { return };
        let children = Command::new("pgrep").args(["-P", postmaster]).output().expect("pgrep").stdout;
        let all = String::from_utf8(children).expect("numbers");
        let signalled = Command::new("kill").arg("-KILL").arg(postmaster).args(all.split_whitespace()).status();
        assert!(signalled.is_ok(), "the server cannot be killed");
        if let Some(mut child) = self.child.take() {
            // It may be a program that became another user first, and that stopped when its child was stopped. It must see the end of its
            // child by itself: until somebody has, the number of that process counts as taken, and no other server starts there.
            drop(Command::new("kill").args(["-CONT", &child.id().to_string()]).status());
            drop(child.wait());
        }
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
        psql.args(["-X", "-q", "-A", "-t", "-U", "postgres", "-d", database, "-p", &self.port.to_string(), "-h"]);
        psql.arg(&self.folder);
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
