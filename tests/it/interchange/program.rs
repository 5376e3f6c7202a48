//! `guatu export` in a terminal: what it writes, what it will not write over, how it says what is wrong, and how it stops; and a server
//! that has no room for more.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::binary::{GUATU, Running, folder, run};

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
        begun.push(answer.json::<Value>().expect("JSON")["id"].as_str().expect("an id").to_owned());
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

#[test]
fn the_command_line_writes_a_file_once_and_names_it_in_the_receipt() {
    let data = folder();
    Running::start(data.path(), &[]).stop_cleanly();
    let file = data.path().join("our roads.geojson");
    let (file, folder) = (file.to_str().expect("a path"), data.path().to_str().expect("a path"));
    let export = |arguments: &[&str]| run(GUATU, &[&["export", "--data", folder], arguments].concat());

    let (ok, said) = export(&["--collection", "roads", file]);
    assert!(ok, "{said}");
    let receipt = std::fs::read(format!("{file}.receipt.json")).expect("a receipt");
    let receipt: Value = serde_json::from_slice(&receipt).expect("JSON");
    assert_eq!((&receipt["file"], &receipt["count"]), (&"our roads.geojson".into(), &7.into()));

    let before = std::fs::read(file).expect("the file");
    let (ok, said) = export(&["--collection", "parks", file]);
    assert!(!ok && said.contains("is there already") && said.contains("--force"), "{said}");
    assert_eq!(std::fs::read(file).expect("the file"), before, "it is as it was");
    let (ok, said) = export(&["--collection", "parks", "--force", file]);
    assert!(ok && said.contains("4 features"), "{said}");

    let other = format!("{file}.gpkg");
    let (ok, said) = export(&["--bom", &other]);
    assert!(!ok && said.contains("bom: says nothing to gpkg (expected: none, or the format csv)"), "{said}");
    let (ok, said) = export(&["--crs", "EPSG:2154", &other]);
    assert!(!ok && said.contains("(expected: one of "), "{said}");
    assert!(!std::path::Path::new(&other).exists(), "nothing is left of what failed");
}
