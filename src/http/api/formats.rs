//! What goes out and comes in: formats, reference systems, limits.

use axum::response::Response;
use axum::routing::get;

use crate::formats::file::FileFormat;
use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{CrsWire, FormatWire, Formats, OffsetWire};
use crate::services::imports::{MAX_IMPORT_RECORDS, MAX_UPLOAD_BYTES};
use crate::spatial::Offset;

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/formats",
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id: "list_formats",
        summary: "Formats of exports and imports, the reference systems that are offered, and the limits of a file.",
        parameters: &[],
        body: None,
        answer: Answer::json::<Formats>(),
        handler: get(list_formats),
    }]
}

async fn list_formats(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let formats = Formats {
        formats: FileFormat::ALL.map(FormatWire::from).into(),
        crs: asked.state.options.crs.iter().map(|crs| CrsWire::from(&**crs)).collect(),
        offsets: [Offset::Gcj02, Offset::Bd09].map(OffsetWire::from).into(),
        max_upload_bytes: MAX_UPLOAD_BYTES,
        max_import_records: MAX_IMPORT_RECORDS,
    };
    answer::json(&asked.headers, JSON, &formats)
}
