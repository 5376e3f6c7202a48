//! Files that open the plan in QGIS by a double click: a layer definition and a project, over this server's OGC API.

use axum::response::Response;
use axum::routing::get;
use geo::{Coord, Rect};

use super::styles::{language, layer_style};
use crate::formats::style::{
    DesktopLayer, DesktopProject, Family, LabelLanguage, StyleId, layer_definition, project_file,
};
use crate::http::answer::{self, Problem, QGIS_LAYERS, QGIS_PROJECT};
use crate::http::asked::Asked;
use crate::http::params::{Param, ParamShape};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::styles::LANG;
use crate::http::wire::OgcLink;
use crate::plan::{Collection, Text};
use crate::services::View;
use crate::spatial::{TileGrid, TileId, union};

const STYLE: Param = Param::new(
    "style",
    ParamShape::OneOf(&["light", "stage", "position"]),
    "What the layers are coloured by; light when absent.",
);

/// Where the view of a project ends beyond its features, as a share of their extent.
const VIEW_MARGIN: f64 = 0.1;

pub fn routes() -> Vec<Route> {
    let route = |path, id, summary, answer, handler| Route {
        path,
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id,
        summary,
        parameters: &[&STYLE, &LANG],
        body: None,
        answer,
        handler,
    };
    vec![
        route(
            "/ogc/guatu.qlr",
            "find_layer_definition",
            "A QGIS layer definition: all collections as OGC API layers in a group, styled.",
            Answer::bytes(&[QGIS_LAYERS]),
            get(find_layer_definition),
        ),
        route(
            "/ogc/guatu.qgs",
            "find_project_file",
            "A QGIS project: all collections as OGC API layers, styled, at the plan's extent.",
            Answer::bytes(&[QGIS_PROJECT]),
            get(find_project_file),
        ),
    ]
}

/// The links of the landing page that lead to QGIS's files.
pub fn desktop_links(base: &str) -> Vec<OgcLink> {
    vec![
        super::link(base, "/ogc/guatu.qlr", "related", QGIS_LAYERS, "All layers for QGIS"),
        super::link(base, "/ogc/guatu.qgs", "related", QGIS_PROJECT, "A QGIS project of all layers"),
    ]
}

async fn find_layer_definition(asked: Asked) -> Result<Response, Problem> {
    let file = file(&asked, layer_definition).await?;
    Ok(answer::saved_as(answer::tagged(&asked.headers, QGIS_LAYERS, file), "guatu.qlr"))
}

async fn find_project_file(asked: Asked) -> Result<Response, Problem> {
    let file = file(&asked, project_file).await?;
    Ok(answer::saved_as(answer::tagged(&asked.headers, QGIS_PROJECT, file), "guatu.qgs"))
}

async fn file(asked: &Asked, write: impl Fn(&DesktopProject) -> String) -> Result<Vec<u8>, Problem> {
    let params = asked.params(&[&STYLE, &LANG])?;
    let style = params.one_of(&STYLE)?.and_then(StyleId::by_id).unwrap_or(StyleId::Light);
    let labels = language(&params)?;
    let view = asked.view().await?;
    let url = format!("{}/ogc", asked.base_url());
    let plan = view.atlas.plan();
    let project = DesktopProject {
        title: Text {
            zh: format!("{}{}年工作计划", plan.district.zh, plan.year),
            en: format!("{} plan {}", plan.district.en, plan.year),
        },
        note: Text {
            zh: "位置为示意；虚线和空心表示未经测量。".to_owned(),
            en: "Positions are schematic; what is dashed or hollow is not surveyed.".to_owned(),
        },
        ogc_url: &url,
        layers: layers(&view, style, labels),
        view: view.atlas.plan_collections().filter_map(|one| view.atlas.extent(one)).reduce(union).map(in_metres),
    };
    Ok(write(&project).into_bytes())
}

/// The plan's collections from the top down: points, lines, areas.
fn layers(view: &View, style: StyleId, labels: LabelLanguage) -> Vec<DesktopLayer> {
    let layer = |collection: &Collection| DesktopLayer {
        geometry_type: collection.geometry_type,
        style: layer_style(collection, style, labels),
    };
    let mut layers: Vec<DesktopLayer> = view.atlas.plan_collections().map(layer).collect();
    layers.sort_by_key(|layer| match layer.style.family {
        Family::Points => 0,
        Family::Lines => 1,
        Family::Areas => 2,
    });
    layers
}

/// A box of degrees in metres of Web Mercator, somewhat wider.
fn in_metres(rect: Rect) -> Rect {
    let [west, south, east, north] = TileGrid::WebMercatorQuad.bounds();
    let at = |corner: Coord| {
        let Ok(whole) = TileId::new(0, 0, 0) else { return corner };
        let place = whole.locate(corner);
        Coord { x: west + place.x * (east - west), y: north - place.y * (north - south) }
    };
    let (low, high) = (at(rect.min()), at(rect.max()));
    // A single point has no extent; a kilometre around it does.
    let wider = |from: f64, to: f64| ((to - from) * VIEW_MARGIN).max(500.0);
    let (x, y) = (wider(low.x, high.x), wider(low.y, high.y));
    Rect::new(Coord { x: low.x - x, y: low.y - y }, Coord { x: high.x + x, y: high.y + y })
}
