//! Reference systems of requests and answers (OGC API – Features Part 2, OGC 18-058r1).

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;

use crate::http::answer::{self, CONTENT_CRS, Problem};
use crate::http::params::{Param, ParamShape, Params, wrong};
use crate::spatial::{Area, CRS84_URI, Crs, CrsCatalogue, Shape, swapped};

const FORM: ParamShape =
    ParamShape::Form("the URI of one of the collection's crs, such as http://www.opengis.net/def/crs/EPSG/0/4549");

pub const CRS: Param = Param::new(
    "crs",
    FORM,
    "Reference system of the answer's coordinates, in the axis order of its authority; CRS84 when absent.",
);
pub const BBOX_CRS: Param = Param::new("bbox-crs", FORM, "Reference system of bbox; CRS84 when absent.");
pub const FILTER_CRS: Param =
    Param::new("filter-crs", FORM, "Reference system of the filter's geometries; CRS84 when absent.");

/// The system that a parameter names, or CRS84.
///
/// # Errors
/// 400 for one that is not offered.
pub fn named(params: &Params, param: &Param, known: &CrsCatalogue) -> Result<Arc<Crs>, Problem> {
    let Some(name) = params.raw(param) else { return Ok(Arc::clone(known.storage())) };
    // The standard asks for URIs; names such as EPSG:4549 are taken too.
    known.find(name).cloned().map_err(|fault| wrong(param, fault))
}

/// The box that a request asks for.
///
/// # Errors
/// 400 for what is no box of its system.
pub fn area(params: &Params, bbox: &Param, known: &CrsCatalogue) -> Result<Option<Area>, Problem> {
    let crs = named(params, &BBOX_CRS, known)?;
    let read = |text: &str| Area::parse(text, &crs).map_err(|fault| wrong(bbox, fault));
    params.raw(bbox).map(read).transpose()
}

/// The system of a body's coordinates, by its `Content-Crs`.
///
/// # Errors
/// 400 for one that is not offered.
pub fn of_body(headers: &HeaderMap, known: &CrsCatalogue) -> Result<Arc<Crs>, Problem> {
    let Some(value) = headers.get(CONTENT_CRS) else { return Ok(Arc::clone(known.storage())) };
    let name = value.to_str().unwrap_or_default().trim_start_matches('<').trim_end_matches('>');
    known.find(name).cloned().map_err(|fault| {
        Problem::parameter(
            "Content-Crs",
            format!("Content-Crs: {fault}"),
            format!("the URI of an offered system, such as <{CRS84_URI}>"),
        )
    })
}

/// Says which system the coordinates of an answer are in.
pub fn told(response: Response, crs: &Crs) -> Response {
    answer::with(response, CONTENT_CRS, &format!("<{}>", crs.code().uri()))
}

/// Turns the geometry of a GeoJSON body into longitude, latitude. What is no geometry, or has heights, is left for the body's own check.
///
/// # Errors
/// 400 for coordinates that the system has no place for.
pub fn to_crs84(body: &mut serde_json::Value, crs: &Crs) -> Result<(), Problem> {
    if crs.is_geographic() && !crs.is_northing_first() {
        return Ok(());
    }
    let is_taken = |geometry: &&mut serde_json::Value| !geometry.is_null() && Shape::is_flat_json(geometry);
    let Some(geometry) = body.get_mut("geometry").filter(is_taken) else { return Ok(()) };
    let Ok(written) = serde_json::from_value::<geojson::Geometry>(geometry.clone()) else { return Ok(()) };
    let Ok(found) = geo::Geometry::<f64>::try_from(&written.value) else { return Ok(()) };
    let found = if crs.is_northing_first() { swapped(&found) } else { found };
    let place = crs.unproject_geometry(&found).map_err(|fault| {
        Problem::parameter("geometry", format!("geometry: {fault}"), format!("coordinates of {}", crs.code()))
    })?;
    *geometry = serde_json::to_value(geojson::Geometry::from(&place)).map_err(Problem::internal)?;
    Ok(())
}
