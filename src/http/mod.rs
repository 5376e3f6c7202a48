//! SERVE IT: addresses, parameters, media types, status codes. A handler reads the request, asks one service, answers.

mod answer;
mod api;
mod asked;
mod body;
mod door;
mod edit;
mod events;
mod fingerprint;
mod forwarded;
mod gate;
mod health;
mod live;
mod ogc;
mod oidc;
mod openapi;
mod params;
mod route;
mod sequence;
mod state;
mod styles;
mod tiles;
mod web;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{DefaultBodyLimit, Request, State as Extract};
use axum::http::header::{
    ALLOW, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use jiff::tz::TimeZone;
use openapiv3::OpenAPI;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::cors::{Any, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

pub use api::checked_export;
pub use forwarded::prefix;
pub use gate::Gate;
pub use oidc::OidcOptions;
pub use state::{Clock, Kept, State};
pub use wire::{BaseMap, BaseMapType, EncodingWord, ExportRequest};

use crate::spatial::CrsCatalogue;
pub use answer::Problem;
use openapi::Documents;
use route::{Access, Route};

/// What the operator decides about serving.
#[derive(Clone, Debug)]
pub struct Options {
    /// Base maps that the web app offers; the only other origins that it may load from.
    pub basemaps: Vec<BaseMap>,
    /// The address under which the world knows this server, perhaps below a path that the proxy takes off, without a slash at the end;
    /// the Host header's when absent.
    pub public_url: Option<String>,
    /// Where days begin and end.
    pub time_zone: TimeZone,
    /// Whether a proxy in front tells who asks, and under which scheme, host and path prefix: by `X-Forwarded-For`, `-Proto`, `-Host` and
    /// `-Prefix`, or by `Forwarded` when none of those is there. It must set or drop each of them, as others may write them too.
    pub trust_forwarded: bool,
    /// Reference systems that features are given and taken in.
    pub crs: CrsCatalogue,
    /// Where else users sign in; goes with `public_url`, to which the provider sends them back.
    pub oidc: Option<OidcOptions>,
}

/// The longest that a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest that a file may take to come: 256 MiB over a slow line.
const FILE_TIMEOUT: Duration = Duration::from_mins(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every operation that has a description.
fn routes() -> Vec<Route> {
    [routes_of_words(), api::routes_of_files()].into_iter().flatten().collect()
}

/// Those whose bodies are short.
fn routes_of_words() -> Vec<Route> {
    [api::routes(), ogc::routes(), tiles::routes(), styles::routes()].into_iter().flatten().collect()
}

fn documents(routes: &[Route]) -> Documents {
    Documents::new(routes, ogc::ROOT).expect("a test holds every schema to OpenAPI 3.0")
}

/// The description of the whole API as OpenAPI 3.0.
pub fn document() -> OpenAPI {
    documents(&routes()).whole
}

/// The whole server as one router.
pub fn router(state: Arc<State>) -> Router {
    let policy = content_security_policy(&state.options.basemaps);
    let documents = Arc::new(documents(&routes()));
    let ids = (SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid), PropagateRequestIdLayer::new(REQUEST_ID));
    let landing_page = route::guarded(get(ogc::find_landing_page), Access::READ, &state);
    // Each of these looks after the length of its body itself.
    let files = route::router(api::routes_of_files(), &state)
        .layer(TimeoutLayer::with_status_code(answer::TIMED_OUT, FILE_TIMEOUT));
    route::router(routes_of_words(), &state)
        .merge(health::router())
        .route("/ogc/", landing_page)
        .fallback(web::find_file)
        .layer(Extension(documents))
        .layer(RequestBodyLimitLayer::new(answer::MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(answer::TIMED_OUT, REQUEST_TIMEOUT))
        .merge(files)
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(answer::as_problem))
        .layer(from_fn_with_state(Arc::clone(&state), below_the_prefix))
        .layer(from_fn_with_state(Arc::clone(&state), sequence::follow))
        .layer(from_fn(health::measure))
        .layer(map_response(move |response: Response| std::future::ready(secured(response, &policy))))
        .layer(CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any).expose_headers([
            answer::CONTENT_CRS,
            ETAG,
            ALLOW,
            REQUEST_ID,
            LOCATION,
            sequence::SEQUENCE,
            sequence::STALE,
            api::uploads::TUS_RESUMABLE,
            api::uploads::UPLOAD_LENGTH,
            api::uploads::UPLOAD_OFFSET,
        ]))
        .layer(CompressionLayer::new().compress_when(Packed(DefaultPredicate::new())))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(DefaultOnResponse::new().level(Level::INFO))
                .on_failure(answer::log_failure),
        )
        .layer(ids.1)
        .layer(ids.0)
        .with_state(state)
}

/// Which answers are packed on their way. Files are left as they are made: they are packed already, or are fetched in parts.
#[derive(Clone)]
struct Packed(DefaultPredicate);

impl Predicate for Packed {
    fn should_compress<B: HttpBody>(&self, response: &axum::http::Response<B>) -> bool {
        !response.headers().contains_key(CONTENT_DISPOSITION) && self.0.should_compress(response)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::internal(format_args!("a handler panicked: {}", said.unwrap_or("without a word"))).into_response()
}

fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

/// Where an answer sends its reader to a path of this server, the path prefix that the reader knows comes before it.
async fn below_the_prefix(Extract(state): Extract<Arc<State>>, request: Request, next: Next) -> Response {
    let prefix = forwarded::base_path(request.headers(), &state.options);
    let response = next.run(request).await;
    let address = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    match address.filter(|address| !prefix.is_empty() && address.starts_with('/')) {
        Some(address) => {
            let address = format!("{prefix}{address}");
            answer::with(response, LOCATION, &address)
        }
        None => response,
    }
}

/// Headers that keep a browser from doing what the app never asks for.
fn secured(mut response: Response, policy: &HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The scheme, host and port of a web address in plain ASCII; none for anything else, or a host with blanks to fill in.
pub fn origin(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let length = host.find('/').unwrap_or(host.len());
    let plain = |c: u8| c.is_ascii_alphanumeric() || b".-:[]".contains(&c);
    let valid = length > 0 && host.bytes().take(length).all(plain);
    valid.then(|| &url[..url.len() - host.len() + length])
}

/// Everything from this origin, and tiles from those of the operator's base maps.
fn content_security_policy(basemaps: &[BaseMap]) -> HeaderValue {
    let declared = |map: &'_ BaseMap| map.origins.clone();
    let origins = basemaps.iter().flat_map(|map| origin(&map.url).map(str::to_owned).into_iter().chain(declared(map)));
    let origins = origins.collect::<Vec<_>>().join(" ");
    let policy = format!(
        "default-src 'self'; img-src 'self' data: blob: {origins}; connect-src 'self' {origins}; \
         style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
    );
    HeaderValue::from_str(&policy).expect("origins are plain ASCII since the configuration was checked")
}
