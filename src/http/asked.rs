//! What every handler gets: the server's state, the query as it came, and the headers.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::answer::Problem;
use super::door;
use super::params::{Param, Params};
use super::state::State;
use crate::plan::{Caller, Identity};
use crate::services::View;
use crate::services::accounts::Source;

pub struct Asked {
    pub state: Arc<State>,
    pub headers: HeaderMap,
    /// Who asks, as the door found.
    pub caller: Caller,
    /// Where the request comes from, for the throttle.
    pub source: Source,
    query: Option<String>,
}

impl FromRequestParts<Arc<State>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<State>) -> Result<Asked, Infallible> {
        let query = parts.uri.query().map(str::to_owned);
        let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_default();
        let source = door::source(parts, &state.options);
        Ok(Asked { state: Arc::clone(state), headers: parts.headers.clone(), caller, source, query })
    }
}

impl Asked {
    /// The query's parameters, which must be among the `declared` ones.
    pub fn params(&self, declared: &[&Param]) -> Result<Params, Problem> {
        Params::read(self.query.as_deref(), declared)
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// 401 for nobody, which the door keeps from operations that are for somebody.
    pub fn identity(&self) -> Result<&Identity, Problem> {
        self.caller.identity().ok_or_else(|| Problem::not_signed_in("sign in first"))
    }

    pub fn base_url(&self) -> String {
        self.state.base_url(&self.headers)
    }

    /// Computes the answer over one view, on a thread that may block, when there is room for it.
    pub async fn compute<T: Send + 'static>(
        self,
        compute: impl FnOnce(&Asked, &View) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let state = Arc::clone(&self.state);
        state.compute(move |view| compute(&self, view)).await
    }
}
