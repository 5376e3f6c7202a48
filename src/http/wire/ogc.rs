//! The documents of OGC API – Features Part 1 (OGC 17-069r4), with links as it names them.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::features::{GeoJsonFeature, plain_feature};
use crate::formats::geojson;
use crate::plan::{Collection, Date};
use crate::services::items::ItemPage;
use crate::services::{Facts, View};
use crate::spatial::{BBox, CRS84_URI, Crs, CrsCatalogue, CrsCode};

/// A link to another resource.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OgcLink {
    pub href: String,
    pub rel: &'static str,
    #[serde(rename = "type")]
    pub media_type: &'static str,
    pub title: String,
}

/// Where a caller begins.
#[derive(Serialize, JsonSchema)]
pub struct LandingPage {
    pub title: String,
    pub description: String,
    pub links: Vec<OgcLink>,
}

/// Styles with their stylesheets, as OGC API – Styles (draft 20-009) lists them.
#[derive(Serialize, JsonSchema)]
pub struct StyleList {
    /// The id of the style to take when in doubt.
    pub default: &'static str,
    pub styles: Vec<StyleItem>,
    pub links: Vec<OgcLink>,
}

#[derive(Serialize, JsonSchema)]
pub struct StyleItem {
    pub id: String,
    pub title: String,
    pub links: Vec<OgcLink>,
}

/// Which parts of the standard are implemented.
#[derive(Serialize, JsonSchema)]
pub struct Conformance {
    #[serde(rename = "conformsTo")]
    pub conforms_to: Vec<&'static str>,
    pub links: Vec<OgcLink>,
}

#[derive(Serialize, JsonSchema)]
pub struct Collections {
    pub links: Vec<OgcLink>,
    pub collections: Vec<CollectionWire>,
}

/// A set of features with one geometry type.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Collection")]
pub struct CollectionWire {
    pub id: String,
    pub title: String,
    pub description: String,
    #[serde(rename = "itemType")]
    item_type: &'static str,
    pub extent: Extent,
    /// Systems that features are given and taken in; the first is the default.
    pub crs: Vec<String>,
    /// In which features are kept.
    #[serde(rename = "storageCrs")]
    storage_crs: &'static str,
    pub links: Vec<OgcLink>,
}

#[derive(Serialize, JsonSchema)]
pub struct Extent {
    /// Absent when there is no feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spatial: Option<SpatialExtent>,
    /// From the first to the last due date; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporal: Option<TemporalExtent>,
}

#[derive(Serialize, JsonSchema)]
pub struct SpatialExtent {
    /// West, south, east, north.
    pub bbox: Vec<[f64; 4]>,
    crs: &'static str,
}

#[derive(Serialize, JsonSchema)]
pub struct TemporalExtent {
    pub interval: Vec<[String; 2]>,
    trs: &'static str,
}

/// A page of a collection. It has no timeStamp, which the standard leaves open: the entity tag then holds while nothing changes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Items")]
pub struct ItemsWire<'a> {
    #[serde(rename = "type")]
    collection_type: &'static str,
    links: Vec<OgcLink>,
    #[serde(rename = "numberMatched")]
    number_matched: usize,
    #[serde(rename = "numberReturned")]
    number_returned: usize,
    #[schemars(with = "Vec<GeoJsonFeature>")]
    features: Vec<geojson::Feature<'a>>,
}

/// One feature of a collection.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Item")]
pub struct ItemWire<'a> {
    #[serde(flatten)]
    #[schemars(with = "GeoJsonFeature")]
    feature: geojson::Feature<'a>,
    links: Vec<OgcLink>,
}

impl CollectionWire {
    pub fn new(
        view: &View,
        collection: &Collection,
        zone: &TimeZone,
        known: &CrsCatalogue,
        links: Vec<OgcLink>,
    ) -> CollectionWire {
        let spatial = view
            .atlas
            .extent(collection)
            .map(|rect| SpatialExtent { bbox: vec![BBox::from(rect).into()], crs: CRS84_URI });
        let temporal = view.due_interval(collection).map(|(first, last)| TemporalExtent {
            interval: vec![[first_instant(first, zone), first_instant(last, zone)]],
            trs: "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        });
        let plan = view.atlas.plan();
        CollectionWire {
            id: collection.id.to_string(),
            title: format!("{} {}", collection.title.zh, collection.title.en),
            description: format!(
                "{} ({}) of the {} plan of {}. The properties accuracy_m and position say how well each place is known.",
                collection.title.en, collection.geometry_type, plan.year, plan.district.en
            ),
            item_type: "feature",
            extent: Extent { spatial, temporal },
            crs: known.iter().map(|crs| crs.code().uri()).collect(),
            storage_crs: CRS84_URI,
            links,
        }
    }
}

/// The standard wants instants; a due date begins with its day, where the operator's days begin.
fn first_instant(date: Date, zone: &TimeZone) -> String {
    date.to_zoned_datetime(zone.clone()).map_or_else(|_| format!("{date}T00:00:00Z"), |at| at.timestamp().to_string())
}

impl<'a> ItemsWire<'a> {
    pub fn new(page: ItemPage<'a>, links: Vec<OgcLink>, crs: &'a Crs, properties: Option<&[&str]>) -> ItemsWire<'a> {
        ItemsWire {
            collection_type: "FeatureCollection",
            links,
            number_matched: page.matched,
            number_returned: page.items.len(),
            features: page.items.into_iter().map(|facts| feature(facts, crs, properties)).collect(),
        }
    }
}

impl<'a> ItemWire<'a> {
    pub fn new(facts: Facts<'a>, links: Vec<OgcLink>, crs: &'a Crs, properties: Option<&[&str]>) -> ItemWire<'a> {
        ItemWire { feature: feature(facts, crs, properties), links }
    }
}

fn feature<'a>(facts: Facts<'a>, crs: &'a Crs, properties: Option<&[&str]>) -> geojson::Feature<'a> {
    let mut feature = plain_feature(facts);
    // What is kept is given as it is, not turned and rounded.
    feature.crs = (crs.code() != CrsCode::Crs84).then_some(crs);
    if let Some(wanted) = properties {
        feature.properties.retain(|(name, _)| wanted.contains(name));
    }
    feature
}
