//! A file of an earlier release opens, with everything that was in it and its log.

use guatu::plan::{Record, Visibility};
use guatu::store::{ChangeQuery, Store};
use refinery::Target;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{commit, open, path_in};
use crate::support::plan::{project, replace};

mod schema {
    refinery::embed_migrations!("src/store/gpkg/migrations");
}

/// A store as the first release wrote it: its schema, a project, and the log entry of that project.
fn first_release(folder: &TempDir) {
    let mut connection = Connection::open(path_in(folder)).expect("a new file");
    schema::migrations::runner().set_target(Target::Version(1)).run(&mut connection).expect("the first schema");
    let entry = r#"{"type":"project","id":"road-a","order":1,"kind":"road","section":"s1","item":1,
        "name":{"zh":"双溪路","en":"Shuangxi road"},"aim":"connect","due":"2019-12-31","stage":"not_reported","progress":null,
        "reported":null,"relations":{"from":null,"to":null,"carries":null,"crosses":null},"note":null}"#;
    let rows = "
        INSERT INTO plan VALUES (1, 'p-2019', 1, '区', 'District', '市', 'City', 2019, '2019-01-01', '2019-12-31', 1, 2, 3, 4);
        INSERT INTO projects (id, version, \"order\", kind, section, item, name_zh, name_en, aim, due, stage)
          VALUES ('road-a', 1, 1, 'road', 's1', 1, '双溪路', 'Shuangxi road', 'connect', '2019-12-31', 'not_reported');
        CREATE TABLE roads (fid INTEGER PRIMARY KEY, geom LINESTRING, id TEXT, version INTEGER, project TEXT, name_zh TEXT,
          name_en TEXT, class TEXT, accuracy_m DOUBLE, position TEXT, basis_zh TEXT, basis_en TEXT);
        INSERT INTO collections VALUES (1, 'roads', 1, 1, '道路', 'Roads', 'LineString', 'plan', 'road');";
    connection.execute_batch(rows).expect("rows of the first schema");
    let log =
        "INSERT INTO changes VALUES (1, '2019-01-01T00:00:00.000Z', 'seed', 'project', NULL, 'road-a', 1, NULL, ?)";
    connection.execute(log, [entry]).expect("an entry of the first schema");
}

#[tokio::test]
async fn a_file_of_the_first_release_opens_with_its_records_and_its_log() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    first_release(&folder);
    let store = open(&path_in(&folder));
    let loaded = store.load().await.expect("sound");
    assert_eq!((loaded.seq, loaded.records.len()), (1, 3));
    for row in &loaded.records {
        match &row.value {
            Record::Plan(plan) => assert!(!plan.simulated),
            Record::Collection(collection) => assert_eq!(collection.visibility, Visibility::Public),
            Record::Project(project) => {
                assert_eq!((project.start, project.visibility, project.simulated), (None, Visibility::Public, false));
                let told = store.changes(0, 9).await.expect("sound");
                assert_eq!(told[0].after.as_ref(), Some(&row.value), "the log tells the same project");
                let of_road = ChangeQuery { project: Some("road-a".into()), limit: 9, ..ChangeQuery::default() };
                assert_eq!(
                    store.find_changes(of_road).await.expect("sound"),
                    told,
                    "an old log is searched by project"
                );
            }
            other => panic!("{other:?} was not there"),
        }
    }
    // What the first schema could not keep finds its place now.
    commit(&store, [replace(Record::Project(project("road-a")), 1)]).await;
    let records = store.load().await.expect("sound").records;
    assert!(records.iter().any(|row| row.value == Record::Project(project("road-a"))));
}
