use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::plan::{Stage, Word};

fn plan() -> Plan {
    serde_json::from_value(json!({
        "id": "p", "district": {"zh": "区", "en": "District"}, "city": {"zh": "市", "en": "City"}, "year": 2019,
        "start": "2019-01-01", "due": "2019-12-31", "extent": [120.6, 30.6, 120.95, 30.87]
    }))
    .expect("a plan")
}

/// A record that breaks no rule, of each type.
fn sound(record_type: &str) -> Value {
    let text = json!({"zh": "名", "en": "name"});
    match record_type {
        "project" => json!({
            "type": "project", "id": "road-a", "order": 1, "kind": "road", "section": "s1", "item": 1, "name": text,
            "aim": "connect", "start": "2019-03-10", "due": "2019-12-31", "stage": "building", "progress": 40.0,
            "reported": "2019-06-30", "owner": text, "warden": "王芳",
            "investment": {"planned_cny": 1e8, "paid_cny": 0.0},
            "milestones": [{"name": text, "due": "2019-03-10", "done": "2019-07-01"}, {"name": text, "due": "2019-12-31", "done": null}],
            "curve": [0.0, 10.0, 10.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 100.0],
            "relations": {"from": text, "to": null, "carries": null, "crosses": null}, "note": null
        }),
        "target" => json!({
            "type": "target", "id": "t1", "order": 1, "section": "s1", "item": 1, "name": text, "op": ">=", "value": 8.0,
            "unit": text, "stretch": 9.0, "readings": [
                {"date": "2019-03-31", "value": 2.0, "source": "统计局"}, {"date": "2019-07-01", "value": 4.0, "source": "统计局"}]
        }),
        "quota" => json!({
            "type": "quota", "id": "q1", "order": 1, "section": "s1", "item": 0, "name": text, "count": 2, "aim": "start",
            "members": ["a", "b"]
        }),
        "theme" => json!({
            "type": "theme", "id": "h1", "order": 1, "section": "s1", "item": 1, "name": text, "note": text
        }),
        "section" => json!({"type": "section", "id": "s1", "order": 1, "name": text}),
        "plan" => json!({
            "type": "plan", "id": "p", "district": text, "city": text, "year": 2019, "start": "2019-01-01",
            "due": "2019-12-31", "extent": [120.6, 30.6, 120.95, 30.87]
        }),
        "collection" => json!({
            "type": "collection", "id": "roads", "order": 1, "title": text, "geometry_type": "LineString",
            "role": "plan", "kind": "road"
        }),
        "light_rule" => json!({
            "type": "light_rule", "id": "p", "behind_yellow_points": 10.0, "behind_red_points": 30.0,
            "unstarted_yellow_months": 1, "unstarted_red_months": 3, "evidence_days": 30
        }),
        "feature" => json!({
            "type": "feature", "number": 1, "id": "a", "collection": "roads", "project": "road-a", "name": text, "class": null,
            "accuracy_m": 50.0, "position": "surveyed", "basis": null,
            "shape": {"type": "LineString", "coordinates": [[120.7, 30.7], [120.71, 30.7]]}
        }),
        other => panic!("{other} is no type of record"),
    }
}

/// A sound record with one member replaced; an empty path replaces nothing.
fn with(record_type: &str, path: &str, value: Value) -> Record {
    let mut record = sound(record_type);
    if !path.is_empty() {
        *record.pointer_mut(path).unwrap_or_else(|| panic!("{record_type} has {path}")) = value;
    }
    serde_json::from_value(record).unwrap_or_else(|fault| panic!("{record_type} {path}: {fault}"))
}

fn fields(before: Option<&Record>, after: &Record) -> Vec<Violation> {
    let collection = match after {
        Record::Feature(_) => match with("collection", "", Value::Null) {
            Record::Collection(collection) => Some(collection),
            _ => None,
        },
        _ => None,
    };
    super::check(before, after, &plan(), collection.as_ref(), date(2019, 7, 1))
}

#[test]
fn a_sound_record_breaks_no_rule() {
    for name in ["project", "target", "quota", "theme", "section", "plan", "collection", "light_rule", "feature"] {
        let record = with(name, "", Value::Null);
        assert_eq!(fields(None, &record), [], "{name}");
        assert_eq!(fields(Some(&record), &record), [], "{name}");
    }
}

/// One broken rule: its field, and a part of what is said of it.
fn check(record_type: &str, path: &str, value: Value, field: &str, part: &str) {
    let edit = format!("{record_type} {path} {value}");
    let violations = fields(None, &with(record_type, path, value));
    let told: Vec<_> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(told, [field], "{edit}: {violations:?}");
    let Violation { detail, expected, .. } = &violations[0];
    let right = expected.clone().unwrap_or_else(|| Text::new("", ""));
    let all = format!("{}; {}", detail.en, right.en);
    let is_chinese = |text: &str| text.chars().any(|c| ('一'..='鿿').contains(&c));
    assert!(is_chinese(&detail.zh) && !is_chinese(&all), "{all} / {} / {}", detail.zh, right.zh);
    assert!(all.contains(part), "{all:?} lacks {part:?}");
}

#[test]
fn texts_say_something_in_both_languages_and_are_not_endless() {
    let long = "字".repeat(MAX_TEXT_CHARS + 1);
    let fits = "字".repeat(MAX_TEXT_CHARS);
    for (name, path, field) in [
        ("project", "/name/zh", "name.zh"),
        ("project", "/owner/en", "owner.en"),
        ("project", "/warden", "warden"),
        ("project", "/relations/from/en", "from.en"),
        ("project", "/milestones/1/name/zh", "milestones[1].name.zh"),
        ("target", "/unit/en", "unit.en"),
        ("target", "/readings/0/source", "readings[0].source"),
        ("quota", "/name/en", "name.en"),
        ("theme", "/note/zh", "note.zh"),
        ("section", "/name/zh", "name.zh"),
        ("plan", "/city/en", "city.en"),
        ("collection", "/title/zh", "title.zh"),
        ("feature", "/name/en", "name.en"),
    ] {
        check(name, path, json!(" \t\u{3000}"), field, "says nothing");
        check(name, path, json!(long), field, "has 501 characters; at most 500");
        assert_eq!(fields(None, &with(name, path, json!(fits))), []);
    }
}

#[test]
fn a_stage_moves_one_step_at_a_time() {
    let all = Stage::ALL;
    let may = |from: Stage| -> Vec<&str> {
        all.iter().filter(|to| **to != from && from.may_become(**to)).map(|to| to.as_str()).collect()
    };
    assert_eq!(may(Stage::NotReported).len(), all.len() - 1);
    assert_eq!(may(Stage::Planned), ["preparing", "suspended", "cancelled"]);
    assert_eq!(may(Stage::Preparing), ["planned", "building", "suspended", "cancelled"]);
    assert_eq!(may(Stage::Building), ["preparing", "completed", "suspended", "cancelled"]);
    assert_eq!(may(Stage::Completed), ["building", "in_use", "suspended", "cancelled"]);
    assert_eq!(may(Stage::InUse), ["completed"]);
    assert_eq!(may(Stage::Suspended), ["planned", "preparing", "building", "cancelled"]);
    assert_eq!(may(Stage::Cancelled), ["planned"]);
    // The same through an edit: refused with what would be right, and anything may be created.
    let at = |stage: Stage| {
        let mut project = sound("project");
        (project["stage"], project["progress"]) = (json!(stage), Value::Null);
        serde_json::from_value::<Record>(project).expect("a project")
    };
    for from in all {
        assert_eq!(fields(None, &at(*from)), []);
        for to in all {
            let told = fields(Some(&at(*from)), &at(*to));
            assert_eq!(told.is_empty(), from.may_become(*to), "{from} {to}");
            assert!(told.iter().all(|violation| violation.field == "stage"));
        }
    }
    let told = fields(Some(&at(Stage::Planned)), &at(Stage::InUse));
    assert_eq!(told[0].detail, Text::new("不能从“谋划”一步到“投用”", "planned cannot become in_use in one step"));
    let next = Text::new("谋划、前期、暂停、撤销", "planned, preparing, suspended, cancelled");
    assert_eq!(told[0].expected, Some(next));
}

#[test]
fn progress_agrees_with_the_stage() {
    let check = |stage: &str, progress: f64, part: Option<&str>| {
        let mut project = sound("project");
        (project["stage"], project["progress"]) = (json!(stage), json!(progress));
        let told = fields(None, &serde_json::from_value(project).expect("a project"));
        match part {
            None => assert_eq!(told, [], "{stage} {progress}"),
            Some(part) => assert!(told[0].field == "progress" && told[0].detail.en.contains(part), "{told:?}"),
        }
    };
    check("building", 0.0, None);
    check("building", 100.0, None);
    check("building", -0.1, Some("-0.1 is no percentage"));
    check("building", 100.1, Some("100.1 is no percentage"));
    check("planned", 0.0, None);
    check("planned", 0.5, Some("0.5 % is more than"));
    check("preparing", 5.0, None);
    check("completed", 100.0, None);
    check("completed", 99.9, Some("99.9 % is less than"));
    check("in_use", 0.0, Some("0 % is less than"));
    check("suspended", 60.0, None);
    for bad in [f64::NAN, f64::INFINITY] {
        let Record::Project(mut project) = with("project", "", Value::Null) else { unreachable!("a project") };
        project.progress = Some(bad);
        assert_eq!(fields(None, &Record::Project(project))[0].field, "progress");
    }
}

#[test]
fn the_dates_of_a_project_follow_each_other() {
    check("project", "/item", json!(100), "item", "0 to 99");
    check("project", "/reported", json!("2019-07-02"), "reported", "2019-07-02 has not come yet; a day up to today");
    check(
        "project",
        "/milestones/0/due",
        json!("2019-03-09"),
        "milestones[0].due",
        "a day from 2019-03-10 to 2019-12-31",
    );
    check("project", "/milestones/1/due", json!("2020-01-01"), "milestones[1].due", "outside the project's own dates");
    check("project", "/milestones/0/done", json!("2019-07-02"), "milestones[0].done", "has not come yet");
    let Record::Project(mut project) = with("project", "", Value::Null) else { unreachable!("a project") };
    (project.milestones, project.curve) = (Vec::new(), None);
    let told = |start, due| {
        let moved = crate::plan::Project { start, due, ..project.clone() };
        fields(None, &Record::Project(moved)).into_iter().map(|told| told.field).collect::<Vec<_>>()
    };
    assert_eq!(told(Some(date(2018, 3, 1)), date(2019, 1, 1)), [""; 0]);
    assert_eq!(told(Some(date(2019, 5, 2)), date(2019, 5, 1)), ["start"]);
    assert_eq!(told(None, date(2018, 12, 31)), ["due"]);
}

#[test]
fn a_curve_covers_its_months_and_never_falls() {
    check("project", "/curve/9", json!(100.5), "curve[9]", "100.5 is no percentage");
    check("project", "/curve/0", json!(-1.0), "curve[0]", "-1 is no percentage");
    check("project", "/curve/4", json!(29.0), "curve[4]", "29 falls below 30; at least 30");
    check("project", "/curve", json!(vec![1.0; 9]), "curve", "has 9 months, but from start to due date there are 10");
    check("project", "/curve", json!([]), "curve", "has 0 months");
    check("project", "/curve", json!(vec![1.0; 121]), "curve", "at most 120");
    check("project", "/investment/planned_cny", json!(-0.01), "investment.planned_cny", "no sum of money; 0 or more");
    check("project", "/investment/paid_cny", json!(-5), "investment.paid_cny", "-5 is no sum of money");
}

#[test]
fn readings_run_from_the_oldest_to_today() {
    check("target", "/readings/1/date", json!("2019-03-31"), "readings[1].date", "has a reading already");
    check("target", "/readings/1/date", json!("2019-03-30"), "readings[1].date", "from the oldest to the latest");
    check("target", "/readings/1/date", json!("2019-07-02"), "readings[1].date", "has not come yet");
    let Record::Target(mut target) = with("target", "", Value::Null) else { unreachable!("a target") };
    (target.value, target.stretch, target.readings[0].value) = (f64::NAN, Some(f64::INFINITY), f64::NAN);
    let told = fields(None, &Record::Target(target));
    assert_eq!(told.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["value", "stretch", "readings[0].value"]);
}

#[test]
fn a_unit_stays_while_there_are_readings() {
    let other = with("target", "/unit/en", json!("other"));
    let bare = with("target", "/readings", json!([]));
    let told = fields(Some(&with("target", "", Value::Null)), &other);
    assert_eq!(told.iter().map(|violation| violation.field.as_str()).collect::<Vec<_>>(), ["unit"]);
    assert_eq!(fields(Some(&bare), &other), []);
    assert_eq!(fields(Some(&other), &bare), []);
}

#[test]
fn a_quota_counts_at_least_its_members_and_each_once() {
    check("quota", "/count", json!(1), "count", "1 is less than the 2 members that are named; at least 2");
    check("quota", "/members/1", json!("a"), "members[1]", "a is there twice");
}

#[test]
fn a_plan_begins_before_it_ends_and_lies_somewhere() {
    check("plan", "/due", json!("2019-01-01"), "due", "is not after the plan's start");
    check("plan", "/extent", json!([120.6, 30.6, 120.6, 30.87]), "extent", "empty or reversed");
    check("plan", "/extent", json!([30.6, 120.6, 30.87, 120.95]), "extent", "may be swapped");
}

#[test]
fn red_is_not_reached_before_yellow() {
    check("light_rule", "/id", json!("other"), "id", "its plan's id; p");
    check("light_rule", "/behind_yellow_points", json!(-1.0), "behind_yellow_points", "0 to 100");
    check("light_rule", "/behind_red_points", json!(100.5), "behind_red_points", "0 to 100");
    check("light_rule", "/behind_red_points", json!(9.0), "behind_red_points", "at least 10");
    check("light_rule", "/unstarted_red_months", json!(0), "unstarted_red_months", "at least 1");
    check("light_rule", "/unstarted_red_months", json!(121), "unstarted_red_months", "0 to 120");
    check("light_rule", "/evidence_days", json!(0), "evidence_days", "1 to 3650");
}

#[test]
fn a_place_lies_in_the_plan_and_is_known_as_well_as_it_says() {
    check("feature", "/accuracy_m", json!(-1.0), "accuracy_m", "0 to 100000 metres");
    check("feature", "/accuracy_m", json!(100_001.0), "accuracy_m", "0 to 100000 metres");
    check("feature", "/accuracy_m", json!(50.5), "accuracy_m", "at most 50 metres, or position approximate");
    let line = |coordinates: Value| json!({"type": "LineString", "coordinates": coordinates});
    let geometry = |shape: Value, part: &str| check("feature", "/shape", shape, "geometry", part);
    geometry(
        json!({"type": "Point", "coordinates": [120.7, 30.7]}),
        "is a Point, but the collection holds LineStrings",
    );
    geometry(line(json!([[120.7, 30.7], [121.0, 30.7]])), "position [121, 30.7] is outside the plan's extent");
    geometry(line(json!([[30.7, 80.7], [30.7, 80.8]])), "outside the plan's extent");
    geometry(line(json!([[120.7, 30.7], [120.700_001, 30.7]])), "shorter than 0.5 m");
}

#[test]
fn swapped_axes_and_flat_polygons_are_named() {
    let plan = Plan { extent: [70.0, 30.0, 71.0, 31.0], ..plan() };
    let told = |shape: Value| -> Vec<String> {
        let mut feature = sound("feature");
        feature["shape"] = shape;
        let feature = serde_json::from_value(feature).expect("a feature");
        super::check(None, &feature, &plan, None, date(2019, 7, 1)).into_iter().map(|told| told.detail.en).collect()
    };
    assert!(told(json!({"type": "Point", "coordinates": [30.5, 70.5]}))[0].contains("look swapped"));
    let speck = json!([[[70.5, 30.5], [70.500_001, 30.5], [70.500_001, 30.500_001], [70.5, 30.5]]]);
    assert!(told(json!({"type": "Polygon", "coordinates": speck}))[0].contains("less than 0.5 m²"));
    let park = json!([[[70.5, 30.5], [70.6, 30.5], [70.6, 30.6], [70.5, 30.5]]]);
    assert_eq!(told(json!({"type": "Polygon", "coordinates": park})), [""; 0]);
}
