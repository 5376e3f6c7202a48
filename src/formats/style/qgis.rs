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
        xml.within("projectCrs", &[], |xml| reference_system(xml, &WEB_MERCATOR));
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
                xml.within("destinationsrs", &[], |xml| reference_system(xml, &WEB_MERCATOR));
            });
        }
        if let Some(view) = project.view {
            let numbers = [view.min().x, view.min().y, view.max().x, view.max().y].map(|number| number.to_string());
            let [west, south, east, north] = &numbers;
            let extent = [("xmin", &**west), ("ymin", south), ("xmax", east), ("ymax", north)];
            xml.within("ProjectViewSettings", &[("UseProjectScales", "0")], |xml| {
                xml.within("DefaultViewExtent", &extent, |xml| reference_system(xml, &WEB_MERCATOR));
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
            xml.within("SpatialRefSys", &[], |xml| xml.text("ProjectionsEnabled", &[("type", "int")], "1"));
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
        // QGIS knows this one everywhere, and takes it as longitude, latitude, as all its coordinates.
        xml.within("srs", &[], |xml| reference_system(xml, &WGS_84));
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

/// A reference system as QGIS writes it: its name decides, but what is said beside it must be said whole.
struct System {
    number: &'static str,
    /// QGIS's own.
    internal: &'static str,
    proj4: &'static str,
    description: &'static str,
    projection: &'static str,
    is_geographic: &'static str,
}

const WGS_84: System = System {
    number: "4326",
    internal: "3452",
    proj4: "+proj=longlat +datum=WGS84 +no_defs",
    description: "WGS 84",
    projection: "longlat",
    is_geographic: "true",
};

const WEB_MERCATOR: System = System {
    number: "3857",
    internal: "3857",
    proj4: "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs",
    description: "WGS 84 / Pseudo-Mercator",
    projection: "merc",
    is_geographic: "false",
};

fn reference_system(xml: &mut Xml, system: &System) {
    xml.within("spatialrefsys", &[], |xml| {
        xml.text("proj4", &[], system.proj4);
        xml.text("srsid", &[], system.internal);
        xml.text("srid", &[], system.number);
        xml.text("authid", &[], &format!("EPSG:{}", system.number));
        xml.text("description", &[], system.description);
        xml.text("projectionacronym", &[], system.projection);
        xml.text("ellipsoidacronym", &[], "EPSG:7030");
        xml.text("geographicflag", &[], system.is_geographic);
    });
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
