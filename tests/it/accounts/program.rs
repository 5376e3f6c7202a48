//! The program: the link to set up, `guatu user`, and where secrets are and are not.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::accounts::{PASSWORD, secret_of};
use crate::support::binary::{GUATU, Running, folder, run};

fn post(server: &Running, path: &str, body: &Value) -> RequestBuilder {
    Client::new().post(format!("{}{path}", server.base)).json(body).header("sec-fetch-site", "same-origin")
}

fn cookie(answer: &Response) -> String {
    let cookie = answer.headers()["set-cookie"].to_str().expect("ASCII");
    cookie.split(';').next().expect("a pair").to_owned()
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[test]
fn secrets_are_in_their_own_file_alone_and_there_only_as_digests() {
    let data = folder();
    let mut server = Running::start(data.path(), &[]);
    let setup = server.setup_token();
    let first = json!({"token": setup, "name": "wang-fang", "display_name": "王芳", "password": PASSWORD});
    let answer = post(&server, "/api/v1/setup", &first).send().expect("an answer");
    assert_eq!(answer.status(), 200);
    let session = cookie(&answer);
    let new = json!({"name": "li-ming", "display_name": "Li Ming", "roles": ["viewer"]});
    let made = post(&server, "/api/v1/users", &new).header("cookie", &session).send().expect("an answer");
    let invitation = secret_of(&made.json::<Value>().expect("JSON")["invitation"]["link_path"]);
    let new = json!({"label": "a", "scopes": ["read"], "expires": null});
    let made = post(&server, "/api/v1/tokens", &new).header("cookie", &session).send().expect("an answer");
    let token = made.json::<Value>().expect("JSON")["token"].as_str().expect("a token").to_owned();
    let asked = Client::new().get(format!("{}/api/v1/session", server.base)).bearer_auth(&token).send();
    assert_eq!(asked.expect("an answer").status(), 200);
    let (typo, typed_as_name) = ("a path along the rivre", "a path typed as a name");
    for (name, password) in [("wang-fang", typo), (typed_as_name, PASSWORD)] {
        let wrong = post(&server, "/api/v1/session", &json!({"name": name, "password": password})).send();
        assert_eq!(wrong.expect("an answer").status(), 401);
    }
    // While the server runs, its files beside the main one are there too.
    let names = ["accounts.sqlite", "accounts.sqlite-wal", "accounts.sqlite-shm"];
    for name in names {
        let mode = std::fs::metadata(data.path().join(name)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let mut kept: Vec<(String, Vec<u8>)> = std::fs::read_dir(data.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("a file")))
        .collect();
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("signed in") && log.contains("user added"), "{log}");
    kept.push(("log".to_owned(), log.into_bytes()));
    kept.push(("accounts after the stop".to_owned(), std::fs::read(data.path().join(names[0])).expect("a file")));
    let session = session.strip_prefix("guatu_session=").expect("a session");
    for (name, bytes) in &kept {
        for secret in [PASSWORD, typo, typed_as_name, &setup, session, &invitation, &token] {
            assert!(!holds(bytes, secret), "{name} holds {secret}");
        }
        if name.starts_with("guatu.gpkg") {
            assert!(!holds(bytes, "argon2") && !holds(bytes, "wang-fang"), "{name}");
        }
    }
    assert!(
        kept.iter()
            .any(|(name, bytes)| name.starts_with("accounts") && holds(bytes, "$argon2id$v=19$m=19456,t=2,p=1$"))
    );
}

#[test]
fn each_start_gives_a_fresh_link_until_there_is_a_user() {
    let data = folder();
    let mut first = Running::start(data.path(), &[]);
    let earlier = first.setup_token();
    first.stop_cleanly();
    let mut second = Running::start(data.path(), &[]);
    let token = second.setup_token();
    assert_ne!(earlier, token);
    let set_up = |token: &str| {
        let body = json!({"token": token, "name": "a", "display_name": "a", "password": PASSWORD});
        post(&second, "/api/v1/setup", &body).send().expect("an answer").status().as_u16()
    };
    assert_eq!(set_up(&earlier), 404);
    assert_eq!(set_up(&token), 200);
    second.stop_cleanly();
    let third = Running::start(data.path(), &[]);
    assert_eq!(third.json("/api/v1/session")["setup_needed"], false);
    third.stop_cleanly();
}

fn user(data: &Path, arguments: &[&str]) -> (bool, String) {
    run(GUATU, &[&["user"], arguments, &["--data", data.to_str().expect("a path")]].concat())
}

/// Runs `guatu user` with a password on its standard input.
fn user_with_password(data: &Path, arguments: &[&str], password: &str) -> bool {
    let mut command = Command::new(GUATU);
    command.arg("user").args(arguments).arg("--password-stdin").arg("--data").arg(data);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    writeln!(child.stdin.take().expect("its input"), "{password}").expect("written");
    child.wait().expect("its end").success()
}

#[test]
fn users_are_managed_beside_a_running_server() {
    let data = folder();
    let path = data.path();
    let server = Running::start(path, &[]);
    let try_password = |name: &str, password: &str| {
        let answer = post(&server, "/api/v1/session", &json!({"name": name, "password": password})).send();
        answer.expect("an answer")
    };
    let (ok, said) = user(path, &["add", "chief", "--display-name", "主任", "--role", "admin"]);
    assert!(ok, "{said}");
    let link = said.trim().strip_prefix("/invite#token=").expect("a link");
    let chosen = post(&server, "/api/v1/invitations", &json!({"token": link, "password": PASSWORD})).send();
    assert_eq!(chosen.expect("an answer").status(), 200);
    assert!(user_with_password(path, &["add", "wang", "--role", "planner", "--role", "gis"], "a boat upon the canal"));
    assert!(!user_with_password(path, &["add", "li", "--role", "viewer"], "short"));
    let answer = try_password("wang", "a boat upon the canal");
    assert_eq!(answer.status(), 200);
    let session = cookie(&answer);
    let rights = || {
        let get = Client::new().get(format!("{}/api/v1/session", server.base)).header("cookie", &session);
        get.send().expect("an answer").json::<Value>().expect("JSON")["user"]["rights"].clone()
    };
    assert_eq!(rights(), json!(["read", "report", "edit_plan", "edit_geometry"]));
    let (_, said) = user(path, &["list"]);
    assert_eq!(said, "chief\tadmin\tenabled\t主任\nwang\tplanner,gis\tenabled\twang\n");
    let (ok, said) = user(path, &["role", "wang", "--role", "viewer"]);
    assert!(ok && said.starts_with("wang\tviewer"), "{said}");
    assert_eq!(rights(), json!(["read"]));
    let (ok, said) = user(path, &["disable", "wang"]);
    assert!(ok && said.contains("disabled"), "{said}");
    assert_eq!(rights(), Value::Null, "the running server knows at once");
    assert!(user(path, &["enable", "wang"]).0);
    assert!(user_with_password(path, &["reset", "wang"], PASSWORD));
    assert_eq!(try_password("wang", PASSWORD).status(), 200);
    let (ok, said) = user(path, &["reset", "wang"]);
    assert!(ok && said.starts_with("/invite#token="), "{said}");
    assert_eq!(try_password("wang", PASSWORD).status(), 401);

    let refused = |arguments: &[&str], part: &str| {
        let (ok, said) = user(path, arguments);
        assert!(!ok && said.contains(part), "{arguments:?}: {said}");
    };
    refused(&["disable", "chief"], "last administrator");
    refused(&["role", "chief", "--role", "viewer"], "last administrator");
    refused(&["add", "wang", "--role", "viewer"], "already");
    refused(&["add", "Big Boss", "--role", "admin"], "not a user name");
    refused(&["add", "li", "--role", "king"], "king");
    refused(&["add", "li"], "--role");
    refused(&["reset", "nobody"], "there is no user nobody");
    server.stop_cleanly();
    let (ok, said) = run(GUATU, &["user", "list", "--data", "/nowhere/at-all"]);
    assert!(!ok && said.contains("/nowhere/at-all"), "{said}");
}

#[test]
fn who_is_disabled_beside_the_server_hears_nothing_more() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let token = server.token(data.path(), "wang", &["planner"], &["read", "edit_plan"]);
    let mut stream =
        Client::new().get(format!("{}/api/v1/events", server.base)).bearer_auth(&token).send().expect("an answer");
    assert_eq!(stream.status(), 200);
    assert!(user(data.path(), &["disable", "wang"]).0);
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        told.send(stream.read_to_string(&mut text).map(|_| text).map_err(|fault| fault.to_string()))
    });
    let text = heard.recv_timeout(Duration::from_secs(10)).expect("the stream ends by itself").expect("a sound end");
    assert!(text.starts_with("event: hello") && !text.contains("event: change"), "{text}");
    server.stop_cleanly();
}

#[test]
fn a_file_that_is_not_ours_is_left_alone() {
    let data = folder();
    let path = data.path().join("accounts.sqlite");
    std::fs::write(
        &path,
        "a letter to a friend, and much longer than the head of a file of SQLite would be: ".repeat(9),
    )
    .expect("written");
    let before = std::fs::read(&path).expect("a file");
    let (ok, said) = user(data.path(), &["list"]);
    assert!(!ok && said.contains("cannot be opened as a Guatu store"), "{said}");
    assert_eq!(std::fs::read(&path).expect("a file"), before);
}
