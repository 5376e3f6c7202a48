//! A mapping held against the file and the plan: every layer, field, collection and reference system that it names is there.

use super::mapping::{Defaults, LayerMapping, Mapping, Matching};
use super::suggest::Inspection;
use crate::atlas::Atlas;
use crate::formats::layer::{FoundCrs, InspectedLayer, ReadOptions};
use crate::plan::{Collection, Text};
use crate::services::workbook::{Absent, Fault};
use crate::spatial::{Crs, CrsCode, Offset};

/// A layer that goes into a collection, with all that its reading takes.
pub struct CheckedLayer<'a> {
    pub layer: &'a InspectedLayer,
    pub collection: &'a Collection,
    pub crs: Crs,
    pub offset: Option<Offset>,
    pub options: ReadOptions,
    pub by: Matching,
    pub columns: Columns,
    pub defaults: &'a Defaults,
    pub absent: Absent,
}

/// Where the file has each field; none where it is not mapped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    pub id: Option<usize>,
    pub project: Option<usize>,
    pub name_zh: Option<usize>,
    pub name_en: Option<usize>,
    pub class: Option<usize>,
    pub accuracy_m: Option<usize>,
    pub position: Option<usize>,
    pub basis_zh: Option<usize>,
    pub basis_en: Option<usize>,
}

/// The layers that go somewhere.
///
/// # Errors
/// Every member of the mapping that cannot be done.
pub fn check<'a>(
    mapping: &'a Mapping,
    inspection: &'a Inspection,
    atlas: &'a Atlas,
) -> Result<Vec<CheckedLayer<'a>>, Vec<Fault>> {
    let (mut layers, mut faults) = (Vec::new(), Vec::new());
    for (at, mapped) in mapping.layers.iter().enumerate() {
        let twice = mapping.layers[..at].iter().any(|earlier| earlier.layer == mapped.layer);
        if twice {
            let detail = Text::new("这个图层出现了两次", "the layer is there twice");
            faults.push(Fault::new(&format!("layers[{at}].layer"), detail, Text::new("每层一次", "each layer once")));
            continue;
        }
        layers.extend(one(at, mapped, inspection, atlas, &mut faults));
    }
    if mapping.workbook.is_some() && !inspection.has_sheets {
        let detail = Text::new("文件里没有计划的工作表", "the file has no sheets of a plan");
        faults.push(Fault::new("workbook", detail, Text::new("不填", "none")));
    }
    if faults.is_empty() { Ok(layers) } else { Err(faults) }
}

fn one<'a>(
    at: usize,
    mapped: &'a LayerMapping,
    inspection: &'a Inspection,
    atlas: &'a Atlas,
    faults: &mut Vec<Fault>,
) -> Option<CheckedLayer<'a>> {
    let before = faults.len();
    let mut wrong = |member: &str, detail: Text, expected: Text| {
        faults.push(Fault::new(&format!("layers[{at}].{member}"), detail, expected));
    };
    let Some(layer) = inspection.layers.iter().find(|layer| layer.name == mapped.layer) else {
        let (name, known) = (&mapped.layer, names(inspection.layers.iter().map(|layer| layer.name.as_str())));
        let detail = Text::new(format!("文件里没有 {name}"), format!("the file has no layer {name}"));
        wrong("layer", detail, Text::new(known.clone(), format!("one of {known}")));
        return None;
    };
    let id = mapped.collection.as_ref()?;
    let collection = atlas.collection(id.as_str());
    if collection.is_none() {
        let known = names(atlas.collections().map(|collection| collection.id.as_str()));
        let detail = Text::new(format!("没有图层 {id}"), format!("there is no collection {id}"));
        wrong("collection", detail, Text::new(known.clone(), format!("one of {known}")));
    }
    let crs = crs(mapped, layer, &mut wrong);
    let mut columns = Columns::default();
    for (name, field) in mapped.fields.iter() {
        let Some(field) = field else { continue };
        match layer.fields.iter().position(|known| known.name == field) {
            Some(column) => columns.put(name, column),
            None => {
                let known = names(layer.fields.iter().map(|field| field.name.as_str()));
                let detail = Text::new(format!("没有字段 {field}"), format!("there is no field {field}"));
                wrong(&format!("fields.{name}"), detail, Text::new(known.clone(), format!("one of {known}")));
            }
        }
    }
    if faults.len() > before {
        return None;
    }
    Some(CheckedLayer {
        layer,
        collection: collection?,
        crs: crs?,
        offset: mapped.offset,
        options: ReadOptions { encoding: mapped.encoding },
        by: mapped.by,
        columns,
        defaults: &mapped.defaults,
        absent: mapped.absent,
    })
}

fn crs(mapped: &LayerMapping, layer: &InspectedLayer, wrong: &mut impl FnMut(&str, Text, Text)) -> Option<Crs> {
    const EXPECTED: (&str, &str) = (
        "EPSG:4549、EPSG:4490、EPSG:4326、EPSG:3857 或 OGC:CRS84 这样的代号",
        "a code such as EPSG:4549, EPSG:4490, EPSG:4326, EPSG:3857 or OGC:CRS84",
    );
    let expected = || Text::new(EXPECTED.0, EXPECTED.1);
    if let Some(name) = &mapped.crs {
        let known = CrsCode::parse(name).and_then(|code| match code {
            CrsCode::Crs84 => Some(Crs::crs84()),
            CrsCode::Epsg(number) => Crs::epsg(number),
        });
        if known.is_none() {
            let detail = Text::new(format!("不认识 {name}"), format!("{name} is not known here"));
            wrong("crs", detail, expected());
        }
        return known;
    }
    match &layer.crs {
        FoundCrs::Stated(crs) => return Some(crs.clone()),
        FoundCrs::Unknown(name) => {
            let detail = Text::new(
                format!("文件说是 {name}，这里不认识；请指定坐标系"),
                format!("the file says {name}, which is not known here; say which: it is one of the systems offered"),
            );
            wrong("crs", detail, expected());
        }
        FoundCrs::Missing => {
            let detail = Text::new(
                "文件没有说明坐标系；请指定是哪一个",
                "the file does not tell its reference system; say which: ask whoever made it",
            );
            wrong("crs", detail, expected());
        }
    }
    None
}

/// Names with commas between them, not all of very many.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    const TOLD: usize = 40;
    all.take(TOLD).collect::<Vec<_>>().join(", ")
}

impl Columns {
    fn put(&mut self, name: &str, column: usize) {
        let place = match name {
            "id" => &mut self.id,
            "project" => &mut self.project,
            "name_zh" => &mut self.name_zh,
            "name_en" => &mut self.name_en,
            "class" => &mut self.class,
            "accuracy_m" => &mut self.accuracy_m,
            "position" => &mut self.position,
            "basis_zh" => &mut self.basis_zh,
            _ => &mut self.basis_en,
        };
        *place = Some(column);
    }
}
