//! Reports from the field: filing one, finding them, deciding about them, and the rule by which they are judged.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{ETAG, LOCATION};
use axum::response::Response;
use axum::routing::{get, post, put};
use serde_json::Value;

use super::records::key;
use crate::atlas::{Atlas, Row};
use crate::http::answer::{self, GEOJSON, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::edit::{self, IfMatch, SEQUENCE};
use crate::http::params::{AS_OF, Beyond, Param, ParamShape, words};
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{
    Acceptances, DecisionResult, DecisionResults, DecisionState, Edited, InspectionFeature, InspectionPageWire,
    InspectionReport, InspectionRuleBody, InspectionRuleWire, Rejection,
};
use crate::plan::{
    Edit, Expected, Fix, Inspection, InspectionState, MAX_PHOTOS, Photo, Record, RecordKey, RecordType, RequestKey, Right, Slug,
    Text, Timestamp, Violation,
};
use crate::services::edits::{Author, EditError, Moves};
use crate::services::inspections::{self, InspectionFilter, Report};
use crate::services::writer::Landed;

/// Reports that are accepted in one request.
const MAX_ACCEPTANCES: usize = 200;

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
    let route = |path, method, access, id, summary, parameters, body, answer, handler| Route {
        path,
        documented: None,
        method,
        access,
        id,
        summary,
        parameters,
        body,
        answer,
        handler,
    };
    let (report, decide) = (Access::Right(Right::Report), Access::Right(Right::EditPlan));
    const NONE: &[&Param] = &[];
    const ALL: &str = "/api/v1/inspections";
    const ONE: &str = "/api/v1/inspections/{inspection}";
    const RULE: &str = "/api/v1/inspections/rule";
    vec![
        route(ALL, Method::Get, Access::READ, "list_inspections", "Reports from the field, newest first, page by page. Those who are not signed in see the accepted ones, without who made them and where.", PARAMETERS, None, Answer::geojson::<InspectionPageWire>(), get(list_inspections)),
        route(ALL, Method::Post, report, "create_inspection", "Files a report. It changes nothing of its project until it is accepted. Sent again with the same id and body it is the same report; the id serves as Idempotency-Key where there is none.", NONE, Some(schema_of::<InspectionReport>), Answer::created::<InspectionFeature>(), post(create_inspection)),
        route(RULE, Method::Get, Access::READ, "find_inspection_rule", "The rule by which reports are judged. Version 0 is the rule of a plan that brings none.", &[&AS_OF], None, Answer::json::<InspectionRuleWire>(), get(find_rule)),
        route(RULE, Method::Put, decide, "replace_inspection_rule", "Puts another rule in the place of this one. Takes If-Match.", NONE, Some(schema_of::<InspectionRuleBody>), Answer::json::<Edited>(), put(replace_rule)),
        route("/api/v1/inspections/decisions", Method::Post, decide, "accept_inspections", "Accepts reports one after the other, the oldest first, and tells of each what became of it.", NONE, Some(schema_of::<Acceptances>), Answer::json::<DecisionResults>(), post(accept_several)),
        route(ONE, Method::Get, Access::READ, "find_inspection", "One report.", &[&AS_OF], None, Answer::geojson::<InspectionFeature>(), get(find_inspection)),
        route("/api/v1/inspections/{inspection}/accept", Method::Post, decide, "accept_inspection", "Accepts a report: its project takes the stage and the progress that it tells, unless later word is there already.", NONE, None, Answer::geojson::<InspectionFeature>(), post(accept_inspection)),
        route("/api/v1/inspections/{inspection}/reject", Method::Post, decide, "reject_inspection", "Rejects a report, and says why.", NONE, Some(schema_of::<Rejection>), Answer::geojson::<InspectionFeature>(), post(reject_inspection)),
    ]
}

async fn list_inspections(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(PARAMETERS)?;
    let project = params.text(&PROJECT)?.map(str::parse::<Slug>).transpose();
    let project = project.map_err(|fault| Problem::parameter(PROJECT.name, format!("project: {fault}"), "the id of a project"))?;
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
    let parts = text.split_once('_').and_then(|(at, id)| {
        Some((Timestamp::from_millisecond(at.parse().ok()?).ok()?, id.parse::<Slug>().ok()?))
    });
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
    let told: InspectionReport = body::json(&asked.headers, &bytes)?;
    if author.request.is_none() {
        author.request = Some(RequestKey { key: told.id.to_string(), digest: edit::digest_of(&asked, &bytes) });
    }
    let photos = photos_of(&asked, &author, &told.photos).await?;
    let report = Report {
        id: told.id,
        project: told.project,
        observed_at: told.observed_at,
        stage: told.stage,
        progress: told.progress,
        note: told.note,
        fix: told.fix.map(|fix| Fix { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, source: fix.source }),
        confirmed: told.confirmed,
        photos,
    };
    let author = inspections::reporter(author);
    let (by, zone) = (author.clone(), asked.state.options.time_zone.clone());
    let file = move |atlas: &Atlas| inspections::file(atlas, &report, &by, &zone);
    let landed = edit::land(&asked, author, Moves::Step, file).await?;
    let (row, response) = decided(&asked, &landed, answer::created)?;
    asked.state.photos.take(&row.value.photos).await;
    Ok(answer::with(response, LOCATION, &format!("/api/v1/inspections/{}", row.value.id)))
}

/// The photos of a report, which must be whole and its author's.
async fn photos_of(asked: &Asked, author: &Author, ids: &[Slug]) -> Result<Vec<Photo>, Problem> {
    let mut photos = Vec::new();
    // More are too many, and the rules say so.
    for (at, id) in ids.iter().enumerate().take(MAX_PHOTOS + 1) {
        match asked.state.photos.finished(&author.name, id).await? {
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

async fn accept_inspection(asked: Asked, Path(inspection): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let id = key(RecordType::Inspection, &inspection)?.id;
    let by = author.clone();
    let landed =
        edit::land(&asked, author, Moves::Step, move |atlas| inspections::accept(atlas, &id, &by)).await?;
    Ok(decided(&asked, &landed, answer::changed)?.1)
}

async fn reject_inspection(asked: Asked, Path(inspection): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let Rejection { reason } = body::json(&asked.headers, &bytes)?;
    let id = key(RecordType::Inspection, &inspection)?.id;
    let by = author.clone();
    let reject = move |atlas: &Atlas| inspections::reject(atlas, &id, &reason, &by);
    let landed = edit::land(&asked, author, Moves::Step, reject).await?;
    Ok(decided(&asked, &landed, answer::changed)?.1)
}

/// The answer that tells a report as it landed.
fn decided(
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

async fn accept_several(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = Author { request: None, ..edit::author(&asked, &bytes)? };
    let Acceptances { mut accept } = body::json(&asked.headers, &bytes)?;
    if accept.is_empty() || accept.len() > MAX_ACCEPTANCES {
        let detail = format!("accept: {} ids cannot be taken", accept.len());
        return Err(Problem::parameter("accept", detail, format!("1 to {MAX_ACCEPTANCES} ids")));
    }
    let atlas = asked.state.published.current();
    // In the order in which things were seen: a later stage follows on an earlier one.
    accept.sort_by_key(|id| atlas.inspections.get(id).map(|row| row.value.observed_at));
    let mut results = Vec::with_capacity(accept.len());
    for id in accept {
        let (by, named) = (author.clone(), id.clone());
        let accept = move |atlas: &Atlas| inspections::accept(atlas, &named, &by);
        results.push(match edit::land(&asked, author.clone(), Moves::Step, accept).await {
            Ok(_) => DecisionResult { id, state: DecisionState::Accepted, detail: None, detail_zh: None },
            Err(problem) => {
                let (detail, detail_zh) = problem.told();
                DecisionResult { id, state: DecisionState::Refused, detail: Some(detail), detail_zh }
            }
        });
    }
    Ok(answer::changed(&DecisionResults { results }))
}

async fn find_rule(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(|asked, view| {
            let row = view.atlas.inspection_rule();
            let rule = InspectionRuleWire::new(row.version, &row.value);
            answer::versioned(&asked.headers, JSON, row.version, &rule)
        })
        .await
}

async fn replace_rule(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let value: Value = body::json(&asked.headers, &bytes)?;
    let if_match = IfMatch::read(&asked.headers)?;
    let put = move |atlas: &Atlas| -> Result<Vec<Edit>, EditError> {
        let id = atlas.plan().id.clone();
        let key = RecordKey { record_type: RecordType::InspectionRule, collection: None, id };
        // The rule of a plan that brings none is no record yet.
        if atlas.inspection_rule().version == 0 {
            edit::check_known(&key, Some(&if_match), 0)?;
            let record = edit::record(atlas, &key, value.clone(), None)?;
            return Ok(vec![Edit::Put { record, expected: Expected::Absent }]);
        }
        Ok(vec![edit::replace(atlas, &key, value.clone(), &if_match)?])
    };
    let landed = edit::land(&asked, author, Moves::Step, put).await?;
    Ok(edit::answer(&landed, &landed.changes[0], None))
}
