//! What readers see while edits land: the next atlas as a whole, pages that keep their place, tiles that are never stale.

use guatu::plan::{Change, Project, Record, Stage, Timestamp};
use guatu::services::publish::Published;

use crate::support::http::{Server, texts};

fn project(published: &Published, id: &str) -> (u64, Project) {
    let atlas = published.current();
    let row = atlas.projects.get(id).expect("a project");
    (row.version, row.value.clone())
}

/// Commits a change of one project as a store would tell it; `after` is none for a removal.
fn land(published: &Published, id: &str, after: Option<Project>) {
    let (version, before) = project(published, id);
    let before = Record::Project(before);
    let change = Change {
        seq: published.current().seq() + 1,
        batch: 0,
        internal: false,
        note: None,
        undoes: None,
        at: Timestamp::UNIX_EPOCH,
        actor: "test".into(),
        key: before.key(),
        version: version + 1,
        before: Some(before),
        after: after.map(Record::Project),
    };
    published.publish(&[change]).expect("the change follows on");
}

#[tokio::test]
async fn a_reported_stage_is_seen_everywhere_at_once() {
    let server = Server::shipped();
    let tile = "/tiles/roads/12/3421/1680";
    let before = server.get(tile).await;
    let (_, mut road) = project(&server.published, "chuangxin-road");
    road.stage = Stage::InUse;
    road.reported = Some("2020-01-05".parse().expect("a date"));
    land(&server.published, "chuangxin-road", Some(road));

    let detail = server.json("/api/v1/projects/chuangxin-road").await;
    assert_eq!([&detail["stage"], &detail["light"]["colour"], &detail["stage_basis"]], ["in_use", "green", "report"]);
    assert_eq!(detail["version"], 2);
    assert!(detail["light"]["reason"]["zh"].as_str().is_some_and(|reason| reason.contains("2020-01-05")));
    let tree = server.json("/api/v1/plans/jxedz-2019").await;
    assert_eq!(tree["rollup"]["by_stage"]["in_use"], 1);
    assert_eq!(server.json("/api/v1/projects?light=green").await["number_matched"], 1);
    let item = server.json("/ogc/collections/roads/items/chuangxin-road").await;
    assert_eq!(item["properties"]["stage"], "in_use");
    let after = server.get_with(tile, &[("if-none-match", before.header("etag"))]).await;
    assert_eq!(after.status, 200, "the tile's tag no longer holds");
    assert_ne!(after.body, before.body);
    let untouched = server.get("/tiles/parks/12/3421/1680").await;
    let again = server.get_with("/tiles/parks/12/3421/1680", &[("if-none-match", untouched.header("etag"))]).await;
    assert_eq!(again.status, 304, "a tile without the project stays as it was");
}

#[tokio::test]
async fn pages_keep_their_place_when_their_last_project_goes() {
    let server = Server::shipped();
    for sort in ["plan", "-name", "-due", "stage"] {
        let first = server.json(&format!("/api/v1/projects?sort={sort}&limit=10")).await;
        let next = first["next"].as_str().expect("a next page").to_owned();
        let expected = server.json(&next).await;
        let last = texts(&first["projects"], "/id")[9].to_owned();
        let (_, kept) = project(&server.published, &last);
        land(&server.published, &last, None);
        let second = server.json(&next).await;
        assert_eq!(texts(&second["projects"], "/id"), texts(&expected["projects"], "/id"), "{sort}");
        restore(&server.published, kept);
    }
}

fn restore(published: &Published, project: Project) {
    let after = Record::Project(project);
    let change = Change {
        seq: published.current().seq() + 1,
        batch: 0,
        internal: false,
        note: None,
        undoes: None,
        at: Timestamp::UNIX_EPOCH,
        actor: "test".into(),
        key: after.key(),
        version: 1,
        before: None,
        after: Some(after),
    };
    published.publish(&[change]).expect("the change follows on");
}

#[tokio::test]
async fn a_reader_keeps_its_atlas_and_a_gap_changes_nothing() {
    let server = Server::shipped();
    let held = server.published.current();
    land(&server.published, "mars", None);
    assert!(held.projects.get("mars").is_some(), "what a reader holds does not change under it");
    let current = server.published.current();
    assert!(current.projects.get("mars").is_none());
    let (version, before) = project(&server.published, "keboda");
    let record = Record::Project(before);
    let change = Change {
        seq: current.seq() + 2,
        batch: 0,
        internal: false,
        note: None,
        undoes: None,
        at: Timestamp::UNIX_EPOCH,
        actor: "test".into(),
        key: record.key(),
        version,
        before: Some(record),
        after: None,
    };
    assert!(server.published.publish(&[change]).is_err());
    assert_eq!(server.published.current().seq(), current.seq());
}

#[tokio::test]
async fn indices_are_rebuilt_beside_readers_and_writers() {
    let server = Server::shipped();
    let published = &server.published;
    let (_, mars) = project(published, "mars");
    let before = published.current().seq();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..50 {
                land(published, "mars", None);
                restore(published, mars.clone());
            }
        });
        while !writer.is_finished() {
            published.rebuild().expect("the changes meanwhile follow on");
        }
    });
    let atlas = published.current();
    assert_eq!((atlas.seq(), atlas.projects.len()), (before + 100, 45), "no write is lost");
}
