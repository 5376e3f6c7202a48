//! Photos on their way, by tus 1.0 (creation and termination): what breaks off goes on from where it is.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use futures_util::StreamExt;

use crate::http::answer::{self, MAX_BODY_BYTES, Problem};
use crate::http::asked::Asked;
use crate::http::route::{Access, Answer, Method, Route};
use crate::plan::{Right, Slug};
use crate::services::photos::{MAX_PHOTO_BYTES, UploadError};

pub const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");

/// The version of the protocol.
const TUS: &str = "1.0.0";

/// A line on which nothing comes for so long is dead, whether or not anybody has noticed.
const STALLED: Duration = Duration::from_secs(10);

const OFFSET_OCTETS: &str = "application/offset+octet-stream";

pub fn routes() -> Vec<Route> {
    let route = |path, method, id, summary, answer, handler| Route {
        path,
        documented: None,
        method,
        access: Access::Right(Right::Report),
        id,
        summary,
        parameters: &[],
        body: None,
        answer,
        handler,
    };
    const ALL: &str = "/api/v1/uploads";
    const ONE: &str = "/api/v1/uploads/{upload}";
    vec![
        route(
            ALL,
            Method::Post,
            "create_upload",
            "Begins the upload of a photo (tus 1.0): takes Upload-Length, 1 byte to 25 MiB, and tells its address. The id in it is the photo's.",
            Answer { status: "201", ..Answer::bytes(&[]) },
            post(create_upload),
        ),
        route(
            ONE,
            Method::Get,
            "find_upload",
            "How far an upload is: Upload-Offset and Upload-Length. HEAD tells the same.",
            Answer::NOTHING,
            get(find_upload),
        ),
        route(
            ONE,
            Method::Patch,
            "append_upload",
            "Goes on with an upload: up to 1 MiB of application/offset+octet-stream from Upload-Offset on. The bytes that complete it have the photo checked: 415 for what is no JPEG, PNG or WebP, 422 for one that is damaged or has over 64 million pixels; the upload is gone then.",
            Answer::NOTHING,
            patch(append_upload),
        ),
        route(
            ONE,
            Method::Delete,
            "delete_upload",
            "Ends an upload; a photo that a report has taken stays.",
            Answer::NOTHING,
            delete(delete_upload),
        ),
    ]
}

async fn create_upload(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    check_version(&asked.headers)?;
    let length = number(&asked.headers, &UPLOAD_LENGTH)?;
    let owner = asked.identity()?.name.clone();
    let id = asked.state.photos.begin(owner.as_str(), length).await?;
    let response = answer::with(answer::made(), LOCATION, &format!("/api/v1/uploads/{id}"));
    Ok(told(response, 0, length))
}

async fn find_upload(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let (owner, id, photos) = (asked.identity()?.name.clone(), named(&id)?, asked.state.photos.clone());
    // Apart from the request: a check that began is brought to its end.
    let found = tokio::spawn(async move { photos.find(owner.as_str(), &id).await });
    let upload = found.await.map_err(Problem::internal)??;
    Ok(told(answer::nothing(), upload.offset, upload.length))
}

async fn append_upload(asked: Asked, Path(id): Path<String>, body: Body) -> Result<Response, Problem> {
    asked.params(&[])?;
    check_version(&asked.headers)?;
    let media_type = asked.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if media_type != Some(OFFSET_OCTETS) {
        return Err(Problem::unsupported_media_type(OFFSET_OCTETS));
    }
    let offset = number(&asked.headers, &UPLOAD_OFFSET)?;
    let (owner, id, photos) = (asked.identity()?.name.clone(), named(&id)?, asked.state.photos.clone());
    // Apart from the request: what came is kept, also when the caller goes.
    let appended = tokio::spawn(async move {
        // An offset that is wrong is told before the bytes are read.
        let upload = photos.find(owner.as_str(), &id).await?;
        if upload.offset != offset {
            return Err(UploadError::Offset { at: upload.offset, length: upload.length });
        }
        photos.append(owner.as_str(), &id, offset, what_comes(body).await).await
    });
    match appended.await.map_err(Problem::internal)? {
        Ok(offset) => Ok(answer::with(tus(answer::nothing()), UPLOAD_OFFSET, &offset.to_string())),
        Err(UploadError::Offset { at, length }) => {
            Ok(told(Problem::from(UploadError::Offset { at, length }).into_response(), at, length))
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn delete_upload(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    check_version(&asked.headers)?;
    let (owner, id) = (asked.identity()?.name.clone(), named(&id)?);
    let is_taken = |id: &Slug| asked.state.published.current().inspections.photo(id).is_some();
    asked.state.photos.cancel(owner.as_str(), &id, is_taken).await?;
    Ok(tus(answer::nothing()))
}

/// The bytes of a body, as far as they come before it breaks off or stalls.
async fn what_comes(body: Body) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Ok(Some(Ok(chunk))) = tokio::time::timeout(STALLED, stream.next()).await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= MAX_BODY_BYTES {
            break;
        }
    }
    bytes
}

fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(TUS_RESUMABLE) {
        Some(version) if version != TUS => Err(Problem::unknown_version(TUS_RESUMABLE.as_str(), TUS)),
        _ => Ok(()),
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let number = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    let wrong = || Problem::parameter(name.as_str(), format!("{name}: is missing or no number"), "a number of bytes");
    number.ok_or_else(wrong)
}

fn named(id: &str) -> Result<Slug, Problem> {
    id.parse().map_err(|_| Problem::not_found("upload", format!("there is no upload {id} of yours")))
}

fn tus(response: Response) -> Response {
    answer::with(response, TUS_RESUMABLE, TUS)
}

fn told(response: Response, offset: u64, length: u64) -> Response {
    let response = answer::with(tus(response), UPLOAD_OFFSET, &offset.to_string());
    let response = answer::with(response, TUS_MAX_SIZE, &MAX_PHOTO_BYTES.to_string());
    answer::with(response, UPLOAD_LENGTH, &length.to_string())
}
