//! A PostgreSQL with PostGIS of its own, as a foreign judge of filters and as the home of stores: in a temporary folder, without a port,
//! stopped by its own process id.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempDir};

/// How long a start may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Cluster {
    folder: TempDir,
    child: Child,
    /// Reads from a pipe that closes with this process, however it ends, and stops the server then: a static is never dropped.
    _watcher: Child,
}

/// Waits for its input to end, then stops the server whose folder it is given and takes the folder away.
const WATCH: &str = r#"cat > /dev/null
process=$(head -n 1 "$0/data/postmaster.pid" 2> /dev/null) || exit 0
kill -INT "$process" 2> /dev/null
tries=0
while kill -0 "$process" 2> /dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -rf "$0""#;

/// The one cluster of all tests that keep stores in it; each takes a database of its own.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

impl Cluster {
    pub fn start() -> Cluster {
        let folder = TempDir::new().expect("a temporary folder");
        let data = folder.path().join("data");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let settings = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
        run(server_program("initdb").args(settings).arg(&data));
        let mut command = server_program("postgres");
        command
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=400", "-k"])
            .arg(folder.path())
            .arg("-D")
            .arg(&data);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("PostgreSQL starts");
        let mut watcher = Command::new("sh");
        watcher
            .args(["-c", WATCH])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let watcher = watcher.spawn().expect("a shell");
        let cluster = Cluster { folder, child, _watcher: watcher };
        let begun = Instant::now();
        while !cluster.answers() {
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not answer");
            sleep(Duration::from_millis(50));
        }
        cluster.run("CREATE EXTENSION postgis;");
        cluster
    }

    /// Runs statements and gives a line for each row.
    pub fn run(&self, sql: &str) -> String {
        self.run_in("postgres", sql).expect("sound statements")
    }

    /// As [`Cluster::run`] in another database; what the server says against it, if it does.
    pub fn run_in(&self, database: &str, sql: &str) -> Result<String, String> {
        let script = NamedTempFile::new_in(self.folder.path()).expect("the script is made");
        fs::write(script.path(), sql).expect("the script is written");
        let mut psql = self.psql();
        let output = psql.args(["-d", database, "-v", "ON_ERROR_STOP=1", "-f"]).arg(script.path()).output();
        let output = output.expect("psql is installed");
        let said = if output.status.success() { output.stdout } else { output.stderr };
        let said = String::from_utf8(said).expect("UTF-8");
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// Where its socket is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of a database, through the socket in the folder.
    pub fn url(&self, database: &str) -> String {
        self.url_of("postgres", database)
    }

    pub fn url_of(&self, user: &str, database: &str) -> String {
        let folder = self.folder.path().to_string_lossy().replace('/', "%2F");
        format!("postgresql://{user}@{folder}/{database}")
    }

    fn answers(&self) -> bool {
        self.psql().args(["-c", "SELECT 1"]).output().expect("psql is installed").status.success()
    }

    fn psql(&self) -> Command {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-A", "-t", "-U", "postgres", "-h"]).arg(self.folder.path());
        psql
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The child may be a program that became another user first, and so the server tells its process itself.
        let told = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
        if let Some(process) = told.lines().next() {
            drop(Command::new("kill").args(["-INT", process]).status());
        }
        drop(self.child.wait());
    }
}

/// The server refuses to be root.
pub fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

pub fn server_program(name: &str) -> Command {
    let program = newest_version().join("bin").join(name);
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
    command
}

/// Where Debian keeps a version's programs.
fn newest_version() -> PathBuf {
    let versions =
        fs::read_dir(Path::new("/usr/lib/postgresql")).expect("PostgreSQL (postgresql-postgis) is installed");
    let number =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
    let paths = versions.map(|entry| entry.expect("a folder").path());
    paths.max_by_key(number).expect("a version of PostgreSQL is installed")
}

pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|fault| panic!("{command:?}: {fault}"));
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
