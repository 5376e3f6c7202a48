//! QGIS's layer definition (`.qlr`) and project (`.qgs`): the plan's collections as OGC API layers in one group, each with its look.

use geo::Rect;

use super::qml::{QGIS_VERSION, write_look};
use super::xml::Xml;
use super::{Family, LayerStyle};
use crate::plan::Text;
use crate::spatial::GeometryType;

/// What QGIS is to open.
pub struct DesktopProject<'a> {
    /// The plan's title: name of the group.
    pub title: Text,
    /// What a reader must know of the places: how sure they are.
    pub note: Text,
    /// The address of the OGC API's landing page.
    pub ogc_url: &'a str,
    /// From the top down.
    pub layers: Vec<DesktopLayer>,
    /// What a project shows first, in metres of Web Mercator.
    pub view: Option<Rect>,
}

/// A collection with its look.
pub struct DesktopLayer {
    pub geometry_type: GeometryType,
    pub style: LayerStyle,
}

const PROVIDER: &str = "OAPIF";

/// A group of layers that is added to whatever project is open.
pub fn layer_definition(project: &DesktopProject) -> String {
    let mut xml = Xml::with_doctype("qgis-layer-definition");
    xml.within("qlr", &[], |xml| {
        xml.within("layer-tree-group", &[("name", ""), ("checked", "Qt::Checked"), ("expanded", "1")], |xml| {
            group(xml, project);
        });
        xml.within("maplayers", &[], |xml| project.layers.iter().for_each(|layer| map_layer(xml, project, layer)));
    });
    xml.finish()
}

/// A project of its own, in Web Mercator so that it lies on most base maps.
pub fn project_file(project: &DesktopProject) -> String {
    let mut xml = Xml::with_doctype("qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'");
    let title = both(&project.title);
    xml.within("qgis", &[("version", QGIS_VERSION), ("projectname", &title)], |xml| {
        xml.text("title", &[], &title);
        xml.within("projectCrs", &[], |xml| reference_system(xml, "EPSG:3857"));
        xml.within("layer-tree-group", &[], |xml| group(xml, project));
        if let Some(view) = project.view {
            xml.within("mapcanvas", &[("name", "theMapCanvas"), ("annotationsVisible", "1")], |xml| {
                xml.text("units", &[], "meters");
                xml.within("extent", &[], |xml| {
                    xml.text("xmin", &[], &view.min().x.to_string());
                    xml.text("ymin", &[], &view.min().y.to_string());
                    xml.text("xmax", &[], &view.max().x.to_string());
                    xml.text("ymax", &[], &view.max().y.to_string());
                });
                xml.within("destinationsrs", &[], |xml| reference_system(xml, "EPSG:3857"));
            });
        }
        xml.within("projectlayers", &[], |xml| project.layers.iter().for_each(|layer| map_layer(xml, project, layer)));
        xml.within("layerorder", &[], |xml| {
            for layer in &project.layers {
                xml.empty("layer", &[("id", &layer_id(layer))]);
            }
        });
        xml.within("projectMetadata", &[], |xml| {
            xml.text("title", &[], &title);
            xml.text("abstract", &[], &both(&project.note));
        });
        // The note stands on the map, as whoever prints it would leave it out.
        xml.within("properties", &[], |xml| {
            xml.within("CopyrightLabel", &[], |xml| {
                xml.text("Enabled", &[("type", "bool")], "true");
                xml.text("Label", &[("type", "QString")], &both(&project.note));
                xml.text("Placement", &[("type", "int")], "3");
            });
        });
    });
    xml.finish()
}

fn group(xml: &mut Xml, project: &DesktopProject) {
    let attributes = [("name", &*both(&project.title)), ("checked", "Qt::Checked"), ("expanded", "1")];
    xml.within("layer-tree-group", &attributes, |xml| {
        for layer in &project.layers {
            let attributes = [
                ("id", &*layer_id(layer)),
                ("name", &both(&layer.style.title)),
                ("source", &source(project, layer)),
                ("providerKey", PROVIDER),
                ("checked", "Qt::Checked"),
                // Legends of many rules would fill the panel.
                ("expanded", "0"),
            ];
            xml.empty("layer-tree-layer", &attributes);
        }
    });
}

fn map_layer(xml: &mut Xml, project: &DesktopProject, layer: &DesktopLayer) {
    let geometry = match layer.style.family {
        Family::Points => "Point",
        Family::Lines => "Line",
        Family::Areas => "Polygon",
    };
    let attributes = [
        ("type", "vector"),
        ("geometry", geometry),
        ("wkbType", &*layer.geometry_type.to_string()),
        ("labelsEnabled", "1"),
        ("hasScaleBasedVisibilityFlag", "0"),
        ("simplifyDrawingHints", "1"),
    ];
    xml.within("maplayer", &attributes, |xml| {
        xml.text("id", &[], &layer_id(layer));
        xml.text("datasource", &[], &source(project, layer));
        xml.text("layername", &[], &both(&layer.style.title));
        xml.text("attribution", &[("href", project.ogc_url)], &both(&project.title));
        xml.within("srs", &[], |xml| reference_system(xml, "OGC:CRS84"));
        xml.within("resourceMetadata", &[], |xml| {
            xml.text("identifier", &[], &layer.style.name);
            xml.text("title", &[], &both(&layer.style.title));
            xml.text("abstract", &[], &both(&project.note));
        });
        xml.text("provider", &[("encoding", "UTF-8")], PROVIDER);
        write_look(xml, &layer.style);
        xml.text("previewExpression", &[], &format!("\"{}\"", layer.style.labels.properties()[0]));
    });
}

/// A system by its name alone; QGIS knows the rest.
fn reference_system(xml: &mut Xml, name: &str) {
    xml.within("spatialrefsys", &[], |xml| xml.text("authid", &[], name));
}

/// Where QGIS finds the collection, in its own way of writing that.
fn source(project: &DesktopProject, layer: &DesktopLayer) -> String {
    // Quotes of a value are written with a backslash; an id has none, and an address need not.
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    format!(
        "restrictToRequestBBOX='1' srsname='OGC:CRS84' typename='{}' url='{}'",
        quoted(&layer.style.name),
        quoted(project.ogc_url)
    )
}

fn layer_id(layer: &DesktopLayer) -> String {
    format!("guatu_{}_{}", layer.style.name.replace('-', "_"), layer.style.style.as_str())
}

fn both(text: &Text) -> String {
    format!("{} {}", text.zh, text.en)
}
