//! What a record must be to fit into a store at all: finite numbers, and integers with a sign. Knows no other records.

use crate::plan::{Inspection, Record};

/// The first number that does not fit, by its field.
pub(super) fn check(record: &Record) -> Result<(), String> {
    match record {
        Record::Plan(plan) => plan.extent.into_iter().try_for_each(|bound| finite("extent", bound)),
        Record::Target(target) => {
            finite("value", target.value)?;
            target.stretch.map_or(Ok(()), |stretch| finite("stretch", stretch))?;
            target.readings.iter().try_for_each(|reading| finite("readings", reading.value))
        }
        Record::Project(project) => {
            let paid_cny = project.investment.and_then(|investment| investment.paid_cny);
            let planned_cny = project.investment.map(|investment| investment.planned_cny);
            let numbers = [("progress", project.progress), ("investment", planned_cny), ("investment", paid_cny)];
            numbers
                .into_iter()
                .try_for_each(|(field, number)| number.map_or(Ok(()), |number| finite(field, number)))?;
            project.curve.iter().flatten().try_for_each(|percent| finite("curve", *percent))
        }
        Record::LightRule(rule) => {
            finite("behind_yellow_points", rule.behind_yellow_points)?;
            finite("behind_red_points", rule.behind_red_points)
        }
        Record::Feature(feature) => {
            if i64::try_from(feature.number).is_err() {
                return Err(format!("number {} is more than {}", feature.number, i64::MAX));
            }
            finite("accuracy_m", feature.accuracy_m)
        }
        Record::InspectionRule(rule) => {
            finite("fix_limit_m", rule.fix_limit_m)?;
            finite("reach_m", rule.reach_m)
        }
        Record::Patch(patch) => finite("reach_m", patch.reach_m),
        Record::Inspection(inspection) => {
            let Inspection { fix, progress, distance_m, photos, .. } = inspection;
            let fix =
                fix.iter().flat_map(|fix| [Some(fix.lon), Some(fix.lat), fix.accuracy_m]).map(|part| ("fix", part));
            let numbers = [("progress", *progress), ("distance_m", *distance_m)].into_iter().chain(fix);
            let positions = photos.iter().filter_map(|photo| photo.position).flatten();
            let numbers = numbers.chain(positions.map(|degrees| ("photos", Some(degrees))));
            numbers
                .into_iter()
                .try_for_each(|(field, number)| number.map_or(Ok(()), |number| finite(field, number)))?;
            match photos.iter().find(|photo| i64::try_from(photo.bytes).is_err()) {
                Some(photo) => Err(format!("photo {} is too long", photo.id)),
                None => Ok(()),
            }
        }
        Record::Section(_) | Record::Quota(_) | Record::Theme(_) | Record::Collection(_) => Ok(()),
    }
}

/// SQLite would keep NaN as NULL, and the JSON of the log knows neither NaN nor infinity.
fn finite(field: &str, number: f64) -> Result<(), String> {
    if number.is_finite() { Ok(()) } else { Err(format!("{field} is not a finite number")) }
}
