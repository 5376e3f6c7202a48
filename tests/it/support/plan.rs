//! Small made-up records, batches of them, and the shipped plan.

use std::path::Path;

use guatu::formats::seeds::{self, FetchError, SeedPlan};
use guatu::plan::{
    Batch, Collection, Date, Decision, Edit, Expected, Feature, Fix, FixSource, Inspection, InspectionRule, Investment,
    Kind, LightRule, Mark, Milestone, Patch, PatchRole, Photo, PhotoType, Plan, Project, Quota, Reading, Record,
    Relations, Role, Section, Slug, Target, Text, Theme, Timestamp, Visibility,
};
use guatu::spatial::{GeometryType, Shape};
use serde_json::json;

pub fn slug(id: &str) -> Slug {
    id.parse().expect("an id")
}

pub fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

pub fn shape(json: serde_json::Value) -> Shape {
    Shape::from_json(json, guatu::spatial::MAX_VERTICES).expect("a valid shape")
}

pub fn batch(edits: impl IntoIterator<Item = Edit>) -> Batch {
    Batch {
        at: at("2019-06-01T08:00:00.125Z"),
        actor: "wang-fang".into(),
        edits: edits.into_iter().collect(),
        ..Batch::default()
    }
}

pub fn create(record: Record) -> Edit {
    Edit::Put { record, expected: Expected::Absent }
}

pub fn replace(record: Record, version: u64) -> Edit {
    Edit::Put { record, expected: Expected::Version(version) }
}

pub fn delete(record: &Record, version: u64) -> Edit {
    Edit::Delete { key: record.key(), version }
}

pub fn section(id: &str, zh: &str) -> Record {
    Record::Section(Section { id: slug(id), order: 1, name: Text::new(zh, "Section") })
}

pub fn collection(id: &str, geometry_type: GeometryType) -> Record {
    Record::Collection(Collection {
        id: slug(id),
        order: 1,
        title: Text::new("图层", "Layer"),
        geometry_type,
        role: Role::Context,
        visibility: Visibility::Internal,
    })
}

pub fn feature(number: u64, collection: &str, id: &str, shape: Shape) -> Record {
    Record::Feature(Feature {
        number,
        id: slug(id),
        collection: slug(collection),
        project: None,
        name: Text::new("某处", "Somewhere"),
        class: None,
        accuracy_m: 12.5,
        position: guatu::plan::Position::Rough,
        basis: None,
        shape,
    })
}

pub fn point(number: u64, collection: &str, id: &str, lon: f64, lat: f64) -> Record {
    feature(number, collection, id, shape(json!({"type": "Point", "coordinates": [lon, lat]})))
}

/// One record of each type but feature, with every optional field there.
pub fn one_of_each() -> Vec<Record> {
    let text = |zh: &str| Text::new(zh, "words");
    vec![
        Record::Plan(Plan {
            id: slug("p-2019"),
            district: text("开发区"),
            city: text("嘉兴市"),
            year: 2019,
            start: date("2019-01-01"),
            due: date("2019-12-31"),
            extent: [120.6, 30.6, 120.95, 30.87],
            simulated: true,
        }),
        section("s1", "第一篇"),
        Record::Target(Target {
            id: slug("t1"),
            order: 1,
            section: slug("s1"),
            item: 2,
            name: text("指标"),
            op: guatu::plan::Op::AtLeast,
            value: 8.1,
            unit: text("亿元"),
            stretch: Some(0.1 + 0.2),
            readings: vec![
                Reading { date: date("2019-03-31"), value: 1.0, source: "统计局".into() },
                Reading { date: date("2019-06-30"), value: 3.3, source: "统计局".into() },
            ],
        }),
        Record::Project(project("road-a")),
        Record::Quota(Quota {
            id: slug("q1"),
            order: 1,
            section: slug("s1"),
            item: 0,
            name: text("数量"),
            count: 45,
            aim: guatu::plan::Aim::Start,
            members: vec![slug("road-a"), slug("road-b")],
        }),
        Record::Theme(Theme {
            id: slug("h1"),
            order: 1,
            section: slug("s1"),
            item: 1,
            name: text("主题"),
            note: Some(text("说明")),
        }),
        collection("roads", GeometryType::LineString),
        Record::LightRule(LightRule {
            id: slug("p-2019"),
            behind_yellow_points: 7.5,
            behind_red_points: 0.1 + 0.2,
            unstarted_yellow_months: 2,
            unstarted_red_months: 4,
            evidence_days: Some(45),
            needs_inspection: true,
        }),
        Record::InspectionRule(InspectionRule {
            id: slug("p-2019"),
            fix_limit_m: 25.5,
            reach_m: 0.1 + 0.2,
            visit_days: 14,
            accept_at_once: true,
        }),
        Record::Patch(patch("cell-1")),
        Record::Inspection(inspection("report-1", "road-a")),
    ]
}

pub fn patch(id: &str) -> Patch {
    let ring = json!([[[120.7, 30.7], [120.8, 30.7], [120.8, 30.8], [120.7, 30.8], [120.7, 30.7]]]);
    Patch {
        id: slug(id),
        order: 1,
        name: Text::new("第一网格", "First cell"),
        role: PatchRole::Grid,
        inspectors: vec!["wang-fang".into(), "li.ming".into()],
        reach_m: 0.5,
        shape: shape(json!({"type": "Polygon", "coordinates": ring})),
    }
}

/// A report with every optional field there, accepted.
pub fn inspection(id: &str, project: &str) -> Inspection {
    let at = |text: &str| text.parse().expect("a time");
    let photo = |name: &str, taken: &str| Photo {
        id: slug(&format!("{id}-{name}")),
        sha256: "00ff".repeat(16),
        media_type: PhotoType::WebP,
        bytes: 1_234_567,
        width: 4_032,
        height: 3_024,
        taken: Some(taken.parse().expect("a time")),
        position: Some([120.7 + 0.1, 30.7]),
    };
    Inspection {
        id: slug(id),
        project: slug(project),
        inspector: "wang-fang".into(),
        observed_at: at("2019-05-01T03:04:05.678Z"),
        received_at: at("2019-05-02T03:04:05.678Z"),
        day: date("2019-05-01"),
        stage: guatu::plan::Stage::Building,
        progress: Some(33.3),
        note: Some("路基完成".into()),
        fix: Some(Fix { lon: 120.7, lat: 0.1 + 0.2, accuracy_m: Some(4.2), source: FixSource::Device }),
        distance_m: Some(12.25),
        photos: vec![photo("a", "2019-05-01T03:00:00"), photo("b", "2019-05-01T03:00:00Z")],
        marks: vec![Mark::Far, Mark::PhotoOld],
        confirmed: true,
        decision: Some(Decision {
            accepted: true,
            by: Some("li.ming".into()),
            at: at("2019-05-03T00:00:00Z"),
            reason: Some("看过".into()),
            superseded: true,
        }),
        simulated: true,
    }
}

pub fn project(id: &str) -> Project {
    let text = |zh: &str| Some(Text::new(zh, "words"));
    Project {
        id: slug(id),
        order: 1,
        kind: Kind::Road,
        section: slug("s1"),
        item: 1,
        name: Text::new("双溪路", "Shuangxi road"),
        aim: guatu::plan::Aim::Connect,
        start: Some(date("2019-02-28")),
        due: date("2019-12-31"),
        stage: guatu::plan::Stage::Building,
        progress: Some(33.3),
        reported: Some(date("2019-05-01")),
        owner: text("建设局"),
        warden: Some("王芳".into()),
        investment: Some(Investment { planned_cny: 123_456_789.1, paid_cny: Some(0.1 + 0.2) }),
        milestones: vec![
            Milestone { name: Text::new("开工", "Start"), due: date("2019-03-01"), done: Some(date("2019-03-04")) },
            Milestone { name: Text::new("贯通", "Through"), due: date("2019-12-01"), done: None },
        ],
        curve: Some(vec![0.0, 0.1 + 0.2, 50.0, 100.0]),
        relations: Relations { from: text("甲"), to: text("乙"), carries: text("丙"), crosses: text("丁") },
        note: text("注"),
        visibility: Visibility::Internal,
        simulated: true,
    }
}

/// The plan that ships with the program.
pub fn shipped() -> SeedPlan {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/jxedz-2019");
    seeds::read(|path| std::fs::read(folder.join(path)).map_err(|fault| FetchError::Unreadable(fault.to_string())))
        .expect("the shipped plan is sound")
}
