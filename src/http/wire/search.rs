//! What a search by name found.

use schemars::JsonSchema;
use serde::Serialize;

use crate::index::Language;
use crate::plan::{Kind, Slug, Text};
use crate::services::search::{Found, Hit};
use crate::spatial::BBox;

/// Best match first.
#[derive(Serialize, JsonSchema)]
pub struct SearchAnswer {
    hits: Vec<HitWire>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SearchHit")]
struct HitWire {
    #[serde(rename = "type")]
    hit_type: HitType,
    id: Slug,
    name: Text,
    /// Of a place: the collection whose feature it is.
    collection: Option<Slug>,
    /// Of a project.
    kind: Option<Kind>,
    /// Of what stands in the plan.
    section: Option<Slug>,
    /// West, south, east, north of what to frame.
    bbox: Option<[f64; 4]>,
    #[serde(rename = "match")]
    name_match: MatchWire,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum HitType {
    Project,
    Target,
    Quota,
    Theme,
    Place,
}

/// Where the name holds the query, in characters (Unicode code points).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NameMatch")]
struct MatchWire {
    lang: Lang,
    start: usize,
    length: usize,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Lang {
    Zh,
    En,
}

impl SearchAnswer {
    pub fn new(hits: &[Hit]) -> SearchAnswer {
        SearchAnswer { hits: hits.iter().map(HitWire::new).collect() }
    }
}

impl HitWire {
    fn new(hit: &Hit) -> HitWire {
        let (hit_type, id, name, kind, section) = match &hit.found {
            Found::Project(summary) => {
                let project = &summary.row.value;
                (HitType::Project, &project.id, &project.name, Some(project.kind), Some(&project.section))
            }
            Found::Target(target) => (HitType::Target, &target.id, &target.name, None, Some(&target.section)),
            Found::Quota(quota) => (HitType::Quota, &quota.id, &quota.name, None, Some(&quota.section)),
            Found::Theme(theme) => (HitType::Theme, &theme.id, &theme.name, None, Some(&theme.section)),
            Found::Place(place) => (HitType::Place, &place.id, &place.name, None, None),
        };
        let collection = match &hit.found {
            Found::Place(place) => Some(place.collection.clone()),
            Found::Project(_) | Found::Target(_) | Found::Quota(_) | Found::Theme(_) => None,
        };
        let lang = match hit.name_hit.language {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        };
        HitWire {
            hit_type,
            id: id.clone(),
            name: name.clone(),
            collection,
            kind,
            section: section.cloned(),
            bbox: hit.rect.map(|rect| BBox::from(rect).into()),
            name_match: MatchWire { lang, start: hit.name_hit.start, length: hit.name_hit.length },
        }
    }
}
