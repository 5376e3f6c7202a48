//! The real program while its database is away: reads go on and say so, writes are told to come again, and a start waits.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

use crate::support::binary::{GUATU, Running, folder};
use crate::support::replicas::Node;

/// How long a server may take to notice something.
const PATIENCE: Duration = Duration::from_secs(30);

const PROJECT: &str = "/api/v1/projects/ferry-road";

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} never came");
        sleep(Duration::from_millis(50));
    }
}

fn is_stale(answer: &Response) -> bool {
    answer.headers().contains_key("x-guatu-stale")
}

#[test]
fn a_server_without_its_database_goes_on_reading_and_says_so() {
    let (mut node, data) = (Node::alone(), folder());
    let url = node.url();
    let place = ["--database-url", &url];
    let server = Running::quietly(data.path(), &["--plan", "tests/plans/haitang-2024", "--database-url", &url]);
    let token = server.token_in(&place, "wang", &["planner"], &["read", "edit_plan"]);
    let client = Client::new();
    let get = |path: &str| client.get(format!("{}{path}", server.base)).bearer_auth(&token).send().expect("an answer");
    let write = |progress: u32, key: &str| {
        let request = client.patch(format!("{}{PROJECT}", server.base)).bearer_auth(&token);
        let request = request.header("if-match", "*").header("idempotency-key", key);
        request.json(&json!({"progress": progress, "reported": "2019-06-04"})).send().expect("an answer")
    };
    let landed = write(10, "before");
    assert_eq!(landed.status(), 200);
    assert!(!is_stale(&landed) && !is_stale(&get("/ogc/collections?f=json")));
    let ready: Value = get("/health/ready").json().expect("JSON");
    assert_eq!(ready["store"], json!({"reachable": true, "unreachable_s": null}));

    node.kill();
    until("the word that it is away", || is_stale(&get("/ogc/collections?f=json")).then_some(()));
    let ready = get("/health/ready");
    assert_eq!(ready.status(), 200, "reads go on");
    let ready: Value = ready.json().expect("JSON");
    assert_eq!(ready["store"]["reachable"], false);
    let project: Value = get(PROJECT).json().expect("JSON");
    assert_eq!(project["progress"], 10.0, "also for who is signed in");
    assert_eq!(get("/tiles/help-points/10/0/0").status(), 204);
    let refused = write(20, "meanwhile");
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (503, true));
    let problem: Value = refused.json().expect("JSON");
    assert!(problem["detail"].as_str().expect("a text").contains("database"), "{problem}");
    assert!(!problem.to_string().contains("postgres"), "the address is nobody's business: {problem}");

    node.start(&[]);
    until("the word that it is back", || (!is_stale(&get("/ogc/collections?f=json"))).then_some(()));
    let landed = until("a write", || Some(write(20, "meanwhile")).filter(|answer| answer.status() == 200));
    assert!(!landed.headers().contains_key("x-guatu-repeated"));
    let changes: Value = get("/api/v1/changes?id=ferry-road&limit=100").json().expect("JSON");
    let written = changes["changes"].as_array().expect("changes").iter().filter(|change| change["actor"] == "wang");
    assert_eq!(written.count(), 2, "each lands once");
    let (status, _) = server.stop_quiet();
    assert!(status.success());
}

#[test]
fn a_server_that_starts_without_its_database_waits_and_says_so() {
    let (mut node, data) = (Node::alone(), folder());
    let url = node.url();
    node.kill();
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("its address").to_string();
    drop(free);
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut command = Command::new(GUATU);
    command.args([
        "serve",
        "--listen",
        &address,
        "--database-url",
        &url,
        "--plan",
        "tests/plans/haitang-2024",
        "--data",
    ]);
    command.arg(data.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let ask = |path: &str| reqwest::blocking::get(format!("http://{address}{path}")).ok();
    assert_eq!(until("a server", || ask("/health/live")).status(), 200);
    for path in ["/health/ready", "/ogc", "/"] {
        let answer = ask(path).expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.headers().contains_key("retry-after")), (503, true), "{path}");
        let problem: Value = answer.json().expect("JSON");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("starting")), "{problem}");
    }
    node.start(&[]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    assert_eq!(line.trim(), format!("listening on http://{address}"));
    assert_eq!(ask("/health/ready").expect("an answer").status(), 200);
    child.kill().expect("it runs");
    child.wait().expect("its end");
}

#[test]
fn a_database_that_hangs_is_noticed_and_reads_go_on() {
    let (node, data) = (Node::alone(), folder());
    let url = node.url();
    let server = Running::quietly(data.path(), &["--plan", "tests/plans/haitang-2024", "--database-url", &url]);
    let get = || reqwest::blocking::get(format!("{}/ogc/collections?f=json", server.base)).expect("an answer");
    assert!(!is_stale(&get()));
    node.signal("STOP");
    until("the word that it hangs", || is_stale(&get()).then_some(()));
    node.signal("CONT");
    until("the word that it is back", || (!is_stale(&get())).then_some(()));
}

#[test]
fn a_log_that_was_put_back_is_noticed_and_read_anew() {
    let (node, data) = (Node::alone(), folder());
    let url = node.url();
    let server = Running::quietly(data.path(), &["--plan", "tests/plans/haitang-2024", "--database-url", &url]);
    let token = server.token_in(&["--database-url", &url], "wang", &["planner"], &["read", "edit_plan"]);
    let client = Client::new();
    let address = format!("{}{PROJECT}", server.base);
    let body = json!({"progress": 10, "reported": "2019-06-04"});
    let change = client.patch(&address).bearer_auth(&token).header("if-match", "*").json(&body).send();
    let answer = change.expect("an answer");
    assert_eq!(answer.status(), 200);
    let seq = answer.headers()["x-guatu-sequence"].to_str().expect("a number").to_owned();
    let progress = || {
        let told = client.get(&address).bearer_auth(&token).send().expect("an answer").json::<Value>();
        told.expect("JSON")["progress"].clone()
    };
    assert_eq!(progress(), 10.0);
    // As a backup of a moment ago has it.
    node.run_in(
        "guatu",
        &format!(
            "BEGIN; DELETE FROM guatu.project_changes WHERE seq = {seq}; DELETE FROM guatu.changes WHERE seq = {seq};
             UPDATE guatu.projects SET progress = NULL, reported = NULL, version = version - 1 WHERE id = 'ferry-road'; COMMIT;"
        ),
    );
    until("what is true again", || progress().is_null().then_some(()));
}
