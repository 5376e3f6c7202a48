//! The reader of plans: both plans of the tree read; every fault is told with its file, row and field, all at once.

use std::collections::BTreeMap;

use guatu::formats::seeds::{FetchError, Problem, SeedPlan, read};
use guatu::plan::{Date, Investment, Kind, LightRule, Position, Project, Record, Role, Stage, Visibility, Word, rules};
use guatu::spatial::GeometryType;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::plans::{MADE_UP, SHIPPED, folder, load};

fn ids(projects: &[Project], stage: Stage) -> Vec<&str> {
    projects.iter().filter(|project| project.stage == stage).map(|project| project.id.as_str()).collect()
}

fn project<'a>(seed: &'a SeedPlan, id: &str) -> &'a Project {
    seed.projects.iter().find(|project| project.id.as_str() == id).expect(id)
}

#[test]
fn the_shipped_plan_reads_whole() {
    let seed = load(SHIPPED);
    let counts = [seed.sections.len(), seed.targets.len(), seed.quotas.len(), seed.projects.len(), seed.themes.len()];
    assert_eq!(counts, [5, 21, 8, 45, 22], "sections, targets, quotas, projects, themes");
    let plan_collections: Vec<_> = seed.collections.iter().filter(|c| c.role != Role::Context).collect();
    assert_eq!((plan_collections.len(), seed.collections.len()), (10, 15));
    let places = seed.features.iter().filter(|feature| feature.project.is_some());
    assert_eq!(places.count(), 45);
    for collection in plan_collections {
        assert!(seed.features.iter().any(|feature| feature.collection == collection.id), "{} is empty", collection.id);
    }
    let numbers: Vec<u64> = seed.features.iter().map(|feature| feature.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "numbers run on over the collections");
}

#[test]
fn the_shipped_plan_starts_with_the_stages_that_its_words_imply() {
    let seed = load(SHIPPED);
    let planned = ["italian-meat", "sentaike", "intercontinental", "yaojiadang-school", "hznu-fengyuan"];
    let building =
        ["sibitai", "xinzhiwei", "shimao-hotel", "massimo-zanetti", "aibosi", "breadtalk", "chayuan-primary"];
    assert_eq!(ids(&seed.projects, Stage::Planned), planned);
    assert_eq!(ids(&seed.projects, Stage::Building), building);
    assert_eq!(ids(&seed.projects, Stage::NotReported).len(), 33);
    assert!(seed.projects.iter().all(|project| project.progress.is_none() && project.reported.is_none()));
}

#[test]
fn one_school_of_the_shipped_plan_is_due_before_the_year_ends() {
    let seed = load(SHIPPED);
    let early: Vec<_> = seed.projects.iter().filter(|project| project.due != seed.plan.due).collect();
    assert_eq!(early.len(), 1);
    assert_eq!((early[0].name.zh.as_str(), early[0].due), ("茶园小学", "2019-09-01".parse::<Date>().expect("date")));
}

#[test]
fn roads_know_their_ends_and_bridges_what_they_carry_and_cross() {
    let seed = load(SHIPPED);
    let check = |id: &str, expected: [Option<&str>; 4]| {
        let relations = &project(&seed, id).relations;
        let found = [&relations.from, &relations.to, &relations.carries, &relations.crosses];
        assert_eq!(found.map(|text| text.as_ref().map(|text| text.zh.as_str())), expected, "{id}");
    };
    check("shuangxi-road", [Some("长水路"), Some("三环南路"), None, None]);
    check("chuangxin-road", [Some("长水路"), Some("槜李路"), None, None]);
    check("zuili-road", [Some("南湖大道"), Some("纺工路"), None, None]);
    check("wanguo-bridge", [None, None, Some("万国路"), Some("杭州塘")]);
    check("guangqiong-bridge", [None, None, Some("广穹路"), Some("南郊河")]);
    check("zuili-bridge", [None, None, Some("槜李路"), Some("南郊河")]);
    check("jiahang-road", [None; 4]);
}

#[test]
fn a_plan_of_another_district_reads_too() {
    let seed = load(MADE_UP);
    let counts = [seed.sections.len(), seed.targets.len(), seed.quotas.len(), seed.projects.len(), seed.themes.len()];
    assert_eq!(counts, [3, 5, 3, 14, 3], "sections, targets, quotas, projects, themes");
    assert_eq!((seed.plan.district.zh.as_str(), seed.plan.year), ("海棠屿新区", 2024));
    let types: Vec<_> =
        seed.collections.iter().map(|collection| (collection.id.as_str(), collection.geometry_type)).collect();
    assert_eq!(types[0], ("quarters", GeometryType::MultiPolygon));
    assert_eq!(types[1], ("causeways", GeometryType::MultiLineString));
    assert_eq!(types[2], ("help-points", GeometryType::MultiPoint));
    let full = |id: &str| seed.quotas.iter().find(|quota| quota.id.as_str() == id).map(|q| (q.members.len(), q.count));
    assert_eq!(full("hq-gardens"), Some((2, 2)));
    assert_eq!(full("hq-cisterns"), Some((0, 40)));
    assert_eq!(full("hq-workshops"), Some((2, 6)));
    assert!(seed.projects.iter().all(|project| project.kind != Kind::Hotel));
    for stage in [Stage::Completed, Stage::InUse, Stage::Suspended, Stage::Cancelled, Stage::Preparing] {
        assert_eq!(ids(&seed.projects, stage).len(), 1, "{stage}");
    }
    let places =
        |id: &str| seed.features.iter().filter(|f| f.project.as_ref().is_some_and(|p| p.as_str() == id)).count();
    assert_eq!(places("shell-school"), 2, "one project may have two places");
}

#[test]
fn names_stay_as_they_are_written() {
    let seed = load(MADE_UP);
    assert_eq!(project(&seed, "water-kiosks").name.zh, "２４小时水站");
    assert_eq!(project(&seed, "mothers-garden").name.en, "Mothers' garden");
    let note = project(&seed, "old-span").note.as_ref().expect("has a note");
    assert_eq!((note.zh.as_str(), note.en.as_str()), ("栏杆“加固”", "with \"stronger\" railings, and lamps"));
}

#[test]
fn the_provenance_page_tells_what_is_in_the_files() {
    let seed = load(SHIPPED);
    let page = std::fs::read_to_string(folder("geodata/PROVENANCE.md")).expect("is there");
    for collection in &seed.collections {
        let features: Vec<_> = seed.features.iter().filter(|feature| feature.collection == collection.id).collect();
        let accuracies = || features.iter().map(|feature| feature.accuracy_m);
        let (least, most) = (accuracies().fold(f64::INFINITY, f64::min), accuracies().fold(0.0, f64::max));
        let range = if least == most { format!("{least}") } else { format!("{least}–{most}") };
        let row = format!("| {} | {} | {range} |", collection.geometry_type, features.len());
        let row = match collection.role {
            Role::Plan { .. } => {
                let count = |position| features.iter().filter(|feature| feature.position == position).count();
                let counts: Vec<String> = Position::ALL.iter().map(|position| count(*position).to_string()).collect();
                format!("| `jxedz-2019/{}.geojson` {row} {} |", collection.id, counts.join(" | "))
            }
            Role::Context => format!("| `context/{}.geojson` {row}", collection.id.as_str().replace("context_", "")),
        };
        assert!(page.contains(&row), "PROVENANCE.md lacks {row:?}");
    }
}

/// A plan's files in memory, by path.
#[derive(Clone)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn fresh() -> Files {
        let tables =
            ["plan.toml", "lights.toml", "sections.csv", "targets.csv", "quotas.csv", "projects.csv", "themes.csv"];
        let collections = ["quarters", "causeways", "help-points", "gardens", "spans", "works", "classrooms"];
        let geodata = collections.map(|id| format!("geodata/{id}.geojson"));
        let context = ["shore", "names"].map(|id| format!("geodata/base/{id}.geojson"));
        let paths = tables.map(str::to_owned).into_iter().chain(geodata).chain(context);
        Files(paths.map(|path| (path.clone(), std::fs::read(folder(MADE_UP).join(&path)).expect("is there"))).collect())
    }

    fn text(&self, file: &str) -> String {
        String::from_utf8(self.0[file].clone()).expect("UTF-8")
    }

    fn put(&mut self, file: &str, content: impl Into<Vec<u8>>) {
        self.0.insert(file.to_owned(), content.into()).expect("a file of the plan");
    }

    fn swap(&mut self, file: &str, from: &str, to: &str) {
        let text = self.text(file);
        assert!(text.contains(from), "{file} lacks {from:?}");
        self.put(file, text.replacen(from, to, 1));
    }

    fn read(&self) -> Result<SeedPlan, Vec<Problem>> {
        read(|path| self.0.get(path).cloned().ok_or(FetchError::Missing))
    }
}

/// File, row, field (empty for none) and a part of the message.
type Expected<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Edits a fresh copy of the made-up plan and expects exactly these problems, in this order.
fn check_all(edit: impl FnOnce(&mut Files), expected: &[Expected]) {
    let mut files = Files::fresh();
    edit(&mut files);
    let problems = files.read().map(|_| ()).expect_err("the edited plan was read");
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), expected.len(), "expected {expected:#?}, told {told:#?}");
    for (problem, (file, row, field, part)) in problems.iter().zip(expected) {
        let place = (
            problem.file.as_str(),
            problem.row.as_deref().unwrap_or_default(),
            problem.field.as_deref().unwrap_or_default(),
        );
        assert_eq!(place, (*file, *row, *field), "{told:#?}");
        assert!(problem.message.contains(part), "{:?} lacks {part:?}", problem.message);
    }
}

/// One replacement in one file, one problem.
fn check(file: &str, from: &str, to: &str, (row, field, part): (&str, &str, &str)) {
    check_all(|files| files.swap(file, from, to), &[(file, row, field, part)]);
}

#[test]
fn a_table_must_have_exactly_its_columns() {
    let (unknown, missing, twice) =
        ("unknown column; the columns are id,name_zh,name_en", "the column is missing", "the column is there twice");
    check("sections.csv", "name_en\n", "name_en,colour\n", ("line 1", "colour", unknown));
    check("sections.csv", "name_en\n", "name_en,name_zh\n", ("line 1", "name_zh", twice));
    check("sections.csv", ",name_en\n", "\n", ("line 1", "name_en", missing));
    check_all(
        |files| files.swap("sections.csv", "name_zh", "Name_zh"),
        &[("sections.csv", "line 1", "Name_zh", unknown), ("sections.csv", "line 1", "name_zh", missing)],
    );
    for table in ["sections.csv", "targets.csv", "quotas.csv", "projects.csv", "themes.csv"] {
        check_all(|files| files.put(table, ""), &[(table, "", "", "has no header row; its columns are id,")]);
        check_all(|files| files.put(table, "\n\n"), &[(table, "", "", "has no header row; its columns are id,")]);
    }
}

#[test]
fn columns_may_come_in_any_order() {
    let mut files = Files::fresh();
    files.put("sections.csv", "name_en,id,name_zh\nA,shore,甲\nB,harbour,乙\nC,people,丙\n");
    let seed = files.read().expect("reads");
    assert_eq!((seed.sections[1].id.as_str(), seed.sections[1].name.zh.as_str()), ("harbour", "乙"));
}

#[test]
fn a_table_of_a_header_alone_has_no_records() {
    let header = |file: &str| Files::fresh().text(file).lines().next().expect("a header").to_owned();
    let mut files = Files::fresh();
    files.put("themes.csv", header("themes.csv"));
    files.put("quotas.csv", header("quotas.csv"));
    let seed = files.read().expect("themes and quotas may be none");
    assert_eq!((seed.themes.len(), seed.quotas.len()), (0, 0));
    let (not_there, mut expected) = ("is not among the projects of projects.csv", Vec::new());
    expected.extend([("quotas.csv", "line 2", "members"); 2]);
    expected.extend([("quotas.csv", "line 4", "members"); 2]);
    for (file, row) in [
        ("quarters", "coral-quarter"),
        ("quarters", "terrace-quarter"),
        ("causeways", "east-causeway"),
        ("causeways", "ferry-road"),
        ("help-points", "clinic-boats"),
        ("help-points", "water-kiosks"),
        ("help-points", "storm-posts"),
        ("gardens", "tide-garden"),
        ("gardens", "mothers-garden"),
        ("spans", "old-span"),
        ("works", "net-loft"),
        ("works", "rope-walk"),
        ("works", "ice-works"),
        ("classrooms", "shell-school-upper"),
        ("classrooms", "shell-school-lower"),
    ] {
        let (file, row) = (format!("geodata/{file}.geojson"), format!("feature {row}"));
        expected.push((file.leak(), row.leak(), "project"));
    }
    let expected: Vec<Expected> =
        expected.into_iter().map(|(file, row, field)| (file, row, field, not_there)).collect();
    check_all(|files| files.put("projects.csv", header("projects.csv")), &expected);
}

#[test]
fn every_row_has_as_many_fields_as_the_header() {
    check("sections.csv", "people,安居乐业,", "people,", ("line 4", "", "has 2 fields, the header has 3"));
    check("sections.csv", "people,安居乐业,", "people,安居乐业,,", ("line 4", "", "has 4 fields, the header has 3"));
    check("sections.csv", "\"Live well, work well\"", "Live well, work well", ("line 4", "", "has 4 fields"));
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    // A spreadsheet ends lines in CRLF; a person leaves blank lines; a quoted field may hold a line break.
    let crlf = |files: &mut Files| {
        files.swap("projects.csv", "cancelled", "finished");
        let text = files.text("projects.csv").replace('\n', "\r\n");
        files.put("projects.csv", text);
    };
    check_all(crlf, &[("projects.csv", "line 9", "stage", "\"finished\"")]);
    check("projects.csv", "ice-works,industry", "\n\nice-works,plant", ("line 11", "kind", "\"plant\""));
    let broken = |files: &mut Files| {
        files.swap("projects.csv", "Tide garden", "\"Tide\ngarden\"");
        files.swap("projects.csv", "cancelled", "finished");
    };
    check_all(broken, &[("projects.csv", "line 10", "stage", "\"finished\"")]);
}

#[test]
fn dates_are_written_in_one_way_only() {
    let date = |to: &str, part: &str| check("projects.csv", "2024-06-30", to, ("line 9", "due", part));
    date("2024-2-30", "\"2024-2-30\" is not a date; write it as 2019-12-31");
    date("2024-02-30", "is not a date");
    date("2023-02-29", "is not a date");
    date("2024/06/30", "is not a date");
    date("20240630", "is not a date");
    date("20240630T00", "is not a date");
    date("2024-06-30T00:00", "is not a date");
    date("30.06.2024", "is not a date");
    date("", "is empty, but required");
    date("2024-01-31", "2024-01-31 is before the plan's start 2024-02-01");
}

#[test]
fn a_word_outside_its_vocabulary_is_refused_with_the_words_that_are_right() {
    let words = |to: &str, field: &str, part: &str| {
        check(
            "projects.csv",
            "ice-works,industry,harbour,2,制冰厂,Ice works,start,2024-06-30,cancelled",
            to,
            ("line 9", field, part),
        );
    };
    let kinds = "\"factory\" is not among the kinds: road, bridge, park, school, hospital, estate, industry, hotel, zone, service";
    words("ice-works,factory,harbour,2,制冰厂,Ice works,start,2024-06-30,cancelled", "kind", kinds);
    let stages =
        "is not among the stages: not_reported, planned, preparing, building, completed, in_use, suspended, cancelled";
    words("ice-works,industry,harbour,2,制冰厂,Ice works,start,2024-06-30,Cancelled", "stage", stages);
    let aims = "\"begin\" is not among the aims: design, start, advance, connect, renovate, complete, open";
    words("ice-works,industry,harbour,2,制冰厂,Ice works,begin,2024-06-30,cancelled", "aim", aims);
    words("ice-works,industry,harbour,2,制冰厂,Ice works,,2024-06-30,cancelled", "aim", "is empty, but required");
    words(
        "Ice Works,industry,harbour,2,制冰厂,Ice works,start,2024-06-30,cancelled",
        "id",
        "\"Ice Works\" is not an id",
    );
}

#[test]
fn operators_and_positions_are_closed_vocabularies_too() {
    check(
        "targets.csv",
        ",1,新增泊位,New berths,=,",
        ",1,新增泊位,New berths,==,",
        ("line 4", "op", ">=, <=, >, <, ="),
    );
    let positions = "surveyed, approximate, rough, placeholder";
    check("geodata/works.geojson", "\"surveyed\"", "\"exact\"", ("feature 1 (net-loft)", "position", positions));
}

#[test]
fn a_collection_cannot_take_an_id_that_stands_for_something_else() {
    for id in ["plan", "context", "changes", "projects", "gpkg_contents", "rtree_a"] {
        assert!(guatu::plan::is_reserved_collection(&id.parse().expect("an id")), "{id}");
    }
    assert!(!guatu::plan::is_reserved_collection(&"roads".parse().expect("an id")));
}

#[test]
fn numbers_are_finite_and_plain() {
    for wrong in ["many", "NaN", "inf", "-infinity", "1,5", "１２", "12.5.", "0x10"] {
        let to = format!(">=,\"{wrong}\",公顷");
        check("targets.csv", ">=,12.5,公顷", &to, ("line 2", "value", &format!("{wrong:?} is not a number")));
    }
    check("targets.csv", ">=,12.5,公顷", ">=,,公顷", ("line 2", "value", "is empty, but required"));
    check("targets.csv", "hectares,15", "hectares,lots", ("line 2", "stretch", "\"lots\" is not a number"));
    for wrong in ["x", "-1", "1.0", "100", "", "1e1"] {
        let message = format!("{wrong:?} is not a whole number from 0 to 99");
        check("targets.csv", "mangrove,shore,1", &format!("mangrove,shore,{wrong}"), ("line 2", "item", &message));
    }
    check("quotas.csv", ",40,complete", ",forty,complete", ("line 3", "count", "\"forty\" is not a whole number"));
}

#[test]
fn a_text_is_there_in_both_languages_or_in_none() {
    let (other, required) = ("is empty, but the other language has a text", "is empty, but required");
    check("sections.csv", "守好岸线", "", ("line 2", "name_zh", other));
    check("themes.csv", "Quiet-nights pact", " ", ("line 2", "name_en", other));
    check("themes.csv", ",每周六,", ",,", ("line 3", "note_zh", other));
    check("projects.csv", "Coral bay", "", ("line 2", "from_en", other));
    check("sections.csv", "守好岸线,Keep the shore", ",", ("line 2", "name_zh", required));
    check("targets.csv", "人,people", ",", ("line 6", "unit_zh", required));
    let says = "is not a text that says something";
    check("geodata/works.geojson", "\"Net loft\"", "\"  \"", ("feature 1 (net-loft)", "name_en", says));
    check("geodata/works.geojson", "\"name_en\": \"Net loft\", ", "", ("feature 1 (net-loft)", "name_en", says));
    check("plan.toml", "en = \"Fictional City\"", "en = \"\"", ("line 5", "", "a text takes both zh and en"));
    check("plan.toml", ", en = \"Spans\"", "", ("line 43", "", "missing field `en`"));
}

#[test]
fn an_id_counts_once_in_its_table() {
    check("sections.csv", "people,", "shore,甲,A\npeople,", ("line 4", "id", "shore is there twice, first on line 2"));
    check("targets.csv", "ht-queue,", "ht-berths,", ("line 5", "id", "ht-berths is there twice, first on line 4"));
    check("quotas.csv", "hq-cisterns,", "hq-gardens,", ("line 3", "id", "hq-gardens is there twice, first on line 2"));
    check("themes.csv", "hh-open-harbour", "hh-quiet-nights", ("line 4", "id", "is there twice, first on line 2"));
    let row = "ice-works,industry,harbour,2,制冰厂,Ice works,start,2024-06-30,cancelled,,,,,,,,,,,,,,,,\n";
    check("projects.csv", row, &format!("{row}{row}"), ("line 10", "id", "ice-works is there twice, first on line 9"));
    let feature = r#""id": "storm-posts""#;
    let twice = ("feature 3 (water-kiosks)", "id", "water-kiosks is there twice");
    check("geodata/help-points.geojson", feature, r#""id": "water-kiosks""#, twice);
    check("plan.toml", "id = \"base_names\"", "id = \"spans\"", ("", "collections", "collection spans is there twice"));
}

#[test]
fn every_reference_points_at_something() {
    let section = "harbor is not among the sections of sections.csv";
    check("targets.csv", "ht-berths,harbour", "ht-berths,harbor", ("line 4", "section", section));
    check("quotas.csv", "hq-workshops,harbour", "hq-workshops,harbor", ("line 4", "section", section));
    check("projects.csv", "ice-works,industry,harbour", "ice-works,industry,harbor", ("line 9", "section", section));
    check("themes.csv", "hh-open-harbour,harbour", "hh-open-harbour,harbor", ("line 4", "section", section));
    let member = "net-lift is not among the projects of projects.csv";
    check("quotas.csv", "net-loft", "net-lift", ("line 4", "members", member));
    check("quotas.csv", "net-loft;", "Net Loft;", ("line 4", "members", "\"Net Loft\" is not an id"));
    let lower = "\"project\": \"shell-school\", \"name_zh\": \"贝壳学堂下院\"";
    let wrong = lower.replace("shell-school", "shell-shool");
    let dangling = ("feature shell-school-lower", "project", "shell-shool is not among the projects of projects.csv");
    check("geodata/classrooms.geojson", lower, &wrong, dangling);
    let kind = ("feature old-span", "project", "old-span is a road, but spans holds places of kind bridge");
    check_all(
        |files| files.swap("projects.csv", "old-span,bridge", "old-span,road"),
        &[("geodata/spans.geojson", kind.0, kind.1, kind.2)],
    );
}

#[test]
fn a_project_without_a_place_is_not_lost_in_silence() {
    let missing = ("projects.csv", "line 9", "id", "project ice-works has no feature in any collection");
    let dangling = ("geodata/works.geojson", "feature ice-works", "project", "ice-work is not among the projects");
    check_all(
        |files| files.swap("geodata/works.geojson", "\"project\": \"ice-works\"", "\"project\": \"ice-work\""),
        &[missing, dangling],
    );
    check_all(
        |files| files.put("geodata/spans.geojson", r#"{"type": "FeatureCollection", "features": []}"#),
        &[("projects.csv", "line 4", "id", "project old-span has no feature")],
    );
}

#[test]
fn a_quota_counts_each_project_once_and_no_more_than_its_number() {
    let two = ("line 4", "members", "tide-garden is already a member of hq-gardens; a project counts in one quota");
    check("quotas.csv", "net-loft", "tide-garden", two);
    let itself = ("line 4", "members", "net-loft is already a member of hq-workshops");
    check("quotas.csv", "rope-walk", "net-loft", itself);
    let more = ("line 2", "members", "2 are named, more than the quota's count of 1");
    check("quotas.csv", ",2,renovate", ",1,renovate", more);
}

#[test]
fn shapes_are_checked() {
    let geometry = |file: &str, from: &str, to: &str, feature: &str, part: &str| {
        check(&format!("geodata/{file}.geojson"), from, to, (feature, "geometry", part));
    };
    let tide = "feature 1 (tide-garden)";
    let ring = "[[[178.43, -16.53], [178.44, -16.53], [178.44, -16.52], [178.43, -16.52], [178.43, -16.53]]]";
    let garden = |to: &str, part: &str| geometry("gardens", ring, to, tide, part);
    garden("[[[178.43, -16.53], [178.44, -16.53], [178.44, -16.52], [178.43, -16.52]]]", "ring 1 is open");
    garden(
        "[[[178.43, -16.53], [178.44, -16.53], [178.43, -16.53]]]",
        "ring 1 has 3 positions; a ring takes at least 4",
    );
    garden("[[[178.43, -16.53], [178.44, -16.52], [178.44, -16.53], [178.43, -16.52], [178.43, -16.53]]]", "invalid");
    garden("[]", "empty");
    garden("[[]]", "at least 4");
    garden("[[[], [], [], []]]", "not a GeoJSON geometry");
    garden("[[[178.43], [178.44], [178.44], [178.43]]]", "a position of 1 numbers");
    garden("[178.43, -16.53]", "not a GeoJSON geometry");
    garden("null", "not a GeoJSON geometry");
    let loft = "feature 1 (net-loft)";
    let at = |to: &str, part: &str| geometry("works", "[178.95, -16.72]", to, loft, part);
    at("[178.95, -17.001]", "position [178.95, -17.001] is outside the plan's extent [178.0, -17.0, 179.9, -16.0]");
    at("[-178.95, -16.72]", "outside the plan's extent");
    at("[-16.72, 178.95]", "outside the globe; longitude and latitude look swapped");
    at("[\"178.95\", -16.72]", "not a GeoJSON geometry");
    geometry("works", "\"type\": \"Point\"", "\"type\": \"Circle\"", loft, "not a GeoJSON geometry");
    geometry("works", "\"type\": \"Point\", ", "", loft, "not a GeoJSON geometry");
    geometry(
        "works",
        "{\"type\": \"Point\"",
        "{\"crs\": \"EPSG:4490\", \"type\": \"Point\"",
        loft,
        "unknown member crs",
    );
    let declared = "is a MultiPoint, but the collection is declared to hold Point";
    geometry(
        "works",
        "\"Point\", \"coordinates\": [178.95, -16.72]",
        "\"MultiPoint\", \"coordinates\": [[178.95, -16.72]]",
        loft,
        declared,
    );
}

#[test]
fn swapped_axes_are_named_also_where_both_could_be_latitudes() {
    let moved = |files: &mut Files| {
        for content in files.0.values_mut() {
            let text = String::from_utf8(content.clone()).expect("UTF-8");
            *content = text.replace("178", "78").replace("179", "79").into_bytes();
        }
    };
    let mut files = Files::fresh();
    moved(&mut files);
    files.read().expect("the plan reads a hundred degrees further west");
    let swapped = "position [-16.72, 78.95] is outside the plan's extent [78.0, -17.0, 79.9, -16.0]; longitude and latitude look swapped";
    check_all(
        |files| {
            moved(files);
            files.swap("geodata/works.geojson", "[78.95, -16.72]", "[-16.72, 78.95]");
        },
        &[("geodata/works.geojson", "feature 1 (net-loft)", "geometry", swapped)],
    );
}

#[test]
fn only_the_known_members_and_properties_are_there() {
    let collection = "\"type\": \"FeatureCollection\", ";
    let crs = r#""crs": {"type": "name", "properties": {"name": "EPSG:4549"}}, "#;
    let works = "geodata/works.geojson";
    check(works, collection, &format!("{collection}{crs}"), ("", "crs", "a crs member is not allowed (RFC 7946)"));
    check(works, collection, &format!("{collection}\"owner\": 1, "), ("", "owner", "unknown member"));
    let loft = "feature 1 (net-loft)";
    check(works, "\"type\": \"Feature\"", "\"type\": \"Feature\", \"style\": {}", (loft, "style", "unknown member"));
    let unknown =
        "unknown property; the properties are project, name_zh, name_en, accuracy_m, position, basis_zh, basis_en";
    check(works, "\"basis_zh\"", "\"height\": 3, \"basis_zh\"", (loft, "height", unknown));
    let unknown = "unknown property; the properties are name_zh, name_en, accuracy_m, class";
    let names = "geodata/base/names.geojson";
    check(names, "\"class\"", "\"position\": \"rough\", \"class\"", ("feature 1 (landing-1)", "position", unknown));
    check(names, "\"landing\"", "\"Landing Stage\"", ("feature 1 (landing-1)", "class", "is not an id"));
    check(works, "\"type\": \"Feature\", \"id\"", "\"id\"", (loft, "type", "is not a GeoJSON Feature"));
    check(works, "\"id\": \"net-loft\", ", "", ("feature 1", "id", "is not a text that says something"));
    check(works, "\"id\": \"net-loft\"", "\"id\": 7", ("feature 1", "id", "is not a text that says something"));
    for wrong in ["-1", "null", "\"20\"", "3e7"] {
        let to = format!("\"accuracy_m\": {wrong},");
        let part = "is not a number of metres from 0 to 20000000";
        check(works, "\"accuracy_m\": 20,", &to, (loft, "accuracy_m", part));
    }
}

#[test]
fn a_collections_file_is_a_json_feature_collection() {
    let works = "geodata/works.geojson";
    let put = |content: &str, row: &str, field: &str, part: &str| {
        check_all(|files| files.put(works, content), &[(works, row, field, part)]);
    };
    put("", "line 1", "", "not JSON");
    put("id,name\n1,2\n", "line 1", "", "not JSON");
    put("{\"type\": \"FeatureCollection\",\n\"features\": [,]}", "line 2", "", "not JSON");
    put("[]", "", "", "is not a GeoJSON FeatureCollection");
    put("{}", "", "type", "is not a GeoJSON FeatureCollection with features");
    put("{\"type\": \"FeatureCollection\"}", "", "type", "with features");
    put("{\"type\": \"FeatureCollection\", \"features\": {}}", "", "type", "with features");
    put(&"[".repeat(100_000), "line 1", "", "not JSON");
    put("{\"type\": \"FeatureCollection\", \"features\": [1e400]}", "line 1", "", "not JSON");
    put("{\"type\": \"FeatureCollection\", \"features\": [7]}", "feature 1", "type", "is not a GeoJSON Feature");
}

#[test]
fn files_are_utf_8_with_or_without_a_byte_order_mark() {
    for file in Files::fresh().0.keys() {
        let mut files = Files::fresh();
        let marked = [b"\xEF\xBB\xBF".as_slice(), &files.0[file]].concat();
        files.put(file, marked);
        files.read().unwrap_or_else(|problems| panic!("{file} with a mark: {}", problems[0]));
        // 海 in GB 18030, on the last line.
        let foreign = [files.0[file].as_slice(), b"\xBA\xA3\n"].concat();
        let line = format!("line {}", 1 + files.text(file).matches('\n').count());
        check_all(|files| files.put(file, foreign), &[(file, &line, "", "not UTF-8; save the file as UTF-8")]);
    }
}

#[test]
fn a_missing_file_is_one_problem() {
    for file in Files::fresh().0.keys().filter(|file| *file != "lights.toml") {
        check_all(|files| drop(files.0.remove(file)), &[(file, "", "", "the file is missing")]);
    }
}

#[test]
fn the_manifest_is_as_strict_as_the_tables() {
    let plan = |from: &str, to: &str, row: &str, field: &str, part: &str| {
        check("plan.toml", from, to, (row, field, part));
    };
    plan("year = 2024", "year = 2024\ncolour = 1", "line 7", "", "unknown field `colour`");
    plan("kind = \"park\"", "kind = \"garden\"", "line 35", "", "unknown variant `garden`");
    plan("geometry = \"LineString\"", "geometry = \"Line\"", "line 42", "", "unknown variant `Line`");
    plan("id = \"haitang-2024\"", "id = \"Haitang 2024\"", "line 3", "", "is not an id");
    plan("year = 2024", "year = ", "line 6", "", "");
    plan("year = 2024\n", "", "line 1", "", "missing field `year`");
    plan("178.0, -17.0, 179.9, -16.0", "178.0, -17.0, 179.9", "line 10", "", "");
    plan("178.0, -17.0, 179.9, -16.0", "178.0, -17.0, 179.9, nan", "", "extent", "latitude NaN is outside -90..90");
    plan(
        "178.0, -17.0, 179.9, -16.0",
        "178.0, -17.0, 181.0, -16.0",
        "",
        "extent",
        "longitude 181 is outside -180..180",
    );
    plan("178.0, -17.0, 179.9, -16.0", "-17.0, 178.0, -16.0, 179.9", "", "extent", "latitude 178 is outside -90..90");
    plan("178.0, -17.0, 179.9, -16.0", "179.9, -17.0, 178.0, -16.0", "", "extent", "is empty or reversed");
    plan("178.0, -17.0, 179.9, -16.0", "178.0, -16.0, 179.9, -17.0", "", "extent", "south -16 is north of north -17");
    plan("due = 2025-01-31", "due = 2024-01-31", "", "due", "2024-01-31 is not after the plan's start 2024-02-01");
    plan("due = 2025-01-31", "due = 2024-02-01", "", "due", "is not after the plan's start");
    plan("due = 2025-01-31", "due = 2025-01-31T10:00:00Z", "", "due", "is not a date; write it as 2019-12-31");
    plan("due = 2025-01-31", "due = \"2025-01-31\"", "line 8", "", "");
    plan("context = \"geodata/base\"\n", "", "", "context", "names no folder, but there are context_collections");
}

#[test]
fn the_light_rule_is_as_strict_and_may_be_missing() {
    let rules = [SHIPPED, MADE_UP].map(|plan| load(plan).light_rule.expect("both plans bring one"));
    assert_eq!(rules[0], LightRule::default_of(&rules[0].id), "the shipped plan writes the default rule down");
    assert_eq!((rules[1].id.as_str(), rules[1].behind_yellow_points), ("haitang-2024", 7.5));
    assert_eq!((rules[1].unstarted_yellow_months, rules[1].unstarted_red_months), (0, 2));
    let mut files = Files::fresh();
    files.0.remove("lights.toml");
    assert_eq!(files.read().expect("reads without").light_rule, None);
    let mut files = Files::fresh();
    files.swap("lights.toml", "evidence_days = 30\n", "");
    assert_eq!(files.read().expect("reads without an age").light_rule.expect("is there").evidence_days, None);
    let rule = |from: &str, to: &str, row: &str, field: &str, part: &str| {
        check("lights.toml", from, to, (row, field, part));
    };
    rule("version = 1", "version = 2", "", "version", "2 is not known; this program reads version 1");
    rule("version = 1\n", "", "line 1", "", "missing field `version`");
    rule("version = 1", "version = 1\nblue = 1", "line 3", "", "unknown field `blue`");
    rule("months = 2", "months = 1.5", "line 6", "", "");
    rule("months = 2", "months = -2", "line 6", "", "");
    rule("months = 0", "months = 3", "", "unstarted_red_months", "less than unstarted_yellow_months, 3");
    rule("points = 7.5", "points = 7.5.1", "line 3", "", "");
    rule("points = 20", "points = nan", "", "behind_red_points", "NaN is no number of points; it takes 0 to 100");
    rule("points = 20", "points = 5", "", "behind_red_points", "it takes at least 7.5");
    rule("days = 30", "days = 0", "", "evidence_days", "it takes 1 to 3650");
}

#[test]
fn columns_that_a_plan_does_not_know_may_be_left_out() {
    assert!(load(SHIPPED).projects.iter().all(|project| {
        project.start.is_none() && project.owner.is_none() && project.warden.is_none() && project.investment.is_none()
    }));
    let seed = load(MADE_UP);
    let causeway = project(&seed, "east-causeway");
    assert_eq!(causeway.start, Some("2024-03-01".parse().expect("a date")));
    assert_eq!(causeway.owner.as_ref().map(|owner| owner.en.as_str()), Some("Shore office"));
    assert_eq!((causeway.warden.as_deref(), causeway.visibility), (Some("林海"), Visibility::Public));
    let investment = Some(Investment { planned_cny: 86_000_000.0, paid_cny: None });
    assert_eq!(causeway.investment, investment);
    assert_eq!(project(&seed, "clinic-boats").investment.map(|sum| sum.planned_cny), Some(0.0));
    assert_eq!(project(&seed, "ferry-road").start, None);
    let row = "2024-03-01,岸线办,Shore office,林海,86000000,";
    let projects = |to: &str, field: &str, part: &str| check("projects.csv", row, to, ("line 2", field, part));
    projects("2024-12-01,岸线办,Shore office,林海,86000000,", "start", "2024-12-01 is after the due date 2024-11-30");
    projects("1 March,岸线办,Shore office,林海,86000000,", "start", "write it as 2019-12-31");
    projects("2024-03-01,岸线办,,林海,86000000,", "owner_en", "the other language has a text");
    projects("2024-03-01,岸线办,Shore office,林海,86m,", "investment_cny", "\"86m\" is not a number");
    projects("2024-03-01,岸线办,Shore office,林海,-1,", "investment_cny", "-1 is less than nothing");
    projects("2024-03-01,岸线办,Shore office,林海,1,secret", "visibility", "public, internal");
    let mut files = Files::fresh();
    files.swap("projects.csv", row, "2024-03-01,岸线办,Shore office,林海,86000000,internal");
    assert_eq!(project(&files.read().expect("reads"), "east-causeway").visibility, Visibility::Internal);
}

/// What is read can be edited: nobody has to mend a record first that the reader let in.
#[test]
fn both_plans_obey_the_rules_of_an_edit() {
    for seed in [load(SHIPPED), load(MADE_UP)] {
        let (plan, collections) = (seed.plan.clone(), seed.collections.clone());
        for record in seed.into_records() {
            let home = match &record {
                Record::Feature(feature) => collections.iter().find(|collection| collection.id == feature.collection),
                _ => None,
            };
            assert_eq!(rules::check(None, &record, &plan, home, plan.start), [], "{}", record.key());
        }
    }
}

#[test]
fn a_row_that_is_refused_still_has_its_references_checked() {
    check_all(
        |files| {
            files.swap("plan.toml", "due = 2025-01-31", "due = 2024-01-31");
            files.swap("quotas.csv", "hq-workshops,harbour,2", "hq-workshops,nowhere,two");
            files.swap("quotas.csv", "net-loft;rope-walk", "ghost;rope-walk");
            files.swap("geodata/works.geojson", "\"surveyed\"", "\"exact\"");
        },
        &[
            ("plan.toml", "", "due", "is not after"),
            ("quotas.csv", "line 4", "item", "whole number"),
            ("quotas.csv", "line 4", "section", "nowhere is not among"),
            ("quotas.csv", "line 4", "members", "ghost is not among"),
            ("geodata/works.geojson", "feature 1 (net-loft)", "position", "positions"),
        ],
    );
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_files() {
    check_all(
        |files| {
            files.swap("geodata/base/names.geojson", "\"cape\"", "\"Cape!\"");
            files.swap("geodata/works.geojson", "[178.95, -16.72]", "[-16.72, 178.95]");
            files.swap("geodata/gardens.geojson", "\"project\": \"tide-garden\"", "\"project\": \"tide\"");
            files.swap("themes.csv", "hh-open-harbour,harbour", "hh-open-harbour,docks");
            files.swap("projects.csv", "net-loft,industry", "net-loft,loft");
            files.swap("projects.csv", "2024-11-30", "30 November");
            files.swap("quotas.csv", "hq-cisterns,shore", "hq-cisterns,roofs");
            files.swap("targets.csv", "ht-jobs,people,3", "ht-jobs,people,III");
            files.swap("sections.csv", "做强港口", "");
        },
        &[
            ("sections.csv", "line 3", "name_zh", "is empty"),
            ("targets.csv", "line 6", "item", "\"III\""),
            ("quotas.csv", "line 3", "section", "roofs"),
            ("projects.csv", "line 2", "due", "\"30 November\""),
            ("projects.csv", "line 7", "kind", "\"loft\""),
            ("projects.csv", "line 5", "id", "tide-garden has no feature"),
            ("themes.csv", "line 4", "section", "docks"),
            ("geodata/gardens.geojson", "feature tide-garden", "project", "tide"),
            ("geodata/works.geojson", "feature 1 (net-loft)", "geometry", "swapped"),
            ("geodata/base/names.geojson", "feature 2 (lighthouse)", "class", "Cape!"),
        ],
    );
}

/// What a careless hand or a broken disk may leave in the middle of a file.
const SCRAPS: [&str; 22] = [
    "", "\"", "\"\"", ",", ",,", "\n", "\r", "\r\n", ";", "[]", "[1]", "[[[]]]", "{}", "null", "1e308", "-0", "1e999",
    "\0", "\u{feff}", "é", "=", "Polygon",
];

#[derive(Clone, Debug)]
struct Scratch {
    file: usize,
    at: prop::sample::Index,
    removed: usize,
    put: Vec<u8>,
}

fn scratches() -> impl Strategy<Value = Vec<Scratch>> {
    let scrap = prop::sample::select(&SCRAPS[..]).prop_map(|scrap| scrap.as_bytes().to_vec());
    let put = prop_oneof![scrap, prop::collection::vec(any::<u8>(), 0..4)];
    let one = (0..16_usize, any::<prop::sample::Index>(), 0..24_usize, put);
    let one = one.prop_map(|(file, at, removed, put)| Scratch { file, at, removed, put });
    prop::collection::vec(one, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500,
        rng_seed: RngSeed::Fixed(20_240_201),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_damage_to_the_files_makes_the_reader_panic(scratches in scratches()) {
        let mut files = Files::fresh();
        for Scratch { file, at, removed, put } in scratches {
            let content = files.0.values_mut().nth(file).expect("sixteen files");
            let from = at.index(content.len() + 1);
            let to = (from + removed).min(content.len());
            content.splice(from..to, put);
        }
        if let Err(problems) = files.read() {
            prop_assert!(!problems.is_empty());
        }
    }
}
