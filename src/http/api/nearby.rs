//! What is near a position or a feature.

use axum::response::Response;
use axum::routing::get;

use super::{KIND, LIGHT, STAGE};
use crate::http::answer::{self, GEOJSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::{AS_OF, Beyond, Param, ParamShape, wrong};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::NearbyFeatures;
use crate::plan::Feature;
use crate::services::View;
use crate::services::nearby::{FeatureFilter, Origin};
use crate::spatial::{LonLat, MAX_RADIUS_M};

const LON: Param = Param::new(
    "lon",
    ParamShape::Number { min: -180.0, max: 180.0 },
    "Longitude in degrees (WGS 84). With `lat`; not with `near`.",
);
const LAT: Param = Param::new("lat", ParamShape::Number { min: -90.0, max: 90.0 }, "Latitude in degrees (WGS 84).");
const NEAR: Param = Param::new(
    "near",
    ParamShape::Form("a feature as collection/id, such as roads/zuili-road"),
    "A feature of the plan or of the context (context_roads/changshui-road) to measure from, in place of a position. It is left out of the answer.",
);
const RADIUS: Param = Param::new(
    "radius_m",
    ParamShape::Number { min: 1.0, max: MAX_RADIUS_M },
    "How far to look, in metres on the ellipsoid; 1000 when absent.",
);
const LIMIT: Param =
    Param::new("limit", ParamShape::Limit { default: 50, max: 1_000, beyond: Beyond::Refused }, "Features told.");

const DEFAULT_RADIUS_M: f64 = 1_000.0;
const PARAMETERS: &[&Param] = &[&LON, &LAT, &NEAR, &RADIUS, &LIMIT, &KIND, &STAGE, &LIGHT, &AS_OF];

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/nearby",
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id: "list_nearby",
        summary: "The plan's features within a radius, nearest first, with distance_m (right to 0.5 %, zero inside a polygon) and bearing_deg.",
        parameters: PARAMETERS,
        body: None,
        answer: Answer::geojson::<NearbyFeatures<'static>>(),
        handler: get(list_nearby),
    }]
}

enum From {
    Position(LonLat),
    Feature(String),
}

async fn list_nearby(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(PARAMETERS)?;
    if params
        .raw(&LAT)
        .and_then(|text| text.parse().ok())
        .is_some_and(|lat: f64| lat.abs() > 90.0 && lat.abs() <= 180.0)
    {
        return Err(wrong(&LAT, "lies beyond a pole; lon and lat look swapped"));
    }
    let from = match (params.number(&LON)?, params.number(&LAT)?, params.raw(&NEAR)) {
        (None, None, Some(name)) => From::Feature(name.to_owned()),
        (Some(lon), Some(lat), None) => From::Position(LonLat::new(lon, lat).map_err(|fault| wrong(&LON, fault))?),
        (Some(_), None, None) => return Err(wrong(&LAT, "is required beside lon")),
        (None, _, None) => return Err(wrong(&LON, "is required, with lat, or near in place of both")),
        (_, _, Some(_)) => return Err(wrong(&NEAR, "goes without lon and lat")),
    };
    let radius_m = params.number(&RADIUS)?.unwrap_or(DEFAULT_RADIUS_M);
    let limit = params.limit(&LIMIT)?;
    let filter = FeatureFilter { kind: params.list(&KIND)?, stage: params.list(&STAGE)?, light: params.list(&LIGHT)? };
    asked
        .compute(move |asked, view| {
            let origin = match &from {
                From::Position(at) => Origin::Position(*at),
                From::Feature(name) => Origin::Feature(named_feature(view, NEAR.name, name)?),
            };
            let nearby = view.nearby(&origin, radius_m, limit, &filter);
            let measured_from = match origin {
                Origin::Position(_) => None,
                Origin::Feature(feature) => Some(feature),
            };
            answer::json(&asked.headers, GEOJSON, &NearbyFeatures::new(view, &nearby, measured_from))
        })
        .await
}

/// A feature of the plan or of the context by its name `collection/id`.
pub(super) fn named_feature<'a>(view: &'a View, parameter: &str, name: &str) -> Result<&'a Feature, Problem> {
    let Some((collection, id)) = name.split_once('/') else {
        let detail = format!("{parameter}: {name:?} is not a feature's name");
        return Err(Problem::parameter(parameter, detail, NEAR.expected()));
    };
    let found = view.atlas.collection(collection).and_then(|collection| view.atlas.feature(collection, id));
    found.map(|row| &row.value).ok_or_else(|| Problem::not_found(parameter, format!("there is no feature {name}")))
}
