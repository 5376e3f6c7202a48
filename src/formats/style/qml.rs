//! QGIS's layer style (QML): rules with symbols, and names beside them.

use super::xml::Xml;
use super::{Applies, Colour, FILL_OPACITY, Family, Firmness, LayerStyle, Mark, Rule};

/// The QGIS whose files these are; older ones since 3.16 and newer ones read them too.
pub(super) const QGIS_VERSION: &str = "3.22.0-Białowieża";

/// The style as a document of its own.
pub fn qml(style: &LayerStyle) -> String {
    let mut xml = Xml::with_doctype("qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'");
    let attributes = [("version", QGIS_VERSION), ("styleCategories", "Symbology|Labeling"), ("labelsEnabled", "1")];
    xml.within("qgis", &attributes, |xml| write_look(xml, style));
    xml.finish()
}

/// Symbols and labels, as they stand in a style and in a layer.
pub(super) fn write_look(xml: &mut Xml, style: &LayerStyle) {
    xml.within("renderer-v2", &[("type", "RuleRenderer"), ("symbollevels", "0"), ("enableorderby", "0")], |xml| {
        xml.within("rules", &[("key", &key(0))], |xml| {
            for (place, rule) in style.rules.iter().enumerate() {
                let label = format!("{} {}", rule.title.zh, rule.title.en);
                let (filter, symbol) = (filter(rule), place.to_string());
                let attributes =
                    [("key", &*key(place + 1)), ("symbol", &symbol), ("label", &label), ("filter", &filter)];
                xml.empty("rule", &attributes);
            }
        });
        xml.within("symbols", &[], |xml| {
            for (place, rule) in style.rules.iter().enumerate() {
                symbol(xml, style.family, rule, &place.to_string());
            }
        });
    });
    labels(xml, style);
}

/// A rule's key: any UUID that is no other's within the layer.
fn key(place: usize) -> String {
    format!("{{00000000-0000-4000-8000-{place:012}}}")
}

fn filter(rule: &Rule) -> String {
    let conditions = match &rule.applies {
        Applies::When(conditions) => conditions,
        Applies::Absent(property) => return format!("\"{property}\" IS NULL"),
    };
    let compared = conditions.iter().map(|condition| {
        let operator = if condition.is_equal { "=" } else { "<>" };
        format!("\"{}\" {operator} '{}'", condition.property, condition.word)
    });
    compared.collect::<Vec<_>>().join(" AND ")
}

/// White under lines, in millimetres, and what lies on it.
const CASING_WIDTH: &str = "1.5";
const LINE_WIDTH: &str = "0.9";
const EDGE_WIDTH: &str = "0.4";
const MARK_SIZE: &str = "3.2";

fn symbol(xml: &mut Xml, family: Family, rule: &Rule, name: &str) {
    let kind = match family {
        Family::Points => "marker",
        Family::Lines => "line",
        Family::Areas => "fill",
    };
    let attributes = [("type", kind), ("name", name), ("alpha", "1"), ("clip_to_extent", "1"), ("force_rhr", "0")];
    let look = &rule.look;
    let dash = if look.firmness == Firmness::Surveyed { "solid" } else { "dash" };
    let (fill, edge) = (look.fill.rgba(255), look.edge.rgba(255));
    let white = Colour::WHITE.rgba(255);
    xml.within("symbol", &attributes, |xml| match family {
        Family::Points => {
            let is_hollow = look.firmness == Firmness::Placeholder;
            let outline = if is_hollow || look.mark == Mark::Triangle { &edge } else { &white };
            let mark = match look.mark {
                Mark::Circle => "circle",
                Mark::Triangle => "triangle",
                Mark::Octagon => "octagon",
            };
            let options = [
                ("name", mark),
                ("color", if is_hollow { &white } else { &fill }),
                ("outline_color", outline),
                ("outline_style", "solid"),
                ("outline_width", if is_hollow { "0.6" } else { EDGE_WIDTH }),
                ("outline_width_unit", "MM"),
                ("size", MARK_SIZE),
                ("size_unit", "MM"),
            ];
            layer(xml, "SimpleMarker", &options);
        }
        Family::Lines => {
            stroke(xml, &white, CASING_WIDTH, "solid");
            stroke(xml, &edge, LINE_WIDTH, dash);
        }
        Family::Areas => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 255")]
            let inside = look.fill.rgba((FILL_OPACITY * 255.0) as u8);
            let options = [
                ("color", &*inside),
                ("style", if look.firmness == Firmness::Placeholder { "no" } else { "solid" }),
                ("outline_color", &edge),
                ("outline_style", dash),
                ("outline_width", EDGE_WIDTH),
                ("outline_width_unit", "MM"),
                ("joinstyle", "bevel"),
            ];
            layer(xml, "SimpleFill", &options);
        }
    });
}

fn stroke(xml: &mut Xml, colour: &str, width: &str, style: &str) {
    let round = if style == "solid" { "round" } else { "flat" };
    let options = [
        ("line_color", colour),
        ("line_width", width),
        ("line_width_unit", "MM"),
        ("line_style", style),
        ("capstyle", round),
        ("joinstyle", "round"),
    ];
    layer(xml, "SimpleLine", &options);
}

/// A layer of a symbol, its options in both ways in which versions of QGIS look for them.
fn layer(xml: &mut Xml, class: &str, options: &[(&str, &str)]) {
    xml.within("layer", &[("class", class), ("enabled", "1"), ("locked", "0"), ("pass", "0")], |xml| {
        xml.within("Option", &[("type", "Map")], |xml| {
            for (name, value) in options {
                xml.empty("Option", &[("name", name), ("value", value), ("type", "QString")]);
            }
        });
        for (name, value) in options {
            xml.empty("prop", &[("k", name), ("v", value)]);
        }
    });
}

fn labels(xml: &mut Xml, style: &LayerStyle) {
    let [name, other] = style.labels.properties();
    let expression = format!("coalesce(\"{name}\", \"{other}\")");
    let (ink, white) = (Colour::INK.rgba(255), Colour::WHITE.rgba(255));
    // QGIS's own numbers: points beside, lines along, areas inside.
    let placement = match style.family {
        Family::Points => "6",
        Family::Lines => "2",
        Family::Areas => "1",
    };
    xml.within("labeling", &[("type", "simple")], |xml| {
        xml.within("settings", &[("calloutType", "simple")], |xml| {
            let text_style = [
                ("fieldName", &*expression),
                ("isExpression", "1"),
                ("fontFamily", "Noto Sans CJK SC"),
                ("fontSize", "9"),
                ("fontSizeUnit", "Point"),
                ("textColor", &ink),
                ("textOpacity", "1"),
            ];
            xml.within("text-style", &text_style, |xml| {
                let buffer = [
                    ("bufferDraw", "1"),
                    ("bufferSize", "0.8"),
                    ("bufferSizeUnits", "MM"),
                    ("bufferColor", &*white),
                    ("bufferOpacity", "1"),
                    ("bufferJoinStyle", "128"),
                    ("bufferNoFill", "1"),
                ];
                xml.empty("text-buffer", &buffer);
            });
            // Long Chinese names break after some characters.
            xml.empty("text-format", &[("autoWrapLength", "12"), ("useMaxLineLengthForAutoWrap", "1")]);
            let placed = [
                ("placement", placement),
                ("placementFlags", "10"),
                // From the edge of the mark, not from its middle.
                ("offsetType", "1"),
                ("dist", "0.6"),
                ("distUnits", "MM"),
                ("predefinedPositionOrder", "R,L,TR,BR,TL,BL,TSR,BSR"),
                ("centroidInside", "1"),
                ("priority", "5"),
            ];
            xml.empty("placement", &placed);
            xml.empty("rendering", &[("drawLabels", "1"), ("obstacle", "1"), ("displayAll", "0")]);
        });
    });
}
