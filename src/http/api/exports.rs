//! Exports: asked for, waited for, fetched with their receipt, forgotten.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::response::Response;
use axum::routing::{delete, get, post};
use tower_http::services::ServeFile;

use crate::formats::file::FileFormat;
use crate::formats::layer::Encoding;
use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::ogc::queryables;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{EncodingWord, ExportRequest, ExportState, ExportWire};
use crate::plan::Right;
use crate::services::Audience;
use crate::services::exports::desk::{DeskError, Job, Stage};
use crate::services::exports::{self, Export, ExportError, Receipt};
use crate::services::items::ItemFilter;
use crate::spatial::filter::Filter;
use crate::spatial::{BBox, CrsCatalogue};

/// How long an answer waits for an export to be done, and the longest that a caller may ask it to: less than a request may take.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);
const MAX_WAIT: Duration = Duration::from_secs(25);

/// Tiles deeper than this are for servers, not for files.
const MAX_ZOOM: u8 = 16;
const DEFAULT_MAX_ZOOM: u8 = 14;

const PREFER: &str = "prefer";

pub fn routes() -> Vec<Route> {
    let route = |path, method, id, summary, answer, handler| Route {
        path,
        documented: None,
        method,
        access: Access::READ,
        id,
        summary,
        parameters: &[],
        body: None,
        answer,
        handler,
    };
    const ONE: &str = "/api/v1/exports/{export}";
    vec![
        Route {
            body: Some(schema_of::<ExportRequest>),
            ..route(
                "/api/v1/exports",
                Method::Post,
                "create_export",
                "Makes a file of the plan's places. Waits 10 seconds for it, or as long as `Prefer: wait=n` says (0 to 25).",
                Answer {
                    also: Some(("202", "It is being made; its address tells how far it is.")),
                    ..Answer::created::<ExportWire>()
                },
                post(create_export),
            )
        },
        route(
            ONE,
            Method::Get,
            "find_export",
            "How far an export is, with its receipt once it is done.",
            Answer::json::<ExportWire>(),
            get(find_export),
        ),
        route(
            "/api/v1/exports/{export}/file",
            Method::Get,
            "find_export_file",
            "The file, for an hour; takes Range. 409 while it is being made.",
            Answer::bytes(&["application/octet-stream"]),
            get(find_file),
        ),
        route(
            "/api/v1/exports/{export}/receipt",
            Method::Get,
            "find_export_receipt",
            "The receipt alone, to be kept beside the file.",
            Answer::json::<Receipt>(),
            get(find_receipt),
        ),
        route(
            ONE,
            Method::Delete,
            "delete_export",
            "Stops an export, or forgets its file.",
            Answer::NOTHING,
            delete(delete_export),
        ),
    ]
}

async fn create_export(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let wait = wait(&asked.headers)?;
    let request: ExportRequest = body::json(&asked.headers, &bytes)?;
    let view = asked.state.view(&asked.caller, request.as_of).await?;
    let export = checked_export(&request, &asked.state.options.crs)?;
    let about = exports::Request {
        asked: serde_json::to_value(&request).map_err(Problem::internal)?,
        server: Some(asked.base_url()),
        as_of: request.as_of,
        at: asked.state.now(),
        today: asked.state.today(),
    };
    let job = asked.state.exports.begin(export, view, about)?;
    let is_done = tokio::time::timeout(wait, job.ended()).await.is_ok();
    if let Stage::Failed(fault) = job.stage() {
        asked.state.exports.remove(&job.id);
        return Err(Problem::from(&*fault));
    }
    let body = ExportWire::from(&*job);
    let response = if is_done { answer::created(&body) } else { answer::accepted(&body) };
    Ok(answer::with(response, LOCATION, &format!("{}/api/v1/exports/{}", asked.base_url(), job.id)))
}

async fn find_export(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    Ok(answer::changed(&ExportWire::from(&*job(&asked, &id)?)))
}

async fn find_file(asked: Asked, Path(id): Path<String>, request: Request) -> Result<Response, Problem> {
    asked.params(&[])?;
    let job = job(&asked, &id)?;
    let receipt = receipt(&job)?;
    let served = ServeFile::new(job.path()).try_call(request).await;
    let response = served.map_err(Problem::internal)?.map(Body::new);
    let media_type = job.format.media_type(receipt.layers.len() > 1);
    let response = answer::with(response, CONTENT_TYPE, media_type);
    // It goes within the hour, and some are for staff alone.
    let response = answer::with(response, CACHE_CONTROL, "private, no-store");
    Ok(answer::saved_as(response, &receipt.file))
}

async fn find_receipt(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let receipt = receipt(&*job(&asked, &id)?)?;
    let response = answer::json(&asked.headers, JSON, &*receipt)?;
    Ok(answer::saved_as(response, &format!("{}.receipt.json", receipt.file)))
}

async fn delete_export(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let job = job(&asked, &id)?;
    asked.state.exports.remove(&job.id);
    Ok(answer::nothing())
}

/// An export by its id, which nobody can guess; what was made for staff is for staff.
fn job(asked: &Asked, id: &str) -> Result<Arc<Job>, Problem> {
    let found = asked.state.exports.find(id, asked.state.now());
    let may_see = |job: &Arc<Job>| job.audience != Audience::Staff || asked.caller.has(Right::Read);
    let absent = || Problem::not_found("export", format!("there is no export {id}; files go after an hour"));
    found.filter(may_see).ok_or_else(absent)
}

fn receipt(job: &Job) -> Result<Arc<Receipt>, Problem> {
    match job.stage() {
        Stage::Done(receipt) => Ok(receipt),
        Stage::Running => Err(Problem::conflict("the export is still being made")),
        Stage::Failed(fault) => Err(Problem::from(&*fault)),
    }
}

/// The seconds of `Prefer: wait=n` (RFC 7240); other preferences are passed over.
fn wait(headers: &HeaderMap) -> Result<Duration, Problem> {
    for value in headers.get_all(PREFER) {
        for preference in value.to_str().unwrap_or_default().split([',', ';']) {
            if let Some(seconds) = preference.trim().strip_prefix("wait=") {
                let seconds = seconds.trim_matches('"').parse().map(Duration::from_secs);
                let wrong = |_| {
                    Problem::parameter(
                        "Prefer",
                        format!("Prefer: {preference} cannot be taken"),
                        "wait= and whole seconds",
                    )
                };
                return Ok(seconds.map_err(wrong)?.min(MAX_WAIT));
            }
        }
    }
    Ok(DEFAULT_WAIT)
}

/// A request as a checked export.
///
/// # Errors
/// 400 with the member that cannot be taken.
pub fn checked_export(request: &ExportRequest, known: &CrsCatalogue) -> Result<Export, Problem> {
    let crs = match &request.crs {
        Some(name) => known.find(name),
        None => known.find(&request.format.default_crs().to_string()),
    };
    let codes = || known.iter().map(|crs| crs.code().to_string()).collect::<Vec<_>>().join(", ");
    let crs = crs.map_err(|fault| Problem::parameter("crs", format!("crs: {fault}"), format!("one of {}", codes())))?;
    let bbox = request.bbox.map(|[west, south, east, north]| BBox::new(west, south, east, north));
    let wrong_bbox = |fault| Problem::parameter("bbox", format!("bbox: {fault}"), "west,south,east,north in degrees");
    let condition = request.filter.as_ref().filter(|text| !text.trim().is_empty());
    let condition = condition.map(|text| Filter::parse_text(text, queryables(), known.storage()));
    let wrong_filter =
        |fault| Problem::parameter("filter", format!("filter: {fault}"), "a CQL2 text over the queryables");
    let zooms = (request.min_zoom.unwrap_or(0), request.max_zoom.unwrap_or(DEFAULT_MAX_ZOOM));
    if zooms.0 > zooms.1 || zooms.1 > MAX_ZOOM {
        let detail = format!("max_zoom: {} to {} cannot be taken", zooms.0, zooms.1);
        return Err(Problem::parameter("max_zoom", detail, format!("min_zoom at most max_zoom, at most {MAX_ZOOM}")));
    }
    check_options(request)?;
    Ok(Export {
        format: request.format,
        collections: request.collections.clone(),
        projects: request.projects.iter().cloned().collect(),
        features: request.features.iter().map(|one| (one.collection.clone(), one.id.clone())).collect::<BTreeSet<_>>(),
        kinds: request.kinds.clone(),
        filter: ItemFilter {
            area: bbox.transpose().map_err(wrong_bbox)?.map(Into::into),
            condition: condition.transpose().map_err(wrong_filter)?,
            ..ItemFilter::default()
        },
        crs: Arc::clone(crs),
        offset: request.offset,
        encoding: match request.encoding {
            Some(EncodingWord::Gbk) => Encoding::Gbk,
            Some(EncodingWord::Utf8) | None => Encoding::Utf8,
        },
        bom: request.bom.unwrap_or_default(),
        csv_geometry: request.geometry.unwrap_or_default(),
        formulas: request.formulas.unwrap_or_default(),
        tables: request.tables.unwrap_or(true),
        zooms,
    })
}

/// Refuses options that say nothing to the format: whoever set one thinks of another.
fn check_options(request: &ExportRequest) -> Result<(), Problem> {
    let options = [
        ("bom", "bom", request.bom.is_some()),
        ("geometry", "geometry", request.geometry.is_some()),
        ("tables", "tables", request.tables.is_some()),
        ("min_zoom", "zoom", request.min_zoom.is_some()),
        ("max_zoom", "zoom", request.max_zoom.is_some()),
    ];
    for (member, option, _) in options.into_iter().filter(|(.., is_given)| *is_given) {
        let takes = |format: &FileFormat| format.about().options.contains(&option);
        if !takes(&request.format) {
            let formats: Vec<&str> = FileFormat::ALL.into_iter().filter(takes).map(FileFormat::id).collect();
            let detail = format!("{member}: says nothing to {}", request.format.id());
            return Err(Problem::parameter(member, detail, format!("none, or the format {}", formats.join(" or "))));
        }
    }
    Ok(())
}

impl From<&Job> for ExportWire {
    fn from(job: &Job) -> ExportWire {
        let (state, problem, receipt) = match job.stage() {
            Stage::Running => (ExportState::Running, None, None),
            Stage::Done(receipt) => (ExportState::Done, None, Some(Receipt::clone(&receipt))),
            Stage::Failed(fault) => (ExportState::Failed, Some(fault.to_string()), None),
        };
        ExportWire {
            id: job.id.clone(),
            state,
            done: job.progress.done.load(Ordering::Relaxed),
            total: job.progress.total.load(Ordering::Relaxed),
            problem,
            receipt,
            file: format!("/api/v1/exports/{}/file", job.id),
            expires_at: job.expires_at,
        }
    }
}

impl From<DeskError> for Problem {
    fn from(fault: DeskError) -> Problem {
        match fault {
            DeskError::Busy => Problem::unavailable(fault.to_string()),
            DeskError::Export(fault) => Problem::from(&fault),
            DeskError::Io(fault) => Problem::internal(fault),
        }
    }
}

impl From<&ExportError> for Problem {
    fn from(fault: &ExportError) -> Problem {
        use crate::formats::layer::WriteError;
        match fault {
            ExportError::Request { member, expected, .. } => {
                Problem::parameter(member, fault.to_string(), expected.as_str())
            }
            ExportError::Write(WriteError::CannotHold(_)) | ExportError::Outside { .. } | ExportError::Stopped => {
                Problem::unprocessable(fault.to_string())
            }
            ExportError::Write(WriteError::Io(cause)) => Problem::internal(cause),
            ExportError::ReadBack(cause) => Problem::internal(cause),
        }
    }
}
