//! Whatever a record holds comes back as it was.

use guatu::plan::Record;
use guatu::spatial::GeometryType;
use guatu::store::Store;
use serde_json::json;

use super::{by_key, commit, invalid, load, whole_log};
use crate::support::plan::{batch, collection, create, feature, one_of_each, point, section, shape};

pub async fn any_text_survives(store: impl Store) {
    let texts = [
        "槜李路",
        "'; DROP TABLE sections; --",
        "\"quoted\" \\ back",
        "a\0b",
        "🏗️👷🏽",
        "",
        " \t\n\r ",
        "𠮷\u{feff}",
        "123",
        "1e3",
    ];
    let records: Vec<_> = texts.iter().enumerate().map(|(n, text)| section(&format!("s{n}"), text)).collect();
    let mut wanted = batch(records.iter().cloned().map(create));
    wanted.actor = "张三\0'\"🙂".into();
    let made = commit(&store, wanted).await;
    let loaded: Vec<_> = load(&store).await.records.into_iter().map(|row| row.value).collect();
    assert_eq!(loaded, records);
    assert_eq!(whole_log(&store).await, made);
}

pub async fn a_number_that_is_not_finite_cannot_get_in(store: impl Store) {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for record in one_of_each() {
            let record = match record {
                Record::Plan(mut plan) => {
                    plan.extent[2] = bad;
                    Record::Plan(plan)
                }
                Record::Project(mut project) => {
                    for field in 0..3 {
                        let mut project = project.clone();
                        let investment = project.investment.as_mut().expect("there");
                        match field {
                            0 => investment.planned_cny = bad,
                            1 => investment.paid_cny = Some(bad),
                            _ => project.curve.as_mut().expect("there").push(bad),
                        }
                        invalid(&store, batch([create(Record::Project(project))]), "finite").await;
                    }
                    project.progress = Some(bad);
                    Record::Project(project)
                }
                Record::InspectionRule(mut rule) => {
                    rule.reach_m = bad;
                    Record::InspectionRule(rule)
                }
                Record::Patch(mut patch) => {
                    patch.reach_m = bad;
                    Record::Patch(patch)
                }
                Record::Inspection(report) => {
                    for field in 0..4 {
                        let mut report = report.clone();
                        match field {
                            0 => report.progress = Some(bad),
                            1 => report.distance_m = Some(bad),
                            2 => report.photos[1].position = Some([120.7, bad]),
                            _ => report.fix.as_mut().expect("there").accuracy_m = Some(bad),
                        }
                        invalid(&store, batch([create(Record::Inspection(report))]), "finite").await;
                    }
                    continue;
                }
                Record::LightRule(mut rule) => {
                    rule.behind_red_points = bad;
                    Record::LightRule(rule)
                }
                Record::Target(mut target) => {
                    for field in 0..2 {
                        let mut target = target.clone();
                        *(if field == 0 { &mut target.value } else { target.stretch.as_mut().expect("there") }) = bad;
                        invalid(&store, batch([create(Record::Target(target))]), "finite").await;
                    }
                    target.readings[1].value = bad;
                    Record::Target(target)
                }
                _ => continue,
            };
            invalid(&store, batch([create(record)]), "finite").await;
        }
        let mut place = point(1, "parks", "a", 120.7, 30.7);
        if let Record::Feature(feature) = &mut place {
            feature.accuracy_m = bad;
        }
        let parks = create(collection("parks", GeometryType::Point));
        invalid(&store, batch([parks, create(place)]), "finite").await;
    }
}

pub async fn all_six_geometry_types_come_back_bit_by_bit(store: impl Store) {
    let ring = [[0.1, 0.1], [9.3, 0.1], [9.3, 9.7], [0.1, 9.7], [0.1, 0.1]];
    let hole = [[1.1, 1.1], [1.1, 2.2], [2.2, 2.2], [1.1, 1.1]];
    let far = [[20.0, 20.0], [21.0, 20.0], [21.0, 21.0], [20.0, 20.0]];
    let line = [[120.123_456_789_012_34, 30.1], [-0.0, 5e-324], [0.3, 0.1 + 0.2]];
    let six = [
        json!({"type": "Point", "coordinates": [120.700_000_000_000_01, -1e-300]}),
        json!({"type": "LineString", "coordinates": line}),
        json!({"type": "Polygon", "coordinates": [ring, hole]}),
        json!({"type": "MultiPoint", "coordinates": line}),
        json!({"type": "MultiLineString", "coordinates": [line, [[1.0, 1.0], [2.0, 2.0]]]}),
        json!({"type": "MultiPolygon", "coordinates": [[ring, hole], [far]]}),
    ];
    let bits = |record: &Record| match record {
        Record::Feature(feature) => {
            use geo::CoordsIter;
            feature.shape.geometry().coords_iter().map(|at| (at.x.to_bits(), at.y.to_bits())).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    for (value, number) in six.into_iter().zip(1_u64..) {
        let (shape, id) = (shape(value), format!("c{number}"));
        let home = collection(&id, shape.geometry_type());
        let record = feature(number, &id, "a", shape);
        commit(&store, batch([create(home), create(record.clone())])).await;
        let loaded = by_key(load(&store).await.records);
        let back = &loaded[&record.key()].value;
        assert_eq!((back, bits(back)), (&record, bits(&record)));
        let told = whole_log(&store).await.pop().and_then(|change| change.after).expect("the feature's creation");
        assert_eq!((&told, bits(&told)), (&record, bits(&record)));
    }
}
