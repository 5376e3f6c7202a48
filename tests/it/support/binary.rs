//! The real program, on a free loopback port, in a folder of its own, stopped by its own process.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::accounts::PASSWORD;

pub const GUATU: &str = env!("CARGO_BIN_EXE_guatu");

/// How long a start or a stop may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    pub base: String,
}

impl Running {
    /// Serves `data` and waits until it listens.
    pub fn start(data: &Path, arguments: &[&str]) -> Running {
        Running::with(Command::new(GUATU), data, arguments)
    }

    /// As [`Running::start`], by a command that becomes the program, such as a shell that sets limits first.
    pub fn with(command: Command, data: &Path, arguments: &[&str]) -> Running {
        Running::logging(command, data, arguments, Stdio::piped())
    }

    /// As [`Running::start`], for a server that is asked so much that its log must go into a file of its folder.
    pub fn quietly(data: &Path, arguments: &[&str]) -> Running {
        let log = File::options().create(true).append(true).open(data.join("log")).expect("a log");
        let mut command = Command::new(GUATU);
        command.env("RUST_LOG", "warn");
        Running::logging(command, data, arguments, log.into())
    }

    fn logging(mut command: Command, data: &Path, arguments: &[&str], log: Stdio) -> Running {
        // The HTTP client of the tests is built with TLS because the program's is.
        drop(rustls::crypto::ring::default_provider().install_default());
        command.args(["serve", "--listen", "127.0.0.1:0", "--as-of", "2020-01-10", "--data"]).arg(data).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program starts");
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        output.read_line(&mut line).expect("a line");
        let Some(base) = line.trim().strip_prefix("listening on ") else {
            let mut log = String::new();
            match child.stderr.take() {
                Some(mut told) => drop(told.read_to_string(&mut log).expect("a log")),
                None => log = std::fs::read_to_string(data.join("log")).unwrap_or_default(),
            }
            panic!("the server did not start: {line:?}\n{log}");
        };
        Running { base: base.to_owned(), child, output }
    }

    /// The token of the link to set up, which comes after the first line while there is no user.
    pub fn setup_token(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        let link = line.trim().strip_prefix("set up: ").unwrap_or_else(|| panic!("no link: {line:?}"));
        let token = link.strip_prefix(&format!("{}/setup#token=", self.base));
        token.unwrap_or_else(|| panic!("another link: {link}")).to_owned()
    }

    pub fn get(&self, path: &str) -> reqwest::blocking::Response {
        reqwest::blocking::get(format!("{}{path}", self.base)).expect("an answer")
    }

    pub fn json(&self, path: &str) -> serde_json::Value {
        self.get(path).json().expect("JSON")
    }

    /// Sends SIGTERM and waits for the end; gives the exit status and the log.
    pub fn stop(mut self) -> (ExitStatus, String) {
        let signalled = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(signalled.success());
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut log = String::new();
        self.child.stderr.take().expect("its log").read_to_string(&mut log).expect("a log");
        (status, log)
    }

    /// As [`Running::stop`], for a server whose log is in a file.
    pub fn stop_quiet(mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let signalled = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(signalled.success());
        (self.child.wait().expect("its end"), begun.elapsed())
    }

    /// Ends it as a power cut would, with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("its end");
    }

    /// A token of a new user with these roles.
    pub fn token(&self, data: &Path, name: &str, roles: &[&str], scopes: &[&str]) -> String {
        self.token_in(&["--data", data.to_str().expect("a UTF-8 path")], name, roles, scopes)
    }

    /// As [`Running::token`], for users that are kept where `place` says.
    pub fn token_in(&self, place: &[&str], name: &str, roles: &[&str], scopes: &[&str]) -> String {
        let mut command = Command::new(GUATU);
        command.args(["user", "add", name, "--password-stdin"]).args(place);
        command.args(roles.iter().flat_map(|role| ["--role", role]));
        let mut adding = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the program starts");
        let mut input = adding.stdin.take().expect("its input");
        input.write_all(PASSWORD.as_bytes()).expect("written");
        drop(input);
        assert!(adding.wait().expect("its end").success(), "{name} cannot be added");
        let client = reqwest::blocking::Client::new();
        let post = |path: &str| client.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        let session =
            post("/api/v1/session").json(&json!({"name": name, "password": PASSWORD})).send().expect("an answer");
        assert_eq!(session.status(), 200);
        let cookie = session.headers()["set-cookie"].to_str().expect("a cookie").split(';').next().expect("its value");
        let wanted = json!({"label": "a test", "scopes": scopes, "expires": null});
        let made = post("/api/v1/tokens").header("cookie", cookie).json(&wanted).send().expect("an answer");
        assert_eq!(made.status(), 201);
        let made: serde_json::Value = made.json().expect("JSON");
        made["token"].as_str().expect("a token").to_owned()
    }

    /// Stops and checks that all went well.
    pub fn stop_cleanly(self) {
        let (status, log) = self.stop();
        assert!(status.success(), "{status}\n{log}");
        assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A failed test must not leave its server behind; after `stop` there is nothing left to end.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Runs a program to its end; gives whether it succeeded, and all it printed.
pub fn run(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).output();
    let output =
        output.unwrap_or_else(|fault| panic!("{program} cannot be run ({fault}); `make test-deps` installs it"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}
