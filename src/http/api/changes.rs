//! The log of changes as a feed, a record's history, taking a change back, and the live stream.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};

use crate::atlas::Atlas;
use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::edit;
use crate::http::events::{SINCE as EVENTS_SINCE, list_events};
use crate::http::params::{Beyond, Param, ParamShape, Params, wrong};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::sequence::SEQUENCE;
use crate::http::wire::{ChangeList, Edited};
use crate::plan::{Change, ChangeKind, Date, Edit, RecordType, Right, Timestamp};
use crate::services::edits::{EditError, Moves};
use crate::services::history;
use crate::services::imports::MAX_IMPORT_RECORDS;
use crate::services::past::end_of;
use crate::store::{ChangeQuery, Order, Store};

const SINCE: Param = Param::new("since", ParamShape::Form("the number of a change"), "Only changes after this one.");
const BEFORE: Param = Param::new("before", ParamShape::Form("the number of a change"), "Only changes before this one.");
const TYPE: Param = Param::new(
    "type",
    ParamShape::OneOf(&[
        "plan",
        "section",
        "target",
        "quota",
        "project",
        "theme",
        "collection",
        "feature",
        "light_rule",
        "inspection_rule",
        "patch",
        "inspection",
    ]),
    "Only changes of records of this type.",
);
const ID: Param = Param::new("id", ParamShape::Text { max: 64 }, "Only changes of records with this id.");
const COLLECTION: Param =
    Param::new("collection", ParamShape::Text { max: 64 }, "Only changes of features of this collection.");
const ACTOR: Param =
    Param::new("actor", ParamShape::Text { max: 64 }, "Only changes by this user; for those who are signed in.");
const KIND: Param = Param::new(
    "kind",
    ParamShape::OneOf(&["created", "updated", "deleted"]),
    "Only changes that did this to their record.",
);
const FROM: Param = Param::new("from", ParamShape::Date, "Only changes from this day on.");
const TO: Param = Param::new("to", ParamShape::Date, "Only changes until the end of this day.");
const ORDER: Param = Param::new(
    "order",
    ParamShape::OneOf(&["asc", "desc"]),
    "Oldest or newest first; newest first when absent, but oldest first with `since`.",
);
const LIMIT: Param =
    Param::new("limit", ParamShape::Limit { default: 50, max: 1_000, beyond: Beyond::Refused }, "Changes on a page.");

const PARAMETERS: &[&Param] = &[&SINCE, &BEFORE, &TYPE, &ID, &COLLECTION, &ACTOR, &KIND, &FROM, &TO, &ORDER, &LIMIT];
const HISTORY: &[&Param] = &[&BEFORE, &TO, &LIMIT];

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/changes",
            documented: None,
            method: Method::Get,
            id: "list_changes",
            summary: "The log of changes, field by field, page by page.",
            parameters: PARAMETERS,
            access: Access::READ,
            body: None,
            answer: Answer::json::<ChangeList>(),
            handler: get(list_changes),
        },
        Route {
            path: "/api/v1/projects/{project}/history",
            documented: None,
            method: Method::Get,
            id: "list_project_history",
            summary: "What happened to a project and to the places that are or were its, newest first; also of one that is gone.",
            parameters: HISTORY,
            access: Access::READ,
            body: None,
            answer: Answer::json::<ChangeList>(),
            handler: get(list_project_history),
        },
        Route {
            path: "/api/v1/changes/{seq}/undo",
            documented: None,
            method: Method::Post,
            id: "undo_change",
            summary: "Takes a change back by a new change, which leaves alone what was done to other fields since.",
            parameters: &[],
            access: Access::Editor,
            body: None,
            answer: Answer {
                also: Some(("204", "The change had made the record, which is gone now.")),
                ..Answer::json::<Edited>()
            },
            handler: post(undo_change),
        },
        Route {
            path: "/api/v1/batches/{batch}/undo",
            documented: None,
            method: Method::Post,
            id: "undo_batch",
            summary: "Takes all changes of a batch back together, or none of them. A batch has the number of its first change.",
            parameters: &[],
            access: Access::Editor,
            body: None,
            answer: Answer::json::<ChangeList>(),
            handler: post(undo_batch),
        },
        Route {
            path: "/api/v1/events",
            documented: None,
            method: Method::Get,
            id: "list_events",
            summary: "Server-sent events: `hello` at the beginning, `change` for changes published together, `reset` when everything had better be read anew.",
            parameters: &[&EVENTS_SINCE],
            access: Access::READ,
            body: None,
            answer: Answer::bytes(&["text/event-stream"]),
            handler: get(list_events),
        },
    ]
}

async fn list_changes(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(PARAMETERS)?;
    let query = query(&asked, &params)?;
    answer_page(&asked, &params, "/api/v1/changes", query).await
}

fn query(asked: &Asked, params: &Params) -> Result<ChangeQuery, Problem> {
    let zone = &asked.state.options.time_zone;
    let after = params.whole(&SINCE)?;
    let actor = params.text(&ACTOR)?.map(str::to_owned);
    if actor.is_some() && !asked.caller.has(Right::Read) {
        return Err(Problem::not_signed_in("who changed what is for those who are signed in"));
    }
    let begin = |day: Date| day.to_zoned_datetime(zone.clone()).map(|begin| begin.timestamp());
    let from = params.date(&FROM)?.map(|day| begin(day).map_err(|fault| wrong(&FROM, fault))).transpose()?;
    let order = match params.one_of(&ORDER)? {
        Some("asc") => Order::OldestFirst,
        None if after.is_some() => Order::OldestFirst,
        _ => Order::NewestFirst,
    };
    Ok(ChangeQuery {
        after,
        before: params.whole(&BEFORE)?,
        record_type: params.one_of(&TYPE)?.and_then(record_type),
        collection: params.text(&COLLECTION)?.map(str::to_owned),
        id: params.text(&ID)?.map(str::to_owned),
        project: None,
        public_only: false,
        actor,
        kind: params.one_of(&KIND)?.map(|word| match word {
            "created" => ChangeKind::Created,
            "deleted" => ChangeKind::Deleted,
            _ => ChangeKind::Updated,
        }),
        from,
        until: until(asked, params)?,
        order,
        limit: params.limit(&LIMIT)?,
    })
}

/// The moment at which the day of `to` is over.
fn until(asked: &Asked, params: &Params) -> Result<Option<Timestamp>, Problem> {
    let end = params.date(&TO)?.and_then(|day| end_of(day, &asked.state.options.time_zone));
    Ok(end.map(|end| end + jiff::SignedDuration::from_millis(1)))
}

fn record_type(word: &str) -> Option<RecordType> {
    serde_json::from_value(word.into()).ok()
}

async fn list_project_history(asked: Asked, Path(project): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(HISTORY)?;
    let until = until(&asked, &params)?;
    let about = |before, limit| ChangeQuery {
        project: Some(project.clone()),
        before,
        until,
        order: Order::NewestFirst,
        limit,
        ..ChangeQuery::default()
    };
    // A project that is gone keeps its history; one that nobody ever saw has none.
    let is_there = asked.view().await?.atlas.projects.get(project.as_str()).is_some();
    if !is_there && visible(&asked, about(None, 1)).await?.0.is_empty() {
        return Err(Problem::not_found("project", format!("there is no project {project}, and there was none")));
    }
    let query = about(params.whole(&BEFORE)?, params.limit(&LIMIT)?);
    answer_page(&asked, &params, &format!("/api/v1/projects/{project}/history"), query).await
}

/// A page with only what the caller may see.
async fn answer_page(asked: &Asked, params: &Params, path: &str, query: ChangeQuery) -> Result<Response, Problem> {
    let order = query.order;
    let (changes, more) = visible(asked, query).await?;
    let next = changes.last().filter(|_| more).map(|last| {
        let param = if order == Order::OldestFirst { &SINCE } else { &BEFORE };
        format!("{path}?{}", params.with(param, &last.seq.to_string()))
    });
    let atlas = asked.state.published.current();
    answer::json(&asked.headers, JSON, &ChangeList::new(&changes, &atlas, &asked.caller, next))
}

/// Changes that fit a question and that the caller may see, and whether there are more.
async fn visible(asked: &Asked, query: ChangeQuery) -> Result<(Vec<Change>, bool), Problem> {
    let wanted = query.limit;
    let query = ChangeQuery { public_only: !asked.caller.has(Right::Read), limit: wanted + 1, ..query };
    let mut found = asked.state.store.find_changes(query).await?;
    let more = found.len() > wanted;
    found.truncate(wanted);
    Ok((found, more))
}

async fn undo_change(asked: Asked, Path(seq): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let mut author = edit::author(&asked, &bytes)?;
    let absent = || Problem::not_found("seq", format!("there is no change {seq}"));
    let number: u64 = seq.parse().ok().filter(|number| *number > 0).ok_or_else(absent)?;
    let found = asked.state.store.changes(number - 1, 1).await?;
    let change = found.into_iter().next().filter(|change| change.seq == number).ok_or_else(absent)?;
    author.undoes = Some(number);
    let landed = edit::land(&asked, author, Moves::Back, back(vec![change])).await?;
    Ok(edit::answer(&landed, &landed.changes[0], None))
}

async fn undo_batch(asked: Asked, Path(batch): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let mut author = edit::author(&asked, &bytes)?;
    let absent = || Problem::not_found("batch", format!("there is no batch {batch}"));
    let number: u64 = batch.parse().ok().filter(|number| *number > 0).ok_or_else(absent)?;
    // One more than fits, so that what is too long is told and not cut; no batch is longer than an import.
    let mut changes = asked.state.store.changes(number - 1, MAX_IMPORT_RECORDS + 1).await?;
    changes.retain(|change| change.batch == number);
    if changes.is_empty() {
        return Err(absent());
    }
    if changes.len() > MAX_IMPORT_RECORDS {
        let expected = format!("a batch of at most {MAX_IMPORT_RECORDS} changes");
        return Err(Problem::parameter("batch", format!("batch: {number} is too large to take back"), expected));
    }
    author.undoes = Some(number);
    let caller = asked.caller.clone();
    let landed = edit::land(&asked, author, Moves::Back, back(changes)).await?;
    let list = ChangeList::new(&landed.changes, &asked.state.published.current(), &caller, None);
    Ok(answer::with(answer::changed(&list), SEQUENCE, &landed.seq.to_string()))
}

/// The edits that take changes back, the last one first.
fn back(changes: Vec<Change>) -> impl Fn(&Atlas) -> Result<Vec<Edit>, EditError> {
    move |atlas| {
        let undo = |change: &Change| history::undo(change, atlas.record(&change.key).as_ref());
        changes.iter().rev().map(undo).collect()
    }
}
