//! What GIS programs and reports read.

use guatu::plan::{Record, Slug};
use guatu::spatial::GeometryType;
use guatu::store::Store;

use super::Home;
use crate::support::plan::{batch, collection, create, delete, point, project, replace, slug};
use crate::support::postgis::shared;

fn place(home: &str) -> Record {
    match point(1, home, "a", 120.7, 30.7) {
        Record::Feature(mut feature) => {
            feature.project = Some(slug("road-a"));
            Record::Feature(feature)
        }
        other => other,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_view_shows_places_with_their_projects_and_goes_with_its_collection() {
    let home = Home::new();
    let store = home.store().await;
    let parks = collection("parks", GeometryType::Point);
    let road = Record::Project(project("road-a"));
    store.commit(batch([create(parks.clone()), create(place("parks")), create(road)])).await.expect("it fits");
    let told = home.run("SELECT id, project_zh, stage, progress, visibility, ST_AsText(geom) FROM guatu_views.parks");
    assert_eq!(told.trim(), "a|双溪路|building|33.3|internal|POINT(120.7 30.7)");
    let kind =
        "SELECT type, srid FROM geometry_columns WHERE f_table_schema = 'guatu_views' AND f_table_name = 'parks'";
    assert_eq!(home.run(kind).trim(), "POINT|4326");
    let polygons = collection("parks", GeometryType::Polygon);
    let edits = [delete(&place("parks"), 1), replace(polygons.clone(), 1)];
    store.commit(batch(edits)).await.expect("it fits");
    assert_eq!(home.run(kind).trim(), "POLYGON|4326");
    store.commit(batch([delete(&polygons, 2)])).await.expect("it fits");
    assert_eq!(home.run(kind).trim(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ids_that_are_long_or_strange_have_views() {
    let home = Home::new();
    let store = home.store().await;
    let long = |last: &str| format!("{}{last}", "a".repeat(63));
    let ids = [long("a"), long("b"), "2019-roads".to_owned(), "select".to_owned()];
    let made = ids.iter().map(|id| create(collection(id, GeometryType::Point)));
    store.commit(batch(made)).await.expect("it fits");
    let views = "SELECT count(DISTINCT table_name) FROM information_schema.views WHERE table_schema = 'guatu_views'";
    assert_eq!(home.run(views).trim(), "4");
    assert!(ids.iter().all(|id| id.parse::<Slug>().is_ok()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_reads_the_views_and_nothing_else() {
    let home = Home::new();
    let store = home.store().await;
    let early = [create(collection("early", GeometryType::Point))];
    store.commit(batch(early)).await.expect("it fits");
    home.run("DO $$ BEGIN CREATE ROLE guatu_reader LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
    drop(store);
    let store = home.store().await;
    store
        .commit(batch([create(collection("parks", GeometryType::Point)), create(place("parks"))]))
        .await
        .expect("it fits");
    home.run("CREATE SCHEMA guatu_accounts; CREATE TABLE guatu_accounts.users (name text)");
    let url = shared().url_of("guatu_reader", &home.database);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("a reader");
    tokio::spawn(connection);
    for (view, count) in [("early", 0_i64), ("parks", 1)] {
        let row = client.query_one(&format!("SELECT count(*) FROM guatu_views.{view}"), &[]).await.expect("it reads");
        assert_eq!(row.get::<_, i64>(0), count);
    }
    for forbidden in [
        "SELECT FROM guatu.projects",
        "SELECT FROM guatu.changes",
        "SELECT FROM guatu_accounts.users",
        "DELETE FROM guatu_views.parks",
        "INSERT INTO guatu.sections (id) VALUES ('a')",
        "DROP VIEW guatu_views.parks",
        "CREATE TABLE guatu_views.mine ()",
    ] {
        let said = client.batch_execute(forbidden).await.expect_err(forbidden);
        // No privilege, or a view that nobody can write.
        let code = said.code().map_or("", |code| code.code());
        assert!(["42501", "55000"].contains(&code), "{forbidden}: {code} {said}");
    }
}
