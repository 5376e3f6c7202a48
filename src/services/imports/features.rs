//! Features of a layer as records: each row is known again or new, its fields are put in, its geometry is brought to where it is.

use std::ops::ControlFlow;
use std::sync::Arc;

use geo::{BoundingRect, Coord, CoordsIter, Geometry, MapCoords};
use geo::{MultiLineString, MultiPoint, MultiPolygon};

use super::candidate::Candidate;
use super::checked::CheckedLayer;
use super::mapping::Matching;
use super::matching::{Known, Matcher};
use super::offset::{MAX_PAIRS, Pair, Suspicion, suspect};
use super::values::{Said, accuracy_m, missing, position, slug, text};
use super::{MAX_IMPORT_RECORDS, MAX_IMPORT_VERTICES};
use crate::atlas::{Atlas, Row};
use crate::formats::layer::ReadRow;
use crate::plan::{Feature, Record, RecordType, Slug, Text};
use crate::services::workbook::{Absent, Fault};
use crate::spatial::{GeometryType, MAX_VERTICES, Shape, ShapeError};
use crate::store::UNNUMBERED;

/// Coordinates that differ by less are the same: a tenth of a millimetre, as files of metres are rounded.
const SAME_DEGREES: f64 = 1e-9;

/// Reads the rows of one layer.
pub(super) struct FeatureReading<'a> {
    checked: &'a CheckedLayer<'a>,
    atlas: &'a Atlas,
    matcher: Matcher<'a>,
    layer: Arc<str>,
    candidates: Vec<Candidate>,
    pairs: Vec<Pair>,
    vertices: usize,
}

/// What a layer wants of the plan.
pub(super) struct ReadLayer {
    pub candidates: Vec<Candidate>,
    pub suspicion: Option<Suspicion>,
}

/// A shape of the file, and its middle before anything was moved back.
struct Placed {
    shape: Shape,
    middle: Coord,
}

impl<'a> FeatureReading<'a> {
    pub(super) fn new(checked: &'a CheckedLayer<'a>, atlas: &'a Atlas) -> FeatureReading<'a> {
        FeatureReading {
            checked,
            atlas,
            matcher: Matcher::new(atlas, checked.collection, checked.by),
            layer: checked.layer.name.as_str().into(),
            candidates: Vec::new(),
            pairs: Vec::new(),
            vertices: 0,
        }
    }

    pub(super) fn take(&mut self, row: &ReadRow) -> ControlFlow<()> {
        self.vertices += row.geometry.as_ref().ok().and_then(Option::as_ref).map_or(0, CoordsIter::coords_count);
        if self.candidates.len() >= MAX_IMPORT_RECORDS || self.vertices > MAX_IMPORT_VERTICES {
            return ControlFlow::Break(());
        }
        let candidate = self.candidate(row);
        self.candidates.push(candidate);
        ControlFlow::Continue(())
    }

    /// What the layer wants, with what is to go that it does not have.
    ///
    /// # Errors
    /// A file that holds more than one import may bring.
    pub(super) fn finish(mut self) -> Result<ReadLayer, Fault> {
        let count = self.checked.layer.count.max(self.candidates.len() as u64);
        if self.vertices > MAX_IMPORT_VERTICES || count > MAX_IMPORT_RECORDS as u64 {
            let (records, vertices) = (MAX_IMPORT_RECORDS, MAX_IMPORT_VERTICES);
            let detail = Text::new(
                format!("{} 太大，一次导入不了", self.layer),
                format!("{} is more than one import may bring", self.layer),
            );
            let expected = Text::new(
                format!("最多 {records} 条记录、{vertices} 个顶点；请分几次导入"),
                format!("at most {records} records and {vertices} vertices; bring it in parts"),
            );
            return Err(Fault::new("layer", detail, expected));
        }
        if self.checked.absent == Absent::Remove {
            let rows = self.atlas.features_after(self.checked.collection, 0);
            let gone: Vec<Candidate> = rows
                .filter(|row| !self.matcher.seen.contains(&row.value.id))
                .map(|row| Candidate {
                    id: Some(row.value.id.clone()),
                    before: Some(wrapped(row)),
                    ..self.empty(String::new())
                })
                .collect();
            self.candidates.extend(gone);
        }
        let suspicion = suspect(&self.pairs, self.checked.offset);
        Ok(ReadLayer { candidates: self.candidates, suspicion })
    }

    fn empty(&self, place: String) -> Candidate {
        Candidate {
            layer: Arc::clone(&self.layer),
            place,
            record_type: RecordType::Feature,
            collection: Some(self.checked.collection.id.clone()),
            id: None,
            name: None,
            before: None,
            after: None,
            faults: Vec::new(),
            shape: None,
            cells: None,
        }
    }

    fn candidate(&mut self, row: &ReadRow) -> Candidate {
        let columns = self.checked.columns;
        let mut candidate = self.empty(row.place.to_string());
        let said_id = match columns.id {
            Some(_) => text(row, columns.id).value(),
            // Without a field for it, the format's own id counts where ids count.
            None => row.id.clone().filter(|_| self.checked.by == Matching::Id),
        };
        let (zh, en) = (text(row, columns.name_zh).value(), text(row, columns.name_en).value());
        if zh.is_some() || en.is_some() {
            let or_other = |a: &Option<String>, b: &Option<String>| a.clone().or(b.clone()).unwrap_or_default();
            candidate.name = Some(Text::new(or_other(&zh, &en), or_other(&en, &zh)));
        }
        let placed = self.placed(row);
        let known = Known { id: said_id.as_deref(), name_zh: zh.as_deref(), name_en: en.as_deref() };
        let before = match self.matcher.find(&known) {
            Ok(before) => before,
            Err(fault) => {
                candidate.faults.push(fault);
                candidate.shape = placed.ok().flatten().map(|placed| placed.shape);
                return candidate;
            }
        };
        if let (Ok(Some(placed)), Some(before)) = (&placed, before)
            && self.pairs.len() < MAX_PAIRS
        {
            self.pairs.push(Pair { file: placed.middle, here: middle(before.value.shape.geometry()) });
        }
        candidate.before = before.map(wrapped);
        candidate.id = before.map(|row| row.value.id.clone());
        let mut faults = Vec::new();
        let shape = match placed {
            Ok(Some(placed)) => Some(placed.shape),
            Ok(None) => None,
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let after = self.feature(row, before.map(|row| &row.value), said_id.as_deref(), shape.as_ref(), &mut faults);
        match after {
            Some(feature) if faults.is_empty() => {
                candidate.id = Some(feature.id.clone());
                candidate.after = Some(Record::Feature(feature));
            }
            _ => candidate.shape = shape,
        }
        candidate.faults = faults;
        candidate
    }

    /// The feature as the row wants it; none with at least one fault.
    fn feature(
        &mut self,
        row: &ReadRow,
        before: Option<&Feature>,
        said_id: Option<&str>,
        shape: Option<&Shape>,
        faults: &mut Vec<Fault>,
    ) -> Option<Feature> {
        let (columns, defaults) = (self.checked.columns, self.checked.defaults);
        let said = (text(row, columns.name_zh), text(row, columns.name_en));
        let project = self.project(row, before, faults);
        let of_project = || {
            let project = project.as_ref().filter(|_| before.is_none())?;
            self.atlas.projects.get(project).map(|row| row.value.name.clone())
        };
        // What is not mapped stays; a new place is called as its project is.
        let kept = before.map(|feature| feature.name.clone()).or_else(of_project);
        let mut name = |said: Said<String>, kept: Option<String>, field: &str| match said {
            Said::Value(text) => Some(text),
            Said::Nothing if kept.is_some() => kept,
            Said::Nothing | Said::Empty => {
                faults.push(missing(field));
                None
            }
        };
        let zh = name(said.0, kept.as_ref().map(|name| name.zh.clone()), "name.zh");
        let en = name(said.1, kept.map(|name| name.en), "name.en");
        let mut required = |said: Result<Said<f64>, Fault>, kept: Option<f64>, default: Option<f64>| match said {
            Ok(Said::Value(value)) => Some(value),
            Ok(Said::Nothing) if kept.is_some() => kept,
            Ok(_) if default.is_some() => default,
            Ok(_) => {
                faults.push(missing("accuracy_m"));
                None
            }
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let kept = before.map(|feature| feature.accuracy_m);
        let accuracy_m = required(accuracy_m(row, columns.accuracy_m), kept, defaults.accuracy_m);
        let position = match position(row, columns.position) {
            Ok(Said::Value(word)) => Some(word),
            Ok(Said::Nothing) if before.is_some() => before.map(|feature| feature.position),
            Ok(_) if defaults.position.is_some() => defaults.position,
            Ok(_) => {
                faults.push(missing("position"));
                None
            }
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let class = match text(row, columns.class) {
            Said::Nothing => before.and_then(|feature| feature.class.clone()),
            Said::Empty => None,
            Said::Value(text) => slug("class", &text).map_err(|fault| faults.push(fault)).ok(),
        };
        let basis = self.basis(row, before, faults);
        let shape = match (shape, before) {
            // What was rounded on its way did not move.
            (Some(shape), Some(before)) if is_same(shape.geometry(), before.shape.geometry()) => {
                Some(before.shape.clone())
            }
            (Some(shape), _) => Some(shape.clone()),
            (None, Some(before)) => Some(before.shape.clone()),
            (None, None) => {
                if !faults.iter().any(|fault| fault.field == "geometry") {
                    faults.push(missing("geometry"));
                }
                None
            }
        };
        if !faults.is_empty() {
            return None;
        }
        let name = Text::new(zh?, en?);
        let id = match before {
            Some(feature) => feature.id.clone(),
            None => self.matcher.new_id(said_id, &name.en).map_err(|fault| faults.push(fault)).ok()?,
        };
        Some(Feature {
            number: before.map_or(UNNUMBERED, |feature| feature.number),
            id,
            collection: self.checked.collection.id.clone(),
            project,
            name,
            class,
            accuracy_m: accuracy_m?,
            position: position?,
            basis,
            shape: shape?,
        })
    }

    fn project(&self, row: &ReadRow, before: Option<&Feature>, faults: &mut Vec<Fault>) -> Option<Slug> {
        let (columns, defaults) = (self.checked.columns, self.checked.defaults);
        match text(row, columns.project) {
            // Whether there is such a project is a matter of the rules.
            Said::Value(text) => match self.matcher.project(&text) {
                Some(project) => Some(project),
                None => slug("project", &text).map_err(|fault| faults.push(fault)).ok(),
            },
            Said::Empty => defaults.project.clone(),
            Said::Nothing => match before {
                Some(feature) => feature.project.clone(),
                None => defaults.project.clone().or_else(|| {
                    let names = [text(row, columns.name_zh), text(row, columns.name_en)];
                    names.into_iter().filter_map(Said::value).find_map(|name| self.matcher.project_named(&name))
                }),
            },
        }
    }

    fn basis(&self, row: &ReadRow, before: Option<&Feature>, faults: &mut Vec<Fault>) -> Option<Text> {
        let columns = self.checked.columns;
        let kept = before.and_then(|feature| feature.basis.clone());
        let one = |said: Said<String>, kept: Option<String>| match said {
            Said::Nothing => kept,
            Said::Empty => None,
            Said::Value(text) => Some(text),
        };
        let zh = one(text(row, columns.basis_zh), kept.as_ref().map(|basis| basis.zh.clone()));
        let en = one(text(row, columns.basis_en), kept.map(|basis| basis.en));
        match (zh, en) {
            (Some(zh), Some(en)) => Some(Text { zh, en }),
            (None, None) => None,
            _ => {
                let detail = Text::new("依据只有一种语言", "basis is there in one language only");
                let expected =
                    Text::new("basis_zh 和 basis_en 都填，或都不填", "both basis_zh and basis_en, or neither");
                faults.push(Fault::new("basis", detail, expected));
                None
            }
        }
    }

    /// The row's geometry as a checked shape of the collection's type; none where it has none.
    fn placed(&self, row: &ReadRow) -> Result<Option<Placed>, Fault> {
        let wrong = |detail: String| Fault {
            field: "geometry".to_owned(),
            place: None,
            detail: Text::new(format!("图形无效：{detail}"), detail),
            expected: None,
        };
        let Some(geometry) = row.geometry.as_ref().map_err(|fault| wrong(fault.clone()))? else { return Ok(None) };
        let count = geometry.coords_count();
        if count > MAX_VERTICES {
            return Err(wrong(ShapeError::TooManyVertices { count, limit: MAX_VERTICES }.to_string()));
        }
        let geometry = self.checked.crs.unproject_geometry(geometry).map_err(|fault| wrong(fault.to_string()))?;
        let middle = middle(&geometry);
        let geometry = match self.checked.offset {
            Some(offset) => geometry.map_coords(|at| offset.undo(at)),
            None => geometry,
        };
        let geometry = fit(geometry, self.checked.collection.geometry_type);
        let shape = Shape::new(geometry).map_err(|fault| wrong(fault.to_string()))?;
        Ok(Some(Placed { shape, middle }))
    }
}

fn wrapped(row: &Row<Feature>) -> Row<Record> {
    Row { version: row.version, value: Record::Feature(row.value.clone()) }
}

fn middle(geometry: &Geometry) -> Coord {
    geometry.bounding_rect().map(|rect| rect.center()).unwrap_or_default()
}

/// One part where one is wanted, and the other way round; files do not tell the two apart.
fn fit(geometry: Geometry, wanted: GeometryType) -> Geometry {
    use GeometryType as T;
    match (wanted, geometry) {
        (T::MultiPoint, Geometry::Point(point)) => Geometry::MultiPoint(MultiPoint(vec![point])),
        (T::MultiLineString, Geometry::LineString(line)) => Geometry::MultiLineString(MultiLineString(vec![line])),
        (T::MultiPolygon, Geometry::Polygon(polygon)) => Geometry::MultiPolygon(MultiPolygon(vec![polygon])),
        (T::Point, Geometry::MultiPoint(mut points)) if points.0.len() == 1 => Geometry::Point(points.0.remove(0)),
        (T::LineString, Geometry::MultiLineString(mut lines)) if lines.0.len() == 1 => {
            Geometry::LineString(lines.0.remove(0))
        }
        (T::Polygon, Geometry::MultiPolygon(mut polygons)) if polygons.0.len() == 1 => {
            Geometry::Polygon(polygons.0.remove(0))
        }
        (_, geometry) => geometry,
    }
}

/// Whether two geometries are one, but for rounding.
fn is_same(a: &Geometry, b: &Geometry) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        && parts(a) == parts(b)
        && a.coords_iter()
            .zip(b.coords_iter())
            .all(|(a, b)| (a.x - b.x).abs() <= SAME_DEGREES && (a.y - b.y).abs() <= SAME_DEGREES)
}

/// Vertices of each line and ring.
fn parts(geometry: &Geometry) -> Vec<usize> {
    let rings = |polygon: &geo::Polygon| -> Vec<usize> {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| ring.0.len()).collect()
    };
    match geometry {
        Geometry::LineString(line) => vec![line.0.len()],
        Geometry::MultiLineString(lines) => lines.0.iter().map(|line| line.0.len()).collect(),
        Geometry::Polygon(polygon) => rings(polygon),
        Geometry::MultiPolygon(polygons) => polygons.0.iter().flat_map(rings).collect(),
        other => vec![other.coords_count()],
    }
}
