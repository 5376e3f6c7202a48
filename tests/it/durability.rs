//! What was acknowledged stays: the real program killed in the middle of writing, and on a disk without room.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

use crate::support::accounts::PASSWORD;
use crate::support::binary::{GUATU, Running, folder};
use crate::support::random::Random;

/// Times that the program is killed.
const ROUNDS: usize = 100;

const SEED: u64 = 20_190_604;

/// A round's writing goes on for at most this long, so that all rounds stay near a minute.
const LONGEST_BURST_MS: f64 = 250.0;

const PLAN: &[&str] = &["--plan", "tests/plans/haitang-2024"];

/// Each client's own: a project for single edits, and a project and a feature that batches change together.
const CLIENTS: [[&str; 3]; 4] = [
    ["east-causeway", "ferry-road", "clinic-boats"],
    ["tide-garden", "mothers-garden", "water-kiosks"],
    ["coral-quarter", "terrace-quarter", "storm-posts"],
    ["rope-walk", "net-loft", "tide-garden"],
];

fn collection_of(feature: &str) -> &'static str {
    if feature == "tide-garden" { "gardens" } else { "help-points" }
}

/// What is true of one record: its version, and the value that was written last.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    version: u64,
    value: String,
}

/// A request and all that is needed to send it again.
#[derive(Clone, Debug)]
struct Sent {
    key: String,
    /// Addresses of the records, with the versions that they must be at.
    records: Vec<(String, u64)>,
    value: String,
}

/// A request that was answered: the number of its last change, and it.
struct Acknowledged {
    seq: u64,
    sent: Sent,
}

struct Writer {
    name: usize,
    token: String,
    count: usize,
    known: BTreeMap<String, Known>,
    /// The request that got no answer.
    open: Option<Sent>,
    acknowledged: Vec<Acknowledged>,
}

fn project(id: &str) -> String {
    format!("/api/v1/projects/{id}")
}

fn feature(id: &str) -> String {
    format!("/ogc/collections/{}/items/{id}", collection_of(id))
}

fn client() -> Client {
    Client::builder().timeout(Duration::from_secs(20)).build().expect("a client")
}

impl Writer {
    fn next(&mut self, random: &mut Random) -> Sent {
        self.count += 1;
        let [single, first, second] = CLIENTS[self.name];
        let addresses =
            if random.below(3) == 0 { vec![project(first), feature(second)] } else { vec![project(single)] };
        let version = |address: String| {
            let version = self.known[&address].version;
            (address, version)
        };
        let value = format!("<{}-{}>", self.name, self.count);
        Sent { key: value.clone(), records: addresses.into_iter().map(version).collect(), value }
    }

    fn send(&self, client: &Client, base: &str, sent: &Sent) -> reqwest::Result<Response> {
        let request = match &sent.records[..] {
            [(address, version)] => client
                .patch(format!("{base}{address}"))
                .header("if-match", format!("\"{version}\""))
                .json(&json!({"note": {"zh": sent.value, "en": sent.value}})),
            [(_, first), (_, second)] => {
                let [_, project, feature] = CLIENTS[self.name];
                let edits = json!([
                    {"op": "patch", "type": "project", "id": project, "version": first,
                     "value": {"note": {"zh": sent.value, "en": sent.value}}},
                    {"op": "patch", "type": "feature", "collection": collection_of(feature), "id": feature,
                     "version": second, "value": {"properties": {"name_en": sent.value}}},
                ]);
                client.post(format!("{base}/api/v1/batches")).json(&json!({ "edits": edits }))
            }
            other => panic!("{other:?}"),
        };
        request.bearer_auth(&self.token).header("idempotency-key", &sent.key).send()
    }

    /// Notes that a request landed.
    fn settle(&mut self, seq: u64, sent: Sent) {
        for (address, version) in &sent.records {
            self.known.insert(address.clone(), Known { version: version + 1, value: sent.value.clone() });
        }
        self.acknowledged.push(Acknowledged { seq, sent });
    }

    /// Writes until there are no answers any more.
    fn write(&mut self, base: &str, random: &mut Random, is_over: &AtomicBool) {
        let client = client();
        while !is_over.load(Ordering::Relaxed) {
            let sent = self.next(random);
            match self.send(&client, base, &sent).and_then(|answer| last_seq(answer, &sent)) {
                Ok(seq) => self.settle(seq, sent),
                Err(_) => {
                    self.open = Some(sent);
                    return;
                }
            }
        }
    }
}

/// The number of the last change that a good answer tells of.
fn last_seq(answer: Response, sent: &Sent) -> reqwest::Result<u64> {
    let status = answer.status();
    let text = answer.text()?;
    assert_eq!(status, 200, "{sent:?}: {text}");
    let told: Value = serde_json::from_str(&text).expect("JSON");
    let changes = told["changes"].as_array();
    let seqs = changes.map_or(vec![&told["seq"]], |changes| changes.iter().map(|change| &change["seq"]).collect());
    Ok(seqs.into_iter().filter_map(Value::as_u64).max().expect("a number"))
}

/// All changes after number `since`.
fn log(server: &Running, client: &Client, token: &str, since: u64) -> Vec<Value> {
    let mut changes: Vec<Value> = Vec::new();
    loop {
        let after = changes.last().map_or(since, |change| change["seq"].as_u64().expect("a number"));
        let path = format!("{}/api/v1/changes?since={after}&limit=1000", server.base);
        let page: Value = client.get(path).bearer_auth(token).send().expect("an answer").json().expect("JSON");
        let page = page["changes"].as_array().expect("changes").clone();
        if page.is_empty() {
            return changes;
        }
        changes.extend(page);
    }
}

/// The changes of a log that wrote `value`.
fn of_value<'a>(log: &'a [Value], value: &str) -> Vec<&'a Value> {
    let wrote = |change: &&Value| {
        let diff = change["diff"].as_array().expect("a diff");
        diff.iter().any(|field| field["after"].to_string().contains(value))
    };
    log.iter().filter(wrote).collect()
}

/// Whether a request is in the log once and whole; none of it may be there too, anything else may not.
fn landed(log: &[Value], sent: &Sent) -> bool {
    let found = of_value(log, &sent.value);
    let versions: Vec<u64> = found.iter().filter_map(|change| change["version"].as_u64()).collect();
    let expected: Vec<u64> = sent.records.iter().map(|(_, version)| version + 1).collect();
    assert!(found.is_empty() || versions == expected, "half there or twice: {sent:?} {found:?}");
    assert!(found.iter().all(|change| change["batch"] == found[0]["batch"]), "{sent:?} {found:?}");
    !found.is_empty()
}

/// What a record is now.
fn read(server: &Running, client: &Client, token: &str, address: &str) -> (u64, String) {
    let answer = client.get(format!("{}{address}", server.base)).bearer_auth(token).send().expect("an answer");
    assert_eq!(answer.status(), 200, "{address}");
    let tag = answer.headers()["etag"].to_str().expect("a tag").to_owned();
    let version = tag.trim_start_matches("W/").trim_matches('"').split('-').next().and_then(|text| text.parse().ok());
    (version.unwrap_or_else(|| panic!("{address}: {tag}")), answer.text().expect("a body"))
}

fn start(data: &Path) -> Running {
    // A quiet log: nobody reads it while the program runs.
    let mut command = Command::new(GUATU);
    command.env("RUST_LOG", "warn");
    Running::with(command, data, PLAN)
}

#[test]
fn what_was_acknowledged_outlives_being_killed_at_any_moment() {
    println!("seed {SEED}");
    let mut random = Random::new(SEED);
    let data = folder();
    let mut server = start(data.path());
    let http = client();
    let token = server.token(data.path(), "writer", &["planner", "gis"], &["read", "edit_plan", "edit_geometry"]);
    let known_of = |server: &Running, ids: [&str; 3]| {
        let [single, first, second] = ids;
        let addresses = [project(single), project(first), feature(second)];
        let known = |address: String| {
            let (version, _) = read(server, &http, &token, &address);
            (address, Known { version, value: String::new() })
        };
        addresses.into_iter().map(known).collect()
    };
    let writer = |(name, ids)| Writer {
        name,
        token: token.clone(),
        count: 0,
        known: known_of(&server, ids),
        open: None,
        acknowledged: Vec::new(),
    };
    let mut writers: Vec<Writer> = CLIENTS.into_iter().enumerate().map(writer).collect();
    let mut seen = server.json("/health/ready")["seq"].as_u64().expect("a number");
    let (mut acknowledged, mut batches, mut there, mut absent) = (0, 0, 0, 0);
    for round in 0..ROUNDS {
        let is_over = AtomicBool::new(false);
        let (base, burst) = (server.base.clone(), random.between(1.0, LONGEST_BURST_MS));
        thread::scope(|scope| {
            for writer in &mut writers {
                let (base, is_over, mut random) = (&base, &is_over, Random::new(random.bits()));
                scope.spawn(move || writer.write(base, &mut random, is_over));
            }
            thread::sleep(Duration::from_secs_f64(burst / 1_000.0));
            server.kill();
            is_over.store(true, Ordering::Relaxed);
        });
        server = start(data.path());
        let changes = log(&server, &http, &token, seen);
        for (change, seq) in changes.iter().zip(seen + 1..) {
            assert_eq!(change["seq"], seq, "round {round}: a gap");
        }
        for writer in &mut writers {
            for Acknowledged { seq, sent } in writer.acknowledged.drain(..) {
                assert!(landed(&changes, &sent), "round {round}: lost {sent:?}");
                assert_eq!(of_value(&changes, &sent.value).last().expect("it landed")["seq"], seq, "{sent:?}");
                acknowledged += sent.records.len();
                batches += usize::from(sent.records.len() > 1);
            }
            let Some(sent) = writer.open.take() else { continue };
            let was_there = landed(&changes, &sent);
            *if was_there { &mut there } else { &mut absent } += 1;
            let answer = writer.send(&http, &server.base, &sent).expect("an answer");
            let seq = last_seq(answer, &sent).expect("an answer");
            assert!(landed(&log(&server, &http, &token, seen), &sent), "round {round}: not there {sent:?}");
            writer.settle(seq, sent);
            // It is counted where it was sent again, so that the next round looks at fresh ones only.
            writer.acknowledged.clear();
        }
        for (address, known) in writers.iter().flat_map(|writer| &writer.known) {
            let (version, text) = read(&server, &http, &token, address);
            assert!(
                version == known.version && text.contains(&known.value),
                "{address}: {known:?}, but {version} {text}"
            );
        }
        seen = server.json("/health/ready")["seq"].as_u64().expect("a number");
    }
    println!(
        "{ROUNDS} rounds, {acknowledged} acknowledged changes ({batches} batches), 0 lost; \
         without an answer: {there} were there, {absent} were not"
    );
    assert!(acknowledged > ROUNDS && batches > 0, "too little was written to say anything");
    server.stop_cleanly();
}

/// A small disk of the test's own; taken away at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where the test may not mount.
    fn mount(at: &Path, mebibytes: u32) -> Option<SmallDisk> {
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "guatu-test"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| SmallDisk(at.to_owned()))
    }

    fn enlarge(&self, mebibytes: u32) {
        let size = format!("remount,size={mebibytes}m");
        let done = Command::new("mount").args(["-o", &size]).arg(&self.0).status().expect("mount");
        assert!(done.success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a failed test may still have a server on it.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// Blocks of 512 bytes that a file may have where no disk can be mounted.
const FILE_LIMIT: u32 = 2_048;

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let data = folder();
    let disk = SmallDisk::mount(data.path(), 4);
    println!("{}", if disk.is_some() { "a small disk" } else { "no disk can be mounted: a limit on files" });
    let command = if disk.is_some() {
        Command::new(GUATU)
    } else {
        // The signal that tells of the limit is ignored, so that writing fails as it does on a disk that is full.
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {FILE_LIMIT}; exec \"$0\" \"$@\""), GUATU]);
        shell
    };
    let server = Running::with(command, data.path(), PLAN);
    let roles = ["planner", "gis"];
    let token = server.token(data.path(), "writer", &roles, &["read", "edit_plan", "edit_geometry"]);
    let unused = server.token(data.path(), "reader", &["viewer"], &["read"]);
    let http = client();
    if disk.is_some() {
        fill(&data.path().join("filler"), 1 << 20);
    }
    let address = project("ferry-road");
    let (first, _) = read(&server, &http, &token, &address);
    let edit = |server: &Running, version: u64| {
        let note = format!("<{version}> {}", "纸".repeat(300));
        let request = http.patch(format!("{}{address}", server.base)).header("if-match", format!("\"{version}\""));
        request.bearer_auth(&token).json(&json!({"note": {"zh": note, "en": note}})).send().expect("an answer")
    };
    let mut version = first;
    let refused = loop {
        let answer = edit(&server, version);
        if answer.status() != 200 {
            break answer;
        }
        version += 1;
        assert!(version < 5_000, "the disk does not fill");
    };
    println!("{} changes, then no room", version - first);
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let problem: Value = refused.json().expect("JSON");
    let detail = problem["detail"].as_str().expect("a detail");
    // The limit on files is told as a failure of writing, for SQLite knows no better.
    let expected = if disk.is_some() { "no room left" } else { "could not be kept" };
    assert!(detail.contains(expected) && detail.contains("nothing was changed"), "{detail}");
    let is_whole = |server: &Running, version: u64| {
        // By a token that was not used yet: noting that it is used needs room too.
        for token in [&token, &unused] {
            let (found, text) = read(server, &http, token, &address);
            assert_eq!(found, version);
            assert!(version == first || text.contains(&format!("<{}>", version - 1)), "{text}");
        }
        let log = log(server, &http, &token, 0);
        assert_eq!(server.json("/health/ready")["seq"], log.len());
        let of_project = log.iter().filter(|change| change["type"] == "project" && change["id"] == "ferry-road");
        let versions: Vec<u64> = of_project.filter_map(|change| change["version"].as_u64()).collect();
        assert_eq!(versions, (1..=version).collect::<Vec<_>>());
    };
    is_whole(&server, version);
    assert_eq!(edit(&server, version).status(), 503, "still no room");
    assert_eq!(server.get("/api/v1/projects").status(), 200);
    if let Some(disk) = &disk {
        fill(&data.path().join("rest"), 0);
        let sign_in = http.post(format!("{}/api/v1/session", server.base)).header("sec-fetch-site", "same-origin");
        let answer = sign_in.json(&json!({"name": "writer", "password": PASSWORD})).send().expect("an answer");
        assert_eq!(answer.status(), 503, "a session needs room too");
        assert!(answer.headers().contains_key("retry-after"));
        disk.enlarge(32);
        assert_eq!(edit(&server, version).status(), 200, "there is room again");
        version += 1;
        is_whole(&server, version);
    }
    let (status, log) = server.stop();
    assert!(status.success() && !log.contains("panicked"), "{status}\n{log}");
    let again = start(data.path());
    is_whole(&again, version);
    assert_eq!(edit(&again, version).status(), 200);
    is_whole(&again, version + 1);
    again.stop_cleanly();
}

/// Fills the disk but for `room` bytes.
fn fill(path: &Path, room: u64) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).expect("a file");
    let block = [1; 4_096];
    while file.write_all(&block).is_ok() {}
    let length = file.metadata().expect("its length").len();
    file.set_len(length.saturating_sub(room)).expect("room");
}
