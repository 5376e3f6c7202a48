//! The rule as data: it is kept, logged, read by every light, and can be tried before it is set.

use std::sync::Arc;

use guatu::atlas::{Atlas, Row};
use guatu::plan::{Batch, Light, LightCode, LightRule, Project, Record, Stage};
use guatu::services::View;
use guatu::store::Store;
use guatu::store::gpkg::{GpkgStore, Options};

use crate::support::plan::{at, batch, create, date, delete, replace, shipped};

/// The shipped plan in the middle of its year, with three projects on which somebody reported.
fn view() -> View {
    let reported = |project: &mut Project, stage, progress| {
        (project.stage, project.progress, project.reported) = (stage, progress, Some(date("2019-06-01")));
    };
    let records =
        shipped().into_records().filter(|record| !matches!(record, Record::LightRule(_))).map(|mut record| {
            if let Record::Project(project) = &mut record {
                match project.id.as_str() {
                    "zuili-road" => reported(project, Stage::Building, Some(35.0)),
                    "wanguo-road" => reported(project, Stage::Building, Some(70.0)),
                    "canal-park" => {
                        reported(project, Stage::Preparing, None);
                        project.start = Some(date("2019-05-10"));
                    }
                    _ => {}
                }
            }
            Row { version: 1, value: record }
        });
    View { atlas: Arc::new(Atlas::build(1, records).expect("a plan")), today: date("2019-07-02"), audience: guatu::services::Audience::Staff }
}

#[test]
fn a_preview_tells_which_lights_would_turn() {
    let view = view();
    let default = view.atlas.light_rule();
    assert_eq!(*default, Row { version: 0, value: LightRule::default_of(&view.atlas.plan().id) });
    let same = view.preview_lights(&default.value);
    assert!(same.changed.is_empty() && same.before == same.after);
    let strict = LightRule {
        behind_red_points: 12.0,
        unstarted_red_months: 2,
        evidence_days: Some(30),
        ..default.value.clone()
    };
    let preview = view.preview_lights(&strict);
    let told: Vec<_> = preview
        .changed
        .iter()
        .map(|turned| {
            let (before, after) = (&turned.before, &turned.after);
            (turned.row.value.id.as_str(), (before.colour, before.code), (after.colour, after.code))
        })
        .collect();
    use Light::{Green, Red, Yellow};
    let expected = [
        ("canal-park", (Yellow, LightCode::NotStarted), (Red, LightCode::NotStarted)),
        ("zuili-road", (Yellow, LightCode::Behind), (Red, LightCode::Behind)),
        ("wanguo-road", (Green, LightCode::OnSchedule), (Yellow, LightCode::Stale)),
    ];
    assert_eq!(told, expected);
    let turned = |light: Light| (preview.before.of(light), preview.after.of(light));
    let (red, yellow, green) = (turned(Red), turned(Yellow), turned(Green));
    assert_eq!((red.1 - red.0, yellow.0 - yellow.1, green.0 - green.1), (2, 1, 1));
    assert_eq!(preview.before.iter().map(|(_, count)| count).sum::<u64>(), 45);
}

#[tokio::test]
async fn the_rule_is_kept_and_logged_and_the_default_comes_back_when_it_goes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = GpkgStore::open(&folder.path().join("plan.gpkg"), &Options::default()).expect("a new store");
    let commit = |batch: Batch| store.commit(batch);
    commit(batch(shipped().into_records().map(create))).await.expect("the shipped plan");
    let loaded = store.load().await.expect("sound");
    let atlas = Atlas::build(loaded.seq, loaded.records).expect("a plan");
    let kept = atlas.light_rule().clone();
    assert_eq!(kept, Row { version: 1, value: LightRule::default_of(&atlas.plan().id) });
    let rule = Record::LightRule(LightRule { behind_red_points: 20.5, evidence_days: Some(45), ..kept.value });
    let mut later = batch([replace(rule.clone(), 1)]);
    later.at = at("2019-08-01T00:00:00Z");
    let atlas = atlas.apply(&commit(later).await.expect("fits")).expect("follows");
    assert_eq!((atlas.light_rule().version, Record::LightRule(atlas.light_rule().value.clone())), (2, rule.clone()));
    let loaded = store.load().await.expect("sound");
    let fresh = Atlas::build(loaded.seq, loaded.records).expect("a plan");
    assert_eq!(fresh.light_rule(), atlas.light_rule(), "a restart reads the same rule");
    let atlas = atlas.apply(&commit(batch([delete(&rule, 2)])).await.expect("fits")).expect("follows");
    assert_eq!(*atlas.light_rule(), Row { version: 0, value: LightRule::default_of(&atlas.plan().id) });
}
