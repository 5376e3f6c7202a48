//! The columns of reports from the field, of the rule that judges them, and of patches; photos and inspectors are tables of their own.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::cells::{Cell, Cells, optional_word, text, word};
use super::fault::Fault;
use super::log::datetime;
use super::rows::{Kept, integer, parts};
use crate::plan::{Decision, Fix, Inspection, InspectionRule, Mark, Patch, Photo, Slug, Timestamp};
use crate::spatial::{MAX_VERTICES, Shape};

impl Kept for InspectionRule {
    const TABLE: &'static str = "inspection_rules";
    const COLUMNS: &'static [&'static str] = &["fix_limit_m", "reach_m", "visit_days", "accept_at_once"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let metres = [self.fix_limit_m, self.reach_m].map(Value::Real);
        metres.into_iter().chain([Value::from(self.visit_days), Value::from(self.accept_at_once)]).collect()
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<InspectionRule> {
        Ok(InspectionRule {
            id,
            fix_limit_m: cells.number()?,
            reach_m: cells.number()?,
            visit_days: cells.get()?,
            accept_at_once: cells.get()?,
        })
    }
}

impl Kept for Patch {
    const TABLE: &'static str = "patches";
    const COLUMNS: &'static [&'static str] = &["\"order\"", "name_zh", "name_en", "role", "reach_m", "shape"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::from(self.order)];
        values.extend(text(&self.name));
        values.extend([word(self.role), Value::Real(self.reach_m), Value::from(geojson(&self.shape))]);
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Patch> {
        Ok(Patch {
            id,
            order: cells.get()?,
            name: cells.text()?,
            role: cells.parsed()?,
            reach_m: cells.number()?,
            shape: shape(&cells.get::<String>()?)?,
            inspectors: Vec::new(),
        })
    }

    fn put_parts(&self, connection: &Connection) -> Result<(), Fault> {
        connection.prepare_cached("DELETE FROM patch_inspectors WHERE patch = ?")?.execute([self.id.as_str()])?;
        let mut statement =
            connection.prepare_cached("INSERT INTO patch_inspectors (patch, \"order\", inspector) VALUES (?, ?, ?)")?;
        for (inspector, order) in self.inspectors.iter().zip(1_i64..) {
            statement.execute(params![self.id.as_str(), order, inspector])?;
        }
        Ok(())
    }

    fn read_parts(&mut self, connection: &Connection) -> Result<(), Fault> {
        let sql = "SELECT fid, inspector FROM patch_inspectors WHERE patch = ? ORDER BY \"order\"";
        self.inspectors = parts(connection, "patch_inspectors", sql, &self.id, |cells| cells.get())?;
        Ok(())
    }
}

fn geojson(shape: &Shape) -> String {
    serde_json::to_string(&shape.to_geojson()).expect("checked shapes have finite numbers")
}

fn shape(text: &str) -> Cell<Shape> {
    let wrong = |fault: &dyn std::fmt::Display| format!("column shape: {fault}");
    let json = serde_json::from_str(text).map_err(|fault| wrong(&fault))?;
    Shape::from_json(json, MAX_VERTICES).map_err(|fault| wrong(&fault))
}

impl Kept for Inspection {
    const TABLE: &'static str = "inspections";
    const COLUMNS: &'static [&'static str] = &[
        "project",
        "inspector",
        "observed_at",
        "received_at",
        "day",
        "stage",
        "progress",
        "note",
        "lon",
        "lat",
        "fix_accuracy_m",
        "fix_source",
        "distance_m",
        "marks",
        "confirmed",
        "accepted",
        "decided_by",
        "decided_at",
        "reason",
        "superseded",
        "simulated",
    ];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![word(&self.project), Value::from(self.inspector.clone())];
        values.extend([
            Value::from(datetime(self.observed_at)),
            Value::from(datetime(self.received_at)),
            word(self.day),
            word(self.stage),
        ]);
        values.extend([Value::from(self.progress), Value::from(self.note.clone())]);
        values.push(Value::from(self.fix.map(|fix| fix.lon)));
        values.push(Value::from(self.fix.map(|fix| fix.lat)));
        values.push(Value::from(self.fix.and_then(|fix| fix.accuracy_m)));
        values.push(optional_word(self.fix.map(|fix| fix.source)));
        values.push(Value::from(self.distance_m));
        let marks: Vec<&str> = self.marks.iter().map(|mark| mark.as_str()).collect();
        values.extend([Value::from(marks.join(",")), Value::from(self.confirmed)]);
        let decision = self.decision.as_ref();
        values.push(Value::from(decision.map(|decision| decision.accepted)));
        values.push(Value::from(decision.and_then(|decision| decision.by.clone())));
        values.push(Value::from(decision.map(|decision| datetime(decision.at))));
        values.push(Value::from(decision.and_then(|decision| decision.reason.clone())));
        values.push(Value::from(decision.is_some_and(|decision| decision.superseded)));
        values.push(Value::from(self.simulated));
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Inspection> {
        Ok(Inspection {
            id,
            project: cells.parsed()?,
            inspector: cells.get()?,
            observed_at: cells.parsed()?,
            received_at: cells.parsed()?,
            day: cells.parsed()?,
            stage: cells.parsed()?,
            progress: cells.optional_number()?,
            note: cells.get()?,
            fix: fix(cells)?,
            distance_m: cells.optional_number()?,
            marks: marks(&cells.get::<String>()?)?,
            confirmed: cells.get()?,
            decision: decision(cells)?,
            simulated: cells.get()?,
            photos: Vec::new(),
        })
    }

    fn put_parts(&self, connection: &Connection) -> Result<(), Fault> {
        connection.prepare_cached("DELETE FROM inspection_photos WHERE inspection = ?")?.execute([self.id.as_str()])?;
        let mut statement = connection.prepare_cached(
            "INSERT INTO inspection_photos
               (inspection, \"order\", id, sha256, media_type, bytes, width, height, taken, lon, lat)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        for (photo, order) in self.photos.iter().zip(1_i64..) {
            let Photo { id, sha256, media_type, bytes, width, height, taken, position } = photo;
            let (lon, lat) = position.map(|[lon, lat]| (lon, lat)).unzip();
            statement.execute(params![
                self.id.as_str(),
                order,
                id.as_str(),
                sha256,
                media_type.as_str(),
                integer(*bytes),
                width,
                height,
                taken.map(|taken| taken.to_string()),
                lon,
                lat,
            ])?;
        }
        Ok(())
    }

    fn read_parts(&mut self, connection: &Connection) -> Result<(), Fault> {
        let sql = "SELECT fid, id, sha256, media_type, bytes, width, height, taken, lon, lat
                   FROM inspection_photos WHERE inspection = ? ORDER BY \"order\"";
        self.photos = parts(connection, "inspection_photos", sql, &self.id, |cells| {
            Ok(Photo {
                id: cells.parsed()?,
                sha256: cells.get()?,
                media_type: cells.parsed()?,
                bytes: cells.count()?,
                width: cells.get()?,
                height: cells.get()?,
                taken: cells.optional()?,
                position: cells.optional_number()?.zip(cells.optional_number()?).map(|(lon, lat)| [lon, lat]),
            })
        })?;
        Ok(())
    }
}

/// The first photo of a report that another report has.
pub(super) fn photo_of_another(connection: &Connection, report: &Inspection) -> Result<Option<Slug>, Fault> {
    let sql = "SELECT EXISTS (SELECT 1 FROM inspection_photos WHERE id = ? AND inspection <> ?)";
    let mut statement = connection.prepare_cached(sql)?;
    for photo in &report.photos {
        if statement.query_row([photo.id.as_str(), report.id.as_str()], |row| row.get(0))? {
            return Ok(Some(photo.id.clone()));
        }
    }
    Ok(None)
}

fn fix(cells: &mut Cells) -> Cell<Option<Fix>> {
    let (lon, lat, accuracy_m) = (cells.optional_number()?, cells.optional_number()?, cells.optional_number()?);
    match (lon, lat, cells.optional()?) {
        (Some(lon), Some(lat), Some(source)) => Ok(Some(Fix { lon, lat, accuracy_m, source })),
        (None, None, None) => Ok(None),
        _ => Err("columns lon, lat and fix_source: some are empty, but not all".to_owned()),
    }
}

fn marks(words: &str) -> Cell<Vec<Mark>> {
    let words = words.split(',').filter(|word| !word.is_empty());
    words.map(str::parse).collect::<Result<_, _>>().map_err(|fault| format!("column marks: {fault}"))
}

fn decision(cells: &mut Cells) -> Cell<Option<Decision>> {
    let (accepted, by): (Option<bool>, Option<String>) = (cells.get()?, cells.get()?);
    let (at, reason, superseded): (Option<Timestamp>, _, _) = (cells.optional()?, cells.get()?, cells.get()?);
    match (accepted, at) {
        (Some(accepted), Some(at)) => Ok(Some(Decision { accepted, by, at, reason, superseded })),
        (None, None) => Ok(None),
        _ => Err("columns accepted and decided_at: one is empty, but not the other".to_owned()),
    }
}
