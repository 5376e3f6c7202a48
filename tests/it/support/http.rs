//! The whole router in this process, over a plan read from its files, on a fixed day.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use guatu::atlas::Atlas;
use guatu::http::{self, Clock, Kept, Options, State};
use guatu::plan::{Date, Timestamp};
use guatu::services::accounts::Accounts;
use guatu::services::exports::desk::Exports;
use guatu::services::imports::Imports;
use guatu::services::photos::Photos;
use guatu::services::publish::Published;
use guatu::services::seeding::{self, Source};
use guatu::spatial::CrsCatalogue;
use guatu::store::Store;
use guatu::store::accounts::AccountsStore;
use guatu::store::files::FileStore;
use guatu::store::gpkg::{self, GpkgStore};
use guatu::store::photos::PhotoStore;
use guatu::store::scratch;
use jiff::tz::TimeZone;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;

use super::bucket::PhotoHome;

/// The day that lights are read for in tests: after the shipped plan's year.
pub const TODAY: &str = "2020-01-10";

/// The moment at which tests begin.
pub const NOW: &str = "2020-01-10T08:00:00Z";

#[derive(Clone)]
pub struct Server {
    router: Router,
    pub published: Arc<Published>,
    pub accounts: Arc<Accounts>,
    /// What time it is, in seconds since 1970; tests turn it.
    pub clock: Arc<AtomicI64>,
    pub store: Arc<GpkgStore>,
    pub stop: Arc<watch::Sender<bool>>,
    /// Holds the store's file.
    pub folder: Arc<TempDir>,
    /// Where its photos are.
    pub home: PhotoHome,
}

/// A store with a plan, made once for all tests; each takes a copy.
fn seeded(source: &Source) -> PathBuf {
    static MADE: Mutex<Vec<(Source, TempDir)>> = Mutex::new(Vec::new());
    let mut made = MADE.lock().expect("no test failed here");
    let path_in = |folder: &TempDir| folder.path().join("guatu.gpkg");
    if let Some((_, folder)) = made.iter().find(|(known, _)| known == source) {
        return path_in(folder);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = path_in(&folder);
    let (plan, target) = (seeding::read(source).expect("the plan's files are right"), path.clone());
    apart(async move {
        let store = GpkgStore::open(&target, &gpkg::Options::default()).expect("a new store");
        seeding::seed(&store, plan, NOW.parse().expect("a time")).await.expect("an empty store");
        store.flush().await.expect("a disk that works");
    });
    made.push((source.clone(), folder));
    path
}

/// Does something on a thread with a runtime of its own, also from inside another.
fn apart<T: Send + 'static>(job: impl Future<Output = T> + Send + 'static) -> T {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(job);
    std::thread::spawn(run).join().expect("a job that ends")
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Server {
    /// Serves the shipped plan.
    pub fn shipped() -> Server {
        Server::of(&Source::Shipped)
    }

    /// The shipped plan as it is in memory, without a server.
    pub fn shipped_atlas() -> Atlas {
        let path = seeded(&Source::Shipped);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let copy = folder.path().join("guatu.gpkg");
        std::fs::copy(path, &copy).expect("a copy of the store");
        let store = GpkgStore::open(&copy, &gpkg::Options::default()).expect("a store");
        let loaded = apart(async move { store.load().await.expect("a sound store") });
        Atlas::build(loaded.seq, loaded.records).expect("a whole plan")
    }

    pub fn of(source: &Source) -> Server {
        Server::with(source, Server::plain_options())
    }

    /// What a server does that nobody has configured.
    pub fn plain_options() -> Options {
        Options {
            basemaps: Vec::new(),
            public_url: None,
            time_zone: TimeZone::get("Asia/Shanghai").expect("a zone"),
            trust_forwarded: false,
            crs: CrsCatalogue::default(),
            oidc: None,
        }
    }

    pub fn with(source: &Source, options: Options) -> Server {
        Server::with_photos(source, options, |_| PhotoHome::Folder)
    }

    /// As [`Server::with`], with photos in a home for a server of this folder.
    pub fn with_photos(source: &Source, options: Options, home: impl FnOnce(&Path) -> PhotoHome) -> Server {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let path = folder.path().join("guatu.gpkg");
        std::fs::copy(seeded(source), &path).expect("a copy of the store");
        let home = home(folder.path());
        Server::over(&path, folder, options, home)
    }

    /// Its home of photos, as another server would open it.
    pub fn photo_store(&self) -> PhotoStore {
        self.home.store(self.folder.path())
    }

    /// Serves a store that is there, and photos in a home that others may have too.
    pub fn over(path: &Path, folder: Arc<TempDir>, options: Options, home: PhotoHome) -> Server {
        let store = Arc::new(GpkgStore::open(path, &gpkg::Options::default()).expect("a store"));
        let loading = Arc::clone(&store);
        let loaded = apart(async move { loading.load().await.expect("a sound store") });
        let published = Arc::new(Published::new(Atlas::build(loaded.seq, loaded.records).expect("a whole plan")));
        let first: Date = TODAY.parse().expect("a date");
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let accounts = Accounts::new(AccountsStore::in_memory().expect("memory")).expect("new accounts");
        let clock = Arc::new(AtomicI64::new(NOW.parse::<Timestamp>().expect("a time").as_second()));
        let time = Arc::clone(&clock);
        let now = move || Timestamp::from_second(time.load(Ordering::Relaxed)).expect("a time");
        let (stop, stopping) = watch::channel(false);
        // The day goes on with the clock from the day that tests begin on.
        let begun = NOW.parse::<Timestamp>().expect("a time").as_second();
        let time = Arc::clone(&clock);
        let today =
            move || first.saturating_add(jiff::Span::new().days((time.load(Ordering::Relaxed) - begun) / 86_400));
        let hands = Clock { today: Box::new(today), now: Box::new(now) };
        let photos = Photos::new(home.store(folder.path()));
        let exports = Exports::new(scratch::empty_folder(&folder.path().join("exports")).expect("a folder"));
        let imports = FileStore::open(&folder.path().join("imports")).and_then(Imports::new).expect("a folder");
        let kept = Kept { store: Arc::clone(&store), accounts, photos, exports, imports };
        let state = State::new(Arc::clone(&published), kept, hands, stopping, metrics, options);
        let accounts = Arc::clone(&state.accounts);
        let stop = Arc::new(stop);
        let router = http::router(Arc::new(state));
        Server { router, published, accounts, clock, store, stop, folder, home }
    }

    /// The answer with its body still to be read.
    pub async fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.expect("the router never fails")
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        // A stream of events has no end to wait for.
        let is_endless = parts.headers.get("content-type").is_some_and(|value| value == "text/event-stream");
        let body = if is_endless { Body::empty() } else { body };
        let body = to_bytes(body, usize::MAX).await.expect("a body in memory").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = Request::get(path).header("host", "guatu.test");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// The JSON of a good answer.
    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).header("content-type", "application/json").body(body.into());
        self.send(request.expect("a request")).await
    }

    /// Sends the request that must be refused, and checks that the problem names the parameter.
    pub async fn refused(&self, path: &str, status: u16, parameter: &str) {
        let answer = self.get(path).await;
        answer.is_problem(path, status, parameter);
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|fault| panic!("{fault}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("an ASCII header"))
    }

    pub fn is_problem(&self, what: &str, status: u16, parameter: &str) {
        assert_eq!(self.status, status, "{what}: {}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{what}");
        let problem = self.json();
        assert_eq!(problem["status"], status, "{what}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{what}: {problem}");
        if parameter.is_empty() {
            assert!(problem.get("parameter").is_none(), "{what}: {problem}");
        } else {
            assert_eq!(problem["parameter"], parameter, "{what}: {problem}");
        }
    }
}

/// A list member by member, as text.
pub fn texts<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list");
    list.iter().map(|value| value.pointer(member).and_then(Value::as_str).unwrap_or("")).collect()
}
