//! Reports from the field: filing one, and finding them.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{ETAG, LOCATION};
use axum::response::Response;
use axum::routing::{get, post};

use crate::atlas::{Atlas, Row};
use crate::http::answer::{self, GEOJSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::edit;
use crate::http::params::{AS_OF, Beyond, Param, ParamShape, words};
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::sequence::SEQUENCE;
use crate::http::wire::{InspectionFeature, InspectionPageWire, InspectionReport};
use crate::plan::{
    Fix, Inspection, InspectionState, MAX_PHOTOS, Photo, Record, RequestKey, Right, Slug, Text, Timestamp, Violation,
};
use crate::services::edits::{Author, EditError, Moves};
use crate::services::inspections::{self, InspectionFilter, Report};
use crate::services::writer::Landed;

const PROJECT: Param = Param::new("project", ParamShape::Text { max: 64 }, "Only reports on this project.");
const INSPECTOR: Param = Param::new("inspector", ParamShape::Text { max: 64 }, "Only reports of this user.");
const STATE: Param = Param::new("state", ParamShape::Words(words::<InspectionState>), "Only reports in these states.");
const LIMIT: Param = Param::new(
    "limit",
    ParamShape::Limit { default: 50, max: 500, beyond: Beyond::Refused },
    "How many reports a page holds.",
);
const CURSOR: Param =
    Param::new("cursor", ParamShape::Form("the cursor of a page's next link"), "Where the page begins, from `next`.");

const PARAMETERS: &[&Param] = &[&PROJECT, &INSPECTOR, &STATE, &LIMIT, &CURSOR, &AS_OF];

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/inspections",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "list_inspections",
            summary: "Reports from the field, newest first, page by page. Those who are not signed in see the accepted ones, without who made them and where.",
            parameters: PARAMETERS,
            body: None,
            answer: Answer::geojson::<InspectionPageWire>(),
            handler: get(list_inspections),
        },
        Route {
            path: "/api/v1/inspections",
            documented: None,
            method: Method::Post,
            access: Access::Right(Right::Report),
            id: "create_inspection",
            summary: "Files a report. It changes nothing of its project until it is accepted. Sent again with the same id and body it is the same report; the id serves as Idempotency-Key where there is none. Where the plan's rule accepts at once what nothing speaks against, its photos are public then.",
            parameters: &[],
            body: Some(schema_of::<InspectionReport>),
            answer: Answer::created::<InspectionFeature>(),
            handler: post(create_inspection),
        },
        Route {
            path: "/api/v1/inspections/{inspection}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_inspection",
            summary: "One report.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::geojson::<InspectionFeature>(),
            handler: get(find_inspection),
        },
    ]
}

async fn list_inspections(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(PARAMETERS)?;
    let project = params.text(&PROJECT)?.map(str::parse::<Slug>).transpose();
    let project = project
        .map_err(|fault| Problem::parameter(PROJECT.name, format!("project: {fault}"), "the id of a project"))?;
    let filter = InspectionFilter {
        project,
        inspector: params.text(&INSPECTOR)?.map(str::to_owned),
        state: params.list(&STATE)?,
    };
    let limit = params.limit(&LIMIT)?;
    let after = params.raw(&CURSOR).map(cursor).transpose()?;
    asked
        .compute(move |asked, view| {
            let page = view.inspections(&filter, limit, after.as_ref());
            let next = page.next.as_ref().map(|(at, id)| {
                let cursor = format!("{}_{id}", at.as_millisecond());
                format!("/api/v1/inspections?{}", params.with(&CURSOR, &cursor))
            });
            answer::json(&asked.headers, GEOJSON, &InspectionPageWire::new(view, &page, next))
        })
        .await
}

fn cursor(text: &str) -> Result<(Timestamp, Slug), Problem> {
    let parts = text
        .split_once('_')
        .and_then(|(at, id)| Some((Timestamp::from_millisecond(at.parse().ok()?).ok()?, id.parse::<Slug>().ok()?)));
    parts.ok_or_else(|| Problem::parameter(CURSOR.name, format!("cursor: {text:?} is none"), CURSOR.expected()))
}

async fn find_inspection(asked: Asked, Path(inspection): Path<String>) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let absent = || Problem::not_found("inspection", format!("there is no inspection {inspection}"));
            let row = view.atlas.inspections.get(&inspection).ok_or_else(absent)?;
            answer::versioned(&asked.headers, GEOJSON, row.version, &InspectionFeature::new(view, row))
        })
        .await
}

async fn create_inspection(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let mut author = edit::author(&asked, &bytes)?;
    let sent: InspectionReport = body::json(&asked.headers, &bytes)?;
    if author.request.is_none() {
        author.request = Some(RequestKey { key: sent.id.to_string(), digest: edit::digest_of(&asked, &bytes) });
    }
    let photos = photos_of(&asked, &author, &sent.photos).await?;
    let report = Report {
        id: sent.id,
        project: sent.project,
        observed_at: sent.observed_at,
        stage: sent.stage,
        progress: sent.progress,
        note: sent.note,
        fix: sent.fix.map(|fix| Fix { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, source: fix.source }),
        confirmed: sent.confirmed,
        photos,
    };
    // Whoever may not read learns nothing of internal projects, not even that they are there.
    let may_read = asked.caller.has(Right::Read);
    if !may_read && asked.state.published.public().projects.get(&report.project).is_none() {
        return Err(inspections::no_project(&report.project).into());
    }
    let (by, zone) = (author.clone(), asked.state.options.time_zone.clone());
    let file = move |atlas: &Atlas| inspections::file(atlas, &report, &by, &zone);
    let mut landed = edit::land(&asked, author.clone(), Moves::Step, file).await?;
    let (row, _) = told(&asked, &landed, answer::created)?;
    asked.state.photos.take(&author.name, &row.value.photos).await;
    if !landed.repeated
        && let Some(accepted) = accepted_by_rule(&asked, author, &row.value.id).await
    {
        landed = accepted;
    }
    let (row, response) = told(&asked, &landed, answer::created)?;
    Ok(answer::with(response, LOCATION, &format!("/api/v1/inspections/{}", row.value.id)))
}

/// What the plan's rule made of a report as it came. What it cannot accept waits for somebody to look at.
async fn accepted_by_rule(asked: &Asked, author: Author, id: &Slug) -> Option<Landed> {
    if !asked.state.published.current().inspection_rule().value.accept_at_once {
        return None;
    }
    let author = inspections::by_rule(author);
    let (by, id) = (author.clone(), id.clone());
    let accept = move |atlas: &Atlas| inspections::accept_by_rule(atlas, &id, &by);
    edit::land(asked, author, Moves::Step, accept).await.ok().filter(|landed| !landed.changes.is_empty())
}

/// The photos of a report, which must be whole and its author's.
async fn photos_of(asked: &Asked, author: &Author, ids: &[Slug]) -> Result<Vec<Photo>, Problem> {
    let mut photos = Vec::new();
    // More are too many, and the rules say so.
    for (at, id) in ids.iter().enumerate().take(MAX_PHOTOS + 1) {
        match asked.state.photos.hold(&author.name, id).await? {
            Some(photo) => photos.push(photo),
            None => {
                let detail = Text::new("照片还没有传完", "the photo is not there, or not whole");
                let expected = Text::new("传完的照片的标识", "the id of an upload of yours that is finished");
                return Err(EditError::Rules(vec![Violation::new(&format!("photos[{at}]"), detail, expected)]).into());
            }
        }
    }
    Ok(photos)
}

/// The answer that tells a report as it landed.
pub(super) fn told(
    asked: &Asked,
    landed: &Landed,
    answer: impl Fn(&InspectionFeature) -> Response,
) -> Result<(Row<Inspection>, Response), Problem> {
    let row = landed.changes.iter().find_map(|change| match &change.after {
        Some(Record::Inspection(inspection)) => Some(Row { version: change.version, value: inspection.clone() }),
        _ => None,
    });
    let row = row.ok_or_else(|| Problem::internal("a report landed without a change of it"))?;
    let response = answer(&InspectionFeature::new(&asked.state.present(), &row));
    let response = answer::with(response, ETAG, &format!("\"{}\"", row.version));
    Ok((row, answer::with(response, SEQUENCE, &landed.seq.to_string())))
}
