//! Every status code of Guatu, in one place: problem details (RFC 9457) for what went wrong, and conditional answers.
//!
//! What the caller did wrong is told with the parameter and what would be right. What we did wrong is logged, not told.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::formats::photo::PhotoError;
use crate::formats::read::SourceFormat;
use crate::plan::{Text, rules};
use crate::services::accounts::AccountsError;
use crate::services::edits::EditError;
use crate::services::imports::ImportError;
use crate::services::photos::UploadError;
use crate::services::tiles::digest;
use crate::services::workbook::Fault;
use crate::store::StoreError;

pub const JSON: &str = "application/json";
pub const GEOJSON: &str = "application/geo+json";
pub const PROBLEM_JSON: &str = "application/problem+json";
pub const HTML: &str = "text/html; charset=utf-8";
pub const OPENAPI_30: &str = "application/vnd.oai.openapi+json;version=3.0";
pub const SCHEMA_JSON: &str = "application/schema+json";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const MVT: &str = "application/vnd.mapbox-vector-tile";
pub const MAPLIBRE_STYLE: &str = "application/vnd.mapbox.style+json";
pub const SLD_10: &str = "application/vnd.ogc.sld+xml;version=1.0";
pub const SLD_11: &str = "application/vnd.ogc.sld+xml;version=1.1";
pub const QML: &str = "application/x-qgis-layer-settings";
pub const QGIS_LAYERS: &str = "application/x-qgis-layer-definition";
pub const QGIS_PROJECT: &str = "application/x-qgis-project";

/// The reference system of a body's coordinates (OGC API – Features Part 2).
pub const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");

/// Bodies longer than this are refused before they are read to the end.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// When to come again with work that could not be taken on.
const RETRY_SECONDS: u16 = 2;

/// When to come again for an upload after too many.
const UPLOADS_WAIT: Duration = Duration::from_mins(1);

/// What a request gets that took too long.
pub const TIMED_OUT: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

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
    fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
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

    /// Work that cannot be taken on now.
    pub fn unavailable(detail: impl Into<String>) -> Problem {
        Problem { retry_after: Some(RETRY_SECONDS), ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }
}

impl From<AccountsError> for Problem {
    fn from(fault: AccountsError) -> Problem {
        let told = fault.to_string();
        match fault {
            AccountsError::WrongPassword => Problem::not_signed_in(told),
            AccountsError::Throttled { retry_after } => Problem::throttled(told, retry_after),
            AccountsError::Absent { what, detail } => Problem::not_found(what, detail),
            AccountsError::Conflict(detail) => Problem::conflict(detail),
            AccountsError::Violated(violations) => Problem::violated(
                violations
                    .into_iter()
                    .map(|one| Violation {
                        field: one.field.to_owned(),
                        detail: one.detail,
                        expected: Some(one.expected),
                        detail_zh: None,
                        expected_zh: None,
                    })
                    .collect(),
            ),
            AccountsError::Store(StoreError::Full(cause)) => Problem::no_room(cause),
            AccountsError::Store(_) | AccountsError::Internal(_) => Problem::internal(told),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(fault: UploadError) -> Problem {
        let told = fault.to_string();
        match fault {
            UploadError::Absent(_) => Problem::not_found("upload", told),
            UploadError::Length(0) => Problem::parameter("upload-length", told, "a number of bytes from 1 on"),
            UploadError::Length(_) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, told),
            UploadError::TooMany => Problem::throttled(told, UPLOADS_WAIT),
            UploadError::Offset { .. } => Problem::conflict(told),
            UploadError::Photo(PhotoError::NotAPhoto) => Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, told),
            UploadError::Photo(PhotoError::TooLarge { .. } | PhotoError::Damaged(_)) => Problem::unprocessable(told),
            UploadError::Store(fault) => Problem::from(fault),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(fault: ImportError) -> Problem {
        let told = fault.to_string();
        match fault {
            ImportError::Absent(_) => Problem::not_found("import", told),
            ImportError::TooMany | ImportError::Conflict(_) => Problem::conflict(told),
            ImportError::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, told),
            ImportError::UnknownFormat(_) => {
                let known = SourceFormat::ALL.map(SourceFormat::id).join(", ");
                let expected = Some(format!("one of {known}").into());
                Problem { expected, ..Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, told) }
            }
            ImportError::Refused(_) => Problem::unprocessable(told),
            ImportError::Mapping(faults) => Problem::violated(
                faults
                    .into_iter()
                    .map(|Fault { field, place, detail, expected }| {
                        let (expected_zh, expected) = expected.map(|text| (text.zh, text.en)).unzip();
                        let field = place.unwrap_or(field);
                        Violation { field, detail: detail.en, expected, detail_zh: Some(detail.zh), expected_zh }
                    })
                    .collect(),
            ),
            ImportError::Store(fault) => Problem::from(fault),
        }
    }
}

/// A store that fails where nothing of the caller's can be the reason.
impl From<StoreError> for Problem {
    fn from(fault: StoreError) -> Problem {
        match fault {
            StoreError::Full(cause) => Problem::no_room(cause),
            fault => Problem::internal(fault),
        }
    }
}

impl From<EditError> for Problem {
    fn from(fault: EditError) -> Problem {
        let detail = fault.to_string();
        match fault {
            EditError::Forbidden(_) => Problem::forbidden(detail),
            EditError::NotFound(key) => Problem::not_found("id", format!("there is no {key}")),
            EditError::Exists(_) => Problem { parameter: Some("id".into()), ..Problem::conflict(detail) },
            EditError::Stale { .. } => Problem::new(StatusCode::PRECONDITION_FAILED, detail),
            EditError::Rules(violations) => Problem::violated(
                violations
                    .into_iter()
                    .map(|rules::Violation { field, detail, expected }| {
                        let (expected_zh, expected) = expected.map(|Text { zh, en }| (zh, en)).unzip();
                        Violation { field, detail: detail.en, expected, detail_zh: Some(detail.zh), expected_zh }
                    })
                    .collect(),
            ),
            EditError::Needed { .. } | EditError::Overtaken(_) => Problem::conflict(detail),
        }
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

/// A good answer with its media type and entity tag; 304 when the caller has it already.
pub fn tagged(request: &HeaderMap, media_type: &'static str, body: Vec<u8>) -> Response {
    let digest = digest(&body);
    conditional(request, media_type, digest, "no-cache", body)
}

/// As [`tagged`], for a value as JSON.
pub fn json(request: &HeaderMap, media_type: &'static str, value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(Problem::internal)?;
    Ok(tagged(request, media_type, body))
}

/// As [`json`], for a record that can be edited: its tag begins with the version that `If-Match` asks for.
pub fn versioned(
    request: &HeaderMap,
    media_type: &'static str,
    version: u64,
    value: &impl Serialize,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(Problem::internal)?;
    let tag = format!("\"{version}-{:016x}\"", digest(&body));
    Ok(by_tag(request, media_type, &tag, "no-cache", body))
}

/// A record that was changed.
pub fn changed(value: &impl Serialize) -> Response {
    (NO_STORE, Json(value)).into_response()
}

/// A good answer by the digest of its content.
///
/// The tag is weak: it stands for the content, however the bytes are compressed on their way.
pub fn conditional(
    request: &HeaderMap,
    media_type: &'static str,
    digest: u64,
    cache_control: &'static str,
    body: impl Into<Body>,
) -> Response {
    by_tag(request, media_type, &format!("W/\"{digest:016x}\""), cache_control, body)
}

fn by_tag(
    request: &HeaderMap,
    media_type: &'static str,
    etag: &str,
    cache_control: &'static str,
    body: impl Into<Body>,
) -> Response {
    let bare = etag.trim_start_matches("W/");
    let has_it = request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|list| list.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == bare));
    let headers = [(ETAG, etag.to_owned()), (CACHE_CONTROL, cache_control.to_owned())];
    if has_it {
        (StatusCode::NOT_MODIFIED, headers, [(VARY, "accept-encoding")]).into_response()
    } else {
        (headers, [(CONTENT_TYPE, media_type)], body.into()).into_response()
    }
}

/// A value that is for this caller at this moment only.
pub fn momentary(value: &impl Serialize) -> Response {
    (NO_STORE, Json(value)).into_response()
}

/// Something new, told once.
pub fn created(value: &impl Serialize) -> Response {
    (StatusCode::CREATED, NO_STORE, Json(value)).into_response()
}

/// Something that is being made.
pub fn accepted(value: &impl Serialize) -> Response {
    (StatusCode::ACCEPTED, NO_STORE, Json(value)).into_response()
}

/// Something new, with nothing to tell but where it is.
pub fn made() -> Response {
    (StatusCode::CREATED, NO_STORE).into_response()
}

/// Bytes that never change under their name; who may see them may.
pub fn unchanging(request: &HeaderMap, media_type: &'static str, name: &str, body: impl Into<Body>) -> Response {
    by_tag(request, media_type, &format!("\"{name}\""), "no-cache", body)
}

/// Says under which name a browser should save an answer.
pub fn saved_as(response: Response, file: &str) -> Response {
    with(response, CONTENT_DISPOSITION, &format!("attachment; filename=\"{file}\""))
}

/// Sends a browser on to another page.
pub fn see_other(address: &str) -> Response {
    with((StatusCode::SEE_OTHER, NO_STORE).into_response(), LOCATION, address)
}

/// Done, and nothing to tell.
pub fn nothing() -> Response {
    (StatusCode::NO_CONTENT, NO_STORE).into_response()
}

const NO_STORE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// Keeps an answer to somebody who is signed in out of caches that others share.
pub fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.get(CACHE_CONTROL).is_none_or(|value| value != "no-store") {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    headers.append(VARY, HeaderValue::from_static("cookie, authorization"));
    response
}

/// A tile that is not empty, or 204 for one that is.
pub fn tile(request: &HeaderMap, digest: u64, bytes: &[u8]) -> Response {
    if bytes.is_empty() {
        (StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-cache")]).into_response()
    } else {
        conditional(request, MVT, digest, "no-cache", bytes.to_vec())
    }
}

/// Adds a header to an answer.
pub fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// As [`with`], beside a header of that name that is there already.
pub fn also_with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
    response
}

/// Says that the answer depends on what the caller accepts.
pub fn varies(response: Response) -> Response {
    with(response, VARY, "accept, accept-encoding")
}
