//! Styled Layer Descriptor 1.0.0 (OGC 02-070) and 1.1.0 with Symbology Encoding (OGC 05-078r4, 05-077r4).

use super::xml::Xml;
use super::{Applies, Colour, FILL_OPACITY, Family, Firmness, LayerStyle, Mark, Rule};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SldVersion {
    V1_0,
    V1_1,
}

/// The tags that the two versions call by different names.
struct Tags {
    version: &'static str,
    schema: &'static str,
    name: &'static str,
    feature_type_style: &'static str,
    rule: &'static str,
    point: &'static str,
    line: &'static str,
    polygon: &'static str,
    text: &'static str,
    graphic: &'static str,
    mark: &'static str,
    well_known_name: &'static str,
    fill: &'static str,
    stroke: &'static str,
    parameter: &'static str,
    size: &'static str,
    label: &'static str,
    font: &'static str,
    halo: &'static str,
    radius: &'static str,
    placement: &'static str,
    along_line: &'static str,
    at_point: &'static str,
    anchor: [&'static str; 3],
    displacement: [&'static str; 3],
}

const V1_0: Tags = Tags {
    version: "1.0.0",
    schema: "http://www.opengis.net/sld http://schemas.opengis.net/sld/1.0.0/StyledLayerDescriptor.xsd",
    name: "Name",
    feature_type_style: "FeatureTypeStyle",
    rule: "Rule",
    point: "PointSymbolizer",
    line: "LineSymbolizer",
    polygon: "PolygonSymbolizer",
    text: "TextSymbolizer",
    graphic: "Graphic",
    mark: "Mark",
    well_known_name: "WellKnownName",
    fill: "Fill",
    stroke: "Stroke",
    parameter: "CssParameter",
    size: "Size",
    label: "Label",
    font: "Font",
    halo: "Halo",
    radius: "Radius",
    placement: "LabelPlacement",
    along_line: "LinePlacement",
    at_point: "PointPlacement",
    anchor: ["AnchorPoint", "AnchorPointX", "AnchorPointY"],
    displacement: ["Displacement", "DisplacementX", "DisplacementY"],
};

const V1_1: Tags = Tags {
    version: "1.1.0",
    schema: "http://www.opengis.net/sld http://schemas.opengis.net/sld/1.1.0/StyledLayerDescriptor.xsd",
    name: "se:Name",
    feature_type_style: "se:FeatureTypeStyle",
    rule: "se:Rule",
    point: "se:PointSymbolizer",
    line: "se:LineSymbolizer",
    polygon: "se:PolygonSymbolizer",
    text: "se:TextSymbolizer",
    graphic: "se:Graphic",
    mark: "se:Mark",
    well_known_name: "se:WellKnownName",
    fill: "se:Fill",
    stroke: "se:Stroke",
    parameter: "se:SvgParameter",
    size: "se:Size",
    label: "se:Label",
    font: "se:Font",
    halo: "se:Halo",
    radius: "se:Radius",
    placement: "se:LabelPlacement",
    along_line: "se:LinePlacement",
    at_point: "se:PointPlacement",
    anchor: ["se:AnchorPoint", "se:AnchorPointX", "se:AnchorPointY"],
    displacement: ["se:Displacement", "se:DisplacementX", "se:DisplacementY"],
};

/// Pixels across a point's mark.
const MARK_SIZE: &str = "12";
/// Pixels of a line, of the white on either side of it, and of an outline.
const LINE_WIDTH: &str = "3";
const CASING_WIDTH: &str = "5";
const EDGE_WIDTH: &str = "1.5";
const DASHES: &str = "6 4";
/// Pixels from a mark's middle to its name: above it, or below it in QGIS, which would pass over this beside an anchor.
const OFF_MARK: &str = "14";

/// The style as a document of one layer, which is called as the collection is.
pub fn sld(style: &LayerStyle, version: SldVersion) -> String {
    let tags = match version {
        SldVersion::V1_0 => &V1_0,
        SldVersion::V1_1 => &V1_1,
    };
    let mut namespaces = vec![
        ("version", tags.version),
        ("xmlns", "http://www.opengis.net/sld"),
        ("xmlns:ogc", "http://www.opengis.net/ogc"),
        ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xsi:schemaLocation", tags.schema),
    ];
    if version == SldVersion::V1_1 {
        namespaces.push(("xmlns:se", "http://www.opengis.net/se"));
    }
    let mut xml = Xml::new();
    let name = style.style.title();
    xml.within("StyledLayerDescriptor", &namespaces, |xml| {
        xml.within("NamedLayer", &[], |xml| {
            xml.text(tags.name, &[], &style.name);
            xml.within("UserStyle", &[], |xml| {
                xml.text(tags.name, &[], style.style.as_str());
                title(xml, version, &format!("{} {} – {} {}", style.title.zh, style.title.en, name.zh, name.en));
                xml.within(tags.feature_type_style, &[], |xml| {
                    style.rules.iter().enumerate().for_each(|(place, rule)| {
                        write_rule(xml, tags, version, style, rule, place);
                    });
                });
            });
        });
    });
    xml.finish()
}

fn title(xml: &mut Xml, version: SldVersion, title: &str) {
    match version {
        SldVersion::V1_0 => xml.text("Title", &[], title),
        SldVersion::V1_1 => xml.within("se:Description", &[], |xml| xml.text("se:Title", &[], title)),
    }
}

fn write_rule(xml: &mut Xml, tags: &Tags, version: SldVersion, style: &LayerStyle, rule: &Rule, place: usize) {
    xml.within(tags.rule, &[], |xml| {
        xml.text(tags.name, &[], &format!("{}-{}", style.style.as_str(), place + 1));
        title(xml, version, &format!("{} {}", rule.title.zh, rule.title.en));
        match &rule.applies {
            Applies::Absent(property) => xml.within("ogc:Filter", &[], |xml| {
                xml.within("ogc:PropertyIsNull", &[], |xml| xml.text("ogc:PropertyName", &[], property));
            }),
            Applies::When(conditions) => xml.within("ogc:Filter", &[], |xml| {
                let all = |xml: &mut Xml| {
                    for condition in conditions {
                        let comparison =
                            if condition.is_equal { "ogc:PropertyIsEqualTo" } else { "ogc:PropertyIsNotEqualTo" };
                        xml.within(comparison, &[], |xml| {
                            xml.text("ogc:PropertyName", &[], condition.property);
                            xml.text("ogc:Literal", &[], condition.word);
                        });
                    }
                };
                if conditions.len() > 1 { xml.within("ogc:And", &[], all) } else { all(xml) }
            }),
        }
        match style.family {
            Family::Points => point(xml, tags, rule),
            Family::Lines => line(xml, tags, rule),
            Family::Areas => area(xml, tags, rule),
        }
        name(xml, tags, style);
    });
}

fn point(xml: &mut Xml, tags: &Tags, rule: &Rule) {
    let mark = match rule.look.mark {
        Mark::Circle => "circle",
        Mark::Triangle => "triangle",
        // The standard's marks have nothing nearer to an octagon.
        Mark::Octagon => "square",
    };
    let is_hollow = rule.look.firmness == Firmness::Placeholder;
    let inside = if is_hollow { Colour::WHITE } else { rule.look.fill };
    let outline = if is_hollow || rule.look.mark == Mark::Triangle { rule.look.edge } else { Colour::WHITE };
    xml.within(tags.point, &[], |xml| {
        xml.within(tags.graphic, &[], |xml| {
            xml.within(tags.mark, &[], |xml| {
                xml.text(tags.well_known_name, &[], mark);
                fill(xml, tags, inside, 1.0);
                stroke(xml, tags, outline, if is_hollow { "2" } else { EDGE_WIDTH }, None);
            });
            xml.text(tags.size, &[], MARK_SIZE);
        });
    });
}

fn line(xml: &mut Xml, tags: &Tags, rule: &Rule) {
    let dashes = (rule.look.firmness != Firmness::Surveyed).then_some(DASHES);
    xml.within(tags.line, &[], |xml| stroke(xml, tags, Colour::WHITE, CASING_WIDTH, None));
    xml.within(tags.line, &[], |xml| stroke(xml, tags, rule.look.edge, LINE_WIDTH, dashes));
}

fn area(xml: &mut Xml, tags: &Tags, rule: &Rule) {
    let dashes = (rule.look.firmness != Firmness::Surveyed).then_some(DASHES);
    xml.within(tags.polygon, &[], |xml| {
        if rule.look.firmness != Firmness::Placeholder {
            fill(xml, tags, rule.look.fill, FILL_OPACITY);
        }
        stroke(xml, tags, rule.look.edge, EDGE_WIDTH, dashes);
    });
}

fn name(xml: &mut Xml, tags: &Tags, style: &LayerStyle) {
    xml.within(tags.text, &[], |xml| {
        xml.within(tags.label, &[], |xml| xml.text("ogc:PropertyName", &[], style.labels.properties()[0]));
        xml.within(tags.font, &[], |xml| {
            parameter(xml, tags, "font-family", "Noto Sans CJK SC");
            parameter(xml, tags, "font-size", "12");
        });
        xml.within(tags.placement, &[], |xml| match style.family {
            Family::Lines => xml.empty(tags.along_line, &[]),
            Family::Points => xml.within(tags.at_point, &[], |xml| pair(xml, tags.displacement, ["0", OFF_MARK])),
            Family::Areas => xml.within(tags.at_point, &[], |xml| pair(xml, tags.anchor, ["0.5", "0.5"])),
        });
        xml.within(tags.halo, &[], |xml| {
            xml.text(tags.radius, &[], "2");
            fill(xml, tags, Colour::WHITE, 1.0);
        });
        fill(xml, tags, Colour::INK, 1.0);
    });
}

/// An element with two numbers: across, and up.
fn pair(xml: &mut Xml, [tag, x, y]: [&'static str; 3], [across, up]: [&str; 2]) {
    xml.within(tag, &[], |xml| {
        xml.text(x, &[], across);
        xml.text(y, &[], up);
    });
}

fn fill(xml: &mut Xml, tags: &Tags, colour: Colour, opacity: f64) {
    xml.within(tags.fill, &[], |xml| {
        parameter(xml, tags, "fill", &colour.hex());
        if opacity < 1.0 {
            parameter(xml, tags, "fill-opacity", &opacity.to_string());
        }
    });
}

fn stroke(xml: &mut Xml, tags: &Tags, colour: Colour, width: &str, dashes: Option<&str>) {
    xml.within(tags.stroke, &[], |xml| {
        parameter(xml, tags, "stroke", &colour.hex());
        parameter(xml, tags, "stroke-width", width);
        if let Some(dashes) = dashes {
            parameter(xml, tags, "stroke-dasharray", dashes);
        }
    });
}

fn parameter(xml: &mut Xml, tags: &Tags, name: &str, value: &str) {
    xml.text(tags.parameter, &[("name", name)], value);
}
