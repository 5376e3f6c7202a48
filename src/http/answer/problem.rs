//! What went wrong, as problem details (RFC 9457), each with its status.

use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use tower_http::classify::ServerErrorsFailureClass;

use super::{MAX_BODY_BYTES, PROBLEM_JSON, with};

/// When to come again with work that could not be taken on.
const RETRY_SECONDS: u16 = 2;

/// What went wrong, in the shape of RFC 9457.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what sort of problem it is.
    #[serde(rename = "type")]
    problem_type: &'static str,
    title: &'static str,
    status: u16,
    /// What is wrong with this request.
    detail: Box<str>,
    /// The query parameter, path part or body member that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<Box<str>>,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Box<str>>,
    /// The record as it is now, where a change was made from another version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<Box<serde_json::Value>>,
    /// The rules that members of the body break.
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Box<[Violation]>>,
    /// Seconds to wait before another try.
    #[serde(skip)]
    retry_after: Option<u16>,
}

/// A rule that a member of the body breaks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Violation {
    pub field: String,
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The same in Chinese, where the rule is the plan's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail_zh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_zh: Option<String>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem {
            problem_type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into().into(),
            parameter: None,
            expected: None,
            current: None,
            violations: None,
            retry_after: None,
        }
    }

    /// The same about a parameter.
    pub fn about(self, parameter: &str) -> Problem {
        Problem { parameter: Some(parameter.into()), ..self }
    }

    /// The same with what would be right.
    pub(super) fn expecting(self, expected: Option<Box<str>>) -> Problem {
        Problem { expected, ..self }
    }

    /// A query parameter or body member that cannot be taken.
    pub fn parameter(name: &str, detail: impl Into<String>, expected: impl Into<String>) -> Problem {
        Problem {
            parameter: Some(name.into()),
            expected: Some(expected.into().into()),
            ..Problem::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    /// A request that cannot be read at all.
    pub fn unreadable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Something that is not there, by the name that was asked for.
    pub fn not_found(parameter: &str, detail: impl Into<String>) -> Problem {
        Problem { parameter: Some(parameter.into()), ..Problem::new(StatusCode::NOT_FOUND, detail) }
    }

    /// Nobody is signed in where somebody must be.
    pub fn not_signed_in(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// Whoever is signed in may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, detail)
    }

    /// Something stands in the way as things are now.
    pub fn conflict(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, detail)
    }

    /// A body that can be read, but breaks rules.
    pub fn violated(violations: Vec<Violation>) -> Problem {
        let told = violations.iter().map(|one| format!("{}: {}", one.field, one.detail)).collect::<Vec<_>>().join("; ");
        Problem { violations: Some(violations.into()), ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, told) }
    }

    /// Too many attempts.
    pub fn throttled(detail: impl Into<String>, retry_after: Duration) -> Problem {
        let seconds = u16::try_from(retry_after.as_secs()).unwrap_or(u16::MAX).max(1);
        Problem { retry_after: Some(seconds), ..Problem::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// A media type that this resource does not come in.
    pub fn not_acceptable(expected: impl Into<String>) -> Problem {
        let detail = "none of the media types asked for can be given";
        Problem { expected: Some(expected.into().into()), ..Problem::new(StatusCode::NOT_ACCEPTABLE, detail) }
    }

    /// A body of another media type than the resource takes.
    pub fn unsupported_media_type(expected: &str) -> Problem {
        let detail = "the body's media type is not taken here";
        Problem { expected: Some(expected.into()), ..Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail) }
    }

    /// A fault of ours: the cause goes into the log and nowhere else.
    pub fn internal(cause: impl std::fmt::Display) -> Problem {
        tracing::error!(%cause, "request failed");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the server failed; the request id leads to the reason in its log",
        )
    }

    /// A request that can be read, but not done, for a reason that is no member's.
    pub fn unprocessable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// A change without the version that it was made from.
    pub fn no_version() -> Problem {
        Problem {
            parameter: Some("If-Match".into()),
            expected: Some("the ETag of the record as you have it".into()),
            ..Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "If-Match: is required, so that nobody's change is overwritten",
            )
        }
    }

    /// A change that was made from another version; `current` is the record as it is now.
    pub fn stale(detail: impl Into<String>, current: serde_json::Value) -> Problem {
        Problem {
            parameter: Some("If-Match".into()),
            current: Some(Box::new(current)),
            ..Problem::new(StatusCode::PRECONDITION_FAILED, detail)
        }
    }

    /// A change that the store could not keep: the cause goes into the log.
    pub fn store_failed(detail: &'static str, cause: impl std::fmt::Display) -> Problem {
        tracing::error!(%cause, "a change could not be kept");
        Problem::unavailable(detail)
    }

    /// What takes the store while that cannot be had: an outage is told of in the log where it begins and ends.
    pub fn out_of_reach(detail: &'static str, cause: impl std::fmt::Display) -> Problem {
        tracing::warn!(%cause, "the store cannot be had");
        Problem::unavailable(detail)
    }

    /// A change that the store has no room for.
    pub fn no_room(cause: impl std::fmt::Display) -> Problem {
        Problem::store_failed("there is no room left on the server's disk; nothing was changed", cause)
    }

    /// A protocol in another version than ours.
    pub fn unknown_version(header: &str, known: &str) -> Problem {
        let detail = format!("{header}: only version {known} is known");
        Problem {
            parameter: Some(header.into()),
            expected: Some(known.into()),
            ..Problem::new(StatusCode::PRECONDITION_FAILED, detail)
        }
    }

    /// What is wrong, and the same in Chinese where the plan's rules say so.
    pub fn told(&self) -> (String, Option<String>) {
        let violations = self.violations.iter().flatten();
        let zh: Vec<&str> = violations.filter_map(|violation| violation.detail_zh.as_deref()).collect();
        (self.detail.to_string(), (!zh.is_empty()).then(|| zh.join("；")))
    }

    /// What is wrong and what would be right, as the command line says it.
    pub fn in_a_line(&self) -> String {
        match &self.expected {
            Some(expected) => format!("{} (expected: {expected})", self.detail),
            None => self.detail.to_string(),
        }
    }

    /// Work that cannot be taken on now.
    pub fn unavailable(detail: impl Into<String>) -> Problem {
        Problem { retry_after: Some(RETRY_SECONDS), ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let challenge = (status == StatusCode::UNAUTHORIZED).then_some([(WWW_AUTHENTICATE, "Bearer")]);
        let wait = self.retry_after.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        let headers = [(CONTENT_TYPE, PROBLEM_JSON), (CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, Json(self)).into_response();
        response.headers_mut().extend(challenge.into_iter().flatten().map(|(n, v)| (n, HeaderValue::from_static(v))));
        for (name, value) in wait.into_iter().flatten() {
            response = with(response, name, &value);
        }
        response
    }
}

/// A fault of ours is an error. Work that cannot be taken on now is not: it is told with a word to come again.
pub fn log_failure(failure: ServerErrorsFailureClass, latency: Duration, _: &tracing::Span) {
    let latency_ms = latency.as_millis();
    match failure {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {
            tracing::warn!(latency_ms, "there was no room for a request, or it took too long");
        }
        failure => tracing::error!(%failure, latency_ms, "response failed"),
    }
}

/// Gives every failing answer that the framework made itself (no route, wrong method, too long, timed out) our shape.
pub async fn as_problem(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let status = response.status();
    let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|value| value == PROBLEM_JSON);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let detail = match status {
        StatusCode::NOT_FOUND => format!("there is nothing at {path}"),
        StatusCode::METHOD_NOT_ALLOWED => format!("{method} is not a method of {path}"),
        StatusCode::PAYLOAD_TOO_LARGE => format!("the body is longer than {MAX_BODY_BYTES} bytes"),
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => "the request took too long".to_owned(),
        StatusCode::BAD_REQUEST => "the address or body cannot be read".to_owned(),
        _ => status.canonical_reason().unwrap_or("the request failed").to_owned(),
    };
    let mut problem = Problem::new(status, detail).into_response();
    // What the framework said in headers (which methods are allowed) still counts.
    for (name, value) in response.headers() {
        if !problem.headers().contains_key(name) && *name != axum::http::header::CONTENT_LENGTH {
            problem.headers_mut().insert(name.clone(), value.clone());
        }
    }
    problem
}
