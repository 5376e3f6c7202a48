//! For those who operate the server: is it alive, may it get requests, and what has it done.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State as Extract};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;

use super::answer::{self, JSON, Problem};
use super::forwarded::base_path;
use super::openapi::Documents;
use super::state::State;
use crate::store::Store;

/// Prometheus text exposition format.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

pub fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/health/live", get(find_live))
        .route("/health/ready", get(find_ready))
        .route("/metrics", get(find_metrics))
        .route("/api/v1/openapi.json", get(find_document))
}

async fn find_live(headers: HeaderMap) -> Result<Response, Problem> {
    answer::json(&headers, JSON, &json!({ "status": "live" }))
}

async fn find_ready(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Result<Response, Problem> {
    let view = state.present();
    let outage = state.store.outage().map(|outage| outage.since.elapsed().as_secs());
    // Without its database a server answers what is read as before; why it is away is in the log, as the address is nobody's business.
    let store = json!({ "reachable": outage.is_none(), "unreachable_s": outage });
    let (plan, seq) = (&view.atlas.plan().id, view.atlas.seq());
    answer::json(&headers, JSON, &json!({ "status": "ready", "plan": plan, "seq": seq, "store": store }))
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and changes stay far below 2^53")]
async fn find_metrics(Extract(state): Extract<Arc<State>>, headers: HeaderMap) -> Response {
    metrics::gauge!("guatu_change_seq").set(state.present().atlas.seq() as f64);
    metrics::gauge!("guatu_store_reachable").set(if state.store.outage().is_none() { 1.0 } else { 0.0 });
    answer::tagged(&headers, METRICS, state.metrics.render().into_bytes())
}

async fn find_document(
    Extension(documents): Extension<Arc<Documents>>,
    Extract(state): Extract<Arc<State>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer::json(&headers, JSON, &documents.whole_below(&base_path(&headers, &state.options)))
}

/// Counts requests and times them by route, method and status.
pub async fn measure(matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let route = matched.map_or_else(|| "web".to_owned(), |path| path.as_str().to_owned());
    // A caller may invent methods, but not labels.
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    };
    let begun = Instant::now();
    let response = next.run(request).await;
    let labels = [("route", route), ("method", method.to_owned()), ("status", response.status().as_u16().to_string())];
    metrics::counter!("guatu_requests_total", &labels).increment(1);
    metrics::histogram!("guatu_request_seconds", &labels).record(begun.elapsed().as_secs_f64());
    response
}
