//! The plan as a workbook: what is written reads back as it was, and what is wrong is told by its cell.

use guatu::atlas::Atlas;
use guatu::formats::layer::LayerWriter;
use guatu::formats::table::{Cell, ReadTable, Table};
use guatu::formats::xlsx::Writer;
use guatu::plan::UserRole;
use guatu::services::seeding::{self, Source};
use guatu::services::workbook::{Absent, Wanted, tables, take, template};
use guatu::services::{demo, workbook};
use guatu::store::Store;
use guatu::store::gpkg::{self, GpkgStore};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::kit::counts;
use crate::support::http::Server;
use crate::support::office::Office;

fn read_back(atlas: &Atlas) -> Vec<ReadTable> {
    tables(atlas).into_iter().map(ReadTable::from).collect()
}

fn differing(wanted: &[Wanted]) -> Vec<String> {
    let differs =
        |one: &&Wanted| !one.faults.is_empty() || one.before.as_ref().map(|row| &row.value) != one.after.as_ref();
    wanted.iter().filter(differs).map(|one| format!("{} {:?} {:?}", one.place(), one.id, one.faults)).collect()
}

#[test]
fn the_shipped_plan_reads_back_without_a_difference() {
    let atlas = Server::shipped_atlas();
    let taken = take(&read_back(&atlas), &atlas, Absent::Remove).expect("good headers");
    assert_eq!(differing(&taken.wanted), Vec::<String>::new());
    assert!(taken.wanted.len() > 60, "{}", taken.wanted.len());
    assert_eq!(taken.ignored, Vec::<String>::new());
}

#[tokio::test]
async fn a_simulated_year_reads_back_without_a_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = GpkgStore::open(&folder.path().join("guatu.gpkg"), &gpkg::Options::default()).expect("a new store");
    let plan = seeding::read(&Source::Shipped).expect("the shipped plan");
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let batches = demo::simulate(plan, 38, "2020-01-10".parse().expect("a day"), &zone);
    seeding::play(&store, batches).await.expect("an empty store");
    let loaded = store.load().await.expect("a store");
    let atlas = Atlas::build(loaded.seq, loaded.records).expect("a plan");
    let taken = take(&read_back(&atlas), &atlas, Absent::Remove).expect("good headers");
    assert_eq!(differing(&taken.wanted), Vec::<String>::new());
    let milestones = read_back(&atlas).into_iter().find(|table| table.name == "milestones").expect("a sheet");
    assert!(milestones.rows.len() > 10, "the simulation has something of everything");
}

#[test]
fn the_template_explains_itself_and_holds_nothing() {
    let sheets = template();
    assert!(sheets.iter().all(|sheet| sheet.rows.is_empty() && workbook::is_sheet(&sheet.name)));
    assert!(sheets.iter().flat_map(|sheet| &sheet.columns).all(|column| column.meaning.en.len() > 10));
    assert!(workbook::rules().len() > 10 && !workbook::example().is_empty());
    let atlas = Server::shipped_atlas();
    let empty: Vec<ReadTable> = sheets.into_iter().map(ReadTable::from).collect();
    assert_eq!(take(&empty, &atlas, Absent::Keep).expect("good headers").wanted.len(), 0);
}

/// Sheets with one cell changed, by the name of its column and the id of its row.
fn changed(atlas: &Atlas, sheet: &str, id: &str, column: &str, cell: Cell) -> Vec<ReadTable> {
    let mut sheets = read_back(atlas);
    let table = sheets.iter_mut().find(|table| table.name == sheet).expect("a sheet");
    let at = table.header.iter().position(|name| name == column).expect("a column");
    let row = table.rows.iter_mut().find(|(_, cells)| cells[0] == Cell::Text(id.to_owned())).expect("a row");
    row.1[at] = cell;
    sheets
}

#[test]
fn what_cannot_be_taken_is_told_by_its_cell() {
    let atlas = Server::shipped_atlas();
    let check = |sheet: &str, id: &str, column: &str, cell: Cell, place: &str, part: &str| {
        let taken = take(&changed(&atlas, sheet, id, column, cell), &atlas, Absent::Keep).expect("good headers");
        let faults: Vec<_> = taken.wanted.iter().flat_map(|wanted| &wanted.faults).collect();
        assert_eq!(faults.len(), 1, "{sheet} {column}: {faults:?}");
        assert!(faults[0].place.as_deref().is_some_and(|found| found.starts_with(place)), "{faults:?}");
        assert!(faults[0].detail.en.contains(part), "{faults:?}");
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    check("projects", "mars", "stage", text("sleeping"), "projects!K", "not one of the words");
    check("projects", "mars", "due", text("31.12.2019"), "projects!J", "not a date");
    check("projects", "mars", "due", Cell::Number(43_830.0), "projects!J", "not a date");
    check("projects", "mars", "item", Cell::Number(1.5), "projects!E", "1.5");
    check("projects", "mars", "name_en", Cell::Empty, "projects!G", "empty");
    check("projects", "mars", "owner_zh", text("经信局"), "projects!O", "owner_en is empty");
    check("projects", "mars", "progress", Cell::Error("#REF!".to_owned()), "projects!L", "#REF!");
    check("projects", "mars", "id", text("Mars!"), "projects!A", "not an id");
    check("plan", "jxedz-2019", "id", text("elsewhere"), "plan!A2", "no plan elsewhere");
    check("quota_members", &first(&atlas, "quota_members"), "project", text("A b"), "quota_members!B", "not an id");
}

fn first(atlas: &Atlas, sheet: &str) -> String {
    let sheets = read_back(atlas);
    let table = sheets.iter().find(|table| table.name == sheet).expect("a sheet");
    let Cell::Text(id) = &table.rows[0].1[0] else { panic!("an id") };
    id.clone()
}

#[test]
fn headers_that_are_not_understood_stop_the_whole() {
    let atlas = Server::shipped_atlas();
    let check = |change: &dyn Fn(&mut ReadTable), place: &str| {
        let mut sheets = read_back(&atlas);
        change(sheets.iter_mut().find(|table| table.name == "sections").expect("a sheet"));
        let fault = take(&sheets, &atlas, Absent::Keep).expect_err("a bad header");
        assert_eq!(fault.0[0].place.as_deref(), Some(place), "{fault}");
    };
    check(&|table| table.header[2] = "name".to_owned(), "sections!C1");
    check(&|table| table.header[3] = "name_zh".to_owned(), "sections!D1");
    check(&|table| table.header[0] = String::new(), "sections!A1");
}

fn xlsx(tables: &[Table]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = Writer::new(&mut bytes, &std::env::temp_dir()).expect("a scratch folder");
    tables.iter().for_each(|table| writer.table(table).expect("a sheet"));
    Box::new(writer).finish().expect("a workbook");
    bytes.into_inner()
}

#[tokio::test]
async fn the_workbook_of_the_server_comes_back_without_a_difference() {
    let office = Office::open().await;
    let answer = office.server.ask("GET", "/api/v1/workbook", &office.shown, Value::Null).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"guatu-jxedz-2019.xlsx\"");
    let (_, import) =
        office.previewed("plan.xlsx", answer.body, |mapping| mapping["workbook"]["absent"] = json!("remove")).await;
    assert_eq!(import["format"], "workbook");
    let [added, changed, unchanged, removed, rejected] = counts(&import);
    assert_eq!([added, changed, removed, rejected], [0, 0, 0, 0], "{import}");
    assert!(unchanged > 60);
    let empty = office.server.ask("GET", "/api/v1/workbook?empty=true", &office.shown, Value::Null).await;
    assert_eq!(empty.status, 200);
}

#[tokio::test]
async fn a_workbook_adds_and_changes_by_the_plans_rules_and_its_cells() {
    let office = Office::open().await;
    let atlas = office.server.published.current();
    let mut sheets = tables(&atlas);
    let text = |text: &str| Cell::Text(text.to_owned());
    let projects = sheets.iter_mut().find(|table| table.name == "projects").expect("a sheet");
    let column = |projects: &Table, name: &str| {
        projects.columns.iter().position(|column| column.name == name).expect("a column")
    };
    let (stage, section, owner_zh, owner_en) = (
        column(projects, "stage"),
        column(projects, "section"),
        column(projects, "owner_zh"),
        column(projects, "owner_en"),
    );
    // A project of a section that is itself refused goes with it; one of a good new section does not.
    let mut rows: Vec<Vec<Cell>> = ["new-a", "new-b"]
        .into_iter()
        .map(|id| {
            let mut row = projects.rows[0].clone();
            row[0] = text(id);
            row[1] = Cell::Empty;
            row
        })
        .collect();
    rows[0][section] = text("s90");
    rows[1][section] = text("s91");
    projects.rows[0][owner_zh] = text("管委会");
    projects.rows[0][owner_en] = text("The committee");
    projects.rows[1][stage] = text("not_reported");
    let line = projects.rows.iter().position(|row| row[0] == text("chuangxin-road")).expect("a road");
    let due = column(projects, "due");
    projects.rows[line][due] = text("2018-01-01");
    projects.rows.extend(rows);
    let sections = sheets.iter_mut().find(|table| table.name == "sections").expect("a sheet");
    sections.rows.push(vec![text("s90"), Cell::Empty, text("新篇"), text("New chapter")]);
    sections.rows.push(vec![text("s91"), Cell::Empty, text("字".repeat(600).as_str()), text("Too long")]);
    let (path, import) = office.previewed("plan.xlsx", xlsx(&sheets), |_| {}).await;
    let [added, changed, _, removed, rejected] = counts(&import);
    assert_eq!([added, changed, removed, rejected], [2, 1, 0, 3], "{import}");
    let rejected = office.rows(&path, "&outcome=rejected").await;
    let told: Vec<(&str, &str, &str)> = rejected
        .iter()
        .map(|row| {
            let reason = &row["reasons"][0];
            let word = |value: &'_ Value| value.as_str().unwrap_or("").to_owned().leak() as &str;
            (word(&row["id"]), word(&reason["place"]), word(&reason["detail"]["en"]))
        })
        .collect();
    let s91 = told.iter().find(|(id, ..)| *id == "s91").expect("the section");
    assert!(s91.1.starts_with("sections!C") && s91.2.contains("600"), "{told:?}");
    let new_b = told.iter().find(|(id, ..)| *id == "new-b").expect("the project");
    assert!(new_b.1.starts_with("projects!D") && new_b.2.contains("no section s91"), "{told:?}");
    let road = told.iter().find(|(id, ..)| *id == "chuangxin-road").expect("the road");
    assert_eq!(road.1, format!("projects!J{}", line + 2), "{told:?}");
    let answer = office.commit(&path, json!({"without_rejected": true})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let project = office.get("/api/v1/projects/new-a").await;
    assert_eq!(project["section"]["id"].as_str().or(project["section"].as_str()), Some("s90"), "{project}");
}

#[tokio::test]
async fn what_a_workbook_may_change_depends_on_the_rights() {
    let office = Office::open().await;
    let gis = office.beside("gis", &[UserRole::Gis]).await;
    let atlas = office.server.published.current();
    let mut sheets = tables(&atlas);
    for (name, column) in [("themes", "name_en"), ("collections", "title_en")] {
        let table = sheets.iter_mut().find(|table| table.name == name).expect("a sheet");
        let at = table.columns.iter().position(|known| known.name == column).expect("a column");
        table.rows[0][at] = Cell::Text("Another".to_owned());
    }
    let (path, import) = gis.previewed("plan.xlsx", xlsx(&sheets), |_| {}).await;
    let [added, changed, _, removed, rejected] = counts(&import);
    assert_eq!([added, changed, removed, rejected], [0, 1, 0, 1], "{import}");
    assert_eq!(gis.rows(&path, "&outcome=rejected").await[0]["layer"], "themes");
}

#[tokio::test]
async fn lists_are_replaced_where_they_have_rows_and_kept_where_they_have_none() {
    let office = Office::open().await;
    let atlas = office.server.published.current();
    let quota = first(&atlas, "quota_members");
    let mut sheets: Vec<_> = tables(&atlas).into_iter().filter(|table| table.name == "quota_members").collect();
    let before = sheets[0].rows.len();
    let at = sheets[0].rows.iter().position(|row| row[0] == Cell::Text(quota.clone())).expect("a row");
    sheets[0].rows.retain({
        let mut number = 0;
        move |_| {
            number += 1;
            number - 1 != at
        }
    });
    assert_eq!(sheets[0].rows.len(), before - 1);
    let (path, import) = office.previewed("members.xlsx", xlsx(&sheets), |_| {}).await;
    let changed = office.rows(&path, "&outcome=changed").await;
    assert!(counts(&import)[1] <= 1 && counts(&import)[4] == 0, "{import}");
    if let Some(row) = changed.first() {
        assert_eq!((&row["id"], &row["changes"][0]["field"]), (&json!(quota), &json!("members")), "{row}");
    }
    let (_, import) = office.previewed("none.xlsx", xlsx(&template()), |_| {}).await;
    assert_eq!(counts(&import), [0, 0, 0, 0, 0], "an empty template says nothing of what is there");
}
