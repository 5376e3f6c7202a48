//! Changing the plan's records one by one: projects, targets, quotas, sections, themes, collections, the plan itself, the light rule;
//! and several of them together.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use serde_json::Value;

use crate::atlas::Atlas;
use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::edit::{self, IfMatch};
use crate::http::params::{AS_OF, Param};
use crate::http::route::{Access, Answer, Method, Route, SchemaOf, schema_of};
use crate::http::sequence::SEQUENCE;
use crate::http::wire::{
    BatchEdit, BatchOp, BatchRequest, ChangeList, CollectionBody, Edited, NewReading, PatchBody, PlanBody, ProjectBody,
    QuotaBody, SectionBody, TargetBody, ThemeBody, UnitWire, body_of,
};
use crate::plan::{Date, Edit, Expected, Reading, Record, RecordKey, RecordType, Right, Slug, Text, Violation};
use crate::services::edits::{EditError, MAX_EDITS, Moves, rights_for};

/// A type of record that is edited at an address of its own.
struct Resource {
    record_type: RecordType,
    collection: &'static str,
    item: &'static str,
    ids: [&'static str; 5],
    summaries: [&'static str; 5],
    body: SchemaOf,
}

const NONE: &[&Param] = &[];

macro_rules! resource {
    ($record_type:ident, $plural:literal, $name:literal, $body:ty) => {
        Resource {
            record_type: RecordType::$record_type,
            collection: concat!("/api/v1/", $plural),
            item: concat!("/api/v1/", $plural, "/{", $name, "}"),
            ids: [
                concat!("create_", $name),
                concat!("replace_", $name),
                concat!("update_", $name),
                concat!("delete_", $name),
                concat!("find_", $name, "_record"),
            ],
            summaries: [
                concat!("Makes a ", $name, "; the body has an id beside the members of the record."),
                concat!("Puts a whole record in the place of a ", $name, ". Takes If-Match."),
                concat!("Merges some members into a ", $name, " (RFC 7396). Takes If-Match."),
                concat!("Removes a ", $name, " that nothing else needs. Takes If-Match."),
                concat!("A ", $name, " as it is edited, with its version."),
            ],
            body: schema_of::<$body>,
        }
    };
}

static RESOURCES: [Resource; 8] = [
    resource!(Plan, "plans", "plan", PlanBody),
    resource!(Section, "sections", "section", SectionBody),
    resource!(Target, "targets", "target", TargetBody),
    resource!(Quota, "quotas", "quota", QuotaBody),
    resource!(Project, "projects", "project", ProjectBody),
    resource!(Theme, "themes", "theme", ThemeBody),
    resource!(Collection, "collections", "collection", CollectionBody),
    resource!(Patch, "patches", "patch", PatchBody),
];

pub fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = RESOURCES.iter().flat_map(edits_of).collect();
    routes.push(Route {
        path: "/api/v1/targets/{target}/readings",
        documented: None,
        method: Method::Post,
        id: "create_reading",
        summary: "Adds a reading to a target. If-Match is welcome, not required: an addition overwrites nothing.",
        parameters: NONE,
        access: Access::Right(Right::EditPlan),
        body: Some(schema_of::<NewReading>),
        answer: Answer::created::<Edited>(),
        handler: post(create_reading),
    });
    routes.push(Route {
        path: "/api/v1/targets/{target}/readings/{date}",
        documented: None,
        method: Method::Delete,
        id: "delete_reading",
        summary: "Removes the reading of a day from a target. Takes If-Match.",
        parameters: NONE,
        access: Access::Right(Right::EditPlan),
        body: None,
        answer: Answer::json::<Edited>(),
        handler: delete(delete_reading),
    });
    routes.push(Route {
        path: "/api/v1/batches",
        documented: None,
        method: Method::Post,
        id: "create_batch",
        summary: "Several edits that land together or not at all.",
        parameters: NONE,
        access: Access::Editor,
        body: Some(schema_of::<BatchRequest>),
        answer: Answer::json::<ChangeList>(),
        handler: post(create_batch),
    });
    routes
}

/// Records that no other address tells one by one.
const BARE: [RecordType; 4] = [RecordType::Section, RecordType::Theme, RecordType::Collection, RecordType::Patch];

async fn find(asked: Asked, key: RecordKey) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let row = view.atlas.record(&key).ok_or_else(|| Problem::not_found("id", format!("there is no {key}")))?;
            let record = Edited::new(&key, row.version, None, body_of(&row.value));
            answer::versioned(&asked.headers, JSON, row.version, &record)
        })
        .await
}

fn edits_of(resource: &'static Resource) -> Vec<Route> {
    let Resource { record_type, collection, item, ids, summaries, body } = resource;
    let record_type = *record_type;
    let route = |at: usize, path: &'static str, method, body, answer, handler| Route {
        path,
        documented: None,
        method,
        id: ids[at],
        summary: summaries[at],
        parameters: NONE,
        access: access_for(record_type),
        body,
        answer,
        handler,
    };
    let edited = Answer::json::<Edited>;
    let replace = move |asked: Asked, Path(id): Path<String>, bytes: Bytes| async move {
        let value: Value = body::json(&asked.headers, &bytes)?;
        change(asked, key(record_type, &id)?, bytes, move |atlas, key, if_match| {
            edit::replace(atlas, key, value.clone(), if_match)
        })
        .await
    };
    let merge = move |asked: Asked, Path(id): Path<String>, bytes: Bytes| async move {
        let value: Value = body::merge_patch(&asked.headers, &bytes)?;
        change(asked, key(record_type, &id)?, bytes, move |atlas, key, if_match| {
            edit::patch(atlas, key, &value, if_match)
        })
        .await
    };
    let mut routes = vec![
        route(1, item, Method::Put, Some(*body), edited(), put(replace)),
        route(2, item, Method::Patch, Some(*body), edited(), patch(merge)),
    ];
    if BARE.contains(&record_type) {
        let read = move |asked: Asked, Path(id): Path<String>| async move { find(asked, key(record_type, &id)?).await };
        routes.push(Route {
            path: item,
            documented: None,
            method: Method::Get,
            access: if record_type == RecordType::Patch { Access::Staff } else { Access::READ },
            id: ids[4],
            summary: summaries[4],
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<Edited>(),
            handler: get(read),
        });
    }
    if record_type != RecordType::Plan {
        let make = move |asked: Asked, bytes: Bytes| create(asked, resource, bytes);
        let remove = move |asked: Asked, Path(id): Path<String>, bytes: Bytes| async move {
            change(asked, key(record_type, &id)?, bytes, edit::delete).await
        };
        routes.push(route(0, collection, Method::Post, Some(*body), Answer::created::<Edited>(), post(make)));
        routes.push(route(3, item, Method::Delete, None, Answer::NOTHING, delete(remove)));
    }
    routes
}

/// Whom edits of a type are for.
fn access_for(record_type: RecordType) -> Access {
    match rights_for(record_type) {
        [right] => Access::Right(*right),
        _ => Access::Editor,
    }
}

pub(super) fn key(record_type: RecordType, id: &str) -> Result<RecordKey, Problem> {
    let id: Slug = id.parse().map_err(|fault| Problem::not_found("id", format!("{id}: {fault}")))?;
    Ok(RecordKey { record_type, collection: None, id })
}

/// Changes one record that is there.
pub async fn change(
    asked: Asked,
    key: RecordKey,
    bytes: Bytes,
    plan_edit: impl Fn(&Atlas, &RecordKey, &IfMatch) -> Result<Edit, EditError> + Send + 'static,
) -> Result<Response, Problem> {
    asked.params(NONE)?;
    let author = edit::author(&asked, &bytes)?;
    let if_match = IfMatch::read(&asked.headers)?;
    let edit = move |atlas: &Atlas| Ok(vec![plan_edit(atlas, &key, &if_match)?]);
    let landed = edit::land(&asked, author, Moves::Step, edit).await?;
    Ok(edit::answer(&landed, &landed.changes[0], None))
}

async fn create(asked: Asked, resource: &'static Resource, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(NONE)?;
    let author = edit::author(&asked, &bytes)?;
    let mut value: Value = body::json(&asked.headers, &bytes)?;
    let id = value.as_object_mut().and_then(|members| members.remove("id"));
    let expected = "1 to 64 of a-z, 0-9 and -, such as zuili-road";
    let id: Slug = match &id {
        Some(Value::String(id)) => {
            id.parse().map_err(|fault| Problem::parameter("id", format!("id: {fault}"), expected))?
        }
        _ => return Err(Problem::parameter("id", "id: is required", expected)),
    };
    let key = RecordKey { record_type: resource.record_type, collection: None, id };
    let location = format!("{}/{}", resource.collection, key.id);
    let edit = move |atlas: &Atlas| Ok(vec![edit::create(atlas, &key, value.clone(), 0)?]);
    let landed = edit::land(&asked, author, Moves::Step, edit).await?;
    Ok(edit::answer(&landed, &landed.changes[0], Some(location)))
}

async fn create_reading(asked: Asked, Path(target): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(NONE)?;
    let author = edit::author(&asked, &bytes)?;
    let reading: NewReading = body::json(&asked.headers, &bytes)?;
    let key = key(RecordType::Target, &target)?;
    let location = format!("/api/v1/targets/{target}");
    let if_match = asked.headers.contains_key("if-match").then(|| IfMatch::read(&asked.headers)).transpose()?;
    let edit = move |atlas: &Atlas| {
        let row = edit::current(atlas, &key)?;
        let Record::Target(mut target) = row.value.clone() else { return Err(EditError::NotFound(key.clone())) };
        let same_unit = match &reading.unit {
            UnitWire::Name(name) => [&target.unit.zh, &target.unit.en].contains(&name),
            UnitWire::Text(unit) => *unit == target.unit,
        };
        if !same_unit {
            let detail = Text::new("不是指标的单位", "is not the target's unit");
            let Text { zh, en } = &target.unit;
            let expected = Text::new(format!("{zh} 或 {en}"), format!("{zh} or {en}"));
            return Err(EditError::Rules(vec![Violation::new("unit", detail, expected)]));
        }
        if target.readings.iter().any(|known| known.date == reading.date) {
            let date = reading.date;
            let detail = Text::new(format!("{date} 已有读数"), format!("there is a reading of {date} already"));
            let expected = Text::new("换一天，或先删去那个读数", "another day, or remove that reading first");
            return Err(EditError::Rules(vec![Violation::new("date", detail, expected)]));
        }
        let at = target.readings.partition_point(|known| known.date < reading.date);
        let source = reading.source.clone();
        target.readings.insert(at, Reading { date: reading.date, value: reading.value, source });
        let version = row.version;
        edit::check_known(&key, if_match.as_ref(), version)?;
        Ok(vec![Edit::Put { record: Record::Target(target), expected: Expected::Version(version) }])
    };
    let landed = edit::land(&asked, author, Moves::Step, edit).await?;
    Ok(edit::answer(&landed, &landed.changes[0], Some(location)))
}

async fn delete_reading(
    asked: Asked,
    Path((target, date)): Path<(String, String)>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let absent = format!("target {target} has no reading of {date}");
    let day: Date = date.parse().map_err(|_| Problem::not_found("date", absent.clone()))?;
    change(asked, key(RecordType::Target, &target)?, bytes, move |atlas, key, if_match| {
        let row = edit::current(atlas, key)?;
        edit::check_known(key, Some(if_match), row.version)?;
        let Record::Target(mut target) = row.value else { return Err(EditError::NotFound(key.clone())) };
        let before = target.readings.len();
        target.readings.retain(|reading| reading.date != day);
        if target.readings.len() == before {
            let detail = Text::new(format!("没有 {day} 的读数"), absent.clone());
            let expected = Text::new("有读数的一天", "the day of a reading");
            return Err(EditError::Rules(vec![Violation::new("date", detail, expected)]));
        }
        Ok(Edit::Put { record: Record::Target(target), expected: Expected::Version(row.version) })
    })
    .await
}

async fn create_batch(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(NONE)?;
    let mut author = edit::author(&asked, &bytes)?;
    let request: BatchRequest = body::json(&asked.headers, &bytes)?;
    if let Some(note) = &request.note {
        edit::check_note(note)
            .map_err(|()| Problem::parameter("note", "note: cannot be taken", "1 to 1000 characters"))?;
        author.note = Some(note.clone());
    }
    if request.edits.is_empty() || request.edits.len() > MAX_EDITS {
        let expected = format!("1 to {MAX_EDITS} edits");
        return Err(Problem::parameter("edits", format!("edits: {} cannot be taken", request.edits.len()), expected));
    }
    let caller = asked.caller.clone();
    let edits = move |atlas: &Atlas| {
        let mut made: BTreeMap<RecordType, u32> = BTreeMap::new();
        request.edits.iter().map(|edit| one(atlas, edit, made.entry(edit.record_type).or_default())).collect()
    };
    let landed = edit::land(&asked, author, Moves::Step, edits).await?;
    let list = ChangeList::new(&landed.changes, &asked.state.published.current(), &caller, None);
    Ok(answer::with(answer::changed(&list), SEQUENCE, &landed.seq.to_string()))
}

/// One edit of a batch; `made` counts the records of its type that the batch has made so far.
fn one(atlas: &Atlas, edit: &BatchEdit, made: &mut u32) -> Result<Edit, EditError> {
    let key = RecordKey { record_type: edit.record_type, collection: edit.collection.clone(), id: edit.id.clone() };
    let wrong = |field: &str, expected: Text| {
        let detail = Text::new("必须填写", "is required");
        EditError::Rules(vec![Violation::new(&format!("edits.{}.{field}", edit.id), detail, expected)])
    };
    let version = || {
        edit.version
            .ok_or_else(|| wrong("version", Text::new("手中记录的版本", "the version that you have of the record")))
    };
    let if_match = || Ok(IfMatch::Versions([version()?].into()));
    let value = || {
        edit.value
            .clone()
            .ok_or_else(|| wrong("value", Text::new("记录，或它的合并补丁", "the record, or a merge patch of it")))
    };
    match edit.op {
        BatchOp::Create => {
            *made += 1;
            edit::create(atlas, &key, value()?, *made - 1)
        }
        BatchOp::Replace => edit::replace(atlas, &key, value()?, &if_match()?),
        BatchOp::Patch => edit::patch(atlas, &key, &value()?, &if_match()?),
        BatchOp::Delete => edit::delete(atlas, &key, &if_match()?),
    }
}
