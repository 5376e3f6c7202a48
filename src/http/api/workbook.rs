//! The plan as a workbook to be filled in and brought back.

use std::io::Cursor;

use axum::response::Response;
use axum::routing::get;

use crate::formats::layer::{LayerWriter, WriteError};
use crate::formats::xlsx::Writer;
use crate::http::answer::{self, Problem, XLSX};
use crate::http::asked::Asked;
use crate::http::params::{Param, ParamShape};
use crate::http::route::{Access, Answer, Method, Route};
use crate::services::{View, workbook};

const EMPTY: Param = Param::new(
    "empty",
    ParamShape::OneOf(&["true", "false"]),
    "The same sheets without rows, with an explained example.",
);

/// What a workbook holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Plan,
    /// Nothing, and an example among its explanations.
    Template,
}

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/workbook",
        documented: None,
        method: Method::Get,
        id: "find_workbook",
        summary: "The plan as an XLSX workbook: a sheet for each type of record, and one that explains them. Features are not in it.",
        parameters: &[&EMPTY],
        access: Access::READ,
        body: None,
        answer: Answer::bytes(&[XLSX]),
        handler: get(find_workbook),
    }]
}

async fn find_workbook(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&EMPTY])?;
    let content = if params.one_of(&EMPTY)? == Some("true") { Content::Template } else { Content::Plan };
    asked
        .compute(move |asked, view| {
            let mut bytes = Cursor::new(Vec::new());
            write(view, content, &mut bytes).map_err(Problem::internal)?;
            let name = match content {
                Content::Plan => view.atlas.plan().id.as_str(),
                Content::Template => "template",
            };
            let response = answer::tagged(&asked.headers, XLSX, bytes.into_inner());
            Ok(answer::saved_as(response, &format!("guatu-{name}.xlsx")))
        })
        .await
}

/// The plan as a workbook, or an empty one with an example.
fn write(view: &View, content: Content, out: &mut Cursor<Vec<u8>>) -> Result<(), WriteError> {
    let mut writer = Writer::new(out, &std::env::temp_dir())?;
    let tables = match content {
        Content::Plan => workbook::tables(&view.atlas),
        Content::Template => workbook::template(),
    };
    workbook::rules().into_iter().for_each(|line| writer.explain(line));
    tables.iter().try_for_each(|table| writer.table(table))?;
    if content == Content::Template {
        workbook::example().into_iter().for_each(|line| writer.explain(line));
    }
    Box::new(writer).finish()?;
    Ok(())
}
