//! Features as GeoJSON collections, with distances where they were asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::projects::round1;
use super::tally::Tallied;
use crate::formats::{Value, geojson};
use crate::plan::{Feature, Kind, Light, Slug, Stage};
use crate::services::nearby::{Answer, Near, Nearby};
use crate::services::{Facts, View};
use crate::spatial::MAX_RADIUS_M;

/// A GeoJSON FeatureCollection (RFC 7946).
#[derive(Serialize, JsonSchema)]
pub struct FeatureCollection<'a> {
    #[serde(rename = "type")]
    collection_type: &'static str,
    #[schemars(with = "Vec<GeoJsonFeature>")]
    features: Vec<geojson::Feature<'a>>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its fields exist for the schema only")]
pub(super) struct GeoJsonFeature {
    #[schemars(rename = "type")]
    feature_type: String,
    id: String,
    bbox: [f64; 4],
    geometry: GeoJsonGeometry,
    properties: FeatureProperties,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its fields exist for the schema only")]
struct GeoJsonGeometry {
    #[schemars(rename = "type")]
    geometry_type: crate::spatial::GeometryType,
    /// Nested as deep as the type asks; longitude before latitude.
    coordinates: Vec<serde_json::Value>,
}

/// What a plan feature carries: itself, and its project's facts.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its fields exist for the schema only")]
struct FeatureProperties {
    collection: String,
    project: Option<String>,
    kind: Kind,
    name_zh: String,
    name_en: String,
    project_zh: Option<String>,
    project_en: Option<String>,
    section: Option<String>,
    quota: Option<String>,
    aim: Option<crate::plan::Aim>,
    due: Option<String>,
    stage: Option<Stage>,
    progress: Option<f64>,
    light: Option<Light>,
    accuracy_m: f64,
    position: crate::plan::Position,
    basis_zh: Option<String>,
    basis_en: Option<String>,
    class: Option<String>,
}

/// The schema of features with their distance.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its fields exist for the schema only")]
struct NearCollection {
    #[schemars(rename = "type")]
    collection_type: String,
    features: Vec<NearFeature>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its fields exist for the schema only")]
struct NearFeature {
    #[schemars(rename = "type")]
    feature_type: String,
    id: String,
    bbox: [f64; 4],
    geometry: GeoJsonGeometry,
    properties: NearProperties,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "its fields exist for the schema only")]
struct NearProperties {
    #[serde(flatten)]
    facts: FeatureProperties,
    /// Metres on the ellipsoid.
    distance_m: f64,
    /// Degrees clockwise from north; null at distance zero.
    bearing_deg: Option<f64>,
}

impl<'a> FeatureCollection<'a> {
    pub fn of_places(view: &'a View, places: Vec<&'a Feature>) -> FeatureCollection<'a> {
        let features = places.into_iter().filter_map(|place| of_any_collection(view, place)).collect();
        FeatureCollection { collection_type: "FeatureCollection", features }
    }
}

fn of_any_collection<'a>(view: &'a View, feature: &'a Feature) -> Option<geojson::Feature<'a>> {
    let collection = view.atlas.collection(feature.collection.as_str())?;
    Some(plain_feature(view.facts(collection, feature)))
}

/// A feature with its facts, as `/ogc` and exports give it.
pub(super) fn plain_feature(facts: Facts<'_>) -> geojson::Feature<'_> {
    geojson::Feature {
        id: facts.feature.id.as_str(),
        shape: &facts.feature.shape,
        crs: None,
        properties: facts.values().collect(),
    }
}

/// A feature with its distance and bearing among its facts.
fn near_feature<'a>(view: &'a View, near: &Near<'a>) -> geojson::Feature<'a> {
    let mut feature = plain_feature(view.facts(near.collection, near.feature));
    feature.properties.push(("distance_m", Value::Number(round1(near.distance_m))));
    feature.properties.push(("bearing_deg", near.bearing_deg.map_or(Value::Absent, |b| Value::Number(round1(b)))));
    feature
}

/// Features by distance.
#[derive(Serialize, JsonSchema)]
pub struct NearbyFeatures<'a> {
    #[serde(flatten)]
    #[schemars(with = "NearCollection")]
    collection: FeatureCollection<'a>,
    /// How many there are within the radius; null when that was not counted, as there are more than the limit.
    number_matched: Option<usize>,
    number_returned: usize,
    /// Whether there are more within the radius than the limit let through.
    truncated: bool,
    /// The feature that was measured from; null when it was a position. One of the context has fewer properties.
    #[schemars(with = "Option<GeoJsonFeature>")]
    origin: Option<geojson::Feature<'a>>,
}

impl<'a> NearbyFeatures<'a> {
    pub fn new(view: &'a View, nearby: &Nearby<'a>, origin: Option<&'a Feature>) -> NearbyFeatures<'a> {
        NearbyFeatures {
            collection: collection(view, &nearby.found),
            number_matched: (!nearby.truncated).then_some(nearby.found.len()),
            number_returned: nearby.found.len(),
            truncated: nearby.truncated,
            origin: origin.and_then(|feature| of_any_collection(view, feature)),
        }
    }
}

fn collection<'a>(view: &'a View, found: &[Near<'a>]) -> FeatureCollection<'a> {
    let features = found.iter().map(|near| near_feature(view, near)).collect();
    FeatureCollection { collection_type: "FeatureCollection", features }
}

/// Features that stand in a relation to a shape, with counts over all that match.
#[derive(Serialize, JsonSchema)]
pub struct QueryAnswer<'a> {
    #[serde(flatten)]
    #[schemars(with = "NearCollection")]
    collection: FeatureCollection<'a>,
    number_matched: usize,
    number_returned: usize,
    truncated: bool,
    /// Over all that match, however many are told.
    counts: Counts,
    /// The feature whose shape was asked with; null when it was a geometry. One of the context has fewer properties.
    #[schemars(with = "Option<GeoJsonFeature>")]
    origin: Option<geojson::Feature<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AnswerCounts")]
struct Counts {
    kind: Tallied<Kind>,
    stage: Tallied<Stage>,
    light: Tallied<Light>,
}

impl<'a> QueryAnswer<'a> {
    pub fn new(view: &'a View, answer: &Answer<'a>, origin: Option<&'a Feature>) -> QueryAnswer<'a> {
        QueryAnswer {
            collection: collection(view, &answer.found),
            number_matched: answer.matched,
            number_returned: answer.found.len(),
            truncated: answer.found.len() < answer.matched,
            origin: origin.and_then(|feature| of_any_collection(view, feature)),
            counts: Counts {
                kind: Tallied::from(&answer.kind),
                stage: Tallied::from(&answer.stage),
                light: Tallied::from(&answer.light),
            },
        }
    }
}

/// A spatial question.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryRequest {
    /// A GeoJSON geometry, longitude before latitude (WGS 84). Either this or `feature`.
    #[serde(default)]
    #[schemars(with = "Option<GeoJsonGeometry>")]
    pub geometry: Option<serde_json::Value>,
    /// A feature of the plan or of the context as `collection/id`, whose own shape is asked with; it is left out of the answer.
    #[serde(default)]
    pub feature: Option<String>,
    pub relation: RelationWord,
    /// Metres, for `dwithin` and only for it.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = MAX_RADIUS_M))]
    pub distance_m: Option<f64>,
    /// Plan collections to look in; all when absent.
    #[serde(default)]
    pub collections: Option<Vec<Slug>>,
    #[serde(default)]
    pub kind: Vec<Kind>,
    #[serde(default)]
    pub stage: Vec<Stage>,
    #[serde(default)]
    pub light: Vec<Light>,
    /// Features told; 1000 when absent. Counts are over all.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<usize>,
}

/// How features must stand to the shape asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Relation")]
pub enum RelationWord {
    /// They share a point.
    Intersects,
    /// The feature lies inside the shape.
    Within,
    /// The shape lies inside the feature.
    Contains,
    /// They are at most `distance_m` apart.
    Dwithin,
}
