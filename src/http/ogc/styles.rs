//! OGC API – Styles (draft 20-009), as far as clients use it: the map's MapLibre style, and for each collection a few styles as SLD
//! and QML. Nothing is kept here: styles are made from one table in `formats::style`.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::Response;
use axum::routing::get;
use maud::html;

use super::collections::plan_collection;
use super::html::page;
use super::media::{F, Media};
use crate::formats::style::{LabelLanguage, LayerStyle, SldVersion, StyleId, qml, sld};
use crate::http::answer::{self, HTML, JSON, MAPLIBRE_STYLE, Problem, QML, SLD_10, SLD_11};
use crate::http::asked::Asked;
use crate::http::params::{Param, ParamShape, Params, wrong};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::styles::{LANG, map_style};
use crate::http::wire::{OgcLink, StyleItem, StyleList};
use crate::plan::Collection;

/// What of the draft is here.
pub const CONFORMS_TO: [&str; 4] = [
    "http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/mapbox-styles",
    "http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/sld-10",
    "http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/sld-11",
];

const REL_STYLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/styles";
const STYLESHEET: &str = "stylesheet";

const MAP_F: Param = Param::new("f", ParamShape::OneOf(&["mapbox"]), "Representation; there is this one.");
const LAYER_F: Param = Param::new(
    "f",
    ParamShape::OneOf(&["sld10", "sld11", "qml"]),
    "Representation, in place of the Accept header; SLD 1.0 when neither says.",
);

pub fn routes() -> Vec<Route> {
    let route = |path, id, summary, parameters, answer, handler| Route {
        path,
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id,
        summary,
        parameters,
        body: None,
        answer,
        handler,
    };
    vec![
        route(
            "/ogc/styles",
            "list_styles",
            "The styles of the whole map; those of its layers are with their collections.",
            &[&F],
            Answer::ogc::<StyleList>(&[JSON, HTML]),
            get(list_styles),
        ),
        route(
            "/ogc/styles/{styleId}",
            "find_map_style",
            "A MapLibre style of the whole map; its id is plan.",
            &[&MAP_F, &LANG],
            Answer::bytes(&[MAPLIBRE_STYLE]),
            get(find_map_style),
        ),
        route(
            "/ogc/collections/{collectionId}/styles",
            "list_layer_styles",
            "The styles of a collection for desktop GIS.",
            &[&F],
            Answer::ogc::<StyleList>(&[JSON, HTML]),
            get(list_layer_styles),
        ),
        route(
            "/ogc/collections/{collectionId}/styles/{styleId}",
            "find_layer_style",
            "A style of a collection by light, stage or position, as SLD 1.0, SLD 1.1 or QGIS's QML.",
            &[&LAYER_F, &LANG],
            Answer::bytes(&[SLD_10, SLD_11, QML]),
            get(find_layer_style),
        ),
    ]
}

/// The links of the landing page, or of a collection, that lead to styles.
pub fn style_links(base: &str, collection: Option<&str>) -> Vec<OgcLink> {
    let title = if collection.is_some() { "Its styles" } else { "Styles of the map" };
    vec![super::link(base, &format!("{}?f=json", styles_of(collection)), REL_STYLES, JSON, title)]
}

/// The look of a collection, with labels in a language.
pub(super) fn layer_style(collection: &Collection, style: StyleId, labels: LabelLanguage) -> LayerStyle {
    let family = collection.geometry_type.into();
    LayerStyle::new(collection.id.as_str(), collection.title.clone(), style, family, labels)
}

/// The language that `lang` asks labels in.
pub(super) fn language(params: &Params) -> Result<LabelLanguage, Problem> {
    Ok(match params.one_of(&LANG)? {
        Some("en") => LabelLanguage::English,
        _ => LabelLanguage::Chinese,
    })
}

async fn list_styles(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    let plan = StyleItem {
        id: "plan".to_owned(),
        title: "计划图 The plan's map".to_owned(),
        links: vec![super::link(&base, "/ogc/styles/plan?f=mapbox", STYLESHEET, MAPLIBRE_STYLE, "MapLibre style")],
    };
    let document = StyleList { default: "plan", styles: vec![plan], links: both(&base, None) };
    told(&asked.headers, &asked.base_url(), media, "Styles", &document)
}

async fn find_map_style(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&[&MAP_F, &LANG])?;
    params.one_of(&MAP_F)?;
    if id != "plan" {
        return Err(Problem::not_found("styleId", format!("there is no style {id}; there is plan")));
    }
    let style = map_style(params.one_of(&LANG)?.unwrap_or("zh"), &asked.base_url())?;
    answer::json(&asked.headers, MAPLIBRE_STYLE, &style)
}

async fn list_layer_styles(asked: Asked, Path(collection): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    let view = asked.view().await?;
    let collection = plan_collection(&view, &collection)?;
    let id = collection.id.as_str();
    let item = |style: StyleId| {
        let sheet = |f: &str, media_type, title: &str| {
            let path = format!("{}/{}?f={f}", styles_of(Some(id)), style.as_str());
            super::link(&base, &path, STYLESHEET, media_type, title)
        };
        let title = style.title();
        StyleItem {
            id: style.as_str().to_owned(),
            title: format!("{} {}", title.zh, title.en),
            links: vec![
                sheet("sld10", SLD_10, "SLD 1.0"),
                sheet("sld11", SLD_11, "SLD 1.1"),
                sheet("qml", QML, "QGIS layer style"),
            ],
        }
    };
    let document = StyleList {
        default: StyleId::Light.as_str(),
        styles: StyleId::ALL.into_iter().map(item).collect(),
        links: both(&base, Some(id)),
    };
    told(
        &asked.headers,
        &asked.base_url(),
        media,
        &format!("{} {}: styles", collection.title.zh, collection.title.en),
        &document,
    )
}

async fn find_layer_style(
    asked: Asked,
    Path((collection, style)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let params = asked.params(&[&LAYER_F, &LANG])?;
    let form = Form::of(&params, &asked.headers)?;
    let labels = language(&params)?;
    let view = asked.view().await?;
    let collection = plan_collection(&view, &collection)?;
    let style = StyleId::by_id(&style).ok_or_else(|| {
        let known = StyleId::ALL.map(StyleId::as_str).join(", ");
        Problem::not_found("styleId", format!("there is no style {style}; there are {known}"))
    })?;
    let style = layer_style(collection, style, labels);
    let (media_type, ending, text) = match form {
        Form::Sld10 => (SLD_10, "sld", sld(&style, SldVersion::V1_0)),
        Form::Sld11 => (SLD_11, "sld", sld(&style, SldVersion::V1_1)),
        Form::Qml => (QML, "qml", qml(&style)),
    };
    let name = format!("{}-{}.{ending}", collection.id, style.style.as_str());
    let response = answer::tagged(&asked.headers, media_type, text.into_bytes());
    Ok(answer::varies(answer::saved_as(response, &name)))
}

#[derive(Clone, Copy)]
enum Form {
    Sld10,
    Sld11,
    Qml,
}

impl Form {
    fn of(params: &Params, headers: &HeaderMap) -> Result<Form, Problem> {
        match params.raw(&LAYER_F) {
            Some("sld10") => return Ok(Form::Sld10),
            Some("sld11") => return Ok(Form::Sld11),
            Some("qml") => return Ok(Form::Qml),
            Some(other) => return Err(wrong(&LAYER_F, format_args!("{other:?} cannot be given"))),
            None => {}
        }
        let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let accepted = accepted.collect::<Vec<_>>().join(",").replace(' ', "");
        Ok(if accepted.contains(SLD_11) {
            Form::Sld11
        } else if accepted.contains(QML) {
            Form::Qml
        } else {
            Form::Sld10
        })
    }
}

fn told(headers: &HeaderMap, base: &str, media: Media, title: &str, document: &StyleList) -> Result<Response, Problem> {
    match media {
        Media::Json => answer::json(headers, JSON, document).map(answer::varies),
        Media::Html => {
            let body = html! {
                @for style in &document.styles {
                    h2 { (style.title) }
                    ul { @for link in &style.links { li { a href=(link.href) { (link.title) } " " code { (link.media_type) } } } }
                }
            };
            Ok(page(headers, base, title, &[], &body))
        }
    }
}

fn styles_of(collection: Option<&str>) -> String {
    collection.map_or_else(|| "/ogc/styles".to_owned(), |id| format!("/ogc/collections/{id}/styles"))
}

fn both(base: &str, collection: Option<&str>) -> Vec<OgcLink> {
    let path = styles_of(collection);
    vec![
        super::link(base, &format!("{path}?f=json"), "self", JSON, "This document"),
        super::link(base, &format!("{path}?f=html"), "alternate", "text/html", "This document as a page"),
    ]
}
