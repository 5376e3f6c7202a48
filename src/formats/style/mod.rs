//! SAY IT to desktop GIS: how the plan's layers look, as SLD and QML, and QGIS files that hold layers and looks together.
//!
//! One table of colours, marks and rules; each format is written from it. The colours are those of the web app
//! (`web/src/domain/palette.ts`, `web/symbols/`), and so is the rule that what is not surveyed is drawn as not surveyed.

mod qgis;
mod qml;
mod rules;
mod sld;
mod xml;

pub use qgis::{DesktopLayer, DesktopProject, layer_definition, project_file};
pub use qml::qml;
pub use sld::{SldVersion, sld};

use crate::plan::Text;
use crate::spatial::GeometryType;
use rules::rules;

/// What a layer is coloured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StyleId {
    /// 红黄绿灯: how a project stands against its schedule.
    Light,
    /// How far a project has come.
    Stage,
    /// How well a place is known.
    Position,
}

impl StyleId {
    pub const ALL: [StyleId; 3] = [StyleId::Light, StyleId::Stage, StyleId::Position];

    pub fn as_str(self) -> &'static str {
        match self {
            StyleId::Light => "light",
            StyleId::Stage => "stage",
            StyleId::Position => "position",
        }
    }

    pub fn by_id(id: &str) -> Option<StyleId> {
        StyleId::ALL.into_iter().find(|style| style.as_str() == id)
    }

    pub fn title(self) -> Text {
        let (zh, en) = match self {
            StyleId::Light => ("按灯色", "By light"),
            StyleId::Stage => ("按阶段", "By stage"),
            StyleId::Position => ("按位置精度", "By how well the place is known"),
        };
        Text { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// Whose names stand beside the symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelLanguage {
    Chinese,
    English,
}

impl LabelLanguage {
    /// The property with the name, and the one to fall back to.
    fn properties(self) -> [&'static str; 2] {
        match self {
            LabelLanguage::Chinese => ["name_zh", "name_en"],
            LabelLanguage::English => ["name_en", "name_zh"],
        }
    }
}

/// What is drawn: a family of geometry types that look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Points,
    Lines,
    Areas,
}

impl From<GeometryType> for Family {
    fn from(geometry_type: GeometryType) -> Family {
        match geometry_type {
            GeometryType::Point | GeometryType::MultiPoint => Family::Points,
            GeometryType::LineString | GeometryType::MultiLineString => Family::Lines,
            GeometryType::Polygon | GeometryType::MultiPolygon => Family::Areas,
        }
    }
}

/// The look of one collection.
#[derive(Clone, Debug)]
pub struct LayerStyle {
    /// The collection's id.
    pub name: String,
    pub title: Text,
    pub style: StyleId,
    pub family: Family,
    pub labels: LabelLanguage,
    rules: Vec<Rule>,
}

impl LayerStyle {
    pub fn new(name: &str, title: Text, style: StyleId, family: Family, labels: LabelLanguage) -> LayerStyle {
        LayerStyle { name: name.to_owned(), title, style, family, labels, rules: rules(style, family) }
    }
}

/// How some of a layer's features are drawn. Exactly one rule holds for each.
#[derive(Clone, Debug)]
struct Rule {
    title: Text,
    applies: Applies,
    look: Look,
}

#[derive(Clone, Debug)]
enum Applies {
    /// When all conditions hold.
    When(Vec<Condition>),
    /// When the property is not there. Not "otherwise": QGIS draws such a rule of an SLD always.
    Absent(&'static str),
}

/// A property that is, or is not, a word.
#[derive(Clone, Copy, Debug)]
struct Condition {
    property: &'static str,
    word: &'static str,
    is_equal: bool,
}

#[derive(Clone, Copy, Debug)]
struct Look {
    fill: Colour,
    edge: Colour,
    mark: Mark,
    firmness: Firmness,
}

/// How surely something is where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Firmness {
    /// Drawn full.
    Surveyed,
    /// Lines and outlines dashed.
    Unsurveyed,
    /// Dashed, and hollow.
    Placeholder,
}

/// The shape of a point, so that a light speaks without its colour too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Circle,
    Triangle,
    Octagon,
}

/// Red, green, blue as 0xRRGGBB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour(u32);

impl Colour {
    const WHITE: Colour = Colour(0x00ff_ffff);
    /// Names on the map.
    const INK: Colour = Colour(0x001f_2a2e);

    fn hex(self) -> String {
        format!("#{:06x}", self.0)
    }

    /// As QGIS writes colours: red, green, blue and opacity, each to 255.
    fn rgba(self, opacity: u8) -> String {
        let [_, red, green, blue] = self.0.to_be_bytes();
        format!("{red},{green},{blue},{opacity}")
    }
}

/// Opacity of areas, as the web app has it for parks.
const FILL_OPACITY: f64 = 0.24;

#[cfg(test)]
mod tests;
