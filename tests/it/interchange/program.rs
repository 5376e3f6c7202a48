//! `guatu export` in a terminal that stops it, and a server that has no room for more.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::binary::{GUATU, Running, folder};

/// Deep tiles of the whole plan take a while.
const DEEP: &str = "16";

#[test]
fn an_export_that_a_signal_stops_leaves_nothing_behind() {
    let data = folder();
    Running::start(data.path(), &[]).stop_cleanly();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let target = folder();
        let names = || {
            let entries = std::fs::read_dir(target.path()).expect("a folder");
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect::<Vec<_>>()
        };
        let mut command = Command::new(GUATU);
        command.arg("export").arg(target.path().join("plan.pmtiles")).args(["--max-zoom", DEEP, "--data"]);
        let mut child = command.arg(data.path()).stderr(Stdio::null()).spawn().expect("the program starts");
        let begun = Instant::now();
        while names().is_empty() {
            assert!(begun.elapsed() < Duration::from_mins(1), "it never began");
            sleep(Duration::from_millis(2));
        }
        assert!(names()[0].starts_with(".guatu-export-"), "beside the file: {:?}", names());
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        assert_eq!(child.wait().expect("its end").code(), Some(code), "{signal}");
        assert_eq!(names(), Vec::<String>::new(), "{signal}");
    }
}

#[test]
fn to_have_no_room_is_no_error_of_the_server() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let client = reqwest::blocking::Client::new();
    let address = format!("{}/api/v1/exports", server.base);
    let send = || {
        let body = json!({"format": "pmtiles", "max_zoom": 16});
        client.post(&address).header("prefer", "wait=0").json(&body).send().expect("an answer")
    };
    let mut begun = Vec::new();
    let refused = loop {
        let answer = send();
        if answer.status() == 503 {
            break answer;
        }
        assert!(answer.status().is_success(), "{}", answer.status());
        begun.push(answer.json::<serde_json::Value>().expect("JSON")["id"].as_str().expect("an id").to_owned());
        assert!(begun.len() < 20, "there is room for all of them");
    };
    assert!(refused.headers().contains_key("retry-after"));
    for id in begun {
        assert_eq!(client.delete(format!("{address}/{id}")).send().expect("an answer").status(), 204);
    }
    let (status, log) = server.stop();
    assert!(status.success(), "{status}\n{log}");
    assert!(!log.contains("ERROR") && log.contains("WARN"), "{log}");
}
