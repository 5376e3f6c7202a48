//! Reports from the field: all of them, what of them anybody may see, and what they prove of each project.

use std::sync::Arc;

use imbl::{HashMap, OrdMap};

use super::Row;
use crate::plan::{Decision, Evidence, Inspection, InspectionState, Photo, Slug, Timestamp};

type InspectionRow = Arc<Row<Inspection>>;

/// A clone is cheap and shares the reports.
#[derive(Clone, Default)]
pub struct Inspections {
    all: Shelf,
    /// The accepted ones, without who made them, where, and what was said: kept beside, so that the public's atlas costs nothing.
    told: Shelf,
    evidence: HashMap<Slug, Evidence>,
}

#[derive(Clone, Default)]
struct Shelf {
    by_id: HashMap<Slug, InspectionRow>,
    by_time: OrdMap<(Timestamp, Slug), InspectionRow>,
    of_project: HashMap<Slug, OrdMap<(Timestamp, Slug), InspectionRow>>,
    /// The report that a photo belongs to.
    of_photo: HashMap<Slug, Slug>,
}

impl Inspections {
    pub(super) fn put(&mut self, version: u64, inspection: Inspection) {
        self.remove(&inspection.id);
        let project = inspection.project.clone();
        if inspection.state() == InspectionState::Accepted {
            self.told.put(Row { version, value: without_people(&inspection) });
        }
        self.all.put(Row { version, value: inspection });
        self.weigh(&project);
    }

    pub(super) fn remove(&mut self, id: &Slug) {
        self.told.remove(id);
        if let Some(row) = self.all.remove(id) {
            self.weigh(&row.value.project);
        }
    }

    /// Cost: O(reports of the project since the last that proves something).
    fn weigh(&mut self, project: &Slug) {
        let accepted = self.of_project(project).filter(|row| row.value.state() == InspectionState::Accepted);
        let mut evidence = Evidence::default();
        for row in accepted {
            let is_last = evidence.last.is_none();
            evidence.last = evidence.last.or(Some(row.value.day));
            if row.value.is_in_tolerance() {
                evidence.accurate = Some(row.value.day);
                evidence.stage = Some(row.value.stage);
                evidence.is_sound = is_last;
                break;
            }
        }
        if evidence == Evidence::default() {
            self.evidence.remove(project);
        } else {
            self.evidence.insert(project.clone(), evidence);
        }
    }

    /// What anybody may see: accepted reports, without the people in them.
    pub(super) fn public(&self) -> Inspections {
        Inspections { all: self.told.clone(), told: self.told.clone(), evidence: self.evidence.clone() }
    }

    pub(super) fn hide_project(&mut self, project: &Slug) {
        let ids: Vec<Slug> = self.of_project(project).map(|row| row.value.id.clone()).collect();
        for id in ids {
            self.all.remove(&id);
            self.told.remove(&id);
        }
        self.evidence.remove(project);
    }

    pub fn get(&self, id: &(impl AsRef<str> + ?Sized)) -> Option<&Row<Inspection>> {
        let (_, row) = self.all.by_id.get_key_value(id.as_ref())?;
        Some(row)
    }

    /// All, newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Row<Inspection>> {
        self.all.by_time.values().rev().map(AsRef::as_ref)
    }

    /// A project's reports, newest first.
    pub fn of_project(&self, project: &Slug) -> impl Iterator<Item = &Row<Inspection>> {
        self.all.of_project.get(project).into_iter().flat_map(|rows| rows.values().rev()).map(AsRef::as_ref)
    }

    pub fn evidence(&self, project: &Slug) -> Evidence {
        self.evidence.get(project).copied().unwrap_or_default()
    }

    /// A photo and the report that it belongs to.
    pub fn photo(&self, id: &(impl AsRef<str> + ?Sized)) -> Option<(&Row<Inspection>, &Photo)> {
        let (id, inspection) = self.all.of_photo.get_key_value(id.as_ref())?;
        let row = self.get(inspection)?;
        Some((row, row.value.photos.iter().find(|photo| photo.id == *id)?))
    }
}

impl Shelf {
    fn put(&mut self, row: Row<Inspection>) {
        let row = Arc::new(row);
        let inspection = &row.value;
        let (id, place) = (inspection.id.clone(), (inspection.seen_at(), inspection.id.clone()));
        for photo in &inspection.photos {
            // The first report that has a photo keeps it; no other may.
            self.of_photo.entry(photo.id.clone()).or_insert_with(|| id.clone());
        }
        self.of_project.entry(inspection.project.clone()).or_default().insert(place.clone(), Arc::clone(&row));
        self.by_time.insert(place, Arc::clone(&row));
        self.by_id.insert(id, row);
    }

    fn remove(&mut self, id: &Slug) -> Option<InspectionRow> {
        let row = self.by_id.remove(id)?;
        let place = (row.value.seen_at(), id.clone());
        self.by_time.remove(&place);
        if let Some(rows) = self.of_project.get_mut(&row.value.project) {
            rows.remove(&place);
            if rows.is_empty() {
                self.of_project.remove(&row.value.project);
            }
        }
        for photo in &row.value.photos {
            if self.of_photo.get(&photo.id) == Some(id) {
                self.of_photo.remove(&photo.id);
            }
        }
        Some(row)
    }
}

/// A report as anybody may see it: what was reported, and nothing of who did and where they stood.
fn without_people(inspection: &Inspection) -> Inspection {
    let photo = |photo: &Photo| Photo { sha256: String::new(), taken: None, position: None, ..photo.clone() };
    Inspection {
        inspector: String::new(),
        note: None,
        fix: None,
        distance_m: None,
        marks: Vec::new(),
        confirmed: false,
        photos: inspection.photos.iter().map(photo).collect(),
        decision: inspection.decision.as_ref().map(|decision| Decision { by: None, reason: None, ..decision.clone() }),
        ..inspection.clone()
    }
}
