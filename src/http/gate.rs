//! The way in before there is anything to serve: who comes while the plan is read, or while its database is waited for, is told so.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Request, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tower::ServiceExt;

use super::answer::{self, JSON, Problem};
use super::state::State;

/// Closed until [`Gate::open`].
#[derive(Default)]
pub struct Gate {
    inside: OnceLock<Router>,
}

impl Gate {
    /// All addresses: those of the server once it is open, and before that its health and a refusal.
    pub fn router(gate: &Arc<Gate>) -> Router {
        Router::new().fallback(enter).with_state(Arc::clone(gate))
    }

    /// From now on the server answers. Opens once.
    pub fn open(&self, state: Arc<State>) {
        self.inside.get_or_init(|| super::router(state));
    }
}

async fn enter(Extract(gate): Extract<Arc<Gate>>, request: Request) -> Response {
    let inside = match gate.inside.get() {
        Some(inside) => inside.clone(),
        None => outside(),
    };
    match inside.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn outside() -> Router {
    let live = get(async |request: Request| answer::json(request.headers(), JSON, &json!({ "status": "live" })));
    Router::new().route("/health/live", live).fallback(async || {
        Problem::unavailable("the server is starting: it reads the plan, or waits for its database").into_response()
    })
}
