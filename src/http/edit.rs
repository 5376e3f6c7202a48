//! What all edits have in common: the version that they were made from, who makes them, requests that are sent again, and how an
//! edit is answered. The rules of the plan are not here.

use std::collections::BTreeSet;

use axum::http::header::{ETAG, IF_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::answer::{self, Problem};
use super::asked::Asked;
use super::fingerprint::fingerprint;
use super::sequence::SEQUENCE;
use super::wire::{Body, BodyError, Edited, body_of};
use super::wire::{
    CollectionBody, FeatureBody, InspectionRuleBody, LightRuleBody, PatchBody, PlanBody, ProjectBody, QuotaBody,
    SectionBody, TargetBody, ThemeBody,
};
use crate::atlas::{Atlas, Row};
use crate::plan::{Batch, Change, Edit, Expected, Record, RecordKey, RecordType, RequestKey, Text, Violation};
use crate::services::edits::{self, Author, EditError, Moves};
use crate::services::writer::{Landed, WriteError};
use crate::store::StoreError;

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub const CHANGE_NOTE: HeaderName = HeaderName::from_static("x-change-note");

const MAX_KEY_CHARS: usize = 255;
const MAX_NOTE_CHARS: usize = 1_000;

/// The versions that a caller is ready to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    Any,
    Versions(BTreeSet<u64>),
}

impl IfMatch {
    /// Reads the header. A tag is a version, alone or with the digest that stands behind it in entity tags.
    ///
    /// # Errors
    /// 428 without the header, 400 when it holds no version.
    pub fn read(headers: &HeaderMap) -> Result<IfMatch, Problem> {
        let mut versions = BTreeSet::new();
        let mut is_there = false;
        for value in headers.get_all(IF_MATCH) {
            let text = value.to_str().unwrap_or_default();
            for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
                is_there = true;
                if tag == "*" {
                    return Ok(IfMatch::Any);
                }
                let bare = tag.trim_start_matches("W/").trim_matches('"');
                let number = bare.split('-').next().and_then(|number| number.parse().ok());
                let expected = "the ETag of the record, such as \"3-0f3a\", or its version, such as \"3\"";
                let wrong = || Problem::parameter("If-Match", format!("If-Match: {tag} is not a version"), expected);
                versions.insert(number.ok_or_else(wrong)?);
            }
        }
        if is_there { Ok(IfMatch::Versions(versions)) } else { Err(Problem::no_version()) }
    }

    /// The version to change: the record's own where it is among those that the caller knows.
    fn version(&self, current: u64) -> u64 {
        match self {
            IfMatch::Any => current,
            IfMatch::Versions(known) if known.contains(&current) => current,
            IfMatch::Versions(known) => known.last().copied().unwrap_or_default(),
        }
    }
}

/// Who asks for a change, and by what it is known when it is asked for again.
///
/// # Errors
/// 400 for a key or a note that cannot be taken; 401 for nobody.
pub fn author(asked: &Asked, body: &[u8]) -> Result<Author, Problem> {
    let identity = asked.identity()?;
    Ok(Author {
        name: identity.name.to_string(),
        rights: identity.rights.clone(),
        at: asked.state.now(),
        today: asked.state.today(),
        note: note(&asked.headers)?,
        undoes: None,
        request: request_key(asked, body)?,
    })
}

fn request_key(asked: &Asked, body: &[u8]) -> Result<Option<RequestKey>, Problem> {
    let Some(value) = asked.headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > MAX_KEY_CHARS {
        let expected = format!("1 to {MAX_KEY_CHARS} characters of ASCII, the same for a request and its retries");
        return Err(Problem::parameter("Idempotency-Key", "Idempotency-Key: cannot be taken", expected));
    }
    Ok(Some(RequestKey { key: key.to_owned(), digest: digest_of(asked, body) }))
}

/// A digest of all that a request asks.
pub fn digest_of(asked: &Asked, body: &[u8]) -> u64 {
    let if_match = asked.headers.get(IF_MATCH).map(|value| value.as_bytes()).unwrap_or_default();
    let (method, address) = (asked.method.as_str(), asked.uri.to_string());
    fingerprint(&[method.as_bytes(), address.as_bytes(), if_match, body])
}

fn note(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(CHANGE_NOTE) else { return Ok(None) };
    let expected = format!("1 to {MAX_NOTE_CHARS} characters, percent-encoded as UTF-8");
    let wrong = || Problem::parameter("X-Change-Note", "X-Change-Note: cannot be taken", expected.clone());
    let text = percent_decode_str(value.to_str().map_err(|_| wrong())?).decode_utf8().map_err(|_| wrong())?;
    check_note(&text).map_err(|()| wrong())?;
    Ok(Some(text.into_owned()))
}

/// Whether a note says something, and not too much.
pub fn check_note(text: &str) -> Result<(), ()> {
    let fits = !text.trim().is_empty() && text.chars().count() <= MAX_NOTE_CHARS && !text.contains('\0');
    if fits { Ok(()) } else { Err(()) }
}

/// Changes the plan by the edits that `plan_edits` makes of what is there when its turn comes.
///
/// # Errors
/// What keeps the edits from landing, as a problem; nothing has changed then.
pub async fn land(
    asked: &Asked,
    author: Author,
    moves: Moves,
    plan_edits: impl Fn(&Atlas) -> Result<Vec<Edit>, EditError> + Send + 'static,
) -> Result<Landed, Problem> {
    let request = author.request.clone().map(|request| (author.name.clone(), request));
    let prepare =
        move |atlas: &Atlas| -> Result<Batch, EditError> { edits::prepare(atlas, plan_edits(atlas)?, &author, moves) };
    asked.state.writer.write(request, prepare).await.map_err(|fault| problem(asked, fault))
}

/// As [`land`], for edits that were shown as they are and must land so: 409 when the plan has changed so that they cannot.
///
/// # Errors
/// As [`land`].
pub async fn land_as_seen(
    asked: &Asked,
    author: Author,
    plan_edits: impl Fn() -> Vec<Edit> + Send + 'static,
) -> Result<Landed, Problem> {
    let request = author.request.clone().map(|request| (author.name.clone(), request));
    let prepare = move |atlas: &Atlas| edits::prepare(atlas, plan_edits(), &author, Moves::Step);
    asked.state.writer.write(request, prepare).await.map_err(|fault| match fault {
        WriteError::Edit(EditError::Forbidden(_)) => problem(asked, fault),
        WriteError::Edit(_) | WriteError::Store(StoreError::Conflict { .. }) => {
            Problem::conflict(format!("the plan changed since the preview: {fault}; send the mapping again"))
        }
        fault => problem(asked, fault),
    })
}

fn problem(asked: &Asked, fault: WriteError) -> Problem {
    match fault {
        WriteError::Edit(EditError::Stale { key, asked: version, .. }) => stale(asked, &key, version),
        WriteError::Edit(fault) => Problem::from(fault),
        WriteError::Store(StoreError::Conflict { key, expected, .. }) => match expected {
            Expected::Absent => Problem::from(EditError::Exists(key)),
            Expected::Version(version) => stale(asked, &key, version),
        },
        WriteError::Store(StoreError::Invalid { key, reason }) => {
            Problem::unprocessable(format!("{key} cannot be kept: {reason}"))
        }
        WriteError::Store(StoreError::KeyReused { key, .. }) => {
            let detail = format!("Idempotency-Key: {key:?} belongs to another request of yours");
            Problem::unprocessable(detail)
        }
        WriteError::Store(
            fault @ (StoreError::Full(_)
            | StoreError::Busy(_)
            | StoreError::Unreachable(_)
            | StoreError::Unknown(_)
            | StoreError::Parted { .. }),
        ) => Problem::from(fault),
        WriteError::Store(fault) => Problem::store_failed("the change could not be kept; nothing was changed", fault),
        fault @ (WriteError::Overloaded | WriteError::Stopping) => Problem::unavailable(fault.to_string()),
    }
}

/// Tells with the refusal what the record is now, so that the caller can put both beside each other.
fn stale(asked: &Asked, key: &RecordKey, version: u64) -> Problem {
    match asked.state.published.current().record(key) {
        Some(row) => {
            let detail = format!("{key} is at version {} now, not {version}", row.version);
            Problem::stale(detail, serde_json::to_value(edited(key, &row, None)).unwrap_or_default())
        }
        None => Problem::from(EditError::NotFound(key.clone())),
    }
}

fn edited(key: &RecordKey, row: &Row<Record>, seq: Option<u64>) -> Edited {
    Edited::new(key, row.version, seq, body_of(&row.value))
}

/// The answer to a change of one record.
pub fn answer(landed: &Landed, change: &Change, location: Option<String>) -> Response {
    let Some(record) = &change.after else {
        return answer::with(answer::nothing(), SEQUENCE, &landed.seq.to_string());
    };
    let row = Row { version: change.version, value: record.clone() };
    let body = edited(&change.key, &row, Some(change.seq));
    let response = match &location {
        Some(_) => answer::created(&body),
        None => answer::changed(&body),
    };
    let response = answer::with(response, ETAG, &format!("\"{}\"", change.version));
    let response = answer::with(response, SEQUENCE, &landed.seq.to_string());
    match location {
        Some(location) => answer::with(response, LOCATION, &location),
        None => response,
    }
}

/// A record from a body, whatever its type.
///
/// # Errors
/// [`EditError::Rules`] with the member that cannot be taken.
pub fn record(atlas: &Atlas, key: &RecordKey, value: Value, before: Option<&Record>) -> Result<Record, EditError> {
    record_in_order(atlas, key, value, before, 1)
}

/// The same, `ahead` places behind the last of its type where it is new.
fn record_in_order(
    atlas: &Atlas,
    key: &RecordKey,
    value: Value,
    before: Option<&Record>,
    ahead: u32,
) -> Result<Record, EditError> {
    let order = last_order(atlas, key.record_type).saturating_add(ahead);
    match key.record_type {
        RecordType::Plan => of::<PlanBody>(key, value, before, order),
        RecordType::Section => of::<SectionBody>(key, value, before, order),
        RecordType::Target => of::<TargetBody>(key, value, before, order),
        RecordType::Quota => of::<QuotaBody>(key, value, before, order),
        RecordType::Project => of::<ProjectBody>(key, value, before, order),
        RecordType::Theme => of::<ThemeBody>(key, value, before, order),
        RecordType::Collection => of::<CollectionBody>(key, value, before, order),
        RecordType::Feature => of::<FeatureBody>(key, value, before, order),
        RecordType::LightRule => of::<LightRuleBody>(key, value, before, order),
        RecordType::InspectionRule => of::<InspectionRuleBody>(key, value, before, order),
        RecordType::Patch => of::<PatchBody>(key, value, before, order),
        RecordType::Inspection => {
            let detail = Text::new("报告不能这样改", "a report is not edited");
            let expected =
                Text::new("在 /api/v1/inspections 采纳或退回", "to accept or reject it at /api/v1/inspections");
            Err(EditError::Rules(vec![Violation::new("record_type", detail, expected)]))
        }
    }
}

fn of<B: Body>(key: &RecordKey, value: Value, before: Option<&Record>, order: u32) -> Result<Record, EditError> {
    let body: B = serde_path_to_error::deserialize(value).map_err(|fault| {
        let path = fault.path().to_string();
        let detail = Text::new("填写的内容读不懂", fault.inner().to_string());
        let expected = Text::new("接口文档所说的样子", "a member as the OpenAPI document describes it");
        EditError::Rules(vec![Violation::new(&path, detail, expected)])
    })?;
    body.into_record(key, before, order).map_err(|BodyError { member, detail, expected }| {
        EditError::Rules(vec![Violation::new(member, detail, expected)])
    })
}

/// Where the records of a type end.
fn last_order(atlas: &Atlas, record_type: RecordType) -> u32 {
    let last = match record_type {
        RecordType::Section => atlas.sections.iter().map(|row| row.value.order).max(),
        RecordType::Target => atlas.targets.iter().map(|row| row.value.order).max(),
        RecordType::Quota => atlas.quotas.iter().map(|row| row.value.order).max(),
        RecordType::Project => atlas.projects.iter().map(|row| row.value.order).max(),
        RecordType::Theme => atlas.themes.iter().map(|row| row.value.order).max(),
        RecordType::Collection => atlas.plan_collections().map(|collection| collection.order).max(),
        RecordType::Patch => atlas.patches.iter().map(|row| row.value.order).max(),
        RecordType::Plan
        | RecordType::Feature
        | RecordType::Inspection
        | RecordType::LightRule
        | RecordType::InspectionRule => None,
    };
    last.unwrap_or(0)
}

/// The edit that makes a record, after all others of its type and those that the same batch makes `before` it.
///
/// # Errors
/// As [`record`].
pub fn create(atlas: &Atlas, key: &RecordKey, value: Value, before: u32) -> Result<Edit, EditError> {
    let record = record_in_order(atlas, key, value, None, before.saturating_add(1))?;
    Ok(Edit::Put { record, expected: Expected::Absent })
}

/// The edit that puts a whole record in the place of another.
///
/// # Errors
/// As [`record`]; [`EditError::NotFound`].
pub fn replace(atlas: &Atlas, key: &RecordKey, value: Value, if_match: &IfMatch) -> Result<Edit, EditError> {
    let row = current(atlas, key)?;
    let expected = Expected::Version(if_match.version(row.version));
    check_version(key, expected, row.version)?;
    Ok(Edit::Put { record: record(atlas, key, value, Some(&row.value))?, expected })
}

/// As [`replace`], for the one record of a plan's rule: at `version` 0 a default stands in for it, and there is no record yet.
///
/// # Errors
/// As [`replace`].
pub fn replace_rule(
    atlas: &Atlas,
    record_type: RecordType,
    version: u64,
    value: Value,
    if_match: &IfMatch,
) -> Result<Edit, EditError> {
    let key = RecordKey { record_type, collection: None, id: atlas.plan().id.clone() };
    if version > 0 {
        return replace(atlas, &key, value, if_match);
    }
    check_known(&key, Some(if_match), 0)?;
    Ok(Edit::Put { record: record(atlas, &key, value, None)?, expected: Expected::Absent })
}

/// The edit that merges some members into a record (RFC 7396).
///
/// # Errors
/// As [`record`]; [`EditError::NotFound`].
pub fn patch(atlas: &Atlas, key: &RecordKey, patch: &Value, if_match: &IfMatch) -> Result<Edit, EditError> {
    let row = current(atlas, key)?;
    let expected = Expected::Version(if_match.version(row.version));
    // What is merged into another version than the caller saw would be nobody's wish.
    check_version(key, expected, row.version)?;
    let mut value = body_of(&row.value);
    merge(&mut value, patch);
    Ok(Edit::Put { record: record(atlas, key, value, Some(&row.value))?, expected })
}

/// The edit that removes a record.
///
/// # Errors
/// [`EditError::NotFound`].
pub fn delete(atlas: &Atlas, key: &RecordKey, if_match: &IfMatch) -> Result<Edit, EditError> {
    let row = current(atlas, key)?;
    Ok(Edit::Delete { key: key.clone(), version: if_match.version(row.version) })
}

pub fn current(atlas: &Atlas, key: &RecordKey) -> Result<Row<Record>, EditError> {
    atlas.record(key).ok_or_else(|| EditError::NotFound(key.clone()))
}

fn check_version(key: &RecordKey, expected: Expected, current: u64) -> Result<(), EditError> {
    match expected {
        Expected::Version(asked) if asked != current => Err(EditError::Stale { key: key.clone(), asked, current }),
        _ => Ok(()),
    }
}

/// Merges a patch as RFC 7396 says: null removes, objects go down, all else replaces.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Whether a caller who says what they know knows the current version.
///
/// # Errors
/// [`EditError::Stale`].
pub fn check_known(key: &RecordKey, if_match: Option<&IfMatch>, current: u64) -> Result<(), EditError> {
    match if_match {
        Some(IfMatch::Versions(known)) if !known.contains(&current) => {
            let asked = known.last().copied().unwrap_or_default();
            Err(EditError::Stale { key: key.clone(), asked, current })
        }
        _ => Ok(()),
    }
}
