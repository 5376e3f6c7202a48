//! Reports from the field: filing them, deciding about them, and finding them. A report proposes a stage and progress; accepting it
//! is what changes the project. Pure: over the atlas of the moment.

use jiff::tz::TimeZone;

use super::View;
use super::edits::{Author, EditError};
use crate::atlas::{Atlas, Row};
use crate::plan::{
    Decision, Edit, Expected, Fix, Inspection, InspectionState, Photo, PhotoTime, Project, Record, RecordKey,
    RecordType, Right, Slug, Stage, Standing, Tally, Text, Timestamp, Violation, marks,
};
use crate::spatial::{LonLat, distance_from};

/// What somebody reports from the field.
#[derive(Clone, Debug)]
pub struct Report {
    pub id: Slug,
    pub project: Slug,
    pub observed_at: Timestamp,
    pub stage: Stage,
    pub progress: Option<f64>,
    pub note: Option<String>,
    pub fix: Option<Fix>,
    pub confirmed: bool,
    pub photos: Vec<Photo>,
}

/// The edit that files a report.
///
/// # Errors
/// [`EditError::Rules`] for a project that is not there.
pub fn file(atlas: &Atlas, report: &Report, author: &Author, zone: &TimeZone) -> Result<Vec<Edit>, EditError> {
    let record = Record::Inspection(inspection(atlas, report, author, zone)?);
    Ok(vec![Edit::Put { record, expected: Expected::Absent }])
}

/// Whoever filed a report, in the name of the plan's rule, which accepts what nothing speaks against.
pub fn by_rule(author: Author) -> Author {
    Author { rights: [Right::EditPlan].into(), request: None, note: None, ..author }
}

/// The edits by which the plan's rule accepts a report as it comes; none where the rule leaves it to people. Apart from its
/// filing, so that the acceptance can be taken back and the report stays.
///
/// # Errors
/// As [`accept`].
pub fn accept_by_rule(atlas: &Atlas, id: &Slug, author: &Author) -> Result<Vec<Edit>, EditError> {
    let row = undecided(atlas, id)?;
    let report = &row.value;
    let project = atlas.projects.get(&report.project);
    // What the office said of the same day may be newer; somebody has to look.
    let is_told = project.is_some_and(|row| row.value.reported >= Some(report.day))
        && atlas.inspections.evidence(&report.project).last < Some(report.day);
    let accepts = atlas.inspection_rule().value.accept_at_once && report.is_in_tolerance() && !is_told;
    Ok(if accepts { accepted(atlas, row, None, author.at) } else { Vec::new() })
}

/// There is no such project, or none that the caller may know of.
pub fn no_project(id: &Slug) -> EditError {
    let detail = Text::new(format!("没有项目 {id}"), format!("there is no project {id}"));
    let expected = Text::new("项目的标识", "the id of a project");
    EditError::Rules(vec![Violation::new("project", detail, expected)])
}

fn inspection(atlas: &Atlas, report: &Report, author: &Author, zone: &TimeZone) -> Result<Inspection, EditError> {
    let project = atlas.projects.get(&report.project).ok_or_else(|| no_project(&report.project))?;
    let place = report.fix.and_then(|fix| LonLat::new(fix.lon, fix.lat).ok());
    let standing = place.and_then(|place| stand(atlas, &project.value, place, report.fix.as_ref()));
    let positions = report.photos.iter().filter_map(|photo| photo.position);
    let offsets = positions.filter_map(|[lon, lat]| Some((place?, LonLat::new(lon, lat).ok()?)));
    let moments = report.photos.iter().filter_map(|photo| match photo.taken? {
        PhotoTime::Exact(at) => Some(at),
        PhotoTime::Local(at) => at.to_zoned_datetime(zone.clone()).ok().map(|at| at.timestamp()),
    });
    let (observed_at, received_at) = (to_millisecond(report.observed_at), to_millisecond(author.at));
    Ok(Inspection {
        id: report.id.clone(),
        project: report.project.clone(),
        inspector: author.name.clone(),
        observed_at,
        received_at,
        // A server that shows an earlier day takes what is reported now for that day.
        day: observed_at.to_zoned_datetime(zone.clone()).date().min(author.today),
        stage: report.stage,
        progress: report.progress,
        note: report.note.clone(),
        fix: report.fix,
        distance_m: standing.map(|standing| standing.distance_m),
        marks: marks(
            &atlas.inspection_rule().value,
            report.fix.as_ref(),
            standing,
            offsets.map(|(from, to)| between(from, to)),
            moments,
            (observed_at, received_at),
        ),
        photos: report.photos.clone(),
        confirmed: report.confirmed,
        decision: None,
        simulated: false,
    })
}

/// The log keeps milliseconds.
fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).expect("a moment's milliseconds are a moment")
}

fn between(a: LonLat, b: LonLat) -> f64 {
    use geo::{Distance, Geodesic, Point};
    Geodesic.distance(Point::from(a), Point::from(b))
}

/// How somebody stands to the nearest place of a project; none where it has no place.
fn stand(atlas: &Atlas, project: &Project, at: LonLat, fix: Option<&Fix>) -> Option<Standing> {
    let unsure = fix.and_then(|fix| fix.accuracy_m).unwrap_or_default();
    let places = atlas
        .places_of(&project.id)
        .map(|place| Standing::new(distance_from(at.into(), &place.shape), place.accuracy_m, unsure));
    // The place that speaks for the report need not be the nearest one: it may be known better.
    places.reduce(|best, next| Standing {
        distance_m: best.distance_m.min(next.distance_m),
        beyond_m: best.beyond_m.min(next.beyond_m),
    })
}

/// The edits that accept a report.
///
/// # Errors
/// [`EditError::NotFound`], [`EditError::Overtaken`] when it was decided already.
pub fn accept(atlas: &Atlas, id: &Slug, author: &Author) -> Result<Vec<Edit>, EditError> {
    Ok(accepted(atlas, undecided(atlas, id)?, Some(&author.name), author.at))
}

/// The edit that rejects a report.
///
/// # Errors
/// As [`accept`].
pub fn reject(atlas: &Atlas, id: &Slug, reason: &str, author: &Author) -> Result<Vec<Edit>, EditError> {
    let row = undecided(atlas, id)?;
    let decision = Decision {
        accepted: false,
        by: Some(author.name.clone()),
        at: to_millisecond(author.at),
        reason: Some(reason.to_owned()),
        superseded: false,
    };
    let record = Record::Inspection(Inspection { decision: Some(decision), ..row.value.clone() });
    Ok(vec![Edit::Put { record, expected: Expected::Version(row.version) }])
}

fn undecided<'a>(atlas: &'a Atlas, id: &Slug) -> Result<&'a Row<Inspection>, EditError> {
    let key = || RecordKey { record_type: RecordType::Inspection, collection: None, id: id.clone() };
    let row = atlas.inspections.get(id).ok_or_else(|| EditError::NotFound(key()))?;
    match &row.value.decision {
        None => Ok(row),
        Some(decision) => {
            let by = decision.by.as_deref().unwrap_or("the plan's rule");
            Err(EditError::Overtaken(format!("{} was {} by {by} already", key(), row.value.state())))
        }
    }
}

/// A report with its acceptance, and its project as it says. `by` is none for the plan's rule.
fn accepted(atlas: &Atlas, row: &Row<Inspection>, by: Option<&str>, at: Timestamp) -> Vec<Edit> {
    let report = &row.value;
    let project = atlas.projects.get(&report.project);
    let later = atlas
        .inspections
        .of_project(&report.project)
        .find(|other| other.value.seen_at() > report.seen_at() && other.value.state() == InspectionState::Accepted);
    let superseded = later.is_some() || project.is_some_and(|row| row.value.reported > Some(report.day));
    let decision =
        Decision { accepted: true, by: by.map(str::to_owned), at: to_millisecond(at), reason: None, superseded };
    let record = Record::Inspection(Inspection { decision: Some(decision), ..report.clone() });
    let mut edits = vec![Edit::Put { record, expected: Expected::Version(row.version) }];
    if let Some(project) = project.filter(|_| !superseded) {
        let after = as_reported(&project.value, report);
        if after != project.value {
            edits.push(Edit::Put { record: Record::Project(after), expected: Expected::Version(project.version) });
        }
    }
    edits
}

fn as_reported(project: &Project, report: &Inspection) -> Project {
    let known = report.progress.or(project.progress);
    // A stage that settles the progress settles it for a project that has one.
    let progress = match report.stage {
        Stage::Completed | Stage::InUse if report.progress.is_none() => known.map(|_| 100.0),
        Stage::Planned if report.progress.is_none() => known.map(|_| 0.0),
        _ => known,
    };
    Project { stage: report.stage, progress, reported: Some(report.day), ..project.clone() }
}

/// Which reports are wanted; an empty list means any.
#[derive(Clone, Debug, Default)]
pub struct InspectionFilter {
    pub project: Option<Slug>,
    pub inspector: Option<String>,
    pub state: Vec<InspectionState>,
}

impl InspectionFilter {
    /// All but the state.
    fn is_about(&self, inspection: &Inspection) -> bool {
        self.project.as_ref().is_none_or(|project| *project == inspection.project)
            && self.inspector.as_ref().is_none_or(|inspector| *inspector == inspection.inspector)
    }

    fn wants(&self, inspection: &Inspection) -> bool {
        self.state.is_empty() || self.state.contains(&inspection.state())
    }
}

pub struct InspectionPage<'a> {
    /// Newest first.
    pub rows: Vec<&'a Row<Inspection>>,
    pub matched: usize,
    /// With every filter applied but that of the state.
    pub states: Tally<InspectionState>,
    /// Where the next page begins, if there is one.
    pub next: Option<(Timestamp, Slug)>,
}

impl View {
    /// A page of reports, newest first, after a place in that order. Cost: O(reports of the project, or all).
    pub fn inspections(
        &self,
        filter: &InspectionFilter,
        limit: usize,
        after: Option<&(Timestamp, Slug)>,
    ) -> InspectionPage<'_> {
        let mut page = InspectionPage { rows: Vec::new(), matched: 0, states: Tally::default(), next: None };
        let mut more = false;
        let mut look = |row: &Row<Inspection>| -> bool {
            let inspection = &row.value;
            if !filter.is_about(inspection) {
                return false;
            }
            page.states.add(inspection.state());
            let wanted = filter.wants(inspection);
            page.matched += usize::from(wanted);
            wanted && after.is_none_or(|(at, id)| (inspection.seen_at(), &inspection.id) < (*at, id))
        };
        let mut rows = Vec::new();
        let mut take = |row| {
            if look(row) {
                if rows.len() < limit { rows.push(row) } else { more = true }
            }
        };
        match &filter.project {
            Some(project) => self.atlas.inspections.of_project(project).for_each(&mut take),
            None => self.atlas.inspections.newest().for_each(&mut take),
        }
        page.next =
            rows.last().filter(|_| more).map(|row: &&Row<Inspection>| (row.value.seen_at(), row.value.id.clone()));
        page.rows = rows;
        page
    }
}
