//! The plan as a workbook to be filled in and brought back.

use std::io::Cursor;

use axum::response::Response;
use axum::routing::get;

use crate::formats::workbook as file;
use crate::http::answer::{self, Problem, XLSX};
use crate::http::asked::Asked;
use crate::http::params::{Param, ParamShape};
use crate::http::route::{Access, Answer, Method, Route};
use crate::services::workbook;

const EMPTY: Param = Param::new(
    "empty",
    ParamShape::OneOf(&["true", "false"]),
    "The same sheets without rows, with an explained example.",
);

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
    let is_empty = params.one_of(&EMPTY)? == Some("true");
    asked
        .compute(move |asked, view| {
            let tables = if is_empty { workbook::template() } else { workbook::tables(&view.atlas) };
            let mut bytes = Cursor::new(Vec::new());
            file::write(&tables, &mut bytes).map_err(Problem::internal)?;
            let name = if is_empty { "template".to_owned() } else { view.atlas.plan().id.to_string() };
            let response = answer::tagged(&asked.headers, XLSX, bytes.into_inner());
            Ok(answer::saved_as(response, &format!("guatu-{name}.xlsx")))
        })
        .await
}
