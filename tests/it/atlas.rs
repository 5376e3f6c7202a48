//! The atlas against plain loops over its features, and against an atlas built from scratch after every run of changes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use geo::{CoordsIter, Intersects, LineString, Point, Polygon, Rect};
use guatu::atlas::{Atlas, AtlasError, Row, Subject};
use guatu::plan::{
    Aim, Change, Collection, Feature, Kind, Plan, Project, Quota, Record, RecordKey, RecordType, Relations, Role,
    Stage, Text, Visibility,
};
use guatu::spatial::{BBox, GeometryType, MAX_RADIUS_M, Query, Relation, Shape, nearest, window_around};
use jiff::civil::date;

use crate::support::plans::{MADE_UP, SHIPPED, load};
use crate::support::random::{Random, any_shape, feature, on_one_side, polygon, shape, slug};

fn plan() -> Plan {
    Plan {
        id: slug("p"),
        district: Text::new("区", "District"),
        city: Text::new("市", "City"),
        year: 2024,
        start: date(2024, 1, 1),
        due: date(2024, 12, 31),
        extent: [-180.0, -90.0, 180.0, 90.0],
        simulated: false,
    }
}

fn collection(id: &str, order: u32, role: Role) -> Collection {
    Collection {
        id: slug(id),
        order,
        title: Text::new("集", id),
        geometry_type: GeometryType::Point,
        role,
        visibility: Visibility::Public,
    }
}

fn project(number: u64) -> Project {
    Project {
        id: slug(&format!("p-{number}")),
        order: number as u32,
        kind: Kind::Road,
        section: slug("s"),
        item: 1,
        name: Text::new(format!("第{number}号项目"), format!("Project number {number}")),
        aim: Aim::Complete,
        start: None,
        due: date(2024, 12, 31),
        stage: Stage::NotReported,
        progress: None,
        reported: None,
        owner: None,
        warden: None,
        investment: None,
        milestones: Vec::new(),
        curve: None,
        relations: Relations::default(),
        note: None,
        visibility: Visibility::Public,
        simulated: false,
    }
}

fn quota(id: &str, order: u32, members: &[&str]) -> Quota {
    Quota {
        id: slug(id),
        order,
        section: slug("s"),
        item: 1,
        name: Text::new("指标", id),
        count: 9,
        aim: Aim::Complete,
        members: members.iter().copied().map(slug).collect(),
    }
}

/// Everything that a store would hold, and the log's end.
#[derive(Clone, Default)]
struct Model {
    seq: u64,
    rows: BTreeMap<RecordKey, Row<Record>>,
}

impl Model {
    fn of(records: impl IntoIterator<Item = Record>) -> Model {
        let rows = records.into_iter().map(|value| (value.key(), Row { version: 1, value })).collect();
        Model { seq: 0, rows }
    }

    fn atlas(&self) -> Atlas {
        Atlas::build(self.seq, self.rows.values().cloned()).expect("builds")
    }

    fn change(&mut self, key: RecordKey, after: Option<Record>) -> Change {
        self.seq += 1;
        let before = self.rows.remove(&key);
        let version = before.as_ref().map_or(0, |row| row.version) + 1;
        if let Some(value) = &after {
            self.rows.insert(key.clone(), Row { version, value: value.clone() });
        }
        let (at, actor) = ("2024-05-01T00:00:00Z".parse().expect("a time"), "tester".to_owned());
        Change {
            seq: self.seq,
            batch: self.seq,
            at,
            actor,
            key,
            version,
            before: before.map(|row| row.value),
            after,
            internal: false,
            note: None,
            undoes: None,
        }
    }

    fn put(&mut self, record: Record) -> Change {
        self.change(record.key(), Some(record))
    }

    fn delete(&mut self, record: &Record) -> Change {
        self.change(record.key(), None)
    }

    fn features(&self) -> Vec<&Feature> {
        let mut features: Vec<_> = self
            .rows
            .values()
            .filter_map(|row| if let Record::Feature(feature) = &row.value { Some(feature) } else { None })
            .collect();
        features.sort_by_key(|feature| feature.number);
        features
    }
}

/// Where features lie: a district, and the sea on both sides of the dateline.
fn random_place(random: &mut Random) -> Point {
    match random.below(4) {
        0 => random.point_in([178.9, -17.2, 179.97, -16.0]),
        1 => random.point_in([-179.97, -17.2, -178.9, -16.0]),
        _ => random.point_in([119.5, 30.0, 121.5, 31.5]),
    }
}

fn random_feature(random: &mut Random, number: u64, projects: u64) -> Feature {
    let middle = random_place(random);
    let size = [0.002, 0.02][random.below(2) as usize];
    let shape = any_shape(random, middle, [size, size]);
    if number.is_multiple_of(5) {
        return feature(number, "names", None, shape);
    }
    feature(number, "works", Some(&format!("p-{}", random.below(projects))), shape)
}

fn filled(random: &mut Random, count: u64) -> Model {
    let projects = count.min(40);
    let mut records = vec![
        Record::Plan(plan()),
        Record::Collection(collection("works", 1, Role::Plan { kind: Kind::Road })),
        Record::Collection(collection("names", 1_001, Role::Context)),
        Record::Quota(quota("q-a", 1, &["p-1", "p-2"])),
        Record::Quota(quota("q-b", 2, &["p-20"])),
    ];
    records.extend((0..projects).map(|number| Record::Project(project(number))));
    records.extend((1..=count).map(|number| Record::Feature(random_feature(random, number, projects))));
    Model::of(records)
}

fn numbers<'a>(features: impl IntoIterator<Item = &'a Feature>) -> Vec<u64> {
    let mut numbers: Vec<u64> = features.into_iter().map(|feature| feature.number).collect();
    numbers.sort_unstable();
    numbers
}

/// The numbers that a window visits, each counted once.
fn window(atlas: &Atlas, collection: &Collection, window: BBox, test: impl Fn(&Feature) -> bool) -> Vec<u64> {
    let mut found = Vec::new();
    let visited = atlas.window(collection, window, |row| {
        if test(&row.value) {
            found.push(row.value.number);
        }
        ControlFlow::Continue(())
    });
    assert!(visited.is_continue());
    found.sort_unstable();
    found.dedup();
    found
}

fn meets(feature: &Feature, window: BBox) -> bool {
    let rect = feature.shape.rect();
    window.rects().any(|part| part.intersects(&rect))
}

fn random_window(random: &mut Random) -> BBox {
    let middle = random_place(random);
    let half = [0.0, 0.05, 0.5, 1.5][random.below(4) as usize];
    let wrap = |lon: f64| (lon + 540.0).rem_euclid(360.0) - 180.0;
    BBox::new(wrap(middle.x() - half), middle.y() - half, wrap(middle.x() + half), middle.y() + half).expect("a box")
}

/// Surely more than `metres` apart, told from latitudes and longitudes alone.
fn surely_apart(a: Rect, b: Rect, metres: f64) -> bool {
    let gap = |a: (f64, f64), b: (f64, f64)| (a.0 - b.1).max(b.0 - a.1).max(0.0);
    let d_lat = gap((a.min().y, a.max().y), (b.min().y, b.max().y));
    let d_lon = [-360.0, 0.0, 360.0].map(|turn| gap((a.min().x + turn, a.max().x + turn), (b.min().x, b.max().x)));
    let d_lon = d_lon.into_iter().fold(f64::INFINITY, f64::min);
    // All of the tests' features lie within 40 degrees of the equator.
    d_lat * 110_000.0 > metres || d_lon * 110_000.0 * 40_f64.to_radians().cos() > metres
}

fn random_query(random: &mut Random) -> Query {
    let size = random.between(0.01, 0.2);
    let middle = on_one_side(random_place(random), [size, size]);
    let asked = match random.below(4) {
        0 => any_shape(random, middle, [size * 0.01, size * 0.01]),
        _ => polygon(random, middle, [size, size], 9, 0),
    };
    let relation = match random.below(4) {
        0 => Relation::Intersects,
        1 => Relation::Within,
        2 => Relation::Contains,
        _ => Relation::Dwithin { distance_m: random.between(0.0, 20_000.0) },
    };
    Query { shape: asked, relation }
}

/// Puts random questions to the atlas and to a loop over the model's features.
fn check(atlas: &Atlas, model: &Model, random: &mut Random, questions: u32, case: &str) {
    let all = model.features();
    for collection in atlas.collections() {
        let of_it: Vec<&Feature> = all.iter().filter(|feature| feature.collection == collection.id).copied().collect();
        assert_eq!(atlas.set(collection).len(), of_it.len(), "{case}");
        let listed: Vec<u64> = atlas.features_after(collection, 0).map(|row| row.value.number).collect();
        assert_eq!(listed, numbers(of_it.iter().copied()), "{case}");
        for question in 0..questions {
            let case = format!("{case}, {} question {question}", collection.id);
            let asked = random_window(random);
            let expected = numbers(of_it.iter().copied().filter(|feature| meets(feature, asked)));
            assert_eq!(window(atlas, collection, asked, |_| true), expected, "{case}: {asked:?}");

            let (from, reach_m) =
                (random_place(random), [0.0, 500.0, 20_000.0, MAX_RADIUS_M][random.below(4) as usize]);
            let distance = |feature: &Feature| nearest(from, &feature.shape).distance_m;
            let mut ranked: Vec<(u64, f64)> = of_it.iter().map(|feature| (feature.number, distance(feature))).collect();
            ranked.retain(|(_, distance_m)| *distance_m <= reach_m);
            ranked.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            let around = window_around(Rect::new(from, from), reach_m);
            let within = window(atlas, collection, around, |feature| distance(feature) <= reach_m);
            let mut expected: Vec<u64> = ranked.iter().map(|(number, _)| *number).collect();
            expected.sort_unstable();
            assert_eq!(within, expected, "{case}: within {reach_m} m of {from:?}");

            let limit = [1, 10, 1_000][random.below(3) as usize];
            ranked.truncate(limit);
            let found = atlas.nearest(collection, from, limit, reach_m, |feature| Some(distance(feature)));
            let found: Vec<(u64, f64)> = found.into_iter().map(|(feature, metres)| (feature.number, metres)).collect();
            assert_eq!(found, ranked, "{case}: {limit} nearest within {reach_m} m of {from:?}");

            let query = random_query(random);
            let candidate = |feature: &Feature| match query.relation {
                Relation::Dwithin { distance_m } => !surely_apart(query.shape.rect(), feature.shape.rect(), distance_m),
                _ => true,
            };
            let matching = of_it.iter().copied().filter(|feature| candidate(feature) && query.matches(&feature.shape));
            let found = window(atlas, collection, query.window(), |feature| query.matches(&feature.shape));
            assert_eq!(found, numbers(matching), "{case}: {query:?}");
        }
    }
}

/// Everything that can be asked without a place.
fn answers(atlas: &Atlas) -> Vec<String> {
    let mut told = vec![format!("{} {:?} {:?}", atlas.seq(), atlas.plan(), atlas.plan_rect())];
    told.extend(atlas.sections.iter().map(|row| format!("{row:?}")));
    told.extend(atlas.targets.iter().map(|row| format!("{row:?}")));
    told.extend(atlas.quotas.iter().map(|row| format!("{row:?}")));
    told.extend(atlas.themes.iter().map(|row| format!("{row:?}")));
    for collection in atlas.collections() {
        told.push(format!("{collection:?} {:?}", atlas.extent(collection)));
        for row in atlas.features_after(collection, 0) {
            assert_eq!(atlas.feature(collection, row.value.id.as_str()), Some(row));
            told.push(format!("{row:?} of {:?}", atlas.project_of(&row.value).map(|row| &row.value.id)));
        }
    }
    for row in atlas.projects.iter() {
        let id = &row.value.id;
        let places: Vec<u64> = atlas.places_of(id).map(|feature| feature.number).collect();
        told.push(format!("{row:?} at {places:?} in {:?}", atlas.quota_of(id).map(|quota| &quota.id)));
        assert_eq!(atlas.projects.get(id), Some(row));
    }
    for query in ["项目", "号", "project", "number 1", "地物", "feature 1", "指标", "新", "renamed", "1", "q-"]
    {
        told.push(format!("{query}: {:?}", atlas.search(query).collect::<Vec<_>>()));
    }
    told
}

/// One random edit of anything.
fn random_change(random: &mut Random, model: &mut Model) -> Change {
    let keys: Vec<RecordKey> = model.rows.keys().cloned().collect();
    let of = |record_type: RecordType| -> Vec<Record> {
        keys.iter().filter(|key| key.record_type == record_type).map(|key| model.rows[key].value.clone()).collect()
    };
    let (features, projects, quotas) = (of(RecordType::Feature), of(RecordType::Project), of(RecordType::Quota));
    let pick = |random: &mut Random, records: &[Record]| records[random.below(records.len() as u64) as usize].clone();
    let fresh = model.seq + 1_000_000;
    match random.below(10) {
        0 | 1 => model.put(Record::Feature(random_feature(random, fresh, 40))),
        2 | 3 if !features.is_empty() => {
            // Moved, in place: a new shape, perhaps another project.
            let Record::Feature(old) = pick(random, &features) else { unreachable!("features were picked") };
            let moved = random_feature(random, old.number, 40);
            model.put(Record::Feature(Feature { collection: old.collection, id: old.id, ..moved }))
        }
        4 if !features.is_empty() => model.delete(&pick(random, &features)),
        5 => {
            let Record::Project(mut renamed) = pick(random, &projects) else { unreachable!("projects were picked") };
            renamed.name = Text::new(format!("新名{}", random.below(9)), format!("Renamed {}", random.below(9)));
            model.put(Record::Project(renamed))
        }
        6 => {
            let Record::Project(mut reported) = pick(random, &projects) else { unreachable!("projects were picked") };
            reported.stage = Stage::Building;
            reported.progress = Some(random.below(100) as f64);
            reported.order = random.below(60) as u32;
            model.put(Record::Project(reported))
        }
        7 => model.put(Record::Project(project(random.below(60)))),
        8 => {
            let Record::Collection(mut titled) = pick(random, &of(RecordType::Collection)) else {
                unreachable!("collections were picked")
            };
            titled.title.en = format!("Title {}", random.below(9));
            model.put(Record::Collection(titled))
        }
        _ => {
            // A member that no other quota has, so that a quota's members are its own whatever the order.
            let Record::Quota(mut quota) = pick(random, &quotas) else { unreachable!("quotas were picked") };
            let base = if quota.id.as_str() == "q-a" { 0 } else { 20 };
            quota.members = (0..random.below(4)).map(|at| slug(&format!("p-{}", base + at * 3))).collect();
            model.put(Record::Quota(quota))
        }
    }
}

#[test]
fn ten_features_are_found_as_a_loop_finds_them() {
    let random = &mut Random::new(9_010);
    for round in 0..20 {
        let model = filled(random, 10);
        check(&model.atlas(), &model, random, 10, &format!("seed 9010, round {round}"));
    }
}

#[test]
fn a_hundred_thousand_features_are_found_as_a_loop_finds_them() {
    let random = &mut Random::new(9_100);
    let mut model = filled(random, 100_000);
    let mut atlas = model.atlas();
    check(&atlas, &model, random, 3, "seed 9100, built");
    let changes: Vec<Change> = (0..12).map(|_| random_change(random, &mut model)).collect();
    atlas = atlas.apply(&changes).expect("follows on");
    check(&atlas, &model, random, 2, "seed 9100, edited");
}

#[test]
fn an_atlas_after_changes_answers_as_one_built_from_scratch() {
    let random = &mut Random::new(9_300);
    let mut model = filled(random, 300);
    let mut atlas = model.atlas();
    for round in 0..40 {
        let case = format!("seed 9300, round {round}");
        let count = 1 + random.below(40);
        let changes: Vec<Change> = (0..count).map(|_| random_change(random, &mut model)).collect();
        let before = (round % 8 == 0).then(|| (atlas.clone(), answers(&atlas)));
        atlas = atlas.apply(&changes).expect("follows on");
        assert_eq!(answers(&atlas), answers(&model.atlas()), "{case}");
        check(&atlas, &model, random, 4, &case);
        if let Some((before, told)) = before {
            assert_eq!(answers(&before), told, "{case}: the atlas before is left alone");
        }
        if atlas.needs_rebuild() || round % 10 == 9 {
            let rebuilt = atlas.rebuilt();
            assert!(!rebuilt.needs_rebuild());
            assert_eq!(answers(&rebuilt), answers(&atlas), "{case}, rebuilt");
            check(&rebuilt, &model, random, 4, &format!("{case}, rebuilt"));
            atlas = rebuilt;
        }
    }
}

#[test]
fn changes_one_by_one_and_all_at_once_lead_to_the_same() {
    let random = &mut Random::new(9_301);
    let mut model = filled(random, 60);
    let start = model.atlas();
    let changes: Vec<Change> = (0..150).map(|_| random_change(random, &mut model)).collect();
    let at_once = start.apply(&changes).expect("follows on");
    let one_by_one = changes.chunks(1).fold(start, |atlas, change| atlas.apply(change).expect("follows on"));
    assert_eq!(answers(&at_once), answers(&one_by_one), "seed 9301");
    assert_eq!(answers(&at_once), answers(&model.atlas()), "seed 9301");
}

#[test]
fn a_change_out_of_turn_is_refused() {
    let random = &mut Random::new(9_302);
    let mut model = filled(random, 10);
    let atlas = model.atlas();
    let (first, second) = (random_change(random, &mut model), random_change(random, &mut model));
    let check = |changes: &[&Change], expected: u64, found: u64| {
        let changes: Vec<Change> = changes.iter().map(|change| (*change).clone()).collect();
        assert_eq!(atlas.apply(&changes).err(), Some(AtlasError::Gap { expected, found }));
    };
    check(&[&second], 1, 2);
    check(&[&second, &first], 1, 2);
    check(&[&first, &first], 2, 1);
    assert_eq!(atlas.apply(&[first, second]).expect("in turn").seq(), 2);
    assert_eq!(atlas.apply(&[]).expect("nothing new").seq(), 0);
}

#[test]
fn a_feature_needs_its_collection_and_an_atlas_its_plan() {
    let random = &mut Random::new(9_303);
    let mut model = filled(random, 1);
    let atlas = model.atlas();
    let homeless = feature(77, "nowhere", None, shape(Point::new(1.0, 1.0)));
    let change = model.put(Record::Feature(homeless));
    let key = change.key.clone();
    assert_eq!(atlas.apply(&[change]).err(), Some(AtlasError::NoCollection { seq: 1, key: key.clone() }));
    assert_eq!(Atlas::build(1, model.rows.into_values()).err(), Some(AtlasError::NoCollection { seq: 1, key }));
    assert_eq!(Atlas::build(0, []).err(), Some(AtlasError::NoPlan));
}

#[test]
fn a_new_name_is_found_and_the_old_one_is_not() {
    let seed = load(MADE_UP);
    let mut model = Model::of(seed.into_records());
    let atlas = model.atlas();
    let found =
        |atlas: &Atlas, query: &str| atlas.search(query).map(|(subject, _)| subject.clone()).collect::<Vec<_>>();
    let (ice, isle) =
        (Subject::Project(slug("ice-works")), Subject::Place { collection: slug("base_shore"), id: slug("main-isle") });
    assert_eq!(
        found(&atlas, "24小时"),
        [Subject::Project(slug("water-kiosks"))],
        "full-width digits are found by plain ones"
    );
    assert_eq!(found(&atlas, "mothers'"), [Subject::Project(slug("mothers-garden"))]);
    let mut renamed = atlas.projects.get("ice-works").expect("is there").value.clone();
    renamed.name = Text::new("冷库", "Cold store");
    let shore = atlas.collection("base_shore").expect("is there");
    let mut place = atlas.feature(shore, "main-isle").expect("is there").value.clone();
    place.name = Text::new("大屿", "Great isle");
    let changes = [model.put(Record::Project(renamed)), model.put(Record::Feature(place))];
    let next = atlas.apply(&changes).expect("follows on");
    let check = |query: &str, before: Option<&Subject>, after: Option<&Subject>| {
        let expected = [before, after].map(|subject| subject.cloned().into_iter().collect::<Vec<_>>());
        assert_eq!([found(&atlas, query), found(&next, query)], expected, "{query}");
    };
    check("制冰", Some(&ice), None);
    check("冷库", None, Some(&ice));
    check("主岛", Some(&isle), None);
    check("great", None, Some(&isle));
}

#[test]
fn a_deleted_feature_is_no_place_of_its_project_any_more() {
    let seed = load(MADE_UP);
    let mut model = Model::of(seed.into_records());
    let atlas = model.atlas();
    let school = slug("shell-school");
    let places = |atlas: &Atlas| atlas.places_of(&school).map(|feature| feature.id.to_string()).collect::<Vec<_>>();
    assert_eq!(places(&atlas), ["shell-school-upper", "shell-school-lower"]);
    let collection = atlas.collection("classrooms").expect("is there");
    let upper = Record::Feature(atlas.feature(collection, "shell-school-upper").expect("is there").value.clone());
    let without = atlas.apply(&[model.delete(&upper)]).expect("follows on");
    assert_eq!(places(&without), ["shell-school-lower"]);
    assert_eq!(without.feature(collection, "shell-school-upper"), None);
    assert_eq!(without.set(collection).len(), 1);
    let back = without.apply(&[model.put(upper)]).expect("follows on");
    assert_eq!(places(&back), places(&atlas), "in the order of their numbers");
}

#[test]
fn a_project_follows_its_quota() {
    let mut model = Model::of([
        Record::Plan(plan()),
        Record::Project(project(1)),
        Record::Project(project(2)),
        Record::Quota(quota("q-a", 1, &["p-1", "p-2"])),
        Record::Quota(quota("q-b", 2, &[])),
    ]);
    let atlas = model.atlas();
    let check = |atlas: &Atlas, first: Option<&str>, second: Option<&str>| {
        let of = |id: &str| atlas.quota_of(&slug(id)).map(|quota| quota.id.to_string());
        assert_eq!((of("p-1").as_deref(), of("p-2").as_deref()), (first, second));
    };
    check(&atlas, Some("q-a"), Some("q-a"));
    // The new quota takes the member before the old one lets go of it: both orders of a batch must end the same.
    let changes =
        [model.put(Record::Quota(quota("q-b", 2, &["p-2"]))), model.put(Record::Quota(quota("q-a", 1, &["p-1"])))];
    let moved = atlas.apply(&changes).expect("follows on");
    check(&moved, Some("q-a"), Some("q-b"));
    let changes =
        [model.put(Record::Quota(quota("q-b", 2, &[]))), model.put(Record::Quota(quota("q-a", 1, &["p-1", "p-2"])))];
    let back = moved.apply(&changes).expect("follows on");
    check(&back, Some("q-a"), Some("q-a"));
    let gone = back.apply(&[model.delete(&Record::Quota(quota("q-a", 1, &[])))]).expect("follows on");
    check(&gone, None, None);
    check(&atlas, Some("q-a"), Some("q-a"));
}

#[test]
fn relations_are_what_their_names_say() {
    let square = |west: f64, south: f64, side: f64| {
        let (east, north) = (west + side, south + side);
        let ring = LineString::from(vec![(west, south), (east, south), (east, north), (west, north), (west, south)]);
        shape(Polygon::new(ring, vec![]))
    };
    let asked = square(120.0, 30.0, 1.0);
    let line = |from: (f64, f64), to: (f64, f64)| shape(LineString::from(vec![from, to]));
    // Columns: intersects, within (the feature in the square), contains (the square in the feature), 1 km, 200 km.
    let check = |feature: &Shape, expected: [bool; 5], what: &str| {
        let relations = [
            Relation::Intersects,
            Relation::Within,
            Relation::Contains,
            Relation::Dwithin { distance_m: 1_000.0 },
            Relation::Dwithin { distance_m: 200_000.0 },
        ];
        let found = relations.map(|relation| Query { shape: asked.clone(), relation }.matches(feature));
        assert_eq!(found, expected, "{what}");
        for relation in relations {
            let query = Query { shape: asked.clone(), relation };
            let in_window = query.window().rects().any(|rect| rect.intersects(&feature.rect()));
            assert!(in_window || !query.matches(feature), "{what}: the window loses it");
        }
    };
    let (yes, no) = (true, false);
    check(&shape(Point::new(120.5, 30.5)), [yes, yes, no, yes, yes], "a point inside");
    check(&shape(Point::new(120.0, 30.5)), [yes, no, no, yes, yes], "a point on the edge");
    check(&shape(Point::new(119.995, 30.5)), [no, no, no, yes, yes], "a point 480 m outside");
    check(&shape(Point::new(119.0, 30.5)), [no, no, no, no, yes], "a point 96 km outside");
    check(&shape(Point::new(110.0, 30.5)), [no, no, no, no, no], "a point far outside");
    check(&line((120.2, 30.2), (120.8, 30.8)), [yes, yes, no, yes, yes], "a line inside");
    check(&line((119.0, 30.5), (122.0, 30.5)), [yes, no, no, yes, yes], "a line across");
    check(&line((119.0, 29.0), (122.0, 29.0)), [no, no, no, no, yes], "a line that passes by");
    check(&square(120.2, 30.2, 0.5), [yes, yes, no, yes, yes], "a square inside");
    check(&square(119.0, 29.0, 3.0), [yes, no, yes, yes, yes], "a square around");
    check(&asked, [yes, yes, yes, yes, yes], "the square itself");
    check(&square(121.0, 30.0, 1.0), [yes, no, no, yes, yes], "a square that touches");
}

#[test]
fn a_window_across_the_dateline_holds_both_sides() {
    let at = |number: u64, lon: f64| Record::Feature(feature(number, "names", None, shape(Point::new(lon, -16.5))));
    let mut records = vec![Record::Plan(plan()), Record::Collection(collection("names", 1, Role::Context))];
    records.extend([at(1, 179.9), at(2, -179.9), at(3, 180.0), at(4, -180.0), at(5, 178.0), at(6, 0.0)]);
    let atlas = Model::of(records).atlas();
    let names = atlas.collection("names").expect("is there");
    let check = |bbox: [f64; 4], expected: &[u64]| {
        let [west, south, east, north] = bbox;
        let asked = BBox::new(west, south, east, north).expect("a box");
        assert_eq!(window(&atlas, names, asked, |_| true), expected, "{bbox:?}");
    };
    check([179.5, -17.0, -179.5, -16.0], &[1, 2, 3, 4]);
    check([179.5, -17.0, 180.0, -16.0], &[1, 3]);
    check([-180.0, -17.0, -179.5, -16.0], &[2, 4]);
    check([-179.5, -17.0, 179.5, -16.0], &[5, 6]);
    check([179.5, -16.0, -179.5, -15.0], &[]);
    let from = Point::new(-179.95, -16.5);
    let metres = |feature: &Feature| Some(nearest(from, &feature.shape).distance_m);
    let found = atlas.nearest(names, from, 10, 20_000.0, metres);
    assert_eq!(found.iter().map(|(feature, _)| feature.number).collect::<Vec<_>>(), [2, 3, 4, 1]);
}

#[test]
fn the_shipped_plan_stands_in_its_extent() {
    let seed = load(SHIPPED);
    let atlas = Model::of(seed.into_records()).atlas();
    let [west, south, east, north] = atlas.plan().extent;
    let rect = atlas.plan_rect().expect("has places");
    assert!(west <= rect.min().x && rect.max().x <= east && south <= rect.min().y && rect.max().y <= north);
    let every = |row: &Row<Project>| atlas.places_of(&row.value.id).count();
    assert!(atlas.projects.iter().all(|row| every(row) >= 1), "every project is on the map");
    let zones = atlas.collection("zones").expect("is there");
    let vertices = |row: &Row<Feature>| row.value.shape.geometry().coords_iter().count();
    assert!(atlas.features_after(zones, 0).all(|row| vertices(row) >= 4));
}
