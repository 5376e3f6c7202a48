//! A bucket of a foreign server of the S3 protocol, on a loopback port, over a folder; and the homes that photos have in tests.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header::IF_NONE_MATCH;
use axum::response::IntoResponse;
use guatu::store::photos::{Addressing, PhotoStore, S3Options, Transport};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::sync::{Mutex, oneshot};

/// The name of the bucket, and of the folder below its server's in which its objects are files.
pub const BUCKET: &str = "photos";
pub const KEY: &str = "AKIAOFTESTS";
pub const SECRET: &str = "the-secret-of-the-tests";

pub struct Bucket {
    pub endpoint: String,
    /// Dropped, it ends the server.
    _stop: oneshot::Sender<()>,
}

/// What a store does with the header that says: only if there is nothing yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Conditions {
    Heeded,
    /// As stores do that do not know it.
    Ignored,
}

impl Bucket {
    pub fn start(folder: &Path) -> Bucket {
        Bucket::with(folder, Conditions::Heeded)
    }

    pub fn with(folder: &Path, conditions: Conditions) -> Bucket {
        std::fs::create_dir_all(folder.join(BUCKET)).expect("a folder");
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).expect("a folder"));
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let (service, turn) = (service.build(), Arc::new(Mutex::new(())));
        let folder = folder.to_owned();
        let answer = move |request: Request| {
            let (service, turn, folder) = (service.clone(), Arc::clone(&turn), folder.clone());
            async move {
                // It looks first and writes then; one by one it keeps what the protocol promises of the header.
                let _turn = turn.lock().await;
                if conditions == Conditions::Ignored && request.headers().contains_key(IF_NONE_MATCH) {
                    // The header is signed and stays; what it asks about goes.
                    drop(std::fs::remove_file(folder.join(request.uri().path().trim_start_matches('/'))));
                }
                if !request.uri().path().starts_with(&format!("/{BUCKET}")) {
                    // It makes a bucket of whatever is named; the protocol has this for one that nobody made.
                    let told = "<Error><Code>NoSuchBucket</Code></Error>";
                    return (axum::http::StatusCode::NOT_FOUND, told).into_response();
                }
                let answer = service.call(request.map(s3s::Body::http_body_unsync)).await;
                answer.expect("an answer, be it a refusal").map(axum::body::Body::new)
            }
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let endpoint = format!("http://{}", listener.local_addr().expect("its address"));
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let serving = axum::serve(listener, Router::new().fallback(answer));
            tokio::select! {
                _ = serving => {}
                _ = stopped => {}
            }
        };
        // Apart from the test's own runtime, which may be one that blocks.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        std::thread::spawn(move || runtime.block_on(serve));
        Bucket { endpoint, _stop: stop }
    }

    /// Whose server has gone.
    pub fn silent() -> Bucket {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let endpoint = format!("http://{}", nobody.local_addr().expect("its address"));
        Bucket { endpoint, _stop: oneshot::channel().0 }
    }

    pub fn options(&self) -> S3Options {
        S3Options {
            bucket: BUCKET.to_owned(),
            prefix: String::new(),
            endpoint: Some(self.endpoint.clone()),
            region: "us-east-1".to_owned(),
            addressing: Addressing::Path,
            transport: Transport::HttpToo,
            access_key_id: KEY.to_owned(),
            secret_access_key: SECRET.to_owned(),
        }
    }

    pub fn store(&self) -> PhotoStore {
        PhotoStore::s3(&self.options()).expect("options that make sense")
    }
}

/// Where a server of the tests has its photos. Their files are below `photos` in its folder either way.
#[derive(Clone)]
pub enum PhotoHome {
    Folder,
    Bucket(Arc<Bucket>),
}

impl PhotoHome {
    pub fn store(&self, folder: &Path) -> PhotoStore {
        match self {
            PhotoHome::Folder => PhotoStore::folder(&folder.join(BUCKET)).expect("a folder"),
            PhotoHome::Bucket(bucket) => bucket.store(),
        }
    }
}
