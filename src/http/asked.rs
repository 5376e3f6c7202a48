//! What every handler gets: the server's state, the query as it came, and the headers.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};

use super::answer::Problem;
use super::door;
use super::params::{AS_OF, Param, Params};
use super::state::State;
use crate::plan::{Caller, Date, Identity};
use crate::services::View;
use crate::services::accounts::Source;
use crate::services::scan::Stop;

pub struct Asked {
    pub state: Arc<State>,
    pub headers: HeaderMap,
    pub method: Method,
    pub uri: Uri,
    /// Who asks, as the door found.
    pub caller: Caller,
    /// Where the request comes from, for the throttle.
    pub source: Source,
    /// Set when nobody waits for the answer any more: the caller has gone, or the request took too long.
    pub stop: Stop,
    /// The day that the whole answer is for; the present one when absent.
    as_of: OnceLock<Option<Date>>,
}

impl FromRequestParts<Arc<State>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<State>) -> Result<Asked, Infallible> {
        Ok(Asked {
            state: Arc::clone(state),
            headers: parts.headers.clone(),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            caller: parts.extensions.get::<Caller>().cloned().unwrap_or_default(),
            source: door::source(parts, &state.options),
            stop: Stop::default(),
            as_of: OnceLock::new(),
        })
    }
}

impl Asked {
    /// The query's parameters, which must be among the `declared` ones. [`AS_OF`] among them holds for the whole answer.
    pub fn params(&self, declared: &[&Param]) -> Result<Params, Problem> {
        let params = Params::read(self.uri.query(), declared)?;
        let as_of = params.date(&AS_OF)?;
        self.as_of.get_or_init(|| as_of);
        Ok(params)
    }

    /// The plan as the caller may see it, on the day that was asked for.
    ///
    /// # Errors
    /// 404 for a day before the first change.
    pub async fn view(&self) -> Result<View, Problem> {
        self.state.view(&self.caller, self.as_of.get().copied().flatten()).await
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

    /// Computes the answer over one view, on a thread that may block, when there is room for it. [`Asked::stop`] is set when this future goes.
    pub async fn compute<T: Send + 'static>(
        self,
        compute: impl FnOnce(&Asked, &View) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let view = self.view().await?;
        let (state, stop) = (Arc::clone(&self.state), self.stop.clone());
        state.compute_until(&stop, move || compute(&self, &view)).await
    }
}
