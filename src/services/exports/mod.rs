//! Exports: which features go out, in which system and format, and what came of it. Pure but for the file that it is told to write; `desk` keeps
//! exports that run and that wait to be fetched.

mod compare;
pub mod desk;
mod receipt;
mod tiles;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use geo::{CoordsIter, Geometry, MapCoords};

pub use compare::{LargestError, MAX_COMPARED};
pub use receipt::{Receipt, ReceiptLayer, Request, Source};

use super::items::ItemFilter;
use super::scan::{Scan, ScanError, Stop};
use super::{Facts, FieldType, View, plan_fields, workbook};
use crate::formats::Value;
use crate::formats::file::{self, CsvGeometry, FileFormat, FileOptions, Formulas};
use crate::formats::layer::{
    Encoding, FeatureRow, FieldKind, Layer, LayerField, LayerWriter, MAX_FEATURES, MAX_FILE_VERTICES, WriteError,
    Written,
};
use crate::plan::{Collection, Feature, Kind, Position, Role, Slug, Timestamp, Word};
use crate::spatial::{Crs, CrsCode, CrsError, Offset};
use crate::store::scratch;

/// What is to go out, checked: all conditions hold together.
#[derive(Clone, Debug)]
pub struct Export {
    pub format: FileFormat,
    /// All of the plan's when none.
    pub collections: Option<Vec<Slug>>,
    pub projects: BTreeSet<Slug>,
    /// By collection and id.
    pub features: BTreeSet<(Slug, Slug)>,
    pub kinds: Vec<Kind>,
    pub filter: ItemFilter,
    pub crs: Arc<Crs>,
    pub offset: Option<Offset>,
    pub encoding: Encoding,
    pub bom: bool,
    pub csv_geometry: CsvGeometry,
    pub formulas: Formulas,
    /// The plan's tables as sheets beside the layers.
    pub tables: bool,
    pub zooms: (u8, u8),
}

/// How far an export is; whoever waits looks at it, and may stop it.
#[derive(Debug, Default)]
pub struct Progress {
    pub done: AtomicU64,
    pub total: AtomicU64,
    pub stop: Stop,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Ask for something else: the member of the request, what is wrong, what would be right.
    #[error("{member}: {detail}")]
    Request { member: &'static str, detail: String, expected: String },
    /// Choose another format, encoding or system.
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{feature}: {fault}")]
    Outside { feature: String, fault: CrsError },
    #[error("the file that was written cannot be read back: {0}")]
    ReadBack(String),
    #[error("it was stopped")]
    Stopped,
}

/// What was written, before its bytes are counted.
pub struct Made {
    pub layers: Vec<ReceiptLayer>,
    pub written: Written,
    pub largest_error: Option<LargestError>,
}

const TOO_LARGE_TO_COMPARE: &str =
    "The file is too large to be read back here, so the error of its coordinates was not measured.";

/// Room for text in columns of fixed width, so that whoever edits the file can write a longer name.
const LEAST_TEXT_BYTES: usize = 80;

impl Progress {
    /// All that there is to do is done.
    fn complete(&self) {
        self.done.store(self.total.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }

    /// Tells what was left unfinished from what came to its end.
    fn check(&self) -> Result<(), ExportError> {
        if self.is_stopped() { Err(ExportError::Stopped) } else { Ok(()) }
    }
}

impl Export {
    /// Holds what goes together against each other.
    ///
    /// # Errors
    /// [`ExportError::Request`] with the member that does not fit.
    pub fn check(&self, view: &View) -> Result<(), ExportError> {
        let wrong = |member, detail: String, expected: &str| {
            Err(ExportError::Request { member, detail, expected: expected.to_owned() })
        };
        for id in self.collections.iter().flatten() {
            if !view.atlas.plan_collections().any(|collection| collection.id == *id) {
                return wrong("collections", format!("there is no collection {id}"), "ids of the plan's collections");
            }
        }
        if let Some(project) = self.projects.iter().find(|id| view.atlas.projects.get(id).is_none()) {
            return wrong("projects", format!("there is no project {project}"), "ids of projects");
        }
        if !self.format.takes(&self.crs) {
            let detail = format!("{} does not hold {}", self.format.id(), self.crs.code());
            return wrong("crs", detail, self.format.takes_words());
        }
        if self.offset.is_some() && !self.crs.is_geographic() && self.crs.code() != CrsCode::Epsg(3857) {
            let detail = format!("offset coordinates are no surveyor's, and {} is", self.crs.code());
            return wrong("offset", detail, "a crs in degrees, or EPSG:3857");
        }
        if self.encoding != Encoding::Utf8 && !self.format.has_encodings() {
            return wrong("encoding", format!("{} leaves no choice of encoding", self.format.id()), "no encoding");
        }
        Ok(())
    }

    /// Whether conditions choose among the features of its collections.
    fn is_a_part(&self) -> bool {
        !self.filter.is_empty() || !self.features.is_empty() || !self.projects.is_empty() || !self.kinds.is_empty()
    }

    /// The member of a request by which nothing may be left, where nothing is.
    fn narrowest(&self) -> &'static str {
        if self.filter.condition.is_some() {
            "filter"
        } else if !self.features.is_empty() {
            "features"
        } else if self.filter.area.is_some() {
            "bbox"
        } else if !self.projects.is_empty() {
            "projects"
        } else if !self.kinds.is_empty() {
            "kinds"
        } else {
            "collections"
        }
    }

    /// The collections that something may go out of, in the plan's order.
    fn chosen<'a>(&'a self, view: &'a View) -> impl Iterator<Item = &'a Collection> {
        let is_named =
            |collection: &Collection| self.collections.as_ref().is_none_or(|ids| ids.contains(&collection.id));
        let is_kind = |collection: &Collection| match collection.role {
            Role::Plan { kind } => self.kinds.is_empty() || self.kinds.contains(&kind),
            Role::Context => false,
        };
        view.atlas.plan_collections().filter(move |collection| is_named(collection) && is_kind(collection))
    }

    /// What goes out of a collection, by number, as far as the scan goes.
    fn features<'a>(&self, view: &'a View, collection: &'a Collection, scan: &Scan) -> impl Iterator<Item = Facts<'a>> {
        view.matching(collection, &self.filter, scan).filter(|facts| self.is_selected(facts.feature))
    }

    fn unended(&self, fault: ScanError) -> ExportError {
        match fault {
            ScanError::Stopped => ExportError::Stopped,
            ScanError::TooMuch => ExportError::Request {
                member: self.narrowest(),
                detail: fault.to_string(),
                expected: "something simpler, such as shorter patterns or fewer of them, or a bbox beside it"
                    .to_owned(),
            },
        }
    }

    fn is_selected(&self, feature: &Feature) -> bool {
        let is_of = |id: &Slug| self.projects.contains(id);
        (self.projects.is_empty() || feature.project.as_ref().is_some_and(is_of))
            && (self.features.is_empty() || self.features.contains(&(feature.collection.clone(), feature.id.clone())))
    }

    /// The geometry as the file has it, x east and y north.
    fn placed(&self, feature: &Feature) -> Result<Geometry, ExportError> {
        let geometry = feature.shape.geometry();
        let outside = |fault| ExportError::Outside { feature: format!("{}/{}", feature.collection, feature.id), fault };
        match self.offset {
            Some(offset) => self.crs.project_geometry(&geometry.map_coords(|at| offset.apply(at))).map_err(outside),
            None => self.crs.project_geometry(geometry).map_err(outside),
        }
    }

    /// Writes all of it into the file at `path`, and reads it back where the format can be read.
    ///
    /// Cost: each feature is looked at three times: to measure, to write, to compare; conditions are held against it once. Memory does not grow with their
    /// number but for a list of candidates, one of what goes out (8 bytes each), and what the format's own index takes.
    ///
    /// # Errors
    /// [`ExportError`]; the file is of no use then.
    pub fn write(
        &self,
        view: &View,
        path: &Path,
        scratch_folder: &Path,
        at: Timestamp,
        progress: &Progress,
    ) -> Result<Made, ExportError> {
        let layers = self.measure(view, progress)?;
        let total: u64 = layers.iter().map(|layer| layer.receipt.count).sum();
        progress.total.store(total * 2, Ordering::Relaxed);
        progress.done.store(0, Ordering::Relaxed);
        if self.format == FileFormat::Pmtiles {
            let notes = tiles::write(self, view, &layers, path, progress)?;
            let written = Written { renamed: Vec::new(), notes };
            return Ok(Made { layers: receipts(layers), written, largest_error: None });
        }
        let plan = view.atlas.plan();
        let has_tables = self.format == FileFormat::Xlsx && self.tables;
        let options = FileOptions {
            name: format!("{}{} {} {}", plan.district.zh, plan.year, plan.district.en, plan.year),
            at,
            encoding: self.encoding,
            bom: self.bom,
            csv_geometry: self.csv_geometry,
            formulas: self.formulas,
            many: layers.len() > 1,
            tables: if has_tables { workbook::tables(&view.atlas) } else { Vec::new() },
            rules: if has_tables { workbook::rules() } else { Vec::new() },
        };
        let mut writer = file::writer(self.format, || scratch::create(path), path, scratch_folder, &options)?;
        for layer in &layers {
            self.write_layer(view, layer, &mut *writer, progress)?;
        }
        let mut written = writer.finish()?;
        // Readers have limits that writers have not.
        let vertices: u64 = layers.iter().map(|layer| layer.vertices).sum();
        let largest_error = if total > MAX_FEATURES || vertices > MAX_FILE_VERTICES as u64 {
            written.notes.push(TOO_LARGE_TO_COMPARE.to_owned());
            None
        } else {
            compare::read_back(self, view, path, progress)?
        };
        progress.complete();
        Ok(Made { layers: receipts(layers), written, largest_error })
    }

    fn write_layer(
        &self,
        view: &View,
        measured: &Measured,
        writer: &mut dyn LayerWriter,
        progress: &Progress,
    ) -> Result<(), ExportError> {
        writer.begin(&measured.layer)?;
        let mut values: Vec<Value> = Vec::with_capacity(measured.layer.fields.len());
        for feature in measured.features.iter().take_while(|_| !progress.is_stopped()) {
            let facts = view.facts(measured.collection, feature);
            let geometry = self.placed(feature)?;
            values.clear();
            values.extend(facts.values().map(|(_, value)| value));
            let (number, id) = (facts.feature.number, facts.feature.id.as_str());
            writer.feature(&FeatureRow { number, id, geometry: &geometry, values: &values })?;
            progress.step();
        }
        progress.check()?;
        Ok(writer.end()?)
    }

    /// What the layers will be: how many features, how long their values. Layers without features are left out.
    fn measure<'a>(&'a self, view: &'a View, progress: &'a Progress) -> Result<Vec<Measured<'a>>, ExportError> {
        let mut layers = Vec::new();
        let scan = Scan::new(progress.stop.clone());
        for collection in self.chosen(view) {
            let mut fields: Vec<LayerField> = plan_fields().iter().map(layer_field).collect();
            let (mut features, mut vertices) = (Vec::new(), 0);
            let mut positions = [0_u64; Position::ALL.len()];
            for facts in self.features(view, collection, &scan) {
                features.push(facts.feature);
                vertices += facts.feature.shape.geometry().coords_count() as u64;
                progress.step();
                positions[facts.feature.position as usize] += 1;
                for (field, (_, value)) in fields.iter_mut().zip(facts.values()) {
                    if let Value::Text(text) = value {
                        field.max_bytes = field.max_bytes.max(text.len());
                    }
                }
            }
            scan.check().map_err(|fault| self.unended(fault))?;
            let count = features.len() as u64;
            if count > 0 {
                let layer = Layer {
                    // Files are taken apart and their names forgotten; a layer that is moved off says so itself.
                    name: self.offset.map_or_else(
                        || collection.id.to_string(),
                        |offset| format!("{}_{}", collection.id, offset.as_str()),
                    ),
                    title: collection.title.clone(),
                    geometry_type: collection.geometry_type,
                    fields,
                    crs: Arc::clone(&self.crs),
                    offset: self.offset,
                    count,
                };
                let receipt = ReceiptLayer::new(collection, count, &positions);
                layers.push(Measured { collection, layer, features, vertices, receipt });
            }
        }
        if layers.is_empty() {
            return Err(ExportError::Request {
                member: self.narrowest(),
                detail: "nothing matches, so there is nothing to write".to_owned(),
                expected: "conditions that at least one feature meets".to_owned(),
            });
        }
        Ok(layers)
    }
}

/// A layer that is about to be written.
struct Measured<'a> {
    collection: &'a Collection,
    layer: Layer,
    /// What goes out of it, by number.
    features: Vec<&'a Feature>,
    vertices: u64,
    receipt: ReceiptLayer,
}

fn receipts(layers: Vec<Measured>) -> Vec<ReceiptLayer> {
    layers.into_iter().map(|layer| layer.receipt).collect()
}

fn layer_field(field: &super::facts::Field) -> LayerField {
    let kind = match field.field_type {
        FieldType::Text | FieldType::Word(_) => FieldKind::Text,
        FieldType::Number => FieldKind::Number,
        FieldType::Date => FieldKind::Date,
    };
    let max_bytes = match field.field_type {
        FieldType::Word(words) => words().into_iter().map(str::len).max().unwrap_or_default(),
        FieldType::Text => LEAST_TEXT_BYTES,
        FieldType::Number | FieldType::Date => 0,
    };
    LayerField { name: field.name.to_owned(), kind, meaning: field.meaning.to_owned(), max_bytes }
}
