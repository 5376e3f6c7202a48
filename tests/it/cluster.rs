//! Many servers on one database: writes from many clients while servers are killed and the database fails over to its standby.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

use crate::support::binary::{Running, folder};
use crate::support::random::Random;
use crate::support::replicas::{Node, Replicas};

const SERVERS: usize = 3;
const CLIENTS: usize = 8;
const WRITES: usize = 10_000;
const SEED: u64 = 20_190_604;

/// How often a server is killed.
const KILL_EVERY: Duration = Duration::from_millis(1_500);

/// How long a write may take until it is acknowledged, over all tries: the failover is in it.
const PATIENCE: Duration = Duration::from_mins(2);

/// Each client's own, so that every write changes something.
const PROJECTS: [&str; CLIENTS] = [
    "east-causeway",
    "ferry-road",
    "tide-garden",
    "mothers-garden",
    "coral-quarter",
    "terrace-quarter",
    "rope-walk",
    "net-loft",
];

/// A server that may be another one in a moment.
struct Place {
    data: tempfile::TempDir,
    running: Mutex<Option<Running>>,
    base: Mutex<String>,
}

impl Place {
    fn start(database: &str) -> Place {
        let place = Place { data: folder(), running: Mutex::new(None), base: Mutex::default() };
        place.begin(database);
        place
    }

    fn begin(&self, database: &str) {
        let plan = ["--plan", "tests/plans/haitang-2024", "--database-url", database];
        let running = Running::quietly(self.data.path(), &plan);
        self.base.lock().expect("no panic").clone_from(&running.base);
        *self.running.lock().expect("no panic") = Some(running);
    }

    fn kill(&self) {
        if let Some(running) = self.running.lock().expect("no panic").take() {
            running.kill();
        }
    }

    fn base(&self) -> String {
        self.base.lock().expect("no panic").clone()
    }
}

fn client() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().timeout(Duration::from_secs(30)).build().expect("a client")
}

/// Sends writes one after the other, each until it is acknowledged, by whichever server answers. Gives their notes with the changes.
fn write(name: usize, places: &[Place], token: &str, done: &AtomicUsize) -> Vec<(String, u64)> {
    let (client, mut random) = (client(), Random::new(SEED + name as u64));
    let mut acknowledged = Vec::new();
    for number in 0..WRITES / CLIENTS {
        let note = format!("client-{name}-write-{number}");
        let body = json!({"warden": note});
        let begun = Instant::now();
        let seq = loop {
            assert!(begun.elapsed() < PATIENCE, "{note} is not acknowledged");
            let base = places[random.below(places.len() as u64) as usize].base();
            let request = client.patch(format!("{base}/api/v1/projects/{}", PROJECTS[name])).bearer_auth(token);
            let request =
                request.header("if-match", "*").header("idempotency-key", &note).header("x-change-note", &note);
            match request.json(&body).send() {
                Ok(answer) if answer.status().is_success() => break sequence(&answer),
                // Not now: the same request goes to any server again.
                Ok(answer) if answer.status() == 503 => {
                    assert!(answer.headers().contains_key("retry-after"), "{note}: a 503 says when to come again");
                }
                Ok(answer) => panic!("{note}: {} {}", answer.status(), answer.text().unwrap_or_default()),
                Err(_) => {}
            }
            thread::sleep(Duration::from_millis(20));
        };
        acknowledged.push((note, seq));
        done.fetch_add(1, Ordering::Relaxed);
    }
    acknowledged
}

fn sequence(answer: &Response) -> u64 {
    answer.headers()["x-guatu-sequence"].to_str().expect("ASCII").parse().expect("a number")
}

/// The whole log as a server tells it, from the database.
fn log(client: &Client, base: &str, token: &str) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let since = all.last().map_or(0, |change: &Value| change["seq"].as_u64().expect("a number"));
        let page = client.get(format!("{base}/api/v1/changes?since={since}&limit=1000")).bearer_auth(token).send();
        let page: Value = page.expect("an answer").json().expect("JSON");
        let changes = page["changes"].as_array().expect("changes").clone();
        if changes.is_empty() {
            return all;
        }
        all.extend(changes);
    }
}

/// All that a server's atlas holds, as it tells it at a change or later.
fn atlas(client: &Client, base: &str, token: &str, seq: u64) -> Vec<String> {
    let get = |path: &str| {
        let path = format!("{base}{path}{}min_sequence={seq}", if path.contains('?') { '&' } else { '?' });
        let answer = client.get(path).bearer_auth(token).send().expect("an answer");
        assert_eq!(answer.status(), 200, "{base}");
        answer.text().expect("a text").replace(base, "")
    };
    let collections: Value = serde_json::from_str(&get("/ogc/collections?f=json")).expect("JSON");
    let ids = collections["collections"].as_array().expect("collections").iter();
    let ids: Vec<String> = ids.map(|one| one["id"].as_str().expect("an id").to_owned()).collect();
    let items = ids.iter().map(|id| format!("/ogc/collections/{id}/items?f=json&limit=1000"));
    let mut told: Vec<String> =
        items.map(|path| get(&path).split("\"timeStamp\"").next().unwrap_or_default().to_owned()).collect();
    told.extend(PROJECTS.iter().map(|id| get(&format!("/api/v1/projects/{id}"))));
    told
}

#[test]
fn what_is_acknowledged_is_stored_once_while_servers_die_and_the_database_fails_over() {
    let mut replicas = Replicas::start();
    let url = replicas.url();
    let places: Vec<Place> = (0..SERVERS).map(|_| Place::start(&url)).collect();
    let token = {
        let running = places[0].running.lock().expect("no panic");
        running.as_ref().expect("it runs").token_in(
            &["--database-url", &url],
            "wang",
            &["planner"],
            &["read", "edit_plan"],
        )
    };
    let (done, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (mut kills, mut failover) = (0, Duration::ZERO);
    let acknowledged: Vec<(String, u64)> = thread::scope(|scope| {
        let writers: Vec<_> = (0..CLIENTS)
            .map(|name| {
                let (places, token, done) = (&places, &token, &done);
                scope.spawn(move || write(name, places, token, done))
            })
            .collect();
        let killing = scope.spawn(|| {
            let mut random = Random::new(SEED);
            let mut kills = 0;
            while !is_over.load(Ordering::Relaxed) {
                thread::sleep(KILL_EVERY);
                let place = &places[random.below(SERVERS as u64) as usize];
                place.kill();
                place.begin(&url);
                kills += 1;
            }
            kills
        });
        // In the middle of it all the primary is gone, and the standby takes its place.
        while done.load(Ordering::Relaxed) < WRITES / 2 && !writers.iter().all(|writer| writer.is_finished()) {
            thread::sleep(Duration::from_millis(20));
        }
        let begun = Instant::now();
        replicas.primary.kill();
        replicas.standby.promote();
        let before = done.load(Ordering::Relaxed);
        while done.load(Ordering::Relaxed) < before + CLIENTS && !writers.iter().all(|writer| writer.is_finished()) {
            thread::sleep(Duration::from_millis(5));
        }
        failover = begun.elapsed();
        let all = writers.into_iter().map(|writer| writer.join());
        let all: Vec<_> = all.collect();
        is_over.store(true, Ordering::Relaxed);
        kills = killing.join().expect("servers start again");
        all.into_iter().flat_map(|one| one.expect("a writer that ends")).collect()
    });
    assert_eq!(acknowledged.len(), WRITES);
    println!("{kills} servers killed; writes went on {failover:?} after the primary was gone");
    assert!(kills > 0);

    let client = client();
    let log = log(&client, &places[0].base(), &token);
    let numbers: Vec<u64> = log.iter().map(|change| change["seq"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, (1..=log.len() as u64).collect::<Vec<_>>(), "the log has no gap and no change twice");
    let mut stored: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for change in log.iter().filter(|change| change["note"].as_str().is_some_and(|note| note.starts_with("client-"))) {
        let seq = change["seq"].as_u64().expect("a number");
        stored.entry(change["note"].as_str().expect("a note")).or_default().push(seq);
    }
    assert_eq!(stored.len(), WRITES, "what is acknowledged is stored, and nothing else");
    for (note, seq) in &acknowledged {
        let found = &stored[note.as_str()];
        assert_eq!(found.len(), 1, "{note} is stored once");
        assert!(found[0] <= *seq, "{note} is answered with a sequence that has it");
    }
    let last = numbers.len() as u64;
    let atlases: Vec<_> = places.iter().map(|place| atlas(&client, &place.base(), &token, last)).collect();
    assert!(atlases[0].iter().any(|told| told.contains("\"version\"")));
    for other in &atlases[1..] {
        assert_eq!(*other, atlases[0], "all servers hold the same");
    }
}

/// Two servers on one database; what happens on one is heard and drawn on the other.
#[test]
fn what_is_written_on_one_server_is_heard_and_drawn_on_another() {
    let replicas = Node::alone();
    let url = replicas.url();
    let (a, b) = (Place::start(&url), Place::start(&url));
    let token = {
        let running = a.running.lock().expect("no panic");
        running.as_ref().expect("it runs").token_in(
            &["--database-url", &url],
            "wang",
            &["gis"],
            &["read", "edit_geometry"],
        )
    };
    let client = client();
    let tile = |seq: u64| {
        let answer =
            client.get(format!("{}/tiles/gardens.json?min_sequence={seq}", b.base())).send().expect("an answer");
        let about: Value = answer.json().expect("JSON");
        let [west, south, ..] = [0, 1, 2, 3].map(|at| about["bounds"][at].as_f64().expect("a number"));
        let (zoom, turns) = (12, f64::from(1 << 12));
        let x = ((west + 180.0) / 360.0 * turns).floor();
        let y = ((1.0 - south.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * turns).floor();
        let path = format!("{}/tiles/gardens/{zoom}/{x}/{y}?min_sequence={seq}", b.base());
        let answer = client.get(path).send().expect("an answer");
        (about["bounds"].clone(), answer.headers().get("etag").cloned(), answer.bytes().expect("a tile"))
    };
    let before = tile(1);
    let stream = Client::new().get(format!("{}/api/v1/events", b.base())).send().expect("a stream");
    let mut lines = BufReader::new(stream).lines();
    let mut hear = |event: &str| loop {
        if lines.next().expect("it goes on").expect("a line") == format!("event: {event}") {
            return lines.next().expect("it goes on").expect("a line");
        }
    };
    hear("hello");
    let items = format!("{}/ogc/collections/gardens/items", a.base());
    let found: Value = client.get(format!("{items}/tide-garden")).send().expect("an answer").json().expect("JSON");
    let mut geometry = found["geometry"].clone();
    move_all(&mut geometry["coordinates"], 0.002);
    let moving = client.patch(format!("{items}/tide-garden")).bearer_auth(&token).header("if-match", "*");
    let moving = moving.header("content-type", "application/merge-patch+json");
    let answer = moving.body(json!({"geometry": geometry}).to_string()).send().expect("an answer");
    assert_eq!(answer.status(), 200, "{}", answer.text().unwrap_or_default());
    let seq = sequence(&answer);
    let told = hear("change");
    assert!(told.contains(&seq.to_string()), "{told}");
    let after = tile(seq);
    assert_ne!(after, before, "the other server draws it anew");
}

fn move_all(coordinates: &mut Value, by: f64) {
    let Some(parts) = coordinates.as_array_mut() else { return };
    if parts.first().is_some_and(Value::is_number) {
        parts[0] = json!(parts[0].as_f64().expect("a number") + by);
        return;
    }
    parts.iter_mut().for_each(|part| move_all(part, by));
}
