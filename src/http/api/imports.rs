//! Files on their way into the plan: sent, mapped, looked at row by row, committed as one batch.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header::{CONTENT_LENGTH, LOCATION};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use futures_util::StreamExt;

use crate::http::answer::{self, GEOJSON, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::edit;
use crate::http::params::{Beyond, Param, ParamShape, wrong};
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{ImportCommit, ImportFeatures, ImportList, ImportRowWire, ImportRows, ImportWire};
use crate::plan::Slug;
use crate::services::imports::{
    Committed, Import, ImportError, Imports, MAX_UPLOAD_BYTES, Mapping, Outcome, Preview, Receiving,
};

const ALL: &str = "/api/v1/imports";
const ONE: &str = "/api/v1/imports/{import}";

/// Bytes that are collected before they go to the disk.
const CHUNK_BYTES: usize = 1 << 20;

/// A line on which nothing comes for so long is dead.
const STALLED: Duration = Duration::from_secs(20);

/// Features of a preview that a map is given at once.
const MAX_MAP_FEATURES: usize = 5_000;

/// The longest name of a file.
const MAX_NAME_CHARS: usize = 255;

const NAME: Param = Param::new("name", ParamShape::Text { max: MAX_NAME_CHARS }, "The file's name, such as roads.zip.");
const OUTCOME: Param = Param::new(
    "outcome",
    ParamShape::OneOf(&["added", "changed", "unchanged", "removed", "rejected"]),
    "Only rows that this becomes of.",
);
const LAYER: Param = Param::new("layer", ParamShape::Text { max: 256 }, "Only rows of this layer or sheet.");
const LIMIT: Param =
    Param::new("limit", ParamShape::Limit { default: 100, max: 1_000, beyond: Beyond::Refused }, "Rows on a page.");
const CURSOR: Param = Param::new("cursor", ParamShape::Form("`next` of the page before"), "Where the page begins.");

const ROWS: &[&Param] = &[&OUTCOME, &LAYER, &LIMIT, &CURSOR];

/// Takes bodies that are longer and slower than others.
pub fn routes_of_files() -> Vec<Route> {
    vec![Route {
        path: ALL,
        documented: None,
        method: Method::Post,
        id: "create_import",
        summary: "Takes a file (any content type, at most 256 MiB) and tells what it holds and what would be done with it. 413 for one that is too long, 415 for a format that is not read, 422 for one that cannot be read, with the place.",
        parameters: &[&NAME],
        access: Access::Editor,
        body: None,
        answer: Answer::created::<ImportWire>(),
        handler: post(create_import),
    }]
}

pub fn routes() -> Vec<Route> {
    let route = |path, method, id, summary, parameters, answer, handler| Route {
        path,
        documented: None,
        method,
        access: Access::Editor,
        id,
        summary,
        parameters,
        body: None,
        answer,
        handler,
    };
    vec![
        route(
            ALL,
            Method::Get,
            "list_imports",
            "The caller's own imports; each is kept for 24 hours.",
            &[],
            Answer::json::<ImportList>(),
            get(list_imports),
        ),
        route(
            ONE,
            Method::Get,
            "find_import",
            "An import of the caller's own, as far as it is.",
            &[],
            Answer::json::<ImportWire>(),
            get(find_import),
        ),
        route(
            ONE,
            Method::Delete,
            "delete_import",
            "Forgets an import and its file; what was committed stays.",
            &[],
            Answer::NOTHING,
            delete(delete_import),
        ),
        Route {
            body: Some(schema_of::<Mapping>),
            ..route(
                "/api/v1/imports/{import}/mapping",
                Method::Put,
                "replace_import_mapping",
                "Says what of the file goes where, and makes the preview. 422 with the members that cannot be done, such as layers[0].crs.",
                &[],
                Answer::json::<ImportWire>(),
                put(replace_mapping),
            )
        },
        route(
            "/api/v1/imports/{import}/rows",
            Method::Get,
            "list_import_rows",
            "What would become of each row, with its reasons and changes, page by page.",
            ROWS,
            Answer::json::<ImportRows>(),
            get(list_rows),
        ),
        route(
            "/api/v1/imports/{import}/features",
            Method::Get,
            "list_import_features",
            "Up to 5,000 features of the preview: added and changed as they would be, removed as they are, rejected where their shape is valid.",
            &[],
            Answer::geojson::<ImportFeatures>(),
            get(list_features),
        ),
        Route {
            body: Some(schema_of::<ImportCommit>),
            ..route(
                "/api/v1/imports/{import}/commit",
                Method::Post,
                "commit_import",
                "Does what the preview says, as one batch, whole or not at all. 409 when the plan has changed so that it cannot, when rows are rejected, when nothing would change, or when it was done before.",
                &[],
                Answer::json::<ImportWire>(),
                post(commit_import),
            )
        },
    ]
}

async fn create_import(asked: Asked, body: Body) -> Result<Response, Problem> {
    let params = asked.params(&[&NAME])?;
    let name = params.text(&NAME)?.ok_or_else(|| wrong(&NAME, "is required"))?.trim().to_owned();
    if name.chars().any(|c| c.is_control() || ['/', '\\'].contains(&c)) || [".", ".."].contains(&name.as_str()) {
        return Err(wrong(&NAME, "is the name of no file"));
    }
    let length = asked.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_UPLOAD_BYTES) {
        return Err(ImportError::TooLarge.into());
    }
    let (owner, now) = (asked.identity()?.name.to_string(), asked.state.now());
    let state = Arc::clone(&asked.state);
    let mut receiving = blocking(move || Ok(state.imports.begin(&owner, now)?)).await?;
    let mut stream = body.into_data_stream();
    let mut collected = Vec::with_capacity(CHUNK_BYTES);
    loop {
        let next = tokio::time::timeout(STALLED, stream.next()).await;
        let next = next.map_err(|_| Problem::unreadable("the file broke off: nothing more came"))?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|fault| Problem::unreadable(format!("the file broke off: {fault}")))?;
        collected.extend_from_slice(&chunk);
        if collected.len() >= CHUNK_BYTES {
            (receiving, collected) = append(receiving, collected).await?;
        }
    }
    let (receiving, _) = append(receiving, collected).await?;
    let state = Arc::clone(&asked.state);
    let wire = asked
        .state
        .compute(move || {
            let atlas = state.published.current();
            let import = state.imports.finish(receiving, &name, &atlas, now)?;
            tracing::info!(import = %import.id, owner = import.owner, bytes = import.bytes, "a file came to be imported");
            told(&state.imports, &import, &atlas)
        })
        .await?;
    let location = format!("{ALL}/{}", wire.id());
    Ok(answer::with(answer::created(&wire), LOCATION, &location))
}

/// Writes what has come so far, on a thread that may block.
async fn append(mut receiving: Receiving, mut collected: Vec<u8>) -> Result<(Receiving, Vec<u8>), Problem> {
    blocking(move || {
        receiving.append(&collected)?;
        collected.clear();
        Ok((receiving, collected))
    })
    .await
}

/// Does what touches the disk, but computes nothing.
async fn blocking<T: Send + 'static>(job: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(job).await.map_err(Problem::internal)?
}

fn told(imports: &Imports, import: &Arc<Import>, atlas: &crate::atlas::Atlas) -> Result<ImportWire, Problem> {
    let inspection = imports.inspection(import, atlas)?;
    Ok(ImportWire::new(import, &inspection, imports.preview(&import.id).as_deref(), atlas.seq()))
}

async fn list_imports(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let (owner, now) = (asked.identity()?.name.to_string(), asked.state.now());
    let state = Arc::clone(&asked.state);
    let list = asked
        .state
        .compute(move || {
            let atlas = state.published.current();
            let imports = state.imports.list(&owner, now);
            Ok(ImportList {
                imports: imports.iter().map(|import| told(&state.imports, import, &atlas)).collect::<Result<_, _>>()?,
            })
        })
        .await?;
    Ok(answer::momentary(&list))
}

async fn find_import(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let import = own(&asked, &id)?;
    answer_import(&asked, import).await
}

async fn answer_import(asked: &Asked, import: Arc<Import>) -> Result<Response, Problem> {
    let state = Arc::clone(&asked.state);
    let wire = asked.state.compute(move || told(&state.imports, &import, &state.published.current())).await?;
    Ok(answer::momentary(&wire))
}

async fn delete_import(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let (import, now) = (own(&asked, &id)?, asked.state.now());
    let state = Arc::clone(&asked.state);
    blocking(move || Ok(state.imports.remove(&import.owner, &import.id, now)?)).await?;
    Ok(answer::nothing())
}

fn own(asked: &Asked, id: &str) -> Result<Arc<Import>, Problem> {
    let absent = || Problem::not_found("import", format!("there is no import {id} of yours"));
    let id: Slug = id.parse().map_err(|_| absent())?;
    let owner = asked.identity()?.name.as_str();
    Ok(asked.state.imports.find(owner, &id, asked.state.now())?)
}

async fn replace_mapping(asked: Asked, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let import = own(&asked, &id)?;
    let mapping: Mapping = body::json(&asked.headers, &bytes)?;
    let author = edit::author(&asked, &bytes)?;
    let state = Arc::clone(&asked.state);
    let wire = asked
        .state
        .compute(move || {
            let atlas = state.published.current();
            state.imports.map(&import, mapping, &atlas, &author)?;
            told(&state.imports, &import, &atlas)
        })
        .await?;
    Ok(answer::changed(&wire))
}

/// The preview of an import; without one there are no rows.
fn preview_of(asked: &Asked, import: &Import) -> Result<Arc<Preview>, Problem> {
    let absent = || Problem::conflict("there is no preview of it; send its mapping");
    asked.state.imports.preview(&import.id).ok_or_else(absent)
}

async fn list_rows(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(ROWS)?;
    let import = own(&asked, &id)?;
    let preview = preview_of(&asked, &import)?;
    let outcome = params.one_of(&OUTCOME)?.map(str::to_owned);
    let layer = params.text(&LAYER)?.map(str::to_owned);
    let (limit, begin) = (params.limit(&LIMIT)?, params.whole(&CURSOR)?.unwrap_or(0));
    asked
        .compute(move |asked, _| {
            let fits = |outcome_of: Outcome, layer_of: &str| {
                outcome.as_deref().is_none_or(|wanted| wanted == outcome_of.as_str())
                    && layer.as_deref().is_none_or(|wanted| wanted == layer_of)
            };
            let fitting: Vec<usize> = preview
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| fits(row.outcome, &row.layer))
                .map(|(at, _)| at)
                .collect();
            let page: Vec<usize> =
                fitting.iter().copied().skip_while(|at| (*at as u64) < begin).take(limit + 1).collect();
            let next = page.get(limit).map(ToString::to_string);
            let rows = page.iter().take(limit).map(|at| ImportRowWire::new(&preview.rows[*at])).collect();
            answer::json(&asked.headers, JSON, &ImportRows { rows, matched: fitting.len(), next })
        })
        .await
}

async fn list_features(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let import = own(&asked, &id)?;
    let preview = preview_of(&asked, &import)?;
    asked
        .compute(move |asked, _| {
            answer::json(&asked.headers, GEOJSON, &ImportFeatures::new(&preview, MAX_MAP_FEATURES))
        })
        .await
}

async fn commit_import(asked: Asked, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    // Apart from the request: what lands is noted, also when the caller goes.
    let committing = tokio::spawn(async move {
        let import = own(&asked, &id)?;
        commit(&asked, &import, &bytes).await?;
        answer_import(&asked, import).await
    });
    committing.await.map_err(Problem::internal)?
}

async fn commit(asked: &Asked, import: &Arc<Import>, bytes: &[u8]) -> Result<(), Problem> {
    let request: ImportCommit = body::json(&asked.headers, bytes)?;
    let mut author = edit::author(asked, bytes)?;
    if let Some(note) = &request.note {
        edit::check_note(note)
            .map_err(|()| Problem::parameter("note", "note: cannot be taken", "1 to 1000 characters"))?;
    }
    if import.was_committed_by(author.request.as_ref()) {
        return Ok(());
    }
    author.note = request.note.or(author.note).or_else(|| Some(format!("import {}", import.name)));
    let committing = asked.state.imports.begin_commit(import)?;
    let preview = Arc::clone(&committing.preview);
    let rejected = preview.counts.rejected;
    if rejected > 0 && !request.without_rejected {
        return Err(Problem::conflict(format!(
            "{rejected} rows are rejected; mend them, or commit the others with without_rejected"
        )));
    }
    if preview.counts.edits() == 0 {
        return Err(Problem::conflict("nothing would change"));
    }
    let key = author.request.clone();
    let landed = edit::land_as_seen(asked, author, move || preview.edits()).await?;
    let batch = landed.changes.first().map_or(landed.seq, |change| change.batch);
    let sequence = landed.changes.last().map_or(landed.seq, |change| change.seq);
    let done = Committed { batch, sequence, changes: landed.changes.len() };
    committing.done(done, key.as_ref());
    Ok(())
}
