//! The program as its operators meet it: first start, later start, stop, check, and every refusal.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use crate::support::binary::{GUATU, Running, folder, run};

#[test]
fn the_first_start_makes_the_store_and_a_later_one_opens_it() {
    let data = folder();
    let first = Running::start(data.path(), &[]);
    let ready = first.json("/health/ready");
    assert_eq!(ready["status"], "ready");
    let seq = ready["seq"].as_u64().expect("a number");
    // The plan, its light rule, its collections and its context: one change each.
    assert_eq!(seq, 1 + 1 + 5 + 21 + 8 + 45 + 22 + 15 + 45 + 32);
    assert_eq!(first.json("/health/live")["status"], "live");
    first.stop_cleanly();
    assert!(data.path().join("guatu.gpkg").exists());
    let second = Running::start(data.path(), &[]);
    assert_eq!(second.json("/health/ready")["seq"], seq);
    assert_eq!(second.json("/api/v1/plans/jxedz-2019")["counts"]["projects"], 45);
    second.stop_cleanly();
}

#[test]
fn another_plan_is_served_as_well_as_the_shipped_one() {
    let data = folder();
    let server = Running::start(data.path(), &["--plan", "tests/plans/haitang-2024"]);
    let plans = server.json("/api/v1/plans");
    assert_eq!(plans["plans"][0]["id"], "haitang-2024");
    let projects = server.json("/api/v1/projects");
    assert!(projects["number_matched"].as_u64() > Some(10));
    server.stop_cleanly();
    // A service's command line stays the same: the same plan opens again, another one is refused.
    Running::start(data.path(), &["--plan", "tests/plans/haitang-2024"]).stop_cleanly();
    let data = data.path().to_str().expect("a path");
    let (ok, said) = run(GUATU, &["serve", "--listen", "127.0.0.1:0", "--data", data, "--plan", "seeds/jxedz-2019"]);
    assert!(!ok && said.contains("holds plan haitang-2024, not jxedz-2019"), "{said}");
}

#[test]
fn a_refused_plan_leaves_nothing_behind() {
    let data = folder();
    let path = data.path().join("new");
    let arguments =
        ["serve", "--listen", "127.0.0.1:0", "--data", path.to_str().expect("a path"), "--plan", "tests/it"];
    let (ok, said) = run(GUATU, &arguments);
    assert!(!ok && said.contains("plan.toml"), "{said}");
    assert!(!path.join("guatu.gpkg").exists());
}

#[test]
fn check_tells_all_problems_at_once() {
    let (ok, said) = run(GUATU, &["check", "seeds/jxedz-2019"]);
    assert!(ok && said.contains("45 projects") && said.contains("no problems"), "{said}");
    let plan = folder();
    let copied = Command::new("cp").args(["-r", "tests/plans/haitang-2024/."]).arg(plan.path()).status().expect("cp");
    assert!(copied.success());
    let sections = plan.path().join("sections.csv");
    let text = std::fs::read_to_string(&sections).expect("a table").replacen("id,", "key,", 1);
    std::fs::write(&sections, text).expect("written");
    std::fs::remove_file(plan.path().join("themes.csv")).expect("removed");
    let output = Command::new(GUATU).arg("check").arg(plan.path()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("sections.csv, line 1, key: unknown column"), "{said}");
    assert!(said.contains("themes.csv: the file is missing"), "{said}");
}

#[test]
fn what_keeps_it_from_starting_is_said() {
    let data = folder();
    let path = data.path().to_str().expect("a path");
    let refused = |arguments: &[&str], part: &str| {
        let (ok, said) = run(GUATU, &[&["serve", "--data", path][..], arguments].concat());
        assert!(!ok && said.contains(part), "{arguments:?}: {said}");
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    refused(&["--listen", &address], "cannot listen on");
    assert!(!data.path().join("guatu.gpkg").exists(), "a start that fails leaves no store");
    refused(&["--listen", "here"], "--listen");
    refused(&["--as-of", "someday"], "--as-of");
    refused(&["--config", "/nowhere/guatu.toml"], "/nowhere/guatu.toml");
    let config = |text: &str, part: &str| {
        let file = data.path().join("guatu.toml");
        std::fs::write(&file, text).expect("written");
        refused(&["--config", file.to_str().expect("a path")], part);
    };
    config("[server]\nport = 3\n", "port");
    config("[server]\ntime_zone = \"Moon/Base\"\n", "Moon/Base");
    config("[server]\npublic_url = \"ftp://x\"\n", "public_url");
    config("[server]\npublic_url = \"https://x.test/a//b\"\n", "public_url");
    let oidc = |issuer: &str, secret: &str, roles: &str| {
        format!(
            "[server]\npublic_url = \"https://x.test\"\n[auth.oidc]\nname = \"a\"\nissuer = \"{issuer}\"\nclient_id = \"a\"\n\
             client_secret_file = \"{secret}\"\nrole_claim = \"a\"\nroles = {roles}\n"
        )
    };
    let planner = "{ a = \"planner\" }";
    config(&oidc("http://x.test", "/nowhere/secret", planner), "auth.oidc.issuer");
    config(&oidc("http://localhost.x.test", "/nowhere/secret", planner), "auth.oidc.issuer");
    config(&oidc("https://x.test", "/nowhere/secret", planner), "/nowhere/secret");
    config(&oidc("https://x.test", "/nowhere/secret", "{}"), "auth.oidc.roles");
    config(&oidc("https://x.test", "/nowhere/secret", "{ a = \"king\" }"), "king");
    let without_address =
        oidc("https://x.test", "/nowhere/secret", planner).replace("public_url = \"https://x.test\"", "");
    config(&without_address, "server.public_url");
    let basemap =
        "[[map.basemaps]]\nid = \"a\"\ntitle = {zh = \"a\", en = \"a\"}\ntype = \"xyz\"\nattribution = \"a\"\n";
    config(&format!("{basemap}url = \"https://{{s}}.test/{{z}}/{{x}}/{{y}}\"\n"), "plain ASCII");
    config(&format!("{basemap}url = \"https://t.test/{{z}}/{{x}}/{{y}}\"\n").repeat(2), "there twice");
    config(
        "[[map.basemaps]]\nid = \"a\"\ntitle = {zh = \"a\", en = \"a\"}\ntype = \"xyz\"\nurl = \"https://a.test/\"\nattribution = \"a\"\n",
        "{z}",
    );
    let broken = folder();
    std::fs::write(broken.path().join("guatu.gpkg"), "not a store").expect("written");
    let (ok, said) = run(GUATU, &["serve", "--data", broken.path().to_str().expect("a path")]);
    assert!(!ok && said.contains("cannot be opened as a Guatu store"), "{said}");
}

#[test]
fn a_base_map_is_offered_and_allowed_by_the_policy() {
    let data = folder();
    let file = data.path().join("guatu.toml");
    let config = "[server]\npublic_url = \"https://map.example.org/\"\n[[map.basemaps]]\nid = \"streets\"\n\
                  title = {zh = \"街道\", en = \"Streets\"}\ntype = \"xyz\"\nurl = \"https://tiles.example.org/{z}/{x}/{y}.png\"\n\
                  attribution = \"Example\"\n";
    std::fs::write(&file, config).expect("written");
    let server = Running::start(data.path(), &["--config", file.to_str().expect("a path")]);
    assert_eq!(server.json("/api/v1/settings")["basemaps"][0]["id"], "streets");
    let answer = server.get("/ogc");
    let policy = answer.headers()["content-security-policy"].to_str().expect("a header").to_owned();
    assert!(policy.contains("img-src 'self' data: blob: https://tiles.example.org;"), "{policy}");
    assert!(answer.text().expect("a body").contains("https://map.example.org/ogc/collections"));
    server.stop_cleanly();
}

#[test]
fn requests_are_counted_and_carry_ids() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let answer = server.get("/api/v1/projects?kind=road");
    assert!(answer.headers().contains_key("x-request-id"));
    server.get("/api/v1/projects/none");
    server.get("/nothing.here");
    let odd = reqwest::Method::from_bytes(b"INVENTED").expect("a method");
    let client = reqwest::blocking::Client::new();
    client.request(odd, format!("{}/api/v1/plans", server.base)).send().expect("an answer");
    let metrics = server.get("/metrics").text().expect("text");
    assert!(
        metrics.contains("guatu_requests_total{route=\"/api/v1/projects\",method=\"GET\",status=\"200\"} 1"),
        "{metrics}"
    );
    assert!(metrics.contains("status=\"404\""), "{metrics}");
    assert!(metrics.contains("route=\"web\",method=\"GET\",status=\"404\""), "{metrics}");
    assert!(metrics.contains("method=\"other\"") && !metrics.contains("INVENTED"), "{metrics}");
    assert!(metrics.contains("guatu_change_seq"), "{metrics}");
    server.stop_cleanly();
}

#[test]
fn a_request_that_is_under_way_ends_well_when_the_server_stops() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let address = server.base.strip_prefix("http://").expect("an address").to_owned();
    let body = r#"{"feature":"roads/zuili-road","relation":"dwithin","distance_m":500}"#;
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head = format!(
        "POST /api/v1/query HTTP/1.1\r\nhost: guatu\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    // The server asks for the body: the request is under way.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).expect("an interim answer");
    assert!(go_on.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&go_on));
    let base = server.base.clone();
    let stopping = std::thread::spawn(move || server.stop());
    // New connections are refused once it is stopping.
    while TcpStream::connect(base.trim_start_matches("http://")).is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    stream.write_all(body.as_bytes()).expect("sent");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    let (status, log) = stopping.join().expect("stopped");
    assert!(read.is_ok() && answer.starts_with("HTTP/1.1 200"), "{read:?} {answer}\n{status} {log}");
    assert!(answer.contains("kaiyi-hospital") && status.success(), "{answer}\n{status} {log}");
}

#[test]
fn a_stop_does_not_wait_for_work_that_nobody_wants_any_more() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let address = server.base.strip_prefix("http://").expect("an address").to_owned();
    let ring: Vec<[f64; 2]> = (0..4_900)
        .map(|step| f64::from(step) / 4_900.0 * std::f64::consts::TAU)
        .map(|turn| [120.75 + 0.05 * turn.cos(), 30.72 + 0.05 * turn.sin()])
        .chain([[120.8, 30.72]])
        .collect();
    let question = serde_json::json!({"geometry": {"type": "Polygon", "coordinates": [ring]}, "relation": "dwithin", "distance_m": 50_000});
    let body = question.to_string();
    for _ in 0..12 {
        let mut stream = TcpStream::connect(&address).expect("a connection");
        let head = "POST /api/v1/query HTTP/1.1\r\nhost: guatu\r\ncontent-type: application/json\r\n";
        write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).expect("sent");
        // Dropped without waiting for the answer.
    }
    let (status, log) = server.stop();
    assert!(status.success(), "{status} {log}");
}
